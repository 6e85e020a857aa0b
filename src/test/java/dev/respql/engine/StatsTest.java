package dev.respql.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.command.Command;
import dev.respql.protocol.Reply;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Counting, from several threads as well. */
class StatsTest {
    private static final Command COMMAND = Command.named("some").arity(1).runs(call -> Reply.OK);

    private final Stats stats = new Stats();

    @Test
    void errorsOfTooManyCodesAreOnlyCountedTogether() {
        for (int i = 0; i < 1000; i++) {
            stats.error("CODE" + i);
            stats.error("CODE0");
        }
        assertEquals(128, stats.errors().size());
        assertEquals(1001, stats.errors().get("CODE0"));
        assertEquals(2000, stats.errorReplies());
    }

    @Test
    void latenciesAreKeptOnlyIfAskedFor() {
        stats.ran(COMMAND, 1000, false, false);
        assertNull(stats.command(COMMAND).histogram());
        stats.ran(COMMAND, 3000, true, true);
        assertEquals(1, stats.command(COMMAND).histogram().count());
        assertEquals(2, stats.command(COMMAND).calls());
        assertEquals(4000, stats.command(COMMAND).nanos());
        assertEquals(1, stats.command(COMMAND).failedCalls());
    }

    @Test
    void noCallIsLostAmongThreads() throws InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        for (int i = 0; i < 4; i++) {
            threads.execute(() -> {
                for (int j = 0; j < 10_000; j++) {
                    stats.ran(COMMAND, j, false, true);
                }
            });
        }
        threads.shutdown();
        assertTrue(threads.awaitTermination(60, TimeUnit.SECONDS));
        assertEquals(40_000, stats.calls());
        assertEquals(40_000, stats.command(COMMAND).histogram().count());
    }

    @Test
    void resetForgetsAllButThePeakOfMemory() {
        stats.ran(COMMAND, 1000, false, true);
        stats.batch(3, 1, 2, 3);
        stats.error("ERR");
        stats.received(10);
        stats.lookups(1, 2);
        long peak = stats.peakMemory();
        stats.reset();
        assertEquals(0, stats.calls() + stats.batches() + stats.errorReplies() + stats.bytesRead() + stats.reads()
                + stats.keyHits() + stats.keyMisses() + stats.largestBatch());
        assertNull(stats.command(COMMAND));
        assertTrue(stats.peakMemory() >= peak);
    }

    @Test
    void ratesAreMeansOverTheLastSamples() {
        long[] counter = {0};
        Rate rate = new Rate(() -> counter[0]);
        long now = System.nanoTime();
        assertEquals(0, rate.perSecond());
        for (int i = 1; i <= 40; i++) {
            counter[0] += 50;
            rate.sample(now += 100_000_000);
        }
        assertEquals(500, rate.perSecond(), 1);
        counter[0] = 50;
        rate.sample(now += 100_000_000);
        assertEquals(500, rate.perSecond(), 1, "a counter that was reset");
        for (int i = 0; i < 16; i++) {
            rate.sample(now += 100_000_000);
        }
        assertEquals(0, rate.perSecond());
    }
}
