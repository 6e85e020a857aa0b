package dev.respql.command.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.testing.Backend;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** LATENCY with events that DEBUG SLEEP makes; shapes as redis-server gave them. */
class LatencyCommandsTest {
    private static RunningServer server;
    private RespClient client;

    @BeforeAll
    static void start() {
        server = RunningServer.start(Backend.SQLITE, "enable-debug-command=yes");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void watch() {
        client = server.connect();
        client.call("CONFIG", "SET", "latency-monitor-threshold", "20");
        client.call("LATENCY", "RESET");
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void recordsSlowCommands() {
        assertEquals("[]", client.call("LATENCY", "LATEST").toString());
        long before = System.currentTimeMillis() / 1000;
        client.call("DEBUG", "SLEEP", "0.03");
        long after = System.currentTimeMillis() / 1000;
        List<Reply> latest = event("command");
        long time = latest.get(1).integer();
        long millis = latest.get(2).integer();
        assertTrue(time >= before && time <= after, latest.toString());
        assertTrue(millis >= 30, latest.toString());
        assertEquals(millis, latest.get(3).integer());
        assertTrue(client.call("LATENCY", "HISTORY", "command").toString()
                .contains("[(integer) " + time + ", (integer) " + millis + "]"));
        assertEquals("[]", client.call("LATENCY", "HISTORY", "COMMAND").toString());
        assertTrue(client.call("LATENCY", "GRAPH", "command").text().startsWith("command - high " + millis + " ms, low "));
        assertTrue(client.call("LATENCY", "DOCTOR").text().contains("command: in "));
        assertEquals(1, client.call("LATENCY", "RESET", "nosuch", "command", "command").integer());
        assertTrue(client.call("LATENCY", "LATEST").items().stream().noneMatch(e -> e.texts().get(0).equals("command")));
    }

    @Test
    void keepsTheLongestOfASecondAndTheLongestEver() {
        client.call("DEBUG", "SLEEP", "0.05");
        client.call("DEBUG", "SLEEP", "0.025");
        List<Reply> latest = event("command");
        assertTrue(latest.get(3).integer() >= 50, latest.toString());
        List<Reply> history = client.call("LATENCY", "HISTORY", "command").items();
        assertTrue(history.size() == 1 && latest.get(2).integer() >= 50
                || history.size() > 1 && latest.get(2).integer() < latest.get(3).integer(), history.toString());
    }

    @Test
    void watchesNothingWithoutAThreshold() {
        client.call("CONFIG", "SET", "latency-monitor-threshold", "0");
        client.call("DEBUG", "SLEEP", "0.03");
        assertEquals("[]", client.call("LATENCY", "LATEST").toString());
        assertTrue(client.call("LATENCY", "DOCTOR").text().contains("latency-monitor-threshold is 0"));
    }

    @Test
    void histogramsTellHowManyCallsTookHowLong() {
        client.call("CONFIG", "RESETSTAT");
        client.call("DEBUG", "SLEEP", "0.04");
        client.call("ECHO", "x");
        client.call("ECHO", "x");
        client.protocol(3);
        assertTrue(client.call("LATENCY", "HISTOGRAM", "debug").toString().matches(
                "\\{\"debug\": \\{\"calls\": \\(integer\\) 1, \"histogram_usec\":"
                        + " \\{\\(integer\\) \\d{5,}: \\(integer\\) 1}}}"));
        String echo = client.call("LATENCY", "HISTOGRAM", "nosuch", "ECHO", "config|nosuch").toString();
        assertTrue(echo.startsWith("{\"echo\": {\"calls\": (integer) 2, \"histogram_usec\": {(integer) "), echo);
        assertTrue(echo.endsWith(": (integer) 2}}}"), echo);
        String config = client.call("LATENCY", "HISTOGRAM", "CONFIG").toString();
        assertTrue(config.startsWith("{\"config|resetstat\": {\"calls\": (integer) 1"), config);
        List<String> names = client.call("LATENCY", "HISTOGRAM").items().stream()
                .filter(item -> !item.isAggregate()).map(Reply::text).toList();
        assertTrue(names.containsAll(List.of("debug", "echo", "config|resetstat", "latency|histogram")), names.toString());
        try (RespClient old = server.connect()) {
            assertTrue(old.call("LATENCY", "HISTOGRAM", "echo").toString()
                    .startsWith("[\"echo\", [\"calls\", (integer) 2, \"histogram_usec\", [(integer) "));
        }
    }

    @Test
    void histogramsAreKeptWhileTrackingIsOn() {
        client.call("CONFIG", "RESETSTAT");
        client.call("CONFIG", "SET", "latency-tracking", "no");
        client.call("ECHO", "x");
        assertEquals("[]", client.call("LATENCY", "HISTOGRAM", "echo").toString());
        client.call("CONFIG", "SET", "latency-tracking", "yes");
        client.call("ECHO", "x");
        assertEquals(2, client.call("LATENCY", "HISTOGRAM", "echo").items().size());
    }

    private List<Reply> event(String name) {
        return client.call("LATENCY", "LATEST").items().stream().map(Reply::items)
                .filter(event -> event.get(0).text().equals(name)).findFirst().orElseThrow();
    }
}
