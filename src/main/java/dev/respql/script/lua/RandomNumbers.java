package dev.respql.script.lua;

import java.util.concurrent.ThreadLocalRandom;

/**
 * The generator behind Redis's {@code math.random}: the 48-bit linear congruential one of lrand48. Without a
 * {@code math.randomseed} numbers differ from run to run; in Redis 7 they go on where the script before stopped.
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
        seed(ThreadLocalRandom.current().nextInt());
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
