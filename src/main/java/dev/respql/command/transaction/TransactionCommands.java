package dev.respql.command.transaction;

import static dev.respql.command.Flag.ALLOW_BUSY;
import static dev.respql.command.Flag.FAST;
import static dev.respql.command.Flag.LOADING;
import static dev.respql.command.Flag.NOSCRIPT;
import static dev.respql.command.Flag.SKIP_SLOWLOG;
import static dev.respql.command.Flag.STALE;

import dev.respql.command.Command;
import dev.respql.command.CommandException;
import dev.respql.command.Flag;
import dev.respql.command.Group;
import dev.respql.command.Hint;
import dev.respql.command.KeySpec;
import dev.respql.engine.Call;
import dev.respql.protocol.Reply;
import java.util.List;

/**
 * Transactions: commands are queued, and EXEC runs them as one, unless a watched key was changed. Errors while they run
 * undo nothing, as in Redis.
 */
public final class TransactionCommands {
    private TransactionCommands() {
    }

    public static List<Command> all() {
        return List.of(
                command("multi", 1, NOSCRIPT, LOADING, STALE, FAST, ALLOW_BUSY)
                        .summary("Begins a transaction: commands are queued until EXEC.")
                        .since("1.2.0").complexity("O(1)")
                        .atIntake()
                        .runs(TransactionCommands::multi),
                command("exec", 1, NOSCRIPT, LOADING, STALE, SKIP_SLOWLOG)
                        .summary("Runs all commands of a transaction, if no watched key was changed.")
                        .since("1.2.0").complexity("Depends on commands in the transaction")
                        .onIntake(TransactionCommands::begun)
                        .runs(TransactionCommands::exec),
                command("discard", 1, NOSCRIPT, LOADING, STALE, FAST, ALLOW_BUSY)
                        .summary("Gives a transaction up.")
                        .since("2.0.0").complexity("O(N), when N is the number of queued commands")
                        .changesClient()
                        .onIntake(TransactionCommands::giveUp)
                        .runs(TransactionCommands::discard),
                command("watch", -2, NOSCRIPT, LOADING, STALE, FAST, ALLOW_BUSY).keys(KeySpec.range(1, -1, 1, KeySpec.KeyFlag.RO))
                        .summary("Makes the next transaction depend on keys not being changed.")
                        .since("2.2.0").complexity("O(1) for every key.").syntax("key [key ...]")
                        .hint(Hint.HEADERS).locksKeys().changesClient()
                        .onIntake(TransactionCommands::notInside)
                        .runs(TransactionCommands::watch),
                Command.named("unwatch").group(Group.TRANSACTIONS).arity(1)
                        .flags(NOSCRIPT, LOADING, STALE, FAST, ALLOW_BUSY)
                        .summary("Forgets all watched keys.")
                        .since("2.2.0").complexity("O(1)")
                        .hint(Hint.NOTHING).changesClient()
                        .runs(TransactionCommands::unwatch));
    }

    private static Command.Builder command(String name, int arity, Flag... flags) {
        return Command.named(name).group(Group.TRANSACTIONS).arity(arity).flags(flags).hint(Hint.NOTHING).notQueued();
    }

    private static Reply multi(Call call) {
        if (call.client().transaction() != null) {
            throw new CommandException("ERR MULTI calls can not be nested");
        }
        call.client().beginTransaction();
        return Reply.OK;
    }

    private static void begun(Call call) {
        if (!call.takeTransaction()) {
            throw new CommandException("ERR EXEC without MULTI");
        }
    }

    private static void giveUp(Call call) {
        if (call.client().endTransaction() == null) {
            throw new CommandException("ERR DISCARD without MULTI");
        }
    }

    private static Reply exec(Call call) {
        boolean changed = call.node().watches().unwatch(call);
        if (call.transaction().isBroken()) {
            throw new CommandException("EXECABORT Transaction discarded because of previous errors.");
        }
        if (changed) {
            call.dropTransaction();
            return Reply.NULL_ARRAY;
        }
        return new Reply.Array(call.runParts());
    }

    private static Reply discard(Call call) {
        call.node().watches().unwatch(call);
        return Reply.OK;
    }

    private static void notInside(Call call) {
        if (call.client().transaction() != null) {
            throw new CommandException("ERR WATCH inside MULTI is not allowed");
        }
    }

    private static Reply watch(Call call) {
        call.keys().forEach(key -> call.node().watches().watch(call, key));
        return Reply.OK;
    }

    private static Reply unwatch(Call call) {
        call.node().watches().unwatch(call);
        return Reply.OK;
    }
}
