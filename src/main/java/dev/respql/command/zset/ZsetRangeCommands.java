package dev.respql.command.zset;

import static dev.respql.command.Flag.DENYOOM;
import static dev.respql.command.Flag.READONLY;
import static dev.respql.command.Flag.WRITE;
import static dev.respql.command.KeySpec.KeyFlag.ACCESS;
import static dev.respql.command.KeySpec.KeyFlag.DELETE;
import static dev.respql.command.KeySpec.KeyFlag.OW;
import static dev.respql.command.KeySpec.KeyFlag.RO;
import static dev.respql.command.KeySpec.KeyFlag.RW;
import static dev.respql.command.KeySpec.KeyFlag.UPDATE;

import dev.respql.command.Command;
import dev.respql.command.CommandException;
import dev.respql.command.KeySpec;
import dev.respql.config.KeyspaceEvents;
import dev.respql.engine.Call;
import dev.respql.protocol.Reply;
import dev.respql.store.Prefetch;
import dev.respql.store.Scored;
import dev.respql.store.ZsetRange;
import java.util.List;

/** Commands on the members of a sorted set that lie between two ranks, scores or names. */
public final class ZsetRangeCommands {
    /** Ranks so near to an end are read ahead. */
    private static final long MOST_HINTED = 256;

    private ZsetRangeCommands() {
    }

    public static List<Command> all() {
        return List.of(
                range("zrange", "Returns the members in a range of ranks, scores or names.", "1.2.0",
                        "key start:string stop:string [BYSCORE | BYLEX] [REV] [LIMIT offset count] [WITHSCORES]")
                        .hint((call, prefetch) -> hint(call, prefetch, null, null))
                        .runs(call -> range(call, null, null)),
                ZsetCommands.command("zrangestore", -5, WRITE, DENYOOM)
                        .keys(KeySpec.at(1, OW, UPDATE), KeySpec.at(2, RO, ACCESS))
                        .summary("Stores the members in a range of ranks, scores or names as another sorted set.")
                        .since("6.2.0").complexity("O(log N + M) where N is the size of the sorted set and M that of"
                                + " the range.")
                        .syntax("dst src min max [BYSCORE | BYLEX] [REV] [LIMIT offset count]")
                        .runs(ZsetRangeCommands::store),
                range("zrevrange", "Returns the members between two ranks from the highest score down.", "1.2.0",
                        "key start stop [WITHSCORES]")
                        .deprecated("6.2.0", "`ZRANGE` with the `REV` argument")
                        .hint((call, prefetch) -> hint(call, prefetch, RangeQuery.Kind.RANKS, true))
                        .runs(call -> range(call, RangeQuery.Kind.RANKS, true)),
                range("zrangebyscore", "Returns the members between two scores.", "1.0.5",
                        "key min:double max:double [WITHSCORES] [LIMIT offset count]")
                        .deprecated("6.2.0", "`ZRANGE` with the `BYSCORE` argument")
                        .hint((call, prefetch) -> hint(call, prefetch, RangeQuery.Kind.SCORES, false))
                        .runs(call -> range(call, RangeQuery.Kind.SCORES, false)),
                range("zrevrangebyscore", "Returns the members between two scores from the highest down.", "2.2.0",
                        "key max:double min:double [WITHSCORES] [LIMIT offset count]")
                        .deprecated("6.2.0", "`ZRANGE` with the `REV` and `BYSCORE` arguments")
                        .hint((call, prefetch) -> hint(call, prefetch, RangeQuery.Kind.SCORES, true))
                        .runs(call -> range(call, RangeQuery.Kind.SCORES, true)),
                range("zrangebylex", "Returns the members between two names.", "2.8.9",
                        "key min max [LIMIT offset count]")
                        .deprecated("6.2.0", "`ZRANGE` with the `BYLEX` argument")
                        .runs(call -> range(call, RangeQuery.Kind.NAMES, false)),
                range("zrevrangebylex", "Returns the members between two names from the last one back.", "2.8.9",
                        "key max min [LIMIT offset count]")
                        .deprecated("6.2.0", "`ZRANGE` with the `REV` and `BYLEX` arguments")
                        .runs(call -> range(call, RangeQuery.Kind.NAMES, true)),
                removal("zremrangebyrank", "Removes the members between two ranks.", "2.0.0", "key start stop")
                        .runs(call -> removed(call,
                                call.tx().zsets().removeRange(call.key(1), call.number(2), call.number(3)))),
                removal("zremrangebyscore", "Removes the members between two scores.", "1.2.0",
                        "key min:double max:double")
                        .hint(ZsetRangeCommands::hintRemoval)
                        .runs(call -> removed(call,
                                call.tx().zsets().removeRange(call.key(1), RangeArguments.scores(call, 2, 3)))),
                removal("zremrangebylex", "Removes the members between two names.", "2.8.9", "key min max")
                        .runs(call -> removed(call,
                                call.tx().zsets().removeRange(call.key(1), RangeArguments.names(call, 2, 3)))));
    }

    private static Command.Builder range(String name, String summary, String since, String syntax) {
        return ZsetCommands.command(name, -4, READONLY).keys(KeySpec.at(1, RO, ACCESS)).summary(summary).since(since)
                .complexity("O(log N + M) where N is the size of the sorted set and M the number of members returned.")
                .syntax(syntax);
    }

    private static Command.Builder removal(String name, String summary, String since, String syntax) {
        return ZsetCommands.command(name, 4, WRITE).keys(KeySpec.at(1, RW, DELETE)).summary(summary).since(since)
                .complexity("O(log N + M) where N is the size of the sorted set and M the number of members removed.")
                .syntax(syntax);
    }

    private static Reply store(Call call) {
        RangeQuery query = RangeQuery.parse(call, 2, null, null, true);
        boolean existed = call.tx().keys().exists(call.key(1));
        call.missed(call.key(2));
        long size = query.store(call, call.key(1));
        call.eventOfStored(KeyspaceEvents.ZSET, "zrangestore", call.key(1), existed, size > 0);
        return Reply.integer(size);
    }

    private static Reply removed(Call call, long count) {
        if (count > 0) {
            call.event(KeyspaceEvents.ZSET, call.command().name(), call.key(1));
            call.eventIfGone(call.key(1));
        }
        return Reply.integer(count);
    }

    private static Reply range(Call call, RangeQuery.Kind kind, Boolean reverse) {
        RangeQuery query = RangeQuery.parse(call, 1, kind, reverse, false);
        List<Scored> members = query.read(call);
        return query.withScores() ? Scores.namesAndScores(call, members) : Scores.names(members);
    }

    /** Ranks near an end can be read ahead, small sorted sets, and ranges of scores; all else is read when it is asked for. */
    private static void hint(Call call, Prefetch prefetch, RangeQuery.Kind kind, Boolean reverse) {
        RangeQuery query;
        try {
            query = RangeQuery.parse(call, 1, kind, reverse, false);
        } catch (CommandException e) {
            return; // It will be refused before it reads anything.
        }
        long start = query.start();
        long stop = query.stop();
        if (query.range() instanceof ZsetRange.Scores scores) {
            prefetch.range(call.key(1), scores, query.descending(), query.offset(), query.limit());
        } else if (query.range() == null && start >= 0 && start < MOST_HINTED && stop < MOST_HINTED) {
            // Up to an end that is told from the other side, it is all there is of a small sorted set.
            end(call, prefetch, query.descending(), stop < 0 ? MOST_HINTED : stop + 1);
        } else if (query.range() == null && start < 0 && start >= -MOST_HINTED && stop < 0) {
            end(call, prefetch, !query.descending(), -start);
        } else {
            prefetch.header(call.key(1));
            prefetch.more();
        }
    }

    private static void hintRemoval(Call call, Prefetch prefetch) {
        try {
            prefetch.range(call.key(1), RangeArguments.scores(call, 2, 3), false, 0, -1);
        } catch (CommandException e) {
            // It will be refused before it reads anything.
        }
    }

    private static void end(Call call, Prefetch prefetch, boolean highest, long count) {
        if (highest) {
            prefetch.highest(call.key(1), count);
        } else {
            prefetch.lowest(call.key(1), count);
        }
    }
}
