package dev.respql.command.zset;

import dev.respql.command.CommandException;
import dev.respql.command.Options;
import dev.respql.engine.Call;
import dev.respql.store.KeyName;
import dev.respql.store.Scored;
import dev.respql.store.ZsetRange;
import java.util.List;

/**
 * What ZRANGE and its kin ask for. Immutable.
 *
 * @param keyAt the argument that names the sorted set
 * @param start the first rank, of a range of ranks
 * @param stop the last rank
 * @param range a range of scores or names; null for ranks
 * @param limit how many members at most; all where it is negative
 */
record RangeQuery(int keyAt, boolean descending, long start, long stop, ZsetRange range, long offset, long limit,
        boolean withScores) {

    enum Kind {
        RANKS, SCORES, NAMES
    }

    /**
     * Reads the arguments after a key: two ends, and options.
     *
     * @param fixedKind what the command selects by; null where options say so
     * @param fixedOrder whether it goes from the highest down; null where an option says so
     * @throws CommandException as Redis has it: options first, then the ends
     */
    static RangeQuery parse(Call call, int keyAt, Kind fixedKind, Boolean fixedOrder, boolean stores) {
        Kind kind = fixedKind;
        Boolean reverse = fixedOrder;
        long offset = 0;
        long limit = -1;
        boolean withScores = false;
        Options options = new Options(call, keyAt + 3);
        while (options.more()) {
            if (!stores && options.take("WITHSCORES")) {
                withScores = true;
            } else if (options.take("LIMIT", 2)) {
                offset = call.number(options.next());
                limit = call.number(options.next());
            } else if (reverse == null && options.take("REV")) {
                reverse = true;
            } else if (kind == null && options.take("BYLEX")) {
                kind = Kind.NAMES;
            } else if (kind == null && options.take("BYSCORE")) {
                kind = Kind.SCORES;
            } else {
                throw CommandException.syntax();
            }
        }
        boolean descending = Boolean.TRUE.equals(reverse);
        if (kind == null || kind == Kind.RANKS) {
            if (limit != -1) {
                throw new CommandException("ERR syntax error, LIMIT is only supported in combination with either"
                        + " BYSCORE or BYLEX");
            }
            return new RangeQuery(keyAt, descending, call.number(keyAt + 1), call.number(keyAt + 2), null, 0, -1,
                    withScores);
        }
        if (withScores && kind == Kind.NAMES) {
            throw new CommandException("ERR syntax error, WITHSCORES not supported in combination with BYLEX");
        }
        // Who goes down names the higher end first.
        int min = descending ? keyAt + 2 : keyAt + 1;
        int max = descending ? keyAt + 1 : keyAt + 2;
        ZsetRange range = kind == Kind.SCORES ? RangeArguments.scores(call, min, max)
                : RangeArguments.names(call, min, max);
        return new RangeQuery(keyAt, descending, 0, 0, range, offset, limit, withScores);
    }

    List<Scored> read(Call call) {
        KeyName key = call.key(keyAt);
        return range == null ? call.tx().zsets().range(key, start, stop, descending)
                : call.tx().zsets().range(key, range, descending, offset, limit);
    }

    /** Makes what is asked for a sorted set of its own; its size. */
    long store(Call call, KeyName target) {
        KeyName key = call.key(keyAt);
        return range == null ? call.tx().zsets().storeRange(target, key, start, stop, descending)
                : call.tx().zsets().storeRange(target, key, range, descending, offset, limit);
    }
}
