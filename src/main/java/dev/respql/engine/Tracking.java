package dev.respql.engine;

import dev.respql.bus.Interest;
import dev.respql.bus.Message;
import dev.respql.command.CommandException;
import dev.respql.command.Flag;
import dev.respql.command.Group;
import dev.respql.config.Config;
import dev.respql.config.Parameter;
import dev.respql.protocol.Reply;
import dev.respql.store.ByteKey;
import dev.respql.store.KeyName;
import dev.respql.store.Tx;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Client-side caching: who has a copy of what, and is told when it changes. For all threads; costs one look at
 * {@link #on} while no client of this node tracks.
 *
 * <p>Nothing is missed, since a key is remembered before its value is read, and again when it has been
 * ({@link TrackedBatch}); whoever changes it looks for readers after the commit. A message travels through its client's
 * lane, and so comes behind the reply of a read that was under way.
 */
public final class Tracking {
    private static final Reply INVALIDATE = Reply.bulk("invalidate");
    private static final Reply MESSAGE = Reply.bulk("message");
    private static final Reply CHANNEL = Reply.bulk("__redis__:invalidate");
    private static final Reply BROKEN = Reply.bulk("tracking-redir-broken");
    private static final Comparator<ByteKey> BY_BYTES = (one, other) -> Arrays.compareUnsigned(one.bytes(), other.bytes());

    private final Node node;
    private final Parameter mostKeys;
    private final TrackedKeys keys = new TrackedKeys(Runtime.getRuntime().maxMemory() / 16);
    private final ConcurrentMap<ByteKey, Set<Client>> byPrefix = new ConcurrentHashMap<>();
    private int clients;
    private volatile boolean on;

    Tracking(Node node, Config config) {
        this.node = node;
        this.mostKeys = config.parameter("tracking-table-max-keys");
    }

    /** Whether there is anybody to be told of anything. */
    boolean on() {
        return on;
    }

    /** How many clients of this node track. */
    public synchronized int clients() {
        return clients;
    }

    /** How many keys they may have copies of, but for those of broadcasts. */
    public int keyCount() {
        return keys.size();
    }

    /** How many pairs of a key and a client there are. */
    public long items() {
        return keys.items();
    }

    /** How many prefixes broadcasts are about. */
    public int prefixes() {
        return byPrefix.size();
    }

    TrackedKeys keys() {
        return keys;
    }

    // ---- clients begin and end

    /**
     * CLIENT TRACKING: from now on the call's client tracks like this, or (null) not at all.
     *
     * @throws CommandException where nobody would tell this node of changes
     */
    public void change(Call call, ClientTracking tracking) {
        Client client = call.client();
        ClientTracking before = client.tracking();
        if (tracking != null && node.isReadOnly() && node.database().sharedByNodes()) {
            throw new CommandException("ERR client tracking is not possible on a node that is read-only: it does not hear"
                    + " of changes by others");
        }
        if (client.gone() || before == null && tracking == null) {
            return;
        }
        Tx tx = call.tx();
        set(client, tracking);
        if (before == null) {
            client.interests().add(tx, Interest.CHANGES);
        } else if (tracking == null) {
            client.interests().remove(tx, Interest.CHANGES);
        }
        tx.onRollback(() -> set(client, before));
    }

    /** The client is gone, or as good as new. By its lane's thread. */
    public void forget(Client client) {
        if (!on) {
            return;
        }
        if (client.tracking() != null) {
            set(client, null);
            client.interests().removeSoon(Interest.CHANGES);
        }
        client.caching(false);
        synchronized (this) {
            if (clients == 0) {
                on = false;
                keys.clear();
            }
        }
    }

    private synchronized void set(Client client, ClientTracking tracking) {
        ClientTracking before = client.tracking();
        clients += (tracking == null ? 0 : 1) - (before == null ? 0 : 1);
        on = true;
        Set<ByteKey> prefixes = prefixes(tracking);
        for (ByteKey prefix : prefixes) {
            byPrefix.computeIfAbsent(prefix, p -> ConcurrentHashMap.newKeySet()).add(client);
        }
        client.tracking(tracking);
        for (ByteKey prefix : prefixes(before)) {
            if (!prefixes.contains(prefix)) {
                Set<Client> others = byPrefix.get(prefix);
                others.remove(client);
                if (others.isEmpty()) {
                    byPrefix.remove(prefix);
                }
            }
        }
    }

    private static Set<ByteKey> prefixes(ClientTracking tracking) {
        return tracking == null ? Set.of() : Set.copyOf(tracking.prefixes().stream().map(ByteKey::new).toList());
    }

    // ---- in a batch

    /** A call is about to read: whoever changes a key from now on will find that its client has a copy. */
    void expect(Call call) {
        if (remembers(call)) {
            call.keys().forEach(key -> TrackedBatch.of(call.tx(), this).expect(new ByteKey(key.bytes()), call.client()));
        }
        call.parts().forEach(this::expect);
    }

    /** A call, or a part of one, has run. */
    void ran(Call call) {
        List<KeyName> touched = call.tx().newlyTouched();
        if (!touched.isEmpty()) {
            TrackedBatch.of(call.tx(), this).changed(call, touched);
        }
        // Of a script, what its commands read.
        if (remembers(call) && call.command().group() != Group.SCRIPTING) {
            call.keys().forEach(key -> TrackedBatch.of(call.tx(), this).read(new ByteKey(key.bytes()), call.client()));
        }
    }

    private static boolean remembers(Call call) {
        ClientTracking tracking = call.client().tracking();
        return tracking != null && tracking.remembers(call.caching()) && call.command().is(Flag.READONLY);
    }

    /** FLUSHDB, FLUSHALL: everybody forgets everything, once the call is committed. */
    public void flushed(Call call) {
        if (!node.bus().alone()) {
            call.tx().afterCommit(() -> node.bus().send(new Message.KeysChanged(List.of())));
        }
        if (on) {
            TrackedBatch.of(call.tx(), this).flushed(call);
        }
    }

    // ---- outside of a batch

    /** Keys were changed by nobody here: by another node, or since their time had come. That is committed. */
    void changed(List<KeyName> changed) {
        if (!on) {
            return;
        }
        List<Delivery> deliveries = new ArrayList<>();
        Map<ByteKey, Long> names = new LinkedHashMap<>();
        for (KeyName key : changed) {
            ByteKey name = new ByteKey(key.bytes());
            names.put(name, 0L);
            invalidate(keys.removeAllBut(Set.of(), name), name, 0, deliveries);
        }
        PubSub.deliver(deliveries);
        broadcast(names);
    }

    /** A batch may have been committed, and nobody knows. */
    void perhapsChanged() {
        allChanged();
        node.bus().send(new Message.KeysChanged(List.of()));
    }

    /** Nobody knows what was changed. */
    void allChanged() {
        if (on) {
            keys.clear();
            PubSub.deliver(toAll());
        }
    }

    /** Gives up copies of keys as long as there are too many. */
    void trim() {
        ByteKey surplus = keys.surplus(mostKeys.number());
        if (surplus == null) {
            return;
        }
        List<Delivery> deliveries = new ArrayList<>();
        for (; surplus != null; surplus = keys.surplus(mostKeys.number())) {
            invalidate(keys.removeAllBut(Set.of(), surplus), surplus, 0, deliveries);
        }
        PubSub.deliver(deliveries);
    }

    // ---- messages

    /** Tells these clients of a key, but for one that made the change and does not want to hear of it. */
    void invalidate(long[] ids, ByteKey key, long changedBy, List<Delivery> deliveries) {
        for (long id : ids) {
            Client client = node.client(id);
            ClientTracking tracking = client == null ? null : client.tracking();
            if (tracking != null && !tracking.broadcast() && !(tracking.noLoop() && id == changedBy)) {
                deliveries.add(delivery(client, tracking, Reply.array(Reply.bulk(key.bytes()))));
            }
        }
    }

    /** Tells every client that tracks to forget everything. */
    List<Delivery> toAll() {
        List<Delivery> deliveries = new ArrayList<>();
        for (Client client : node.clients()) {
            ClientTracking tracking = client.tracking();
            if (tracking != null) {
                deliveries.add(delivery(client, tracking, Reply.NULL));
            }
        }
        return deliveries;
    }

    /**
     * Tells of keys those who want to hear of their prefixes: in one message each, behind the replies of the batch.
     *
     * @param changed with the client that changed each last; 0: none
     */
    void broadcast(Map<ByteKey, Long> changed) {
        if (byPrefix.isEmpty() || changed.isEmpty()) {
            return;
        }
        List<ByteKey> names = changed.keySet().stream().sorted(BY_BYTES).toList();
        List<Delivery> deliveries = new ArrayList<>();
        byPrefix.keySet().stream().sorted(BY_BYTES).forEach(prefix -> {
            List<ByteKey> matching = names.stream().filter(name -> startsWith(name.bytes(), prefix.bytes())).toList();
            for (Client client : matching.isEmpty() ? Set.<Client>of() : byPrefix.getOrDefault(prefix, Set.of())) {
                ClientTracking tracking = client.tracking();
                List<byte[]> wanted = matching.stream()
                        .filter(name -> tracking != null && !(tracking.noLoop() && changed.get(name) == client.id()))
                        .map(ByteKey::bytes).toList();
                if (!wanted.isEmpty()) {
                    deliveries.add(delivery(client, tracking, Reply.bulks(wanted)));
                }
            }
        });
        PubSub.deliver(deliveries);
    }

    private static boolean startsWith(byte[] name, byte[] prefix) {
        return name.length >= prefix.length && Arrays.equals(name, 0, prefix.length, prefix, 0, prefix.length);
    }

    /** In RESP2 only a client can be told to whom others redirect, and only while it has subscribed to something. */
    private Delivery delivery(Client client, ClientTracking tracking, Reply what) {
        Reply push = new Reply.Push(List.of(INVALIDATE, what));
        if (tracking.redirect() == 0) {
            return Delivery.of(client, new Reply.Versioned(Reply.NONE, push));
        }
        Client target = node.client(tracking.redirect());
        if (target == null) {
            tracking.redirectIsBroken();
            return Delivery.of(client, new Reply.Versioned(Reply.NONE,
                    new Reply.Push(List.of(BROKEN, Reply.integer(tracking.redirect())))));
        }
        return Delivery.of(target, new Reply.Versioned(target.subscriptions().isEmpty() ? Reply.NONE
                : new Reply.Push(List.of(MESSAGE, CHANNEL, what)), push));
    }
}
