package dev.respql.command.list;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.respql.testing.EachBackend;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What lists are beyond single commands, which the oracle compares: depth, batches, restarts, expiry. */
@EachBackend
class ListCommandsTest {
    @Test
    void aRotatedSingleElementKeepsItsExpiry(RespClient client) {
        client.call("RPUSH", "list", "only");
        client.call("EXPIREAT", "list", "4102444800");
        assertEquals("only", client.call("LMOVE", "list", "list", "LEFT", "RIGHT").text());
        assertEquals(4102444800L, client.call("EXPIRETIME", "list").integer());
    }

    @Test
    void pushesAndPopsOfOnePipelineCancelOut(RespClient client) {
        for (int i = 0; i < 50; i++) {
            client.queue("RPUSH", "queue", "element" + i);
            client.queue("LPOP", "queue");
        }
        client.queue("EXISTS", "queue").flush();
        List<Reply> replies = client.read(101);
        for (int i = 0; i < 50; i++) {
            assertEquals(1, replies.get(2 * i).integer());
            assertEquals("element" + i, replies.get(2 * i + 1).text());
        }
        assertEquals(0, replies.get(100).integer());
    }

    @Test
    void changesInTheMiddleOfALongListShiftTheRest(RespClient client) {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            expected.add("e" + i % 100);
            client.queue("RPUSH", "list", "e" + i % 100);
        }
        client.flush().read(1000);
        Random random = new Random(42);
        for (int round = 0; round < 40; round++) {
            String pivot = "e" + random.nextInt(100);
            int at = expected.indexOf(pivot);
            switch (random.nextInt(4)) {
                case 0 -> {
                    client.call("LINSERT", "list", "BEFORE", pivot, "new" + round);
                    if (at >= 0) {
                        expected.add(at, "new" + round);
                    }
                }
                case 1 -> {
                    client.call("LINSERT", "list", "AFTER", pivot, "new" + round);
                    if (at >= 0) {
                        expected.add(at + 1, "new" + round);
                    }
                }
                case 2 -> {
                    client.call("LREM", "list", "-1", pivot);
                    if (at >= 0) {
                        expected.remove(expected.lastIndexOf(pivot));
                    }
                }
                default -> {
                    client.call("LTRIM", "list", "1", "-2");
                    expected.remove(expected.size() - 1);
                    expected.remove(0);
                }
            }
        }
        assertEquals(expected, client.call("LRANGE", "list", "0", "-1").texts());
    }

    @Test
    void aListSurvivesARestart(RunningServer server) {
        try (RespClient client = server.connect()) {
            client.call("RPUSH", "list", "b", "c");
            client.call("LPUSH", "list", "a");
        }
        server.restart();
        try (RespClient client = server.connect()) {
            assertEquals(List.of("a", "b", "c"),
                    client.call("LRANGE", "list", "0", "-1").texts());
        }
    }
}
