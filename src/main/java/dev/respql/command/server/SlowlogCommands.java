package dev.respql.command.server;

import static dev.respql.command.Flag.ADMIN;
import static dev.respql.command.Flag.LOADING;
import static dev.respql.command.Flag.STALE;

import dev.respql.command.Command;
import dev.respql.command.CommandException;
import dev.respql.command.Group;
import dev.respql.command.Help;
import dev.respql.command.Hint;
import dev.respql.engine.Call;
import dev.respql.engine.SlowLog;
import dev.respql.protocol.Reply;
import dev.respql.value.Bytes;
import dev.respql.value.NotANumber;
import dev.respql.value.Numbers;
import java.util.List;

/** SLOWLOG: the calls that took longer than {@code slowlog-log-slower-than}. */
public final class SlowlogCommands {
    private static final long DEFAULT_COUNT = 10;

    private SlowlogCommands() {
    }

    public static List<Command> all() {
        return List.of(Command.named("slowlog").group(Group.SERVER).arity(-2)
                .summary("Shows and clears the log of slow commands.")
                .since("2.2.12").complexity("Depends on the subcommand.")
                .subcommand(define("get").arity(-2).tips("request_policy:all_nodes", "nondeterministic_output")
                        .summary("Returns the newest entries: id, time, microseconds, arguments, address and name of"
                                + " the client. Ten if not told how many, all for -1.")
                        .since("2.2.12").complexity("O(N) where N is the number of entries.")
                        .syntax("[count]"),
                        SlowlogCommands::get)
                .subcommand(define("len").arity(2)
                        .tips("request_policy:all_nodes", "response_policy:agg_sum", "nondeterministic_output")
                        .summary("Returns how many entries there are.")
                        .since("2.2.12").complexity("O(1)"), call ->
                        Reply.integer(call.node().slowLog().size()))
                .subcommand(define("reset").arity(2)
                        .tips("request_policy:all_nodes", "response_policy:all_succeeded")
                        .summary("Removes all entries.")
                        .since("2.2.12").complexity("O(N) where N is the number of entries."), call -> {
                            call.node().slowLog().clear();
                            return Reply.OK;
                        })
                .subcommand(Help.since("6.2.0", Group.SERVER), Help::reply)
                .container());
    }

    private static Command.Builder define(String name) {
        return Command.named(name).group(Group.SERVER).flags(ADMIN, LOADING, STALE).hint(Hint.NOTHING);
    }

    private static Reply get(Call call) {
        if (call.count() > 3) {
            throw new CommandException("ERR unknown subcommand or wrong number of arguments for '" + call.text(1)
                    + "'. Try SLOWLOG HELP.");
        }
        long count = call.count() == 3 ? count(call.bytes(2)) : DEFAULT_COUNT;
        List<SlowLog.Entry> entries = call.node().slowLog().newest(count == -1 ? Long.MAX_VALUE : count);
        return new Reply.Array(entries.stream().map(SlowlogCommands::entry).toList());
    }

    private static long count(byte[] text) {
        try {
            long count = Numbers.toLong(text);
            if (count >= -1) {
                return count;
            }
        } catch (NotANumber e) {
            // The same error as for a number below -1.
        }
        throw new CommandException("ERR count should be greater than or equal to -1");
    }

    private static Reply entry(SlowLog.Entry entry) {
        return Reply.array(Reply.integer(entry.id()), Reply.integer(entry.time()), Reply.integer(entry.micros()),
                Reply.bulks(entry.arguments()), Reply.bulk(entry.client()), Reply.bulk(Bytes.of(entry.clientName())));
    }
}
