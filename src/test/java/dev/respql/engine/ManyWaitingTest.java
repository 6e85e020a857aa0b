package dev.respql.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.respql.testing.Await;
import dev.respql.testing.EachBackend;
import dev.respql.testing.OwnServer;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.io.DataInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What thousands of waiting clients cost. */
@EachBackend
class ManyWaitingTest {
    private static final byte[] BLPOP = "BLPOP queue 0\r\n".getBytes(StandardCharsets.US_ASCII);

    @Test
    @OwnServer
    void thousandsCostNothingAndOnePushWakesTheFirst(RunningServer server) throws IOException {
        int count = affordable();
        Node node = server.server().node();
        server.server().housekeeper().pause();
        List<Socket> waiting = new ArrayList<>();
        try (RespClient client = server.connect()) {
            client.call("SET", "other", 1);
            for (int i = 0; i < count; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
                waiting.add(socket);
                socket.getOutputStream().write(BLPOP);
                if (i == 0) {
                    Await.until(() -> node.blockedClients() == 1);
                }
            }
            Await.until(() -> node.blockedClients() == count);
            long before = statements(node);
            for (int i = 0; i < 100; i++) {
                client.call("PING");
            }
            assertEquals(before, statements(node), "statements while nothing happens");
            client.call("SET", "other", 2);
            long ofOneWrite = statements(node) - before;
            before = statements(node);
            assertEquals(1, client.call("RPUSH", "queue", "e0").integer());
            assertEquals("e0", element(waiting.get(0)));
            assertTrue(statements(node) - before <= ofOneWrite + 10, statements(node) - before + " statements for one push");
            Await.until(() -> node.blockedClients() == count - 1);
            client.call("PING");
            for (Socket socket : waiting) {
                assertEquals(0, socket.getInputStream().available(), "somebody else was woken");
            }

            Object[] push = new Object[count + 1];
            push[0] = "RPUSH";
            push[1] = "queue";
            Set<String> expected = new HashSet<>();
            for (int i = 2; i < push.length; i++) {
                push[i] = "e" + i;
                expected.add("e" + i);
            }
            client.timeout(java.time.Duration.ofSeconds(60)).call(push);
            for (Socket socket : waiting.subList(1, count)) {
                assertTrue(expected.remove(element(socket)), "an element came twice");
            }
            assertEquals(0, client.call("EXISTS", "queue").integer());
            Await.until(() -> node.blockedClients() == 0);
        } finally {
            for (Socket socket : waiting) {
                socket.close();
            }
            server.server().housekeeper().resume();
        }
    }

    /** Both ends of every connection are in this process. */
    private static int affordable() {
        long files = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount() - unix.getOpenFileDescriptorCount() : 2_000;
        return (int) Math.min(9_990, (files - 200) / 2);
    }

    private static long statements(Node node) {
        return node.database().counters().statements();
    }

    /** Reads {@code *2 $5 queue $… element}. */
    private static String element(Socket socket) throws IOException {
        socket.setSoTimeout(60_000);
        DataInputStream in = new DataInputStream(socket.getInputStream());
        String line = "";
        for (int i = 0; i < 5; i++) {
            line = line(in);
        }
        return line;
    }

    private static String line(DataInputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (char c = (char) in.readByte(); c != '\n'; c = (char) in.readByte()) {
            line.append(c);
        }
        return line.toString().strip();
    }
}
