package dev.respql.engine;

import dev.respql.bus.Bus;
import dev.respql.bus.Message;
import dev.respql.command.Flag;
import dev.respql.config.Config;
import dev.respql.config.KeyspaceEvents;
import dev.respql.config.Parameter;
import dev.respql.protocol.Reply;
import dev.respql.store.KeyName;
import dev.respql.store.KeyObserver;
import dev.respql.value.Bytes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Tells subscribers what happens to keys, as far as {@code notify-keyspace-events} asks for it: messages to the channels
 * {@code __keyspace@0__:key} and {@code __keyevent@0__:event}, delivered after the commit. For all threads; costs one look
 * at the parameter while nobody asks.
 */
public final class KeyEvents {
    private static final int CHANNELS = KeyspaceEvents.KEYSPACE | KeyspaceEvents.KEYEVENT;

    /** An event, and whom it goes to on this node. */
    record Raised(Message message, List<Delivery> deliveries) {
    }

    private final Parameter classes;
    private final PubSub pubSub;
    private final Bus bus;

    KeyEvents(Config config, PubSub pubSub, Bus bus) {
        this.classes = config.parameter(Config.NOTIFY_KEYSPACE_EVENTS);
        this.pubSub = pubSub;
        this.bus = bus;
    }

    /** Whether events of any class are wanted. */
    boolean on() {
        return (classes.number() & CHANNELS) != 0;
    }

    private boolean wants(int eventClass) {
        return (classes.number() & eventClass) != 0 && on();
    }

    /** Something has happened to a key, by a call that may still be refused, or fail to be committed. */
    void raise(Call call, int eventClass, String event, KeyName key) {
        if (wants(eventClass)) {
            for (Message.Published message : messages(event, key)) {
                call.raised(new Raised(message, pubSub.deliveries(message)));
            }
        }
    }

    /** Keys have been removed since their time had come, and that is committed. */
    void expired(List<KeyName> keys) {
        if (!wants(KeyspaceEvents.EXPIRED)) {
            return;
        }
        List<Delivery> deliveries = new ArrayList<>();
        for (KeyName key : keys) {
            for (Message.Published message : messages("expired", key)) {
                deliveries.addAll(pubSub.deliveries(message));
                bus.send(message);
            }
        }
        PubSub.deliver(deliveries);
    }

    private List<Message.Published> messages(String event, KeyName key) {
        List<Message.Published> messages = new ArrayList<>(2);
        byte[] name = Bytes.of(event);
        if ((classes.number() & KeyspaceEvents.KEYSPACE) != 0) {
            messages.add(new Message.Published(false, channel("keyspace", key.db(), key.bytes()), name));
        }
        if ((classes.number() & KeyspaceEvents.KEYEVENT) != 0) {
            messages.add(new Message.Published(false, channel("keyevent", key.db(), name), key.bytes()));
        }
        return messages;
    }

    private static byte[] channel(String kind, int db, byte[] name) {
        byte[] prefix = Bytes.of("__" + kind + "@" + db + "__:");
        byte[] channel = new byte[prefix.length + name.length];
        System.arraycopy(prefix, 0, channel, 0, prefix.length);
        System.arraycopy(name, 0, channel, prefix.length, name.length);
        return channel;
    }

    /** Has the events raised that follow from what happens to keys while a call runs. */
    void observe(Call call) {
        call.tx().keys().observe(new Observing(call));
    }

    /** A call has run: what it raised is sent when it is committed, unless it was refused. */
    void ran(Call call) {
        boolean refused = call.reply() instanceof Reply.Error;
        if (!refused && wants(KeyspaceEvents.KEY_MISS) && call.command().is(Flag.READONLY) && !looksQuietly(call)) {
            call.keys().forEach(call::missed);
        }
        List<Raised> raised = call.takeRaised();
        if (!refused && !raised.isEmpty()) {
            call.tx().afterCommit(() -> {
                for (Raised one : raised) {
                    call.deliver(one.deliveries());
                    bus.send(one.message());
                }
            });
        }
    }

    /** OBJECT and MEMORY look at keys without using them. */
    private static boolean looksQuietly(Call call) {
        String name = call.command().fullName();
        return name.startsWith("object|") || name.startsWith("memory|");
    }

    /** Raises, for one call, the events of keys that come and go. */
    private final class Observing implements KeyObserver {
        private final Call call;
        private final Set<KeyName> dropped = new HashSet<>();

        Observing(Call call) {
            this.call = call;
        }

        @Override
        public void created(KeyName key) {
            // One that only gives way to another value is not new.
            if (!dropped.contains(key)) {
                replaced(key);
            }
        }

        @Override
        public void replaced(KeyName key) {
            raise(call, KeyspaceEvents.NEW_KEY, "new", key);
        }

        @Override
        public void dropped(KeyName key) {
            dropped.add(key);
        }

        @Override
        public void expired(KeyName key) {
            raise(call, KeyspaceEvents.EXPIRED, "expired", key);
        }
    }
}
