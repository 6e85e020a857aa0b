package dev.respql.command.list;

import static dev.respql.command.Flag.BLOCKING;
import static dev.respql.command.Flag.DENYOOM;
import static dev.respql.command.Flag.MOVABLEKEYS;
import static dev.respql.command.Flag.NOSCRIPT;
import static dev.respql.command.Flag.WRITE;
import static dev.respql.command.KeySpec.KeyFlag.ACCESS;
import static dev.respql.command.KeySpec.KeyFlag.DELETE;
import static dev.respql.command.KeySpec.KeyFlag.INSERT;
import static dev.respql.command.KeySpec.KeyFlag.RW;

import dev.respql.command.Command;
import dev.respql.command.Group;
import dev.respql.command.KeySpec;
import dev.respql.command.Timeout;
import dev.respql.engine.Call;
import dev.respql.protocol.Reply;
import dev.respql.store.KeyName;
import dev.respql.store.ValueType;
import java.util.List;

/** The commands on lists that wait for an element where there is none. */
public final class BlockingListCommands {
    private BlockingListCommands() {
    }

    public static List<Command> all() {
        return List.of(
                pop("blpop", "Removes and returns the first element of a list; waits until there is one.")
                        .hint((call, prefetch) -> call.keys().forEach(key -> prefetch.left(key, 1)))
                        .runs(call -> pop(call, true)),
                pop("brpop", "Removes and returns the last element of a list; waits until there is one.")
                        .hint((call, prefetch) -> call.keys().forEach(key -> prefetch.right(key, 1)))
                        .runs(call -> pop(call, false)),
                moving("blmove", 6).since("6.2.0")
                        .summary("Moves an element from an end of one list to an end of another; waits until there is one.")
                        .syntax("source destination <LEFT | RIGHT> <LEFT | RIGHT> timeout")
                        .runs(call -> {
                            boolean fromLeft = ListCommands.isLeft(call, 3);
                            boolean toLeft = ListCommands.isLeft(call, 4);
                            return move(call, fromLeft, toLeft, Timeout.ofSeconds(call, 5));
                        }),
                moving("brpoplpush", 4).since("2.2.0")
                        .summary("Moves the last element of one list to the beginning of another; waits until there is one.")
                        .syntax("source destination timeout")
                        .deprecated("6.2.0", "`BLMOVE` with the `RIGHT` and `LEFT` arguments")
                        .runs(call -> move(call, false, true, Timeout.ofSeconds(call, 3))),
                Command.named("blmpop").group(Group.LIST).arity(-5).flags(WRITE, BLOCKING, MOVABLEKEYS)
                        .keys(KeySpec.counted(2, RW, ACCESS, DELETE))
                        .summary("Removes and returns elements of the first list that is not empty; waits until there is one.")
                        .since("7.0.0").complexity("O(N + M) where N is the number of keys and M the elements returned.")
                        .syntax("timeout numkeys key [key ...] <LEFT | RIGHT> [COUNT count]")
                        .runs(BlockingListCommands::popSeveral));
    }

    private static Command.Builder pop(String name, String summary) {
        return Command.named(name).group(Group.LIST).arity(-3).flags(WRITE, NOSCRIPT, BLOCKING)
                .keys(KeySpec.range(1, -2, 1, RW, ACCESS, DELETE))
                .summary(summary).since("2.0.0").complexity("O(N) where N is the number of provided keys.")
                .syntax("key [key ...] timeout");
    }

    private static Command.Builder moving(String name, int arity) {
        return Command.named(name).group(Group.LIST).arity(arity).flags(WRITE, DENYOOM, NOSCRIPT, BLOCKING)
                .keys(KeySpec.at(1, RW, ACCESS, DELETE), KeySpec.at(2, RW, INSERT))
                .complexity("O(1)");
    }

    private static Reply pop(Call call, boolean left) {
        long millis = Timeout.ofSeconds(call, call.count() - 1);
        for (KeyName key : call.lookingAt(call.keys())) {
            if (has(call, key)) {
                byte[] element = ListCommands.pop(call, key, left, 1).get(0);
                return Reply.array(Reply.bulk(key.bytes()), Reply.bulk(element));
            }
        }
        return call.await(call.keys(), millis, Reply.NULL_ARRAY);
    }

    private static Reply move(Call call, boolean fromLeft, boolean toLeft, long millis) {
        KeyName source = call.key(1);
        if (has(call, source)) {
            return ListCommands.move(call, fromLeft, toLeft);
        }
        return call.isPart() ? Reply.NULL : call.await(List.of(source), millis, Reply.NULL_ARRAY);
    }

    private static Reply popSeveral(Call call) {
        ListCommands.PopFromFirst what = ListCommands.popFromFirst(call, 2);
        long millis = Timeout.ofSeconds(call, 1);
        for (KeyName key : call.lookingAt(what.keys())) {
            if (has(call, key)) {
                return what.pop(call, key);
            }
        }
        return call.await(what.keys(), millis, Reply.NULL_ARRAY);
    }

    /** Whether there is an element; a client that waits goes on waiting when the key is given another type. */
    private static boolean has(Call call, KeyName key) {
        if (call.hasWaited() && call.tx().keys().type(key) != ValueType.LIST) {
            return false;
        }
        return call.tx().lists().size(key) > 0;
    }
}
