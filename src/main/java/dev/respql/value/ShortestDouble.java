package dev.respql.value;

import java.math.BigInteger;
import java.util.Arrays;

/**
 * Prints doubles with as few digits as read back as the same double, by the Grisu2 algorithm (Florian Loitsch,
 * "Printing Floating-Point Numbers Quickly and Accurately with Integers", 2010), and in the layout of the fpconv
 * library, since Redis 7.2 prints by these. In about one of a thousand numbers Grisu2 finds a digit more than would
 * do, or not the closest of the shortest: other algorithms would not give the same texts.
 */
final class ShortestDouble {
    /** 10^-348, 10^-340 … 10^340: mantissas of 64 bits, rounded, and their binary exponents. */
    private static final int FIRST_POWER = -348;
    private static final int POWER_STEP = 8;
    private static final int POWERS = 87;
    private static final long[] POWER_MANTISSAS = new long[POWERS];
    private static final int[] POWER_EXPONENTS = new int[POWERS];
    private static final long[] UNITS = new long[20];

    static {
        for (int i = 0; i < POWERS; i++) {
            int power = FIRST_POWER + i * POWER_STEP;
            BigInteger ten = BigInteger.TEN.pow(Math.abs(power));
            // 65 bits are computed, to round by the last.
            int exponent = power >= 0 ? ten.bitLength() - 65 : -ten.bitLength() - 64;
            BigInteger value = power >= 0 ? ten.shiftLeft(64).shiftRight(exponent + 64)
                    : BigInteger.ONE.shiftLeft(-exponent).divide(ten);
            POWER_MANTISSAS[i] = value.add(BigInteger.ONE).shiftRight(1).longValue();
            POWER_EXPONENTS[i] = exponent + 1;
        }
        UNITS[0] = 1;
        for (int i = 1; i < UNITS.length; i++) {
            UNITS[i] = UNITS[i - 1] * 10;
        }
    }

    /** The digits found, and the power of ten of the last of them. */
    private final byte[] digits = new byte[18];
    private int count;
    private int power;

    private ShortestDouble() {
    }

    /** The text of a finite number other than zero. */
    static byte[] format(double value) {
        ShortestDouble shortest = new ShortestDouble();
        shortest.find(Math.abs(value));
        return shortest.layOut(value < 0);
    }

    private void find(double value) {
        long bits = Double.doubleToRawLongBits(value);
        int biased = (int) (bits >>> 52);
        long mantissa = bits & (1L << 52) - 1 | (biased == 0 ? 0 : 1L << 52);
        int exponent = Math.max(biased, 1) - 1075;

        // The numbers half-way to the neighbours, and the value, as 64 bit mantissas under one exponent. Below a power
        // of two the lower neighbour is only half as far.
        long upper = (mantissa << 1) + 1;
        int shift = Long.numberOfLeadingZeros(upper);
        int scale = exponent - 1 - shift;
        upper <<= shift;
        long lower = mantissa == 1L << 52 ? (mantissa << 2) - 1 << shift - 1 : (mantissa << 1) - 1 << shift;
        long middle = mantissa << Long.numberOfLeadingZeros(mantissa);

        int index = cachedPower(scale);
        long factor = POWER_MANTISSAS[index];
        power = -(FIRST_POWER + index * POWER_STEP);
        // The products are off by less than one unit: what is one unit inside is surely inside.
        upper = multiply(upper, factor) - 1;
        lower = multiply(lower, factor) + 1;
        generate(multiply(middle, factor), upper, upper - lower, -(scale + POWER_EXPONENTS[index] + 64));
    }

    /** The power that brings a number of this binary exponent to an exponent in -60 … -32. */
    private static int cachedPower(int exponent) {
        int decimal = (int) (-(exponent + POWERS) * 0.30102999566398114);
        int index = (decimal - FIRST_POWER) / POWER_STEP;
        while (exponent + POWER_EXPONENTS[index] + 64 < -60) {
            index++;
        }
        while (exponent + POWER_EXPONENTS[index] + 64 > -32) {
            index--;
        }
        return index;
    }

    /** The upper half of the product of two unsigned numbers, rounded. */
    private static long multiply(long a, long b) {
        long high = Math.multiplyHigh(a, b) + (a >> 63 & b) + (b >> 63 & a);
        return high + (a * b >>> 63);
    }

    /**
     * Takes digits off the upper end until what is left of it is less than the width of the interval.
     *
     * @param fractionBits the number of bits behind the binary point
     */
    private void generate(long middle, long upper, long width, int fractionBits) {
        long one = 1L << fractionBits;
        long distance = upper - middle;
        long integer = upper >>> fractionBits;
        long fraction = upper & one - 1;
        for (int kappa = 9; kappa >= 0; kappa--) {
            append(integer / UNITS[kappa]);
            integer %= UNITS[kappa];
            long rest = (integer << fractionBits) + fraction;
            if (Long.compareUnsigned(rest, width) <= 0) {
                power += kappa;
                approach(distance, width, rest, UNITS[kappa] << fractionBits);
                return;
            }
        }
        for (int kappa = 1;; kappa++) {
            fraction *= 10;
            width *= 10;
            append(fraction >>> fractionBits);
            fraction &= one - 1;
            if (Long.compareUnsigned(fraction, width) < 0) {
                power -= kappa;
                approach(distance * UNITS[kappa], width, fraction, one);
                return;
            }
        }
    }

    private void append(long digit) {
        if (digit != 0 || count > 0) {
            digits[count++] = (byte) ('0' + digit);
        }
    }

    /** Lowers the last digit as long as that stays inside and comes closer to the middle. */
    private void approach(long distance, long width, long rest, long unit) {
        long below = rest;
        while (Long.compareUnsigned(below, distance) < 0 && Long.compareUnsigned(width - below, unit) >= 0
                && (Long.compareUnsigned(below + unit, distance) < 0
                || Long.compareUnsigned(distance - below, below + unit - distance) > 0)) {
            digits[count - 1]--;
            below += unit;
        }
    }

    private byte[] layOut(boolean negative) {
        byte[] text = new byte[32];
        int at = 0;
        if (negative) {
            text[at++] = '-';
        }
        int exponent = power + count - 1;
        if (power >= 0 && exponent < count + 7) {
            // 12000000
            at = copy(0, count, text, at);
            at = zeros(power, text, at);
        } else if (power < 0 && (power > -7 || Math.abs(exponent) < 4)) {
            int before = count + power;
            if (before > 0) {
                // 12.34
                at = copy(0, before, text, at);
                text[at++] = '.';
                at = copy(before, count, text, at);
            } else {
                // 0.001234
                text[at++] = '0';
                text[at++] = '.';
                at = zeros(-before, text, at);
                at = copy(0, count, text, at);
            }
        } else {
            // 1.234e+56
            text[at++] = digits[0];
            if (count > 1) {
                text[at++] = '.';
                at = copy(1, count, text, at);
            }
            text[at++] = 'e';
            text[at++] = (byte) (exponent < 0 ? '-' : '+');
            at += Numbers.write(Math.abs(exponent), text, at);
        }
        return Arrays.copyOf(text, at);
    }

    private int copy(int from, int to, byte[] text, int at) {
        System.arraycopy(digits, from, text, at, to - from);
        return at + to - from;
    }

    private static int zeros(int number, byte[] text, int at) {
        Arrays.fill(text, at, at + number, (byte) '0');
        return at + number;
    }
}
