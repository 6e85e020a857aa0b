package dev.respql.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.engine.Client;
import dev.respql.engine.Node;
import dev.respql.testing.Await;
import dev.respql.testing.EachBackend;
import dev.respql.testing.OwnServer;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Clients that ask for much and do not read it. The tests ask for several times what the heap of the test run holds, so
 * that a server that gathered all of it would not survive them.
 */
@EachBackend
class SlowReaderTest {
    private static final int VALUE_BYTES = 1 << 20;
    private static final int KEYS = 16;
    /** What one client can have unsent: less than its limit, then one more reply, then what travels between threads. */
    private static final long MAX_UNSENT = 4L * VALUE_BYTES;

    @Test
    void repliesWaitInTheDatabaseNotInTheHeap(RunningServer server, RespClient other) {
        fill(other);
        int requests = 3000;
        try (RespClient reader = server.connect()) {
            for (int i = 0; i < requests; i++) {
                reader.queue("GET", "big" + i % KEYS);
            }
            reader.flush();
            Client client = held(server);
            for (int i = 0; i < 100; i++) {
                assertEquals("\"value\"", other.call("GET", "small").toString());
                assertTrue(client.unsentBytes() <= MAX_UNSENT, () -> client.unsentBytes() + " bytes unsent");
            }
            for (int i = 0; i < 200; i++) {
                byte[] value = reader.read().bytes();
                assertEquals(VALUE_BYTES, value.length);
                assertEquals(i % KEYS, value[0]);
            }
        }
        assertEquals("PONG", other.call("PING").toString());
    }

    @Test
    void manySuchClientsDoNotKeepOthersWaiting(RunningServer server, RespClient other) {
        fill(other);
        List<RespClient> readers = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            RespClient reader = server.connect();
            readers.add(reader);
            for (int j = 0; j < 100; j++) {
                reader.queue("MGET", "big" + (i + j) % KEYS, "small", "missing");
            }
            reader.flush();
        }
        for (int i = 0; i < 50; i++) {
            assertEquals("\"value\"", other.call("GET", "small").toString());
        }
        for (Client client : server.server().node().clients()) {
            assertTrue(client.unsentBytes() <= MAX_UNSENT, () -> client.unsentBytes() + " bytes unsent");
        }
        assertEquals(KEYS % 5, readers.get(KEYS % 5).read().items().get(0).bytes()[0]);
        readers.forEach(RespClient::close);
    }

    /** Values that are read ahead for a whole batch, which then answers only a part of it. */
    @Test
    void callsThatWaitKeepNothingOfWhatTheirBatchRead(RunningServer server, RespClient other) {
        int keys = 600;
        byte[] value = new byte[60_000];
        for (int i = 0; i < keys; i++) {
            other.queue("SET", "medium" + i, value);
        }
        other.flush().read(keys);
        List<RespClient> readers = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            RespClient reader = server.connect();
            readers.add(reader);
            for (int j = 0; j < 128; j++) {
                reader.queue("GET", "medium" + (i * 31 + j * 7) % keys);
            }
            reader.flush();
            assertTrue(other.call("GET", "nosuch").isNull());
        }
        for (int i = 0; i < 20; i++) {
            assertTrue(other.call("GET", "nosuch").isNull());
        }
        readers.forEach(RespClient::close);
    }

    /** What is left to a later batch keeps its place among commands that need no data, and its database and protocol. */
    @Test
    void repliesKeepTheirOrder(RunningServer server, RespClient other) {
        fill(other);
        other.call("SELECT", "3");
        other.call("SET", "big0", "small there");
        int rounds = 60;
        try (RespClient client = server.connect()) {
            for (int i = 0; i < rounds; i++) {
                client.queue("HELLO", i % 2 + 2, "SETNAME", "n" + i).queue("GET", "big" + i % KEYS)
                        .queue("GET", "missing").queue("CLIENT", "GETNAME").queue("SELECT", "3")
                        .queue("GET", "big0").queue("nonsense").queue("INCR", "rounds").queue("SELECT", "0");
            }
            client.queue("QUIT").queue("SET", "after", "quit").flush();
            for (int i = 0; i < rounds; i++) {
                boolean resp3 = i % 2 == 1;
                assertEquals(resp3 ? '%' : '*', client.read().type());
                assertEquals(i % KEYS, client.read().bytes()[0]);
                assertEquals(resp3 ? "_\r\n" : "$-1\r\n", client.read().wire());
                assertEquals("n" + i, client.read().text());
                assertEquals("OK", client.read().text());
                assertEquals("small there", client.read().text());
                assertTrue(client.read().isError());
                assertEquals(i + 1, client.read().integer());
                assertEquals("OK", client.read().text());
            }
            assertEquals("OK", client.read().text());
            assertEquals(0, client.readUntilClosed().length);
        }
        other.call("SELECT", "0");
        assertEquals(0, other.call("EXISTS", "after").integer());
    }

    @Test
    @OwnServer
    void beyondTheHardLimitAClientIsCutOff(RunningServer server) {
        try (RespClient client = server.connect(); RespClient greedy = server.connect()) {
            fill(client);
            client.call("SETRANGE", "medium", "50000", "x");
            set(server, "client-output-buffer-limit", "normal 100000 0 0");
            assertEquals(50_001, client.call("GET", "medium").bytes().length);
            greedy.send("GET", "big0");
            assertEquals(0, greedy.readUntilClosed().length);
            assertEquals(50_001, client.call("GET", "medium").bytes().length);
            // As in Redis it counts what one pipeline leaves unsent, however fast it would be read.
            client.queue("GET", "medium").queue("GET", "medium").queue("GET", "medium").flush();
            assertEquals(0, client.readUntilClosed().length);
        }
    }

    @Test
    @OwnServer("client-output-buffer-limit=normal 0 500000 1")
    void aboveTheSoftLimitAClientIsCutOffAfterAWhile(RunningServer server) {
        try (RespClient client = server.connect(); RespClient reader = server.connect()) {
            fill(client);
            for (int i = 0; i < 200; i++) {
                reader.queue("GET", "big0");
            }
            reader.flush();
            Client slow = held(server);
            Await.until(() -> !server.server().node().clients().contains(slow));
            assertTrue(reader.readUntilClosed().length < 200L * VALUE_BYTES);
            assertEquals(VALUE_BYTES, client.call("GET", "big0").bytes().length);
        }
    }

    private static void fill(RespClient client) {
        client.call("SET", "small", "value");
        for (int i = 0; i < KEYS; i++) {
            byte[] value = new byte[VALUE_BYTES];
            value[0] = (byte) i;
            assertEquals("OK", client.call("SET", "big" + i, value).toString());
        }
    }

    /** The one client that is not read from, once nothing more can be sent to it. */
    private static Client held(RunningServer server) {
        Node node = server.server().node();
        Await.until(() -> node.clients().stream().anyMatch(client -> client.unsentBytes() > VALUE_BYTES / 2));
        return node.clients().stream().filter(client -> client.unsentBytes() > 0).findAny().orElseThrow();
    }

    private static void set(RunningServer server, String parameter, String value) {
        server.server().node().config().set(List.of(Map.entry(parameter, value)));
    }
}
