package dev.respql.testing;

/** The databases that respql keeps data in; every storage test runs on each of them. */
public enum Backend {
    /** Embedded, in a directory of its own for each {@link RunningServer}. */
    SQLITE,
    /** A database of its own on {@link PostgresForTests} for each {@link RunningServer}. */
    POSTGRESQL;

    @Override
    public String toString() {
        return this == SQLITE ? "SQLite" : "PostgreSQL";
    }
}
