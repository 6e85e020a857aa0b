package dev.respql.command.server;

import static dev.respql.command.Flag.FAST;
import static dev.respql.command.Flag.READONLY;
import static dev.respql.command.Flag.WRITE;

import dev.respql.command.Command;
import dev.respql.command.CommandException;
import dev.respql.command.Group;
import dev.respql.engine.Call;
import dev.respql.protocol.Reply;
import java.util.List;

/** Commands on whole databases: DBSIZE, FLUSHDB, FLUSHALL, SWAPDB. */
public final class DatabaseCommands {
    private DatabaseCommands() {
    }

    public static List<Command> all() {
        return List.of(
                Command.named("dbsize").group(Group.SERVER).arity(1).flags(READONLY, FAST).acl("keyspace")
                        .tips("request_policy:all_shards", "response_policy:agg_sum")
                        .summary("Counts the keys of the database.")
                        .since("1.0.0").complexity("O(N) where N is the number of keys.")
                        .runs(call -> Reply.integer(call.tx().keys().size(call.db()))),
                flushing("flushdb", "Deletes all keys of the database.")
                        .runs(call -> flush(call, () -> {
                            call.node().watches().touchDatabase(call);
                            call.node().tracking().flushed(call);
                            call.tx().keys().flush(call.db());
                        })),
                flushing("flushall", "Deletes all keys of all databases.")
                        .runs(call -> flush(call, () -> {
                            call.node().watches().touchAllDatabases(call);
                            call.node().tracking().flushed(call);
                            call.tx().keys().flushAll();
                        })),
                Command.named("swapdb").group(Group.SERVER).arity(3).flags(WRITE, FAST).acl("keyspace", "dangerous")
                        .summary("Exchanges the keys of two databases.")
                        .since("4.0.0").complexity("O(1)").syntax("index1 index2")
                        .exclusive()
                        .runs(DatabaseCommands::swap));
    }

    private static Command.Builder flushing(String name, String summary) {
        return Command.named(name).group(Group.SERVER).arity(-1).flags(WRITE).acl("keyspace", "dangerous")
                .tips("request_policy:all_shards", "response_policy:all_succeeded")
                .summary(summary)
                .since("1.0.0").complexity("O(1)").syntax("[ASYNC | SYNC]")
                .exclusive();
    }

    /** ASYNC and SYNC are the same here: the keys are gone at once, their rows soon. */
    private static Reply flush(Call call, Runnable action) {
        if (call.count() > 2 || call.count() == 2 && !call.is(1, "ASYNC") && !call.is(1, "SYNC")) {
            throw CommandException.syntax();
        }
        action.run();
        return Reply.OK;
    }

    private static Reply swap(Call call) {
        int first = index(call, 1, "first");
        int second = index(call, 2, "second");
        long databases = call.node().config().number("databases");
        if (Math.min(first, second) < 0 || Math.max(first, second) >= databases) {
            throw new CommandException("ERR DB index is out of range");
        }
        if (first != second) {
            call.node().watches().touchBoth(call, first, second);
            call.tx().keys().swap(first, second);
            call.node().keysMayBeReady(call);
        }
        return Reply.OK;
    }

    private static int index(Call call, int argument, String which) {
        try {
            return Math.toIntExact(call.number(argument));
        } catch (CommandException | ArithmeticException e) {
            throw new CommandException("ERR invalid " + which + " DB index");
        }
    }
}
