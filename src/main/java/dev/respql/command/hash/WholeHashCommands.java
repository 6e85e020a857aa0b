package dev.respql.command.hash;

import static dev.respql.command.Flag.READONLY;
import static dev.respql.command.KeySpec.KeyFlag.ACCESS;
import static dev.respql.command.KeySpec.KeyFlag.RO;

import dev.respql.command.Command;
import dev.respql.command.CommandException;
import dev.respql.command.KeySpec;
import dev.respql.command.RandomCount;
import dev.respql.command.ScanOptions;
import dev.respql.engine.Call;
import dev.respql.protocol.Reply;
import dev.respql.store.Hashes;
import dev.respql.store.KeyName;
import dev.respql.store.Member;
import dev.respql.store.MemberScan;
import java.util.ArrayList;
import java.util.List;

/** The commands that read fields of a hash without being told which. */
public final class WholeHashCommands {
    private WholeHashCommands() {
    }

    public static List<Command> all() {
        return List.of(
                listing("hgetall", "Returns all fields of a hash with their values.")
                        .runs(call -> new Reply.MapOf(pairs(fields(call)))),
                listing("hkeys", "Returns all fields of a hash.")
                        .runs(call -> Reply.bulks(fields(call).stream().map(Member::name).toList())),
                listing("hvals", "Returns the values of all fields of a hash.")
                        .runs(call -> Reply.bulks(fields(call).stream().map(Member::value).toList())),
                HashCommands.command("hrandfield", -2, READONLY).keys(KeySpec.at(1, RO, ACCESS))
                        .summary("Returns fields of a hash by random choice.")
                        .since("6.2.0").complexity("O(N) where N is the number of fields returned.")
                        .syntax("key [count [WITHVALUES]]").tips("nondeterministic_output")
                        .hint((call, prefetch) -> prefetch.anyField(call.key(1)))
                        .runs(WholeHashCommands::random),
                HashCommands.command("hscan", -3, READONLY).keys(KeySpec.at(1, RO, ACCESS))
                        .summary("Goes through the fields of a hash step by step.")
                        .since("2.8.0").complexity("O(N) where N is COUNT.")
                        .syntax("key cursor [MATCH pattern] [COUNT count]").tips("nondeterministic_output")
                        .hint((call, prefetch) -> prefetch.fields(call.key(1)))
                        .runs(WholeHashCommands::scan));
    }

    private static Command.Builder listing(String name, String summary) {
        return HashCommands.command(name, 2, READONLY).keys(KeySpec.at(1, RO, ACCESS))
                .summary(summary)
                .since("2.0.0").complexity("O(N) where N is the number of fields.").syntax("key")
                .tips("nondeterministic_output_order")
                .hint((call, prefetch) -> prefetch.fields(call.key(1)));
    }

    private static List<Member<byte[]>> fields(Call call) {
        return call.tx().hashes().all(call.key(1));
    }

    private static Reply random(Call call) {
        Hashes hashes = call.tx().hashes();
        KeyName key = call.key(1);
        if (call.count() == 2) {
            List<Member<byte[]>> field = hashes.choose(key, 1);
            return field.isEmpty() ? Reply.NULL : Reply.bulk(field.get(0).name());
        }
        RandomCount count = RandomCount.of(call, 2);
        boolean withValues = call.count() == 4 && call.is(3, "WITHVALUES");
        if (call.count() > 3 && !withValues) {
            throw CommandException.syntax();
        }
        if (withValues) {
            count.checkPairs();
        }
        List<Member<byte[]>> fields = count.mayRepeat()
                ? hashes.draw(key, count.draws()) : hashes.choose(key, count.number());
        if (!withValues) {
            return Reply.bulks(fields.stream().map(Member::name).toList());
        }
        return new Reply.Versioned(new Reply.Array(pairs(fields)), new Reply.Array(fields.stream()
                .map(field -> Reply.array(Reply.bulk(field.name()), Reply.bulk(field.value()))).toList()));
    }

    private static Reply scan(Call call) {
        long cursor = ScanOptions.cursor(call, 2);
        KeyName key = call.key(1);
        if (call.tx().hashes().size(key) == 0) {
            return ScanOptions.reply(0, Reply.EMPTY_ARRAY);
        }
        ScanOptions options = ScanOptions.of(call, 3);
        MemberScan<byte[]> step = call.tx().hashes().scan(key, cursor, options.count());
        return ScanOptions.reply(step.cursor(), new Reply.Array(pairs(step.members().stream()
                .filter(field -> options.matches(field.name())).toList())));
    }

    private static List<Reply> pairs(List<Member<byte[]>> fields) {
        List<Reply> pairs = new ArrayList<>(2 * fields.size());
        for (Member<byte[]> field : fields) {
            pairs.add(Reply.bulk(field.name()));
            pairs.add(Reply.bulk(field.value()));
        }
        return pairs;
    }
}
