package dev.respql.testing;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for what another thread or process is about to do. */
public final class Await {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private Await() {
    }

    /** Returns as soon as the condition holds; fails when it does not within twenty seconds. */
    public static void until(BooleanSupplier condition) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("what was waited for did not happen within " + LIMIT.toSeconds() + " s");
            }
            try {
                Thread.sleep(2);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while waiting", e);
            }
        }
    }
}
