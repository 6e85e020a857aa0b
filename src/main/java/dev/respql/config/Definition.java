package dev.respql.config;

import java.util.Set;

/**
 * What is known of a parameter beforehand.
 *
 * @param alias an older name for the same, which CONFIG GET lists as well; null for none
 * @param initial its value when nobody sets it
 * @param help one line for people
 */
record Definition(String name, String alias, Kind kind, String initial, String help, Set<Trait> traits) {
    /** What sets a parameter apart from one that can be set at any time, is listed, and changes nothing in respql. */
    enum Trait {
        /** Has a meaning in respql; the others are only kept. */
        EFFECTIVE,
        /** Can only be set before the start. */
        IMMUTABLE,
        /** Cannot be set at run time, since in Redis it could be used to write files anywhere. */
        PROTECTED,
        /** Not shown unless asked for by its whole name. */
        HIDDEN,
        /** Holds a secret: commands that set it do not belong in logs. */
        SECRET,
        /** Something to be done at one start, which CONFIG REWRITE must not keep for the next. */
        ONCE
    }

    static Definition define(String name, Kind kind, String initial, String help, Trait... traits) {
        return new Definition(name, null, kind, initial, help, Set.of(traits));
    }

    Definition alias(String other) {
        return new Definition(name, other, kind, initial, help, traits);
    }

    boolean is(Trait trait) {
        return traits.contains(trait);
    }
}
