package dev.respql.command.zset;

import static dev.respql.command.Flag.DENYOOM;
import static dev.respql.command.Flag.MOVABLEKEYS;
import static dev.respql.command.Flag.READONLY;
import static dev.respql.command.Flag.WRITE;
import static dev.respql.command.KeySpec.KeyFlag.ACCESS;
import static dev.respql.command.KeySpec.KeyFlag.OW;
import static dev.respql.command.KeySpec.KeyFlag.RO;
import static dev.respql.command.KeySpec.KeyFlag.UPDATE;
import static dev.respql.store.Combination.Operation.DIFFERENCE;
import static dev.respql.store.Combination.Operation.INTERSECTION;
import static dev.respql.store.Combination.Operation.UNION;

import dev.respql.command.Command;
import dev.respql.command.CommandException;
import dev.respql.command.KeySpec;
import dev.respql.command.Options;
import dev.respql.config.KeyspaceEvents;
import dev.respql.engine.Call;
import dev.respql.protocol.Reply;
import dev.respql.store.Combination;
import dev.respql.store.KeyName;
import dev.respql.store.Scored;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Commands that take several sorted sets (or sets) together. */
public final class ZsetCombinationCommands {
    private static final String UNION_COST = "O(N + M * log M) where N is the sum of the sizes of the inputs and M the"
            + " size of what comes out.";
    private static final String INTERSECTION_COST = "O(N * K) where N is the size of the smallest input and K the number"
            + " of inputs.";
    private static final String DIFFERENCE_COST = "O(N * K) where N is the size of the first input and K the number of"
            + " inputs.";

    private ZsetCombinationCommands() {
    }

    public static List<Command> all() {
        return List.of(
                reading("zunion", "Returns the members of any of several sorted sets.", "6.2.0", UNION_COST,
                        "numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE <SUM | MIN | MAX>] [WITHSCORES]")
                        .runs(call -> read(call, UNION)),
                reading("zinter", "Returns the members that several sorted sets have in common.", "6.2.0",
                        INTERSECTION_COST,
                        "numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE <SUM | MIN | MAX>] [WITHSCORES]")
                        .runs(call -> read(call, INTERSECTION)),
                reading("zdiff", "Returns the members of one sorted set that others do not have.", "6.2.0",
                        DIFFERENCE_COST, "numkeys key [key ...] [WITHSCORES]")
                        .runs(call -> read(call, DIFFERENCE)),
                reading("zintercard", "Counts the members that several sorted sets have in common.", "7.0.0",
                        INTERSECTION_COST, "numkeys key [key ...] [LIMIT limit]")
                        .runs(ZsetCombinationCommands::count),
                storing("zunionstore", "Stores the members of any of several sorted sets.", "2.0.0", UNION_COST,
                        "destination numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE <SUM | MIN | MAX>]")
                        .runs(call -> store(call, UNION)),
                storing("zinterstore", "Stores the members that several sorted sets have in common.", "2.0.0",
                        INTERSECTION_COST,
                        "destination numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE <SUM | MIN | MAX>]")
                        .runs(call -> store(call, INTERSECTION)),
                storing("zdiffstore", "Stores the members of one sorted set that others do not have.", "6.2.0",
                        DIFFERENCE_COST, "destination numkeys key [key ...]")
                        .runs(call -> store(call, DIFFERENCE)));
    }

    private static Command.Builder reading(String name, String summary, String since, String cost, String syntax) {
        return ZsetCommands.command(name, -3, READONLY, MOVABLEKEYS).keys(KeySpec.counted(1, RO, ACCESS))
                .summary(summary).since(since).complexity(cost).syntax(syntax);
    }

    private static Command.Builder storing(String name, String summary, String since, String cost, String syntax) {
        return ZsetCommands.command(name, -4, WRITE, DENYOOM, MOVABLEKEYS)
                .keys(KeySpec.at(1, OW, UPDATE), KeySpec.counted(2, RO, ACCESS))
                .summary(summary).since(since).complexity(cost).syntax(syntax);
    }

    private static Reply read(Call call, Combination.Operation operation) {
        List<KeyName> keys = inputs(call, 1);
        Weighing weighing = new Weighing(keys.size());
        boolean withScores = false;
        Options options = new Options(call, 2 + keys.size());
        while (options.more()) {
            if (options.take("WITHSCORES")) {
                withScores = true;
            } else if (operation == DIFFERENCE || !weighing.take(call, options)) {
                throw CommandException.syntax();
            }
        }
        List<Scored> members = call.tx().zsets().combine(weighing.combination(operation, keys));
        return withScores ? Scores.namesAndScores(call, members) : Scores.names(members);
    }

    private static Reply store(Call call, Combination.Operation operation) {
        List<KeyName> keys = inputs(call, 2);
        Weighing weighing = new Weighing(keys.size());
        Options options = new Options(call, 3 + keys.size());
        while (options.more()) {
            if (operation == DIFFERENCE || !weighing.take(call, options)) {
                throw CommandException.syntax();
            }
        }
        KeyName destination = call.key(1);
        boolean existed = call.tx().keys().exists(destination);
        keys.forEach(call::missed);
        long size = call.tx().zsets().store(destination, weighing.combination(operation, keys));
        call.eventOfStored(KeyspaceEvents.ZSET, call.command().name(), destination, existed, size > 0);
        return Reply.integer(size);
    }

    private static Reply count(Call call) {
        List<KeyName> keys = inputs(call, 1);
        long limit = 0;
        Options options = new Options(call, 2 + keys.size());
        while (options.more()) {
            if (!options.take("LIMIT", 1)) {
                throw CommandException.syntax();
            }
            limit = Counts.atLeast(call.bytes(options.next()), 0, "ERR LIMIT can't be negative");
        }
        return Reply.integer(call.tx().zsets().count(new Weighing(keys.size()).combination(INTERSECTION, keys),
                limit == 0 ? Long.MAX_VALUE : limit));
    }

    /** The keys after their number; they are looked at before any option is. */
    private static List<KeyName> inputs(Call call, int countAt) {
        long count = call.number(countAt);
        if (count < 1) {
            throw new CommandException("ERR at least 1 input key is needed for '" + call.command().fullName()
                    + "' command");
        }
        if (count > call.count() - countAt - 1) {
            throw CommandException.syntax();
        }
        List<KeyName> keys = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            keys.add(call.key(countAt + i));
        }
        call.tx().zsets().checkInputs(keys);
        return keys;
    }

    /** The options WEIGHTS and AGGREGATE. */
    private static final class Weighing {
        private final List<Double> weights;
        private Combination.Aggregate aggregate = Combination.Aggregate.SUM;

        private Weighing(int inputs) {
            weights = new ArrayList<>(Collections.nCopies(inputs, 1.0));
        }

        /** Whether one of these options comes next; if so, goes past it. */
        private boolean take(Call call, Options options) {
            if (options.take("WEIGHTS", weights.size())) {
                for (int i = 0; i < weights.size(); i++) {
                    weights.set(i, Scores.argument(call, options.next(), "ERR weight value is not a float"));
                }
                return true;
            }
            if (options.take("AGGREGATE", 1)) {
                for (Combination.Aggregate one : Combination.Aggregate.values()) {
                    if (options.take(one.name())) {
                        aggregate = one;
                        return true;
                    }
                }
            }
            return false;
        }

        private Combination combination(Combination.Operation operation, List<KeyName> keys) {
            return new Combination(operation, keys, weights, aggregate);
        }
    }
}
