package dev.respql.command;

import java.util.List;
import java.util.Locale;

/**
 * An argument in the tree that COMMAND DOCS gives, so that clients can complete what a person types.
 *
 * @param name for people
 * @param token the word that comes before the argument's value; of a pure token the argument itself; null for none
 * @param multiple whether it can be repeated
 * @param multipleToken whether the token is repeated as well
 * @param arguments what a block consists of, or what one has to choose from; empty for others
 */
public record Argument(String name, Type type, String token, boolean optional, boolean multiple, boolean multipleToken,
        List<Argument> arguments) {

    /** What can stand for the argument; names as in COMMAND DOCS. */
    public enum Type {
        STRING, INTEGER, DOUBLE, KEY, PATTERN, UNIX_TIME, PURE_TOKEN, ONEOF, BLOCK;

        /** The type's name on the wire. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    static Argument value(String name, Type type) {
        return new Argument(name, type, null, false, false, false, List.of());
    }

    static Argument pureToken(String token) {
        return new Argument(token.toLowerCase(Locale.ROOT), Type.PURE_TOKEN, token, false, false, false, List.of());
    }

    static Argument group(String name, Type type, List<Argument> arguments) {
        return new Argument(name, type, null, false, false, false, arguments);
    }

    Argument withToken(String itsToken) {
        return new Argument(name, type, itsToken, optional, multiple, multipleToken, arguments);
    }

    Argument asOptional() {
        return new Argument(name, type, token, true, multiple, multipleToken, arguments);
    }

    Argument repeated(boolean withToken) {
        return new Argument(name, type, token, optional, true, withToken, arguments);
    }
}
