package dev.respql.engine;

import dev.respql.sql.SqlLink;
import dev.respql.store.KeyName;
import java.util.Arrays;

/** The locks of one batch: which keys it may change and which it only reads. Used by the batch's thread. */
final class KeyLocks {
    /** PostgreSQL's table of locks is bounded: beyond this a batch takes everything instead. */
    private static final int MOST = 2 * Lane.MAX_CALLS;

    private long[] changed = new long[16];
    private int changedCount;
    private long[] read = new long[16];
    private int readCount;
    private boolean all;

    /** The key may be changed: nobody else may read or change it meanwhile. */
    void change(KeyName key) {
        changed = changedCount == changed.length ? Arrays.copyOf(changed, 2 * changedCount) : changed;
        changed[changedCount++] = key.lock();
    }

    /** The key is read: nobody else may change it meanwhile. */
    void read(KeyName key) {
        read = readCount == read.length ? Arrays.copyOf(read, 2 * readCount) : read;
        read[readCount++] = key.lock();
    }

    /** Nothing else may run at all. */
    void takeAll() {
        all = true;
    }

    /** Waits for the locks, in one order everywhere; nothing may be added afterwards. */
    void take(SqlLink link) {
        changed = distinct(changed, changedCount);
        read = Arrays.stream(distinct(read, readCount)).filter(lock -> !holds(lock)).toArray();
        all |= changed.length + read.length > MOST;
        if (all) {
            link.lockAll();
        } else {
            link.lockKeys(changed, read);
        }
    }

    private static long[] distinct(long[] locks, int count) {
        return Arrays.stream(locks, 0, count).sorted().distinct().toArray();
    }

    private boolean holds(long lock) {
        return Arrays.binarySearch(changed, lock) >= 0;
    }

    /** Whether the key may be changed by this batch. */
    boolean holds(KeyName key) {
        return all || holds(key.lock());
    }
}
