package dev.respql.testing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * One reply as a tree, RESP2 or RESP3, beside the exact bytes that carried it. Written apart from the server's own
 * codec on purpose, so that a mistake in one is not hidden by the same mistake in the other.
 *
 * <p>{@link #toString()} is meant for assertions and for people: {@code OK}, {@code (integer) 1}, {@code "abc"},
 * {@code (nil)}, {@code (error) ERR no such key}, {@code ["a", (nil)]}, {@code {"field": "value"}},
 * {@code ~["member"]}.
 */
public final class Reply {
    private final char type;
    private final byte[] payload;
    private final List<Reply> items;
    private final byte[] raw;

    private Reply(char type, byte[] payload, List<Reply> items, byte[] raw) {
        this.type = type;
        this.payload = payload;
        this.items = items;
        this.raw = raw;
    }

    /** A reply without elements; {@code payload} is null for a null bulk string. */
    static Reply scalar(char type, byte[] payload, byte[] raw) {
        return new Reply(type, payload, null, raw);
    }

    /** An array, map (keys and values in turn), set, push or attribute; {@code items} is null for a null array. */
    static Reply aggregate(char type, List<Reply> items, byte[] raw) {
        return new Reply(type, null, items, raw);
    }

    /** The first byte of the reply: one of {@code + - : $ * _ # , ( ! = % ~ > |}. */
    public char type() {
        return type;
    }

    /** The bytes as they came over the wire, complete. */
    public byte[] raw() {
        return raw.clone();
    }

    /** The bytes as they came over the wire, one character a byte, for comparison with a literal. */
    public String wire() {
        return new String(raw, StandardCharsets.ISO_8859_1);
    }

    /** True for RESP3's null and for RESP2's null bulk string and null array. */
    public boolean isNull() {
        return payload == null && items == null;
    }

    /** True for an error, simple or bulk. */
    public boolean isError() {
        return type == '-' || type == '!';
    }

    /** True for a reply that holds other replies and is not null. */
    public boolean isAggregate() {
        return items != null;
    }

    /** The elements of an aggregate; of a map, keys and values in turn. */
    public List<Reply> items() {
        return Objects.requireNonNull(items, () -> "no elements in " + this);
    }

    /** The payload of a scalar reply (for a verbatim string with its {@code txt:} prefix), null for a null. */
    public byte[] bytes() {
        if (items != null) {
            throw new IllegalStateException("not a single value: " + this);
        }
        return payload == null ? null : payload.clone();
    }

    /** The payload of a scalar reply as UTF-8, null for a null. */
    public String text() {
        byte[] bytes = bytes();
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    /** The texts of an aggregate's elements; elements must be scalars. */
    public List<String> texts() {
        return items().stream().map(Reply::text).collect(Collectors.toList());
    }

    /** The value of an integer reply; anything else is an {@link IllegalStateException}. */
    public long integer() {
        if (type != ':') {
            throw new IllegalStateException("not an integer: " + this);
        }
        return Long.parseLong(text());
    }

    /** The same reply with every bulk string and double in it changed so; its bytes are those that would carry it. */
    public Reply withTexts(UnaryOperator<byte[]> change) {
        if (items != null) {
            List<Reply> changed = items.stream().map(item -> item.withTexts(change)).toList();
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            bytes.writeBytes(Arrays.copyOf(raw, wire().indexOf("\r\n") + 2));
            changed.forEach(item -> bytes.writeBytes(item.raw));
            return aggregate(type, changed, bytes.toByteArray());
        }
        if (payload == null || type != '$' && type != ',') {
            return this;
        }
        byte[] text = change.apply(payload.clone());
        String written = new String(text, StandardCharsets.ISO_8859_1);
        return scalar(type, text, Bytes.latin1(
                (type == '$' ? "$" + text.length + "\r\n" : ",") + written + "\r\n"));
    }

    /** True when type, payload and elements are the same; for well-formed replies that is: the same bytes. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Reply && Arrays.equals(raw, ((Reply) other).raw);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(raw);
    }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        print(out);
        return out.toString();
    }

    private void print(StringBuilder out) {
        if (isNull()) {
            out.append(type == '*' ? "(nil array)" : "(nil)");
            return;
        }
        switch (type) {
            case '+' -> out.append(Bytes.escape(payload));
            case '-' -> out.append("(error) ").append(Bytes.escape(payload));
            case '!' -> out.append("(bulk error) ").append(Bytes.escape(payload));
            case ':' -> out.append("(integer) ").append(text());
            case ',' -> out.append("(double) ").append(text());
            case '(' -> out.append("(big number) ").append(text());
            case '#' -> out.append(text().equals("t") ? "(true)" : "(false)");
            case '=' -> out.append("(verbatim) ").append(Bytes.quote(payload));
            case '$' -> out.append(Bytes.quote(payload));
            case '%' -> printPairs(out, "{");
            case '|' -> printPairs(out, "|{");
            case '~' -> printItems(out, "~[");
            case '>' -> printItems(out, ">[");
            default -> printItems(out, "[");
        }
    }

    private void printItems(StringBuilder out, String open) {
        out.append(open);
        for (int i = 0; i < items.size(); i++) {
            out.append(i == 0 ? "" : ", ");
            items.get(i).print(out);
        }
        out.append(']');
    }

    private void printPairs(StringBuilder out, String open) {
        out.append(open);
        for (int i = 0; i < items.size(); i++) {
            out.append(i == 0 ? "" : i % 2 == 0 ? ", " : ": ");
            items.get(i).print(out);
        }
        out.append('}');
    }
}
