package dev.respql.engine;

import dev.respql.bus.Audience;
import dev.respql.bus.Bus;
import dev.respql.bus.Interest;
import dev.respql.bus.Message;
import dev.respql.command.Command;
import dev.respql.protocol.Reply;
import dev.respql.store.Tx;
import dev.respql.value.Bytes;
import dev.respql.value.Glob;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Who listens to which channels on this node, and how messages get to them. A client's subscriptions are changed by its
 * lane's thread; everything else is safe for use by all threads.
 *
 * <p>A message is counted, and its receivers are found, when PUBLISH runs; it is delivered after the commit, on the
 * publisher's lane between the replies as Redis 7.2 has it, on other lanes between two batches.
 */
public final class PubSub {
    private static final Reply MESSAGE = Reply.bulk("message");
    private static final Reply PATTERN_MESSAGE = Reply.bulk("pmessage");
    private static final Reply SHARD_MESSAGE = Reply.bulk("smessage");
    /** What a client may call that has subscribed and speaks RESP2, where a message cannot be told from a reply. */
    private static final Set<String> ALLOWED = Set.of("subscribe", "psubscribe", "ssubscribe", "unsubscribe",
            "punsubscribe", "sunsubscribe", "ping", "quit", "reset");

    private final Bus bus;
    private final Map<Interest.Kind, ConcurrentMap<Interest, Set<Client>>> subscribers =
            new EnumMap<>(Interest.Kind.class);

    PubSub(Bus bus) {
        this.bus = bus;
        for (Interest.Kind kind : Interest.Kind.values()) {
            subscribers.put(kind, new ConcurrentHashMap<>());
        }
    }

    /** Subscribes a client, if the unit of work is committed; no matter whether it had. By its lane's thread. */
    public void subscribe(Tx tx, Client client, Interest to) {
        if (!client.subscriptions().add(to) || client.gone()) {
            return;
        }
        register(client, to);
        client.interests().add(tx, to);
        tx.afterCommit(() -> client.subscriptions().since(to, client.interests().transaction()));
        tx.onRollback(() -> {
            client.subscriptions().remove(to);
            unregister(client, to);
        });
    }

    /** Ends a subscription, if the unit of work is committed; no matter whether there was one. By the lane's thread. */
    public void unsubscribe(Tx tx, Client client, Interest from) {
        if (!client.subscriptions().remove(from) || client.gone()) {
            return;
        }
        unregister(client, from);
        client.interests().remove(tx, from);
        tx.onRollback(() -> {
            client.subscriptions().add(from);
            register(client, from);
        });
    }

    /** Ends all subscriptions of a client: the database learns of it before the next reply. By its lane's thread. */
    public void unsubscribeAll(Client client) {
        for (Interest subscription : client.subscriptions().all()) {
            client.subscriptions().remove(subscription);
            if (!client.gone()) {
                unregister(client, subscription);
                client.interests().removeSoon(subscription);
            }
        }
    }

    private void register(Client client, Interest to) {
        subscribers.get(to.kind()).compute(to, (interest, clients) -> {
            Set<Client> all = clients == null ? ConcurrentHashMap.newKeySet() : clients;
            all.add(client);
            return all;
        });
    }

    private void unregister(Client client, Interest from) {
        subscribers.get(from.kind()).computeIfPresent(from, (interest, clients) -> {
            clients.remove(client);
            return clients.isEmpty() ? null : clients;
        });
    }

    /** Everything of this kind that clients of this node have subscribed to, in no order. */
    public Set<Interest> subscribed(Interest.Kind kind) {
        return Set.copyOf(subscribers.get(kind).keySet());
    }

    /** How many channels, patterns or shard channels clients of this node have subscribed to. */
    public int count(Interest.Kind kind) {
        return subscribers.get(kind).size();
    }

    /** How many clients of this node have subscribed to just this. */
    public long clients(Interest subscription) {
        return subscribers.get(subscription.kind()).getOrDefault(subscription, Set.of()).stream()
                .filter(client -> !client.killed()).count();
    }

    /** PUBLISH and SPUBLISH: sends a message once the call is committed; returns how many clients it goes to. */
    public long publish(Call call, boolean shard, byte[] channel, byte[] payload) {
        List<Delivery> deliveries = deliveries(new Message.Published(shard, channel, payload));
        call.tx().afterCommit(() -> call.deliver(deliveries));
        if (bus.alone()) {
            return deliveries.size();
        }
        Interest interest = shard ? Interest.shardChannel(channel) : Interest.channel(channel);
        Audience audience = Audience.of(call.tx(), bus);
        long elsewhere = audience.count(call.tx(), interest);
        if (elsewhere > 0) {
            Message message = new Message.Published(shard, channel, payload, audience.before(interest));
            call.tx().afterCommit(() -> bus.send(message));
        }
        return deliveries.size() + elsewhere;
    }

    /** What a message comes to on this node, now. */
    List<Delivery> deliveries(Message.Published published) {
        boolean shard = published.shard();
        byte[] channel = published.channel();
        Map<Interest, Set<Client>> direct = subscribers.get(shard ? Interest.Kind.SHARD_CHANNEL : Interest.Kind.CHANNEL);
        Map<Interest, Set<Client>> patterns = shard ? Map.of() : subscribers.get(Interest.Kind.PATTERN);
        if (direct.isEmpty() && patterns.isEmpty()) {
            return List.of();
        }
        List<Delivery> deliveries = new ArrayList<>();
        Reply to = Reply.bulk(channel);
        Reply what = Reply.bulk(published.payload());
        if (!direct.isEmpty()) {
            Interest interest = shard ? Interest.shardChannel(channel) : Interest.channel(channel);
            add(deliveries, direct.getOrDefault(interest, Set.of()), interest,
                    new Reply.Push(List.of(shard ? SHARD_MESSAGE : MESSAGE, to, what)), published.before());
        }
        patterns.forEach((pattern, clients) -> {
            byte[] glob = pattern.name().bytes();
            if (Glob.matches(glob, channel, false)) {
                add(deliveries, clients, pattern,
                        new Reply.Push(List.of(PATTERN_MESSAGE, Reply.bulk(glob), to, what)), published.before());
            }
        });
        return deliveries;
    }

    /** Hands messages to the clients' lanes; for any thread. */
    static void deliver(List<Delivery> deliveries) {
        Map<Lane, List<Delivery>> byLane = new IdentityHashMap<>();
        for (Delivery delivery : deliveries) {
            byLane.computeIfAbsent(delivery.client().lane(), lane -> new ArrayList<>()).add(delivery);
        }
        byLane.forEach(Lane::deliver);
    }

    private static void add(List<Delivery> deliveries, Set<Client> clients, Interest subscription, Reply message,
            long before) {
        for (Client client : clients) {
            if (!client.killed()) {
                deliveries.add(new Delivery(client, subscription, message, before));
            }
        }
    }

    /** Whether a client that has subscribed and speaks RESP2 may call this. */
    static boolean allows(Command command) {
        return ALLOWED.contains(command.fullName());
    }
}
