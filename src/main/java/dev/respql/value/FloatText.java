package dev.respql.value;

import java.math.BigInteger;

/**
 * A text that as a whole is a floating-point number in the syntax of C's strtod: decimal or hexadecimal digits with an
 * optional point and exponent, or an infinity. NaN counts as no number, since no command takes it.
 * Leading blanks, which strtod skips, are the caller's concern.
 */
final class FloatText {
    /** What is beyond it, positive or negative, is out of every format's range, and sums with it do not overflow. */
    private static final int EXPONENT_LIMIT = 1_000_000_000;

    /** More than twice the bits of any mantissa. */
    private static final int HEXADECIMAL_DIGITS = 40;

    private final byte[] text;
    private final int end;
    private int at;

    private final boolean negative;
    private final boolean infinite;
    private final boolean hexadecimal;
    /** Where the digits begin and end; a point may be among them. */
    private int digitsFrom;
    private int digitsTo;
    /** The number of digits behind the point. */
    private int fractionDigits;
    /** As written, or its limit if that is exceeded; of 10, or of 2 for hexadecimal digits. */
    private int exponent;

    /**
     * Reads all bytes in [from, end).
     *
     * @throws NotANumber if they are anything but a number
     */
    FloatText(byte[] text, int from, int end) {
        this.text = text;
        this.end = end;
        this.at = from;
        this.negative = skip('-');
        if (!negative) {
            skip('+');
        }
        this.infinite = restIs("inf") || restIs("infinity");
        this.hexadecimal = at + 1 < end && text[at] == '0' && Bytes.lower(text[at + 1]) == 'x';
        if (!infinite) {
            readDigits();
            readExponent();
            if (at < end) {
                throw NotANumber.INSTANCE;
            }
        }
    }

    boolean isNegative() {
        return negative;
    }

    boolean isInfinite() {
        return infinite;
    }

    boolean isHexadecimal() {
        return hexadecimal;
    }

    /** Whether all digits are zeros, so that the value is an exact zero. */
    boolean isZero() {
        for (int i = digitsFrom; i < digitsTo; i++) {
            if (text[i] != '0' && text[i] != '.') {
                return false;
            }
        }
        return true;
    }

    /**
     * The magnitude, rounded to a binary format; infinite when it is out of that format's range above, zero when it is
     * so below. Not for texts that name an infinity.
     *
     * @param precision the bits of the mantissa
     * @param minimumExponent the exponent of the format's smallest value above zero
     * @param maximumExponent the exponent of the power of two that is too large for the format
     */
    LongDouble magnitude(int precision, int minimumExponent, int maximumExponent) {
        StringBuilder digits = significantDigits();
        if (digits.length() == 0) {
            return LongDouble.ZERO;
        }
        // Of hexadecimal digits a few decide, so that long ones cost no more than to look at them.
        boolean more = false;
        long scale = (long) exponent - (long) fractionDigits * (hexadecimal ? 4 : 1);
        if (hexadecimal && digits.length() > HEXADECIMAL_DIGITS) {
            more = digits.chars().skip(HEXADECIMAL_DIGITS).anyMatch(digit -> digit != '0');
            scale += (digits.length() - HEXADECIMAL_DIGITS) * 4L;
            digits.setLength(HEXADECIMAL_DIGITS);
        }
        // Hopeless exponents are not computed. This is a rough estimate: a decimal digit has less than 4 bits.
        long bits = hexadecimal ? digits.length() * 4L + scale : (digits.length() + scale) * 4;
        if (bits < minimumExponent * 2L) {
            return LongDouble.ZERO;
        }
        if (bits > maximumExponent * 2L) {
            return LongDouble.INFINITE;
        }
        int power = (int) scale;
        BigInteger value = new BigInteger(digits.toString(), hexadecimal ? 16 : 10);
        if (hexadecimal) {
            return LongDouble.round(value, power, more, precision, minimumExponent, maximumExponent);
        }
        if (power >= 0) {
            return LongDouble.round(value.multiply(BigInteger.TEN.pow(power)), 0, false, precision, minimumExponent,
                    maximumExponent);
        }
        BigInteger divisor = BigInteger.TEN.pow(-power);
        int shift = Math.max(0, precision + 2 - (value.bitLength() - divisor.bitLength()));
        BigInteger[] quotient = value.shiftLeft(shift).divideAndRemainder(divisor);
        return LongDouble.round(quotient[0], -shift, quotient[1].signum() != 0, precision, minimumExponent,
                maximumExponent);
    }

    private StringBuilder significantDigits() {
        StringBuilder digits = new StringBuilder(digitsTo - digitsFrom);
        for (int i = digitsFrom; i < digitsTo; i++) {
            if (text[i] != '.' && (text[i] != '0' || digits.length() > 0)) {
                digits.append((char) text[i]);
            }
        }
        return digits;
    }

    private void readDigits() {
        if (hexadecimal) {
            at += 2;
        }
        digitsFrom = at;
        int before = skipDigits();
        if (skip('.')) {
            fractionDigits = skipDigits();
        }
        digitsTo = at;
        if (before + fractionDigits == 0) {
            throw NotANumber.INSTANCE;
        }
    }

    private int skipDigits() {
        int from = at;
        while (at < end && (hexadecimal ? Bytes.hexDigit(text[at]) >= 0 : text[at] >= '0' && text[at] <= '9')) {
            at++;
        }
        return at - from;
    }

    private void readExponent() {
        if (at == end || Bytes.lower(text[at]) != (hexadecimal ? 'p' : 'e')) {
            return;
        }
        at++;
        boolean below = skip('-');
        if (!below) {
            skip('+');
        }
        int from = at;
        for (; at < end && text[at] >= '0' && text[at] <= '9'; at++) {
            exponent = (int) Math.min(EXPONENT_LIMIT, exponent * 10L + (text[at] - '0'));
        }
        if (at == from) {
            throw NotANumber.INSTANCE;
        }
        exponent = below ? -exponent : exponent;
    }

    private boolean skip(char c) {
        boolean there = at < end && text[at] == c;
        if (there) {
            at++;
        }
        return there;
    }

    private boolean restIs(String word) {
        if (end - at != word.length()) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if (Bytes.lower(text[at + i]) != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
