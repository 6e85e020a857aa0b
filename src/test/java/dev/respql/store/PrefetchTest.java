package dev.respql.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** However much is hinted: what is read ahead fits into the heap. */
class PrefetchTest {
    /** What a row takes beside a value, at most. */
    private static final long ROW_BYTES = 256;

    @Test
    void ofFewKeysMuchIsReadAhead() {
        Prefetch prefetch = hinted(10, (p, key) -> {
            p.string(key);
            p.fields(key);
            p.left(key, 100);
        });
        assertTrue(prefetch.longestString() >= 64 * 1024);
        assertTrue(prefetch.mostMembers() >= MemberStore.SMALL);
        assertTrue(prefetch.longest() >= 1024);
        assertTrue(prefetch.isAll());
    }

    @Test
    void whatTakesSeveralStatementsIsKnown() {
        List<KeyName> a = List.of(new KeyName(0, new byte[] {'a'}));
        List<KeyName> b = List.of(new KeyName(0, new byte[] {'b'}));
        List<KeyName> both = List.of(a.get(0), b.get(0));
        Prefetch prefetch = new Prefetch();
        assertFalse(prefetch.takesSeveral(both));
        prefetch.header(a.get(0));
        prefetch.field(a.get(0), new byte[0]);
        prefetch.field(a.get(0), new byte[1]);
        prefetch.field(b.get(0), new byte[0]);
        assertFalse(prefetch.takesSeveral(both));
        prefetch.fields(b.get(0));
        assertFalse(prefetch.takesSeveral(a));
        assertTrue(prefetch.takesSeveral(b));
        assertTrue(prefetch.takesSeveral(both));
        prefetch.lowest(a.get(0), 1);
        assertTrue(prefetch.takesSeveral(a));
        assertEquals(List.of(), prefetch.headersOnly());
    }

    @Test
    void stringsOfManyKeysMustBeShort() {
        Prefetch prefetch = hinted(20_000, Prefetch::string);
        assertTrue(20_000 * prefetch.longestString() <= HeapShare.BYTES);
    }

    @Test
    void valuesOfManyKeysMustHaveFewMembers() {
        Prefetch prefetch = hinted(5_000, (p, key) -> {
            p.fields(key);
            p.members(key);
        });
        assertTrue(10_000 * prefetch.mostMembers() * ROW_BYTES <= HeapShare.BYTES);
        assertTrue(5_000 * prefetch.mostMembers() * prefetch.longest() <= HeapShare.BYTES);
    }

    @Test
    void endsOfManyKeysAreNotReadAhead() {
        Prefetch prefetch = hinted(2_000, (p, key) -> {
            p.left(key, 300);
            p.left(key, 200);
            p.right(key, 500);
            p.lowest(key, 500);
            p.highest(key, 500);
        });
        long rows = 0;
        for (var counts : List.of(prefetch.left(), prefetch.right(), prefetch.lowest(), prefetch.highest())) {
            rows += counts.values().stream().mapToLong(count -> count).sum();
        }
        assertTrue(rows * ROW_BYTES <= HeapShare.BYTES, rows + " rows");
        assertTrue(rows * ROW_BYTES > HeapShare.BYTES / 4, rows + " rows");
        assertFalse(prefetch.isAll());
        assertEquals(2_000, prefetch.headersOnly().size() + prefetch.left().size());
    }

    @Test
    void rangesOfManyKeysAreNotReadAhead() {
        ZsetRange.Scores range = new ZsetRange.Scores(1, false, 2, true);
        Prefetch prefetch = hinted(2_000, (p, key) -> {
            p.range(key, range, false, 0, -1);
            p.range(key, range, true, 100, 100);
            p.range(key, range, true, 100, 50);
        });
        long rows = prefetch.ascending().values().stream().mapToLong(count -> count).sum()
                + prefetch.descending().size() * 200;
        assertTrue(rows * ROW_BYTES <= HeapShare.BYTES, rows + " rows");
        assertTrue(rows * ROW_BYTES > HeapShare.BYTES / 4, rows + " rows");
        assertFalse(prefetch.isAll());
        assertEquals(2_000, prefetch.headersOnly().size());
    }

    @Test
    void rangesThatAreTooLongOrEmpty() {
        ZsetRange.Scores range = new ZsetRange.Scores(1, false, 2, true);
        for (long[] limit : new long[][] {{0, 1001}, {999, 2}, {Long.MAX_VALUE, Long.MAX_VALUE}, {1001, -1}}) {
            Prefetch prefetch = hinted(1, (p, key) -> p.range(key, range, false, limit[0], limit[1]));
            assertFalse(prefetch.isAll());
            assertEquals(1, prefetch.statements());
        }
        Prefetch prefetch = hinted(1, (p, key) -> {
            p.range(key, range, false, 0, 0);
            p.range(key, range, false, -1, 5);
            p.range(key, new ZsetRange.Scores(2, true, 2, false), false, 0, -1);
            p.count(key, new ZsetRange.Scores(3, false, 2, false));
        });
        assertTrue(prefetch.isAll());
        assertEquals(1, prefetch.statements());
    }

    private static Prefetch hinted(int keys, BiConsumer<Prefetch, KeyName> hint) {
        Prefetch prefetch = new Prefetch();
        for (int i = 0; i < keys; i++) {
            hint.accept(prefetch, new KeyName(0, ("key" + i).getBytes()));
        }
        return prefetch;
    }
}
