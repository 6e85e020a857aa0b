package dev.respql.store;

import static dev.respql.sql.SqlStatement.bytes;
import static dev.respql.sql.SqlStatement.integer;
import static dev.respql.sql.SqlStatement.number;

import dev.respql.sql.SqlStatement;
import dev.respql.sql.SqlStatement.Column;
import java.util.stream.Stream;

/**
 * The statements over a table whose rows are (key_id, hash, member, values …). The hash is that of {@link MemberHash};
 * together with the key it leads to the row. What is selected of a row ends in the hash, which is null where there is
 * no row, and the values. Immutable.
 */
final class MemberStatements {
    /** Whether there are values that may be long: {@link #fetch} and {@link #fetchAll} take one more column for them. */
    final boolean bounded;
    /** Over (db, name, hash, member) and perhaps longest; selects n.i, the header's columns, the hash and the values. */
    final SqlStatement fetch;
    /** Over (db, name, most) and perhaps longest; so for all members of values that have at most so many: the member precedes the hash. */
    final SqlStatement fetchAll;
    /** Over (key_id, hash, member); selects n.i, the hash and the values. */
    final SqlStatement point;
    /** Over (key_id, low, high); selects n.i, the member, the hash and the values where low <= hash < high. */
    final SqlStatement ranges;
    /** With (key_id, low, high, count); selects the first of such a range: the member, the hash and the values. */
    final SqlStatement page;
    /** With (key_id); selects the member, the hash and the values, in order of the hash and then of the member. */
    final SqlStatement all;
    /** Over (key_id, hash, member, values …). */
    final SqlStatement insert;
    /** Over (key_id, hash, member, values …); null where there are no values. */
    final SqlStatement update;
    /** Over (key_id, hash, member). */
    final SqlStatement delete;
    /** Over (key_id). */
    final SqlStatement deleteAll;
    /** With (target, source). */
    final SqlStatement copy;

    /**
     * @param table the table's name
     * @param member its column of members
     * @param fetched what {@link #fetch} and {@link #fetchAll} select of the values, each after a comma; of values that
     *     may be long only those of at most {@code n.longest} bytes
     * @param values its further columns
     */
    MemberStatements(String table, String member, String fetched, Column... values) {
        this(table, member, "t." + member, fetched, values);
    }

    /** @param name what is selected as a member's name, where that is not only its column */
    MemberStatements(String table, String member, String name, String fetched, Column... values) {
        String selected = "";
        String names = "";
        String inputs = "";
        String settings = "";
        for (Column value : values) {
            selected += ", t." + value.name();
            names += ", " + value.name();
            inputs += ", n." + value.name();
            settings += (settings.isEmpty() ? "" : ", ") + value.name() + " = n." + value.name();
        }
        Column[] row = {number("key_id"), number("hash"), bytes("member")};
        bounded = fetched.contains("n.longest");
        Column[] rowAndValues = Stream.concat(Stream.of(row), Stream.of(values)).toArray(Column[]::new);
        String isRow = "%1$s.key_id = n.key_id AND %1$s.hash = n.hash AND %1$s.%2$s = n.member".formatted(table, member);

        fetch = SqlStatement.ofOneRow("""
                SELECT n.i, %s, t.hash%s
                FROM {rows} CROSS JOIN databases d
                LEFT JOIN {keys k WHERE k.space = d.space AND k.name = n.name}
                LEFT JOIN {%s t WHERE t.key_id = k.id AND t.hash = n.hash AND t.%s = n.member}
                WHERE d.number = n.db
                """.formatted(Keys.HEADER_COLUMNS, fetched, table, member),
                columns(integer("db"), bytes("name"), number("hash"), bytes("member")));
        fetchAll = SqlStatement.of("""
                SELECT n.i, %s, %s, t.hash%s
                FROM {rows} CROSS JOIN databases d
                LEFT JOIN {keys k WHERE k.space = d.space AND k.name = n.name}
                LEFT JOIN {%s t WHERE t.key_id = CASE WHEN k.size <= n.most THEN k.id END}
                WHERE d.number = n.db
                """.formatted(Keys.HEADER_COLUMNS, name, fetched, table),
                columns(integer("db"), bytes("name"), number("most")));
        point = SqlStatement.ofOneRow("""
                SELECT n.i, t.hash%s
                FROM {rows} CROSS JOIN {%s t WHERE t.key_id = n.key_id AND t.hash = n.hash AND t.%s = n.member}
                """.formatted(selected, table, member), row);
        ranges = SqlStatement.of("""
                SELECT n.i, %s, t.hash%s
                FROM {rows} CROSS JOIN {%s t WHERE t.key_id = n.key_id AND t.hash >= n.low AND t.hash < n.high}
                """.formatted(name, selected, table), number("key_id"), number("low"), number("high"));
        page = SqlStatement.of("""
                SELECT %s, t.hash%s FROM %s t
                WHERE t.key_id = ? AND t.hash >= ? AND t.hash < ?
                ORDER BY t.hash LIMIT ?
                """.formatted(name, selected, table),
                number("key_id"), number("low"), number("high"), number("count"));
        all = SqlStatement.of("""
                SELECT %s, t.hash%s FROM %s t
                WHERE t.key_id = ?
                ORDER BY t.hash, t.%s
                """.formatted(name, selected, table, member), number("key_id"));
        insert = SqlStatement.of("""
                INSERT INTO %s (key_id, hash, %s%s) SELECT n.key_id, n.hash, n.member%s FROM {rows}
                """.formatted(table, member, names, inputs), rowAndValues);
        update = values.length == 0 ? null : SqlStatement.of("""
                UPDATE %s SET %s FROM {rows} WHERE %s
                """.formatted(table, settings, isRow), rowAndValues);
        delete = SqlStatement.of("""
                DELETE FROM %s USING {rows} WHERE %s
                """.formatted(table, isRow), row);
        deleteAll = SqlStatement.of("""
                DELETE FROM %1$s USING {rows} WHERE %1$s.key_id = n.key_id
                """.formatted(table), number("key_id"));
        copy = SqlStatement.of("""
                INSERT INTO %1$s (key_id, hash, %2$s%3$s) SELECT ?, hash, %2$s%3$s FROM %1$s WHERE key_id = ?
                """.formatted(table, member, names), number("target"), number("source"));
    }

    private Column[] columns(Column... columns) {
        return bounded ? Stream.concat(Stream.of(columns), Stream.of(number("longest"))).toArray(Column[]::new) : columns;
    }
}
