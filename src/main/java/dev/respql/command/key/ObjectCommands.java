package dev.respql.command.key;

import static dev.respql.command.Flag.READONLY;
import static dev.respql.command.KeySpec.KeyFlag.RO;

import dev.respql.command.Command;
import dev.respql.command.CommandException;
import dev.respql.command.Group;
import dev.respql.command.Help;
import dev.respql.command.Hint;
import dev.respql.command.KeySpec;
import dev.respql.engine.Call;
import dev.respql.protocol.Reply;
import java.util.List;
import java.util.function.Function;

/**
 * OBJECT: how Redis would keep a value. Nothing here counts uses of keys, so that IDLETIME and FREQ, where the
 * configured policy lets them answer, always answer 0.
 */
public final class ObjectCommands {
    private static final String WHEN_SWITCHING = " Please note that when switching between policies at runtime LRU and"
            + " LFU data will take some time to adjust.";

    private ObjectCommands() {
    }

    public static List<Command> all() {
        return List.of(Command.named("object").group(Group.GENERIC).arity(-2)
                .summary("Contains the subcommands that tell how values are kept.")
                .since("2.2.3").complexity("Depends on the subcommand.")
                .subcommand(asking("encoding", "Tells in which of Redis's encodings a value would be kept.")
                        .hint(Hint.STRINGS), onExisting(ObjectCommands::encoding))
                .subcommand(asking("freq", "Tells how often a value is used, on a logarithmic scale.")
                        .since("4.0.0"), onExisting(ObjectCommands::frequency))
                .subcommand(asking("idletime", "Tells how many seconds ago a value was used last."),
                        onExisting(ObjectCommands::idleTime))
                .subcommand(asking("refcount", "Tells how many times a value is referred to."),
                        onExisting(call -> Reply.ONE))
                .subcommand(Help.since("6.2.0", Group.GENERIC), Help::reply)
                .container());
    }

    private static Command.Builder asking(String name, String summary) {
        return Command.named(name).group(Group.GENERIC).arity(3).flags(READONLY)
                .keys(KeySpec.at(2, RO))
                .tips("nondeterministic_output")
                .summary(summary)
                .since("2.2.3").complexity("O(1)").syntax("key")
                .hint(Hint.HEADERS);
    }

    private static Command.Body onExisting(Function<Call, Reply> answer) {
        return call -> call.tx().keys().exists(call.key(2)) ? answer.apply(call) : Reply.NULL;
    }

    private static Reply encoding(Call call) {
        return Reply.bulk(call.tx().keys().encoding(call.key(2)));
    }

    private static Reply frequency(Call call) {
        if (!countsFrequency(call)) {
            throw new CommandException("ERR An LFU maxmemory policy is not selected, access frequency not tracked."
                    + WHEN_SWITCHING);
        }
        return Reply.ZERO;
    }

    private static Reply idleTime(Call call) {
        if (countsFrequency(call)) {
            throw new CommandException("ERR An LFU maxmemory policy is selected, idle time not tracked."
                    + WHEN_SWITCHING);
        }
        return Reply.ZERO;
    }

    private static boolean countsFrequency(Call call) {
        return call.node().config().get("maxmemory-policy").endsWith("-lfu");
    }
}
