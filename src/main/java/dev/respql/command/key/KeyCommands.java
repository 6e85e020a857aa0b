package dev.respql.command.key;

import static dev.respql.command.Flag.DENYOOM;
import static dev.respql.command.Flag.FAST;
import static dev.respql.command.Flag.READONLY;
import static dev.respql.command.Flag.WRITE;
import static dev.respql.command.KeySpec.KeyFlag.ACCESS;
import static dev.respql.command.KeySpec.KeyFlag.DELETE;
import static dev.respql.command.KeySpec.KeyFlag.INSERT;
import static dev.respql.command.KeySpec.KeyFlag.OW;
import static dev.respql.command.KeySpec.KeyFlag.RM;
import static dev.respql.command.KeySpec.KeyFlag.RO;
import static dev.respql.command.KeySpec.KeyFlag.RW;
import static dev.respql.command.KeySpec.KeyFlag.UPDATE;

import dev.respql.command.Command;
import dev.respql.command.CommandException;
import dev.respql.command.Group;
import dev.respql.command.Hint;
import dev.respql.command.KeySpec;
import dev.respql.command.Options;
import dev.respql.config.KeyspaceEvents;
import dev.respql.engine.Call;
import dev.respql.protocol.Reply;
import dev.respql.store.KeyName;
import dev.respql.store.Keys;
import dev.respql.store.ValueType;
import java.util.List;

/** Commands on whole keys of any type: whether they are there, and what they are called. */
public final class KeyCommands {
    private KeyCommands() {
    }

    public static List<Command> all() {
        return List.of(
                Command.named("del").group(Group.GENERIC).arity(-2).flags(WRITE)
                        .keys(KeySpec.range(1, -1, 1, RM, DELETE))
                        .tips("request_policy:multi_shard", "response_policy:agg_sum")
                        .summary("Deletes keys.")
                        .since("1.0.0").complexity("O(N) where N is the number of keys, whatever they hold.")
                        .syntax("key [key ...]")
                        .runs(KeyCommands::delete),
                Command.named("unlink").group(Group.GENERIC).arity(-2).flags(WRITE, FAST)
                        .keys(KeySpec.range(1, -1, 1, RM, DELETE))
                        .tips("request_policy:multi_shard", "response_policy:agg_sum")
                        .summary("Deletes keys, as DEL does: neither waits for the size of what they hold.")
                        .since("4.0.0").complexity("O(N) where N is the number of keys, whatever they hold.")
                        .syntax("key [key ...]")
                        .runs(KeyCommands::delete),
                Command.named("exists").group(Group.GENERIC).arity(-2).flags(READONLY, FAST)
                        .keys(KeySpec.range(1, -1, 1, RO))
                        .tips("request_policy:multi_shard", "response_policy:agg_sum")
                        .summary("Counts how many of the given keys exist.")
                        .since("1.0.0").complexity("O(N) where N is the number of keys.").syntax("key [key ...]")
                        .hint(Hint.HEADERS)
                        .runs(KeyCommands::count),
                Command.named("touch").group(Group.GENERIC).arity(-2).flags(READONLY, FAST)
                        .keys(KeySpec.range(1, -1, 1, RO))
                        .tips("request_policy:multi_shard", "response_policy:agg_sum")
                        .summary("Counts how many of the given keys exist, after marking them as used.")
                        .since("3.2.1").complexity("O(N) where N is the number of keys.").syntax("key [key ...]")
                        .hint(Hint.HEADERS)
                        .runs(KeyCommands::count),
                Command.named("type").group(Group.GENERIC).arity(2).flags(READONLY, FAST)
                        .keys(KeySpec.at(1, RO))
                        .summary("Tells the type of what a key holds.")
                        .since("1.0.0").complexity("O(1)").syntax("key")
                        .hint(Hint.HEADERS)
                        .runs(KeyCommands::type),
                Command.named("rename").group(Group.GENERIC).arity(3).flags(WRITE)
                        .keys(KeySpec.at(1, RW, ACCESS, DELETE), KeySpec.at(2, OW, UPDATE))
                        .summary("Gives a key another name, over whatever had that name.")
                        .since("1.0.0").complexity("O(1)").syntax("key newkey")
                        .runs(KeyCommands::rename),
                Command.named("renamenx").group(Group.GENERIC).arity(3).flags(WRITE, FAST)
                        .keys(KeySpec.at(1, RW, ACCESS, DELETE), KeySpec.at(2, OW, INSERT))
                        .summary("Gives a key another name, unless that name is taken.")
                        .since("1.0.0").complexity("O(1)").syntax("key newkey")
                        .runs(KeyCommands::renameToFree),
                Command.named("copy").group(Group.GENERIC).arity(-3).flags(WRITE, DENYOOM)
                        .keys(KeySpec.at(1, RO, ACCESS), KeySpec.at(2, OW, UPDATE))
                        .moreKeys(KeyCommands::copyTarget)
                        .summary("Copies what a key holds to another key, its expiry included.")
                        .since("6.2.0").complexity("O(N) where N is the number of elements of a collection.")
                        .syntax("source destination [DB destination-db] [REPLACE]")
                        .runs(KeyCommands::copy),
                Command.named("move").group(Group.GENERIC).arity(3).flags(WRITE, FAST)
                        .keys(KeySpec.at(1, RW, ACCESS, UPDATE))
                        .moreKeys(KeyCommands::moveTarget)
                        .summary("Moves a key to another database, unless it is there already.")
                        .since("1.0.0").complexity("O(1)").syntax("key db")
                        .runs(KeyCommands::move));
    }

    private static Reply delete(Call call) {
        long deleted = 0;
        for (KeyName key : call.keys()) {
            if (call.tx().keys().delete(key)) {
                deleted++;
                call.event(KeyspaceEvents.GENERIC, "del", key);
            }
        }
        return Reply.integer(deleted);
    }

    private static Reply count(Call call) {
        long existing = 0;
        for (KeyName key : call.keys()) {
            existing += call.tx().keys().exists(key) ? 1 : 0;
        }
        return Reply.integer(existing);
    }

    private static Reply type(Call call) {
        ValueType type = call.tx().keys().type(call.key(1));
        return new Reply.Simple(type == null ? "none" : type.wireName());
    }

    private static Reply rename(Call call) {
        mustExist(call);
        rename(call, call.key(1), call.key(2), "rename");
        return Reply.OK;
    }

    private static Reply renameToFree(Call call) {
        mustExist(call);
        boolean free = !call.tx().keys().exists(call.key(2));
        if (free) {
            rename(call, call.key(1), call.key(2), "rename");
        }
        return Reply.oneOrZero(free);
    }

    /** @param event the first word of the events that tell it */
    private static void rename(Call call, KeyName from, KeyName to, String event) {
        if (!from.equals(to)) {
            call.tx().keys().rename(from, to);
            call.event(KeyspaceEvents.GENERIC, event + "_from", from);
            call.event(KeyspaceEvents.GENERIC, event + "_to", to);
        }
    }

    private static void mustExist(Call call) {
        if (!call.tx().keys().exists(call.key(1))) {
            throw CommandException.noSuchKey();
        }
    }

    private static Reply move(Call call) {
        KeyName target = new KeyName(database(call, 2), call.bytes(1));
        if (target.db() == call.db()) {
            throw sameObjects();
        }
        Keys keys = call.tx().keys();
        boolean moves = keys.exists(call.key(1)) && !keys.exists(target);
        if (moves) {
            rename(call, call.key(1), target, "move");
        }
        return Reply.oneOrZero(moves);
    }

    private static List<KeyName> moveTarget(Call call) {
        try {
            return List.of(new KeyName(database(call, 2), call.bytes(1)));
        } catch (CommandException e) {
            return List.of();
        }
    }

    /** The arguments of COPY behind the keys. */
    private record CopyOptions(int db, boolean replace) {
        static CopyOptions of(Call call) {
            int db = call.db();
            boolean replace = false;
            Options options = new Options(call, 3);
            while (options.more()) {
                if (options.take("REPLACE")) {
                    replace = true;
                } else if (options.take("DB", 1)) {
                    db = database(call, options.next());
                } else {
                    throw CommandException.syntax();
                }
            }
            return new CopyOptions(db, replace);
        }
    }

    private static Reply copy(Call call) {
        CopyOptions options = CopyOptions.of(call);
        KeyName target = new KeyName(options.db, call.bytes(2));
        if (target.equals(call.key(1))) {
            throw sameObjects();
        }
        Keys keys = call.tx().keys();
        boolean copies = keys.exists(call.key(1)) && (options.replace || !keys.exists(target));
        call.missed(call.key(1));
        if (copies) {
            keys.copy(call.key(1), target);
            call.event(KeyspaceEvents.GENERIC, "copy_to", target);
        }
        return Reply.oneOrZero(copies);
    }

    private static List<KeyName> copyTarget(Call call) {
        if (call.count() == 3) {
            return List.of();
        }
        try {
            return List.of(new KeyName(CopyOptions.of(call).db, call.bytes(2)));
        } catch (CommandException e) {
            return List.of();
        }
    }

    private static CommandException sameObjects() {
        return new CommandException("ERR source and destination objects are the same");
    }

    private static int database(Call call, int argument) {
        long db = call.number(argument);
        if (db != (int) db) {
            throw new CommandException("ERR value is out of range, value must between " + Integer.MIN_VALUE + " and "
                    + Integer.MAX_VALUE);
        }
        if (db < 0 || db >= call.node().config().number("databases")) {
            throw new CommandException("ERR DB index is out of range");
        }
        return (int) db;
    }
}
