package dev.respql.command;

import dev.respql.engine.Call;

/**
 * How many elements a command is to choose at random: the count of HRANDFIELD, SRANDMEMBER and ZRANDMEMBER.
 *
 * @param number up to so many different ones; negative: so many, of which some may be the same
 */
public record RandomCount(long number) {
    /** More elements than this are not drawn at once. Redis has no such bound; it goes on until memory ends. */
    private static final long MOST_DRAWS = 1 << 24;

    /** @throws CommandException {@code value is not an integer …} or {@code value is out of range, …} */
    public static RandomCount of(Call call, int argument) {
        long number = call.number(argument);
        if (number == Long.MIN_VALUE) {
            throw new CommandException("ERR value is out of range, value must between "
                    + -Long.MAX_VALUE + " and " + Long.MAX_VALUE);
        }
        return new RandomCount(number);
    }

    /**
     * To be called where each element is answered as a pair.
     *
     * @throws CommandException {@code value is out of range}
     */
    public void checkPairs() {
        if (number < -Long.MAX_VALUE / 2 || number > Long.MAX_VALUE / 2) {
            throw new CommandException("ERR value is out of range");
        }
    }

    /** Whether the same element may be chosen again. */
    public boolean mayRepeat() {
        return number < 0;
    }

    /**
     * How many to draw where elements may repeat.
     *
     * @throws CommandException {@code value is out of range} where that is too much for one reply
     */
    public int draws() {
        if (number < -MOST_DRAWS) {
            throw new CommandException("ERR value is out of range");
        }
        return (int) -number;
    }
}
