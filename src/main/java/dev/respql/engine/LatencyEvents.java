package dev.respql.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What took longer than {@code latency-monitor-threshold}: the samples that LATENCY shows, of the events {@code command},
 * {@code fast-command} and {@code commit}. For all threads.
 */
public final class LatencyEvents {
    /** A command that is not flagged as fast. */
    public static final String COMMAND = "command";
    public static final String FAST_COMMAND = "fast-command";
    /** The commit of a batch, which Redis does not have; there it is the write to the append-only file. */
    public static final String COMMIT = "commit";

    private static final int MAX_SAMPLES = 160;

    /** The longest that an event took within a second: when in seconds since 1970, and how long in milliseconds. */
    public record Sample(long time, long millis) {
    }

    /**
     * What is known of one event.
     *
     * @param samples at most 160, at least one, the oldest first
     * @param maxMillis the longest ever
     */
    public record History(String event, List<Sample> samples, long maxMillis) {
        public Sample latest() {
            return samples.get(samples.size() - 1);
        }
    }

    private static final class Event {
        final Deque<Sample> samples = new ArrayDeque<>();
        long maxMillis;
    }

    private final SortedMap<String, Event> events = new TreeMap<>();

    void add(String name, long millis) {
        add(name, millis, System.currentTimeMillis() / 1000);
    }

    synchronized void add(String name, long millis, long now) {
        Event event = events.computeIfAbsent(name, n -> new Event());
        event.maxMillis = Math.max(event.maxMillis, millis);
        Sample last = event.samples.peekLast();
        if (last != null && last.time() == now) {
            event.samples.removeLast();
            event.samples.addLast(new Sample(now, Math.max(last.millis(), millis)));
            return;
        }
        event.samples.addLast(new Sample(now, millis));
        if (event.samples.size() > MAX_SAMPLES) {
            event.samples.removeFirst();
        }
    }

    /** Every event that ever took too long, by name. */
    public synchronized List<History> all() {
        List<History> all = new ArrayList<>();
        events.forEach((name, event) -> all.add(new History(name, List.copyOf(event.samples), event.maxMillis)));
        return all;
    }

    /** What is known of an event; null if it never took too long. */
    public synchronized History of(String name) {
        Event event = events.get(name);
        return event == null ? null : new History(name, List.copyOf(event.samples), event.maxMillis);
    }

    /** Forgets these events; how many of them there were. */
    public synchronized int forget(List<String> names) {
        int forgotten = 0;
        for (String name : names) {
            forgotten += events.remove(name) == null ? 0 : 1;
        }
        return forgotten;
    }

    /** Forgets all events; how many there were. */
    public synchronized int forgetAll() {
        int forgotten = events.size();
        events.clear();
        return forgotten;
    }
}
