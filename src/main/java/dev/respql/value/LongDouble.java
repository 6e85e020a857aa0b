package dev.respql.value;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/**
 * A number of C's {@code long double} on x86-64 (64 bits of mantissa, exponents to 2^±16383), in which Redis computes
 * INCRBYFLOAT and HINCRBYFLOAT. Parsing, adding and formatting round to the nearest, to even at a tie, as that
 * hardware and the C library do, so results have the same digits: "0.1" and "0.2" give "0.3", but
 * "3000.1" and "0" give "3000.10000000000000009". Immutable, thread-safe.
 */
public final class LongDouble {
    static final LongDouble ZERO = new LongDouble(false, BigInteger.ZERO, 0);
    /** Stands for either infinity and for NaN: no command goes on with any of them. */
    static final LongDouble INFINITE = new LongDouble(false, null, 0);

    private static final int PRECISION = 64;
    private static final int MINIMUM_EXPONENT = -16445;
    private static final int MAXIMUM_EXPONENT = 16384;
    /** Redis copies the text into a buffer of this size, with a zero byte behind it. */
    private static final int MAXIMUM_TEXT = 5 * 1024 - 1;
    private static final int DECIMALS = 17;
    private static final BigInteger DECIMAL_SCALE = BigInteger.TEN.pow(DECIMALS);

    /** The value is mantissa times 2^exponent; the mantissa is never negative. */
    private final boolean negative;
    private final BigInteger mantissa;
    private final int exponent;

    private LongDouble(boolean negative, BigInteger mantissa, int exponent) {
        this.negative = negative;
        this.mantissa = mantissa;
        this.exponent = exponent;
    }

    /**
     * The number that the whole text is, in the syntax of C's strtold: as {@link Numbers#toDouble}, with the wider
     * range. An infinity is a number; see {@link #isFinite}.
     *
     * @throws NotANumber if the text is empty, begins with a blank, is NaN, is not a number as a whole, is longer than
     *     5,119 bytes, or is too large, or too close to zero, for the format
     */
    public static LongDouble parse(byte[] text) {
        if (text.length > MAXIMUM_TEXT) {
            throw NotANumber.INSTANCE;
        }
        FloatText number = new FloatText(text, 0, text.length);
        if (number.isInfinite()) {
            return INFINITE;
        }
        LongDouble magnitude = number.magnitude(PRECISION, MINIMUM_EXPONENT, MAXIMUM_EXPONENT);
        if (!magnitude.isFinite() || magnitude.mantissa.signum() == 0 && !number.isZero()) {
            throw NotANumber.INSTANCE;
        }
        return number.isNegative() ? new LongDouble(true, magnitude.mantissa, magnitude.exponent) : magnitude;
    }

    /** The same value; exact. For commands that print a double in the manner of INCRBYFLOAT, such as GEOPOS. */
    public static LongDouble of(double value) {
        if (Double.isInfinite(value) || Double.isNaN(value)) {
            return INFINITE;
        }
        if (value == 0) {
            return ZERO;
        }
        int exponent = Math.max(Math.getExponent(value), Double.MIN_EXPONENT) - 52;
        long mantissa = (long) Math.scalb(Math.scalb(Math.abs(value), -exponent / 2), -exponent - -exponent / 2);
        return new LongDouble(value < 0, BigInteger.valueOf(mantissa), exponent);
    }

    /** False for infinities and NaN: then the commands answer "ERR increment would produce NaN or Infinity". */
    public boolean isFinite() {
        return mantissa != null;
    }

    /** The rounded sum; not finite if it is too large, or if either operand is not finite. */
    public LongDouble plus(LongDouble other) {
        if (!isFinite() || !other.isFinite()) {
            return INFINITE;
        }
        int common = Math.min(exponent, other.exponent);
        BigInteger sum = signed(common).add(other.signed(common));
        LongDouble magnitude = round(sum.abs(), common, false, PRECISION, MINIMUM_EXPONENT, MAXIMUM_EXPONENT);
        return sum.signum() < 0 && magnitude.isFinite()
                ? new LongDouble(true, magnitude.mantissa, magnitude.exponent) : magnitude;
    }

    private BigInteger signed(int commonExponent) {
        BigInteger shifted = mantissa.shiftLeft(exponent - commonExponent);
        return negative ? shifted.negate() : shifted;
    }

    /**
     * The text that Redis stores and answers: {@code %.17Lf} without the zeros at the end, and never "-0". At most
     * 4,934 bytes before the point and 17 behind it.
     *
     * @throws ArithmeticException if the value is not finite
     */
    public byte[] toBytes() {
        if (!isFinite()) {
            throw new ArithmeticException("not finite");
        }
        String text;
        if (exponent >= 0) {
            text = mantissa.shiftLeft(exponent).toString();
        } else {
            text = decimals(divide(mantissa.multiply(DECIMAL_SCALE), -exponent, false));
        }
        return (negative && !text.equals("0") ? "-" + text : text).getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The point 17 digits from the end, without zeros behind the last decimal that counts. */
    private static String decimals(BigInteger scaled) {
        StringBuilder text = new StringBuilder(scaled.toString());
        if (text.length() <= DECIMALS) {
            text.insert(0, "0".repeat(DECIMALS + 1 - text.length()));
        }
        text.insert(text.length() - DECIMALS, '.');
        int end = text.length();
        while (text.charAt(end - 1) == '0') {
            end--;
        }
        text.setLength(text.charAt(end - 1) == '.' ? end - 1 : end);
        return text.toString();
    }

    /** The value as a double, where it was rounded to the precision and range of doubles. */
    double exactDouble() {
        return isFinite() ? Math.scalb(mantissa.doubleValue(), exponent) : Double.POSITIVE_INFINITY;
    }

    /**
     * Rounds mantissa times 2^exponent to a binary format.
     *
     * @param more whether the exact value is a little more (less than one unit of the given mantissa)
     * @param precision the bits of the format's mantissa; if there is more, the given one must have at least two bits
     *     more than that
     * @param minimumExponent the exponent of the format's smallest value above zero
     * @param maximumExponent the exponent of the power of two that is too large for the format
     */
    static LongDouble round(BigInteger mantissa, int exponent, boolean more, int precision, int minimumExponent,
            int maximumExponent) {
        int excess = Math.max(mantissa.bitLength() - precision, minimumExponent - exponent);
        BigInteger rounded = excess > 0 ? divide(mantissa, excess, more) : mantissa;
        int roundedExponent = excess > 0 ? exponent + excess : exponent;
        if (rounded.signum() == 0) {
            return ZERO;
        }
        return rounded.bitLength() + roundedExponent > maximumExponent ? INFINITE
                : new LongDouble(false, rounded, roundedExponent);
    }

    /** Divides by 2^bits, rounding to the nearest, to even at a tie; bits are more than 0. */
    private static BigInteger divide(BigInteger value, int bits, boolean more) {
        BigInteger floor = value.shiftRight(bits);
        boolean half = value.testBit(bits - 1);
        boolean up = half && (more || value.getLowestSetBit() < bits - 1 || floor.testBit(0));
        return up ? floor.add(BigInteger.ONE) : floor;
    }
}
