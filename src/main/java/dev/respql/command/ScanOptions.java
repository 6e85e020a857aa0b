package dev.respql.command;

import dev.respql.engine.Call;
import dev.respql.protocol.Reply;
import dev.respql.store.ValueType;
import dev.respql.value.Bytes;
import dev.respql.value.Glob;
import dev.respql.value.Numbers;

/**
 * The arguments that SCAN, HSCAN, SSCAN and ZSCAN share.
 *
 * @param pattern what names must match; null: anything
 * @param count how many elements a call is to go over, at least 1; a wish
 * @param type the name of the only type wanted (SCAN alone), in any case; null: all. A name that no type has is none
 *     of them, and no error
 */
public record ScanOptions(byte[] pattern, long count, String type) {
    private static final long DEFAULT_COUNT = 10;

    /**
     * The cursor as C's strtoul reads it, like Redis: a sign may lead, no digits at all are 0, a zero byte ends the text.
     * Those that no scan answers are beyond all elements: {@link Long#MAX_VALUE} stands for what is greater.
     *
     * @throws CommandException {@code invalid cursor}
     */
    public static long cursor(Call call, int argument) {
        byte[] text = call.bytes(argument);
        int end = 0;
        while (end < text.length && text[end] != 0) {
            end++;
        }
        boolean signed = end > 0 && (text[0] == '-' || text[0] == '+');
        long value = 0;
        for (int i = signed ? 1 : 0; i < end; i++) {
            int digit = text[i] - '0';
            if (digit < 0 || digit > 9 || Long.compareUnsigned(value, Long.divideUnsigned(-1 - digit, 10)) > 0) {
                throw invalidCursor();
            }
            value = value * 10 + digit;
        }
        if (signed && end == 1) {
            throw invalidCursor();
        }
        if (signed && text[0] == '-') {
            value = -value;
        }
        return value < 0 ? Long.MAX_VALUE : value;
    }

    /** MATCH and COUNT, from an argument on. */
    public static ScanOptions of(Call call, int first) {
        return read(call, first, false);
    }

    /** MATCH, COUNT and TYPE, from an argument on. */
    public static ScanOptions withType(Call call, int first) {
        return read(call, first, true);
    }

    private static ScanOptions read(Call call, int first, boolean typed) {
        byte[] pattern = null;
        long count = DEFAULT_COUNT;
        String type = null;
        Options options = new Options(call, first);
        while (options.more()) {
            if (options.take("COUNT", 1)) {
                count = call.number(options.next());
                if (count < 1) {
                    throw CommandException.syntax();
                }
            } else if (options.take("MATCH", 1)) {
                pattern = call.bytes(options.next());
            } else if (typed && options.take("TYPE", 1)) {
                type = call.text(options.next());
            } else {
                throw CommandException.syntax();
            }
        }
        return new ScanOptions(pattern == null || matchesAll(pattern) ? null : pattern, count, type);
    }

    /** Whether the pattern is {@code *}, which matches even the empty name, as longer patterns never do. */
    public static boolean matchesAll(byte[] pattern) {
        return pattern.length == 1 && pattern[0] == '*';
    }

    public boolean matches(byte[] name) {
        return pattern == null || Glob.matches(pattern, name, false);
    }

    public boolean matches(ValueType itsType) {
        return type == null || type.equalsIgnoreCase(itsType.wireName());
    }

    /** The reply of all four: where to go on, 0 at the end, and what was found. */
    public static Reply reply(long cursor, Reply found) {
        return Reply.array(Reply.bulk(Numbers.toBytes(cursor)), found);
    }

    private static CommandException invalidCursor() {
        return new CommandException("ERR invalid cursor");
    }
}
