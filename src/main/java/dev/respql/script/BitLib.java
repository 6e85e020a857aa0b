package dev.respql.script;

import dev.respql.script.lua.Frame;
import dev.respql.script.lua.Library;
import dev.respql.script.lua.Machine;
import dev.respql.script.lua.Num;
import dev.respql.script.lua.Strings;
import dev.respql.script.lua.Table;
import java.util.function.IntBinaryOperator;

/** The library {@code bit}: operations on 32-bit integers, as Lua BitOp defines them. */
final class BitLib {
    /** 2^52 + 2^51: added to a number, it leaves the number's integer part in the low bits of the sum. */
    private static final double SHIFT_TO_LOW_BITS = 6755399441055744.0;
    private static final int HEX_DIGITS = 8;

    private BitLib() {
    }

    static Table create(Machine machine) {
        Library library = new Library(new Table(machine));
        combine(library, "band", (a, b) -> a & b);
        combine(library, "bor", (a, b) -> a | b);
        combine(library, "bxor", (a, b) -> a ^ b);
        shift(library, "lshift", (a, n) -> a << n);
        shift(library, "rshift", (a, n) -> a >>> n);
        shift(library, "arshift", (a, n) -> a >> n);
        shift(library, "rol", Integer::rotateLeft);
        shift(library, "ror", Integer::rotateRight);
        return library
                .add("bnot", frame -> frame.result(Num.of(~bits(frame, 1))))
                .add("bswap", frame -> frame.result(Num.of(Integer.reverseBytes(bits(frame, 1)))))
                .add("tobit", frame -> frame.result(Num.of(bits(frame, 1))))
                .add("tohex", BitLib::toHex)
                .table();
    }

    private static int bits(Frame frame, int argument) {
        return (int) Double.doubleToRawLongBits(frame.checkNumber(argument) + SHIFT_TO_LOW_BITS);
    }

    private static void combine(Library library, String name, IntBinaryOperator operator) {
        library.add(name, frame -> {
            int result = bits(frame, 1);
            for (int i = 2; i <= frame.count(); i++) {
                result = operator.applyAsInt(result, bits(frame, i));
            }
            return frame.result(Num.of(result));
        });
    }

    private static void shift(Library library, String name, IntBinaryOperator operator) {
        library.add(name, frame -> frame.result(Num.of(operator.applyAsInt(bits(frame, 1), bits(frame, 2) & 31))));
    }

    private static int toHex(Frame frame) {
        int value = bits(frame, 1);
        int digits = frame.isMissing(2) ? HEX_DIGITS : bits(frame, 2);
        boolean upper = digits < 0;
        int shown = digits == Integer.MIN_VALUE ? HEX_DIGITS : Math.min(Math.abs(digits), HEX_DIGITS);
        String hex = String.format(upper ? "%08X" : "%08x", value);
        return frame.result(Strings.of(hex.substring(HEX_DIGITS - shown)));
    }
}
