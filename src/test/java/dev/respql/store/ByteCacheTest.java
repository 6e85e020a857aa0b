package dev.respql.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ByteCacheTest {
    private record Key(long number, ByteKey name) {
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2_000, 30_000, 1_000_000})
    void neverHasAnythingButWhatWasPutLast(int bytes) {
        ByteCache cache = new ByteCache(bytes);
        Map<Key, byte[]> put = new HashMap<>();
        Random random = new Random(bytes);
        int found = 0;
        for (int i = 0; i < 200_000; i++) {
            Key key = new Key(random.nextInt(4) - 2, new ByteKey(new byte[] {(byte) random.nextInt(100), 1, (byte) (i % 3)}));
            switch (random.nextInt(10)) {
                case 0 -> {
                    remove(cache, key);
                    put.remove(key);
                }
                case 1, 2, 3 -> {
                    byte[] content = new byte[random.nextInt(random.nextInt(20) == 0 ? 400 : 40)];
                    random.nextBytes(content);
                    put.put(key, put(cache, key, content) ? content : null);
                }
                default -> {
                    byte[] content = find(cache, key);
                    if (content != null) {
                        found++;
                        assertArrayEquals(put.get(key), content);
                    }
                }
            }
            if (i % 50_000 == 0) {
                cache.clear();
                put.clear();
            }
        }
        assertTrue(found > 1000, found + " found");
    }

    @Test
    void keepsAllThatHasRoom() {
        ByteCache cache = new ByteCache(1 << 20);
        for (int i = 0; i < 2_000; i++) {
            put(cache, key(i), new byte[] {(byte) i});
        }
        for (int i = 0; i < 2_000; i++) {
            assertArrayEquals(new byte[] {(byte) i}, find(cache, key(i)), "entry " + i);
        }
    }

    @Test
    void keepsWhatIsUsedAndForgetsWhatIsNot() {
        ByteCache cache = new ByteCache(64 * 1024);
        put(cache, key(-1), new byte[] {1});
        put(cache, key(-2), new byte[] {2});
        for (int i = 0; i < 100_000; i++) {
            put(cache, key(i), new byte[200]);
            if (i % 50 == 0) {
                assertArrayEquals(new byte[] {1}, find(cache, key(-1)), "after " + i);
            }
        }
        assertEquals(null, find(cache, key(-2)));
    }

    @Test
    void whatIsTooLongIsNotKeptAndReplacesWhatWas() {
        ByteCache cache = new ByteCache(64 * 1024);
        put(cache, key(1), new byte[] {1});
        assertEquals(false, put(cache, key(1), new byte[8 * 1024]));
        assertEquals(null, find(cache, key(1)));
    }

    private static Key key(int number) {
        return new Key(7, new ByteKey(("key:" + number).getBytes()));
    }

    private static boolean put(ByteCache cache, Key key, byte[] content) {
        int at = cache.put(key.number, key.name.bytes(), key.name.hashCode(), content.length);
        if (at >= 0) {
            cache.bytes(at, content);
        }
        return at >= 0;
    }

    private static byte[] find(ByteCache cache, Key key) {
        int at = cache.find(key.number, key.name.bytes(), key.name.hashCode());
        return at < 0 ? null : cache.bytes(at, cache.contentLength(at, key.name.bytes().length));
    }

    private static void remove(ByteCache cache, Key key) {
        cache.remove(key.number, key.name.bytes(), key.name.hashCode());
    }
}
