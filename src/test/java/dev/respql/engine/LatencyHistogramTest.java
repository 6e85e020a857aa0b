package dev.respql.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Bounds and percentiles; the values in microseconds are those that redis-server 7.0 names. */
class LatencyHistogramTest {
    private final LatencyHistogram histogram = new LatencyHistogram();

    @Test
    void isEmptyAtFirst() {
        assertEquals(0, histogram.count());
        assertEquals(0, histogram.percentile(50));
        assertEquals(Map.of(), cumulative());
    }

    @Test
    void countsUpToBoundsThatDouble() {
        for (long micros : List.of(0, 1, 2, 3, 7, 30, 31, 100, 1000, 40_000)) {
            histogram.record(micros * 1000);
        }
        assertEquals(10, histogram.count());
        assertEquals(new LinkedHashMap<>(Map.of(1L, 2L)).entrySet().iterator().next(),
                cumulative().entrySet().iterator().next());
        assertEquals("{1=2, 2=3, 4=4, 8=5, 33=7, 132=8, 1056=9, 67633=10}", cumulative().toString());
    }

    @Test
    void boundsAreThoseOfRedis() {
        Map<Long, Long> bounds = new LinkedHashMap<>();
        for (long nanos = 1000; nanos < 1_000_000_000L; nanos += nanos / 10) {
            histogram.record(nanos);
        }
        histogram.cumulative(bounds::put);
        assertEquals("[1, 2, 4, 8, 16, 33, 66, 132, 264, 528, 1056, 2113, 4227, 8454, 16908, 33816, 67633, 135266,"
                + " 270532, 541065, 1082130]", bounds.keySet().toString());
    }

    @Test
    void percentilesAreWithinOnePercent() {
        for (int i = 1; i <= 10_000; i++) {
            histogram.record(i * 1000L);
        }
        for (double percentile : List.of(0.0, 1.0, 50.0, 90.0, 99.0, 99.9, 100.0)) {
            double expected = Math.max(1, percentile * 100) * 1000;
            double actual = histogram.percentile(percentile);
            assertTrue(actual >= expected && actual <= expected * 1.01, percentile + ": " + actual);
        }
    }

    @Test
    void namesTheTopOfABucketAsRedisDoes() {
        for (long[] pair : new long[][] {{66_000, 66_047}, {9_000, 9_023}, {5_000, 5_023}, {2_000, 2_007},
                {100_000, 100_351}, {30_100_000, 30_146_559}, {50_000_000, 50_069_503}}) {
            LatencyHistogram one = new LatencyHistogram();
            one.record(pair[0]);
            assertEquals(pair[1], one.percentile(50));
        }
    }

    @Test
    void takesAnyNumber() {
        histogram.record(-5);
        histogram.record(Long.MAX_VALUE);
        histogram.record(0);
        assertEquals(3, histogram.count());
        assertEquals(0, histogram.percentile(50));
        assertEquals(3, List.copyOf(cumulative().values()).get(1));
    }

    private Map<Long, Long> cumulative() {
        Map<Long, Long> steps = new LinkedHashMap<>();
        histogram.cumulative(steps::put);
        return steps;
    }
}
