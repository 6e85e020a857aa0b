package dev.respql.engine;

import dev.respql.bus.Message;
import dev.respql.protocol.Reply;
import dev.respql.sql.SqlLink;
import dev.respql.store.KeyName;
import dev.respql.store.Tx;
import dev.respql.store.ValueType;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;

/**
 * What follows from the changes that a batch makes to keys: watches are marked, and clients that wait are served, in the
 * batch's own transaction, right behind the call that gave them what they wait for. Used by the batch's thread.
 */
final class KeyChanges {
    private static final int MOST_LOCKS_OF_WAITING = 32;

    private final Node node;
    private final SqlLink link;
    /** What other nodes may have to be told. */
    private final Set<KeyName> forOthers = new LinkedHashSet<>();
    private final KeyLocks locks;
    /** Those whose waiting is over if the batch is committed. */
    private final Set<Blocked> served = Collections.newSetFromMap(new IdentityHashMap<>());
    private boolean outcomeUnknown;

    /** @param locks those that the batch holds when its first call runs */
    KeyChanges(Node node, SqlLink link, KeyLocks locks) {
        this.node = node;
        this.link = link;
        this.locks = locks;
    }

    /**
     * A call has run.
     *
     * @param ran what has run in this batch, that call last; where the calls go that are served
     */
    void tell(Tx tx, List<Call> ran) {
        List<KeyName> touched = tx.takeTouched();
        if (touched.isEmpty()) {
            return;
        }
        Call last = ran.get(ran.size() - 1);
        Blocked own = last.client().blocked();
        if (own != null && own.call() == last && last.reply() != Reply.NONE) {
            served.add(own);
        }
        boolean alone = node.bus().alone();
        Queue<KeyName> ready = new ArrayDeque<>();
        while (!touched.isEmpty()) {
            for (KeyName key : touched) {
                node.watches().touched(key);
                ready.add(key);
                if (!alone) {
                    forOthers.add(key);
                }
            }
            touched = List.of();
            while (!ready.isEmpty() && touched.isEmpty()) {
                serve(ready.poll(), tx, ran);
                touched = tx.takeTouched();
            }
        }
    }

    private void serve(KeyName key, Tx tx, List<Call> ran) {
        for (Blocked blocked : node.blocked().waitingFor(key)) {
            if (!mayBeAwaited(tx, key)) {
                return;
            }
            Lane lane = blocked.client().lane();
            if (blocked.client().killed() || served.contains(blocked)) {
                continue;
            }
            if (!mayServe(blocked)) {
                // Those behind are served by what it does then, or look when it has found nothing for itself.
                tx.afterCommit(() -> lane.lookAgain(blocked));
                return;
            }
            if (blocked.claimOrSignal()) {
                serve(blocked, key, tx, ran);
            } else if (!blocked.isOver()) {
                // Who holds it just now has it look again, or the next one if it is over then.
                return;
            }
        }
    }

    private void serve(Blocked blocked, KeyName key, Tx tx, List<Call> ran) {
        Lane lane = blocked.client().lane();
        Call call = blocked.call().servedBy(key);
        call.tx(tx);
        try {
            Batch.apply(call);
        } catch (RuntimeException | Error e) {
            lane.release(blocked);
            throw e;
        }
        if (call.reply() == Reply.NONE) {
            lane.release(blocked);
            return;
        }
        ran.add(call);
        served.add(blocked);
        tx.onRollback(() -> {
            blocked.signal();
            if (outcomeUnknown) {
                // What it was given may be gone from the database.
                call.reply(new Reply.Error(Batch.UNKNOWN_OUTCOME));
                lane.served(blocked, call);
            } else {
                lane.release(blocked);
            }
        });
        tx.afterCommit(() -> lane.served(blocked, call));
    }

    /**
     * Adds to the locks of a key that will be changed those for what the first clients that wait for it may do then, so
     * that they can be served in the same batch.
     */
    static void addWaiting(Node node, KeyName key, KeyLocks locks) {
        Queue<KeyName> given = new ArrayDeque<>(List.of(key));
        Set<KeyName> seen = new LinkedHashSet<>(given);
        while (!given.isEmpty() && seen.size() < MOST_LOCKS_OF_WAITING) {
            int left = MOST_LOCKS_OF_WAITING;
            for (Blocked blocked : node.blocked().waitingFor(given.poll())) {
                if (left-- == 0) {
                    break;
                }
                for (KeyName touched : blocked.call().touchedKeys()) {
                    if (!blocked.keys().contains(touched) && seen.add(touched)) {
                        locks.change(touched);
                        given.add(touched);
                    }
                }
            }
        }
    }

    /** Whether the batch holds all locks for what the waiting call may do beside taking from the key that is ready. */
    private boolean mayServe(Blocked blocked) {
        if (!link.hasOtherWriters()) {
            return true;
        }
        return blocked.call().touchedKeys().stream()
                .allMatch(key -> blocked.keys().contains(key) || locks.holds(key));
    }

    /** Nobody knows whether the batch was committed: when it is taken back, who was served is told so. */
    void outcomeUnknown() {
        outcomeUnknown = true;
    }

    /** All calls have run: other nodes learn of the changes, those who watch keys in the same transaction. */
    void tellOthers(Tx tx) {
        if (forOthers.isEmpty()) {
            return;
        }
        tx.watchedKeys().mark(node.bus().id(), forOthers);
        Message changed = new Message.KeysChanged(List.copyOf(forOthers));
        tx.afterCommit(() -> node.bus().send(changed));
        List<KeyName> ready = forOthers.stream().filter(key -> mayBeAwaited(tx, key)).toList();
        if (!ready.isEmpty()) {
            tx.afterCommit(() -> node.bus().send(new Message.KeysReady(ready)));
        }
        forOthers.clear();
    }

    private static boolean mayBeAwaited(Tx tx, KeyName key) {
        if (!tx.keys().seen(key)) {
            return false;
        }
        ValueType type = tx.keys().type(key);
        return type == ValueType.LIST || type == ValueType.ZSET;
    }
}
