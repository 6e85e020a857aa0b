package dev.respql.engine;

import dev.respql.command.Command;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What INFO and LATENCY tell about the work of a node, since its start or CONFIG RESETSTAT. For all threads. */
public final class Stats {
    /** Clients can make errors with codes of their own (DEBUG ERROR, scripts): no more than so many are told apart. */
    private static final int MAX_ERROR_CODES = 128;

    private final Map<Command, CommandStats> commands = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> errors = new ConcurrentHashMap<>();
    private final LongAdder errorReplies = new LongAdder();
    private final LongAdder batches = new LongAdder();
    private final LongAdder batchedCalls = new LongAdder();
    private final LongAdder prefetchNanos = new LongAdder();
    private final LongAdder flushNanos = new LongAdder();
    private final LongAdder commitNanos = new LongAdder();
    private final LongAdder retries = new LongAdder();
    private final LongAdder splits = new LongAdder();
    private final LongAdder unknownOutcomes = new LongAdder();
    private final LongAdder expired = new LongAdder();
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder connections = new LongAdder();
    private final LongAdder refusedConnections = new LongAdder();
    private final LongAdder reads = new LongAdder();
    private final LongAdder bytesRead = new LongAdder();
    private final LongAdder writes = new LongAdder();
    private final LongAdder bytesWritten = new LongAdder();
    private final AtomicLong largestBatch = new AtomicLong();
    private final AtomicLong peakMemory = new AtomicLong();
    private final Rate callRate = new Rate(this::calls);
    private final Rate inputRate = new Rate(bytesRead::sum);
    private final Rate outputRate = new Rate(bytesWritten::sum);

    // ---- counting

    void ran(Command command, long nanos, boolean hasFailed, boolean keepLatency) {
        of(command).ran(nanos, hasFailed, keepLatency);
    }

    void rejected(Command command) {
        of(command).rejected();
    }

    private CommandStats of(Command command) {
        CommandStats stats = commands.get(command);
        return stats == null ? commands.computeIfAbsent(command, c -> new CommandStats()) : stats;
    }

    void error(String code) {
        errorReplies.increment();
        LongAdder count = errors.get(code);
        if (count != null) {
            count.increment();
        } else if (errors.size() < MAX_ERROR_CODES) {
            errors.computeIfAbsent(code, c -> new LongAdder()).increment();
        }
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

    /** Keys that commands which only read looked for, and did or did not find. */
    void lookups(long found, long missing) {
        hits.add(found);
        misses.add(missing);
    }

    void connected() {
        connections.increment();
    }

    void connectionRefused() {
        refusedConnections.increment();
    }

    /** Bytes have come in from a client. */
    public void received(long bytes) {
        reads.increment();
        bytesRead.add(bytes);
    }

    /** Bytes have been handed to the network for a client. */
    void sent(long bytes) {
        writes.increment();
        bytesWritten.add(bytes);
    }

    /** Takes the samples behind the rates and the peak; to be called ten times a second or so. */
    void sample() {
        long now = System.nanoTime();
        callRate.sample(now);
        inputRate.sample(now);
        outputRate.sample(now);
        peakMemory.accumulateAndGet(usedMemory(), Math::max);
    }

    // ---- telling

    /** Commands that were called or refused, by full name. */
    public Map<String, CommandStats> commands() {
        Map<String, CommandStats> byName = new TreeMap<>();
        commands.forEach((command, stats) -> byName.put(command.fullName(), stats));
        return byName;
    }

    /** What is known of one command; null if it was neither called nor refused. */
    public CommandStats command(Command command) {
        return commands.get(command);
    }

    /** Error replies by code. */
    public Map<String, Long> errors() {
        Map<String, Long> byCode = new TreeMap<>();
        errors.forEach((code, count) -> byCode.put(code, count.sum()));
        return byCode;
    }

    public long errorReplies() {
        return errorReplies.sum();
    }

    /** Calls of all commands. */
    public long calls() {
        long calls = 0;
        for (CommandStats stats : commands.values()) {
            calls += stats.calls();
        }
        return calls;
    }

    /** Calls a second, the mean of the last seconds. */
    public double callsPerSecond() {
        return callRate.perSecond();
    }

    public double bytesReadPerSecond() {
        return inputRate.perSecond();
    }

    public double bytesWrittenPerSecond() {
        return outputRate.perSecond();
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

    public long keyHits() {
        return hits.sum();
    }

    public long keyMisses() {
        return misses.sum();
    }

    public long connections() {
        return connections.sum();
    }

    /** Connections refused because of {@code maxclients}. */
    public long refusedConnections() {
        return refusedConnections.sum();
    }

    public long reads() {
        return reads.sum();
    }

    public long bytesRead() {
        return bytesRead.sum();
    }

    public long writes() {
        return writes.sum();
    }

    public long bytesWritten() {
        return bytesWritten.sum();
    }

    /** Bytes of the heap in use, garbage included. */
    public static long usedMemory() {
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    /** The most bytes of the heap that were in use, as far as was looked. */
    public long peakMemory() {
        return peakMemory.accumulateAndGet(usedMemory(), Math::max);
    }

    /** CONFIG RESETSTAT. */
    public void reset() {
        commands.clear();
        errors.clear();
        for (LongAdder adder : List.of(errorReplies, batches, batchedCalls, prefetchNanos, flushNanos, commitNanos,
                retries, splits, unknownOutcomes, expired, hits, misses, connections, refusedConnections, reads,
                bytesRead, writes, bytesWritten)) {
            adder.reset();
        }
        largestBatch.set(0);
    }
}
