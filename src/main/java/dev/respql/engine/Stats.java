package dev.respql.engine;

import dev.respql.command.Command;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What INFO and LATENCY tell about the work of a node. Safe for use by all threads. */
public final class Stats {
    /** Counts of one command. */
    public static final class OfCommand {
        private final LongAdder calls = new LongAdder();
        private final LongAdder nanos = new LongAdder();
        private final LongAdder rejected = new LongAdder();
        private final LongAdder failed = new LongAdder();
        /** How often the command took less than 2^i microseconds (and not less than 2^(i-1)). */
        private final LongAdder[] byMicros = new LongAdder[32];

        private OfCommand() {
            for (int i = 0; i < byMicros.length; i++) {
                byMicros[i] = new LongAdder();
            }
        }

        public long calls() {
            return calls.sum();
        }

        public long nanos() {
            return nanos.sum();
        }

        public long rejected() {
            return rejected.sum();
        }

        public long failed() {
            return failed.sum();
        }

        /** See the field; index 0 is up to one microsecond. */
        public long upToMicros(int power) {
            return byMicros[power].sum();
        }
    }

    private final Map<Command, OfCommand> commands = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> errors = new ConcurrentHashMap<>();
    private final LongAdder batches = new LongAdder();
    private final LongAdder batchedCalls = new LongAdder();
    private final LongAdder prefetchNanos = new LongAdder();
    private final LongAdder flushNanos = new LongAdder();
    private final LongAdder commitNanos = new LongAdder();
    private final LongAdder retries = new LongAdder();
    private final LongAdder splits = new LongAdder();
    private final LongAdder unknownOutcomes = new LongAdder();
    private final LongAdder expired = new LongAdder();
    private final AtomicLong largestBatch = new AtomicLong();

    OfCommand of(Command command) {
        OfCommand stats = commands.get(command);
        return stats == null ? commands.computeIfAbsent(command, c -> new OfCommand()) : stats;
    }

    void ran(Command command, long nanos, boolean hasFailed) {
        OfCommand stats = of(command);
        stats.calls.increment();
        stats.nanos.add(nanos);
        if (hasFailed) {
            stats.failed.increment();
        }
        long micros = nanos / 1000;
        stats.byMicros[Math.min(31, 64 - Long.numberOfLeadingZeros(micros))].increment();
    }

    void rejected(Command command) {
        of(command).rejected.increment();
    }

    void error(String code) {
        errors.computeIfAbsent(code, c -> new LongAdder()).increment();
    }

    void batch(int calls, long prefetch, long flush, long commit) {
        batches.increment();
        batchedCalls.add(calls);
        prefetchNanos.add(prefetch);
        flushNanos.add(flush);
        commitNanos.add(commit);
        if (calls > largestBatch.get()) {
            largestBatch.accumulateAndGet(calls, Math::max);
        }
    }

    void retried() {
        retries.increment();
    }

    void splitUp() {
        splits.increment();
    }

    void unknownOutcome() {
        unknownOutcomes.increment();
    }

    void expired(long keys) {
        expired.add(keys);
    }

    /** Commands that were called or refused, by full name. */
    public Map<String, OfCommand> commands() {
        Map<String, OfCommand> byName = new TreeMap<>();
        commands.forEach((command, stats) -> byName.put(command.fullName(), stats));
        return byName;
    }

    /** Error replies by code. */
    public Map<String, Long> errors() {
        Map<String, Long> byCode = new TreeMap<>();
        errors.forEach((code, count) -> byCode.put(code, count.sum()));
        return byCode;
    }

    public long batches() {
        return batches.sum();
    }

    public long batchedCalls() {
        return batchedCalls.sum();
    }

    public long largestBatch() {
        return largestBatch.get();
    }

    public long prefetchNanos() {
        return prefetchNanos.sum();
    }

    public long flushNanos() {
        return flushNanos.sum();
    }

    public long commitNanos() {
        return commitNanos.sum();
    }

    public long retries() {
        return retries.sum();
    }

    public long splits() {
        return splits.sum();
    }

    public long unknownOutcomes() {
        return unknownOutcomes.sum();
    }

    /** Keys removed because their time had come. */
    public long expiredKeys() {
        return expired.sum();
    }

    /** CONFIG RESETSTAT. */
    public void reset() {
        commands.clear();
        errors.clear();
        for (LongAdder adder : new LongAdder[] {batches, batchedCalls, prefetchNanos, flushNanos, commitNanos, retries,
                splits, unknownOutcomes, expired}) {
            adder.reset();
        }
        largestBatch.set(0);
    }
}
