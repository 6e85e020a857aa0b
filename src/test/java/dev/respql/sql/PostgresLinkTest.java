package dev.respql.sql;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.config.Config;
import dev.respql.sql.SqlLink.Mode;
import dev.respql.testing.PostgresForTests;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PostgresLinkTest {
    private static final SqlStatement PREPARED = SqlStatement.of("SELECT count(*) FROM pg_prepared_statements");

    private String url;
    private Database database;
    private SqlLink link;

    @BeforeEach
    void open() {
        url = PostgresForTests.newDatabase();
        Config config = Config.defaults();
        config.put("url", url);
        database = Database.open(DatabaseSettings.of(config, 1));
        link = database.link();
    }

    @AfterEach
    void close() {
        link.close();
        database.close();
        PostgresForTests.dropDatabase(url);
    }

    @Test
    void statementsArePreparedOnceWhateverTravelsWithThem() {
        int[] read = new int[1];
        List<SqlStatement> statements = IntStream.range(0, 10).mapToObj(PostgresLinkTest::statement).toList();
        Random random = new Random(1);
        for (int i = 0; i < 1500; i++) {
            int sent = 0;
            int expected = 0;
            read[0] = 0;
            link.begin(i % 2 == 0 ? Mode.READ : Mode.WRITE);
            for (int k = 0; k < 10; k++) {
                for (int times = random.nextInt(3); times > 0; times--) {
                    SqlStatement statement = statements.get(k);
                    Rows rows = Rows.of(statement).next().set(0, i).next().set(0, 2L * i);
                    link.queue(statement, rows, row -> read[0] += (int) row.number(2));
                    expected += 3 * i + 2 * k;
                    sent++;
                }
            }
            if (i % 7 == 0) {
                link.send();
            }
            link.commit();
            assertEquals(expected, read[0], sent + " statements in text " + i);
        }
        // The ten, BEGIN and COMMIT, perhaps once more for texts of one statement, and what the migration has used.
        assertTrue(number(PREPARED) < 50, number(PREPARED) + " statements are prepared");
    }

    @Test
    void aTextThatFailedIsPreparedAgain() {
        SqlStatement good = statement(1);
        SqlStatement late = statement(2);
        SqlStatement bad = SqlStatement.of("SELECT n.i, 1 / n.n FROM {rows}", SqlStatement.number("n"));
        int[] read = new int[1];
        for (int divisor : new int[] {0, 1, 0, 1, 1}) {
            read[0] = 0;
            link.begin(Mode.WRITE);
            for (SqlStatement statement : List.of(good, bad, late)) {
                link.queue(statement, Rows.of(statement).next().set(0, divisor), row -> read[0] += (int) row.number(2));
            }
            if (divisor == 0) {
                assertThrows(DatabaseException.class, link::commit);
                link.rollback();
            } else {
                link.commit();
                assertEquals(6, read[0]);
            }
        }
    }

    /** A batch that has read one thing and finds that it must read more gives up what was no transaction. */
    @Test
    void aRollbackOfNothingAsksNothingOfTheDatabase() {
        SqlStatement statement = statement(1);
        Rows rows = Rows.of(statement).next().set(0, 1);
        link.begin(Mode.SINGLE);
        link.queue(statement, rows, RowReader.NONE);
        link.commit();
        String before = lastQuery();
        link.rollback();
        assertEquals(before, lastQuery());
        link.begin(Mode.READ);
        link.query(statement, rows, RowReader.NONE);
        link.rollback();
        assertTrue(lastQuery().startsWith("ROLLBACK "));
    }

    /** The database may have fallen back to where it gives the same numbers once more: after a crash, or a failover. */
    @Test
    void numbersThatWereTakenOverALostConnectionAreGivenUp() {
        long before = link.nextId();
        killConnection();
        assertThrows(DatabaseException.class, () -> number(PREPARED));
        link.rollback();
        assertTrue(link.nextId() >= before + 1000);
    }

    @Test
    void aConnectionFoundLostByTheFirstStatementOfABatchIsReplaced() {
        ((PostgresLink) link).plannedAt -= PostgresLink.PLANS_LAST_NANOS + 1;
        killConnection();
        assertThrows(DatabaseException.class, () -> link.begin(Mode.WRITE));
        link.rollback();
        link.begin(Mode.WRITE);
        link.query(PREPARED, Rows.NONE, RowReader.NONE);
        link.commit();
    }

    @Test
    void triesToLockWhatNobodyElseHolds() throws SQLException {
        try (Connection elsewhere = PostgresForTests.connect(url); Statement statement = elsewhere.createStatement()) {
            elsewhere.setAutoCommit(false);
            statement.execute("SELECT pg_advisory_xact_lock_shared(2)");
            assertArrayEquals(new long[] {1, 3}, tryToLock(1, 2, 3));
            elsewhere.rollback();
            assertArrayEquals(new long[] {1, 2, 3}, tryToLock(1, 2, 3));
            statement.execute("SELECT pg_advisory_xact_lock(" + PostgresLink.EVERYTHING + ")");
            assertArrayEquals(new long[0], tryToLock(1, 2, 3));
        }
    }

    private long[] tryToLock(long... locks) {
        link.begin(Mode.WRITE);
        long[] got = link.tryLockKeys(locks);
        link.commit();
        return got;
    }

    private void killConnection() {
        try (Connection connection = PostgresForTests.connect(url);
                Statement statement = connection.createStatement();
                ResultSet killed = statement.executeQuery("""
                        SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                        WHERE datname = current_database() AND pid <> pg_backend_pid()""")) {
            killed.next();
            assertTrue(killed.getInt(1) > 0);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** What the link's connection sent last. */
    private String lastQuery() {
        try (Connection connection = PostgresForTests.connect(url);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("""
                        SELECT query || ' ' || query_start FROM pg_stat_activity
                        WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'respql'
                        ORDER BY query_start DESC LIMIT 1""")) {
            result.next();
            return result.getString(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static SqlStatement statement(int number) {
        return SqlStatement.of("SELECT n.i, n.n + " + number + " FROM {rows}", SqlStatement.number("n"));
    }

    private long number(SqlStatement statement) {
        long[] number = new long[1];
        link.begin(Mode.SINGLE);
        link.query(statement, Rows.NONE, row -> number[0] = row.number(1));
        link.commit();
        return number[0];
    }
}
