package dev.respql.command.set;

import static dev.respql.command.Flag.DENYOOM;
import static dev.respql.command.Flag.MOVABLEKEYS;
import static dev.respql.command.Flag.READONLY;
import static dev.respql.command.Flag.WRITE;
import static dev.respql.command.KeySpec.KeyFlag.ACCESS;
import static dev.respql.command.KeySpec.KeyFlag.OW;
import static dev.respql.command.KeySpec.KeyFlag.RO;
import static dev.respql.command.KeySpec.KeyFlag.RW;
import static dev.respql.command.KeySpec.KeyFlag.UPDATE;

import dev.respql.command.Command;
import dev.respql.command.CommandException;
import dev.respql.command.Hint;
import dev.respql.command.KeySpec;
import dev.respql.command.Options;
import dev.respql.config.KeyspaceEvents;
import dev.respql.engine.Call;
import dev.respql.protocol.Reply;
import dev.respql.store.KeyName;
import dev.respql.store.Sets;
import dev.respql.value.NotANumber;
import dev.respql.value.Numbers;
import java.util.List;

/** The commands that combine sets. */
public final class SetAlgebraCommands {
    private static final String OF_ALL = "O(N) where N is the total number of members of all sets.";
    private static final String OF_SMALLEST =
            "O(N * M) where N is the number of members of the smallest set and M the number of sets.";

    private static final Hint SETS = (call, prefetch) -> call.keys().forEach(prefetch::members);
    private static final Hint SOURCES = (call, prefetch) -> {
        prefetch.header(call.key(1));
        sources(call).forEach(prefetch::members);
    };

    private SetAlgebraCommands() {
    }

    public static List<Command> all() {
        return List.of(
                answering("sinter", "Returns the members that several sets share.", OF_SMALLEST)
                        .runs(call -> WholeSetCommands.set(
                                call.tx().sets().intersection(call.keys(), Long.MAX_VALUE))),
                answering("sunion", "Returns the members that any of several sets has.", OF_ALL)
                        .runs(call -> WholeSetCommands.set(call.tx().sets().union(call.keys()))),
                answering("sdiff", "Returns the members of a set that no other one has.", OF_ALL)
                        .runs(call -> WholeSetCommands.set(call.tx().sets().difference(call.keys()))),
                SetCommands.command("sintercard", -3, READONLY, MOVABLEKEYS).keys(KeySpec.counted(1, RO, ACCESS))
                        .summary("Returns how many members several sets share.")
                        .since("7.0.0").complexity(OF_SMALLEST)
                        .syntax("numkeys key [key ...] [LIMIT limit]")
                        .hint(SETS)
                        .runs(SetAlgebraCommands::countCommon),
                storing("sinterstore", RW, "Makes a key the set of the members that several sets share.", OF_SMALLEST)
                        .runs(call -> store(call, Sets::storeIntersection)),
                storing("sunionstore", OW, "Makes a key the set of the members that any of several sets has.", OF_ALL)
                        .runs(call -> store(call, Sets::storeUnion)),
                storing("sdiffstore", OW, "Makes a key the set of the members of a set that no other one has.", OF_ALL)
                        .runs(call -> store(call, Sets::storeDifference)));
    }

    private static Command.Builder answering(String name, String summary, String complexity) {
        return SetCommands.command(name, -2, READONLY).keys(KeySpec.range(1, -1, 1, RO, ACCESS))
                .summary(summary).since("1.0.0").complexity(complexity).syntax("key [key ...]")
                .tips("nondeterministic_output_order")
                .hint(SETS);
    }

    private static Command.Builder storing(String name, KeySpec.KeyFlag access, String summary, String complexity) {
        return SetCommands.command(name, -3, WRITE, DENYOOM)
                .keys(KeySpec.at(1, access, UPDATE), KeySpec.range(2, -1, 1, RO, ACCESS))
                .summary(summary).since("1.0.0").complexity(complexity).syntax("destination key [key ...]")
                .hint(SOURCES);
    }

    /** Makes a key the set that comes out of others; returns its size. */
    private interface Operation {
        long store(Sets sets, KeyName destination, List<KeyName> sources);
    }

    private static Reply store(Call call, Operation operation) {
        KeyName destination = call.key(1);
        boolean existed = call.tx().keys().exists(destination);
        sources(call).forEach(call::missed);
        long size = operation.store(call.tx().sets(), destination, sources(call));
        call.eventOfStored(KeyspaceEvents.SET, call.command().name(), destination, existed, size > 0);
        return Reply.integer(size);
    }

    private static List<KeyName> sources(Call call) {
        return call.keys().subList(1, call.keys().size());
    }

    private static Reply countCommon(Call call) {
        long keys = atLeast(1, call, 1, "ERR numkeys should be greater than 0");
        if (keys > call.count() - 2) {
            throw new CommandException("ERR Number of keys can't be greater than number of args");
        }
        long limit = 0;
        Options options = new Options(call, (int) keys + 2);
        while (options.more()) {
            if (!options.take("LIMIT", 1)) {
                throw CommandException.syntax();
            }
            limit = atLeast(0, call, options.next(), "ERR LIMIT can't be negative");
        }
        return Reply.integer(call.tx().sets().intersection(call.keys(), limit == 0 ? Long.MAX_VALUE : limit).size());
    }

    /** A number with the same error for what is too small and what is none, as Redis has it here. */
    private static long atLeast(long least, Call call, int argument, String error) {
        try {
            long number = Numbers.toLong(call.bytes(argument));
            if (number >= least) {
                return number;
            }
        } catch (NotANumber e) {
            // The same error.
        }
        throw new CommandException(error);
    }
}
