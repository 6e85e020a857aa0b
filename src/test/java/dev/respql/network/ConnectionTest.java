package dev.respql.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.testing.Await;
import dev.respql.testing.Bytes;
import dev.respql.testing.Conversation;
import dev.respql.testing.EachBackend;
import dev.respql.testing.OwnServer;
import dev.respql.testing.RedisForTests;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How connections begin and end, and the limits that they have in between. */
@EachBackend
class ConnectionTest {
    private static final int MEGABYTE = 1 << 20;

    @Test
    void whoHasSentAllStillGetsTheReplies(RunningServer server) {
        try (RespClient client = server.connect()) {
            client.sendRaw("SET a 1\r\nGET a\r\nPING\r\nincomplete").closeOutput();
            assertEquals("+OK\r\n$1\r\n1\r\n+PONG\r\n", text(client.readUntilClosed()));
        }
    }

    /** A little more than may wait, so that reading is paused just when there is nothing more to read. */
    @Test
    @OwnServer({"enable-debug-command=yes", "lanes=1"})
    void whoHasSentAsMuchAsMayWaitStillGetsTheReplies(RunningServer server) {
        for (int requests = 982; requests < 1010; requests += 2) {
            try (RespClient client = server.connect()) {
                client.send("DEBUG", "SLEEP", "0.05");
                for (int i = 0; i < requests; i++) {
                    client.queue("SET", "key", new byte[4130]);
                }
                client.flush().closeOutput();
                assertEquals("+OK\r\n".repeat(requests + 1), text(client.readUntilClosed()));
            }
        }
    }

    @Test
    void whatWasSentBeforeLeavingIsCarriedOut(RunningServer server, RespClient other) {
        for (int i = 0; i < 20; i++) {
            try (RespClient client = server.connect()) {
                for (int j = 0; j < 10; j++) {
                    client.queue("INCR", "count");
                }
                client.flush();
            }
        }
        Await.until(() -> "200".equals(other.call("GET", "count").text()));
        Await.until(() -> server.server().node().clients().size() == 1);
    }

    @Test
    void aBrowserIsCutOff(RunningServer server, RespClient other) {
        for (String request : List.of("POST / HTTP/1.1\r\nHost: x\r\n\r\nSET a 1\r\n",
                "GET / HTTP/1.1\r\nhost: x\r\n\r\nSET a 1\r\n")) {
            assertEquals(Conversation.CLOSED, Conversation.of(server.port(), Bytes.latin1(request)));
            assertEquals(Conversation.CLOSED, Conversation.of(RedisForTests.shared().port(), Bytes.latin1(request)));
        }
        assertEquals(0, other.call("EXISTS", "a").integer());
    }

    @Test
    @OwnServer("maxclients=2")
    void noMoreClientsThanAllowed(RunningServer server) {
        try (RespClient first = server.connect()) {
            assertEquals("PONG", first.call("PING").text());
            try (RespClient second = server.connect()) {
                assertEquals("PONG", second.call("PING").text());
                try (RespClient third = server.connect()) {
                    assertEquals("-ERR max number of clients reached\r\n", text(third.readUntilClosed()));
                }
            }
            Await.until(() -> server.server().node().clients().size() == 1);
            try (RespClient next = server.connect()) {
                assertEquals("PONG", next.call("PING").text());
            }
            assertEquals("PONG", first.call("PING").text());
        }
    }

    @Test
    @OwnServer("timeout=1")
    void idleClientsAreDisconnectedButMonitorsAreNot(RunningServer server) {
        try (RespClient monitor = server.connect(); RespClient idle = server.connect()) {
            assertEquals("OK", monitor.call("MONITOR").text());
            assertEquals("PONG", idle.call("PING").text());
            assertTrue(monitor.read().text().endsWith("\"PING\""));
            assertEquals(0, idle.readUntilClosed().length);
            try (RespClient next = server.connect()) {
                assertEquals("PONG", next.call("PING").text());
            }
            assertTrue(monitor.read().text().endsWith("\"PING\""));
        }
    }

    @Test
    @OwnServer({"timeout=1", "enable-debug-command=yes"})
    void whoWaitsForAReplyIsNotIdle(RunningServer server) {
        try (RespClient client = server.connect()) {
            assertEquals("OK", client.call("DEBUG", "SLEEP", "2.5").text());
            assertEquals(0, client.readUntilClosed().length);
        }
    }

    @Test
    @OwnServer
    void aFullQueryBufferClosesTheConnectionWithoutAWord(RunningServer server) {
        set(server, "client-query-buffer-limit", "1mb");
        try (RespClient client = server.connect()) {
            assertEquals("OK", client.call("SET", "a", new byte[MEGABYTE - 100_000]).text());
            assertEquals("OK", client.call("MSET", "a", new byte[400_000], "b", new byte[400_000]).text());
        }
        byte[] tooMuch = new byte[2 * MEGABYTE + 40];
        byte[] head = Bytes.latin1("*3\r\n$3\r\nSET\r\n$1\r\na\r\n$2097152\r\n");
        System.arraycopy(head, 0, tooMuch, 0, head.length);
        assertEquals(Conversation.CLOSED, Conversation.of(server.port(), tooMuch));
    }

    @Test
    @OwnServer
    void theLongestArgumentCanBeSet(RunningServer server) {
        set(server, "proto-max-bulk-len", "1mb");
        String error = "-ERR Protocol error: invalid bulk length\r\n" + Conversation.CLOSED;
        assertEquals(error, Conversation.of(server.port(), Bytes.latin1("*2\r\n$4\r\nECHO\r\n$1048577\r\n")));
        try (RespClient client = server.connect()) {
            assertEquals(MEGABYTE, client.call("ECHO", new byte[MEGABYTE]).bytes().length);
            set(server, "proto-max-bulk-len", "2mb");
            assertEquals(MEGABYTE + 1, client.call("ECHO", new byte[MEGABYTE + 1]).bytes().length);
        }
    }

    /** Redis would take half a gigabyte; a heap of this size cannot. */
    @Test
    void aRequestThatTheHeapCannotHoldIsRefused(RunningServer server) {
        long tooMuch = Runtime.getRuntime().maxMemory() / 8 + 1;
        assertEquals("-ERR Protocol error: request too big for the memory of this server\r\n" + Conversation.CLOSED,
                Conversation.of(server.port(), Bytes.latin1("*2\r\n$4\r\nECHO\r\n$" + tooMuch + "\r\n")));
    }

    @Test
    void twentyMegabytesArriveInPieces(RunningServer server, RespClient client) {
        byte[] value = new byte[20 * MEGABYTE];
        for (int i = 0; i < value.length; i++) {
            value[i] = (byte) (i * 31 >> 8);
        }
        byte[] head = Bytes.latin1("*3\r\n$3\r\nSET\r\n$1\r\na\r\n$" + value.length + "\r\n");
        client.sendRaw(head);
        for (int at = 0, piece = 1; at < value.length; at += piece, piece = Math.min(value.length - at, piece * 3)) {
            client.sendRaw(Arrays.copyOfRange(value, at, at + piece));
        }
        client.sendRaw("\r");
        client.sendRaw("\n");
        assertEquals("OK", client.read().text());
        assertArrayEquals(value, client.call("GET", "a").bytes());
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static void set(RunningServer server, String parameter, String value) {
        server.server().node().config().set(List.of(Map.entry(parameter, value)));
    }
}
