package dev.respql.command.zset;

import static dev.respql.command.Flag.FAST;
import static dev.respql.command.Flag.MOVABLEKEYS;
import static dev.respql.command.Flag.WRITE;
import static dev.respql.command.KeySpec.KeyFlag.ACCESS;
import static dev.respql.command.KeySpec.KeyFlag.DELETE;
import static dev.respql.command.KeySpec.KeyFlag.RW;

import dev.respql.command.Command;
import dev.respql.command.CommandException;
import dev.respql.command.KeySpec;
import dev.respql.command.Options;
import dev.respql.config.KeyspaceEvents;
import dev.respql.engine.Call;
import dev.respql.protocol.Reply;
import dev.respql.store.KeyName;
import dev.respql.store.Prefetch;
import dev.respql.store.Scored;
import dev.respql.value.NotANumber;
import dev.respql.value.Numbers;
import java.util.List;

/** Commands that take members from the ends of a sorted set, but for those that block. */
public final class ZsetPopCommands {
    /** A pop may read as many members ahead; more are read when they are popped. */
    private static final long MOST_HINTED = 100;

    private ZsetPopCommands() {
    }

    public static List<Command> all() {
        return List.of(
                pop("zpopmin", "Removes and returns the members with the lowest scores.")
                        .hint((call, prefetch) -> hint(call, prefetch, false))
                        .runs(call -> pop(call, false)),
                pop("zpopmax", "Removes and returns the members with the highest scores.")
                        .hint((call, prefetch) -> hint(call, prefetch, true))
                        .runs(call -> pop(call, true)),
                ZsetCommands.command("zmpop", -4, WRITE, MOVABLEKEYS).keys(KeySpec.counted(1, RW, ACCESS, DELETE))
                        .summary("Removes and returns members of the first sorted set that is not empty.")
                        .since("7.0.0").complexity("O(K + M * log N) where K is the number of keys, N the size of the"
                                + " sorted set, and M the number of members returned.")
                        .syntax("numkeys key [key ...] <MIN | MAX> [COUNT count]")
                        .runs(ZsetPopCommands::popFromFirst));
    }

    private static Command.Builder pop(String name, String summary) {
        return ZsetCommands.command(name, -2, WRITE, FAST).keys(KeySpec.at(1, RW, ACCESS, DELETE))
                .summary(summary).since("5.0.0")
                .complexity("O(M * log N) where N is the size of the sorted set and M the number of members returned.")
                .syntax("key [count]");
    }

    private static void hint(Call call, Prefetch prefetch, boolean highest) {
        long count = 1;
        try {
            count = call.count() == 3 ? Numbers.toLong(call.bytes(2)) : 1;
        } catch (NotANumber e) {
            return;
        }
        if (count > 0 && highest) {
            prefetch.highest(call.key(1), Math.min(count, MOST_HINTED));
        } else if (count > 0) {
            prefetch.lowest(call.key(1), Math.min(count, MOST_HINTED));
        }
    }

    private static Reply pop(Call call, boolean highest) {
        if (call.count() > 3) {
            throw CommandException.syntax();
        }
        boolean counted = call.count() == 3;
        long count = counted ? Counts.notNegative(call.bytes(2)) : 1;
        List<Scored> popped = pop(call, call.key(1), highest, count);
        return counted ? Scores.namesAndScores(call, popped) : Scores.flat(popped);
    }

    static List<Scored> pop(Call call, KeyName key, boolean highest, long count) {
        List<Scored> popped = call.tx().zsets().pop(key, highest, count);
        if (!popped.isEmpty()) {
            call.event(KeyspaceEvents.ZSET, highest ? "zpopmax" : "zpopmin", key);
            call.eventIfGone(key);
        }
        return popped;
    }

    /** What ZMPOP and BZMPOP ask for. */
    record PopFromFirst(List<KeyName> keys, boolean highest, long count) {
        /** Null where there is no member. */
        Reply pop(Call call, KeyName key) {
            List<Scored> popped = ZsetPopCommands.pop(call, key, highest, count);
            return popped.isEmpty() ? null : Reply.array(Reply.bulk(key.bytes()), Scores.pairs(popped));
        }
    }

    /** @param at the argument that says how many keys there are; what follows it is the same in both commands */
    static PopFromFirst popFromFirst(Call call, int at) {
        long keys = Counts.positive(call.bytes(at), "numkeys");
        if (keys > call.count() - at - 2) {
            throw CommandException.syntax();
        }
        Options options = new Options(call, at + 1 + (int) keys);
        boolean highest = options.take("MAX");
        if (!highest && !options.take("MIN")) {
            throw CommandException.syntax();
        }
        long count = 1;
        if (options.take("COUNT", 1)) {
            count = Counts.positive(call.bytes(options.next()), "count");
        }
        if (options.more()) {
            throw CommandException.syntax();
        }
        return new PopFromFirst(call.keys(), highest, count);
    }

    private static Reply popFromFirst(Call call) {
        PopFromFirst what = popFromFirst(call, 1);
        for (KeyName key : what.keys()) {
            Reply popped = what.pop(call, key);
            if (popped != null) {
                return popped;
            }
        }
        return Reply.NULL_ARRAY;
    }
}
