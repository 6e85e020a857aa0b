package dev.respql.script.lua;

import java.util.function.DoubleUnaryOperator;

/** The library {@code math}, with Redis's generator of random numbers. */
final class MathLib {
    /** What the C library's inverse functions give outside of their domains; prints as {@code nan}. */
    private static final double POSITIVE_NAN = Double.NaN;
    private static final double RADIANS_PER_DEGREE = Math.PI / 180;

    private MathLib() {
    }

    static Table create(Machine machine) {
        Library library = new Library(new Table(machine));
        library.table().setRaw("pi", Num.of(Math.PI));
        library.table().setRaw("huge", Num.of(Double.POSITIVE_INFINITY));
                function(library, "acos", Math::acos, POSITIVE_NAN);
        function(library, "asin", Math::asin, POSITIVE_NAN);
        function(library, "atan", Math::atan);
        function(library, "ceil", Math::ceil);
        function(library, "cos", Math::cos);
        function(library, "cosh", Math::cosh);
        function(library, "deg", x -> x / RADIANS_PER_DEGREE);
        function(library, "exp", Math::exp);
        function(library, "floor", Math::floor);
        function(library, "log", Math::log);
        function(library, "log10", Math::log10, POSITIVE_NAN);
        function(library, "rad", x -> x * RADIANS_PER_DEGREE);
        function(library, "sin", Math::sin);
        function(library, "sinh", Math::sinh);
        function(library, "sqrt", Math::sqrt);
        function(library, "tan", Math::tan);
        function(library, "tanh", Math::tanh);
        Builtin.Body remainder = frame -> {
            double a = frame.checkNumber(1);
            return frame.result(Arithmetic.remainder(a, frame.checkNumber(2)));
        };
        return library
                .add("abs", frame -> {
                    double x = frame.checkNumber(1);
                    return frame.result(x == x ? Math.abs(x) : POSITIVE_NAN);
                })
                .add("atan2", frame -> frame.result(Math.atan2(frame.checkNumber(1), frame.checkNumber(2))))
                .add("fmod", remainder)
                .add("frexp", MathLib::split)
                .add("ldexp", frame -> frame.result(scale(frame.checkNumber(1), frame.checkInt(2))))
                .add("max", MathLib::max)
                .add("min", MathLib::min)
                .add("mod", remainder)
                .add("modf", MathLib::parts)
                .add("pow", frame -> frame.result(Arithmetic.power(frame.checkNumber(1), frame.checkNumber(2))))
                .add("random", MathLib::random)
                .add("randomseed", frame -> {
                    frame.machine.random().seed(frame.checkInt(1));
                    return 0;
                })
                .table();
    }

    private static void function(Library library, String name, DoubleUnaryOperator function) {
        function(library, name, function, Arithmetic.INVALID);
    }

    /** {@code invalid} is the NaN for a number outside of the function's domain; its sign is printed. */
    private static void function(Library library, String name, DoubleUnaryOperator function, double invalid) {
        library.add(name, frame -> {
            double x = frame.checkNumber(1);
            double result = function.applyAsDouble(x);
            return frame.result(result == result ? result : x == x ? invalid : x);
        });
    }

    private static int split(Frame frame) {
        double x = frame.checkNumber(1);
        if (x == 0 || Double.isInfinite(x) || Double.isNaN(x)) {
            frame.push(Num.of(x));
            frame.push(Num.ZERO);
            return 2;
        }
        int exponent = Math.getExponent(x);
        if (exponent < Double.MIN_EXPONENT) {
            exponent = Math.getExponent(x * 0x1p54) - 54;
        }
        frame.push(Num.of(scale(x, -exponent - 1)));
        frame.push(Num.of(exponent + 1));
        return 2;
    }

    private static double scale(double x, int exponent) {
        int bounded = Math.max(-2200, Math.min(2200, exponent));
        int half = bounded / 2;
        return bounded >= -1000 && bounded <= 1000 ? Math.scalb(x, bounded) : Math.scalb(Math.scalb(x, half), bounded - half);
    }

    private static int max(Frame frame) {
        double result = frame.checkNumber(1);
        for (int i = 2; i <= frame.count(); i++) {
            double other = frame.checkNumber(i);
            result = other > result ? other : result;
        }
        return frame.result(result);
    }

    private static int min(Frame frame) {
        double result = frame.checkNumber(1);
        for (int i = 2; i <= frame.count(); i++) {
            double other = frame.checkNumber(i);
            result = other < result ? other : result;
        }
        return frame.result(result);
    }

    private static int parts(Frame frame) {
        double x = frame.checkNumber(1);
        double whole = x > 0 ? Math.floor(x) : Math.ceil(x);
        frame.push(Num.of(whole));
        frame.push(Num.of(Double.isInfinite(x) ? Math.copySign(0, x) : Math.copySign(x - whole, x)));
        return 2;
    }

    private static int random(Frame frame) {
        int max = Integer.MAX_VALUE;
        double fraction = (double) (frame.machine.random().next() % max) / max;
        switch (frame.count()) {
            case 0:
                return frame.result(fraction);
            case 1: {
                int to = frame.checkInt(1);
                if (to < 1) {
                    throw frame.badArgument(1, "interval is empty");
                }
                return frame.result(Math.floor(fraction * to) + 1);
            }
            case 2: {
                int from = frame.checkInt(1);
                int to = frame.checkInt(2);
                if (from > to) {
                    throw frame.badArgument(2, "interval is empty");
                }
                return frame.result(Math.floor(fraction * (to - from + 1)) + from);
            }
            default:
                throw frame.error("wrong number of arguments");
        }
    }
}
