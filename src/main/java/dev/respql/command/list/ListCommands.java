package dev.respql.command.list;

import static dev.respql.command.Flag.DENYOOM;
import static dev.respql.command.Flag.FAST;
import static dev.respql.command.Flag.MOVABLEKEYS;
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
import dev.respql.command.Options;
import dev.respql.config.KeyspaceEvents;
import dev.respql.engine.Call;
import dev.respql.protocol.Reply;
import dev.respql.store.KeyName;
import dev.respql.store.Lists;
import dev.respql.store.Prefetch;
import dev.respql.value.NotANumber;
import dev.respql.value.Numbers;
import java.util.ArrayList;
import java.util.List;

/** The commands on lists, but for those that block. */
public final class ListCommands {
    /** A pop may read as many elements ahead; more are read when they are popped. */
    private static final long MOST_HINTED = 100;

    private static final Hint LEFT_END = (call, prefetch) -> prefetch.left(call.key(1), 1);
    private static final Hint RIGHT_END = (call, prefetch) -> prefetch.right(call.key(1), 1);

    private ListCommands() {
    }

    public static List<Command> all() {
        return List.of(
                push("lpush", "Adds elements to the beginning of a list.", LEFT_END)
                        .runs(call -> push(call, true, true)),
                push("rpush", "Adds elements to the end of a list.", RIGHT_END)
                        .runs(call -> push(call, false, true)),
                push("lpushx", "Adds elements to the beginning of a list that exists.", LEFT_END).since("2.2.0")
                        .runs(call -> push(call, true, false)),
                push("rpushx", "Adds elements to the end of a list that exists.", RIGHT_END).since("2.2.0")
                        .runs(call -> push(call, false, false)),
                pop("lpop", "Removes and returns the first elements of a list.",
                        (call, prefetch) -> prefetch.left(call.key(1), hintedCount(call, 2)))
                        .runs(call -> pop(call, true)),
                pop("rpop", "Removes and returns the last elements of a list.",
                        (call, prefetch) -> prefetch.right(call.key(1), hintedCount(call, 2)))
                        .runs(call -> pop(call, false)),
                command("llen", 2, READONLY, FAST).keys(KeySpec.at(1, RO))
                        .summary("Returns the length of a list.")
                        .since("1.0.0").complexity("O(1)").syntax("key")
                        .hint(Hint.HEADERS)
                        .runs(call -> Reply.integer(call.tx().lists().size(call.key(1)))),
                command("lindex", 3, READONLY).keys(KeySpec.at(1, RO, ACCESS))
                        .summary("Returns the element at an index of a list.")
                        .since("1.0.0").complexity("O(log N) where N is the length of the list.").syntax("key index")
                        .hint((call, prefetch) -> hintElements(call, prefetch, 2, 2))
                        .runs(ListCommands::index),
                command("lrange", 4, READONLY).keys(KeySpec.at(1, RO, ACCESS))
                        .summary("Returns the elements between two indexes of a list.")
                        .since("1.0.0")
                        .complexity("O(log N + M) where N is the length of the list and M the elements returned.")
                        .syntax("key start stop")
                        .hint((call, prefetch) -> hintElements(call, prefetch, 2, 3))
                        .runs(ListCommands::range),
                command("lset", 4, WRITE, DENYOOM).keys(KeySpec.at(1, RW, UPDATE))
                        .summary("Replaces the element at an index of a list.")
                        .since("1.0.0").complexity("O(log N) where N is the length of the list.")
                        .syntax("key index element")
                        .hint((call, prefetch) -> hintElements(call, prefetch, 2, 2))
                        .runs(ListCommands::set),
                command("linsert", 5, WRITE, DENYOOM).keys(KeySpec.at(1, RW, INSERT))
                        .summary("Inserts an element before or after another one.")
                        .since("2.2.0").complexity("O(N) where N is the length of the list.")
                        .syntax("key <BEFORE | AFTER> pivot element")
                        .runs(ListCommands::insert),
                command("lrem", 4, WRITE).keys(KeySpec.at(1, RW, DELETE))
                        .summary("Removes elements that equal a value.")
                        .since("1.0.0").complexity("O(N) where N is the length of the list.")
                        .syntax("key count element")
                        .runs(ListCommands::remove),
                command("ltrim", 4, WRITE).keys(KeySpec.at(1, RW, DELETE))
                        .summary("Keeps only the elements between two indexes of a list.")
                        .since("1.0.0").complexity("O(log N + M) where M is the number of elements removed.")
                        .syntax("key start stop")
                        .runs(ListCommands::trim),
                command("lpos", -3, READONLY).keys(KeySpec.at(1, RO, ACCESS))
                        .summary("Returns the indexes of elements that equal a value.")
                        .since("6.0.6").complexity("O(N) where N is the length of the list.")
                        .syntax("key element [RANK rank] [COUNT num-matches] [MAXLEN len]")
                        .runs(ListCommands::positions),
                command("lmove", 5, WRITE, DENYOOM)
                        .keys(KeySpec.at(1, RW, ACCESS, DELETE), KeySpec.at(2, RW, INSERT))
                        .summary("Moves an element from an end of one list to an end of another.")
                        .since("6.2.0").complexity("O(1)")
                        .syntax("source destination <LEFT | RIGHT> <LEFT | RIGHT>")
                        .hint((call, prefetch) -> {
                            hintEnd(call, prefetch, 1, !call.is(3, "RIGHT"));
                            hintEnd(call, prefetch, 2, !call.is(4, "RIGHT"));
                        })
                        .runs(call -> move(call, isLeft(call, 3), isLeft(call, 4))),
                command("rpoplpush", 3, WRITE, DENYOOM)
                        .keys(KeySpec.at(1, RW, ACCESS, DELETE), KeySpec.at(2, RW, INSERT))
                        .summary("Moves the last element of one list to the beginning of another.")
                        .since("1.2.0").complexity("O(1)").syntax("source destination")
                        .deprecated("6.2.0", "`LMOVE` with the `RIGHT` and `LEFT` arguments")
                        .hint((call, prefetch) -> {
                            hintEnd(call, prefetch, 1, false);
                            hintEnd(call, prefetch, 2, true);
                        })
                        .runs(call -> move(call, false, true)),
                command("lmpop", -4, WRITE, MOVABLEKEYS).keys(KeySpec.counted(1, RW, ACCESS, DELETE))
                        .summary("Removes and returns elements of the first list that is not empty.")
                        .since("7.0.0").complexity("O(N + M) where N is the number of keys and M the elements returned.")
                        .syntax("numkeys key [key ...] <LEFT | RIGHT> [COUNT count]")
                        .runs(ListCommands::popFromFirst));
    }

    private static Command.Builder command(String name, int arity, Flag... flags) {
        return Command.named(name).group(Group.LIST).arity(arity).flags(flags);
    }

    private static Command.Builder push(String name, String summary, Hint hint) {
        return command(name, -3, WRITE, DENYOOM, FAST).keys(KeySpec.at(1, RW, INSERT))
                .summary(summary).since("1.0.0")
                .complexity("O(1) for each element added.").syntax("key element [element ...]")
                .hint(hint);
    }

    private static Command.Builder pop(String name, String summary, Hint hint) {
        return command(name, -2, WRITE, FAST).keys(KeySpec.at(1, RW, ACCESS, DELETE))
                .summary(summary).since("1.0.0")
                .complexity("O(N) where N is the number of elements returned.").syntax("key [count]")
                .hint(hint);
    }

    private static void hintEnd(Call call, Prefetch prefetch, int key, boolean left) {
        if (left) {
            prefetch.left(call.key(key), 1);
        } else {
            prefetch.right(call.key(key), 1);
        }
    }

    private static void hintElements(Call call, Prefetch prefetch, int first, int last) {
        try {
            prefetch.elements(call.key(1), Numbers.toLong(call.bytes(first)), Numbers.toLong(call.bytes(last)));
        } catch (NotANumber e) {
            // An error, for which the command looks at the key first or not at all.
            prefetch.header(call.key(1));
        }
    }

    /** The count that a pop asks for, as far as it is worth reading ahead; 1 where it says none or nonsense. */
    private static long hintedCount(Call call, int argument) {
        if (call.count() <= argument) {
            return 1;
        }
        try {
            return Math.max(1, Math.min(MOST_HINTED, Numbers.toLong(call.bytes(argument))));
        } catch (NotANumber e) {
            return 1;
        }
    }

    private static Reply push(Call call, boolean left, boolean create) {
        KeyName key = call.key(1);
        Lists lists = call.tx().lists();
        if (!create && lists.size(key) == 0) {
            return Reply.ZERO;
        }
        long size = 0;
        for (int i = 2; i < call.count(); i++) {
            size = lists.push(key, left, call.bytes(i));
        }
        call.event(KeyspaceEvents.LIST, left ? "lpush" : "rpush", key);
        return Reply.integer(size);
    }

    private static Reply pop(Call call, boolean left) {
        if (call.count() > 3) {
            throw CommandException.wrongArity(call.command().fullName());
        }
        Lists lists = call.tx().lists();
        KeyName key = call.key(1);
        if (call.count() == 2) {
            byte[] element = lists.pop(key, left);
            if (element != null) {
                popped(call, key, left);
            }
            return Reply.bulk(element);
        }
        long count = notNegative(call, 2, "ERR value is out of range, must be positive");
        long size = lists.size(key);
        return size == 0 ? Reply.NULL_ARRAY : Reply.bulks(pop(call, key, left, Math.min(count, size)));
    }

    static List<byte[]> pop(Call call, KeyName key, boolean left, long count) {
        List<byte[]> popped = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            popped.add(call.tx().lists().pop(key, left));
        }
        if (count > 0) {
            popped(call, key, left);
        }
        return popped;
    }

    private static void popped(Call call, KeyName key, boolean left) {
        call.event(KeyspaceEvents.LIST, left ? "lpop" : "rpop", key);
        call.eventIfGone(key);
    }

    private static Reply index(Call call) {
        KeyName key = call.key(1);
        long size = call.tx().lists().size(key);
        if (size == 0) {
            return Reply.NULL;
        }
        long index = fromStart(call.number(2), size);
        return index < 0 || index >= size ? Reply.NULL : Reply.bulk(call.tx().lists().get(key, index));
    }

    private static Reply range(Call call) {
        long start = call.number(2);
        long stop = call.number(3);
        KeyName key = call.key(1);
        long size = call.tx().lists().size(key);
        long from = Math.max(0, fromStart(start, size));
        long to = Math.min(size - 1, fromStart(stop, size));
        return from > to ? Reply.EMPTY_ARRAY : Reply.bulks(call.tx().lists().range(key, from, to));
    }

    private static Reply set(Call call) {
        KeyName key = call.key(1);
        long size = call.tx().lists().size(key);
        if (size == 0) {
            throw CommandException.noSuchKey();
        }
        long index = fromStart(call.number(2), size);
        if (index < 0 || index >= size) {
            throw new CommandException("ERR index out of range");
        }
        call.tx().lists().set(key, index, call.bytes(3));
        call.event(KeyspaceEvents.LIST, "lset", key);
        return Reply.OK;
    }

    private static Reply insert(Call call) {
        boolean before = call.is(2, "BEFORE");
        if (!before && !call.is(2, "AFTER")) {
            throw CommandException.syntax();
        }
        KeyName key = call.key(1);
        Lists lists = call.tx().lists();
        if (lists.size(key) == 0) {
            return Reply.ZERO;
        }
        if (!lists.insert(key, before, call.bytes(3), call.bytes(4))) {
            return Reply.integer(-1);
        }
        call.event(KeyspaceEvents.LIST, "linsert", key);
        return Reply.integer(lists.size(key));
    }

    private static Reply remove(Call call) {
        long count = call.number(2);
        KeyName key = call.key(1);
        long size = call.tx().lists().size(key);
        if (size == 0) {
            return Reply.ZERO;
        }
        long most = count == 0 || count == Long.MIN_VALUE ? size : Math.min(size, Math.abs(count));
        long removed = call.tx().lists().remove(key, call.bytes(3), count >= 0, most);
        if (removed > 0) {
            call.event(KeyspaceEvents.LIST, "lrem", key);
            call.eventIfGone(key);
        }
        return Reply.integer(removed);
    }

    private static Reply trim(Call call) {
        long start = call.number(2);
        long stop = call.number(3);
        KeyName key = call.key(1);
        long size = call.tx().lists().size(key);
        if (size > 0) {
            call.tx().lists().trim(key, Math.max(0, fromStart(start, size)), Math.min(size - 1, fromStart(stop, size)));
            call.event(KeyspaceEvents.LIST, "ltrim", key);
            call.eventIfGone(key);
        }
        return Reply.OK;
    }

    private static Reply positions(Call call) {
        long rank = 1;
        long count = -1;
        long maxLength = 0;
        Options options = new Options(call, 3);
        while (options.more()) {
            if (options.take("RANK", 1)) {
                rank = call.number(options.next());
                if (rank == 0) {
                    throw new CommandException("ERR RANK can't be zero: use 1 to start from the first match, 2 from the "
                            + "second ... or use negative to start from the end of the list");
                }
                if (rank == Long.MIN_VALUE) {
                    throw new CommandException("ERR value is out of range, value must between "
                            + -Long.MAX_VALUE + " and " + Long.MAX_VALUE);
                }
            } else if (options.take("COUNT", 1)) {
                count = notNegative(call, options.next(), "ERR COUNT can't be negative");
            } else if (options.take("MAXLEN", 1)) {
                maxLength = notNegative(call, options.next(), "ERR MAXLEN can't be negative");
            } else {
                throw CommandException.syntax();
            }
        }
        return positions(call, rank, count, maxLength);
    }

    /** @param count how many to return, 0 for all; -1 where one is to be returned alone */
    private static Reply positions(Call call, long rank, long count, long maxLength) {
        KeyName key = call.key(1);
        long size = call.tx().lists().size(key);
        boolean single = count < 0;
        Reply none = single ? Reply.NULL : Reply.EMPTY_ARRAY;
        if (size == 0) {
            return none;
        }
        boolean forward = rank > 0;
        long looked = maxLength == 0 ? size : Math.min(size, maxLength);
        long from = forward ? 0 : size - looked;
        long to = forward ? looked - 1 : size - 1;
        long skipped = Math.abs(rank) - 1;
        if (skipped >= looked) {
            return none;
        }
        long wanted = single ? 1 : count == 0 ? size : Math.min(count, size);
        List<Long> found = call.tx().lists().find(key, call.bytes(2), forward, from, to, skipped + wanted);
        List<Reply> indexes = found.stream().skip(skipped).map(Reply::integer).toList();
        return !single ? new Reply.Array(indexes) : indexes.isEmpty() ? Reply.NULL : indexes.get(0);
    }

    static Reply move(Call call, boolean fromLeft, boolean toLeft) {
        Lists lists = call.tx().lists();
        KeyName source = call.key(1);
        KeyName destination = call.key(2);
        if (lists.size(source) == 0) {
            return Reply.NULL;
        }
        lists.size(destination);
        byte[] element;
        if (source.equals(destination) && lists.size(source) == 1) {
            // The list must not go in between, and its expiry with it.
            element = lists.get(source, 0);
            call.tx().keys().touch(source);
        } else {
            element = lists.pop(source, fromLeft);
            lists.push(destination, toLeft, element);
        }
        call.event(KeyspaceEvents.LIST, toLeft ? "lpush" : "rpush", destination);
        popped(call, source, fromLeft);
        return Reply.bulk(element);
    }

    /** What LMPOP and BLMPOP ask for. */
    record PopFromFirst(List<KeyName> keys, boolean left, long count) {
        /** Pops from a list that is not empty. */
        Reply pop(Call call, KeyName key) {
            long most = Math.min(count, call.tx().lists().size(key));
            return Reply.array(Reply.bulk(key.bytes()), Reply.bulks(ListCommands.pop(call, key, left, most)));
        }
    }

    /** @param at the argument that says how many keys there are; what follows it is the same in both commands */
    static PopFromFirst popFromFirst(Call call, int at) {
        long keys = positive(call, at, "ERR numkeys should be greater than 0");
        if (keys > call.count() - at - 2) {
            throw CommandException.syntax();
        }
        int whereAt = at + (int) keys + 1;
        boolean left = isLeft(call, whereAt);
        long count = 1;
        boolean counted = false;
        Options options = new Options(call, whereAt + 1);
        while (options.more()) {
            if (counted || !options.take("COUNT", 1)) {
                throw CommandException.syntax();
            }
            count = positive(call, options.next(), "ERR count should be greater than 0");
            counted = true;
        }
        return new PopFromFirst(call.keys(), left, count);
    }

    private static Reply popFromFirst(Call call) {
        PopFromFirst what = popFromFirst(call, 1);
        for (KeyName key : what.keys()) {
            if (call.tx().lists().size(key) > 0) {
                return what.pop(call, key);
            }
        }
        return Reply.NULL_ARRAY;
    }

    static boolean isLeft(Call call, int argument) {
        if (call.is(argument, "LEFT")) {
            return true;
        }
        if (call.is(argument, "RIGHT")) {
            return false;
        }
        throw CommandException.syntax();
    }

    /** An index that may count from the end (-1 is the last) as one that counts from the start. */
    private static long fromStart(long index, long size) {
        return index < 0 ? index + size : index;
    }

    private static long notNegative(Call call, int argument, String error) {
        return atLeast(0, call, argument, error);
    }

    private static long positive(Call call, int argument, String error) {
        return atLeast(1, call, argument, error);
    }

    /** A number with the same error for what is too small and what is none, as Redis has it here. */
    private static long atLeast(long least, Call call, int argument, String error) {
        try {
            long number = Numbers.toLong(call.bytes(argument));
            if (number >= least) {
                return number;
            }
        } catch (NotANumber e) {
            // The same error.
        }
        throw new CommandException(error);
    }
}
