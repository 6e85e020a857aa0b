package dev.respql.engine;

/** The time that all nodes agree on. Safe for use by all threads. */
@FunctionalInterface
public interface Clock {
    /** Milliseconds since 1970. */
    long millis();
}
