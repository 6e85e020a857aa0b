package dev.respql.bus;

import dev.respql.store.ByteKey;
import dev.respql.store.KeyName;
import dev.respql.store.MemberHash;
import java.util.Arrays;

/**
 * Something that a node may want to hear of.
 *
 * @param kind which {@link Message} it is about
 * @param hash of the name, for look-up; of a key its {@link KeyName#lock}
 * @param name channel or pattern; empty for keys
 */
public record Interest(Kind kind, long hash, ByteKey name) {
    private static final byte[] NOTHING = {};
    /** Enough to tell patterns apart without much in the table. */
    private static final int LONGEST_PREFIX = 100;

    /** Changes of any key: somebody keeps copies of what was read. */
    public static final Interest CHANGES = new Interest(Kind.CHANGES, 0, new ByteKey(NOTHING));

    /** What interests are about. */
    public enum Kind {
        CHANNEL(1), PATTERN(2), SHARD_CHANNEL(3), KEY(4), CHANGES(5);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        /** The number that stands for it in the database. */
        public int code() {
            return code;
        }
    }

    /** Messages of a channel. */
    public static Interest channel(byte[] name) {
        return named(Kind.CHANNEL, name);
    }

    /** Messages of all channels that a pattern matches. */
    public static Interest pattern(byte[] pattern) {
        return named(Kind.PATTERN, pattern);
    }

    /** Messages of a shard channel. */
    public static Interest shardChannel(byte[] name) {
        return named(Kind.SHARD_CHANNEL, name);
    }

    /** That a key may have what clients wait for. */
    public static Interest key(KeyName key) {
        return new Interest(Kind.KEY, key.lock(), new ByteKey(NOTHING));
    }

    /** A channel, pattern or shard channel. */
    public static Interest named(Kind kind, byte[] name) {
        return new Interest(kind, MemberHash.of(name), new ByteKey(name));
    }

    /** What all channels begin with that the pattern matches; null for what is no pattern. */
    byte[] prefix() {
        if (kind != Kind.PATTERN) {
            return null;
        }
        byte[] pattern = name.bytes();
        int end = 0;
        while (end < pattern.length && end < LONGEST_PREFIX && "*?[\\".indexOf(pattern[end]) < 0) {
            end++;
        }
        return Arrays.copyOf(pattern, end);
    }
}
