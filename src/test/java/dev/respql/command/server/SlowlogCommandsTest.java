package dev.respql.command.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.testing.Backend;
import dev.respql.testing.RedisForTests;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The slow log with a threshold of 0, which logs every command, compared with redis-server's. */
class SlowlogCommandsTest {
    private static RunningServer server;
    private static RedisForTests redis;

    @BeforeAll
    static void start() {
        server = RunningServer.start(Backend.SQLITE, "enable-debug-command=yes");
        redis = RedisForTests.start();
    }

    @AfterAll
    static void stop() {
        redis.close();
        server.close();
    }

    @BeforeEach
    void emptyTheLog() {
        for (int port : List.of(server.port(), redis.port())) {
            try (RespClient client = RespClient.connect(port)) {
                client.call("CONFIG", "SET", "slowlog-log-slower-than", "-1", "slowlog-max-len", "128");
                client.call("SLOWLOG", "RESET");
            }
        }
    }

    @Test
    void logsWhatRedisLogs() {
        List<Object[]> calls = new ArrayList<>(List.of(
                new Object[] {"SET", "foo", "bar"},
                new Object[] {"get", "foo"},
                new Object[] {"GET", "foo", "bar"},
                new Object[] {"NONSENSE"},
                new Object[] {"CLIENT", "SETNAME", "me"},
                new Object[] {"PING"},
                new Object[] {"APPEND", "foo", "\0\r\n"},
                new Object[] {"INCR", "foo"},
                new Object[] {"SET", "long", "x".repeat(128)},
                new Object[] {"SET", "longer", "x".repeat(129)},
                new Object[] {"SET", "longest", "x".repeat(5000)}));
        calls.add(Collections.nCopies(32, "MGET").toArray());
        calls.add(Collections.nCopies(33, "MGET").toArray());
        calls.add(Collections.nCopies(100, "MGET").toArray());
        assertEquals(logged(redis.port(), calls), logged(server.port(), calls));
    }

    @Test
    void keepsSecretsToItself() {
        RedisForTests.assumeAtLeast(7, 0);
        List<Object[]> calls = List.of(
                new Object[] {"AUTH", "secret"},
                new Object[] {"AUTH", "default", "secret"},
                new Object[] {"HELLO", "2", "AUTH", "default", "secret", "SETNAME", "x"},
                new Object[] {"CONFIG", "SET", "requirepass", "secret", "timeout", "0", "MasterAuth", "secret"},
                new Object[] {"CONFIG", "SET", "requirepass", "", "masterauth", ""});
        String logged = logged(server.port(), calls);
        assertTrue(!logged.contains("secret") && logged.contains("(redacted)"), logged);
        assertEquals(logged(redis.port(), calls), logged);
    }

    @Test
    void entriesTellWhenHowLongAndWho() {
        try (RespClient client = server.connect().protocol(3)) {
            client.call("CLIENT", "SETNAME", "slow");
            client.call("CONFIG", "SET", "slowlog-log-slower-than", "1000");
            long before = System.currentTimeMillis() / 1000;
            client.call("DEBUG", "SLEEP", "0.002");
            long after = System.currentTimeMillis() / 1000;
            Reply newest = client.call("SLOWLOG", "GET").items().stream()
                    .filter(entry -> entry.items().get(3).texts().get(0).equals("DEBUG")).findFirst().orElseThrow();
            List<Reply> parts = newest.items();
            assertEquals(6, parts.size());
            assertTrue(parts.get(1).integer() >= before && parts.get(1).integer() <= after, newest.toString());
            assertTrue(parts.get(2).integer() >= 2000, newest.toString());
            assertEquals("127.0.0.1:" + client.localPort(), parts.get(4).text());
            assertEquals("slow", parts.get(5).text());
        }
    }

    @Test
    void showsTheNewestAndForgetsTheOldest() {
        try (RespClient client = server.connect()) {
            client.call("CONFIG", "SET", "slowlog-log-slower-than", "0", "slowlog-max-len", "3");
            for (int i = 0; i < 5; i++) {
                client.call("ECHO", i);
            }
            assertEquals(List.of("4", "3", "2"), client.call("SLOWLOG", "GET").items().stream()
                    .map(entry -> entry.items().get(3).texts().get(1)).toList());
            assertEquals(3, client.call("SLOWLOG", "LEN").integer());
            assertEquals(1, client.call("SLOWLOG", "GET", "1").items().size());
            List<Long> ids = client.call("SLOWLOG", "GET", "-1").items().stream()
                    .map(entry -> entry.items().get(0).integer()).toList();
            assertEquals(List.of(ids.get(0), ids.get(0) - 1, ids.get(0) - 2), ids);
            client.call("CONFIG", "SET", "slowlog-max-len", "1", "slowlog-log-slower-than", "-1");
            assertEquals(1, client.call("SLOWLOG", "LEN").integer());
            client.call("SLOWLOG", "RESET");
            assertEquals(0, client.call("SLOWLOG", "LEN").integer());
            client.call("CONFIG", "SET", "slowlog-log-slower-than", "0");
            client.call("ECHO", "x");
            assertTrue(client.call("SLOWLOG", "GET").items().get(0).items().get(0).integer() > ids.get(0));
        }
    }

    /** Arguments and client names, the oldest first. */
    private static String logged(int port, List<Object[]> calls) {
        try (RespClient client = RespClient.connect(port); RespClient other = RespClient.connect(port)) {
            other.call("CONFIG", "SET", "slowlog-log-slower-than", "0");
            calls.forEach(client::call);
            other.call("CONFIG", "SET", "slowlog-log-slower-than", "-1");
            List<Reply> entries = new ArrayList<>(other.call("SLOWLOG", "GET", "-1").items());
            Collections.reverse(entries);
            return entries.stream().map(entry -> entry.items().get(3) + " by " + entry.items().get(5))
                    .collect(Collectors.joining("\n"));
        }
    }
}
