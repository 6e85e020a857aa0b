package dev.respql.command.zset;

import static dev.respql.command.Flag.DENYOOM;
import static dev.respql.command.Flag.FAST;
import static dev.respql.command.Flag.READONLY;
import static dev.respql.command.Flag.WRITE;
import static dev.respql.command.KeySpec.KeyFlag.ACCESS;
import static dev.respql.command.KeySpec.KeyFlag.DELETE;
import static dev.respql.command.KeySpec.KeyFlag.RO;
import static dev.respql.command.KeySpec.KeyFlag.RW;
import static dev.respql.command.KeySpec.KeyFlag.UPDATE;

import dev.respql.command.Command;
import dev.respql.command.CommandException;
import dev.respql.command.Flag;
import dev.respql.command.Group;
import dev.respql.command.Hint;
import dev.respql.command.KeySpec;
import dev.respql.config.KeyspaceEvents;
import dev.respql.engine.Call;
import dev.respql.protocol.Reply;
import dev.respql.store.KeyName;
import dev.respql.store.Prefetch;
import dev.respql.store.Zsets;
import java.util.ArrayList;
import java.util.List;

/** Commands on sorted sets that name the members which they read or change. */
public final class ZsetCommands {
    /** More members of one call are not read ahead with all others, but by a statement of their own. */
    private static final int MOST_HINTED = 256;

    private ZsetCommands() {
    }

    public static List<Command> all() {
        return List.of(
                command("zadd", -4, WRITE, DENYOOM, FAST).keys(KeySpec.at(1, RW, UPDATE))
                        .summary("Gives members of a sorted set their scores, adding those that are missing.")
                        .since("1.2.0")
                        .complexity("O(log N) for each member, where N is the size of the sorted set.")
                        .syntax("key [NX | XX] [GT | LT] [CH] [INCR] score member [score member ...]")
                        .hint((call, prefetch) -> hint(call, prefetch, Addition.of(call).firstScore() + 1, 2))
                        .runs(ZsetCommands::add),
                command("zincrby", 4, WRITE, DENYOOM, FAST).keys(KeySpec.at(1, RW, ACCESS, UPDATE))
                        .summary("Adds to the score of a member.")
                        .since("1.2.0").complexity("O(log N) where N is the size of the sorted set.")
                        .syntax("key increment member")
                        .hint((call, prefetch) -> prefetch.score(call.key(1), call.bytes(3)))
                        .runs(ZsetCommands::increment),
                command("zrem", -3, WRITE, FAST).keys(KeySpec.at(1, RW, DELETE))
                        .summary("Removes members, and the sorted set with its last one.")
                        .since("1.2.0")
                        .complexity("O(M * log N) where N is the size of the sorted set and M the members to remove.")
                        .syntax("key member [member ...]")
                        .hint((call, prefetch) -> hint(call, prefetch, 2, 1))
                        .runs(ZsetCommands::remove),
                command("zcard", 2, READONLY, FAST).keys(KeySpec.at(1, RO))
                        .summary("Returns the number of members of a sorted set.")
                        .since("1.2.0").complexity("O(1)").syntax("key")
                        .hint(Hint.HEADERS)
                        .runs(call -> Reply.integer(call.tx().zsets().size(call.key(1)))),
                command("zscore", 3, READONLY, FAST).keys(KeySpec.at(1, RO, ACCESS))
                        .summary("Returns the score of a member.")
                        .since("1.2.0").complexity("O(1)").syntax("key member")
                        .hint((call, prefetch) -> prefetch.score(call.key(1), call.bytes(2)))
                        .runs(call -> Scores.reply(call.tx().zsets().score(call.key(1), call.bytes(2)))),
                command("zmscore", -3, READONLY, FAST).keys(KeySpec.at(1, RO, ACCESS))
                        .summary("Returns the scores of several members.")
                        .since("6.2.0").complexity("O(N) where N is the number of members asked for.")
                        .syntax("key member [member ...]")
                        .hint((call, prefetch) -> members(call, 2, 1)
                                .forEach(member -> prefetch.score(call.key(1), member)))
                        .runs(ZsetCommands::scores));
    }

    static Command.Builder command(String name, int arity, Flag... flags) {
        return Command.named(name).group(Group.SORTED_SET).arity(arity).flags(flags);
    }

    private static void hint(Call call, Prefetch prefetch, int first, int step) {
        List<byte[]> members = members(call, first, step);
        if (members.size() > MOST_HINTED) {
            prefetch.header(call.key(1));
        } else {
            members.forEach(member -> prefetch.score(call.key(1), member));
        }
    }

    /** Every {@code step}-th argument from {@code first} on. */
    private static List<byte[]> members(Call call, int first, int step) {
        List<byte[]> members = new ArrayList<>();
        for (int i = first; i < call.count(); i += step) {
            members.add(call.bytes(i));
        }
        return members;
    }

    private static Reply add(Call call) {
        Addition addition = Addition.of(call);
        addition.check(call);
        List<byte[]> members = members(call, addition.firstScore() + 1, 2);
        double[] scores = new double[members.size()];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = Scores.argument(call, addition.firstScore() + 2 * i);
        }
        KeyName key = call.key(1);
        Zsets zsets = call.tx().zsets();
        zsets.load(key, members);
        long added = 0;
        long changed = 0;
        for (int i = 0; i < scores.length; i++) {
            Double before = zsets.score(key, members.get(i));
            Double score = addition.score(before, scores[i]);
            if (addition.increments()) {
                if (score != null && put(zsets, key, members.get(i), before, score)) {
                    call.event(KeyspaceEvents.ZSET, "zincr", key);
                }
                return Scores.reply(score);
            }
            if (score != null && put(zsets, key, members.get(i), before, score)) {
                added += before == null ? 1 : 0;
                changed++;
            }
        }
        if (changed > 0) {
            call.event(KeyspaceEvents.ZSET, "zadd", key);
        }
        return Reply.integer(addition.countsChanges() ? changed : added);
    }

    private static Reply increment(Call call) {
        // ZADD's options are options here, too, which leaves too few arguments.
        if (Addition.of(call).firstScore() > 2) {
            throw CommandException.syntax();
        }
        double increment = Scores.argument(call, 2);
        Zsets zsets = call.tx().zsets();
        Double before = zsets.score(call.key(1), call.bytes(3));
        Double score = Addition.INCREMENT.score(before, increment);
        if (put(zsets, call.key(1), call.bytes(3), before, score)) {
            call.event(KeyspaceEvents.ZSET, "zincr", call.key(1));
        }
        return Scores.reply(score);
    }

    /** Whether anything changed: zeros of different signs are the same score. */
    private static boolean put(Zsets zsets, KeyName key, byte[] member, Double before, double score) {
        if (before != null && before == score) {
            return false;
        }
        zsets.put(key, member, score);
        return true;
    }

    private static Reply remove(Call call) {
        KeyName key = call.key(1);
        List<byte[]> members = members(call, 2, 1);
        call.tx().zsets().load(key, members);
        long removed = 0;
        for (byte[] member : members) {
            removed += call.tx().zsets().remove(key, member) ? 1 : 0;
        }
        if (removed > 0) {
            call.event(KeyspaceEvents.ZSET, "zrem", key);
            call.eventIfGone(key);
        }
        return Reply.integer(removed);
    }

    private static Reply scores(Call call) {
        KeyName key = call.key(1);
        List<byte[]> members = members(call, 2, 1);
        call.tx().zsets().load(key, members);
        List<Reply> scores = new ArrayList<>();
        for (byte[] member : members) {
            scores.add(Scores.reply(call.tx().zsets().score(key, member)));
        }
        return new Reply.Array(scores);
    }
}
