package dev.respql.command.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.testing.EachBackend;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** MEMORY USAGE is about what the rows take; the rest tells of the process. */
@EachBackend
class MemoryCommandsTest {
    @Test
    void usageGrowsWithWhatIsKept(RespClient client) {
        client.call("SET", "s", "x");
        client.call("SET", "longer", "x");
        client.call("SET", "t", "x".repeat(10_001));
        long small = usage(client, "s");
        assertTrue(small > 2 && small < 200, "" + small);
        assertEquals(small + 5, usage(client, "longer"));
        assertEquals(small + 10_000, usage(client, "t"));
        assertEquals("(nil)", client.call("MEMORY", "USAGE", "nosuch").toString());
    }

    @Test
    void usageOfACollectionIsEstimatedFromSamples(RespClient client) {
        client.call("RPUSH", "l", "x".repeat(10), "x".repeat(10), "x".repeat(10));
        long three = usage(client, "l");
        client.call("RPUSH", "l", "x".repeat(10), "x".repeat(10), "x".repeat(10));
        long perElement = (usage(client, "l") - three) / 3;
        assertTrue(perElement > 10 && perElement < 100, "" + perElement);
        client.call("RPUSH", "l", "x".repeat(10_006));
        // Two of seven elements are looked at: none of them is the long one.
        assertEquals(three + 4 * perElement, usage(client, "l", "SAMPLES", "2"));
        assertEquals(three + 4 * perElement + 9996, usage(client, "l", "SAMPLES", "0"));
        assertEquals(usage(client, "l", "SAMPLES", "0"), usage(client, "l", "SAMPLES", "7"));
    }

    @Test
    void usageKnowsEveryType(RespClient client) {
        client.call("HSET", "h", "f", "x".repeat(1000));
        client.call("SADD", "s", "x".repeat(1000));
        client.call("RPUSH", "l", "x".repeat(1000));
        for (String key : List.of("h", "s", "l")) {
            long usage = usage(client, key);
            assertTrue(usage > 1000 && usage < 1200, key + ": " + usage);
        }
    }

    @Test
    void usageSeesWhatTheSameBatchHasWritten(RespClient client) {
        client.queue("SET", "a", "x".repeat(1000)).queue("MEMORY", "USAGE", "a").queue("DEL", "a")
                .queue("MEMORY", "USAGE", "a").flush();
        List<Reply> replies = client.read(4);
        assertTrue(replies.get(1).integer() > 1000, replies.toString());
        assertEquals("(nil)", replies.get(3).toString());
    }

    @Test
    void statsAreAMapOfNumbers(RespClient client) {
        client.call("SET", "a", "b");
        List<Reply> stats = client.protocol(3).call("MEMORY", "STATS").items();
        for (int i = 0; i < stats.size(); i += 2) {
            char type = stats.get(i + 1).type();
            assertTrue(stats.get(i).type() == '$' && (type == ':' || type == ','), stats.get(i).toString());
        }
        int count = stats.stream().map(Object::toString).toList().indexOf("\"keys.count\"");
        assertEquals(1, stats.get(count + 1).integer());
    }

    @Test
    void reportsAreForPeople(RespClient client) {
        client.protocol(3);
        assertTrue(client.call("MEMORY", "DOCTOR").text().startsWith("txt:All is well"));
        assertTrue(client.call("MEMORY", "MALLOC-STATS").text().contains("used "));
        assertEquals("OK", client.call("MEMORY", "PURGE").toString());
    }

    private static long usage(RespClient client, Object... arguments) {
        List<Object> call = new ArrayList<>(List.of("MEMORY", "USAGE"));
        call.addAll(List.of(arguments));
        return client.call(call.toArray()).integer();
    }
}
