package dev.respql.command.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.testing.Await;
import dev.respql.testing.Backend;
import dev.respql.testing.EachBackend;
import dev.respql.testing.OwnServer;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is left, or not, of databases that were emptied or exchanged. Replies: see the scripts for keys. */
@EachBackend
class DatabaseCommandsTest {
    /** Every table whose rows belong to keys, found by its columns, so that tables of later types are among them. */
    private static List<String> tablesOfKeys(Connection connection) throws SQLException {
        List<String> tables = new ArrayList<>();
        try (ResultSet columns = connection.getMetaData().getColumns(null, null, null, null)) {
            while (columns.next()) {
                String table = columns.getString("TABLE_NAME");
                String column = columns.getString("COLUMN_NAME");
                if (!table.startsWith("all_") && !table.equals("databases")
                        && (column.equals("key_id") || column.equals("space"))) {
                    tables.add(table);
                }
            }
        }
        assertTrue(tables.containsAll(List.of("keys", "strings", "hashes", "lists", "dropped_keys", "dropped_spaces")),
                tables::toString);
        return tables;
    }

    private static long rowsOfKeys(RunningServer server) {
        try (Connection connection = server.openDatabase(); Statement statement = connection.createStatement()) {
            long all = 0;
            for (String table : tablesOfKeys(connection)) {
                try (ResultSet rows = statement.executeQuery("SELECT count(*) FROM " + table)) {
                    rows.next();
                    all += rows.getLong(1);
                }
            }
            return all;
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static void fill(RespClient client) {
        Object[] strings = new Object[3001];
        Object[] list = new Object[5002];
        strings[0] = "MSET";
        list[0] = "RPUSH";
        list[1] = "list";
        for (int i = 1; i < strings.length; i++) {
            strings[i] = "k" + i;
        }
        for (int i = 2; i < list.length; i++) {
            list[i] = i;
        }
        client.queue(strings).queue(list).queue("RPUSH", "small", "a", "b").queue("EXPIRE", "small", 100)
                .queue("HSET", "hash", "field", "value");
        client.flush().read(5);
    }

    @Test
    void nothingIsLeftOfFlushedDatabases(RunningServer server, RespClient client) {
        fill(client);
        client.call("SELECT", 3);
        fill(client);
        assertTrue(rowsOfKeys(server) > 16_000);
        assertEquals("OK", client.call("FLUSHALL").toString());
        assertEquals("(integer) 0", client.call("DBSIZE").toString());
        Await.until(() -> rowsOfKeys(server) == 0);
        fill(client);
        client.call("SELECT", 0);
        client.call("SET", "stays", "v");
        client.call("SELECT", 3);
        assertEquals("OK", client.call("FLUSHDB", "ASYNC").toString());
        // The header and the value of the one that stays.
        Await.until(() -> rowsOfKeys(server) == 2);
        client.call("SELECT", 0);
        assertEquals("\"v\"", client.call("GET", "stays").toString());
    }

    @Test
    @OwnServer
    void flushingWhatIsEmptyLeavesNoWork(RunningServer server, RespClient client) {
        for (int i = 0; i < 100; i++) {
            client.queue("FLUSHALL").queue("FLUSHDB");
        }
        client.flush().read(200);
        assertEquals(0, rowsOfKeys(server));
    }

    @Test
    @OwnServer("databases=4")
    void moreDatabasesThanBeforeAreEmpty(RunningServer server) {
        try (RespClient client = server.connect()) {
            for (int db = 0; db < 4; db++) {
                client.queue("SELECT", db).queue("SET", "k", db).queue("FLUSHALL").queue("SET", "l", db);
            }
            client.flush().read(16);
        }
        server.restart("databases=64");
        try (RespClient client = server.connect()) {
            for (int db = 0; db < 64; db++) {
                client.call("SELECT", db);
                assertEquals("(integer) " + (db == 3 ? 1 : 0), client.call("DBSIZE").toString(), "database " + db);
                assertEquals("OK", client.call("SET", "m", db).toString());
            }
            Await.until(() -> rowsOfKeys(server) == 2 * 65);
            for (int db = 0; db < 64; db++) {
                client.call("SELECT", db);
                assertEquals("\"" + db + "\"", client.call("GET", "m").toString());
            }
        }
    }

    @Test
    void exchangedDatabasesOutliveARestart(RunningServer server) {
        try (RespClient client = server.connect()) {
            client.call("SET", "k", "zero");
            client.call("SELECT", 1);
            client.call("SET", "k", "one");
            client.call("SWAPDB", 0, 1);
        }
        server.restart();
        try (RespClient client = server.connect()) {
            assertEquals("\"one\"", client.call("GET", "k").toString());
            client.call("SELECT", 1);
            assertEquals("\"zero\"", client.call("GET", "k").toString());
        }
    }

    /** One client flushes and swaps while others write, some by another node: nobody fails, and nothing is stranded. */
    @Test
    @OwnServer
    void flushesAmongWrites(RunningServer server) throws InterruptedException {
        RunningServer other = server.backend() == Backend.POSTGRESQL ? server.startSecondNode() : server;
        List<String> errors = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            RunningServer node = i % 2 == 0 ? server : other;
            int number = i;
            threads.add(new Thread(() -> {
                try (RespClient client = node.connect()) {
                    for (int round = 0; round < 40; round++) {
                        client.queue("SELECT", round % 2).queue("INCR", "shared").queue("RPUSH", "list", number)
                                .queue("SET", "own" + number, round).queue("RENAME", "own" + number, "renamed")
                                .queue("COPY", "shared", "copy", "DB", 1 - round % 2, "REPLACE")
                                .queue(number > 0 ? "PING" : round % 4 == 0 ? "FLUSHALL" : "FLUSHDB")
                                .queue("SWAPDB", 0, 1);
                        for (Reply reply : client.flush().read(8)) {
                            // Its key may have been flushed by somebody else.
                            if (reply.isError() && !reply.text().equals("ERR no such key")) {
                                synchronized (errors) {
                                    errors.add(reply.toString());
                                }
                            }
                        }
                    }
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(List.of(), errors);
        try (RespClient client = other.connect()) {
            client.call("FLUSHALL");
            assertFalse(client.call("EXISTS", "shared", "list", "copy", "renamed").integer() > 0);
        }
        Await.until(() -> rowsOfKeys(server) == 0);
    }
}
