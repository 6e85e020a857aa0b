package dev.respql.sql;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConnection;
import org.sqlite.core.CoreStatement;
import org.sqlite.core.DB;

/**
 * SQLite: statements stay prepared for the connection's life and run at once, a statement over rows once a row. Rows are
 * read through sqlite-jdbc's {@link DB}, below its ResultSet, whose checks cost more than the look-up itself.
 */
final class SqliteLink implements SqlLink {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteLink.class);
    private static final int SQLITE_OK = 0;
    private static final int SQLITE_ROW = 100;
    private static final int SQLITE_DONE = 101;
    private static final int SQLITE_NULL = 5;
    private static final SqlStatement BEGIN_READ = SqlStatement.of("BEGIN");
    private static final SqlStatement BEGIN_WRITE = SqlStatement.of("BEGIN IMMEDIATE");
    private static final SqlStatement COMMIT = SqlStatement.of("COMMIT");
    private static final SqlStatement CHECKPOINT = SqlStatement.of("PRAGMA wal_checkpoint(PASSIVE)");
    /** A number that changes with what other connections commit. */
    private static final SqlStatement DATA_VERSION = SqlStatement.of("PRAGMA data_version");
    private static final int LARGE_BYTES = 64 * 1024;
    private static final int IDS_PER_BLOCK = 1000;
    private static final SqlStatement NEXT_IDS = SqlStatement.of(
            "UPDATE header_ids SET next = next + %1$d RETURNING next - %1$d".formatted(IDS_PER_BLOCK));

    private record Prepared(PreparedStatement jdbc, CoreStatement core, long pointer, Object[] parameters) {
    }

    private final HikariDataSource pool;
    private final SqlCounters counters;
    private final CurrentRow row = new CurrentRow();
    private Connection pooled;
    private SQLiteConnection connection;
    private DB db;
    private Prepared[] prepared;
    private Mode mode = Mode.SINGLE;
    private boolean open;
    private long nextId;
    private long dataVersion;
    private long lastId = -1;
    private WalKeeper keeper;

    SqliteLink(HikariDataSource pool, SqlCounters counters) throws SQLException {
        this.pool = pool;
        this.counters = counters;
        use(pool.getConnection());
    }

    private void use(Connection borrowed) throws SQLException {
        SQLiteConnection unwrapped = borrowed.unwrap(SQLiteConnection.class);
        // Else the driver begins and ends a transaction of its own after each statement, or tries to within one.
        unwrapped.getConnectionConfig().setAutoCommit(false);
        db = unwrapped.getDatabase();
        connection = unwrapped;
        pooled = borrowed;
        prepared = new Prepared[64];
    }

    @Override
    public void begin(Mode batchMode) {
        mode = batchMode;
    }

    @Override
    public void lockKeys(long[] changed, long[] read) {
        // One writer: nobody else can hold a key.
    }

    @Override
    public long[] tryLockKeys(long[] changed) {
        return changed;
    }

    @Override
    public void lockAll() {
        // One writer: nobody else can hold a key.
    }

    @Override
    public void queue(SqlStatement statement, Rows rows, RowReader reader) {
        if (!open && (mode != Mode.SINGLE || rows.size() > 1)) {
            run(mode == Mode.WRITE ? BEGIN_WRITE : BEGIN_READ, Rows.NONE, RowReader.NONE);
            open = true;
        }
        run(statement, rows, reader);
        counters.statement(rows.size());
    }

    private void run(SqlStatement statement, Rows rows, RowReader reader) {
        try {
            Prepared ready = prepare(statement);
            int runs = statement.overRows() ? rows.size() : 1;
            for (int i = 0; i < runs; i++) {
                for (int column = 0; column < ready.parameters.length; column++) {
                    ready.parameters[column] = rows.value(column, i);
                }
                row.ordinal = i;
                row.pointer = ready.pointer;
                boolean hasRow = db.execute(ready.core, ready.parameters);
                if (hasRow) {
                    readAll(ready, statement.oneRow(), reader);
                }
            }
            forget(ready);
        } catch (SQLException e) {
            discard(statement);
            throw DatabaseException.of(e, false);
        }
    }

    /** SQLite has a copy of what was bound last, and would keep it until the statement is run again. */
    private void forget(Prepared ready) throws SQLException {
        boolean large = false;
        for (Object parameter : ready.parameters) {
            large |= parameter instanceof byte[] bytes && bytes.length > LARGE_BYTES;
        }
        if (large) {
            db.clear_bindings(ready.pointer);
        }
        Arrays.fill(ready.parameters, null);
    }

    /** One that failed is half run, or the driver has closed it: it is prepared anew when it is needed again. */
    private void discard(SqlStatement statement) {
        int index = statement.index();
        if (index >= prepared.length || prepared[index] == null) {
            return;
        }
        PreparedStatement failed = prepared[index].jdbc;
        prepared[index] = null;
        try {
            failed.close();
        } catch (SQLException e) {
            // Closing tells once more how the statement has failed.
        }
    }

    private void readAll(Prepared ready, boolean oneRow, RowReader reader) throws SQLException {
        try {
            reader.read(row);
            int state = oneRow ? SQLITE_DONE : db.step(ready.pointer);
            while (state == SQLITE_ROW) {
                reader.read(row);
                state = db.step(ready.pointer);
            }
            if (state != SQLITE_DONE) {
                throw new SQLException("SQLite result code " + state + " while reading rows", "HY000", state);
            }
        } finally {
            db.reset(ready.pointer);
        }
    }

    private Prepared prepare(SqlStatement statement) throws SQLException {
        int index = statement.index();
        if (index >= prepared.length) {
            prepared = Arrays.copyOf(prepared, index + 64);
        }
        Prepared ready = prepared[index];
        if (ready == null) {
            PreparedStatement jdbc = connection.prepareStatement(statement.sqliteText());
            CoreStatement core = (CoreStatement) jdbc;
            long[] pointer = new long[1];
            core.pointer.safeRunConsume((database, address) -> pointer[0] = address);
            ready = new Prepared(jdbc, core, pointer[0], new Object[statement.columns().size()]);
            prepared[index] = ready;
        }
        return ready;
    }

    @Override
    public void send() {
        // Everything queued has run already.
    }

    @Override
    public void commit() {
        if (open) {
            run(COMMIT, Rows.NONE, RowReader.NONE);
            if (mode == Mode.WRITE) {
                counters.statement(0);
            }
            open = false;
            if (keeper != null && keeper.mustFinish()) {
                checkpoint();
            }
        }
        mode = Mode.SINGLE;
    }

    /** What was committed is safe, whatever becomes of the checkpoint; the keeper asks for another when it is time. */
    private void checkpoint() {
        try {
            run(CHECKPOINT, Rows.NONE, RowReader.NONE);
            keeper.finished();
        } catch (DatabaseException e) {
            keeper.failed(e);
        }
    }

    void keeper(WalKeeper walKeeper) {
        this.keeper = walKeeper;
    }

    @Override
    public void rollback() {
        mode = Mode.SINGLE;
        if (open) {
            // A block of numbers that was taken in this transaction goes back with it.
            lastId = nextId - 1;
            open = false;
        }
        if (!endTransaction()) {
            reopen();
        }
    }

    /**
     * Whether there is no transaction any more. SQLite may have ended it by itself (disk full, I/O error), or it never
     * began: then there is nothing to roll back, and another can begin, which needs no lock yet.
     */
    private boolean endTransaction() {
        return succeeds("ROLLBACK") || succeeds("BEGIN") && succeeds("ROLLBACK");
    }

    private boolean succeeds(String text) {
        try {
            return db._exec(text) == SQLITE_OK;
        } catch (SQLException e) {
            return false;
        }
    }

    /** The new connection comes first: a database in memory lives only as long as it has one. */
    private void reopen() {
        Connection old = pooled;
        try {
            use(pool.getConnection());
            pool.evictConnection(old);
            LOG.warn("a connection to the database was of no more use and has been replaced");
        } catch (SQLException e) {
            // The next batch fails on the old connection, and comes here again.
            LOG.warn("the database cannot be opened: {}", e.getMessage());
        }
    }

    @Override
    public boolean changedByOthers() {
        long before = dataVersion;
        run(DATA_VERSION, Rows.NONE, row -> dataVersion = row.number(1));
        return dataVersion != before;
    }

    @Override
    public boolean hasOtherWriters() {
        return false;
    }

    @Override
    public long nextId() {
        if (nextId > lastId) {
            query(NEXT_IDS, Rows.NONE, result -> nextId = result.number(1));
            lastId = nextId + IDS_PER_BLOCK - 1;
        }
        return nextId++;
    }

    @Override
    public void close() {
        try {
            connection.getConnectionConfig().setAutoCommit(true);
            pooled.close();
        } catch (SQLException e) {
            throw DatabaseException.of(e, false);
        }
    }

    private final class CurrentRow implements Row {
        private long pointer;
        private int ordinal;

        @Override
        public int ordinal() {
            return ordinal;
        }

        @Override
        public long numberOr(int column, long whenNull) {
            try {
                long number = db.column_long(pointer, column - 1);
                return number == 0 && db.column_type(pointer, column - 1) == SQLITE_NULL ? whenNull : number;
            } catch (SQLException e) {
                throw DatabaseException.of(e, false);
            }
        }

        @Override
        public long number(int column) {
            try {
                return db.column_long(pointer, column - 1);
            } catch (SQLException e) {
                throw DatabaseException.of(e, false);
            }
        }

        @Override
        public double real(int column) {
            try {
                return db.column_double(pointer, column - 1);
            } catch (SQLException e) {
                throw DatabaseException.of(e, false);
            }
        }

        @Override
        public byte[] bytes(int column) {
            try {
                return db.column_blob(pointer, column - 1);
            } catch (SQLException e) {
                throw DatabaseException.of(e, false);
            }
        }
    }
}
