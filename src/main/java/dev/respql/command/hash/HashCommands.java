package dev.respql.command.hash;

import static dev.respql.command.Flag.DENYOOM;
import static dev.respql.command.Flag.FAST;
import static dev.respql.command.Flag.READONLY;
import static dev.respql.command.Flag.WRITE;
import static dev.respql.command.KeySpec.KeyFlag.ACCESS;
import static dev.respql.command.KeySpec.KeyFlag.DELETE;
import static dev.respql.command.KeySpec.KeyFlag.INSERT;
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
import dev.respql.store.Hashes;
import dev.respql.store.KeyName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The commands that name the fields of a hash. */
public final class HashCommands {
    static final Hint FIELD = fields(call -> 3, 1);
    private static final Hint FIELDS = fields(Call::count, 1);
    private static final Hint FIELDS_WITH_VALUES = fields(Call::count, 2);

    private HashCommands() {
    }

    public static List<Command> all() {
        return List.of(
                command("hset", -4, WRITE, DENYOOM, FAST).keys(KeySpec.at(1, RW, UPDATE))
                        .summary("Sets fields of a hash, and returns how many of them are new.")
                        .since("2.0.0").complexity("O(N) where N is the number of fields.")
                        .syntax("key field value [field value ...]")
                        .hint(FIELDS_WITH_VALUES)
                        .runs(call -> Reply.integer(set(call))),
                command("hmset", -4, WRITE, DENYOOM, FAST).keys(KeySpec.at(1, RW, UPDATE))
                        .summary("Sets fields of a hash.")
                        .since("2.0.0").complexity("O(N) where N is the number of fields.")
                        .syntax("key field value [field value ...]")
                        .deprecated("4.0.0", "`HSET` with multiple field-value pairs")
                        .hint(FIELDS_WITH_VALUES)
                        .runs(call -> {
                            set(call);
                            return Reply.OK;
                        }),
                command("hsetnx", 4, WRITE, DENYOOM, FAST).keys(KeySpec.at(1, RW, INSERT))
                        .summary("Sets a field of a hash where it is not there yet.")
                        .since("2.0.0").complexity("O(1)").syntax("key field value")
                        .hint(FIELD)
                        .runs(HashCommands::setIfNew),
                command("hget", 3, READONLY, FAST).keys(KeySpec.at(1, RO, ACCESS))
                        .summary("Returns the value of a field of a hash.")
                        .since("2.0.0").complexity("O(1)").syntax("key field")
                        .hint(FIELD)
                        .runs(call -> Reply.bulk(call.tx().hashes().get(call.key(1), call.bytes(2)))),
                command("hmget", -3, READONLY, FAST).keys(KeySpec.at(1, RO, ACCESS))
                        .summary("Returns the values of several fields of a hash.")
                        .since("2.0.0").complexity("O(N) where N is the number of fields.")
                        .syntax("key field [field ...]")
                        .hint(FIELDS)
                        .runs(HashCommands::getSeveral),
                command("hlen", 2, READONLY, FAST).keys(KeySpec.at(1, RO))
                        .summary("Returns the number of fields of a hash.")
                        .since("2.0.0").complexity("O(1)").syntax("key")
                        .hint(Hint.HEADERS)
                        .runs(call -> Reply.integer(call.tx().hashes().size(call.key(1)))),
                command("hexists", 3, READONLY, FAST).keys(KeySpec.at(1, RO))
                        .summary("Tells whether a hash has a field.")
                        .since("2.0.0").complexity("O(1)").syntax("key field")
                        .hint(FIELD)
                        .runs(call -> Reply.oneOrZero(call.tx().hashes().contains(call.key(1), call.bytes(2)))),
                command("hdel", -3, WRITE, FAST).keys(KeySpec.at(1, RW, DELETE))
                        .summary("Removes fields of a hash, and the hash with its last one.")
                        .since("2.0.0").complexity("O(N) where N is the number of fields.")
                        .syntax("key field [field ...]")
                        .hint(FIELDS)
                        .runs(HashCommands::delete),
                command("hstrlen", 3, READONLY, FAST).keys(KeySpec.at(1, RO))
                        .summary("Returns the length of the value of a field of a hash.")
                        .since("3.2.0").complexity("O(1)").syntax("key field")
                        .hint(FIELD)
                        .runs(HashCommands::length));
    }

    static Command.Builder command(String name, int arity, Flag... flags) {
        return Command.named(name).group(Group.HASH).arity(arity).flags(flags);
    }

    @FunctionalInterface
    private interface End {
        int of(Call call);
    }

    /** The fields among the arguments from 2 up to an end, every {@code step}-th one. */
    private static Hint fields(End end, int step) {
        return (call, prefetch) -> {
            KeyName key = call.key(1);
            for (int i = 2; i < end.of(call); i += step) {
                prefetch.field(key, call.bytes(i));
            }
        };
    }

    /** How many of the fields are new. */
    private static long set(Call call) {
        if (call.count() % 2 == 1) {
            throw CommandException.wrongArity(call.command().fullName());
        }
        Hashes hashes = call.tx().hashes();
        KeyName key = call.key(1);
        hashes.load(key, arguments(call, 2));
        long created = 0;
        for (int i = 2; i < call.count(); i += 2) {
            created += hashes.put(key, call.bytes(i), call.bytes(i + 1)) ? 1 : 0;
        }
        call.event(KeyspaceEvents.HASH, "hset", key);
        return created;
    }

    private static Reply setIfNew(Call call) {
        Hashes hashes = call.tx().hashes();
        KeyName key = call.key(1);
        if (hashes.contains(key, call.bytes(2))) {
            return Reply.ZERO;
        }
        hashes.put(key, call.bytes(2), call.bytes(3));
        call.event(KeyspaceEvents.HASH, "hset", key);
        return Reply.ONE;
    }

    private static Reply getSeveral(Call call) {
        Hashes hashes = call.tx().hashes();
        KeyName key = call.key(1);
        hashes.load(key, arguments(call, 1));
        List<byte[]> values = new ArrayList<>(call.count() - 2);
        for (int i = 2; i < call.count(); i++) {
            values.add(hashes.get(key, call.bytes(i)));
        }
        return Reply.bulks(values);
    }

    private static Reply delete(Call call) {
        Hashes hashes = call.tx().hashes();
        KeyName key = call.key(1);
        hashes.load(key, arguments(call, 1));
        long deleted = 0;
        for (int i = 2; i < call.count(); i++) {
            deleted += hashes.remove(key, call.bytes(i)) ? 1 : 0;
        }
        if (deleted > 0) {
            call.event(KeyspaceEvents.HASH, "hdel", key);
            call.eventIfGone(key);
        }
        return Reply.integer(deleted);
    }

    private static Reply length(Call call) {
        byte[] value = call.tx().hashes().get(call.key(1), call.bytes(2));
        return Reply.integer(value == null ? 0 : value.length);
    }

    /** The arguments from 2 on, every {@code step}-th one. */
    private static List<byte[]> arguments(Call call, int step) {
        List<byte[]> all = Arrays.asList(call.arguments()).subList(2, call.count());
        if (step == 1) {
            return all;
        }
        List<byte[]> some = new ArrayList<>(all.size() / step);
        for (int i = 0; i < all.size(); i += step) {
            some.add(all.get(i));
        }
        return some;
    }
}
