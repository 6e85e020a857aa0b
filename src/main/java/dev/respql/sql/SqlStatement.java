package dev.respql.sql;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One SQL text that serves both dialects. A text with <code>{rows}</code> works on a set: there stands an input relation
 * named {@code n} whose columns are the statement's, and whose ordinal column is {@code i}; a query over rows selects
 * {@code n.i} first. The relation stands alone ({@code FROM {rows}}, {@code DELETE … USING {rows}}) or is joined to the
 * next table by {@code CROSS JOIN} (with {@code LATERAL} where that is a subquery). A text without it takes its columns
 * as the {@code ?} parameters of one row.
 *
 * <p>A look-up is written as {@code LEFT JOIN {table t WHERE condition}}, or {@code CROSS JOIN} the same right after the
 * input relation. Where PostgreSQL is free to choose, it looks a row up by a part of the condition if it believes that
 * few rows have that in common, and filters them; it is wrong about the one hash of a million fields among many small
 * ones. So it is given a subquery that it cannot take apart, with the whole condition. Immutable.
 */
public final class SqlStatement {
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final String ROWS = "{rows}";
    private static final Pattern LEFT_LOOK_UP = Pattern.compile("LEFT JOIN \\{(\\w+ (\\w+)) WHERE ([^{}]*)}");
    private static final Pattern LOOK_UP = Pattern.compile("\\{(\\w+ (\\w+)) WHERE ([^{}]*)}");
    private static final Pattern INPUT_COLUMN = Pattern.compile("\\bn\\.(\\w+)");

    enum Type {
        INTEGER("int4"), NUMBER("int8"), BYTES("bytea"), REAL("float8");

        private final String postgresName;

        Type(String postgresName) {
            this.postgresName = postgresName;
        }

        String postgresName() {
            return postgresName;
        }
    }

    /** An input column. Only {@code NUMBER} and {@code BYTES} may be null. */
    public record Column(String name, Type type) {
    }

    private final String text;
    private final List<Column> columns;
    private final boolean overRows;
    private final boolean oneRow;
    private final int index;

    private SqlStatement(String text, boolean oneRow, List<Column> columns) {
        this.text = text.strip();
        this.columns = columns;
        this.overRows = text.contains(ROWS);
        this.oneRow = oneRow;
        this.index = COUNT.getAndIncrement();
    }

    public static SqlStatement of(String text, Column... columns) {
        return new SqlStatement(text, false, List.of(columns));
    }

    /** A query that finds no more than one row, or one for each row of its input: nobody need look for another. */
    public static SqlStatement ofOneRow(String text, Column... columns) {
        return new SqlStatement(text, true, List.of(columns));
    }

    /** A 32-bit column. */
    public static Column integer(String name) {
        return new Column(name, Type.INTEGER);
    }

    /** A 64-bit column; {@link Rows#NULL} stands for SQL's null. */
    public static Column number(String name) {
        return new Column(name, Type.NUMBER);
    }

    public static Column bytes(String name) {
        return new Column(name, Type.BYTES);
    }

    public static Column real(String name) {
        return new Column(name, Type.REAL);
    }

    List<Column> columns() {
        return columns;
    }

    /** A small number of its own, for look-up in arrays. */
    int index() {
        return index;
    }

    boolean overRows() {
        return overRows;
    }

    boolean oneRow() {
        return oneRow;
    }

    /**
     * SQLite runs the text once a row, with parameters in place of the input relation, which would cost more there than
     * the look-up itself.
     */
    String sqliteText() {
        String withoutRelation = text.replaceAll("\\{rows\\}\\s+CROSS JOIN\\s(LATERAL\\s)?", "")
                .replaceAll("(FROM|USING) \\{rows\\}", "");
        withoutRelation = LEFT_LOOK_UP.matcher(withoutRelation).replaceAll("LEFT JOIN $1 ON $3");
        withoutRelation = LOOK_UP.matcher(withoutRelation).replaceAll("$1 WHERE $3");
        return INPUT_COLUMN.matcher(withoutRelation).replaceAll(match -> parameter(match.group(1)));
    }

    private String parameter(String column) {
        if (column.equals("i")) {
            return "0";
        }
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name.equals(column)) {
                return "?" + (i + 1);
            }
        }
        throw new IllegalStateException("no input column " + column + " in: " + text);
    }

    /** PostgreSQL runs it once, over arrays. */
    String postgresText() {
        if (!overRows) {
            return text;
        }
        // OFFSET is what keeps the planner from taking a subquery apart.
        String looksUp = LEFT_LOOK_UP.matcher(text)
                .replaceAll("LEFT JOIN LATERAL (SELECT * FROM $1 WHERE $3 OFFSET 0) $2 ON true");
        looksUp = LOOK_UP.matcher(looksUp).replaceAll("LATERAL (SELECT * FROM $1 WHERE $3 OFFSET 0) $2");
        return looksUp.replace(ROWS, "unnest(" + columns.stream()
                .map(column -> "?::" + column.type.postgresName + "[]")
                .collect(Collectors.joining(", ")) + ") WITH ORDINALITY AS n(" + columns.stream()
                .map(Column::name)
                .collect(Collectors.joining(", ")) + ", i)");
    }

    @Override
    public String toString() {
        return text;
    }
}
