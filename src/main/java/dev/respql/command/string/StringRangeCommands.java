package dev.respql.command.string;

import static dev.respql.command.Flag.DENYOOM;
import static dev.respql.command.Flag.FAST;
import static dev.respql.command.Flag.READONLY;
import static dev.respql.command.Flag.WRITE;
import static dev.respql.command.KeySpec.KeyFlag.ACCESS;
import static dev.respql.command.KeySpec.KeyFlag.INSERT;
import static dev.respql.command.KeySpec.KeyFlag.RO;
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
import dev.respql.store.Strings;
import java.util.Arrays;
import java.util.List;

/** Commands on parts of a string. */
public final class StringRangeCommands {
    private static final byte[] EMPTY = {};

    private StringRangeCommands() {
    }

    public static List<Command> all() {
        return List.of(
                Command.named("append").group(Group.STRING).arity(3).flags(WRITE, DENYOOM, FAST)
                        .keys(KeySpec.at(1, RW, INSERT))
                        .summary("Appends to the string that a key holds; a missing key counts as empty.")
                        .since("2.0.0").complexity("O(N) where N is the length of the new string.")
                        .syntax("key value")
                        .hint(Hint.STRINGS)
                        .runs(StringRangeCommands::append),
                Command.named("strlen").group(Group.STRING).arity(2).flags(READONLY, FAST)
                        .keys(KeySpec.at(1, RO))
                        .summary("Returns the length of the string that a key holds, in bytes.")
                        .since("2.2.0").complexity("O(1)").syntax("key")
                        .hint(Hint.STRINGS)
                        .runs(call -> Reply.integer(call.tx().strings().length(call.key(1)))),
                getrange("getrange").since("2.4.0")
                        .runs(StringRangeCommands::getrange),
                getrange("substr").since("1.0.0").deprecated("2.0.0", "`GETRANGE`")
                        .runs(StringRangeCommands::getrange),
                Command.named("setrange").group(Group.STRING).arity(4).flags(WRITE, DENYOOM)
                        .keys(KeySpec.at(1, RW, UPDATE))
                        .summary("Overwrites a part of the string that a key holds, which grows as needed.")
                        .since("2.2.0").complexity("O(N) where N is the length of the new string.")
                        .syntax("key offset value")
                        .hint(Hint.STRINGS)
                        .runs(StringRangeCommands::setrange));
    }

    private static Command.Builder getrange(String name) {
        return Command.named(name).group(Group.STRING).arity(4).flags(READONLY)
                .keys(KeySpec.at(1, RO, ACCESS))
                .summary("Returns a part of the string that a key holds.")
                .complexity("O(N) where N is the length of the part.").syntax("key start end")
                .hint(Hint.STRINGS);
    }

    private static Reply append(Call call) {
        KeyName key = call.key(1);
        byte[] tail = call.bytes(2);
        byte[] old = call.tx().strings().get(key);
        byte[] value = tail;
        if (old != null) {
            value = Arrays.copyOf(old, checkedLength(call, old.length, tail.length));
            System.arraycopy(tail, 0, value, old.length, tail.length);
        }
        call.tx().strings().replace(key, value);
        call.event(KeyspaceEvents.STRING, "append", key);
        return Reply.integer(value.length);
    }

    private static Reply setrange(Call call) {
        KeyName key = call.key(1);
        long offset = call.number(2);
        byte[] part = call.bytes(3);
        if (offset < 0) {
            throw new CommandException("ERR offset is out of range");
        }
        Strings strings = call.tx().strings();
        long oldLength = strings.length(key);
        if (part.length == 0) {
            return Reply.integer(oldLength);
        }
        int end = checkedLength(call, offset, part.length);
        byte[] old = strings.get(key);
        byte[] value = Arrays.copyOf(old == null ? EMPTY : old, (int) Math.max(oldLength, end));
        System.arraycopy(part, 0, value, (int) offset, part.length);
        strings.replace(key, value);
        call.event(KeyspaceEvents.STRING, "setrange", key);
        return Reply.integer(value.length);
    }

    /** The length of a string with that many more bytes than there are before them. */
    private static int checkedLength(Call call, long before, int more) {
        if (before > call.node().maxBulkBytes() - more) {
            throw new CommandException("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
        }
        // Redis would let the operating system find the memory; here it must fit into the heap, more than once.
        if (before > call.node().maxRequestBytes() - more) {
            throw new CommandException("OOM string of " + (before + more) + " bytes does not fit into memory");
        }
        return (int) before + more;
    }

    private static Reply getrange(Call call) {
        KeyName key = call.key(1);
        long start = call.number(2);
        long end = call.number(3);
        Strings strings = call.tx().strings();
        if (start < 0 || end < 0) {
            long length = strings.length(key);
            if (start < 0 && end < 0 && start > end) {
                return Reply.bulk(EMPTY);
            }
            start = fromFront(start, length);
            end = fromFront(end, length);
        }
        return Reply.bulk(strings.range(key, start, end));
    }

    /** An index that may count from the end (-1 is the last byte); what is before the first byte means the first. */
    private static long fromFront(long index, long length) {
        return index >= 0 ? index : Math.max(0, length + index);
    }
}
