package dev.respql.command.key;

import static dev.respql.command.Flag.FAST;
import static dev.respql.command.Flag.READONLY;
import static dev.respql.command.Flag.WRITE;
import static dev.respql.command.KeySpec.KeyFlag.DELETE;
import static dev.respql.command.KeySpec.KeyFlag.RM;
import static dev.respql.command.KeySpec.KeyFlag.RO;

import dev.respql.command.Command;
import dev.respql.command.Group;
import dev.respql.command.Hint;
import dev.respql.command.KeySpec;
import dev.respql.engine.Call;
import dev.respql.protocol.Reply;
import dev.respql.store.KeyName;
import java.util.List;

/** Commands on keys of any type. */
public final class KeyCommands {
    private KeyCommands() {
    }

    public static List<Command> all() {
        return List.of(
                Command.named("del").group(Group.GENERIC).arity(-2).flags(WRITE)
                        .keys(KeySpec.range(1, -1, 1, RM, DELETE))
                        .summary("Deletes one or more keys.")
                        .since("1.0.0").complexity("O(N) where N is the number of keys; each takes O(1).")
                        .syntax("key [key ...]")
                        .runs(KeyCommands::del),
                Command.named("exists").group(Group.GENERIC).arity(-2).flags(READONLY, FAST)
                        .keys(KeySpec.range(1, -1, 1, RO))
                        .summary("Counts how many of the given keys exist.")
                        .since("1.0.0").complexity("O(N) where N is the number of keys.")
                        .syntax("key [key ...]")
                        .hint(Hint.HEADERS)
                        .runs(KeyCommands::exists));
    }

    private static Reply del(Call call) {
        long deleted = 0;
        for (KeyName key : call.keys()) {
            deleted += call.tx().keys().delete(key) ? 1 : 0;
        }
        return Reply.integer(deleted);
    }

    private static Reply exists(Call call) {
        long existing = 0;
        for (KeyName key : call.keys()) {
            existing += call.tx().keys().exists(key) ? 1 : 0;
        }
        return Reply.integer(existing);
    }
}
