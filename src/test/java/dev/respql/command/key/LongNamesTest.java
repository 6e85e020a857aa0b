package dev.respql.command.key;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.respql.testing.Await;
import dev.respql.testing.Bytes;
import dev.respql.testing.EachBackend;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Names of keys, fields and members that are longer than what a database holds in an index, and cannot be compressed. */
@EachBackend
class LongNamesTest {
    private static byte[] name(int length, int seed) {
        byte[] name = new byte[length];
        new Random(seed).nextBytes(name);
        return name;
    }

    private static byte[] differentAtTheEnd(byte[] name) {
        byte[] other = name.clone();
        other[name.length - 1]++;
        return other;
    }

    private static void call(RespClient client, String expected, Object... command) {
        assertEquals(expected, client.call(command).toString());
    }

    /** The lengths at which names begin to be long, what PostgreSQL's indexes could hold, and beyond. */
    @Test
    void keys(RespClient client) {
        for (int length : new int[] {991, 992, 993, 1023, 1024, 1025, 2600, 2700, 8192, 100_000, 1_000_000}) {
            byte[] one = name(length, 1);
            byte[] other = differentAtTheEnd(one);
            byte[] shorter = Arrays.copyOf(one, length - 1);
            call(client, "OK", "SET", one, "1");
            call(client, "(integer) 0", "EXISTS", other, shorter);
            call(client, "OK", "MSET", other, "2", shorter, "3");
            call(client, "[\"1\", \"2\", \"3\"]", "MGET", one, other, shorter);
            call(client, "(integer) 2", "INCR", one);
            call(client, "OK", "RENAME", one, "short");
            call(client, "(nil)", "GET", one);
            call(client, "OK", "RENAME", "short", one);
            call(client, "(integer) 1", "COPY", one, other, "REPLACE");
            call(client, "\"2\"", "GET", other);
            call(client, "(integer) 1", "MOVE", shorter, "1");
            call(client, "(integer) 1", "PEXPIREAT", other, "4102444800123");
            call(client, "(integer) 4102444800123", "PEXPIRETIME", other);
            call(client, "(integer) 2", "DBSIZE");
            call(client, "(integer) 1", "DEL", other);
            call(client, Bytes.quote(one), "RANDOMKEY");
            call(client, "[" + Bytes.quote(one) + "]", "KEYS", "*");
            call(client, "[\"0\", [" + Bytes.quote(one) + "]]", "SCAN", "0", "COUNT", "10");
            call(client, "(integer) 1", "UNLINK", one);
            call(client, "OK", "FLUSHALL");
        }
    }

    @Test
    void patterns(RespClient client) {
        String common = "k".repeat(3000);
        client.call("MSET", common + "a", 1, common + "b", 2, common, 3, "k", 4);
        assertEquals(2, client.call("KEYS", common + "?").items().size());
        call(client, "[\"" + common + "b\"]", "KEYS", common + "[b]");
        call(client, "[\"" + common + "a\"]", "KEYS", common + "a");
        call(client, "[]", "KEYS", common + "c*");
        assertEquals(4, client.call("KEYS", "k*").items().size());
        assertEquals(3, client.call("KEYS", "kk*").items().size());
    }

    @Test
    void keysOfEveryType(RespClient client) {
        byte[] key = name(5000, 2);
        client.queue("HSET", key, "f", "v").queue("HGET", key, "f").queue("DEL", key)
                .queue("SADD", key, "m").queue("SISMEMBER", key, "m").queue("DEL", key)
                .queue("ZADD", key, "1", "m").queue("ZRANK", key, "m").queue("ZPOPMIN", key)
                .queue("RPUSH", key, "a", "b").queue("LINDEX", key, "1").queue("LPOP", key).flush();
        assertEquals("[:1, v, :1, :1, :1, :1, :1, :0, m 1, :2, b, a]", client.read(12).stream()
                .map(reply -> reply.isAggregate() ? String.join(" ", reply.texts())
                        : reply.type() == ':' ? ":" + reply.integer() : reply.text()).toList().toString());
        call(client, "[\"b\"]", "LRANGE", key, "0", "-1");
        call(client, "list", "TYPE", key);
        call(client, "(integer) 1", "LLEN", key);
    }

    @Test
    void expiredOnesAreRemoved(RunningServer server, RespClient client) throws SQLException {
        byte[] key = name(100_000, 3);
        client.call("SET", key, "v", "PX", 1);
        client.call("SET", differentAtTheEnd(key), "v");
        try (Connection connection = server.openDatabase(); Statement statement = connection.createStatement()) {
            Await.until(() -> {
                try (ResultSet rows = statement.executeQuery("SELECT count(*) FROM keys")) {
                    rows.next();
                    return rows.getInt(1) == 1;
                } catch (SQLException e) {
                    throw new AssertionError(e);
                }
            });
        }
        client.call("SET", "n".repeat(2000), "v");
        try (Connection connection = server.openDatabase(); Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT name FROM all_strings WHERE name LIKE 'nnn%'")) {
            rows.next();
            assertEquals("n".repeat(2000), rows.getString(1));
        }
    }

    @Test
    void fieldsAndMembers(RespClient client) {
        for (int length : new int[] {1024, 2700, 100_000}) {
            byte[] one = name(length, 4);
            byte[] other = differentAtTheEnd(one);
            call(client, "OK", "FLUSHALL");
            call(client, "(integer) 2", "HSET", "h", one, "1", other, "2");
            call(client, "[\"1\", \"2\", (nil)]", "HMGET", "h", one, other, "nosuch");
            call(client, "(integer) 3", "HINCRBY", "h", one, 2);
            call(client, "(integer) 1", "HDEL", "h", other);
            call(client, "[" + Bytes.quote(one) + ", \"3\"]", "HGETALL", "h");
            call(client, "(integer) 2", "SADD", "s", one, other, one);
            call(client, "[(integer) 1, (integer) 0]", "SMISMEMBER", "s", other, "nosuch");
            call(client, "(integer) 1", "SREM", "s", other);
            call(client, "[" + Bytes.quote(one) + "]", "SMEMBERS", "s");
            call(client, "(integer) 2", "ZADD", "z", 1, one, 2, other);
            call(client, "[\"1\", \"2\", (nil)]", "ZMSCORE", "z", one, other, "nosuch");
            call(client, "(integer) 1", "ZRANK", "z", other);
            call(client, "\"4\"", "ZINCRBY", "z", 3, one);
            call(client, "[" + Bytes.quote(one) + ", \"4\"]", "ZPOPMAX", "z");
            call(client, "[" + Bytes.quote(other) + "]", "ZRANGEBYLEX", "z", "-", "+");
            List<Reply> scan = client.call("ZSCAN", "z", 0).items().get(1).items();
            assertEquals(Bytes.quote(other), scan.get(0).toString());
        }
    }
}
