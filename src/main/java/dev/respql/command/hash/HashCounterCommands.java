package dev.respql.command.hash;

import static dev.respql.command.Flag.DENYOOM;
import static dev.respql.command.Flag.FAST;
import static dev.respql.command.Flag.WRITE;
import static dev.respql.command.KeySpec.KeyFlag.ACCESS;
import static dev.respql.command.KeySpec.KeyFlag.RW;
import static dev.respql.command.KeySpec.KeyFlag.UPDATE;

import dev.respql.command.Command;
import dev.respql.command.CommandException;
import dev.respql.command.KeySpec;
import dev.respql.config.KeyspaceEvents;
import dev.respql.engine.Call;
import dev.respql.protocol.Reply;
import dev.respql.store.KeyName;
import dev.respql.value.LongDouble;
import dev.respql.value.NotANumber;
import dev.respql.value.Numbers;
import java.util.List;

/** Commands that count in a field of a hash; a missing field counts as 0. */
public final class HashCounterCommands {
    private HashCounterCommands() {
    }

    public static List<Command> all() {
        return List.of(
                counter("hincrby").summary("Adds a number to the integer that a field of a hash holds.")
                        .since("2.0.0").syntax("key field increment")
                        .runs(HashCounterCommands::add),
                counter("hincrbyfloat").summary("Adds a number to the floating-point number that a field of a hash holds.")
                        .since("2.6.0").syntax("key field increment:double")
                        .runs(HashCounterCommands::addFloat));
    }

    private static Command.Builder counter(String name) {
        return HashCommands.command(name, 4, WRITE, DENYOOM, FAST)
                .keys(KeySpec.at(1, RW, ACCESS, UPDATE))
                .complexity("O(1)")
                .hint(HashCommands.FIELD);
    }

    private static Reply add(Call call) {
        long increment = call.number(3);
        KeyName key = call.key(1);
        byte[] old = call.tx().hashes().get(key, call.bytes(2));
        long sum;
        try {
            sum = Math.addExact(old == null ? 0 : Numbers.toLong(old), increment);
        } catch (NotANumber e) {
            throw new CommandException("ERR hash value is not an integer");
        } catch (ArithmeticException e) {
            throw new CommandException("ERR increment or decrement would overflow");
        }
        call.tx().hashes().put(key, call.bytes(2), Numbers.toBytes(sum));
        call.event(KeyspaceEvents.HASH, "hincrby", key);
        return Reply.integer(sum);
    }

    private static Reply addFloat(Call call) {
        LongDouble increment = number(call.bytes(3), CommandException.notAFloat());
        if (!increment.isFinite()) {
            throw new CommandException("ERR value is NaN or Infinity");
        }
        KeyName key = call.key(1);
        byte[] old = call.tx().hashes().get(key, call.bytes(2));
        LongDouble sum = old == null ? increment
                : number(old, new CommandException("ERR hash value is not a float")).plus(increment);
        if (!sum.isFinite()) {
            throw new CommandException("ERR increment would produce NaN or Infinity");
        }
        byte[] text = sum.toBytes();
        call.tx().hashes().put(key, call.bytes(2), text);
        call.event(KeyspaceEvents.HASH, "hincrbyfloat", key);
        return Reply.bulk(text);
    }

    private static LongDouble number(byte[] text, CommandException otherwise) {
        try {
            return LongDouble.parse(text);
        } catch (NotANumber e) {
            throw otherwise;
        }
    }
}
