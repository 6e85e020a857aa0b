package dev.respql.sql;

/** One row of a result, valid only while its {@link RowReader} runs. Columns count from 1 as in SQL. */
public interface Row {
    /** Which input row (from 0) this belongs to, for a statement over rows. */
    int ordinal();

    /** 0 where the column is null. */
    long number(int column);

    long numberOr(int column, long whenNull);

    double real(int column);

    /** Null where the column is null. */
    byte[] bytes(int column);
}
