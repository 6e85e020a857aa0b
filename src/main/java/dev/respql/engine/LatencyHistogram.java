package dev.respql.engine;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How long calls took, in buckets that are less than one percent wide: the resolution that Redis's own histograms have,
 * so that LATENCY HISTOGRAM and INFO latencystats name the same values. Lock-free; for all threads.
 */
public final class LatencyHistogram {
    private static final int PRECISION_BITS = 7;
    /** Longer calls (68 seconds) count as this long. */
    private static final long MAX_NANOS = (1L << 36) - 1;
    private static final int FIRST_BOUND_BITS = 10;

    private final AtomicLongArray buckets = new AtomicLongArray(bucket(MAX_NANOS) + 1);

    void record(long nanos) {
        buckets.incrementAndGet(bucket(Math.min(Math.max(nanos, 0), MAX_NANOS)));
    }

    /** How many calls were recorded. */
    public long count() {
        return countUpTo(buckets.length() - 1);
    }

    /** The time in nanoseconds within which that percentage (0 to 100) of the calls were done; 0 if there were none. */
    public long percentile(double percentage) {
        long wanted = Math.max(1, (long) Math.ceil(count() * percentage / 100));
        long seen = 0;
        for (int i = 0; i < buckets.length(); i++) {
            seen += buckets.get(i);
            if (seen >= wanted) {
                return highestValue(i);
            }
        }
        return 0;
    }

    /** One bound of {@link #cumulative}. */
    public interface Step {
        /** So many calls took at most {@code micros} microseconds. */
        void accept(long micros, long calls);
    }

    /** Goes through bounds that double from one to the next (1, 2, 4, 8, 16, 33 … µs) where there are further calls. */
    public void cumulative(Step step) {
        long total = count();
        long seen = 0;
        for (int bits = FIRST_BOUND_BITS; seen < total && 1L << bits <= MAX_NANOS; bits++) {
            int last = bucket(1L << bits);
            long upToHere = countUpTo(last);
            if (upToHere > seen) {
                step.accept(highestValue(last) / 1000, upToHere);
                seen = upToHere;
            }
        }
        if (seen < total) {
            step.accept(MAX_NANOS / 1000, total);
        }
    }

    private long countUpTo(int last) {
        long count = 0;
        for (int i = 0; i <= last; i++) {
            count += buckets.get(i);
        }
        return count;
    }

    /** Below 256 ns one bucket a nanosecond, then 128 buckets for each doubling. */
    private static int bucket(long nanos) {
        int shift = shift(nanos);
        return (shift << PRECISION_BITS) + (int) (nanos >> shift);
    }

    private static int shift(long nanos) {
        return Math.max(0, 63 - Long.numberOfLeadingZeros(nanos | 1) - PRECISION_BITS);
    }

    private static long highestValue(int bucket) {
        int shift = Math.max(0, (bucket >> PRECISION_BITS) - 1);
        long lowest = (long) (bucket - (shift << PRECISION_BITS)) << shift;
        return lowest + (1L << shift) - 1;
    }
}
