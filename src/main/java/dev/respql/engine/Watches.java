package dev.respql.engine;

import dev.respql.sql.SqlLink;
import dev.respql.store.KeyName;
import dev.respql.store.Keys;
import dev.respql.store.RowCache;
import dev.respql.store.Tx;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/**
 * Which keys the clients of this node watch (WATCH). A change marks the watches of its key before it is committed, under
 * the key's lock; EXEC looks under the same locks, so none is overlooked. What other nodes change stands in the database
 * ({@link dev.respql.store.WatchedKeys}). For all threads; what concerns one client, for its lane's.
 */
public final class Watches {
    private final Node node;
    private final ConcurrentMap<KeyName, Set<Watch>> byKey = new ConcurrentHashMap<>();
    /**
     * Whoever begins to watch gets a new number for it, so that what is left in the database of what it watched before can
     * be removed at any time without touching what it watches now.
     */
    private final AtomicLong lastWatcher = new AtomicLong();
    /** Numbers of watchers that are no more and have watches in the database. */
    private final Set<Long> leftBehind = ConcurrentHashMap.newKeySet();

    Watches(Node node) {
        this.node = node;
    }

    /** One client's watch of one key, as the key was then. */
    static final class Watch {
        private final KeyName key;
        private final boolean existed;
        private final long expiresAt;
        private volatile boolean changed;

        private Watch(KeyName key, boolean existed, long expiresAt) {
            this.key = key;
            this.existed = existed;
            this.expiresAt = expiresAt;
        }

        KeyName key() {
            return key;
        }

        /** Whether somebody has changed the key, by this node. */
        boolean isMarked() {
            return changed;
        }

        private boolean changed(long now) {
            return changed || existed && expiresAt <= now;
        }
    }

    /** WATCH: from now on the client's transaction depends on this key. Its lock is held. */
    public void watch(Call call, KeyName key) {
        Client client = call.client();
        if (client.gone() || client.watches().stream().anyMatch(watch -> watch.key.equals(key))) {
            return;
        }
        Tx tx = call.tx();
        Watch watch = new Watch(key, tx.keys().exists(key), tx.keys().expiresAt(key));
        long watcherBefore = client.watcher();
        if (client.watches().isEmpty()) {
            client.watcher(lastWatcher.incrementAndGet());
        }
        client.watches().add(watch);
        register(watch);
        if (isShared()) {
            tx.watchedKeys().add(node.bus().id(), client.watcher(), key, watch.existed);
        }
        tx.onRollback(() -> {
            client.watches().remove(watch);
            client.watcher(watcherBefore);
            unregister(watch);
        });
    }

    /** Ends all watches of the call's client; whether a key was changed or has expired since. Its keys' locks are held. */
    public boolean unwatch(Call call) {
        Client client = call.client();
        if (client.watches().isEmpty()) {
            return false;
        }
        Tx tx = call.tx();
        List<Watch> ended = List.copyOf(client.watches());
        boolean changed = ended.stream().anyMatch(watch -> watch.changed(tx.now()));
        if (isShared()) {
            changed = changed || tx.watchedKeys().unchanged(node.bus().id(), client.watcher()) != ended.size();
            tx.watchedKeys().remove(node.bus().id(), client.watcher());
        }
        client.watches().clear();
        tx.afterCommit(() -> ended.forEach(this::unregister));
        tx.onRollback(() -> client.watches().addAll(ended));
        return changed;
    }

    /** Ends all watches of a client that is gone, or as good as new. By its lane's thread. */
    void forget(Client client, SqlLink link) {
        if (client.watches().isEmpty()) {
            return;
        }
        client.watches().forEach(this::unregister);
        client.watches().clear();
        if (isShared()) {
            leftBehind.add(client.watcher());
            if (client.lane().isBusy()) {
                // What is under way on this connection is not to be committed with it.
                client.lane().execute(() -> tryToRemoveLeftBehind(link));
            } else {
                tryToRemoveLeftBehind(link);
            }
        }
    }

    private void tryToRemoveLeftBehind(SqlLink link) {
        try {
            removeLeftBehind(link);
        } catch (RuntimeException e) {
            link.rollback();
            node.report("a client's watches stay in the database for now", e);
        }
    }

    /** Whether watches of watchers that are no more are still in the database. */
    boolean someLeftBehind() {
        return !leftBehind.isEmpty();
    }

    /** Removes from the database what watchers have left that are no more. Between two batches, on any lane. */
    void removeLeftBehind(SqlLink link) {
        List<Long> gone = List.copyOf(leftBehind);
        link.begin(SqlLink.Mode.WRITE);
        Tx tx = new Tx(link, RowCache.ofBytes(0), node::now);
        gone.forEach(watcher -> tx.watchedKeys().remove(node.bus().id(), watcher));
        link.commit();
        leftBehind.removeAll(gone);
    }

    private boolean isShared() {
        return node.database().sharedByNodes() && !node.isReadOnly();
    }

    /** A key is not what it was, or will not be when a transaction under way is committed. */
    void touched(KeyName key) {
        if (!byKey.isEmpty()) {
            byKey.getOrDefault(key, Set.of()).forEach(watch -> watch.changed = true);
        }
    }

    /** A database is about to be emptied: that touches watched keys that are in it. For exclusive commands. */
    public void touchDatabase(Call call) {
        touchWhatChanges(call, byKey.keySet().stream().filter(key -> key.db() == call.db()).toList(), key -> key);
        if (!node.bus().alone()) {
            call.tx().watchedKeys().markEmptied(node.bus().id(), call.db(), call.db());
        }
    }

    /** As {@link #touchDatabase}, for all that are about to be emptied. */
    public void touchAllDatabases(Call call) {
        touchWhatChanges(call, List.copyOf(byKey.keySet()), key -> key);
        if (!node.bus().alone()) {
            call.tx().watchedKeys().markEmptied(node.bus().id(), 0, Integer.MAX_VALUE);
        }
    }

    /** Two databases are about to exchange their keys: that touches watched keys that are in either. For exclusive commands. */
    public void touchBoth(Call call, int one, int other) {
        touchWhatChanges(call, byKey.keySet().stream().filter(key -> key.db() == one || key.db() == other).toList(),
                key -> new KeyName(key.db() == one ? other : one, key.bytes()));
        if (!node.bus().alone()) {
            call.tx().watchedKeys().markExchanged(node.bus().id(), one, other);
        }
    }

    /**
     * Touches watched keys that are there, or whose counterparts are. All are looked up in one statement, since nobody else
     * can do anything meanwhile.
     */
    private void touchWhatChanges(Call call, List<KeyName> watched, UnaryOperator<KeyName> counterpart) {
        Keys keys = call.tx().keys();
        if (!watched.isEmpty()) {
            call.tx().fetch(prefetch -> watched.forEach(key -> {
                prefetch.header(key);
                prefetch.header(counterpart.apply(key));
            }));
        }
        for (KeyName key : watched) {
            if (keys.exists(key) || keys.exists(counterpart.apply(key))) {
                touched(key);
            }
        }
    }

    private void register(Watch watch) {
        byKey.compute(watch.key, (key, watches) -> {
            Set<Watch> all = watches == null ? ConcurrentHashMap.newKeySet() : watches;
            all.add(watch);
            return all;
        });
    }

    private void unregister(Watch watch) {
        byKey.computeIfPresent(watch.key, (key, watches) -> {
            watches.remove(watch);
            return watches.isEmpty() ? null : watches;
        });
    }
}
