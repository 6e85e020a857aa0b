package dev.respql.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What {@link EachBackend} promises to the tests that use it. */
@EachBackend
class EachBackendTest {
    private static final Map<Backend, RunningServer> SHARED = new EnumMap<>(Backend.class);

    @BeforeEach
    void sharesOneServerForEachBackend(RunningServer server, Backend backend) {
        assertEquals(backend, server.backend());
    }

    @Test
    void startsEmptyAndLeavesAKey(RunningServer server, RespClient client) {
        leavesAKey(server, client);
    }

    @Test
    void startsEmptyAndLeavesAKeyAgain(RunningServer server, RespClient client) {
        leavesAKey(server, client);
    }

    private void leavesAKey(RunningServer server, RespClient client) {
        assertSame(server, SHARED.computeIfAbsent(server.backend(), backend -> server));
        assertEquals("(integer) 0", client.call("DBSIZE").toString());
        assertEquals("OK", client.call("SET", "left", "behind").toString());
    }

    @Test
    void connectionsAreSeparate(RespClient one, RespClient other) {
        one.call("SELECT", "1");
        one.call("SET", "key", "value");
        assertEquals("(nil)", other.call("GET", "key").toString());
    }

    @AfterAll
    static void everyServerIsClosed() {
        SHARED.values().forEach(server -> assertTrue(server.isClosed()));
    }

    @Test
    @OwnServer
    void dataSurvivesARestart(RunningServer server) {
        assertNotEquals(SHARED.get(server.backend()), server);
        try (RespClient client = server.connect()) {
            client.call("SET", "key", "value");
        }
        server.restart();
        try (RespClient client = server.connect()) {
            assertEquals("\"value\"", client.call("GET", "key").toString());
        }
    }

    @Nested
    class InNestedClasses {
        @Test
        void theServerIsTheSame(RunningServer server) {
            assertSame(server, SHARED.computeIfAbsent(server.backend(), backend -> server));
        }
    }
}
