package dev.respql.sql;

/** Receives the rows of a result, in order. */
@FunctionalInterface
public interface RowReader {
    /** For statements that return nothing. */
    RowReader NONE = row -> { };

    void read(Row row);
}
