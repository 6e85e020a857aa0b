package dev.respql.store;

import dev.respql.value.Bytes;
import java.util.Arrays;

/**
 * A place in the order of a sorted set: where a member with a score is, or would be. A range goes from a place on, up to
 * but without another. Nobody may change the bytes.
 *
 * @param key what stands for the member, see {@link #key(byte[])}
 */
record Place(double score, byte[] key) implements Comparable<Place> {
    /** Before every other place. */
    static final Place FIRST = before(Double.NEGATIVE_INFINITY);

    /** The place before all members of this score. */
    static Place before(double score) {
        return new Place(score, new byte[0]);
    }

    static Place of(byte[] member, double score) {
        return new Place(score, key(member));
    }

    /** The place that comes next in the order. */
    Place next() {
        return new Place(score, Arrays.copyOf(key, key.length + 1));
    }

    /** What the index holds of a member. Of members that are alike up to the digest, any may come first. */
    static byte[] key(byte[] member) {
        return ShortForm.of(member);
    }

    /** Zero has no sign here, though {@link Double#compare} gives it one. */
    @Override
    public int compareTo(Place other) {
        return score < other.score ? -1 : score > other.score ? 1 : Bytes.compare(key, other.key);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Place place && compareTo(place) == 0;
    }

    @Override
    public int hashCode() {
        return 31 * Double.hashCode(score + 0.0) + Arrays.hashCode(key);
    }
}
