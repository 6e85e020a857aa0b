package dev.respql.command.server;

import dev.respql.engine.LatencyEvents;
import dev.respql.engine.LatencyEvents.Sample;
import java.util.List;

/** The picture of LATENCY GRAPH: a column for each sample, and beneath it how long ago that was. */
final class LatencyGraph {
    private static final int COLUMNS = 80;
    private static final int ROWS = 4;
    /** What tops a column that fills a third, two thirds or all of its last row. */
    private static final String TOPS = "_o#";

    private LatencyGraph() {
    }

    static String draw(LatencyEvents.History history, long now) {
        long high = history.samples().stream().mapToLong(Sample::millis).max().orElse(0);
        long low = history.samples().stream().mapToLong(Sample::millis).min().orElse(0);
        StringBuilder graph = new StringBuilder()
                .append(history.event()).append(" - high ").append(high).append(" ms, low ").append(low)
                .append(" ms (all time high ").append(history.maxMillis()).append(" ms)\n")
                .append("-".repeat(COLUMNS)).append('\n');
        List<Sample> samples = history.samples();
        for (int first = 0; first < samples.size(); first += COLUMNS) {
            draw(samples.subList(first, Math.min(first + COLUMNS, samples.size())), low, high, now, graph);
        }
        return graph.toString();
    }

    private static void draw(List<Sample> samples, long low, long high, long now, StringBuilder graph) {
        int steps = ROWS * TOPS.length();
        for (int row = ROWS - 1; row >= 0; row--) {
            for (Sample sample : samples) {
                long height = high == low ? 0 : Math.min(steps - 1, (sample.millis() - low) * steps / (high - low));
                int top = (int) height / TOPS.length();
                graph.append(row < top ? '|' : row == top ? TOPS.charAt((int) height % TOPS.length()) : ' ');
            }
            graph.append('\n');
        }
        graph.append(" ".repeat(samples.size())).append('\n');
        List<String> ages = samples.stream().map(sample -> age(now - sample.time())).toList();
        int longest = ages.stream().mapToInt(String::length).max().orElse(0);
        for (int i = 0; i < longest; i++) {
            for (String age : ages) {
                graph.append(i < age.length() ? age.charAt(i) : ' ');
            }
            graph.append('\n');
        }
    }

    private static String age(long seconds) {
        if (seconds < 60) {
            return seconds + "s";
        }
        if (seconds < 3600) {
            return seconds / 60 + "m";
        }
        return seconds < 86400 ? seconds / 3600 + "h" : seconds / 86400 + "d";
    }
}
