package dev.respql.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.respql.Server;
import dev.respql.config.Config;
import dev.respql.testing.Await;
import dev.respql.testing.PostgresForTests;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A database whose clock is set while a node is running. */
class SharedClockTest {
    private static final long HOUR = 3_600_000;

    private String url;
    private Connection connection;
    private Statement statement;
    private Config config;

    @BeforeEach
    void openDatabaseWithAClockThatCanBeSet() throws SQLException {
        url = PostgresForTests.newDatabase();
        connection = PostgresForTests.connect(url);
        statement = connection.createStatement();
        statement.execute("CREATE SCHEMA settable");
        statement.execute("CREATE TABLE settable.clock AS SELECT interval '0' AS ahead");
        statement.execute("""
                CREATE FUNCTION settable.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS
                'SELECT pg_catalog.clock_timestamp() + ahead FROM settable.clock'""");
        statement.execute("ALTER DATABASE " + connection.getCatalog() + " SET search_path = settable, pg_catalog");
        config = Config.defaults();
        config.put("url", url);
        config.put("port", "0");
        config.put("lanes", "1");
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
        PostgresForTests.dropDatabase(url);
    }

    @Test
    void aNodeFollowsTheClock() throws SQLException {
        try (Server server = Server.start(config)) {
            assertEquals(0, hoursAhead(server.node().database()));
            setAnHourAhead();
            Await.until(() -> hoursAhead(server.node().database()) == 1);
        }
    }

    @Test
    void aConnectionThatIsReplacedMayLeadToAnotherClock() throws SQLException {
        try (Database database = Database.open(DatabaseSettings.of(config, 1)); SqlLink link = database.link()) {
            assertEquals(0, hoursAhead(database));
            setAnHourAhead();
            statement.execute("""
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = current_database() AND pid <> pg_backend_pid()""");
            assertThrows(DatabaseException.class, link::nextId);
            link.rollback();
            assertEquals(1, hoursAhead(database));
        }
    }

    /** Clocks of machines are set, too: a node that followed would remove live keys of all nodes. */
    @Test
    void whatThisMachinesClockShowsIsNoMatter() throws SQLException {
        AtomicLong passed = new AtomicLong();
        SharedClock clock = new SharedClock(passed::get);
        clock.measure(connection);
        long measured = clock.micros();
        assertEquals(0, Math.round((measured / 1000.0 - System.currentTimeMillis()) / HOUR));
        passed.addAndGet(HOUR * 1_000_000);
        assertEquals(measured + HOUR * 1000, clock.micros());
        clock.measure(connection);
        assertEquals(0, Math.round((clock.micros() - measured) / 1000.0 / HOUR));
    }

    private void setAnHourAhead() throws SQLException {
        statement.execute("UPDATE settable.clock SET ahead = interval '1 hour'");
    }

    private static long hoursAhead(Database database) {
        return Math.round((database.micros() / 1000.0 - System.currentTimeMillis()) / HOUR);
    }
}
