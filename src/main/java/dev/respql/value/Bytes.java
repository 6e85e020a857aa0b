package dev.respql.value;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Byte strings: order, text in and out, and the quoted form of logs. Thread-safe. */
public final class Bytes {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);

    private Bytes() {
    }

    /**
     * Compares as C's memcmp does, byte by byte without a sign, and a prefix before what it begins: the order of
     * members of equal score, of ZRANGEBYLEX and of SORT ALPHA.
     */
    public static int compare(byte[] a, byte[] b) {
        return Arrays.compareUnsigned(a, b);
    }

    /**
     * The text in double quotes as MONITOR, SLOWLOG's log line and redis-cli show it: printable ASCII as it is,
     * quotes and backslashes after a backslash, {@code \n \r \t \a \b}, and all else as {@code \xHH} in lower case.
     */
    public static String printable(byte[] text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(text.length + 8);
        out.write('"');
        for (byte b : text) {
            int escape = switch (b) {
                case '"', '\\' -> b;
                case '\n' -> 'n';
                case '\r' -> 'r';
                case '\t' -> 't';
                case 7 -> 'a';
                case '\b' -> 'b';
                default -> 0;
            };
            if (escape != 0) {
                out.write('\\');
                out.write(escape);
            } else if (b >= ' ' && b <= '~') {
                out.write(b);
            } else {
                out.write('\\');
                out.write('x');
                out.write(HEX[b >> 4 & 0xf]);
                out.write(HEX[b & 0xf]);
            }
        }
        out.write('"');
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    /** The UTF-8 bytes of a text. */
    public static byte[] of(String text) {
        // The JDK itself copies the bytes of an ASCII string without a look at each character.
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** One character a byte (ISO-8859-1): any bytes survive the way to a String and back through that charset. */
    public static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** Whether the bytes are this ASCII text, letters in either case; for names of commands and options. */
    public static boolean equalsIgnoreCase(byte[] bytes, String ascii) {
        if (bytes.length != ascii.length()) {
            return false;
        }
        for (int i = 0; i < bytes.length; i++) {
            if (lower(bytes[i]) != lower((byte) ascii.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** The byte, an ASCII capital as its small letter. */
    static byte lower(byte b) {
        return b >= 'A' && b <= 'Z' ? (byte) (b + ('a' - 'A')) : b;
    }

    /** Whether C's isspace says so: blank, tab, line feed, vertical tab, form feed, carriage return. */
    static boolean isSpace(byte b) {
        return b == ' ' || b >= '\t' && b <= '\r';
    }

    /** The value of a hexadecimal digit of either case, or -1. */
    static int hexDigit(byte b) {
        if (b >= '0' && b <= '9') {
            return b - '0';
        }
        byte letter = lower(b);
        return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
    }
}
