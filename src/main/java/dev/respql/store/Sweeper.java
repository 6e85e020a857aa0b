package dev.respql.store;

import static dev.respql.sql.SqlStatement.integer;
import static dev.respql.sql.SqlStatement.number;

import dev.respql.sql.RowReader;
import dev.respql.sql.Rows;
import dev.respql.sql.SqlLink;
import dev.respql.sql.SqlStatement;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Removes the rows of keys that are gone, a bounded number at a time. Used by one thread. */
public final class Sweeper {
    /** Who sweeps holds this lock ("sweeper" in ASCII), so that no two nodes delete the same rows. */
    private static final long LOCK = 0x73776565706572L;
    private static final int KEYS_A_STEP = 500;
    private static final int ROWS_A_STEP = 1000;
    /** Each of them costs a statement of its own. */
    private static final int DROPPED_A_STEP = 50;

    private static final SqlStatement DROPPED_SPACE = SqlStatement.of("""
            SELECT space FROM dropped_spaces LIMIT 1
            """);

    /** In the order in which they came, so that their values are neighbours, too. */
    private static final SqlStatement DELETE_HEADERS = SqlStatement.of("""
            DELETE FROM keys
            WHERE space = ? AND name IN (SELECT name FROM keys WHERE space = ? ORDER BY scan_position LIMIT ?)
            RETURNING id, type, size
            """, number("space"), number("same_space"), number("count"));

    private static final SqlStatement FORGET_SPACE = SqlStatement.of("""
            DELETE FROM dropped_spaces WHERE space = ?
            """, number("space"));

    /** What removes whole values that are so small that they have no more rows than these. */
    private static final Map<ValueType, SqlStatement> DELETE_WHOLE = Map.of(
            ValueType.STRING, deleteWhole("strings"),
            ValueType.HASH, deleteWhole("hashes"),
            ValueType.SET, deleteWhole("sets"),
            ValueType.LIST, deleteWhole("lists"),
            ValueType.ZSET, deleteWhole("zsets"));

    private static final SqlStatement BURY = SqlStatement.of("""
            INSERT INTO dropped_keys (key_id, type) SELECT n.key_id, n.type FROM {rows}
            """, number("key_id"), integer("type"));

    private static final SqlStatement DROPPED_KEYS = SqlStatement.of("""
            SELECT key_id, type FROM dropped_keys LIMIT ?
            """, number("count"));

    private static final SqlStatement FORGET_KEYS = SqlStatement.of("""
            DELETE FROM dropped_keys USING {rows} WHERE dropped_keys.key_id = n.key_id
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

    /**
     * Does one step in a transaction of its own; true where there may be more to do. What another node is sweeping is left
     * to it.
     */
    public static boolean step(SqlLink link) {
        return sweepSpace(link) || sweepKeys(link);
    }

    private static boolean sweepSpace(SqlLink link) {
        long space = first(link, DROPPED_SPACE);
        if (space < 0) {
            return false;
        }
        if (!beginAlone(link)) {
            return false;
        }
        Map<ValueType, Rows> small = new EnumMap<>(ValueType.class);
        Rows others = Rows.of(BURY);
        long[] rows = {0};
        link.query(DELETE_HEADERS, Rows.of(DELETE_HEADERS).next().set(0, space).set(1, space).set(2, KEYS_A_STEP),
                row -> {
                    ValueType type = ValueType.ofCode(row.number(2));
                    rows[0] += row.number(3);
                    if (type == ValueType.STRING || rows[0] <= ROWS_A_STEP && isWithoutBlocks(type, row.number(3))) {
                        small.computeIfAbsent(type, t -> Rows.of(DELETE_WHOLE.get(t))).next().set(0, row.number(1));
                    } else {
                        others.next().set(0, row.number(1)).set(1, type.code());
                    }
                });
        if (small.isEmpty() && others.isEmpty()) {
            link.queue(FORGET_SPACE, Rows.of(FORGET_SPACE).next().set(0, space), RowReader.NONE);
        } else {
            small.forEach((type, ids) -> link.queue(DELETE_WHOLE.get(type), ids, RowReader.NONE));
            if (!others.isEmpty()) {
                link.queue(BURY, others, RowReader.NONE);
            }
        }
        link.commit();
        return true;
    }

    /** Begins a transaction, unless another node is sweeping. */
    private static boolean beginAlone(SqlLink link) {
        link.begin(SqlLink.Mode.WRITE);
        boolean alone = link.tryLockKeys(new long[] {LOCK}).length == 1;
        if (!alone) {
            link.commit();
        }
        return alone;
    }

    private static boolean isWithoutBlocks(ValueType type, long size) {
        return type != ValueType.ZSET || size < ZsetBlocks.KEPT_FROM;
    }

    private static boolean sweepKeys(SqlLink link) {
        Map<Long, ValueType> dropped = new LinkedHashMap<>();
        link.begin(SqlLink.Mode.SINGLE);
        link.query(DROPPED_KEYS, Rows.of(DROPPED_KEYS).next().set(0, DROPPED_A_STEP),
                row -> dropped.put(row.number(1), ValueType.ofCode(row.number(2))));
        link.commit();
        if (dropped.isEmpty()) {
            return false;
        }
        if (!beginAlone(link)) {
            return false;
        }
        Rows gone = Rows.of(FORGET_KEYS);
        long[] left = {ROWS_A_STEP};
        for (Map.Entry<Long, ValueType> key : dropped.entrySet()) {
            for (SqlStatement delete : DELETE_SOME.get(key.getValue())) {
                link.query(delete, Rows.of(delete).next().set(0, key.getKey()).set(1, key.getKey()).set(2, left[0]),
                        row -> left[0]--);
            }
            if (left[0] == 0) {
                break;
            }
            gone.next().set(0, key.getKey());
        }
        if (!gone.isEmpty()) {
            link.queue(FORGET_KEYS, gone, RowReader.NONE);
        }
        link.commit();
        return true;
    }

    private static SqlStatement deleteWhole(String table) {
        return SqlStatement.of("""
                DELETE FROM %1$s USING {rows} WHERE %1$s.key_id = n.id
                """.formatted(table), number("id"));
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
