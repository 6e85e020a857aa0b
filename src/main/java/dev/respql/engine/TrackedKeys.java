package dev.respql.engine;

import dev.respql.store.ByteKey;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;

/** Which clients may have a copy of which key, by its name in whatever database, as in Redis. For all threads. */
final class TrackedKeys {
    private static final long[] NOBODY = {};
    /** What an entry takes in memory beside the name and the numbers of the clients. */
    private static final int OVERHEAD = 120;

    private final long mostBytes;
    private final ConcurrentMap<ByteKey, long[]> readers = new ConcurrentHashMap<>();
    private final AtomicLong items = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private Iterator<ByteKey> victims = readers.keySet().iterator();

    /** @param mostBytes of memory, more or less; there is always {@link #surplus} beyond it */
    TrackedKeys(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    int size() {
        return readers.size();
    }

    /** How many pairs of a key and a client there are. */
    long items() {
        return items.get();
    }

    /** The clients that may have a copy; must not be changed. */
    long[] readers(ByteKey key) {
        return readers.getOrDefault(key, NOBODY);
    }

    /** False where the client is known already to have a copy. */
    boolean add(ByteKey key, long client) {
        boolean[] added = new boolean[1];
        readers.compute(key, (k, ids) -> {
            if (ids == null) {
                bytes.addAndGet(OVERHEAD + key.bytes().length);
            } else if (contains(ids, client)) {
                return ids;
            }
            added[0] = true;
            count(1);
            long[] more = Arrays.copyOf(ids == null ? NOBODY : ids, ids == null ? 1 : ids.length + 1);
            more[more.length - 1] = client;
            return more;
        });
        return added[0];
    }

    /** Forgets the copies of a key, but for those of {@code kept}; the clients that had the others. */
    long[] removeAllBut(Set<Long> kept, ByteKey key) {
        long[][] removed = {NOBODY};
        readers.computeIfPresent(key, (k, ids) -> {
            removed[0] = LongStream.of(ids).filter(id -> !kept.contains(id)).toArray();
            long[] left = LongStream.of(ids).filter(kept::contains).toArray();
            return replaced(key, ids, left);
        });
        return removed[0];
    }

    void remove(ByteKey key, long client) {
        readers.computeIfPresent(key, (k, ids) ->
                replaced(key, ids, LongStream.of(ids).filter(id -> id != client).toArray()));
    }

    void clear() {
        for (ByteKey key : readers.keySet()) {
            removeAllBut(Set.of(), key);
        }
    }

    /** Some key that must be given up, since there are more than {@code most} (0: any number) or they take too much memory. */
    synchronized ByteKey surplus(long most) {
        if ((most == 0 || readers.size() <= most) && bytes.get() <= mostBytes) {
            return null;
        }
        if (!victims.hasNext()) {
            victims = readers.keySet().iterator();
        }
        return victims.hasNext() ? victims.next() : null;
    }

    private long[] replaced(ByteKey key, long[] before, long[] after) {
        count(after.length - before.length);
        if (after.length > 0) {
            return after;
        }
        bytes.addAndGet(-OVERHEAD - key.bytes().length);
        return null;
    }

    private void count(int more) {
        items.addAndGet(more);
        bytes.addAndGet(8L * more);
    }

    private static boolean contains(long[] ids, long wanted) {
        for (long id : ids) {
            if (id == wanted) {
                return true;
            }
        }
        return false;
    }
}
