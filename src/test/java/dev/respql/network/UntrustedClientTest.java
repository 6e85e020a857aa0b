package dev.respql.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.testing.EachBackend;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What a client may send that has to give a password, and when. */
@EachBackend(options = "requirepass=secret")
class UntrustedClientTest {
    private static final String LONG = "x".repeat(2 << 20);

    @Test
    void aPasswordHoldsForWhatIsSentWithIt(RunningServer server) {
        for (int i = 0; i < 20; i++) {
            try (RespClient client = server.connect()) {
                client.queue("PING").queue("AUTH", "secret").queue("MSET", "a", 1, "b", 2, "c", 3, "d", 4, "e", 5, "f", 6);
                client.queue("SET", "long", LONG).queue("STRLEN", "long").flush();
                assertTrue(client.read().isError());
                assertEquals("OK", client.read().text());
                assertEquals("OK", client.read().text());
                assertEquals("OK", client.read().text());
                assertEquals(LONG.length(), client.read().integer());
                assertEquals("6", client.call("GET", "f").text());
            }
        }
    }

    @Test
    void whoHasSentAllStillGetsTheReplies(RunningServer server) {
        try (RespClient client = server.connect()) {
            client.sendRaw("PING\r\nAUTH secret\r\nSET a 1\r\nGET a\r\nincomplete").closeOutput();
            String noAuth = "-NOAUTH Authentication required.\r\n";
            assertEquals(noAuth + "+OK\r\n+OK\r\n$1\r\n1\r\n", text(client.readUntilClosed()));
        }
    }

    @Test
    void withoutThePasswordRequestsMustBeShort(RunningServer server) {
        String refused = "-WRONGPASS invalid username-password pair or user is disabled.\r\n-ERR Protocol error: ";
        try (RespClient client = server.connect()) {
            client.sendRaw("AUTH wrong\r\n*11\r\n$4\r\nPING\r\n");
            assertEquals(refused + "unauthenticated multibulk length\r\n", text(client.readUntilClosed()));
        }
        try (RespClient client = server.connect()) {
            client.sendRaw("AUTH wrong\r\n*2\r\n$4\r\nPING\r\n$16385\r\n");
            assertEquals(refused + "unauthenticated bulk length\r\n", text(client.readUntilClosed()));
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
