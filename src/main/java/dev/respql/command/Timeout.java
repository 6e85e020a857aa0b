package dev.respql.command;

import dev.respql.engine.Call;
import dev.respql.value.Bytes;
import dev.respql.value.LongDouble;
import dev.respql.value.NotANumber;
import dev.respql.value.Numbers;

/** How long a blocking command waits at most. Stateless. */
public final class Timeout {
    private static final double MILLIS_A_SECOND = 1000;

    private Timeout() {
    }

    /**
     * Reads seconds, perhaps with a fraction.
     *
     * @return milliseconds, rounded up; 0: for ever
     * @throws CommandException where the argument is no number, negative or beyond all time
     */
    public static long ofSeconds(Call call, int argument) {
        byte[] text = call.bytes(argument);
        try {
            return checked(Math.ceil(Numbers.toDouble(text) * MILLIS_A_SECOND));
        } catch (NotANumber e) {
            return checked(Math.ceil(farOff(text)));
        }
    }

    /** Redis reads a long double, so that what is out of the range of doubles may be a number all the same. */
    private static double farOff(byte[] text) {
        try {
            return Double.parseDouble(Bytes.text(LongDouble.parse(text).toBytes()));
        } catch (NotANumber e) {
            throw new CommandException("ERR timeout is not a float or out of range");
        }
    }

    /** Reads whole milliseconds; else as {@link #ofSeconds}. */
    public static long ofMillis(Call call, int argument) {
        try {
            return checked((double) Numbers.toLong(call.bytes(argument)));
        } catch (NotANumber e) {
            throw new CommandException("ERR timeout is not an integer or out of range");
        }
    }

    private static long checked(double millis) {
        if (millis < 0) {
            throw new CommandException("ERR timeout is negative");
        }
        if (millis >= Long.MAX_VALUE - System.currentTimeMillis()) {
            throw new CommandException("ERR timeout is out of range");
        }
        return (long) millis;
    }
}
