package dev.respql.value;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;

/** Numbers to and from text, in the syntax that Redis 7.2 reads and in the layout that it writes. Thread-safe. */
public final class Numbers {
    private Numbers() {
    }

    /**
     * The signed 64 bit integer that the whole text is, in canonical form: an optional '-', no '+', no leading zero,
     * no "-0", no blanks (the form that INCR accepts and that every integer argument must have).
     *
     * @throws NotANumber if the text is anything else
     */
    public static long toLong(byte[] text) {
        if (!isLong(text)) {
            throw NotANumber.INSTANCE;
        }
        boolean negative = text[0] == '-';
        long value = 0;
        for (int i = negative ? 1 : 0; i < text.length; i++) {
            value = value * 10 + (text[i] - '0');
        }
        return negative ? -value : value;
    }

    /** Whether {@link #toLong} would give a number. */
    public static boolean isLong(byte[] text) {
        int length = text.length;
        int start = length > 0 && text[0] == '-' ? 1 : 0;
        int digits = length - start;
        if (digits == 0 || digits > 19) {
            return false;
        }
        if (text[start] == '0') {
            return length == 1;
        }
        long magnitude = 0;
        for (int i = start; i < length; i++) {
            int digit = text[i] - '0';
            if (digit < 0 || digit > 9) {
                return false;
            }
            magnitude = magnitude * 10 + digit;
        }
        // 19 digits always fit 64 bits unsigned; a set sign bit is too much, except for -2^63 itself
        return magnitude >= 0 || start == 1 && magnitude == Long.MIN_VALUE;
    }

    /** The canonical decimal text of a value. */
    public static byte[] toBytes(long value) {
        byte[] text = new byte[length(value)];
        write(value, text, 0);
        return text;
    }

    /**
     * Writes the canonical decimal text of a value (at most 20 bytes) at an offset of the target.
     *
     * @return the number of bytes written
     */
    public static int write(long value, byte[] target, int offset) {
        int length = length(value);
        int at = offset + length;
        // Works on the negative side, which alone can hold Long.MIN_VALUE.
        long rest = value < 0 ? value : -value;
        do {
            long quotient = rest / 10;
            target[--at] = (byte) ('0' + (quotient * 10 - rest));
            rest = quotient;
        } while (rest != 0);
        if (value < 0) {
            target[--at] = '-';
        }
        return length;
    }

    /** The number of bytes that {@link #write} will write. */
    public static int length(long value) {
        long rest = value < 0 ? value : -value;
        int length = value < 0 ? 2 : 1;
        while (rest <= -10) {
            rest /= 10;
            length++;
        }
        return length;
    }

    /**
     * The double that the whole text is, as ZADD, ZINCRBY, WEIGHTS and the GEO commands read one.
     *
     * @throws NotANumber if the text is empty, NaN, not a number as a whole, or out of the range of a double
     */
    public static double toDouble(byte[] text) {
        try {
            if (text.length == 0 || text[0] <= ' ' || text[text.length - 1] <= ' ') {
                throw NotANumber.INSTANCE;
            }
            String s = new String(text, StandardCharsets.ISO_8859_1);
            if (s.equalsIgnoreCase("inf") || s.equalsIgnoreCase("+inf") || s.equalsIgnoreCase("infinity")) {
                return Double.POSITIVE_INFINITY;
            }
            if (s.equalsIgnoreCase("-inf") || s.equalsIgnoreCase("-infinity")) {
                return Double.NEGATIVE_INFINITY;
            }
            double value = Double.parseDouble(s);
            if (Double.isNaN(value) || Double.isInfinite(value)) {
                throw NotANumber.INSTANCE;
            }
            return value;
        } catch (NumberFormatException e) {
            throw NotANumber.INSTANCE;
        }
    }

    /**
     * One end of a range of scores, as ZRANGEBYSCORE, ZCOUNT, ZRANGE BYSCORE and ZREMRANGEBYSCORE read it; the caller
     * skips the '(' of an exclusive end by {@code from}.
     *
     * @throws NotANumber if the text is NaN or not a number as a whole
     */
    public static double toScoreBound(byte[] text, int from) {
        return toDouble(java.util.Arrays.copyOfRange(text, from, text.length));
    }

    /** A double as Redis 7.2 prints one in replies: the shortest digits that read back as the same value. */
    public static byte[] formatDouble(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return formatDouble17(value);
        }
        int precision = 1;
        while (precision < 17 && Double.parseDouble(new BigDecimal(value)
                .round(new MathContext(precision, RoundingMode.HALF_EVEN)).toString()) != value) {
            precision++;
        }
        return formatG(value, precision);
    }

    /** A double as C's {@code %.17g} prints it, exactly; Redis 7.0 prints doubles this way in replies. */
    public static byte[] formatDouble17(double value) {
        return formatG(value, 17);
    }

    /** A double as C's {@code %.<precision>g} prints it, exactly; infinities as "inf" and "-inf", NaN as "nan". */
    public static byte[] formatG(double value, int precision) {
        if (Double.isNaN(value)) {
            return ascii("nan");
        }
        if (Double.isInfinite(value)) {
            return ascii(value < 0 ? "-inf" : "inf");
        }
        if (value == 0) {
            return ascii(1 / value < 0 ? "-0" : "0");
        }
        BigDecimal rounded = new BigDecimal(Math.abs(value))
                .round(new MathContext(precision, RoundingMode.HALF_EVEN)).stripTrailingZeros();
        String digits = rounded.unscaledValue().toString();
        int exponent = digits.length() - 1 - rounded.scale();
        StringBuilder out = new StringBuilder(precision + 8);
        if (value < 0) {
            out.append('-');
        }
        if (exponent < -4 || exponent >= precision) {
            out.append(digits.charAt(0));
            if (digits.length() > 1) {
                out.append('.').append(digits, 1, digits.length());
            }
            int magnitude = Math.abs(exponent);
            out.append(exponent < 0 ? "e-" : "e+").append(magnitude < 10 ? "0" : "").append(magnitude);
        } else {
            out.append(rounded.abs().toPlainString());
        }
        return ascii(out.toString());
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
