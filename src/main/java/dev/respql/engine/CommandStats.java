package dev.respql.engine;

import java.util.concurrent.atomic.LongAdder;

/** What INFO and LATENCY tell of one command. Counting takes no lock and no memory; for all threads. */
public final class CommandStats {
    private final LongAdder calls = new LongAdder();
    private final LongAdder nanos = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private final LongAdder failed = new LongAdder();
    /** Null until the first call is recorded: it takes some thirty kilobytes. */
    private volatile LatencyHistogram latencies;

    void ran(long itsNanos, boolean hasFailed, boolean keepLatency) {
        calls.increment();
        nanos.add(itsNanos);
        if (hasFailed) {
            failed.increment();
        }
        if (keepLatency) {
            latencies().record(itsNanos);
        }
    }

    void rejected() {
        rejected.increment();
    }

    /** Calls that ran, whatever they answered. */
    public long calls() {
        return calls.sum();
    }

    /** Time of all calls together: each one's own code, and its share of what the database did for its batch. */
    public long nanos() {
        return nanos.sum();
    }

    /** Calls that were refused before they ran: wrong number of arguments, not authenticated … */
    public long rejectedCalls() {
        return rejected.sum();
    }

    /** Calls that ran and answered an error. */
    public long failedCalls() {
        return failed.sum();
    }

    /** The latencies of the calls that were made while {@code latency-tracking} was on; null if there were none. */
    public LatencyHistogram histogram() {
        return latencies;
    }

    private LatencyHistogram latencies() {
        LatencyHistogram existing = latencies;
        return existing != null ? existing : createLatencies();
    }

    private synchronized LatencyHistogram createLatencies() {
        if (latencies == null) {
            latencies = new LatencyHistogram();
        }
        return latencies;
    }
}
