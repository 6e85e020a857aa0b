package dev.respql.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** {@link EachBackend} on single methods, beside tests that need no server. */
class EachBackendMethodTest {
    @EachBackend
    void startsEmpty(RespClient client, Backend backend, RunningServer server) {
        assertEquals(backend, server.backend());
        assertEquals("(integer) 0", client.call("DBSIZE").toString());
        client.call("SET", "left", "behind");
    }

    @EachBackend
    void startsEmptyAgain(RespClient client) {
        assertEquals("(integer) 0", client.call("DBSIZE").toString());
        client.call("SET", "left", "behind");
    }

    @Test
    void plainTestsNeedNoServer() {
        assertEquals("SQLite", Backend.SQLITE.toString());
    }
}
