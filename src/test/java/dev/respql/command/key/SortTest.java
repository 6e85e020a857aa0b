package dev.respql.command.key;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.respql.store.KeyName;
import dev.respql.testing.Await;
import dev.respql.testing.Backend;
import dev.respql.testing.Bytes;
import dev.respql.testing.EachBackend;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

@EachBackend
class SortTest {
    @Test
    void limits(RespClient client) {
        client.call("RPUSH", "l", 3, 1, 2);
        sorts(client, "[\"2\", \"3\"]", 1, Long.MAX_VALUE);
        sorts(client, "[\"2\", \"3\"]", 1, -1);
        sorts(client, "[\"1\", \"2\"]", Long.MIN_VALUE, 2);
        sorts(client, "[]", 1, 0);
        sorts(client, "[]", 3, Long.MAX_VALUE);
        sorts(client, "[]", Long.MAX_VALUE, Long.MAX_VALUE);
    }

    private static void sorts(RespClient client, String expected, long first, long count) {
        assertEquals(expected, client.call("SORT", "l", "LIMIT", first, count).toString());
    }

    /** While somebody else holds the lock of the key that it stores in, it waits. */
    @Test
    void locksWhereItStores(RunningServer server, RespClient client) throws SQLException {
        if (server.backend() != Backend.POSTGRESQL) {
            return;
        }
        client.call("RPUSH", "l", 3, 1, 2);
        for (String options : new String[] {"STORE dst", "BY store STORE dst", "GET # GET Store STORE dst",
            "STORE a store dst", "STORE store STORE dst LIMIT 0 10", "BY store DESC STORE dst"}) {
            try (Connection connection = server.openDatabase(); Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                long lock = new KeyName(0, Bytes.latin1("dst")).lock();
                statement.execute("SELECT pg_advisory_xact_lock(" + lock + ")");
                client.sendInline("SORT l " + options);
                Await.until(() -> waiting(statement));
                connection.commit();
            }
            assertEquals(options.startsWith("GET") ? 6 : 3, client.read().integer(), options);
        }
    }

    private static boolean waiting(Statement statement) {
        try (ResultSet result = statement.executeQuery("""
                SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database
                WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted""")) {
            return result.next();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
