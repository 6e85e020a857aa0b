package dev.respql.store;

import static dev.respql.sql.SqlStatement.integer;
import static dev.respql.sql.SqlStatement.number;

import dev.respql.sql.RowReader;
import dev.respql.sql.Rows;
import dev.respql.sql.SqlStatement;
import java.util.Collection;

/**
 * The keys that clients of nodes on one database watch (WATCH), by their locks, for other nodes to mark as changed. A
 * mark is made and looked for under the key's lock. Used by one thread, for one unit of work.
 */
public final class WatchedKeys {
    private static final SqlStatement INSERT = SqlStatement.of("""
            INSERT INTO watched_keys (node, client, lock, changed, db, existed)
            SELECT n.node, n.client, n.lock, 0, n.db, n.existed FROM {rows}
            ON CONFLICT DO NOTHING
            """, number("node"), number("client"), number("lock"), integer("db"), integer("existed"));

    private static final SqlStatement UNCHANGED = SqlStatement.of("""
            SELECT count(*) FROM watched_keys WHERE node = ? AND client = ? AND changed = 0
            """, number("node"), number("client"));

    private static final SqlStatement DELETE = SqlStatement.of("""
            DELETE FROM watched_keys WHERE node = ? AND client = ?
            """, number("node"), number("client"));

    private static final SqlStatement MARK = SqlStatement.of("""
            UPDATE watched_keys SET changed = 1 FROM {rows}
            WHERE watched_keys.lock = n.lock AND watched_keys.node <> n.node AND watched_keys.changed = 0
            """, number("lock"), number("node"));

    /** A key that was missing, and was not marked since, is missing still. */
    private static final SqlStatement MARK_EMPTIED = SqlStatement.of("""
            UPDATE watched_keys SET changed = 1 WHERE node <> ? AND existed = 1 AND db BETWEEN ? AND ?
            """, number("node"), integer("first"), integer("last"));

    private static final SqlStatement MARK_EXCHANGED = SqlStatement.of("""
            UPDATE watched_keys SET changed = 1 WHERE node <> ? AND (db = ? OR db = ?)
            """, number("node"), integer("one"), integer("other"));

    private final Tx tx;

    WatchedKeys(Tx tx) {
        this.tx = tx;
    }

    /**
     * A client watches a key; no matter whether it did.
     *
     * @param client here and below: the number that it got when it began to watch, which it has no more when it begins anew
     * @param existed whether there is such a key
     */
    public void add(long node, long client, KeyName key, boolean existed) {
        tx.link().queue(INSERT, Rows.of(INSERT).next().set(0, node).set(1, client).set(2, key.lock()).set(3, key.db())
                .set(4, existed ? 1 : 0), RowReader.NONE);
    }

    /** How many keys a client watches that nobody has marked as changed. */
    public long unchanged(long node, long client) {
        long[] count = new long[1];
        tx.lateRead().query(UNCHANGED, Rows.of(UNCHANGED).next().set(0, node).set(1, client),
                row -> count[0] = row.number(1));
        return count[0];
    }

    /** A client watches nothing any more. */
    public void remove(long node, long client) {
        tx.link().queue(DELETE, Rows.of(DELETE).next().set(0, node).set(1, client), RowReader.NONE);
    }

    /**
     * Marks keys as changed, for clients of all nodes but this one, which knows for itself who has watched before and who
     * after the change.
     */
    public void mark(long node, Collection<KeyName> keys) {
        Rows rows = Rows.of(MARK);
        keys.stream().mapToLong(KeyName::lock).sorted().distinct().forEach(lock -> rows.next().set(0, lock).set(1, node));
        tx.link().queue(MARK, rows, RowReader.NONE);
    }

    /** Marks the watched keys that are there in databases from one number to another, as {@link #mark}. */
    public void markEmptied(long node, int first, int last) {
        tx.link().queue(MARK_EMPTIED, Rows.of(MARK_EMPTIED).next().set(0, node).set(1, first).set(2, last), RowReader.NONE);
    }

    /** Marks all watched keys of two databases, even those that are missing in both, as {@link #mark}. */
    public void markExchanged(long node, int one, int other) {
        tx.link().queue(MARK_EXCHANGED, Rows.of(MARK_EXCHANGED).next().set(0, node).set(1, one).set(2, other),
                RowReader.NONE);
    }
}
