package dev.respql.command;

import dev.respql.engine.Call;
import dev.respql.store.Keys;

/**
 * The ways to say when a key expires, named as the options of SET and GETEX. SETEX and EXPIRE mean the same as EX,
 * PSETEX and PEXPIRE as PX, EXPIREAT as EXAT, PEXPIREAT as PXAT. Immutable; for any thread.
 */
public enum ExpiryOption {
    /** In so many seconds. */
    EX(1000, true),
    /** In so many milliseconds. */
    PX(1, true),
    /** At so many seconds since 1970. */
    EXAT(1000, false),
    /** At so many milliseconds since 1970. */
    PXAT(1, false);

    private final int millis;
    private final boolean fromNow;

    ExpiryOption(int millis, boolean fromNow) {
        this.millis = millis;
        this.fromNow = fromNow;
    }

    /**
     * The time that an argument of SET, GETEX, SETEX or PSETEX says, in milliseconds since 1970; it may be past.
     *
     * @throws CommandException where the argument is not an integer, is not positive, or is beyond 64 bits of
     *     milliseconds
     */
    public long positive(Call call, int argument) {
        long amount = call.number(argument);
        if (amount <= 0) {
            throw invalid(call);
        }
        return deadline(call, amount);
    }

    /**
     * The time that an argument of EXPIRE and its kin says, in milliseconds since 1970; it may be past, even negative.
     *
     * @throws CommandException where the argument is not an integer, or is beyond 64 bits of milliseconds
     */
    public long any(Call call, int argument) {
        long amount = call.number(argument);
        if (amount < Long.MIN_VALUE / millis) {
            throw invalid(call);
        }
        return deadline(call, amount);
    }

    private long deadline(Call call, long amount) {
        long start = fromNow ? call.tx().now() : 0;
        if (amount > (Long.MAX_VALUE - start) / millis) {
            throw invalid(call);
        }
        // The very last millisecond stands for never; who asks for it gets the one before.
        return Math.min(start + amount * millis, Keys.NEVER - 1);
    }

    private static CommandException invalid(Call call) {
        return new CommandException("ERR invalid expire time in '" + call.command().fullName() + "' command");
    }
}
