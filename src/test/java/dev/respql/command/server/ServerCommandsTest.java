package dev.respql.command.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.Version;
import dev.respql.testing.EachBackend;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Answers that hang on the server; the others are in {@link ServerConversationTest}. */
@EachBackend
class ServerCommandsTest {
    @Test
    void timeIsInSecondsAndMicroseconds(RespClient client, RunningServer server) {
        long before = server.server().node().now() / 1000;
        List<Reply> time = client.call("TIME").items();
        long after = server.server().node().now() / 1000 + 1;
        assertEquals(2, time.size());
        long seconds = Long.parseLong(time.get(0).text());
        assertTrue(seconds >= before && seconds <= after, time.toString());
        assertTrue(time.get(1).text().matches("0|[1-9]\\d{0,5}"), time.toString());
        assertEquals('$', time.get(0).type());
    }

    @Test
    void lastSaveIsASecondOfThePast(RespClient client) {
        long lastSave = client.call("LASTSAVE").integer();
        assertTrue(lastSave > 1_600_000_000 && lastSave <= System.currentTimeMillis() / 1000);
    }

    @Test
    void lolwutEndsWithTheVersion(RespClient client) {
        for (Object[] call : new Object[][] {{"LOLWUT"}, {"LOLWUT", "VERSION", "5", "10", "2", "2"}, {"LOLWUT", "x"}}) {
            Reply picture = client.call(call);
            assertEquals('$', picture.type());
            assertTrue(picture.text().endsWith("Redis ver. " + Version.REDIS + "\n"), picture.text());
        }
        assertTrue(client.protocol(3).call("LOLWUT").wire().startsWith("="));
    }

    @Test
    void nothingOfThisTouchesTheDatabase(RespClient client, RunningServer server) {
        client.call("PING");
        server.server().housekeeper().pause();
        long before = server.server().node().database().counters().statements();
        for (Object[] call : new Object[][] {{"TIME"}, {"ROLE"}, {"LOLWUT"}, {"LASTSAVE"}, {"CONFIG", "GET", "*"},
                {"CONFIG", "HELP"}, {"COMMAND"}, {"COMMAND", "DOCS"}, {"SLOWLOG", "GET"}, {"LATENCY", "LATEST"},
                {"ACL", "LIST"}, {"MEMORY", "DOCTOR"}}) {
            assertTrue(!client.call(call).isError(), call[0].toString());
        }
        assertEquals(before, server.server().node().database().counters().statements());
        server.server().housekeeper().resume();
    }
}
