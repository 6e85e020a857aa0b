package dev.respql.command.transaction;

import static dev.respql.command.Flag.NOSCRIPT;

import dev.respql.command.Command;
import dev.respql.command.CommandException;
import dev.respql.command.Group;
import dev.respql.command.Hint;
import dev.respql.command.Timeout;
import dev.respql.config.Durability;
import dev.respql.engine.Call;
import dev.respql.protocol.Reply;
import dev.respql.value.NotANumber;
import dev.respql.value.Numbers;
import java.util.List;

/**
 * Commands that wait until what was written is safe elsewhere. There are no replicas here: safety is the database's
 * affair, and WAITAOF answers for it.
 */
public final class WaitCommands {
    private WaitCommands() {
    }

    public static List<Command> all() {
        return List.of(
                Command.named("wait").group(Group.GENERIC).withoutGroupCategory().acl("connection").arity(3).flags(NOSCRIPT)
                        .tips("request_policy:all_shards", "response_policy:agg_min")
                        .summary("Waits until as many replicas have what was written; there are none.")
                        .since("3.0.0").complexity("O(1)").syntax("numreplicas timeout:integer")
                        .hint(Hint.NOTHING).waits()
                        .runs(WaitCommands::awaitReplicas),
                Command.named("waitaof").group(Group.GENERIC).withoutGroupCategory().acl("connection").arity(4).flags(NOSCRIPT)
                        .tips("request_policy:all_shards", "response_policy:agg_min")
                        .summary("Waits until what was written is on the disk.")
                        .since("7.2.0").complexity("O(1)").syntax("numlocal numreplicas timeout:integer")
                        .hint(Hint.NOTHING).waits()
                        .runs(WaitCommands::awaitDisk));
    }

    private static Reply awaitReplicas(Call call) {
        long replicas = call.number(1);
        long millis = Timeout.ofMillis(call, 2);
        return replicas <= 0 ? Reply.ZERO : call.await(List.of(), millis, Reply.ZERO);
    }

    private static Reply awaitDisk(Call call) {
        long local = between(call, 1, 1, "ERR value is out of range, value must between 0 and 1");
        long replicas = between(call, 2, Long.MAX_VALUE, "ERR value is out of range, must be positive");
        long millis = Timeout.ofMillis(call, 3);
        Durability durability = call.node().database().durability();
        if (local > 0 && durability == Durability.NO) {
            throw new CommandException("ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.");
        }
        Reply onDisk = Reply.array(durability == Durability.NO ? Reply.ZERO : Reply.ONE, Reply.ZERO);
        if (replicas > 0) {
            return call.await(List.of(), millis, onDisk);
        }
        return local == 0 || durability == Durability.ALWAYS ? onDisk : call.awaitDurable(onDisk);
    }

    private static long between(Call call, int argument, long most, String error) {
        try {
            long number = Numbers.toLong(call.bytes(argument));
            if (number < 0 || number > most) {
                throw new CommandException(error);
            }
            return number;
        } catch (NotANumber e) {
            throw CommandException.notAnInteger();
        }
    }
}
