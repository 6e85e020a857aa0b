package dev.respql.script.lua;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.luaj.vm2.LuaString;

/** One call of {@code string.format}, which hands each item to C's sprintf: what that would print is printed. */
final class StringFormat {
    private static final String FLAGS = "-+ #0";
    private static final int LONG_STRING = 100;
    /** What printing a double exactly takes, in steps. */
    private static final int STEPS_PER_FLOAT = 50;

    private final Frame frame;
    private final byte[] format;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int at;
    private int argument = 1;

    // the item being formatted
    private String flags;
    private int width;
    /** -1 if there is none. */
    private int precision;

    StringFormat(Frame frame) {
        this.frame = frame;
        this.format = Strings.bytes(frame.checkString(1));
    }

    int run() {
        while (at < format.length) {
            int c = format[at++];
            if (c != '%') {
                out.write(c);
            } else if (peek() == '%') {
                out.write('%');
                at++;
            } else {
                argument++;
                if (frame.isMissing(argument)) {
                    throw frame.badArgument(argument, "no value");
                }
                readItem();
                item(peek());
            }
        }
        return frame.result(out.toByteArray());
    }

    private int peek() {
        return at < format.length ? format[at] & 0xFF : 0;
    }

    private void readItem() {
        int from = at;
        while (peek() != 0 && FLAGS.indexOf(peek()) >= 0) {
            at++;
        }
        if (at - from > FLAGS.length()) {
            throw frame.error("invalid format (repeated flags)");
        }
        flags = new String(format, from, at - from, StandardCharsets.ISO_8859_1);
        width = twoDigits();
        precision = -1;
        if (peek() == '.') {
            at++;
            precision = twoDigits();
        }
        if (isDigit(peek())) {
            throw frame.error("invalid format (width or precision too long)");
        }
    }

    private int twoDigits() {
        int number = 0;
        for (int i = 0; i < 2 && isDigit(peek()); i++) {
            number = number * 10 + peek() - '0';
            at++;
        }
        return number;
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private boolean has(char flag) {
        return flags.indexOf(flag) >= 0;
    }

    private void item(int conversion) {
        at++;
        switch (conversion) {
            case 'c':
                character((byte) frame.checkLong(argument));
                break;
            case 'd': case 'i':
                signed(frame.checkLong(argument));
                break;
            case 'o': case 'u': case 'x': case 'X':
                unsigned(conversion, frame.checkNumber(argument));
                break;
            case 'e': case 'E': case 'f': case 'g': case 'G':
                floating(conversion, frame.checkNumber(argument));
                break;
            case 'q':
                quoted(frame.checkString(argument));
                break;
            case 's':
                string(frame.checkString(argument));
                break;
            default:
                throw frame.error("invalid option '%" + (conversion == 0 ? "" : (char) conversion) + "' to 'format'");
        }
    }

    private void character(byte c) {
        if (!has('-')) {
            spaces(width - 1);
        }
        if (c == 0) {
            return;
        }
        out.write(c);
        if (has('-')) {
            spaces(width - 1);
        }
    }

    private void spaces(int count) {
        for (int i = 0; i < count; i++) {
            out.write(' ');
        }
    }

    private void write(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        out.write(bytes, 0, bytes.length);
    }

    /** A number's sign or prefix and its digits, filled up to the width. */
    private void number(String prefix, String digits, boolean zeros) {
        int fill = width - prefix.length() - digits.length();
        if (has('-')) {
            write(prefix + digits);
            spaces(fill);
        } else if (zeros) {
            write(prefix + "0".repeat(Math.max(fill, 0)) + digits);
        } else {
            spaces(fill);
            write(prefix + digits);
        }
    }

    private String sign(boolean negative) {
        return negative ? "-" : has('+') ? "+" : has(' ') ? " " : "";
    }

    private void signed(long value) {
        String digits = value < 0 ? Long.toString(value).substring(1) : Long.toString(value);
        number(sign(value < 0), atLeastPrecision(value == 0 && precision == 0 ? "" : digits), has('0') && precision < 0);
    }

    private String atLeastPrecision(String digits) {
        return "0".repeat(Math.max(precision - digits.length(), 0)) + digits;
    }

    private void unsigned(int conversion, double number) {
        long value = number >= 0x1p63 ? number < 0x1p64 ? (long) (number - 0x1p63) ^ Long.MIN_VALUE : 0
                : Arithmetic.toLong(number);
        String digits = conversion == 'o' ? Long.toOctalString(value)
                : conversion == 'u' ? Long.toUnsignedString(value) : Long.toHexString(value);
        String prefix = "";
        if (value == 0 && precision == 0) {
            digits = "";
        }
        digits = atLeastPrecision(digits);
        if (has('#')) {
            if (conversion == 'o' && !digits.startsWith("0")) {
                digits = "0" + digits;
            } else if ((conversion | 0x20) == 'x' && value != 0) {
                prefix = "0x";
            }
        }
        if (conversion == 'X') {
            digits = digits.toUpperCase(Locale.ROOT);
            prefix = prefix.toUpperCase(Locale.ROOT);
        }
        number(prefix, digits, has('0') && precision < 0);
    }

    private void floating(int conversion, double value) {
        int places = precision < 0 ? 6 : precision;
        frame.machine.steps(STEPS_PER_FLOAT);
        String text;
        switch (conversion | 0x20) {
            case 'e':
                text = NumberText.formatE(value, places, has('#'));
                break;
            case 'f':
                text = NumberText.formatF(value, places, has('#'));
                break;
            default:
                text = NumberText.formatG(value, places, has('#'));
        }
        if (conversion < 'a') {
            text = text.toUpperCase(Locale.ROOT);
        }
        boolean negative = text.startsWith("-");
        boolean finite = !Double.isInfinite(value) && !Double.isNaN(value);
        number(sign(negative), negative ? text.substring(1) : text, has('0') && finite);
    }

    private void quoted(LuaString text) {
        frame.hold(2L * text.m_length);
        out.write('"');
        for (int i = 0; i < text.m_length; i++) {
            int c = text.m_bytes[text.m_offset + i];
            switch (c) {
                case '"': case '\\': case '\n':
                    out.write('\\');
                    out.write(c);
                    break;
                case '\r':
                    write("\\r");
                    break;
                case 0:
                    write("\\000");
                    break;
                default:
                    out.write(c);
            }
        }
        out.write('"');
    }

    /** Long strings are taken as they are; others end at a NUL, as they go through sprintf. */
    private void string(LuaString text) {
        int length = text.m_length;
        frame.hold(length);
        if (precision < 0 && length >= LONG_STRING) {
            out.write(text.m_bytes, text.m_offset, length);
            return;
        }
        int shown = 0;
        int limit = precision < 0 ? length : Math.min(precision, length);
        while (shown < limit && text.m_bytes[text.m_offset + shown] != 0) {
            shown++;
        }
        if (!has('-')) {
            spaces(width - shown);
        }
        out.write(text.m_bytes, text.m_offset, shown);
        if (has('-')) {
            spaces(width - shown);
        }
    }
}
