package dev.respql.bus;

import static dev.respql.sql.SqlStatement.bytes;
import static dev.respql.sql.SqlStatement.integer;
import static dev.respql.sql.SqlStatement.number;

import dev.respql.sql.RowReader;
import dev.respql.sql.Rows;
import dev.respql.sql.SqlLink;
import dev.respql.sql.SqlStatement;
import dev.respql.store.Tx;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * What the clients of one lane want to hear of, counted, and kept in the database for other nodes to see. Each lane has
 * rows of its own, so that lanes never wait for each other here. While the node is alone nothing is written; before
 * another one serves clients, everything is ({@link #storeAll}). Used by the lane's thread.
 */
public final class Interests implements Tx.Participant {
    private static final SqlStatement DELETE_ALL = SqlStatement.of("""
            DELETE FROM interests WHERE node = ? AND lane = ?
            """, number("node"), integer("lane"));

    private static final SqlStatement DELETE = SqlStatement.of("""
            DELETE FROM interests USING {rows}
            WHERE interests.kind = n.kind AND interests.hash = n.hash AND interests.name = n.name
              AND interests.node = n.node AND interests.lane = n.lane
            """, number("node"), integer("lane"), integer("kind"), number("hash"), bytes("name"));

    private static final SqlStatement INSERT = SqlStatement.of("""
            INSERT INTO interests (node, lane, kind, hash, name, prefix, count)
            SELECT n.node, n.lane, n.kind, n.hash, n.name, n.prefix, n.count FROM {rows}
            RETURNING txid_current()
            """, number("node"), integer("lane"), integer("kind"), number("hash"), bytes("name"), bytes("prefix"),
            number("count"));

    /** Null where there are never any other nodes. */
    private final BooleanSupplier alone;
    private final long node;
    private final int lane;
    private final Map<Interest, Integer> counts = new HashMap<>();
    /** Whose rows are not what they should be. */
    private final Set<Interest> changed = new HashSet<>();
    /** Whose rows are what they should be, if the transaction under way is committed. */
    private final Set<Interest> written = new HashSet<>();
    private long transaction;

    Interests(BooleanSupplier alone, long node, int lane) {
        this.alone = alone;
        this.node = node;
        this.lane = lane;
    }

    /** For the only node there can be: keeps nothing. */
    static Interests unshared() {
        return new Interests(null, 0, 0);
    }

    /** One client more wants to hear of it: committed with the unit of work, and not at all if that fails. */
    public void add(Tx tx, Interest interest) {
        change(interest, 1);
        tx.enlist(this);
        tx.onRollback(() -> change(interest, -1));
    }

    /** One client less wants to hear of it: committed with the unit of work. */
    public void remove(Tx tx, Interest interest) {
        change(interest, -1);
        tx.enlist(this);
        tx.onRollback(() -> change(interest, 1));
    }

    /** As {@link #remove(Tx, Interest)}, in a later transaction: the next one of this lane, or {@link #store}. */
    public void removeSoon(Interest interest) {
        change(interest, -1);
    }

    /** Whether {@link #store} has something to do. */
    public boolean isStored() {
        return changed.isEmpty();
    }

    /** Writes what has changed, in a transaction of its own. */
    public void store(SqlLink link) {
        if (!isStored()) {
            inTransaction(link, () -> flush(link));
        }
    }

    /** Writes everything anew, in a transaction of its own. */
    public void storeAll(SqlLink link) {
        inTransaction(link, () -> {
            link.queue(DELETE_ALL, Rows.of(DELETE_ALL).next().set(0, node).set(1, lane), RowReader.NONE);
            insert(link, counts.keySet());
            moveToWritten();
        });
    }

    private void inTransaction(SqlLink link, Runnable work) {
        try {
            link.begin(SqlLink.Mode.WRITE);
            work.run();
            link.commit();
            committed();
        } catch (RuntimeException e) {
            link.rollback();
            rolledBack();
            throw e;
        }
    }

    @Override
    public void flush(SqlLink link) {
        if (changed.isEmpty()) {
            return;
        }
        Rows deletes = Rows.of(DELETE);
        for (Interest interest : changed) {
            deletes.next().set(0, node).set(1, lane).set(2, interest.kind().code()).set(3, interest.hash())
                    .set(4, interest.name().bytes());
        }
        link.queue(DELETE, deletes, RowReader.NONE);
        insert(link, changed);
        moveToWritten();
    }

    private void insert(SqlLink link, Collection<Interest> interests) {
        Rows rows = Rows.of(INSERT);
        for (Interest interest : interests) {
            int count = counts.getOrDefault(interest, 0);
            if (count > 0) {
                rows.next().set(0, node).set(1, lane).set(2, interest.kind().code()).set(3, interest.hash())
                        .set(4, interest.name().bytes()).set(5, interest.prefix()).set(6, count);
            }
        }
        if (!rows.isEmpty()) {
            link.queue(INSERT, rows, row -> transaction = row.number(1));
        }
    }

    /**
     * The number of the transaction that was committed last and wrote interests: greater than those of all that were
     * committed before it began. 0 where none was written.
     */
    public long transaction() {
        return transaction;
    }

    private void moveToWritten() {
        written.addAll(changed);
        changed.clear();
    }

    @Override
    public void committed() {
        written.clear();
    }

    @Override
    public void rolledBack() {
        changed.addAll(written);
        written.clear();
    }

    private void change(Interest interest, int by) {
        if (alone == null) {
            return;
        }
        counts.merge(interest, by, (some, more) -> some + more == 0 ? null : some + more);
        // While alone, nobody would read it, and who comes is given all.
        if (!alone.getAsBoolean()) {
            changed.add(interest);
        }
    }

    /** What is counted now, for tests. */
    Map<Interest, Integer> counts() {
        return Map.copyOf(counts);
    }
}
