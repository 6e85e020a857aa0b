package dev.respql.command.key;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.testing.Await;
import dev.respql.testing.EachBackend;
import dev.respql.testing.OwnServer;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Keys that expire while clients and people look. */
@EachBackend
class ExpiryTest {
    /** A time far from now, in milliseconds. */
    private static final String FAR = "4102444800123";

    private static long count(RunningServer server, String relation) {
        try (Connection connection = server.openDatabase(); Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM " + relation)) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** Gives an existing key a moment to live, and waits for its end. */
    private static void expire(RespClient client, String key) {
        assertEquals("(integer) 1", client.call("PEXPIRE", key, 1).toString());
        Await.until(() -> client.call("PTTL", key).integer() == -2);
    }

    private static void call(RespClient client, String expected, Object... command) {
        assertEquals(expected, client.call(command).toString(), () -> List.of(command).toString());
    }

    @Test
    void expiredKeysLeaveTheDatabaseUntouched(RunningServer server, RespClient client) {
        for (int i = 0; i < 500; i++) {
            client.queue("SET", "s" + i, "v", "PX", 1 + i % 50);
        }
        client.queue("RPUSH", "l", "a", "b", "c").queue("PEXPIRE", "l", 20);
        for (int i = 0; i < 200; i++) {
            client.queue("RPUSH", "large", "element");
        }
        client.queue("PEXPIRE", "large", 20).queue("SELECT", 1).queue("SET", "s", "v", "PX", 20)
                .queue("SET", "stays", "v").flush().read(706);
        for (String table : List.of("strings", "keys")) {
            Await.until(() -> count(server, table) == 1);
        }
        for (String table : List.of("lists", "dropped_keys")) {
            Await.until(() -> count(server, table) == 0);
        }
        call(client, "\"v\"", "GET", "stays");
    }

    @Test
    @OwnServer("enable-debug-command=yes")
    void expiredKeysAreInvisibleThoughTheirRowsAreThere(RunningServer server, RespClient client) {
        call(client, "OK", "DEBUG", "SET-ACTIVE-EXPIRE", 0);
        call(client, "OK", "SET", "k", "v");
        call(client, "(integer) 1", "RPUSH", "l", "a");
        expire(client, "k");
        expire(client, "l");
        String[][] reads = {
            {"(nil)", "GET", "k"}, {"[(nil), (nil)]", "MGET", "k", "l"}, {"(integer) 0", "STRLEN", "k"},
            {"[]", "LRANGE", "l", "0", "-1"}, {"(integer) 0", "LLEN", "l"},
            {"(integer) 0", "EXISTS", "k", "l"}, {"(integer) 0", "TOUCH", "k", "l"}, {"none", "TYPE", "k"},
            {"(integer) -2", "TTL", "k"}, {"(integer) -2", "PTTL", "k"}, {"(integer) -2", "EXPIRETIME", "k"},
            {"(integer) -2", "PEXPIRETIME", "k"}, {"(nil)", "OBJECT", "ENCODING", "k"},
            {"(nil)", "OBJECT", "REFCOUNT", "k"}, {"[]", "KEYS", "*"}, {"[]", "KEYS", "k"}, {"[]", "KEYS", "k*"},
            {"[\"0\", []]", "SCAN", "0"}, {"(nil)", "RANDOMKEY"}, {"(integer) 0", "DBSIZE"},
            {"(integer) 0", "DEL", "k", "l"}, {"(integer) 0", "UNLINK", "k"}, {"(integer) 0", "PERSIST", "k"},
            {"(integer) 0", "EXPIRE", "k", "10"}, {"(integer) 0", "EXPIRE", "k", "-1"},
            {"(error) ERR no such key", "RENAME", "k", "m"}, {"(error) ERR no such key", "RENAMENX", "k", "m"},
            {"(error) ERR no such key", "RENAME", "k", "k"}, {"(integer) 0", "MOVE", "k", "1"},
            {"(integer) 0", "COPY", "k", "m"}, {"(integer) 0", "COPY", "k", "m", "REPLACE"}};
        for (String[] read : reads) {
            Object[] command = new Object[read.length - 1];
            System.arraycopy(read, 1, command, 0, command.length);
            call(client, read[0], command);
        }
        assertEquals(0, count(server, "all_keys"));
        assertEquals(0, count(server, "all_strings"));
        assertEquals(0, count(server, "all_lists"));
        assertEquals(2, count(server, "keys"), "rows of expired keys that nothing has removed");
        call(client, "OK", "DEBUG", "SET-ACTIVE-EXPIRE", 1);
        Await.until(() -> count(server, "keys") == 0);
    }

    @Test
    @OwnServer("enable-debug-command=yes")
    void whateverTakesTheNameOfAnExpiredKeyStartsFromNothing(RunningServer server, RespClient client) {
        call(client, "OK", "DEBUG", "SET-ACTIVE-EXPIRE", 0);
        String[][] writes = {
            {"(integer) 1", "APPEND", "k", "1"}, {"(integer) 1", "INCR", "k"}, {"OK", "SET", "k", "1", "KEEPTTL"},
            {"(integer) 1", "SETNX", "k", "1"}, {"OK", "RENAME", "other", "k"}, {"(integer) 1", "RENAMENX", "other", "k"},
            {"(integer) 1", "COPY", "other", "k"}, {"(integer) 1", "COPY", "other", "k", "REPLACE"},
            {"(integer) 1", "COPY", "elsewhere", "k", "DB", "0"}, {"(integer) 1", "MOVE", "k", "0"}};
        for (String type : List.of("string", "list")) {
            for (String[] write : writes) {
                call(client, "OK", "FLUSHALL");
                if (type.equals("string")) {
                    call(client, "OK", "SET", "k", "old");
                } else {
                    call(client, "(integer) 2", "RPUSH", "k", "old", "older");
                }
                expire(client, "k");
                call(client, "OK", "SET", "other", "1");
                boolean fromElsewhere = write[1].equals("MOVE") || write[2].equals("elsewhere");
                if (fromElsewhere) {
                    call(client, "OK", "SELECT", "1");
                    call(client, "OK", "MSET", "k", "1", "elsewhere", "1");
                }
                Object[] command = new Object[write.length - 1];
                System.arraycopy(write, 1, command, 0, command.length);
                call(client, write[0], command);
                call(client, "OK", "SELECT", "0");
                call(client, "\"1\"", "GET", "k");
                call(client, "(integer) -1", "PTTL", "k");
                call(client, "(integer) 1", "DEL", "k");
                call(client, "(integer) 0", "EXISTS", "k");
            }
        }
        call(client, "OK", "FLUSHALL");
        call(client, "(integer) 2", "RPUSH", "k", "old", "older");
        expire(client, "k");
        call(client, "(integer) 1", "RPUSH", "k", "new");
        call(client, "[\"new\"]", "LRANGE", "k", 0, -1);
        call(client, "(integer) -1", "PTTL", "k");
        for (String table : List.of("keys", "lists")) {
            Await.until(() -> count(server, table) == 1);
        }
    }

    @Test
    void expiriesOutliveARestart(RunningServer server) {
        try (RespClient client = server.connect()) {
            client.call("SET", "far", "v", "PXAT", FAR);
            client.call("SET", "near", "v", "PX", 1);
            client.call("RPUSH", "l", "a");
            client.call("PEXPIREAT", "l", FAR);
        }
        server.restart();
        try (RespClient client = server.connect()) {
            call(client, "(integer) " + FAR, "PEXPIRETIME", "far");
            call(client, "(integer) " + FAR, "PEXPIRETIME", "l");
            Await.until(() -> client.call("GET", "near").isNull());
            Await.until(() -> count(server, "keys") == 2);
        }
    }

    @Test
    void timesFromNowCountFromNow(RespClient client) {
        client.call("SET", "k", "v");
        for (int scale : new int[] {1000, 1}) {
            long before = now(client);
            call(client, "(integer) 1", scale == 1 ? "PEXPIRE" : "EXPIRE", "k", 100_000_000 / scale);
            long expiry = client.call("PEXPIRETIME", "k").integer();
            long after = now(client);
            assertTrue(before + 100_000_000 <= expiry && expiry <= after + 100_000_000,
                    () -> before + ", " + expiry + ", " + after);
            long left = client.call("PTTL", "k").integer();
            assertTrue(left <= expiry - after && left >= expiry - now(client), () -> "left: " + left);
            long seconds = client.call("TTL", "k").integer();
            assertTrue(seconds <= (expiry - after + 500) / 1000 && seconds >= (expiry - now(client) + 500) / 1000,
                    () -> "left: " + seconds + " s");
        }
    }

    private static long now(RespClient client) {
        List<String> time = client.call("TIME").texts();
        return Long.parseLong(time.get(0)) * 1000 + Long.parseLong(time.get(1)) / 1000;
    }
}
