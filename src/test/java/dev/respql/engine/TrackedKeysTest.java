package dev.respql.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.store.ByteKey;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TrackedKeysTest {
    private final TrackedKeys keys = new TrackedKeys(10_000);

    @Test
    void countsWhoMayHaveWhat() {
        assertTrue(keys.add(key(1), 1));
        assertTrue(keys.add(key(1), 2));
        assertFalse(keys.add(key(1), 1));
        keys.add(key(2), 1);
        assertEquals(2, keys.size());
        assertEquals(3, keys.items());
        assertArrayEquals(new long[] {1}, keys.removeAllBut(Set.of(2L, 3L), key(1)));
        assertArrayEquals(new long[] {2}, keys.readers(key(1)));
        keys.remove(key(2), 1);
        keys.remove(key(2), 1);
        assertEquals(1, keys.size());
        assertEquals(1, keys.items());
        keys.clear();
        assertEquals(0, keys.items());
        assertArrayEquals(new long[0], keys.readers(key(1)));
    }

    @Test
    void hasASurplusBeyondSoManyKeys() {
        for (int i = 0; i < 5; i++) {
            keys.add(key(i), 1);
        }
        assertNull(keys.surplus(5));
        assertNull(keys.surplus(0));
        for (int left = 5; left > 2; left--) {
            assertArrayEquals(new long[] {1}, keys.removeAllBut(Set.of(), keys.surplus(2)));
        }
        assertNull(keys.surplus(2));
        assertEquals(2, keys.size());
    }

    @Test
    void hasASurplusBeyondSoMuchMemory() {
        keys.add(new ByteKey(new byte[9_000]), 1);
        assertNull(keys.surplus(0));
        keys.add(new ByteKey(new byte[1_000]), 1);
        ByteKey surplus = keys.surplus(0);
        assertNotNull(surplus);
        keys.removeAllBut(Set.of(), surplus);
        assertNull(keys.surplus(0));
        for (long client = 0; client < 2_000; client++) {
            keys.add(key(1), client);
        }
        assertNotNull(keys.surplus(0));
        keys.clear();
        assertNull(keys.surplus(0));
    }

    private static ByteKey key(int number) {
        return new ByteKey(new byte[] {(byte) number});
    }
}
