package dev.respql.store;

import java.util.Arrays;

/** How many keys came to each database, or went. Used by one thread. */
final class KeyCounts {
    private long[] counts = {};
    private boolean any;

    void add(int db, long more) {
        if (db >= counts.length) {
            counts = Arrays.copyOf(counts, db + 1);
        }
        counts[db] += more;
        any = true;
    }

    long of(int db) {
        return db < counts.length ? counts[db] : 0;
    }

    boolean isAny() {
        return any;
    }
}
