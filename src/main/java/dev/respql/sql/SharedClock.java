package dev.respql.sql;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** How far the database's clock, which all nodes go by, is ahead of this machine's. Safe for use by all threads. */
final class SharedClock {
    private static final int SAMPLES = 5;

    private volatile long offset;

    /** Milliseconds to add to this machine's clock; as of the last measurement. */
    long offset() {
        return offset;
    }

    /** Measures anew: by half the shortest round trip, so it is good to a millisecond or so. */
    void measure(Connection connection) throws SQLException {
        long shortest = Long.MAX_VALUE;
        long measured = 0;
        try (Statement statement = connection.createStatement()) {
            for (int i = 0; i < SAMPLES; i++) {
                long before = System.currentTimeMillis();
                long started = System.nanoTime();
                try (ResultSet now = statement.executeQuery(
                        "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)")) {
                    now.next();
                    long took = System.nanoTime() - started;
                    if (took < shortest) {
                        shortest = took;
                        measured = now.getLong(1) - (before + took / 2_000_000);
                    }
                }
            }
        }
        // What may be no difference at all is none, so that the time does not jump to and fro.
        if (Math.abs(measured - offset) > 1 + shortest / 2_000_000) {
            offset = measured;
        }
    }
}
