package dev.respql.command.string;

import static dev.respql.command.Flag.DENYOOM;
import static dev.respql.command.Flag.FAST;
import static dev.respql.command.Flag.READONLY;
import static dev.respql.command.Flag.WRITE;
import static dev.respql.command.KeySpec.KeyFlag.ACCESS;
import static dev.respql.command.KeySpec.KeyFlag.OW;
import static dev.respql.command.KeySpec.KeyFlag.RO;
import static dev.respql.command.KeySpec.KeyFlag.RW;
import static dev.respql.command.KeySpec.KeyFlag.UPDATE;

import dev.respql.command.Command;
import dev.respql.command.CommandException;
import dev.respql.command.Group;
import dev.respql.command.Hint;
import dev.respql.command.KeySpec;
import dev.respql.engine.Call;
import dev.respql.protocol.Reply;
import dev.respql.store.KeyName;
import dev.respql.value.NotANumber;
import dev.respql.value.Numbers;
import java.util.ArrayList;
import java.util.List;

/** Commands on whole strings. */
public final class StringCommands {
    private StringCommands() {
    }

    public static List<Command> all() {
        return List.of(
                Command.named("get").group(Group.STRING).arity(2).flags(READONLY, FAST)
                        .keys(KeySpec.at(1, RO, ACCESS))
                        .summary("Returns the string that a key holds.")
                        .since("1.0.0").complexity("O(1)").syntax("key")
                        .hint(Hint.STRINGS)
                        .runs(call -> Reply.bulk(call.tx().strings().get(call.key(1)))),
                Command.named("mget").group(Group.STRING).arity(-2).flags(READONLY, FAST)
                        .keys(KeySpec.range(1, -1, 1, RO, ACCESS))
                        .summary("Returns the strings that several keys hold.")
                        .since("1.0.0").complexity("O(N) where N is the number of keys.").syntax("key [key ...]")
                        .hint(Hint.STRINGS)
                        .runs(StringCommands::mget),
                Command.named("set").group(Group.STRING).arity(-3).flags(WRITE, DENYOOM)
                        .keys(KeySpec.at(1, OW, UPDATE))
                        .summary("Makes a key a string.")
                        .since("1.0.0").complexity("O(1)").syntax("key value")
                        .hint(Hint.HEADERS)
                        .runs(StringCommands::set),
                Command.named("mset").group(Group.STRING).arity(-3).flags(WRITE, DENYOOM)
                        .keys(KeySpec.range(1, -1, 2, OW, UPDATE))
                        .summary("Makes several keys strings.")
                        .since("1.0.1").complexity("O(N) where N is the number of keys.")
                        .syntax("key value [key value ...]")
                        .hint(Hint.HEADERS)
                        .runs(StringCommands::mset),
                Command.named("incr").group(Group.STRING).arity(2).flags(WRITE, DENYOOM, FAST)
                        .keys(KeySpec.at(1, RW, ACCESS, UPDATE))
                        .summary("Adds one to the number that a key holds.")
                        .since("1.0.0").complexity("O(1)").syntax("key")
                        .hint(Hint.STRINGS)
                        .runs(StringCommands::incr));
    }

    private static Reply mget(Call call) {
        List<Reply> values = new ArrayList<>();
        for (KeyName key : call.keys()) {
            values.add(call.tx().keys().type(key) == dev.respql.store.ValueType.STRING
                    ? Reply.bulk(call.tx().strings().get(key)) : Reply.NULL);
        }
        return new Reply.Array(values);
    }

    private static Reply set(Call call) {
        if (call.count() > 3) {
            throw CommandException.syntax();
        }
        call.tx().strings().set(call.key(1), call.bytes(2));
        return Reply.OK;
    }

    private static Reply mset(Call call) {
        if (call.count() % 2 == 0) {
            throw CommandException.wrongArity("mset");
        }
        for (int i = 1; i < call.count(); i += 2) {
            call.tx().strings().set(call.key(i), call.bytes(i + 1));
        }
        return Reply.OK;
    }

    private static Reply incr(Call call) {
        KeyName key = call.key(1);
        byte[] old = call.tx().strings().get(key);
        long value;
        try {
            value = old == null ? 0 : Numbers.toLong(old);
        } catch (NotANumber e) {
            throw CommandException.notAnInteger();
        }
        if (value == Long.MAX_VALUE) {
            throw new CommandException("ERR increment or decrement would overflow");
        }
        call.tx().strings().replace(key, Numbers.toBytes(value + 1));
        return Reply.integer(value + 1);
    }
}
