package dev.respql.command.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.testing.Backend;
import dev.respql.testing.RedisForTests;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import org.junit.jupiter.api.Test;

/** Who may call DEBUG, and what it does; answers are compared in {@link ServerConversationTest}. */
class DebugCommandTest {
    @Test
    void isRefusedUnlessTheServerWasStartedWithIt() {
        RedisForTests.assumeAtLeast(7, 0);
        try (RunningServer server = RunningServer.start(Backend.SQLITE); RespClient client = server.connect();
                RedisForTests redis = RedisForTests.start("--enable-debug-command", "no");
                RespClient expected = redis.connect()) {
            for (String subcommand : new String[] {"SLEEP", "HELP", "nonsense"}) {
                assertEquals(expected.call("DEBUG", subcommand), client.call("DEBUG", subcommand));
            }
            assertEquals(expected.call("CONFIG", "SET", "enable-debug-command", "yes"),
                    client.call("CONFIG", "SET", "enable-debug-command", "yes"));
        }
    }

    @Test
    void canBeLeftToLocalClients() {
        try (RunningServer server = RunningServer.start(Backend.SQLITE, "enable-debug-command=local");
                RespClient client = server.connect()) {
            assertEquals("OK", client.call("DEBUG", "SLEEP", "0").toString());
        }
    }

    @Test
    void switchesActiveExpiryOff() {
        try (RunningServer server = RunningServer.start(Backend.SQLITE, "enable-debug-command=yes");
                RespClient client = server.connect()) {
            client.call("DEBUG", "SET-ACTIVE-EXPIRE", "0");
            assertEquals(false, server.server().node().activeExpire());
            client.call("DEBUG", "SET-ACTIVE-EXPIRE", "1");
            assertEquals(true, server.server().node().activeExpire());
        }
    }

    @Test
    void matchesPatterns() {
        try (RunningServer server = RunningServer.start(Backend.SQLITE, "enable-debug-command=yes");
                RespClient client = server.connect()) {
            assertEquals("(integer) 1", client.call("DEBUG", "STRINGMATCH-LEN", "a*", "abc").toString());
            assertEquals("(integer) 0", client.call("DEBUG", "STRINGMATCH-LEN", "a?", "abc").toString());
        }
    }

    @Test
    void tellsHowAValueIsKept() {
        try (RunningServer server = RunningServer.start(Backend.SQLITE, "enable-debug-command=yes");
                RespClient client = server.connect()) {
            client.call("SET", "n", "12");
            String shape = "Value at:0x\\w+ refcount:1 encoding:int serializedlength:\\d+ lru:\\d+ lru_seconds_idle:\\d+";
            String object = client.call("DEBUG", "OBJECT", "n").text();
            assertTrue(object.matches(shape), object);
            assertEquals("(error) ERR no such key", client.call("DEBUG", "OBJECT", "nosuch").toString());
        }
    }
}
