package dev.respql.engine;

import dev.respql.store.KeyName;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The clients of a node that wait, for each key in the order in which they came. They cost nothing while they wait: the
 * batch that gives a key what they wait for serves them in the same transaction, as far as it holds the locks, and else
 * has their own lane look again. For all threads.
 */
final class BlockedClients {
    private final ConcurrentMap<KeyName, ConcurrentNavigableMap<Long, Blocked>> byKey = new ConcurrentHashMap<>();
    private final AtomicLong lastNumber = new AtomicLong();
    private final AtomicInteger count = new AtomicInteger();

    long nextNumber() {
        return lastNumber.incrementAndGet();
    }

    void add(Blocked blocked) {
        count.incrementAndGet();
        for (KeyName key : blocked.keys()) {
            byKey.compute(key, (name, waiting) -> {
                ConcurrentNavigableMap<Long, Blocked> all = waiting == null ? new ConcurrentSkipListMap<>() : waiting;
                all.put(blocked.number(), blocked);
                return all;
            });
        }
    }

    void remove(Blocked blocked) {
        count.decrementAndGet();
        for (KeyName key : blocked.keys()) {
            byKey.computeIfPresent(key, (name, waiting) -> {
                waiting.remove(blocked.number());
                return waiting.isEmpty() ? null : waiting;
            });
        }
    }

    /** Who waits for a key, in order; others may come and go meanwhile. */
    Collection<Blocked> waitingFor(KeyName key) {
        ConcurrentNavigableMap<Long, Blocked> waiting = byKey.isEmpty() ? null : byKey.get(key);
        return waiting == null ? List.of() : waiting.values();
    }

    int count() {
        return count.get();
    }

    /** A key may have what its clients wait for, by the doing of another node: the first of them looks again. */
    void ready(KeyName key) {
        for (Blocked first : waitingFor(key)) {
            first.client().lane().lookAgain(first);
            return;
        }
    }

    /** After one that has looked in vain, the next one looks who waits for the key: it may want something else. */
    void readyBehind(KeyName key, Blocked before) {
        for (Blocked next : waitingFor(key)) {
            if (next.number() > before.number()) {
                next.client().lane().lookAgain(next);
                return;
            }
        }
    }

    /** Anything may have happened: everybody looks again. */
    void allReady() {
        byKey.values().forEach(waiting -> waiting.values().forEach(one -> one.client().lane().lookAgain(one)));
    }
}
