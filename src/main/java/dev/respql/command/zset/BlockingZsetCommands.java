package dev.respql.command.zset;

import static dev.respql.command.Flag.BLOCKING;
import static dev.respql.command.Flag.FAST;
import static dev.respql.command.Flag.MOVABLEKEYS;
import static dev.respql.command.Flag.NOSCRIPT;
import static dev.respql.command.Flag.WRITE;
import static dev.respql.command.KeySpec.KeyFlag.ACCESS;
import static dev.respql.command.KeySpec.KeyFlag.DELETE;
import static dev.respql.command.KeySpec.KeyFlag.RW;

import dev.respql.command.Command;
import dev.respql.command.KeySpec;
import dev.respql.command.Timeout;
import dev.respql.engine.Call;
import dev.respql.protocol.Reply;
import dev.respql.store.KeyName;
import dev.respql.store.Scored;
import dev.respql.store.ValueType;
import java.util.List;

/** The commands on sorted sets that wait for a member where there is none. */
public final class BlockingZsetCommands {
    private BlockingZsetCommands() {
    }

    public static List<Command> all() {
        return List.of(
                pop("bzpopmin", "Removes and returns the member with the lowest score; waits until there is one.")
                        .hint((call, prefetch) -> call.keys().forEach(key -> prefetch.lowest(key, 1)))
                        .runs(call -> pop(call, false)),
                pop("bzpopmax", "Removes and returns the member with the highest score; waits until there is one.")
                        .hint((call, prefetch) -> call.keys().forEach(key -> prefetch.highest(key, 1)))
                        .runs(call -> pop(call, true)),
                ZsetCommands.command("bzmpop", -5, WRITE, BLOCKING, MOVABLEKEYS)
                        .keys(KeySpec.counted(2, RW, ACCESS, DELETE))
                        .summary("Removes and returns members of the first sorted set that is not empty; waits until there"
                                + " is one.")
                        .since("7.0.0").complexity("O(K + M * log N) where K is the number of keys, N the size of the"
                                + " sorted set, and M the number of members returned.")
                        .syntax("timeout numkeys key [key ...] <MIN | MAX> [COUNT count]")
                        .runs(BlockingZsetCommands::popSeveral));
    }

    private static Command.Builder pop(String name, String summary) {
        return ZsetCommands.command(name, -3, WRITE, NOSCRIPT, BLOCKING, FAST)
                .keys(KeySpec.range(1, -2, 1, RW, ACCESS, DELETE))
                .summary(summary).since("5.0.0")
                .complexity("O(log N) where N is the size of the sorted set.")
                .syntax("key [key ...] timeout");
    }

    private static Reply pop(Call call, boolean highest) {
        long millis = Timeout.ofSeconds(call, call.count() - 1);
        for (KeyName key : call.lookingAt(call.keys())) {
            List<Scored> popped = mayPop(call, key) ? ZsetPopCommands.pop(call, key, highest, 1) : List.of();
            if (!popped.isEmpty()) {
                return Reply.array(Reply.bulk(key.bytes()), Reply.bulk(popped.get(0).member()),
                        Scores.reply(popped.get(0).score()));
            }
        }
        return call.await(call.keys(), millis, Reply.NULL_ARRAY);
    }

    private static Reply popSeveral(Call call) {
        ZsetPopCommands.PopFromFirst what = ZsetPopCommands.popFromFirst(call, 2);
        long millis = Timeout.ofSeconds(call, 1);
        for (KeyName key : call.lookingAt(what.keys())) {
            Reply popped = mayPop(call, key) ? what.pop(call, key) : null;
            if (popped != null) {
                return popped;
            }
        }
        return call.await(what.keys(), millis, Reply.NULL_ARRAY);
    }

    /** A client that waits goes on waiting when the key is given another type. */
    private static boolean mayPop(Call call, KeyName key) {
        return !call.hasWaited() || call.tx().keys().type(key) == ValueType.ZSET;
    }
}
