package dev.respql.script.lua;

import org.luaj.vm2.LuaNumber;
import org.luaj.vm2.LuaString;

/**
 * A number of Lua 5.1: always a double. LuaJ's own pair of an int and a double class loses the sign of zero and prints
 * non-integers through float, and neither can be extended; all arithmetic is done on {@link #value}. Immutable.
 */
public final class Num extends LuaNumber {
    private static final int CACHE_FROM = -128;
    private static final Num[] CACHE = new Num[1280];

    static {
        for (int i = 0; i < CACHE.length; i++) {
            CACHE[i] = new Num(i + CACHE_FROM);
        }
    }

    public static final Num ZERO = of(0);
    public static final Num ONE = of(1);

    public final double value;

    private Num(double value) {
        this.value = value;
    }

    public static Num of(double value) {
        int integer = (int) value;
        int index = integer - CACHE_FROM;
        if (index >= 0 && index < CACHE.length && integer == value && (integer != 0 || 1 / value > 0)) {
            return CACHE[index];
        }
        return new Num(value);
    }

    public static Num of(int value) {
        int index = value - CACHE_FROM;
        return index >= 0 && index < CACHE.length ? CACHE[index] : new Num(value);
    }

    @Override
    public double todouble() {
        return value;
    }

    @Override
    public String tojstring() {
        return NumberText.format(value);
    }

    @Override
    public LuaString strvalue() {
        return Strings.of(tojstring());
    }

    /** By value, so that 0 and -0 are one key, as among the constants of a function of C Lua. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Num && ((Num) other).value == value;
    }

    @Override
    public int hashCode() {
        return Double.hashCode(value == 0 ? 0.0 : value);
    }
}
