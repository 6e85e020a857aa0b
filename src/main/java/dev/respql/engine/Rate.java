package dev.respql.engine;

import java.util.function.LongSupplier;

/** How fast a counter has grown of late: the mean over the last samples. For all threads. */
final class Rate {
    private static final int SAMPLES = 16;

    private final LongSupplier counter;
    private final double[] perSecond = new double[SAMPLES];
    private int next;
    private long lastCount;
    private long lastNanos = System.nanoTime();

    Rate(LongSupplier counter) {
        this.counter = counter;
    }

    /** Takes a sample; to be called ten times a second or so. */
    synchronized void sample(long nowNanos) {
        long count = counter.getAsLong();
        // A counter that was reset starts from nothing.
        long grown = count >= lastCount ? count - lastCount : count;
        long elapsed = Math.max(1, nowNanos - lastNanos);
        perSecond[next] = grown * 1e9 / elapsed;
        next = (next + 1) % SAMPLES;
        lastCount = count;
        lastNanos = nowNanos;
    }

    synchronized double perSecond() {
        double sum = 0;
        for (double sample : perSecond) {
            sum += sample;
        }
        return sum / SAMPLES;
    }
}
