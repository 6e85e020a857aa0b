package dev.respql.store;

import static dev.respql.sql.SqlStatement.integer;
import static dev.respql.sql.SqlStatement.number;

import dev.respql.sql.RowReader;
import dev.respql.sql.Rows;
import dev.respql.sql.SqlLink;
import dev.respql.sql.SqlStatement;
import java.util.List;
import java.util.Map;

/** Removes the rows of keys that are gone, a bounded number at a time. Used by one thread. */
public final class Sweeper {
    /** All nodes take this lock to sweep ("sweeper" in ASCII), so that no two delete the same rows. */
    private static final long LOCK = 0x73776565706572L;
    private static final int KEYS_A_STEP = 500;
    private static final int ROWS_A_STEP = 1000;

    private static final SqlStatement DROPPED_SPACE = SqlStatement.of("""
            SELECT space FROM dropped_spaces LIMIT 1
            """);

    /** In the order in which they came, so that their values are neighbours, too. */
    private static final SqlStatement DELETE_HEADERS = SqlStatement.of("""
            DELETE FROM keys
            WHERE space = ? AND name IN (SELECT name FROM keys WHERE space = ? ORDER BY scan_position LIMIT ?)
            RETURNING id, type
            """, number("space"), number("same_space"), number("count"));

    private static final SqlStatement FORGET_SPACE = SqlStatement.of("""
            DELETE FROM dropped_spaces WHERE space = ?
            """, number("space"));

    private static final SqlStatement DELETE_STRINGS = SqlStatement.of("""
            DELETE FROM strings WHERE key_id IN (SELECT n.id FROM {rows})
            """, number("id"));

    private static final SqlStatement BURY = SqlStatement.of("""
            INSERT INTO dropped_keys (key_id, type) SELECT n.key_id, n.type FROM {rows}
            """, number("key_id"), integer("type"));

    private static final SqlStatement DROPPED_KEY = SqlStatement.of("""
            SELECT key_id, type FROM dropped_keys LIMIT 1
            """);

    private static final SqlStatement FORGET_KEY = SqlStatement.of("""
            DELETE FROM dropped_keys WHERE key_id = ?
            """, number("key_id"));

    /** What removes some rows of a dropped value: parameters are the key's number, twice, and how many rows. */
    private static final Map<ValueType, List<SqlStatement>> DELETE_SOME = Map.of(
            ValueType.HASH, List.of(deleteSome("hashes", "hash")),
            ValueType.SET, List.of(deleteSome("sets", "hash")),
            ValueType.LIST, List.of(deleteSome("lists", "position")),
            ValueType.ZSET, List.of(deleteSome("zsets", "hash"), deleteSome("zset_blocks", "level, score, member")));

    private Sweeper() {
    }

    /** Leaves the rows of these headers, which are going, to the sweeper. */
    static void bury(SqlLink link, List<Header> headers) {
        if (headers.isEmpty()) {
            return;
        }
        Rows rows = Rows.of(BURY);
        for (Header header : headers) {
            rows.next().set(0, header.id).set(1, header.type.code());
        }
        link.queue(BURY, rows, RowReader.NONE);
    }

    /** Does one step in a transaction of its own; true where there may be more to do. */
    public static boolean step(SqlLink link) {
        return sweepSpace(link) || sweepKey(link);
    }

    private static boolean sweepSpace(SqlLink link) {
        long space = first(link, DROPPED_SPACE);
        if (space < 0) {
            return false;
        }
        link.begin(SqlLink.Mode.WRITE);
        link.lockKeys(new long[] {LOCK});
        Rows strings = Rows.of(DELETE_STRINGS);
        Rows others = Rows.of(BURY);
        link.query(DELETE_HEADERS, Rows.of(DELETE_HEADERS).next().set(0, space).set(1, space).set(2, KEYS_A_STEP),
                row -> {
                    if (row.number(2) == ValueType.STRING.code()) {
                        strings.next().set(0, row.number(1));
                    } else {
                        others.next().set(0, row.number(1)).set(1, row.number(2));
                    }
                });
        if (strings.isEmpty() && others.isEmpty()) {
            link.queue(FORGET_SPACE, Rows.of(FORGET_SPACE).next().set(0, space), RowReader.NONE);
        } else {
            link.queue(DELETE_STRINGS, strings, RowReader.NONE);
            link.queue(BURY, others, RowReader.NONE);
        }
        link.commit();
        return true;
    }

    private static boolean sweepKey(SqlLink link) {
        long[] key = {-1, 0};
        link.begin(SqlLink.Mode.SINGLE);
        link.query(DROPPED_KEY, Rows.NONE, row -> {
            key[0] = row.number(1);
            key[1] = row.number(2);
        });
        link.commit();
        if (key[0] < 0) {
            return false;
        }
        link.begin(SqlLink.Mode.WRITE);
        link.lockKeys(new long[] {LOCK});
        long[] deleted = {0};
        for (SqlStatement delete : DELETE_SOME.get(ValueType.ofCode(key[1]))) {
            link.query(delete, Rows.of(delete).next().set(0, key[0]).set(1, key[0]).set(2, ROWS_A_STEP),
                    row -> deleted[0]++);
        }
        if (deleted[0] == 0) {
            link.queue(FORGET_KEY, Rows.of(FORGET_KEY).next().set(0, key[0]), RowReader.NONE);
        }
        link.commit();
        return true;
    }

    private static SqlStatement deleteSome(String table, String columns) {
        return SqlStatement.of("""
                DELETE FROM %1$s
                WHERE key_id = ? AND (%2$s) IN (SELECT %2$s FROM %1$s WHERE key_id = ? LIMIT ?)
                RETURNING 1
                """.formatted(table, columns), number("key_id"), number("same_key_id"), number("count"));
    }

    private static long first(SqlLink link, SqlStatement statement) {
        long[] first = {-1};
        link.begin(SqlLink.Mode.SINGLE);
        link.query(statement, Rows.NONE, row -> first[0] = row.number(1));
        link.commit();
        return first[0];
    }
}
