package dev.respql.command.set;

import static dev.respql.command.Flag.DENYOOM;
import static dev.respql.command.Flag.FAST;
import static dev.respql.command.Flag.READONLY;
import static dev.respql.command.Flag.WRITE;
import static dev.respql.command.KeySpec.KeyFlag.ACCESS;
import static dev.respql.command.KeySpec.KeyFlag.DELETE;
import static dev.respql.command.KeySpec.KeyFlag.INSERT;
import static dev.respql.command.KeySpec.KeyFlag.RO;
import static dev.respql.command.KeySpec.KeyFlag.RW;

import dev.respql.command.Command;
import dev.respql.command.Flag;
import dev.respql.command.Group;
import dev.respql.command.Hint;
import dev.respql.command.KeySpec;
import dev.respql.config.KeyspaceEvents;
import dev.respql.engine.Call;
import dev.respql.protocol.Reply;
import dev.respql.store.KeyName;
import dev.respql.store.Sets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The commands that name the members of a set. */
public final class SetCommands {
    private static final Hint MEMBERS = (call, prefetch) -> {
        KeyName key = call.key(1);
        for (int i = 2; i < call.count(); i++) {
            prefetch.member(key, call.bytes(i));
        }
    };

    private SetCommands() {
    }

    public static List<Command> all() {
        return List.of(
                command("sadd", -3, WRITE, DENYOOM, FAST).keys(KeySpec.at(1, RW, INSERT))
                        .summary("Adds members to a set, and returns how many of them are new.")
                        .since("1.0.0").complexity("O(N) where N is the number of members named.")
                        .syntax("key member [member ...]")
                        .hint(MEMBERS)
                        .runs(SetCommands::add),
                command("srem", -3, WRITE, FAST).keys(KeySpec.at(1, RW, DELETE))
                        .summary("Removes members of a set, and the set with its last one.")
                        .since("1.0.0").complexity("O(N) where N is the number of members named.")
                        .syntax("key member [member ...]")
                        .hint(MEMBERS)
                        .runs(SetCommands::remove),
                command("scard", 2, READONLY, FAST).keys(KeySpec.at(1, RO))
                        .summary("Returns the number of members of a set.")
                        .since("1.0.0").complexity("O(1)").syntax("key")
                        .hint(Hint.HEADERS)
                        .runs(call -> Reply.integer(call.tx().sets().size(call.key(1)))),
                command("sismember", 3, READONLY, FAST).keys(KeySpec.at(1, RO))
                        .summary("Tells whether a set has a member.")
                        .since("1.0.0").complexity("O(1)").syntax("key member")
                        .hint(MEMBERS)
                        .runs(call -> Reply.oneOrZero(call.tx().sets().contains(call.key(1), call.bytes(2)))),
                command("smismember", -3, READONLY, FAST).keys(KeySpec.at(1, RO, ACCESS))
                        .summary("Tells of several members whether a set has them.")
                        .since("6.2.0").complexity("O(N) where N is the number of members named.")
                        .syntax("key member [member ...]")
                        .hint(MEMBERS)
                        .runs(SetCommands::containsEach),
                command("smove", 4, WRITE, FAST).keys(KeySpec.at(1, RW, ACCESS, DELETE), KeySpec.at(2, RW, INSERT))
                        .summary("Moves a member from one set to another.")
                        .since("1.0.0").complexity("O(1)").syntax("source destination member")
                        .hint((call, prefetch) -> {
                            prefetch.member(call.key(1), call.bytes(3));
                            prefetch.member(call.key(2), call.bytes(3));
                        })
                        .runs(SetCommands::move));
    }

    static Command.Builder command(String name, int arity, Flag... flags) {
        return Command.named(name).group(Group.SET).arity(arity).flags(flags);
    }

    private static Reply add(Call call) {
        Sets sets = call.tx().sets();
        KeyName key = call.key(1);
        sets.load(key, members(call));
        long added = 0;
        for (int i = 2; i < call.count(); i++) {
            added += sets.add(key, call.bytes(i)) ? 1 : 0;
        }
        if (added > 0) {
            call.event(KeyspaceEvents.SET, "sadd", key);
        }
        return Reply.integer(added);
    }

    private static Reply remove(Call call) {
        Sets sets = call.tx().sets();
        KeyName key = call.key(1);
        sets.load(key, members(call));
        long removed = 0;
        for (int i = 2; i < call.count(); i++) {
            removed += sets.remove(key, call.bytes(i)) ? 1 : 0;
        }
        if (removed > 0) {
            call.event(KeyspaceEvents.SET, "srem", key);
            call.eventIfGone(key);
        }
        return Reply.integer(removed);
    }

    private static Reply containsEach(Call call) {
        Sets sets = call.tx().sets();
        KeyName key = call.key(1);
        sets.load(key, members(call));
        List<Reply> answers = new ArrayList<>(call.count() - 2);
        for (int i = 2; i < call.count(); i++) {
            answers.add(Reply.oneOrZero(sets.contains(key, call.bytes(i))));
        }
        return new Reply.Array(answers);
    }

    private static Reply move(Call call) {
        Sets sets = call.tx().sets();
        KeyName source = call.key(1);
        KeyName destination = call.key(2);
        byte[] member = call.bytes(3);
        if (sets.size(source) == 0) {
            return Reply.ZERO;
        }
        // Refuses a destination of another type before anything has been changed.
        sets.size(destination);
        if (source.equals(destination)) {
            return Reply.oneOrZero(sets.contains(source, member));
        }
        if (!sets.remove(source, member)) {
            return Reply.ZERO;
        }
        call.event(KeyspaceEvents.SET, "srem", source);
        call.eventIfGone(source);
        if (sets.add(destination, member)) {
            call.event(KeyspaceEvents.SET, "sadd", destination);
        }
        return Reply.ONE;
    }

    private static List<byte[]> members(Call call) {
        return Arrays.asList(call.arguments()).subList(2, call.count());
    }
}
