package dev.respql.sql;

import java.util.concurrent.atomic.LongAdder;

/**
 * What the links of a server have sent: statements (one over many rows counts once), rows of input, and exchanges
 * (round trips; SQLite has as many as {@code send} had anything to do). Safe for use by all threads.
 */
public final class SqlCounters {
    private final LongAdder statements = new LongAdder();
    private final LongAdder rows = new LongAdder();
    private final LongAdder exchanges = new LongAdder();

    void statement(int inputRows) {
        statements.increment();
        rows.add(inputRows);
    }

    void exchange() {
        exchanges.increment();
    }

    public long statements() {
        return statements.sum();
    }

    public long rows() {
        return rows.sum();
    }

    public long exchanges() {
        return exchanges.sum();
    }
}
