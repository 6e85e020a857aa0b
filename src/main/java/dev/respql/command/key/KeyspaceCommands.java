package dev.respql.command.key;

import static dev.respql.command.Flag.READONLY;

import dev.respql.command.Command;
import dev.respql.command.Group;
import dev.respql.command.ScanOptions;
import dev.respql.engine.Call;
import dev.respql.protocol.Reply;
import dev.respql.store.KeyName;
import dev.respql.store.Keys;
import dev.respql.value.Glob;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Finding keys without knowing their names: KEYS, SCAN, RANDOMKEY. */
public final class KeyspaceCommands {
    /** COUNT is a wish: one call goes over no more keys than this. */
    private static final long MAX_COUNT = 100_000;

    private KeyspaceCommands() {
    }

    public static List<Command> all() {
        return List.of(
                Command.named("keys").group(Group.GENERIC).arity(2).flags(READONLY).acl("dangerous")
                        .tips("request_policy:all_shards", "nondeterministic_output_order")
                        .summary("Lists all keys whose names match a pattern.")
                        .since("1.0.0")
                        .complexity("O(N) where N is the number of keys that begin as the pattern does.")
                        .syntax("pattern")
                        .runs(KeyspaceCommands::keys),
                Command.named("scan").group(Group.GENERIC).arity(-2).flags(READONLY)
                        .tips("nondeterministic_output", "request_policy:special", "response_policy:special")
                        .summary("Goes over the keys of the database step by step.")
                        .since("2.8.0").complexity("O(COUNT) a call.")
                        .syntax("cursor [MATCH pattern] [COUNT count] [TYPE type]")
                        .runs(KeyspaceCommands::scan),
                Command.named("randomkey").group(Group.GENERIC).arity(1).flags(READONLY)
                        .tips("request_policy:all_shards", "response_policy:special", "nondeterministic_output")
                        .summary("Names any key of the database.")
                        .since("1.0.0").complexity("O(log(N)) where N is the number of keys.")
                        .runs(call -> Reply.bulk(
                                call.tx().keys().random(call.db(), ThreadLocalRandom.current()))));
    }

    private static Reply keys(Call call) {
        byte[] pattern = call.bytes(1);
        byte[] prefix = Glob.literalPrefix(pattern);
        if (Glob.isLiteral(pattern)) {
            return call.tx().keys().exists(new KeyName(call.db(), prefix))
                    ? Reply.bulks(List.of(prefix)) : Reply.EMPTY_ARRAY;
        }
        List<byte[]> names = new ArrayList<>();
        boolean all = ScanOptions.matchesAll(pattern);
        call.tx().keys().names(call.db(), prefix, name -> {
            if (all || Glob.matches(pattern, name, false)) {
                names.add(name);
            }
        });
        return Reply.bulks(names);
    }

    private static Reply scan(Call call) {
        long cursor = ScanOptions.cursor(call, 1);
        ScanOptions options = ScanOptions.withType(call, 2);
        Keys.ScanStep step = call.tx().keys().scan(call.db(), cursor, Math.min(options.count(), MAX_COUNT));
        List<byte[]> names = new ArrayList<>(step.keys().size());
        for (Keys.Scanned key : step.keys()) {
            if (options.matches(key.name()) && options.matches(key.type())) {
                names.add(key.name());
            }
        }
        return ScanOptions.reply(step.cursor(), Reply.bulks(names));
    }
}
