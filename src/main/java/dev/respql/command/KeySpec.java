package dev.respql.command;

import dev.respql.value.Bytes;
import dev.respql.value.NotANumber;
import dev.respql.value.Numbers;
import java.util.Set;
import java.util.function.IntConsumer;

/**
 * Where a command's keys stand among its arguments: Redis's key specification (as in {@code COMMAND INFO}). The same
 * specification drives locking, prefetching and {@code COMMAND GETKEYS}.
 *
 * @param flags what is done to the keys
 * @param begin how the first key is found
 * @param find how the others follow
 */
public record KeySpec(Set<KeyFlag> flags, Begin begin, Find find) {

    /** What a command does to a key; names as in {@code COMMAND INFO}. */
    public enum KeyFlag {
        RO, RW, OW, RM, ACCESS, UPDATE, INSERT, DELETE, NOT_KEY, INCOMPLETE, VARIABLE_FLAGS
    }

    /** How the search begins. */
    public sealed interface Begin {
        /** At a fixed argument; the command's name is argument 0. */
        record Index(int position) implements Begin {
        }

        /** After a keyword that is looked for from argument {@code from} on (from the end where negative). */
        record Keyword(String keyword, int from) implements Begin {
        }

        /** In a way that no specification can express; the command finds these keys itself. */
        record Unknown() implements Begin {
        }
    }

    /** How keys follow the first. */
    public sealed interface Find {
        /**
         * Every {@code step}-th argument up to {@code last}, counted from the first key; a negative {@code last} counts
         * from the end (-1 is the last argument). A {@code limit} over 1 divides what remains when last is -1.
         */
        record Range(int last, int step, int limit) implements Find {
        }

        /** As many as the argument {@code countAt} says; the offsets are from where the search began. */
        record Counted(int countAt, int first, int step) implements Find {
        }

        /** See {@link Begin.Unknown}. */
        record Unknown() implements Find {
        }
    }

    /** One key at a fixed argument. */
    public static KeySpec at(int position, KeyFlag... flags) {
        return range(position, 0, 1, flags);
    }

    /** Keys from {@code first} to {@code last} (relative to first, or negative from the end), every {@code step}-th. */
    public static KeySpec range(int first, int last, int step, KeyFlag... flags) {
        return new KeySpec(Set.of(flags), new Begin.Index(first), new Find.Range(last, step, 0));
    }

    /** A key count at argument {@code countAt}, followed by that many keys. */
    public static KeySpec counted(int countAt, KeyFlag... flags) {
        return new KeySpec(Set.of(flags), new Begin.Index(countAt), new Find.Counted(0, 1, 1));
    }

    /** Keys that the command finds itself. */
    public static KeySpec unknown(KeyFlag... flags) {
        return new KeySpec(Set.of(flags), new Begin.Unknown(), new Find.Unknown());
    }

    /** One key after a keyword that is looked for from argument {@code from} on. */
    public static KeySpec after(String keyword, int from, KeyFlag... flags) {
        return new KeySpec(Set.of(flags), new Begin.Keyword(keyword, from), new Find.Range(0, 1, 0));
    }

    /**
     * Gives the position of each key.
     *
     * @return false where the arguments cannot hold these keys (a bad count): the command will say what is wrong
     */
    public boolean positions(byte[][] arguments, IntConsumer position) {
        if (begin instanceof Begin.Unknown) {
            return true;
        }
        int start = start(arguments);
        if (start < 0 || start >= arguments.length) {
            return false;
        }
        if (find instanceof Find.Range range) {
            int last = range.last >= 0 ? start + range.last : lastFromEnd(arguments.length, start, range);
            if (last >= arguments.length) {
                return false;
            }
            for (int i = start; i <= last; i += range.step) {
                position.accept(i);
            }
            return true;
        }
        Find.Counted counted = (Find.Counted) find;
        int first = start + counted.first;
        long count;
        try {
            count = Numbers.toLong(arguments[start + counted.countAt]);
        } catch (NotANumber e) {
            return false;
        }
        if (count < 1 || count > (arguments.length - first + counted.step - 1) / counted.step) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            position.accept(first + i * counted.step);
        }
        return true;
    }

    private static int lastFromEnd(int count, int start, Find.Range range) {
        return range.limit <= 1 ? count + range.last : start + (count - start) / range.limit + range.last;
    }

    private int start(byte[][] arguments) {
        if (begin instanceof Begin.Index index) {
            return index.position;
        }
        Begin.Keyword keyword = (Begin.Keyword) begin;
        int step = keyword.from >= 0 ? 1 : -1;
        for (int i = keyword.from >= 0 ? keyword.from : arguments.length + keyword.from;
                i > 0 && i < arguments.length; i += step) {
            if (Bytes.equalsIgnoreCase(arguments[i], keyword.keyword)) {
                return i + 1;
            }
        }
        return -1;
    }
}
