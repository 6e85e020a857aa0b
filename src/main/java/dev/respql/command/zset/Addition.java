package dev.respql.command.zset;

import dev.respql.command.CommandException;
import dev.respql.command.Options;
import dev.respql.engine.Call;

/**
 * What ZADD does to a score, by its options. Immutable.
 *
 * @param firstScore the argument with which the pairs of score and member begin
 */
record Addition(boolean onlyNew, boolean onlyExisting, boolean onlyGreater, boolean onlyLess, boolean countsChanges,
        boolean increments, int firstScore) {

    /** What ZINCRBY does. */
    static final Addition INCREMENT = new Addition(false, false, false, false, false, true, 2);

    /** Takes the options of a call; they end with the first argument that is none. Refuses nothing. */
    static Addition of(Call call) {
        boolean onlyNew = false;
        boolean onlyExisting = false;
        boolean onlyGreater = false;
        boolean onlyLess = false;
        boolean countsChanges = false;
        boolean increments = false;
        Options options = new Options(call, 2);
        while (true) {
            if (options.take("NX")) {
                onlyNew = true;
            } else if (options.take("XX")) {
                onlyExisting = true;
            } else if (options.take("GT")) {
                onlyGreater = true;
            } else if (options.take("LT")) {
                onlyLess = true;
            } else if (options.take("CH")) {
                countsChanges = true;
            } else if (options.take("INCR")) {
                increments = true;
            } else {
                return new Addition(onlyNew, onlyExisting, onlyGreater, onlyLess, countsChanges, increments,
                        options.next());
            }
        }
    }

    /** @throws CommandException where the options contradict each other, or what follows them is not pairs */
    void check(Call call) {
        int rest = call.count() - firstScore;
        if (rest == 0 || rest % 2 != 0) {
            throw CommandException.syntax();
        }
        if (onlyNew && onlyExisting) {
            throw new CommandException("ERR XX and NX options at the same time are not compatible");
        }
        if (onlyNew && (onlyGreater || onlyLess) || onlyGreater && onlyLess) {
            throw new CommandException("ERR GT, LT, and/or NX options at the same time are not compatible");
        }
        if (increments && rest > 2) {
            throw new CommandException("ERR INCR option supports a single increment-element pair");
        }
    }

    /**
     * The score that a member gets.
     *
     * @param before its score, null where it is missing
     * @return null where it keeps what it has
     * @throws CommandException where the sum is not a number
     */
    Double score(Double before, double given) {
        if (before == null) {
            return onlyExisting ? null : (Double) given;
        }
        if (onlyNew) {
            return null;
        }
        double score = increments ? before + given : given;
        if (Double.isNaN(score)) {
            throw new CommandException("ERR resulting score is not a number (NaN)");
        }
        return onlyGreater && score <= before || onlyLess && score >= before ? null : (Double) score;
    }
}
