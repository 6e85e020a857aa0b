package dev.respql.command.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.testing.EachBackend;
import dev.respql.testing.RedisForTests;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** MONITOR shows what redis-server would show, and cannot be used to fill the heap. */
@EachBackend
class MonitorTest {
    private static final String LINE = "\\d{10}\\.\\d{6} \\[\\d+ 127\\.0\\.0\\.1:\\d+\\] \"[^\"]+\".*";

    @Test
    void showsWhatRedisShows(RunningServer server) {
        RedisForTests.assumeAtLeast(7, 0);
        List<Object[]> calls = List.of(
                new Object[] {"SET", "a\"b\\c", new byte[] {'x', '\r', '\n', 0, (byte) 0xff, 7, '\t'}},
                new Object[] {"SELECT", "5"},
                new Object[] {"get", "foo"},
                new Object[] {"GET"},
                new Object[] {"NONSENSE", "a"},
                new Object[] {"INCR", "a"},
                new Object[] {"CONFIG", "GET", "x"},
                new Object[] {"SLOWLOG", "LEN"},
                new Object[] {"AUTH", "default", "secret"},
                new Object[] {"AUTH", "secret"},
                new Object[] {"HELLO", "2", "AUTH", "default", "secret", "SETNAME", "x"},
                new Object[] {"CLIENT", "SETNAME", "x"},
                new Object[] {"CLIENT", "LIST"},
                new Object[] {"PING"},
                new Object[] {"INFO", "server"},
                new Object[] {"COMMAND", "COUNT"},
                new Object[] {"TIME"},
                new Object[] {"SELECT", "99"},
                new Object[] {"ECHO", ""});
        List<String> shown = shown(server.port(), calls);
        assertFalse(String.join("\n", shown).contains("secret"), shown.toString());
        assertEquals(shown(RedisForTests.shared().port(), calls), shown);
    }

    @Test
    void aMonitorMayNotTouchKeysUntilItSaysReset(RespClient monitor, RespClient client) {
        assertEquals("OK", monitor.call("MONITOR").toString());
        String refused = "(error) ERR Replica can't interact with the keyspace";
        assertEquals(refused, monitor.call("GET", "a").toString());
        assertEquals(refused, monitor.call("SET", "a", "b").toString());
        assertEquals("PONG", monitor.call("PING").toString());
        assertTrue(monitor.read().text().endsWith("\"PING\""));
        // A second MONITOR is not answered at all.
        monitor.send("MONITOR");
        assertEquals("RESET", monitor.call("RESET").toString());
        client.call("PING");
        assertEquals("(nil)", monitor.call("GET", "a").toString());
    }

    @Test
    void severalMonitorsSeeTheSameAndLeaveAsTheyLike(RunningServer server, RespClient client) {
        RespClient gone = server.connect();
        try (RespClient one = server.connect(); RespClient other = server.connect().protocol(3)) {
            for (RespClient monitor : List.of(gone, one, other)) {
                assertEquals("OK", monitor.call("MONITOR").toString());
            }
            gone.close();
            client.call("ECHO", "all of you");
            String seen = one.read().text();
            assertTrue(seen.matches(LINE), seen);
            assertEquals(seen, other.read().text());
        }
        assertEquals("PONG", client.call("PING").toString());
    }

    @Test
    void aMonitorThatDoesNotReadIsCutOff(RunningServer server, RespClient client) {
        String large = "x".repeat(256 * 1024);
        try (RespClient lazy = server.connect()) {
            assertEquals("OK", lazy.call("MONITOR").toString());
            int port = lazy.localPort();
            for (int i = 0; isConnected(server, port); i++) {
                assertTrue(i < 400, "a monitor may leave any amount unread");
                client.call("COMMAND", "LIST", "FILTERBY", "MODULE", large);
            }
        }
        assertEquals("PONG", client.call("PING").toString());
    }

    private static boolean isConnected(RunningServer server, int port) {
        return server.server().node().clients().stream()
                .anyMatch(client -> client.remoteAddress().endsWith(":" + port));
    }

    /** What a monitor sees of the calls, without time and port. */
    private static List<String> shown(int port, List<Object[]> calls) {
        try (RespClient monitor = RespClient.connect(port); RespClient client = RespClient.connect(port)) {
            assertEquals("OK", monitor.call("MONITOR").toString());
            calls.forEach(client::call);
            client.call("ECHO", "the end");
            List<String> lines = new ArrayList<>();
            do {
                String line = monitor.read().wire();
                assertTrue(line.startsWith("+") && line.endsWith("\r\n"), line);
                line = line.substring(1, line.length() - 2);
                assertTrue(line.matches(LINE), line);
                lines.add(line.replaceFirst("^\\S+ \\[(\\d+) \\S+\\]", "[$1]"));
            } while (!lines.get(lines.size() - 1).endsWith("\"the end\""));
            return lines;
        }
    }
}
