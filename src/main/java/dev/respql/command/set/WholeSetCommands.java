package dev.respql.command.set;

import static dev.respql.command.Flag.FAST;
import static dev.respql.command.Flag.READONLY;
import static dev.respql.command.Flag.WRITE;
import static dev.respql.command.KeySpec.KeyFlag.ACCESS;
import static dev.respql.command.KeySpec.KeyFlag.DELETE;
import static dev.respql.command.KeySpec.KeyFlag.RO;
import static dev.respql.command.KeySpec.KeyFlag.RW;

import dev.respql.command.Command;
import dev.respql.command.CommandException;
import dev.respql.command.Hint;
import dev.respql.command.KeySpec;
import dev.respql.command.RandomCount;
import dev.respql.command.ScanOptions;
import dev.respql.config.KeyspaceEvents;
import dev.respql.engine.Call;
import dev.respql.protocol.Reply;
import dev.respql.store.KeyName;
import dev.respql.store.Member;
import dev.respql.store.MemberScan;
import dev.respql.store.Sets;
import dev.respql.value.NotANumber;
import dev.respql.value.Numbers;
import java.util.List;

/** The commands that read or take members of a set without being told which. */
public final class WholeSetCommands {
    private static final Hint ANY_MEMBER = (call, prefetch) -> prefetch.anyMember(call.key(1));

    private WholeSetCommands() {
    }

    public static List<Command> all() {
        return List.of(
                SetCommands.command("smembers", 2, READONLY).keys(KeySpec.at(1, RO, ACCESS))
                        .summary("Returns all members of a set.")
                        .since("1.0.0").complexity("O(N) where N is the number of members.").syntax("key")
                        .tips("nondeterministic_output_order")
                        .hint((call, prefetch) -> prefetch.members(call.key(1)))
                        .runs(call -> set(call.tx().sets().all(call.key(1)))),
                SetCommands.command("spop", -2, WRITE, FAST).keys(KeySpec.at(1, RW, ACCESS, DELETE))
                        .summary("Removes and returns members of a set by random choice.")
                        .since("1.0.0").complexity("O(N) where N is the number of members returned.")
                        .syntax("key [count]").tips("nondeterministic_output")
                        .hint(ANY_MEMBER)
                        .runs(WholeSetCommands::pop),
                SetCommands.command("srandmember", -2, READONLY).keys(KeySpec.at(1, RO, ACCESS))
                        .summary("Returns members of a set by random choice.")
                        .since("1.0.0").complexity("O(N) where N is the number of members returned.")
                        .syntax("key [count]").tips("nondeterministic_output")
                        .hint(ANY_MEMBER)
                        .runs(WholeSetCommands::random),
                SetCommands.command("sscan", -3, READONLY).keys(KeySpec.at(1, RO, ACCESS))
                        .summary("Goes through the members of a set step by step.")
                        .since("2.8.0").complexity("O(N) where N is COUNT.")
                        .syntax("key cursor [MATCH pattern] [COUNT count]").tips("nondeterministic_output")
                        .hint((call, prefetch) -> prefetch.members(call.key(1)))
                        .runs(WholeSetCommands::scan));
    }

    private static Reply pop(Call call) {
        KeyName key = call.key(1);
        if (call.count() == 2) {
            List<byte[]> popped = pop(call, key, 1);
            return popped.isEmpty() ? Reply.NULL : Reply.bulk(popped.get(0));
        }
        if (call.count() > 3) {
            throw CommandException.syntax();
        }
        return set(pop(call, key, notNegative(call, 2)));
    }

    private static List<byte[]> pop(Call call, KeyName key, long count) {
        List<byte[]> popped = call.tx().sets().pop(key, count);
        if (!popped.isEmpty()) {
            call.event(KeyspaceEvents.SET, "spop", key);
            call.eventIfGone(key);
        }
        return popped;
    }

    private static Reply random(Call call) {
        Sets sets = call.tx().sets();
        KeyName key = call.key(1);
        if (call.count() == 2) {
            List<byte[]> chosen = sets.choose(key, 1);
            return chosen.isEmpty() ? Reply.NULL : Reply.bulk(chosen.get(0));
        }
        if (call.count() > 3) {
            throw CommandException.syntax();
        }
        RandomCount count = RandomCount.of(call, 2);
        return Reply.bulks(count.mayRepeat() ? sets.draw(key, count.draws()) : sets.choose(key, count.number()));
    }

    private static Reply scan(Call call) {
        long cursor = ScanOptions.cursor(call, 2);
        KeyName key = call.key(1);
        if (call.tx().sets().size(key) == 0) {
            return ScanOptions.reply(0, Reply.EMPTY_ARRAY);
        }
        ScanOptions options = ScanOptions.of(call, 3);
        MemberScan<?> step = call.tx().sets().scan(key, cursor, options.count());
        return ScanOptions.reply(step.cursor(), Reply.bulks(step.members().stream()
                .map(Member::name).filter(options::matches).toList()));
    }

    static Reply set(List<byte[]> members) {
        return new Reply.SetOf(Reply.bulks(members).items());
    }

    private static long notNegative(Call call, int argument) {
        try {
            long number = Numbers.toLong(call.bytes(argument));
            if (number >= 0) {
                return number;
            }
        } catch (NotANumber e) {
            // The same error.
        }
        throw CommandException.outOfRange();
    }
}
