package dev.respql.sql;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.postgresql.PGConnection;
import org.postgresql.core.BaseConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PostgreSQL: queued statements are joined into one prepared text and travel in one round trip, BEGIN, locks and COMMIT
 * among them; a statement over rows takes its columns as arrays. Each statement of a text sees what was committed when
 * it began, so what is read after the locks is what the locks protect. Statements stay prepared
 * for the connection's life ({@link PreparedTexts}).
 */
final class PostgresLink implements SqlLink {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresLink.class);
    private static final SqlStatement BEGIN_READ = SqlStatement.of("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    private static final SqlStatement BEGIN_WRITE = SqlStatement.of("BEGIN ISOLATION LEVEL READ COMMITTED");
    private static final SqlStatement COMMIT = SqlStatement.of("COMMIT");
    private static final SqlStatement NEXT_IDS = SqlStatement.of("SELECT nextval('header_ids')");
    /** Shared by all writers, exclusive for who needs everything ("respql" in ASCII). */
    static final long EVERYTHING = 0x72657370716cL;
    private static final SqlStatement LOCK_ALL = SqlStatement.of("SELECT pg_advisory_xact_lock(" + EVERYTHING + ")");
    private static final SqlStatement LOCK_KEYS = SqlStatement.of("""
            SELECT CASE WHEN n.shared = 1 THEN pg_advisory_xact_lock_shared(n.lock)
                        ELSE pg_advisory_xact_lock(n.lock) END
            FROM {rows}
            """, SqlStatement.number("lock"), SqlStatement.integer("shared"));
    private static final SqlStatement TRY_LOCK = SqlStatement.of("""
            SELECT n.i, CASE WHEN n.shared = 1 THEN pg_try_advisory_xact_lock_shared(n.lock)
                             ELSE pg_try_advisory_xact_lock(n.lock) END::int4::int8
            FROM {rows}
            """, SqlStatement.number("lock"), SqlStatement.integer("shared"));
    /**
     * How often PostgreSQL is to plan what writes anew. It plans by how large tables are and looks at that again up to a
     * minute late: a plan for a table of a few rows would go on to read all those that have come since.
     */
    static final long PLANS_LAST_NANOS = 5_000_000_000L;
    /** As the sequence's increment in the migration. */
    private static final int IDS_PER_BLOCK = 1000;

    private record Queued(SqlStatement statement, Rows rows, RowReader reader) {
    }

    private final ConnectionSource source;
    private final SharedClock clock;
    private final SqlCounters counters;
    private final CurrentRow row = new CurrentRow();
    private final List<Queued> queue = new ArrayList<>();
    private final List<SqlStatement> texts = new ArrayList<>();
    private ConnectionSource.Lease lease;
    private PreparedTexts prepared;
    private Mode mode = Mode.SINGLE;
    private boolean open;
    /** Whether an exchange was not finished: nobody knows then in what state the connection is. */
    private boolean failed;
    /** Only tests set it from outside. */
    long plannedAt = System.nanoTime();
    private long nextId;
    private long lastId = -1;

    PostgresLink(ConnectionSource source, SharedClock clock, SqlCounters counters) throws SQLException {
        this.source = source;
        this.clock = clock;
        this.counters = counters;
        use(source.lease());
    }

    private void use(ConnectionSource.Lease borrowed) throws SQLException {
        prepared = new PreparedTexts(borrowed.connection().unwrap(BaseConnection.class));
        lease = borrowed;
        // A database that has crashed, or another one after a failover, may give the block that is left once more.
        lastId = nextId - 1;
    }

    @Override
    public void begin(Mode batchMode) {
        mode = batchMode;
        if (mode == Mode.WRITE && System.nanoTime() - plannedAt > PLANS_LAST_NANOS) {
            discardPlans();
        }
    }

    private void discardPlans() {
        plannedAt = System.nanoTime();
        failed = true;
        try (var statement = lease.connection().createStatement()) {
            statement.execute("DISCARD PLANS");
            failed = false;
        } catch (SQLException e) {
            throw DatabaseException.of(e, false);
        }
    }

    @Override
    public void lockKeys(long[] changed, long[] read) {
        if (changed.length + read.length == 0) {
            return;
        }
        Rows rows = Rows.of(LOCK_KEYS).next().set(0, EVERYTHING).set(1, 1);
        int reads = 0;
        for (long lock : changed) {
            for (; reads < read.length && read[reads] < lock; reads++) {
                rows.next().set(0, read[reads]).set(1, 1);
            }
            rows.next().set(0, lock).set(1, 0);
        }
        for (; reads < read.length; reads++) {
            rows.next().set(0, read[reads]).set(1, 1);
        }
        queue(LOCK_KEYS, rows, RowReader.NONE);
    }

    @Override
    public boolean tryLockKey(long lock, boolean shared) {
        boolean[] held = new boolean[1];
        queue(LOCK_KEYS, Rows.of(LOCK_KEYS).next().set(0, EVERYTHING).set(1, 1), RowReader.NONE);
        query(TRY_LOCK, Rows.of(TRY_LOCK).next().set(0, lock).set(1, shared ? 1 : 0), row -> held[0] = row.number(2) == 1);
        return held[0];
    }

    @Override
    public long[] tryLockKeys(long[] changed) {
        Rows rows = Rows.of(TRY_LOCK).next().set(0, EVERYTHING).set(1, 1);
        for (long lock : changed) {
            rows.next().set(0, lock).set(1, 0);
        }
        boolean[] held = new boolean[rows.size()];
        query(TRY_LOCK, rows, row -> held[row.ordinal()] = row.number(2) == 1);
        // Without the first, which keeps everything from being held by somebody else, the others are worth nothing.
        return IntStream.range(0, changed.length).filter(i -> held[0] && held[i + 1]).mapToLong(i -> changed[i]).toArray();
    }

    @Override
    public void lockAll() {
        queue(LOCK_ALL, Rows.NONE, RowReader.NONE);
    }

    @Override
    public void queue(SqlStatement statement, Rows rows, RowReader reader) {
        if (mode != Mode.SINGLE && !open) {
            open = true;
            queue.add(new Queued(mode == Mode.WRITE ? BEGIN_WRITE : BEGIN_READ, Rows.NONE, RowReader.NONE));
        }
        queue.add(new Queued(statement, rows, reader));
    }

    @Override
    public void send() {
        send(false);
    }

    private void send(boolean committing) {
        if (queue.isEmpty()) {
            return;
        }
        failed = true;
        try {
            PreparedStatement statement = prepare();
            bind(statement);
            boolean hasRows = statement.execute();
            for (Queued queued : queue) {
                if (hasRows) {
                    try (ResultSet results = statement.getResultSet()) {
                        row.results = results;
                        while (results.next()) {
                            queued.reader.read(row);
                        }
                    }
                }
                hasRows = statement.getMoreResults();
            }
            failed = false;
        } catch (SQLException e) {
            throw DatabaseException.of(e, committing);
        } finally {
            row.results = null;
            counters.exchange();
            queue.clear();
        }
    }

    private PreparedStatement prepare() throws SQLException {
        texts.clear();
        for (Queued queued : queue) {
            texts.add(queued.statement);
        }
        return prepared.of(texts);
    }

    private void bind(PreparedStatement statement) throws SQLException {
        int parameter = 1;
        PGConnection arrays = lease.postgres();
        for (Queued queued : queue) {
            List<SqlStatement.Column> columns = queued.statement.columns();
            boolean overRows = queued.statement.overRows();
            for (int i = 0; i < columns.size(); i++) {
                if (overRows) {
                    statement.setArray(parameter++, arrays.createArrayOf(
                            columns.get(i).type().postgresName(), queued.rows.array(i)));
                } else {
                    setValue(statement, parameter++, columns.get(i).type(), queued.rows.value(i, 0));
                }
            }
            // BEGIN travels with the first statement and is as good as free.
            if (queued.statement != BEGIN_READ && queued.statement != BEGIN_WRITE) {
                counters.statement(queued.rows.size());
            }
        }
    }

    private static void setValue(PreparedStatement statement, int parameter, SqlStatement.Type type, Object value)
            throws SQLException {
        if (value == null) {
            statement.setNull(parameter, type == SqlStatement.Type.BYTES ? java.sql.Types.BINARY : java.sql.Types.BIGINT);
            return;
        }
        switch (type) {
            case INTEGER -> statement.setInt(parameter, (Integer) value);
            case NUMBER -> statement.setLong(parameter, (Long) value);
            case BYTES -> statement.setBytes(parameter, (byte[]) value);
            case REAL -> statement.setDouble(parameter, (Double) value);
        }
    }

    @Override
    public void commit() {
        if (open) {
            queue.add(new Queued(COMMIT, Rows.NONE, RowReader.NONE));
        }
        send(open && mode == Mode.WRITE);
        open = false;
        mode = Mode.SINGLE;
    }

    @Override
    public void rollback() {
        boolean mustTell = open || failed;
        queue.clear();
        open = false;
        failed = false;
        mode = Mode.SINGLE;
        if (!mustTell) {
            return;
        }
        try (var statement = lease.connection().createStatement()) {
            // Outside a transaction this is a warning, not an error; it also tells whether the connection lives.
            statement.execute("ROLLBACK");
        } catch (SQLException e) {
            reopen();
        }
    }

    private void reopen() {
        lease.discard();
        try {
            use(source.lease());
            clock.measure(lease.connection());
        } catch (SQLException e) {
            // The next batch fails at once on the closed connection, and comes here again.
            LOG.warn("the database cannot be reached: {}", e.getMessage());
        }
    }

    @Override
    public boolean changedByOthers() {
        return false;
    }

    @Override
    public boolean hasOtherWriters() {
        return true;
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
        lease.discard();
    }

    private static final class CurrentRow implements Row {
        private ResultSet results;

        @Override
        public int ordinal() {
            return (int) number(1) - 1;
        }

        @Override
        public long numberOr(int column, long whenNull) {
            try {
                long number = results.getLong(column);
                return number == 0 && results.wasNull() ? whenNull : number;
            } catch (SQLException e) {
                throw DatabaseException.of(e, false);
            }
        }

        @Override
        public long number(int column) {
            try {
                return results.getLong(column);
            } catch (SQLException e) {
                throw DatabaseException.of(e, false);
            }
        }

        @Override
        public double real(int column) {
            try {
                return results.getDouble(column);
            } catch (SQLException e) {
                throw DatabaseException.of(e, false);
            }
        }

        @Override
        public byte[] bytes(int column) {
            try {
                return results.getBytes(column);
            } catch (SQLException e) {
                throw DatabaseException.of(e, false);
            }
        }
    }
}
