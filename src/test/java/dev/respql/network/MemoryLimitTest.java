package dev.respql.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.engine.Client;
import dev.respql.engine.Node;
import dev.respql.testing.Backend;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Where nothing in the configuration limits a client, the heap does. */
class MemoryLimitTest {
    private static final int MEGABYTE = 1 << 20;

    @Test
    void theGreediestClientIsCutOffBeforeTheHeapIsFull() {
        try (RunningServer server = RunningServer.start(Backend.SQLITE);
                RespClient client = server.connect();
                RespClient monitor = server.connect()) {
            Node node = server.server().node();
            assertEquals("OK", monitor.call("MONITOR").text());
            Client slow = node.clients().stream().filter(Client::monitor).findAny().orElseThrow();
            byte[] message = new byte[MEGABYTE];
            Arrays.fill(message, (byte) 'x');
            long limit = Runtime.getRuntime().maxMemory() / MEGABYTE;
            long sent = 0;
            while (node.clients().contains(slow) && sent < limit) {
                client.queue("ECHO", message).queue("ECHO", message).queue("ECHO", message).queue("ECHO", message).flush();
                client.read(4);
                sent += 4;
            }
            assertFalse(node.clients().contains(slow), "still there after " + sent + " MB");
            assertTrue(sent > limit / 8, "cut off after " + sent + " MB");
            assertEquals("PONG", client.call("PING").text());
        }
    }
}
