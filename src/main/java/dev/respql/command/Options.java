package dev.respql.command;

import dev.respql.engine.Call;

/**
 * Goes over the options at the end of a call, from left to right:
 * <pre>{@code
 * Options options = new Options(call, 3);
 * while (options.more()) {
 *     if (options.take("WITHSCORES")) {
 *         scores = true;
 *     } else if (options.take("LIMIT", 2)) {
 *         offset = call.number(options.next());
 *         count = call.number(options.next());
 *     } else {
 *         throw CommandException.syntax();
 *     }
 * }
 * }</pre>
 * Used by one thread.
 */
public final class Options {
    private static final ExpiryOption[] EXPIRY_OPTIONS = ExpiryOption.values();

    private final Call call;
    private int at;

    /** @param first the argument with which the options begin */
    public Options(Call call, int first) {
        this.call = call;
        this.at = first;
    }

    public boolean more() {
        return at < call.count();
    }

    /** Whether the next argument is this (upper-case) word, in any case; if so, goes past it. */
    public boolean take(String word) {
        return take(word, 0);
    }

    /** As {@link #take(String)}, for a word that is an option only where at least so many arguments follow. */
    public boolean take(String word, int following) {
        if (call.count() - at <= following || !call.is(at, word)) {
            return false;
        }
        at++;
        return true;
    }

    /** An expiry option with an argument following, or null where none comes next; goes past its word. */
    public ExpiryOption takeExpiry() {
        for (ExpiryOption option : EXPIRY_OPTIONS) {
            if (take(option.name(), 1)) {
                return option;
            }
        }
        return null;
    }

    /** The position of the next argument; goes past it. */
    public int next() {
        return at++;
    }
}
