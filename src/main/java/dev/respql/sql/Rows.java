package dev.respql.sql;

import java.util.Arrays;
import java.util.List;

/** The input of a {@link SqlStatement}, kept by column. Used by one thread. */
public final class Rows {
    /** In a {@code NUMBER} column: SQL's null. */
    public static final long NULL = Long.MIN_VALUE;
    public static final Rows NONE = new Rows(List.of());
    private static final int FIRST_CAPACITY = 8;

    private final List<SqlStatement.Column> columns;
    private final Object[] values;
    private int capacity;
    private int size;

    private Rows(List<SqlStatement.Column> columns) {
        this.columns = columns;
        this.values = new Object[columns.size()];
        this.capacity = FIRST_CAPACITY;
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (columns.get(i).type()) {
                case INTEGER, NUMBER -> new long[capacity];
                case BYTES -> new byte[capacity][];
                case REAL -> new double[capacity];
            };
        }
    }

    public static Rows of(SqlStatement statement) {
        return new Rows(statement.columns());
    }

    /** Begins the next row. */
    public Rows next() {
        if (size == capacity) {
            capacity *= 2;
            for (int i = 0; i < values.length; i++) {
                values[i] = switch (columns.get(i).type()) {
                    case INTEGER, NUMBER -> Arrays.copyOf((long[]) values[i], capacity);
                    case BYTES -> Arrays.copyOf((byte[][]) values[i], capacity);
                    case REAL -> Arrays.copyOf((double[]) values[i], capacity);
                };
            }
        }
        size++;
        return this;
    }

    /** Sets a column (from 0) of the row begun last. */
    public Rows set(int column, long value) {
        ((long[]) values[column])[size - 1] = value;
        return this;
    }

    public Rows set(int column, byte[] value) {
        ((byte[][]) values[column])[size - 1] = value;
        return this;
    }

    public Rows set(int column, double value) {
        ((double[]) values[column])[size - 1] = value;
        return this;
    }

    public int size() {
        return size;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    /** The value as JDBC takes it: Integer, Long, byte[], Double or null. */
    Object value(int column, int row) {
        return switch (columns.get(column).type()) {
            case INTEGER -> (int) ((long[]) values[column])[row];
            case NUMBER -> {
                long number = ((long[]) values[column])[row];
                yield number == NULL ? null : (Object) number;
            }
            case BYTES -> ((byte[][]) values[column])[row];
            case REAL -> ((double[]) values[column])[row];
        };
    }

    /** The whole column as an array that pgjdbc encodes in binary. */
    Object array(int column) {
        return switch (columns.get(column).type()) {
            case INTEGER -> {
                int[] integers = new int[size];
                for (int i = 0; i < size; i++) {
                    integers[i] = (int) ((long[]) values[column])[i];
                }
                yield integers;
            }
            case NUMBER -> numbers((long[]) values[column]);
            case BYTES -> Arrays.copyOf((byte[][]) values[column], size);
            case REAL -> Arrays.copyOf((double[]) values[column], size);
        };
    }

    private Object numbers(long[] column) {
        for (int i = 0; i < size; i++) {
            if (column[i] == NULL) {
                Long[] nullable = new Long[size];
                for (int j = 0; j < size; j++) {
                    nullable[j] = column[j] == NULL ? null : column[j];
                }
                return nullable;
            }
        }
        return Arrays.copyOf(column, size);
    }
}
