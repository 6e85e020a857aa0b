package dev.respql.command.zset;

import dev.respql.command.CommandException;
import dev.respql.engine.Call;
import dev.respql.store.ZsetRange;
import dev.respql.value.NotANumber;
import dev.respql.value.Numbers;
import java.util.Arrays;

/** The two ends of ranges of scores and of names. */
final class RangeArguments {
    private RangeArguments() {
    }

    /** {@code 1}, {@code (1} (without those of score 1), {@code -inf}, {@code +inf} … */
    static ZsetRange.Scores scores(Call call, int min, int max) {
        return new ZsetRange.Scores(score(call.bytes(min)), isWithout(call.bytes(min)),
                score(call.bytes(max)), isWithout(call.bytes(max)));
    }

    private static double score(byte[] limit) {
        try {
            return Numbers.toScoreBound(limit, isWithout(limit) ? 1 : 0);
        } catch (NotANumber e) {
            throw new CommandException("ERR min or max is not a float");
        }
    }

    /** {@code [a}, {@code (a} (without a), {@code -} and {@code +} (before and after every name). */
    static ZsetRange.Names names(Call call, int min, int max) {
        return new ZsetRange.Names(name(call.bytes(min)), name(call.bytes(max)));
    }

    private static ZsetRange.Limit name(byte[] limit) {
        if (limit.length == 1 && limit[0] == '-') {
            return ZsetRange.Limit.LOWEST;
        }
        if (limit.length == 1 && limit[0] == '+') {
            return ZsetRange.Limit.HIGHEST;
        }
        if (limit.length == 0 || limit[0] != '[' && limit[0] != '(') {
            throw new CommandException("ERR min or max not valid string range item");
        }
        return new ZsetRange.Limit(Arrays.copyOfRange(limit, 1, limit.length), isWithout(limit));
    }

    private static boolean isWithout(byte[] limit) {
        return limit.length > 0 && limit[0] == '(';
    }
}
