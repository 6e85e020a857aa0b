package dev.respql.script.lua;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import org.luaj.vm2.LuaString;

/** Numbers to and from text as C Lua does it on Linux: printf's {@code %.14g}, and strtod with its hexadecimals. */
public final class NumberText {
    private static final double EXACT_LIMIT = 1e14;
    private static final int DIGITS = 14;
    /** A longer text is taken for no number, so that reading one takes no time worth counting. */
    private static final int MAXIMUM_LENGTH = 1 << 16;

    private NumberText() {
    }

    /** As {@code tostring} prints it. */
    public static String format(double value) {
        if (value == Math.rint(value) && Math.abs(value) < EXACT_LIMIT && (value != 0 || 1 / value > 0)) {
            return Long.toString((long) value);
        }
        return formatG(value, DIGITS, false);
    }

    /** {@code inf}, {@code -inf}, {@code nan} or {@code -nan}; null for a finite number. */
    static String special(double value) {
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        if (Double.isNaN(value)) {
            return Double.doubleToRawLongBits(value) < 0 ? "-nan" : "nan";
        }
        return null;
    }

    /** C's {@code %.<precision>g}; {@code keepZeros} is its flag {@code #}. */
    public static String formatG(double value, int precision, boolean keepZeros) {
        String special = special(value);
        if (special != null) {
            return special;
        }
        int digits = Math.max(precision, 1);
        String sign = isNegative(value) ? "-" : "";
        if (value == 0) {
            return sign + (keepZeros ? digits > 1 ? "0." + "0".repeat(digits - 1) : "0." : "0");
        }
        BigDecimal rounded = new BigDecimal(Math.abs(value)).round(new MathContext(digits, RoundingMode.HALF_EVEN));
        String unscaled = rounded.unscaledValue().toString();
        int exponent = unscaled.length() - 1 - rounded.scale();
        StringBuilder all = new StringBuilder(unscaled);
        while (all.length() < digits) {
            all.append('0');
        }
        all.setLength(digits);
        StringBuilder out = new StringBuilder(sign);
        if (exponent < -4 || exponent >= digits) {
            out.append(all.charAt(0)).append('.').append(all, 1, digits);
            trim(out, keepZeros);
            return appendExponent(out, exponent).toString();
        }
        if (exponent >= 0) {
            out.append(all, 0, exponent + 1).append('.').append(all, exponent + 1, digits);
        } else {
            out.append("0.").append("0".repeat(-exponent - 1)).append(all);
        }
        trim(out, keepZeros);
        return out.toString();
    }

    /** C's {@code %.<precision>f}; {@code keepPoint} is its flag {@code #}. */
    static String formatF(double value, int precision, boolean keepPoint) {
        String special = special(value);
        if (special != null) {
            return special;
        }
        String digits = new BigDecimal(Math.abs(value)).setScale(precision, RoundingMode.HALF_EVEN).toPlainString();
        return (isNegative(value) ? "-" : "") + digits + (keepPoint && precision == 0 ? "." : "");
    }

    /** C's {@code %.<precision>e}; {@code keepPoint} is its flag {@code #}. */
    static String formatE(double value, int precision, boolean keepPoint) {
        String special = special(value);
        if (special != null) {
            return special;
        }
        StringBuilder out = new StringBuilder(isNegative(value) ? "-" : "");
        String digits = "0".repeat(precision + 1);
        int exponent = 0;
        if (value != 0) {
            BigDecimal rounded = new BigDecimal(Math.abs(value))
                    .round(new MathContext(precision + 1, RoundingMode.HALF_EVEN));
            String unscaled = rounded.unscaledValue().toString();
            exponent = unscaled.length() - 1 - rounded.scale();
            digits = (unscaled + digits).substring(0, precision + 1);
        }
        out.append(digits.charAt(0));
        if (precision > 0 || keepPoint) {
            out.append('.').append(digits, 1, digits.length());
        }
        return appendExponent(out, exponent).toString();
    }

    private static boolean isNegative(double value) {
        return Double.doubleToRawLongBits(value) < 0;
    }

    private static void trim(StringBuilder out, boolean keepZeros) {
        if (keepZeros) {
            return;
        }
        int length = out.length();
        while (out.charAt(length - 1) == '0') {
            length--;
        }
        if (out.charAt(length - 1) == '.') {
            length--;
        }
        out.setLength(length);
    }

    private static StringBuilder appendExponent(StringBuilder out, int exponent) {
        out.append('e').append(exponent < 0 ? '-' : '+');
        int size = Math.abs(exponent);
        return (size < 10 ? out.append('0') : out).append(size);
    }

    /** The number that the whole text is, blanks around it allowed; null if it is none. */
    static Num parse(LuaString text) {
        return parse(text.m_bytes, text.m_offset, text.m_offset + text.m_length);
    }

    static Num parse(byte[] text, int from, int end) {
        if (end - from > MAXIMUM_LENGTH) {
            return null;
        }
        Scanner scanner = new Scanner(text, from, end);
        if (scanner.end < 0) {
            return null;
        }
        for (int i = scanner.end; i < end; i++) {
            if (!isSpace(text[i])) {
                return null;
            }
        }
        return Num.of(scanner.value);
    }

    static boolean isSpace(int b) {
        return b == ' ' || b >= '\t' && b <= '\r';
    }

    /** What C's strtod reads at the beginning of the text. */
    public static final class Scanner {
        private final byte[] text;
        private final int limit;
        private int at;
        /** Where the number ends; -1 if there is none. */
        public final int end;
        public final double value;

        public Scanner(byte[] text, int from, int limit) {
            this.text = text;
            this.limit = limit;
            at = from;
            while (isSpace(peek(0))) {
                at++;
            }
            boolean negative = peek(0) == '-';
            if (negative || peek(0) == '+') {
                at++;
            }
            double size;
            if (word("infinity") || word("inf")) {
                size = Double.POSITIVE_INFINITY;
            } else if (word("nan")) {
                size = Double.NaN;
                skipNanDetail();
            } else if (peek(0) == '0' && (peek(1) | 0x20) == 'x' && (hex(peek(2)) >= 0 || peek(2) == '.' && hex(peek(3)) >= 0)) {
                at += 2;
                size = hexadecimal();
            } else if (digit(peek(0)) || peek(0) == '.' && digit(peek(1))) {
                size = decimal();
            } else {
                size = 0;
                at = -1;
            }
            end = at;
            value = negative ? Arithmetic.negate(size) : size;
        }

        private int peek(int ahead) {
            return at + ahead < limit ? text[at + ahead] & 0xFF : -1;
        }

        private boolean word(String lower) {
            for (int i = 0; i < lower.length(); i++) {
                int c = peek(i);
                if (c < 0 || (c | 0x20) != lower.charAt(i)) {
                    return false;
                }
            }
            at += lower.length();
            return true;
        }

        private void skipNanDetail() {
            if (peek(0) != '(') {
                return;
            }
            int i = 1;
            while (digit(peek(i)) || (peek(i) | 0x20) >= 'a' && (peek(i) | 0x20) <= 'z' || peek(i) == '_') {
                i++;
            }
            if (peek(i) == ')') {
                at += i + 1;
            }
        }

        private static boolean digit(int c) {
            return c >= '0' && c <= '9';
        }

        static int hex(int c) {
            return digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
        }

        private double decimal() {
            int from = at;
            boolean simple = true;
            long number = 0;
            while (digit(peek(0))) {
                number = number * 10 + (peek(0) - '0');
                at++;
            }
            if (at - from > 15) {
                simple = false;
            }
            if (peek(0) == '.') {
                simple = false;
                at++;
                while (digit(peek(0))) {
                    at++;
                }
            }
            if ((peek(0) | 0x20) == 'e') {
                int sign = peek(1) == '-' || peek(1) == '+' ? 1 : 0;
                if (digit(peek(1 + sign))) {
                    simple = false;
                    at += 1 + sign;
                    while (digit(peek(0))) {
                        at++;
                    }
                }
            }
            return simple ? number : Double.parseDouble(new String(text, from, at - from,
                    StandardCharsets.ISO_8859_1));
        }

        private double hexadecimal() {
            StringBuilder digits = new StringBuilder("0x");
            boolean point = false;
            for (;; at++) {
                int c = peek(0);
                if (hex(c) >= 0) {
                    digits.append((char) c);
                } else if (c == '.' && !point) {
                    point = true;
                    digits.append('.');
                } else {
                    break;
                }
            }
            String exponent = "p0";
            if ((peek(0) | 0x20) == 'p') {
                int sign = peek(1) == '-' || peek(1) == '+' ? 1 : 0;
                if (digit(peek(1 + sign))) {
                    int from = at;
                    at += 1 + sign;
                    while (digit(peek(0))) {
                        at++;
                    }
                    exponent = new String(text, from, at - from, StandardCharsets.ISO_8859_1);
                }
            }
            return Double.parseDouble(digits + exponent);
        }
    }
}
