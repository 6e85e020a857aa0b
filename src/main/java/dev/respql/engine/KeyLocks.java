package dev.respql.engine;

import dev.respql.sql.DatabaseException;
import dev.respql.sql.SqlLink;
import dev.respql.store.KeyName;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The locks of one batch: which keys it may change and which it only reads. Used by the batch's thread. */
final class KeyLocks {
    /** PostgreSQL's table of locks is bounded: beyond this a batch takes everything instead. */
    private static final int MOST = 2 * Lane.MAX_CALLS;

    private long[] changed = new long[16];
    private int changedCount;
    private long[] read = new long[16];
    private int readCount;
    private final Set<Long> changedLater = new HashSet<>();
    private final Set<Long> readLater = new HashSet<>();
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

    /**
     * Takes what a call needs that nobody knew of before it ran (a script's command on a key that the script did not
     * declare). That is not in the common order, so it must not wait: where somebody else holds such a key, the batch runs
     * again and locks it beforehand. What a script reads is locked as if it changed it, since mostly it does: two that
     * share a lock and both want more would never get on.
     *
     * @throws DatabaseException that is worth retrying, where somebody else holds the key
     */
    void takeMore(Call call, SqlLink link) {
        if (all || !link.hasOtherWriters()) {
            return;
        }
        if (call.isExclusive()) {
            all = true;
            link.lockAll();
            link.send();
            return;
        }
        boolean writes = call.command().mayWrite() || call.isPartOfWriter();
        for (KeyName key : call.touchedKeys()) {
            long lock = key.lock();
            if (!holds(lock) && !changedLater.contains(lock)
                    && (writes || Arrays.binarySearch(read, lock) < 0 && readLater.add(lock))) {
                call.found(key);
                if (!link.tryLockKey(lock, !writes)) {
                    throw DatabaseException.conflict("another client has a key that a script did not declare");
                }
                call.tx().keys().forget(key);
                if (writes) {
                    changedLater.add(lock);
                }
            }
        }
    }

    /** Whether there are any keys, and none of them can be changed by others: they may be read in several statements. */
    boolean keep(List<KeyName> keys) {
        for (KeyName key : keys) {
            if (!holds(key) && Arrays.binarySearch(read, key.lock()) < 0) {
                return false;
            }
        }
        return !keys.isEmpty();
    }

    /** Whether the key may be changed by this batch. */
    boolean holds(KeyName key) {
        return all || holds(key.lock()) || changedLater.contains(key.lock());
    }
}
