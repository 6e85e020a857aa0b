package dev.respql.engine;

import dev.respql.bus.Message;
import dev.respql.protocol.Reply;
import dev.respql.sql.SqlLink;
import dev.respql.store.KeyName;
import dev.respql.store.Tx;
import dev.respql.store.ValueType;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;

/**
 * What follows from the changes that a batch makes to keys: watches are marked, and clients that wait are served, in the
 * batch's own transaction, right behind the call that gave them what they wait for. Used by the batch's thread.
 */
final class KeyChanges {
    private final Node node;
    private final SqlLink link;
    /** What other nodes may have to be told. */
    private final Set<KeyName> forOthers = new LinkedHashSet<>();
    private final KeyLocks locks;

    /** @param locks those that the batch holds when its first call runs */
    KeyChanges(Node node, SqlLink link, KeyLocks locks) {
        this.node = node;
        this.link = link;
        this.locks = locks;
    }

    /**
     * A call has run.
     *
     * @param ran where the calls go that are served
     */
    void tell(Tx tx, List<Call> ran) {
        List<KeyName> touched = tx.takeTouched();
        if (touched.isEmpty()) {
            return;
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
            if (!tx.keys().seen(key)) {
                return;
            }
            Lane lane = blocked.client().lane();
            if (blocked.client().killed()) {
                continue;
            }
            if (!mayServe(blocked)) {
                tx.afterCommit(() -> lane.lookAgain(blocked));
            } else if (blocked.claim()) {
                serve(blocked, key, tx, ran);
            } else {
                blocked.signal();
            }
        }
    }

    private void serve(Blocked blocked, KeyName key, Tx tx, List<Call> ran) {
        Lane lane = blocked.client().lane();
        Call call = blocked.call().servedBy(key);
        call.tx(tx);
        Batch.apply(call);
        if (call.reply() == Reply.NONE) {
            lane.release(blocked);
            return;
        }
        ran.add(call);
        tx.onRollback(() -> {
            blocked.signal();
            lane.release(blocked);
        });
        tx.afterCommit(() -> lane.served(blocked, call));
    }

    /** Whether the batch holds all locks for what the waiting call may do beside taking from the key that is ready. */
    private boolean mayServe(Blocked blocked) {
        if (!link.hasOtherWriters()) {
            return true;
        }
        return blocked.call().touchedKeys().stream()
                .allMatch(key -> blocked.keys().contains(key) || locks.holds(key));
    }

    /** All calls have run: other nodes learn of the changes, those who watch keys in the same transaction. */
    void tellOthers(Tx tx) {
        if (forOthers.isEmpty()) {
            return;
        }
        tx.watchedKeys().mark(forOthers);
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
