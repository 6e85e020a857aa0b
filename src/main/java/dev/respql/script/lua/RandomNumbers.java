package dev.respql.script.lua;

/**
 * The generator behind Redis's {@code math.random}: the 48-bit linear congruential one of lrand48, which begins anew with
 * each script, so that a script gets the same numbers each time.
 */
public final class RandomNumbers {
    private static final long MULTIPLIER = 0x5DEECE66DL;
    private static final long INCREMENT = 0xB;
    private static final long MASK = (1L << 48) - 1;
    private static final int LOW_HALF = 0x330E;

    private long state;

    RandomNumbers() {
        reset();
    }

    void reset() {
        seed(0);
    }

    void seed(int seed) {
        state = (seed & 0xFFFFFFFFL) << 16 | LOW_HALF;
    }

    /** From 0 to 2^31 - 1. */
    int next() {
        state = state * MULTIPLIER + INCREMENT & MASK;
        return (int) (state >>> 17);
    }
}
