package dev.respql.store;

import java.util.Comparator;

/** A member of a sorted set with its score. Nobody may change the bytes. */
public record Scored(byte[] member, double score) {
    /** The order of sorted sets: by score, then by the bytes of the member. */
    public static final Comparator<Scored> ORDER = Comparator.comparing(Scored::place);

    Place place() {
        return new Place(score, Place.key(member));
    }
}
