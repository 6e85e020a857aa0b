package dev.respql.protocol;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a command answers. A reply is immutable, knows nothing of the protocol version, and writes itself through a
 * {@link RespWriter}, which decides how RESP2 shows what only RESP3 has. The shapes are those of the RESP specification.
 */
public sealed interface Reply {

    /** Writes this reply, with everything nested in it. */
    void writeTo(RespWriter out);

    /** Bytes that the reply takes in memory and on the wire, whichever is more, roughly. */
    long weight();

    /** What any reply weighs, however short. */
    int OVERHEAD = 24;

    Simple OK = new Simple("OK");
    Simple QUEUED = new Simple("QUEUED");
    Int ZERO = new Int(0);
    Int ONE = new Int(1);
    /** The missing value: {@code $-1} in RESP2, {@code _} in RESP3. */
    Null NULL = new Null(false);
    /** The missing array: {@code *-1} in RESP2, {@code _} in RESP3. */
    Null NULL_ARRAY = new Null(true);
    Array EMPTY_ARRAY = new Array(List.of());
    /** No reply at all: for commands whose replies travel another way. */
    None NONE = new None();

    /** A simple string (status); must not hold CR or LF. */
    record Simple(String text) implements Reply {
        @Override
        public void writeTo(RespWriter out) {
            out.simple(text);
        }

        @Override
        public long weight() {
            return OVERHEAD + text.length();
        }
    }

    /** An error; the text begins with its code ({@code ERR}, {@code WRONGTYPE}, …). Line breaks are made spaces. */
    record Error(String text) implements Reply {
        @Override
        public void writeTo(RespWriter out) {
            out.error(text);
        }

        @Override
        public long weight() {
            return OVERHEAD + text.length();
        }
    }

    record Int(long value) implements Reply {
        @Override
        public void writeTo(RespWriter out) {
            out.integer(value);
        }

        @Override
        public long weight() {
            return OVERHEAD;
        }
    }

    /** A bulk string. The array is not copied: who hands it over must not change it any more. */
    record Bulk(byte[] bytes) implements Reply {
        @Override
        public void writeTo(RespWriter out) {
            out.bulk(bytes);
        }

        @Override
        public long weight() {
            return OVERHEAD + bytes.length;
        }
    }

    record Null(boolean array) implements Reply {
        @Override
        public void writeTo(RespWriter out) {
            if (array) {
                out.nullArray();
            } else {
                out.nullBulk();
            }
        }

        @Override
        public long weight() {
            return OVERHEAD;
        }
    }

    record None() implements Reply {
        @Override
        public void writeTo(RespWriter out) {
        }

        @Override
        public long weight() {
            return 0;
        }
    }

    /** A reply in a protocol version of its own, whatever that of what it stands in: HELLO inside a transaction. */
    record InVersion(int respVersion, Reply reply) implements Reply {
        @Override
        public void writeTo(RespWriter out) {
            int around = out.version();
            out.version(respVersion);
            reply.writeTo(out);
            out.version(around);
        }

        @Override
        public long weight() {
            return reply.weight();
        }
    }

    record Array(List<? extends Reply> items) implements Reply {
        @Override
        public void writeTo(RespWriter out) {
            out.arrayHeader(items.size());
            writeAll(items, out);
        }

        @Override
        public long weight() {
            return weightOf(items);
        }
    }

    /** A set: an array in RESP2. */
    record SetOf(List<? extends Reply> items) implements Reply {
        @Override
        public void writeTo(RespWriter out) {
            out.setHeader(items.size());
            writeAll(items, out);
        }

        @Override
        public long weight() {
            return weightOf(items);
        }
    }

    /** A map, given as key, value, key, value …: a flat array in RESP2. */
    record MapOf(List<? extends Reply> keysAndValues) implements Reply {
        @Override
        public void writeTo(RespWriter out) {
            out.mapHeader(keysAndValues.size() / 2);
            writeAll(keysAndValues, out);
        }

        @Override
        public long weight() {
            return weightOf(keysAndValues);
        }
    }

    /** An out-of-band message: an array in RESP2. */
    record Push(List<? extends Reply> items) implements Reply {
        @Override
        public void writeTo(RespWriter out) {
            out.pushHeader(items.size());
            writeAll(items, out);
        }

        @Override
        public long weight() {
            return weightOf(items);
        }
    }

    /**
     * What commands answer that confirm each of their arguments with a message of its own (SUBSCRIBE): one after the
     * other, with nothing around them. Sent even to a client that wants no replies.
     */
    record Pushes(List<? extends Reply> messages) implements Reply {
        @Override
        public void writeTo(RespWriter out) {
            writeAll(messages, out);
        }

        @Override
        public long weight() {
            return weightOf(messages);
        }
    }

    /** A double: a bulk string in RESP2. */
    record Dbl(double value) implements Reply {
        @Override
        public void writeTo(RespWriter out) {
            out.dbl(value);
        }

        @Override
        public long weight() {
            return OVERHEAD;
        }
    }

    /** A boolean: 1 or 0 in RESP2. */
    record Bool(boolean value) implements Reply {
        @Override
        public void writeTo(RespWriter out) {
            out.bool(value);
        }

        @Override
        public long weight() {
            return OVERHEAD;
        }
    }

    /** A number of any size, in decimal digits: a bulk string in RESP2. */
    record BigNumber(String digits) implements Reply {
        @Override
        public void writeTo(RespWriter out) {
            out.bigNumber(digits);
        }

        @Override
        public long weight() {
            return OVERHEAD + digits.length();
        }
    }

    /** Text with a three-letter format ({@code txt}, {@code mkd}): a bulk string in RESP2. */
    record Verbatim(String format, byte[] bytes) implements Reply {
        @Override
        public void writeTo(RespWriter out) {
            out.verbatim(format, bytes);
        }

        @Override
        public long weight() {
            return OVERHEAD + bytes.length;
        }
    }

    /** A reply whose shape differs between the versions by more than the type of one element. */
    record Versioned(Reply resp2, Reply resp3) implements Reply {
        @Override
        public void writeTo(RespWriter out) {
            (out.version() >= 3 ? resp3 : resp2).writeTo(out);
        }

        @Override
        public long weight() {
            return Math.max(resp2.weight(), resp3.weight());
        }
    }

    static Reply integer(long value) {
        return value == 0 ? ZERO : value == 1 ? ONE : new Int(value);
    }

    /** 1 or 0, as most commands answer yes and no. */
    static Reply oneOrZero(boolean value) {
        return value ? ONE : ZERO;
    }

    /** A bulk string, or the null reply where {@code bytes} is null. */
    static Reply bulk(byte[] bytes) {
        return bytes == null ? NULL : new Bulk(bytes);
    }

    /** A bulk string of the text's UTF-8 bytes, or the null reply where {@code text} is null. */
    static Reply bulk(String text) {
        return text == null ? NULL : new Bulk(text.getBytes(StandardCharsets.UTF_8));
    }

    static Array array(Reply... items) {
        return new Array(List.of(items));
    }

    /** An array of bulk strings; null elements become null replies. */
    static Array bulks(List<byte[]> values) {
        List<Reply> items = new ArrayList<>(values.size());
        for (byte[] value : values) {
            items.add(bulk(value));
        }
        return new Array(items);
    }

    private static void writeAll(List<? extends Reply> items, RespWriter out) {
        for (int i = 0, n = items.size(); i < n; i++) {
            items.get(i).writeTo(out);
        }
    }

    private static long weightOf(List<? extends Reply> items) {
        long weight = OVERHEAD;
        for (int i = 0, n = items.size(); i < n; i++) {
            weight += items.get(i).weight();
        }
        return weight;
    }
}
