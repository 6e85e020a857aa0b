package dev.respql.script.lua;

/** Arithmetic on doubles as C Lua does it on x86-64, down to the sign of a NaN, which is printed. */
final class Arithmetic {
    /** What an invalid operation such as 0/0 gives: it prints as {@code -nan}. Java leaves the sign open. */
    static final double INVALID = Double.longBitsToDouble(0xFFF8000000000000L);

    private Arithmetic() {
    }

    /** {@code op} is one of {@link Op#ADD} to {@link Op#POW}. */
    static double compute(int op, double a, double b) {
        double result;
        switch (op) {
            case Op.ADD:
                result = a + b;
                break;
            case Op.SUB:
                result = a - b;
                break;
            case Op.MUL:
                result = a * b;
                break;
            case Op.DIV:
                result = a / b;
                break;
            case Op.MOD:
                return modulo(a, b);
            default:
                return power(a, b);
        }
        return result == result ? result : nan(a, b);
    }

    static double modulo(double a, double b) {
        double multiple = Math.floor(compute(Op.DIV, a, b)) * b;
        if (multiple != multiple) {
            multiple = nan(Math.floor(a / b), b);
        }
        double result = a - multiple;
        return result == result ? result : nan(a, multiple);
    }

    static double power(double a, double b) {
        if (a == 1 || b == 0 || a == -1 && Double.isInfinite(b)) {
            return 1;
        }
        double result = Math.pow(a, b);
        return result == result ? result : nan(a, b);
    }

    static double negate(double a) {
        return a == a ? -a : Double.longBitsToDouble(Double.doubleToRawLongBits(a) ^ Long.MIN_VALUE);
    }

    private static double nan(double a, double b) {
        return a != a ? a : b != b ? b : INVALID;
    }

    /** C's fmod. */
    static double remainder(double a, double b) {
        double result = a % b;
        return result == result ? result : nan(a, b);
    }

    /** C's cast to a 64-bit integer: what does not fit becomes the smallest one. */
    static long toLong(double value) {
        return value >= -0x1p63 && value < 0x1p63 ? (long) value : Long.MIN_VALUE;
    }
}
