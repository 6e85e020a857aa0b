package dev.respql.store;

import static dev.respql.sql.SqlStatement.number;

import dev.respql.sql.RowReader;
import dev.respql.sql.Rows;
import dev.respql.sql.SqlLink;
import dev.respql.sql.SqlStatement;
import java.util.ArrayList;
import java.util.List;

/** Removes the rows of keys that are gone, a bounded number at a time. Used by one thread. */
public final class Sweeper {
    /** All nodes take this lock to sweep ("sweeper" in ASCII), so that no two delete the same rows. */
    private static final long LOCK = 0x73776565706572L;
    private static final int KEYS_A_STEP = 500;

    private static final SqlStatement DROPPED_SPACE = SqlStatement.of("""
            SELECT space FROM dropped_spaces LIMIT 1
            """);

    private static final SqlStatement KEYS_OF_SPACE = SqlStatement.of("""
            SELECT id, type FROM keys WHERE space = ? LIMIT ?
            """, number("space"), number("count"));

    private static final SqlStatement FORGET_SPACE = SqlStatement.of("""
            DELETE FROM dropped_spaces WHERE space = ?
            """, number("space"));

    private static final SqlStatement DELETE_HEADERS = SqlStatement.of("""
            DELETE FROM keys WHERE id IN (SELECT n.id FROM {rows})
            """, number("id"));

    private static final SqlStatement DELETE_STRINGS = SqlStatement.of("""
            DELETE FROM strings WHERE key_id IN (SELECT n.id FROM {rows})
            """, number("id"));

    private Sweeper() {
    }

    /** Does one step in a transaction of its own; true where there may be more to do. */
    public static boolean step(SqlLink link) {
        link.begin(SqlLink.Mode.SINGLE);
        List<Long> spaces = new ArrayList<>(1);
        link.query(DROPPED_SPACE, Rows.NONE, row -> spaces.add(row.number(1)));
        link.commit();
        if (spaces.isEmpty()) {
            return false;
        }
        link.begin(SqlLink.Mode.WRITE);
        link.lockKeys(new long[] {LOCK});
        long space = spaces.get(0);
        Rows ids = Rows.of(DELETE_HEADERS);
        link.query(KEYS_OF_SPACE, Rows.of(KEYS_OF_SPACE).next().set(0, space).set(1, KEYS_A_STEP),
                row -> ids.next().set(0, row.number(1)));
        if (ids.isEmpty()) {
            link.queue(FORGET_SPACE, Rows.of(FORGET_SPACE).next().set(0, space), RowReader.NONE);
        } else {
            link.queue(DELETE_HEADERS, ids, RowReader.NONE);
            link.queue(DELETE_STRINGS, ids, RowReader.NONE);
        }
        link.commit();
        return true;
    }
}
