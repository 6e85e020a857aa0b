package dev.respql.command.zset;

import dev.respql.command.CommandException;
import dev.respql.value.NotANumber;
import dev.respql.value.Numbers;

/** Arguments that count something. */
final class Counts {
    private Counts() {
    }

    /** @throws CommandException {@code value is out of range, must be positive}, whatever else the argument is */
    static long notNegative(byte[] argument) {
        return atLeast(argument, 0, "ERR value is out of range, must be positive");
    }

    /** @throws CommandException {@code numkeys should be greater than 0}, by the name of what is counted */
    static long positive(byte[] argument, String what) {
        return atLeast(argument, 1, "ERR " + what + " should be greater than 0");
    }

    static long atLeast(byte[] argument, long least, String error) {
        try {
            long count = Numbers.toLong(argument);
            if (count >= least) {
                return count;
            }
        } catch (NotANumber e) {
            // Refused below.
        }
        throw new CommandException(error);
    }
}
