package dev.respql.command.string;

import static dev.respql.command.Flag.DENYOOM;
import static dev.respql.command.Flag.FAST;
import static dev.respql.command.Flag.WRITE;
import static dev.respql.command.KeySpec.KeyFlag.ACCESS;
import static dev.respql.command.KeySpec.KeyFlag.RW;
import static dev.respql.command.KeySpec.KeyFlag.UPDATE;

import dev.respql.command.Command;
import dev.respql.command.CommandException;
import dev.respql.command.Group;
import dev.respql.command.Hint;
import dev.respql.command.KeySpec;
import dev.respql.config.KeyspaceEvents;
import dev.respql.engine.Call;
import dev.respql.protocol.Reply;
import dev.respql.store.KeyName;
import dev.respql.value.LongDouble;
import dev.respql.value.NotANumber;
import dev.respql.value.Numbers;
import java.util.List;

/** Commands that count in a string which holds a number; a missing key counts as 0. The expiry stays as it is. */
public final class CounterCommands {
    private CounterCommands() {
    }

    public static List<Command> all() {
        return List.of(
                counter("incr", 2).summary("Adds one to the integer that a key holds.")
                        .since("1.0.0").syntax("key")
                        .runs(call -> add(call, 1)),
                counter("decr", 2).summary("Takes one from the integer that a key holds.")
                        .since("1.0.0").syntax("key")
                        .runs(call -> add(call, -1)),
                counter("incrby", 3).summary("Adds a number to the integer that a key holds.")
                        .since("1.0.0").syntax("key increment")
                        .runs(call -> add(call, call.number(2))),
                counter("decrby", 3).summary("Takes a number from the integer that a key holds.")
                        .since("1.0.0").syntax("key decrement")
                        .runs(CounterCommands::decrby),
                counter("incrbyfloat", 3).summary("Adds a number to the floating-point number that a key holds.")
                        .since("2.6.0").syntax("key increment:double")
                        .runs(CounterCommands::incrbyfloat));
    }

    private static Command.Builder counter(String name, int arity) {
        return Command.named(name).group(Group.STRING).arity(arity).flags(WRITE, DENYOOM, FAST)
                .keys(KeySpec.at(1, RW, ACCESS, UPDATE))
                .complexity("O(1)")
                .hint(Hint.STRINGS);
    }

    private static Reply decrby(Call call) {
        long decrement = call.number(2);
        if (decrement == Long.MIN_VALUE) {
            throw new CommandException("ERR decrement would overflow");
        }
        return add(call, -decrement);
    }

    private static Reply add(Call call, long increment) {
        KeyName key = call.key(1);
        long old = integer(call.tx().strings().get(key));
        long sum;
        try {
            sum = Math.addExact(old, increment);
        } catch (ArithmeticException e) {
            throw new CommandException("ERR increment or decrement would overflow");
        }
        call.tx().strings().replace(key, Numbers.toBytes(sum));
        call.event(KeyspaceEvents.STRING, "incrby", key);
        return Reply.integer(sum);
    }

    private static long integer(byte[] value) {
        try {
            return value == null ? 0 : Numbers.toLong(value);
        } catch (NotANumber e) {
            throw CommandException.notAnInteger();
        }
    }

    private static Reply incrbyfloat(Call call) {
        KeyName key = call.key(1);
        byte[] old = call.tx().strings().get(key);
        LongDouble sum;
        try {
            LongDouble increment = LongDouble.parse(call.bytes(2));
            sum = old == null ? increment : LongDouble.parse(old).plus(increment);
        } catch (NotANumber e) {
            throw CommandException.notAFloat();
        }
        if (!sum.isFinite()) {
            throw new CommandException("ERR increment would produce NaN or Infinity");
        }
        byte[] text = sum.toBytes();
        call.tx().strings().replace(key, text);
        call.event(KeyspaceEvents.STRING, "incrbyfloat", key);
        return Reply.bulk(text);
    }
}
