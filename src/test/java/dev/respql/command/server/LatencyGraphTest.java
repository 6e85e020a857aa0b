package dev.respql.command.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.respql.engine.LatencyEvents.History;
import dev.respql.engine.LatencyEvents.Sample;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The pictures are those that redis-server drew of the same samples. */
class LatencyGraphTest {
    private static final String RULE = "-".repeat(80) + "\n";

    @Test
    void drawsAColumnForEachSample() {
        assertEquals("""
                command - high 100 ms, low 1 ms (all time high 100 ms)
                """ + RULE + String.join("\n",
                " #   _ ##   ",
                " | o | || # ",
                " | |_| ||#| ",
                "_|#|||o||||_",
                "            ",
                "111987654321",
                "210sssssssss",
                "sss         ",
                ""), draw(100, 5, 100, 20, 60, 33, 83, 10, 100, 95, 50, 70, 1));
    }

    @Test
    void drawsOneSampleAtTheBottom() {
        assertEquals("command - high 50 ms, low 50 ms (all time high 70 ms)\n" + RULE + " \n \n \n_\n \n1\ns\n",
                draw(70, 50));
    }

    @Test
    void tellsHowLongAgoInTheLargestUnitThatFits() {
        List<Sample> samples = new ArrayList<>();
        for (long age : new long[] {200_000, 90_000, 86_400, 86_399, 3600, 3599, 60, 59, 0}) {
            samples.add(new Sample(1_000_000 - age, 1));
        }
        String picture = LatencyGraph.draw(new History("command", samples, 1), 1_000_000);
        assertEquals(List.of("2112" + "15150", "ddd3" + "h9m9s", "   h" + " m s ").toString(),
                picture.lines().skip(7).toList().toString());
    }

    @Test
    void goesOnBelowAfterEightyColumns() {
        long[] millis = new long[100];
        millis[99] = 9;
        List<String> lines = draw(9, millis).lines().toList();
        assertEquals(80, lines.get(2).length());
        assertEquals(20, lines.get(lines.size() - 1).length());
        assertEquals(80, lines.get(6).length());
    }

    private static String draw(long max, long... millis) {
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < millis.length; i++) {
            samples.add(new Sample(1_000_000 + i, millis[i]));
        }
        return LatencyGraph.draw(new History("command", samples, max), 1_000_000 + millis.length);
    }
}
