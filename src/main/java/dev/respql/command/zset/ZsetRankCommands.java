package dev.respql.command.zset;

import static dev.respql.command.Flag.FAST;
import static dev.respql.command.Flag.READONLY;
import static dev.respql.command.KeySpec.KeyFlag.ACCESS;
import static dev.respql.command.KeySpec.KeyFlag.RO;

import dev.respql.command.Command;
import dev.respql.command.CommandException;
import dev.respql.command.KeySpec;
import dev.respql.engine.Call;
import dev.respql.protocol.Reply;
import dev.respql.store.KeyName;
import dev.respql.store.Prefetch;
import dev.respql.store.Zsets;
import java.util.List;

/** Commands that tell where members of a sorted set stand, or how many stand in a range. */
public final class ZsetRankCommands {
    private ZsetRankCommands() {
    }

    public static List<Command> all() {
        return List.of(
                rank("zrank", "Returns how many members have a lower score than one.")
                        .runs(call -> rank(call, false)),
                rank("zrevrank", "Returns how many members have a higher score than one.")
                        .runs(call -> rank(call, true)),
                count("zcount", "Counts the members with scores in a range.", "2.0.0", "key min:double max:double")
                        .hint(ZsetRankCommands::hintCount)
                        .runs(call -> Reply.integer(
                                call.tx().zsets().count(call.key(1), RangeArguments.scores(call, 2, 3)))),
                count("zlexcount", "Counts the members with names in a range.", "2.8.9", "key min max")
                        .runs(call -> Reply.integer(
                                call.tx().zsets().count(call.key(1), RangeArguments.names(call, 2, 3)))));
    }

    private static Command.Builder rank(String name, String summary) {
        return ZsetCommands.command(name, -3, READONLY, FAST).keys(KeySpec.at(1, RO, ACCESS))
                .summary(summary).since("2.0.0").complexity("O(log N) where N is the size of the sorted set.")
                .syntax("key member [WITHSCORE]")
                .hint((call, prefetch) -> prefetch.rank(call.key(1), call.bytes(2)));
    }

    private static Command.Builder count(String name, String summary, String since, String syntax) {
        return ZsetCommands.command(name, 4, READONLY, FAST).keys(KeySpec.at(1, RO, ACCESS))
                .summary(summary).since(since).complexity("O(log N) where N is the size of the sorted set.")
                .syntax(syntax);
    }

    private static void hintCount(Call call, Prefetch prefetch) {
        try {
            prefetch.count(call.key(1), RangeArguments.scores(call, 2, 3));
        } catch (CommandException e) {
            // It will be refused before it reads anything.
        }
    }

    private static Reply rank(Call call, boolean fromHighest) {
        if (call.count() > 4) {
            throw CommandException.wrongArity(call.command().fullName());
        }
        boolean withScore = call.count() == 4;
        if (withScore && !call.is(3, "WITHSCORE")) {
            throw CommandException.syntax();
        }
        Zsets zsets = call.tx().zsets();
        KeyName key = call.key(1);
        Long rank = zsets.rank(key, call.bytes(2));
        if (rank == null) {
            return withScore ? Reply.NULL_ARRAY : Reply.NULL;
        }
        Reply reply = Reply.integer(fromHighest ? Math.max(0, zsets.size(key) - 1 - rank) : rank);
        return withScore ? Reply.array(reply, Scores.reply(zsets.score(key, call.bytes(2)))) : reply;
    }
}
