package dev.respql.command.key;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.testing.EachBackend;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * How fairly RANDOMKEY chooses. The bounds are so wide that chance alone breaks them less than once in a billion runs,
 * and much narrower than what a choice by gaps, by age or by page would give.
 */
@EachBackend
class RandomKeyTest {
    @Test
    void fewScatteredKeysHaveTheSameChance(RespClient client) {
        fill(client, "k", 0, 3000);
        for (int i = 0; i < 3000; i += 600) {
            delete(client, "k", i + 1, i + 600);
        }
        Map<String, Integer> drawn = draw(client, 1000);
        assertEquals(Set.of("k0", "k600", "k1200", "k1800", "k2400"), drawn.keySet());
        drawn.forEach((key, times) -> assertTrue(times > 100 && times < 300, key + " " + times + " times of 1000"));
    }

    @Test
    void manyKeysHaveTheSameChance(RespClient client) {
        fill(client, "k", 0, 1000);
        Map<String, Integer> drawn = draw(client, 2000);
        assertTrue(drawn.size() > 750, () -> drawn.size() + " different keys");
        drawn.forEach((key, times) -> assertTrue(times < 30, key + " " + times + " times of 2000"));
        int[] tenths = new int[10];
        drawn.forEach((key, times) -> tenths[Integer.parseInt(key.substring(1)) / 100] += times);
        for (int tenth : tenths) {
            assertTrue(tenth > 100 && tenth < 320, () -> tenth + " of 2000 from a tenth of the keys");
        }
    }

    /** The usual life of a cache: a few old keys, a gap, and many new ones. */
    @Test
    void keysBehindAGapHaveTheSameChance(RespClient client) {
        fill(client, "old", 0, 300);
        fill(client, "gone", 0, 5000);
        delete(client, "gone", 0, 5000);
        fill(client, "new", 0, 900);
        Map<String, Integer> drawn = draw(client, 1500);
        int old = drawn.entrySet().stream().filter(e -> e.getKey().startsWith("old")).mapToInt(Map.Entry::getValue).sum();
        assertTrue(old > 220 && old < 600, () -> old + " of 1500 from the old quarter of the keys");
        drawn.forEach((key, times) -> assertTrue(times < 40, key + " " + times + " times of 1500"));
    }

    /** Survivors far apart on one side, neighbours on the other. */
    @Test
    void thinlySpreadKeysHaveTheSameChance(RespClient client) {
        fill(client, "k", 0, 8000);
        for (int i = 0; i < 8000; i += 20) {
            delete(client, "k", i + 1, i + 20);
        }
        fill(client, "new", 0, 400);
        Map<String, Integer> drawn = draw(client, 1500);
        int thin = drawn.entrySet().stream().filter(e -> e.getKey().startsWith("k")).mapToInt(Map.Entry::getValue).sum();
        assertTrue(thin > 500 && thin < 1100, () -> thin + " of 1500 from the thinly spread half of the keys");
        drawn.forEach((key, times) -> assertTrue(times < 40, key + " " + times + " times of 1500"));
    }

    @Test
    void onlyKeysOfTheDatabaseAreDrawn(RespClient client) {
        fill(client, "a", 0, 1000);
        client.call("SELECT", 1);
        fill(client, "b", 0, 100);
        client.call("SELECT", 0);
        fill(client, "c", 0, 1000);
        client.call("SELECT", 1);
        Map<String, Integer> drawn = draw(client, 1000);
        assertTrue(drawn.keySet().stream().allMatch(key -> key.startsWith("b")), drawn::toString);
        assertTrue(drawn.size() > 80, () -> drawn.size() + " different keys");
    }

    private static void fill(RespClient client, String prefix, int from, int to) {
        Object[] command = new Object[1 + 2 * (to - from)];
        command[0] = "MSET";
        for (int i = from; i < to; i++) {
            command[1 + 2 * (i - from)] = prefix + i;
            command[2 + 2 * (i - from)] = "value";
        }
        assertEquals("OK", client.call(command).toString());
    }

    private static void delete(RespClient client, String prefix, int from, int to) {
        Object[] command = new Object[1 + to - from];
        command[0] = "DEL";
        for (int i = from; i < to; i++) {
            command[1 + i - from] = prefix + i;
        }
        assertEquals(to - from, client.call(command).integer());
    }

    private static Map<String, Integer> draw(RespClient client, int times) {
        for (int i = 0; i < times; i++) {
            client.queue("RANDOMKEY");
        }
        Map<String, Integer> drawn = new HashMap<>();
        for (Reply reply : client.flush().read(times)) {
            drawn.merge(reply.text(), 1, Integer::sum);
        }
        return drawn;
    }
}
