package dev.respql.bus;

import dev.respql.store.KeyName;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What one node tells the others, once what it is about has been committed. Arrays in it must not be changed. */
public sealed interface Message {
    /** Nodes with any of these are told, and, of a channel's message, those with a pattern that may match. */
    Set<Interest> interests();

    /** Roughly the bytes that it takes. */
    long weight();

    /**
     * A message to a channel, or to a shard channel.
     *
     * @param before subscriptions that were written by this transaction or a later one came too late for it
     */
    record Published(boolean shard, byte[] channel, byte[] payload, long before) implements Message {
        /** For all that have subscribed when it arrives. */
        public Published(boolean shard, byte[] channel, byte[] payload) {
            this(shard, channel, payload, Long.MAX_VALUE);
        }

        @Override
        public Set<Interest> interests() {
            return Set.of(shard ? Interest.shardChannel(channel) : Interest.channel(channel));
        }

        @Override
        public long weight() {
            return 100 + channel.length + payload.length;
        }
    }

    /** These keys may have got what clients wait for. */
    record KeysReady(List<KeyName> keys) implements Message {
        @Override
        public Set<Interest> interests() {
            return keys.stream().map(Interest::key).collect(Collectors.toSet());
        }

        @Override
        public long weight() {
            return 100 + keys.stream().mapToLong(key -> 50 + key.bytes().length).sum();
        }
    }

    /** These keys are not what they were: whoever has a copy must forget it. An empty list stands for all keys. */
    record KeysChanged(List<KeyName> keys) implements Message {
        @Override
        public Set<Interest> interests() {
            return Set.of(Interest.CHANGES);
        }

        @Override
        public long weight() {
            return 100 + keys.stream().mapToLong(key -> 50 + key.bytes().length).sum();
        }
    }
}
