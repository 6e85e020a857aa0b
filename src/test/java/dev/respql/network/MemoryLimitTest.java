package dev.respql.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.engine.Client;
import dev.respql.engine.Node;
import dev.respql.protocol.Reply;
import dev.respql.testing.Backend;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import org.junit.jupiter.api.Test;

/** Where nothing in the configuration limits clients, the heap does. */
class MemoryLimitTest {
    private static final int MEGABYTE = 1 << 20;
    private static final Reply MESSAGE = new Reply.Bulk(new byte[MEGABYTE]);

    @Test
    void theGreediestClientIsCutOffBeforeTheHeapIsFull() {
        try (RunningServer server = RunningServer.start(Backend.SQLITE);
                RespClient client = server.connect();
                RespClient spared = server.connect();
                RespClient greedy = server.connect()) {
            Node node = server.server().node();
            spared.call("CLIENT", "NO-EVICT", "on");
            Client sparedThere = node.client(spared.call("CLIENT", "ID").integer());
            Client greedyThere = node.client(greedy.call("CLIENT", "ID").integer());
            long heap = Runtime.getRuntime().maxMemory() / MEGABYTE;
            for (int i = 0; i < heap / 4; i++) {
                sparedThere.push(MESSAGE);
            }
            int sent = 0;
            while (node.clients().contains(greedyThere) && sent < heap) {
                greedyThere.push(MESSAGE);
                sent++;
                assertEquals("PONG", client.call("PING").text());
            }
            assertFalse(node.clients().contains(greedyThere), "still there after " + sent + " MB");
            assertTrue(node.clients().contains(sparedThere));
            assertTrue(sent > heap / 16, "cut off after " + sent + " MB");
            assertTrue(greedy.readUntilClosed().length < sent * (long) MEGABYTE);
            assertEquals(MEGABYTE, spared.read().bytes().length);
        }
    }
}
