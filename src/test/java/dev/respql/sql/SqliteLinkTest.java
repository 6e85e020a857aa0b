package dev.respql.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.respql.sql.SqlLink.Mode;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteDataSource;

/** How a link comes through failures of SQLite: whatever has failed, the next batch works as soon as it can. */
class SqliteLinkTest {
    private static final SqlStatement INSERT =
            SqlStatement.of("INSERT INTO t (v) SELECT n.v FROM {rows}", SqlStatement.bytes("v"));
    private static final SqlStatement COUNT = SqlStatement.of("SELECT count(*) FROM t");
    private static final SqlStatement FIRST = SqlStatement.of("SELECT 1 FROM t LIMIT 1");
    private static final SqlStatement BROKEN = SqlStatement.of("""
            WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 100)
            SELECT CASE WHEN x < 50 THEN x ELSE abs(-9223372036854775808) END FROM c
            """);

    @TempDir
    private Path directory;
    private final List<SQLiteConnection> connections = new ArrayList<>();
    private String url;
    private HikariDataSource pool;
    private Connection other;
    private SqliteLink link;

    @BeforeEach
    void open() throws SQLException {
        url = "jdbc:sqlite:" + directory.resolve("test.db");
        SQLiteDataSource source = new SQLiteDataSource() {
            @Override
            public SQLiteConnection getConnection(String user, String password) throws SQLException {
                SQLiteConnection connection = super.getConnection(user, password);
                connections.add(connection);
                return connection;
            }
        };
        source.setUrl(url);
        source.setJournalMode("WAL");
        source.getConfig().setBusyTimeout(10);
        HikariConfig config = new HikariConfig();
        config.setDataSource(source);
        pool = Database.pool(config, 2);
        other = DriverManager.getConnection(url);
        execute("CREATE TABLE t (v BLOB)");
        link = new SqliteLink(pool, new SqlCounters());
    }

    @AfterEach
    void close() throws SQLException {
        link.close();
        pool.close();
        other.close();
    }

    @Test
    void writesAgainWhenThereIsRoomAgain() throws SQLException {
        write(10);
        pragma("max_page_count = 20");
        for (int i = 0; i < 3; i++) {
            fails(1 << 20);
        }
        write(10);
        pragma("max_page_count = 100000");
        write(1 << 20);
        assertEquals(3, count());
    }

    @Test
    void writesAgainWhenAnotherProcessHasLetGo() throws SQLException {
        write(10);
        execute("BEGIN IMMEDIATE");
        for (int i = 0; i < 3; i++) {
            fails(10);
            assertEquals(1, countOfLink());
        }
        execute("INSERT INTO t (v) VALUES ('of the other')");
        execute("COMMIT");
        write(10);
        assertEquals(3, count());
        assertEquals(3, countOfLink());
        execute("BEGIN IMMEDIATE");
        execute("ROLLBACK");
    }

    @Test
    void readsAgainAfterAQueryThatFailedInTheMiddle() {
        for (int i = 0; i < 3; i++) {
            List<Long> read = new ArrayList<>();
            link.begin(Mode.READ);
            assertThrows(DatabaseException.class,
                    () -> link.query(BROKEN, Rows.NONE, row -> read.add(row.number(1))));
            assertEquals(49, read.size());
            link.rollback();
        }
        write(10);
        assertEquals(1, countOfLink());
    }

    @Test
    void aRollbackNeedsNoTransaction() throws SQLException {
        link.rollback();
        link.begin(Mode.WRITE);
        link.rollback();
        write(10);
        link.rollback();
        assertEquals(1, count());
        assertEquals(1, connectionsOfPool());
    }

    @Test
    void aBrokenConnectionIsReplaced() throws SQLException {
        write(10);
        connections.get(connections.size() - 1).close();
        fails(10);
        write(10);
        assertEquals(2, count());
    }

    @Test
    void aCheckpointThatFailsIsNoFailedCommit() throws SQLException {
        try (WalKeeper keeper = new WalKeeper(pool, directory.resolve("test.db"), false)) {
            link.keeper(keeper);
            write(10);
            for (int i = 0; i < 2; i++) {
                keeper.askToFinish();
                link.begin(Mode.WRITE);
                link.queue(INSERT, Rows.of(INSERT).next().set(0, new byte[10]), RowReader.NONE);
                // While a statement reads there can be a commit, but no checkpoint.
                link.query(FIRST, Rows.NONE, row -> link.commit());
                assertFalse(keeper.mustFinish());
            }
            keeper.askToFinish();
            write(10);
            assertFalse(keeper.mustFinish());
            assertEquals(4, count());
        }
    }

    /** As a batch does it. */
    private void write(int bytes) {
        link.begin(Mode.WRITE);
        link.queue(INSERT, Rows.of(INSERT).next().set(0, new byte[bytes]), RowReader.NONE);
        link.send();
        link.commit();
    }

    private void fails(int bytes) {
        assertThrows(DatabaseException.class, () -> write(bytes));
        link.rollback();
    }

    private void pragma(String text) {
        link.query(SqlStatement.of("PRAGMA " + text), Rows.NONE, row -> { });
    }

    private long countOfLink() {
        long[] count = new long[1];
        link.begin(Mode.SINGLE);
        link.query(COUNT, Rows.NONE, row -> count[0] = row.number(1));
        link.commit();
        return count[0];
    }

    /** What another process sees. */
    private long count() throws SQLException {
        try (Statement statement = other.createStatement(); ResultSet result = statement.executeQuery(COUNT.toString())) {
            return result.getLong(1);
        }
    }

    private int connectionsOfPool() {
        return pool.getHikariPoolMXBean().getTotalConnections();
    }

    private void execute(String text) throws SQLException {
        try (Statement statement = other.createStatement()) {
            statement.execute(text);
        }
    }
}
