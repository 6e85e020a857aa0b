package dev.respql.value;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;

/** Numbers to and from text, in the syntax that Redis 7.2 reads and in the layout that it writes. Thread-safe. */
public final class Numbers {
    /** Any integer of so many decimal digits is exact as a double. */
    private static final int EXACT_DIGITS = 15;
    private static final double[] POWERS_OF_TEN = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12,
        1e13, 1e14, 1e15};

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
     * The double that the whole text is, in the syntax of C's strtod: decimal or hexadecimal ("0x1.8p3"), an optional
     * sign, "inf" or "infinity" in any case. So the scores of ZADD and ZINCRBY, the WEIGHTS of ZUNION and its kin, and
     * the numbers of the GEO commands are read; INCRBYFLOAT and HINCRBYFLOAT read by {@link LongDouble#parse}, ends of
     * score ranges are read by {@link #toScoreBound}.
     *
     * @throws NotANumber if the text is empty, begins or ends with a blank, is NaN, is not a number as a whole, or is
     *     too large for a double, or so small that it would be rounded to zero
     */
    public static double toDouble(byte[] text) {
        return toDouble(text, 0, text.length, true);
    }

    /**
     * One end of a range of scores, as ZRANGEBYSCORE, ZCOUNT, ZREMRANGEBYSCORE and their kin read it; the caller skips
     * the '(' of an exclusive end by {@code from}. Laxer than {@link #toDouble}: blanks may lead, a zero byte ends the
     * text, no text at all is 0, and numbers out of range become an infinity or zero.
     *
     * @throws NotANumber if the text is NaN or not a number as a whole
     */
    public static double toScoreBound(byte[] text, int from) {
        return toLaxDouble(text, from, false);
    }

    /**
     * What SORT orders an element by: as {@link #toScoreBound}, but within the range of doubles.
     *
     * @throws NotANumber if the text is NaN, not a number as a whole, or out of range as for {@link #toDouble}
     */
    public static double toWeight(byte[] text) {
        return toLaxDouble(text, 0, true);
    }

    private static double toLaxDouble(byte[] text, int from, boolean inRange) {
        int end = from;
        while (end < text.length && text[end] != 0) {
            end++;
        }
        if (end == from) {
            return 0;
        }
        int start = from;
        while (start < end && Bytes.isSpace(text[start])) {
            start++;
        }
        return toDouble(text, start, end, inRange);
    }

    private static double toDouble(byte[] text, int from, int end, boolean inRange) {
        int at = from;
        boolean negative = at < end && text[at] == '-';
        if (negative) {
            at++;
        }
        // Nearly all numbers are short decimals. If the digits as an integer and the power of ten are both exact as
        // doubles, one division is rounded once, hence correctly.
        long digits = 0;
        int point = -1;
        int first = at;
        for (; at < end && at - first <= EXACT_DIGITS; at++) {
            int digit = text[at] - '0';
            if (digit >= 0 && digit <= 9) {
                digits = digits * 10 + digit;
            } else if (digit == '.' - '0' && point < 0) {
                point = at;
            } else {
                break;
            }
        }
        int count = at - first - (point < 0 ? 0 : 1);
        if (at == end && count > 0 && count <= EXACT_DIGITS) {
            double value = point < 0 ? digits : digits / POWERS_OF_TEN[at - 1 - point];
            return negative ? -value : value;
        }
        return toDouble(new FloatText(text, from, end), text, from, end, inRange);
    }

    private static double toDouble(FloatText number, byte[] text, int from, int end, boolean inRange) {
        double magnitude;
        if (number.isInfinite()) {
            magnitude = Double.POSITIVE_INFINITY;
        } else if (number.isHexadecimal()) {
            magnitude = number.magnitude(53, Double.MIN_EXPONENT - 52, Double.MAX_EXPONENT + 1).exactDouble();
        } else {
            magnitude = Math.abs(Double.parseDouble(new String(text, from, end - from, StandardCharsets.ISO_8859_1)));
        }
        if (inRange && !number.isInfinite()
                && (Double.isInfinite(magnitude) || magnitude == 0 && !number.isZero())) {
            throw NotANumber.INSTANCE;
        }
        return number.isNegative() ? -magnitude : magnitude;
    }

    /**
     * A double as Redis 7.2 prints one in replies: integers up to 2^62 in full, and otherwise the shortest digits that
     * read back as the same value; with an exponent ("1.23456789012e+4", "1e-7") where more than seven zeros would have
     * to be appended, or where there are more than six decimals and the magnitude is not in [0.001, 10000). Infinities
     * are "inf" and "-inf", NaN is "nan", negative zero is "-0".
     */
    public static byte[] formatDouble(double value) {
        if (value == 0 || Double.isNaN(value) || Double.isInfinite(value)) {
            return formatG(value, 17);
        }
        long integer = (long) value;
        return integer == value && Math.abs(value) <= 0x1p62 ? toBytes(integer) : ShortestDouble.format(value);
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
