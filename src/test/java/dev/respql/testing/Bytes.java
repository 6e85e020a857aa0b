package dev.respql.testing;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Bytes to and from what a person can read in a test's output. */
public final class Bytes {
    private static final int LONGEST_WORD = 120;

    private Bytes() {
    }

    /** The bytes of a request argument: a {@code byte[]} as it is, anything else as the UTF-8 of its text. */
    public static byte[] of(Object argument) {
        return argument instanceof byte[] ? (byte[]) argument
                : argument.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** One byte for each character of {@code text}, for literals such as {@code "\u0000\u00ff"}. */
    public static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** As redis-cli quotes: printable ASCII as it is, everything else escaped, in double quotes. */
    public static String quote(byte[] bytes) {
        return '"' + escape(bytes) + '"';
    }

    /** As {@link #quote}, without the surrounding quotes. */
    public static String escape(byte[] bytes) {
        StringBuilder out = new StringBuilder(bytes.length);
        for (byte b : bytes) {
            switch (b) {
                case '\r' -> out.append("\\r");
                case '\n' -> out.append("\\n");
                case '\t' -> out.append("\\t");
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                default -> {
                    if (b >= 0x20 && b < 0x7f) {
                        out.append((char) b);
                    } else {
                        out.append(String.format("\\x%02x", b));
                    }
                }
            }
        }
        return out.toString();
    }

    /** A command so that it can be pasted into redis-cli: plain words bare, the rest quoted; long ones cut short. */
    public static String command(List<byte[]> arguments) {
        return arguments.stream().map(Bytes::word).collect(Collectors.joining(" "));
    }

    private static String word(byte[] bytes) {
        if (bytes.length == 0) {
            return "\"\"";
        }
        if (bytes.length > LONGEST_WORD) {
            return quote(Arrays.copyOf(bytes, LONGEST_WORD / 4)) + "…(" + bytes.length + " bytes)";
        }
        for (byte b : bytes) {
            if (b <= ' ' || b >= 0x7f || b == '"' || b == '\'' || b == '\\') {
                return quote(bytes);
            }
        }
        return new String(bytes, StandardCharsets.US_ASCII);
    }
}
