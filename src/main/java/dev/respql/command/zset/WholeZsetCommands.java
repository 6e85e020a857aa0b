package dev.respql.command.zset;

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
import dev.respql.store.KeyName;
import dev.respql.store.Member;
import dev.respql.store.MemberScan;
import dev.respql.store.Scored;
import dev.respql.store.Zsets;
import dev.respql.value.Numbers;
import java.util.ArrayList;
import java.util.List;

/** The commands that read members of a sorted set without being told which. */
public final class WholeZsetCommands {
    private WholeZsetCommands() {
    }

    public static List<Command> all() {
        return List.of(
                ZsetCommands.command("zrandmember", -2, READONLY).keys(KeySpec.at(1, RO, ACCESS))
                        .summary("Returns members of a sorted set by random choice.")
                        .since("6.2.0").complexity("O(N) where N is the number of members returned.")
                        .syntax("key [count [WITHSCORES]]").tips("nondeterministic_output")
                        .hint((call, prefetch) -> prefetch.anyScore(call.key(1)))
                        .runs(WholeZsetCommands::random),
                ZsetCommands.command("zscan", -3, READONLY).keys(KeySpec.at(1, RO, ACCESS))
                        .summary("Goes through the members of a sorted set step by step.")
                        .since("2.8.0").complexity("O(N) where N is COUNT.")
                        .syntax("key cursor [MATCH pattern] [COUNT count]").tips("nondeterministic_output")
                        .hint((call, prefetch) -> prefetch.scores(call.key(1)))
                        .runs(WholeZsetCommands::scan));
    }

    private static Reply random(Call call) {
        Zsets zsets = call.tx().zsets();
        KeyName key = call.key(1);
        if (call.count() == 2) {
            List<Scored> chosen = zsets.choose(key, 1);
            return chosen.isEmpty() ? Reply.NULL : Reply.bulk(chosen.get(0).member());
        }
        RandomCount count = RandomCount.of(call, 2);
        boolean withScores = call.count() > 3;
        if (withScores) {
            if (call.count() > 4 || !call.is(3, "WITHSCORES")) {
                throw CommandException.syntax();
            }
            count.checkPairs();
        }
        List<Scored> chosen = count.mayRepeat() ? zsets.draw(key, count.draws()) : zsets.choose(key, count.number());
        return withScores ? Scores.namesAndScores(call, chosen) : Scores.names(chosen);
    }

    private static Reply scan(Call call) {
        long cursor = ScanOptions.cursor(call, 2);
        KeyName key = call.key(1);
        if (call.tx().zsets().size(key) == 0) {
            return ScanOptions.reply(0, Reply.EMPTY_ARRAY);
        }
        ScanOptions options = ScanOptions.of(call, 3);
        MemberScan<Double> step = call.tx().zsets().scan(key, cursor, options.count());
        List<Reply> found = new ArrayList<>();
        for (Member<Double> member : step.members()) {
            if (options.matches(member.name())) {
                found.add(Reply.bulk(member.name()));
                // Text in RESP3, too.
                found.add(Reply.bulk(Numbers.formatDouble(member.value())));
            }
        }
        return ScanOptions.reply(step.cursor(), new Reply.Array(found));
    }
}
