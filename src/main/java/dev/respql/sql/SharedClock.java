package dev.respql.sql;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.LongSupplier;

/**
 * The database's clock, which all nodes go by: what it showed when it was measured last and the time that has passed
 * since. This machine's own clock plays no part, since it may be set at any time, and a node that believed it would
 * remove keys of all nodes. Safe for use by all threads.
 */
final class SharedClock {
    private static final int SAMPLES = 5;

    /**
     * One measurement.
     *
     * @param micros since 1970, by the database
     * @param nanos what counts the time that passes showed then
     */
    private record Reading(long micros, long nanos) {
        long micros(long nanosNow) {
            return micros + (nanosNow - nanos) / 1000;
        }
    }

    private final LongSupplier nanoTime;
    private volatile Reading last;

    SharedClock() {
        this(System::nanoTime);
    }

    /** @param nanoTime counts the time that passes, in nanoseconds since whenever; only tests have another than Java's */
    SharedClock(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Microseconds since 1970. It must have been measured before. */
    long micros() {
        return last.micros(nanoTime.getAsLong());
    }

    /** Measures anew: by half the shortest round trip, so it is good to a millisecond or so. */
    void measure(Connection connection) throws SQLException {
        long shortest = Long.MAX_VALUE;
        Reading measured = null;
        try (Statement statement = connection.createStatement()) {
            for (int i = 0; i < SAMPLES; i++) {
                long started = nanoTime.getAsLong();
                try (ResultSet now = statement.executeQuery(
                        "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)")) {
                    now.next();
                    long took = nanoTime.getAsLong() - started;
                    if (took < shortest) {
                        shortest = took;
                        measured = new Reading(now.getLong(1), started + took / 2);
                    }
                }
            }
        }
        Reading before = last;
        // What may be no difference at all is none, so that the time does not jump to and fro.
        if (before == null || Math.abs(measured.micros - before.micros(measured.nanos)) > 1000 + shortest / 2000) {
            last = measured;
        }
    }
}
