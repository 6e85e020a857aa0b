package dev.respql.store;

import dev.respql.sql.Row;
import dev.respql.sql.RowReader;
import dev.respql.sql.Rows;
import dev.respql.sql.SqlLink;
import dev.respql.sql.SqlStatement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What hashes, sets and sorted sets share: values that are rows of (key_id, member, …), read and changed member by
 * member. Members that were read or written are kept; changes go out set-based with the next flush. Used by one thread.
 *
 * @param <V> what a row holds beside its member
 */
abstract class MemberStore<V> extends ValueStore {
    /** Up to so many rows are deleted with their header; more are left to the sweeper. */
    private static final int DELETED_AT_ONCE = 64;

    /** What is known of one member: what it is now and what its row holds; null where it is not there. */
    private static final class Entry<V> {
        private V current;
        private V stored;

        private Entry(V stored) {
            this.current = stored;
            this.stored = stored;
        }
    }

    /** What is known of one value. */
    private static final class Members<V> {
        private final Map<ByteKey, Entry<V>> known = new HashMap<>();
        private final Map<ByteKey, Entry<V>> changed = new LinkedHashMap<>();
        /** Whether there can be no rows but those known: the value is new. */
        private boolean complete;
    }

    /** A member of a key's value that a command will ask for. */
    record Wanted(KeyName key, ByteKey member) {
    }

    /**
     * The statements of a type. {@code fetch} is over rows of (db, name, member) and selects {@code n.i}, the header's
     * columns and what {@link #read} takes; {@code point} is over rows of (key_id, member) and selects {@code n.i} and
     * what {@link #read} takes; {@code insert} and {@code update} are over rows as {@link #bind} fills them, {@code delete}
     * over rows of (key_id, member), {@code deleteAll} over rows of (key_id), {@code copy} takes (target, source).
     */
    record Statements(SqlStatement fetch, SqlStatement point, SqlStatement insert, SqlStatement update,
            SqlStatement delete, SqlStatement deleteAll, SqlStatement copy) {
    }

    protected final Tx tx;
    private final ValueType type;
    private final Statements sql;
    private final Set<Header> changed = new LinkedHashSet<>();
    private final List<Header> droppedSmall = new ArrayList<>();
    private final List<Header> droppedLarge = new ArrayList<>();

    MemberStore(Tx tx, ValueType type, Statements sql) {
        this.tx = tx;
        this.type = type;
        this.sql = sql;
    }

    /** What a row holds, from these columns on; null where there is no row. */
    abstract V read(Row row, int first);

    /** Fills an input row of {@code insert} and {@code update}. */
    abstract void bind(Rows rows, long keyId, byte[] member, V value);

    /** The live header of a key of this type, or null. Throws {@link WrongTypeException}. */
    Header live(KeyName key) {
        return tx.keys().live(key, type);
    }

    /** The live header of a key of this type, created where the key is missing; its size counts what is put into it. */
    Header liveOrNew(KeyName key) {
        Header header = live(key);
        if (header == null) {
            header = tx.keys().create(key, type);
            header.size = 0;
            members(header).complete = true;
        }
        return header;
    }

    /** What the member has, or null where it is not there. */
    V get(Header header, byte[] member) {
        return entry(header, new ByteKey(member)).current;
    }

    /** Reads these members in one statement, where they are not known yet. */
    void load(Header header, Collection<byte[]> wanted) {
        Members<V> members = members(header);
        if (members.complete) {
            return;
        }
        Set<ByteKey> missing = new LinkedHashSet<>();
        for (byte[] member : wanted) {
            ByteKey key = new ByteKey(member);
            if (!members.known.containsKey(key)) {
                missing.add(key);
            }
        }
        if (missing.isEmpty()) {
            return;
        }
        List<ByteKey> keys = List.copyOf(missing);
        Rows rows = Rows.of(sql.point);
        for (ByteKey key : keys) {
            rows.next().set(0, header.id).set(1, key.bytes());
            members.known.put(key, new Entry<>(null));
        }
        tx.lateRead().query(sql.point, rows, row ->
                members.known.put(keys.get(row.ordinal()), new Entry<>(read(row, 2))));
    }

    /** Sets a member; what it had before, or null where it was not there. */
    V put(Header header, byte[] member, V value) {
        ByteKey key = new ByteKey(member);
        Entry<V> entry = entry(header, key);
        V before = entry.current;
        entry.current = value;
        changed(header, key, entry);
        if (before == null) {
            header.size++;
            tx.keys().changed(header, Header.SIZE_CHANGED);
        }
        return before;
    }

    /** Removes a member, and the key with the last one; what it had, or null where it was not there. */
    V remove(Header header, byte[] member) {
        ByteKey key = new ByteKey(member);
        Entry<V> entry = entry(header, key);
        V before = entry.current;
        if (before == null) {
            return null;
        }
        entry.current = null;
        changed(header, key, entry);
        header.size--;
        tx.keys().changed(header, Header.SIZE_CHANGED);
        if (header.size == 0) {
            tx.keys().drop(header);
        }
        return before;
    }

    /**
     * Takes note that rows of a value were changed past this store, by a statement of the type's own: how many more
     * elements there are now (fewer where negative). Nothing that was known of its members holds any longer.
     */
    void changedDirectly(Header header, long more) {
        header.value = null;
        header.size += more;
        tx.keys().changed(header, Header.SIZE_CHANGED);
        if (header.size == 0) {
            tx.keys().drop(header);
        }
    }

    /** Queues the reading of wanted members together with their keys' headers. */
    void queueFetch(SqlLink link, Collection<Wanted> hinted) {
        List<Wanted> wanted = hinted.stream().filter(one -> !isKnown(one)).toList();
        if (wanted.isEmpty()) {
            return;
        }
        Rows rows = Rows.of(sql.fetch);
        for (Wanted one : wanted) {
            rows.next().set(0, one.key.db()).set(1, one.key.bytes()).set(2, one.member.bytes());
        }
        link.queue(sql.fetch, rows, row -> {
            Wanted one = wanted.get(row.ordinal());
            Header header = tx.keys().read(one.key, row, 2);
            if (header != null && header.type == type) {
                members(header).known.putIfAbsent(one.member, new Entry<>(read(row, 2 + Keys.HEADER_COLUMN_COUNT)));
            }
        });
    }

    private boolean isKnown(Wanted one) {
        if (!tx.keys().knows(one.key)) {
            return false;
        }
        Header header = tx.keys().live(one.key);
        return header == null || header.type != type || members(header).known.containsKey(one.member);
    }

    @Override
    void flush(SqlLink link) {
        flushDropped(link);
        if (changed.isEmpty()) {
            return;
        }
        Rows inserts = Rows.of(sql.insert);
        Rows updates = Rows.of(sql.update);
        Rows deletes = Rows.of(sql.delete);
        for (Header header : changed) {
            Members<V> members = members(header);
            members.changed.forEach((member, entry) -> {
                if (entry.current == null) {
                    if (entry.stored != null) {
                        deletes.next().set(0, header.id).set(1, member.bytes());
                    }
                } else if (entry.stored == null) {
                    bind(inserts.next(), header.id, member.bytes(), entry.current);
                } else if (entry.stored != entry.current) {
                    bind(updates.next(), header.id, member.bytes(), entry.current);
                }
                entry.stored = entry.current;
            });
            members.changed.clear();
        }
        changed.clear();
        queueUnlessEmpty(link, sql.delete, deletes);
        queueUnlessEmpty(link, sql.update, updates);
        queueUnlessEmpty(link, sql.insert, inserts);
    }

    private void flushDropped(SqlLink link) {
        Rows small = Rows.of(sql.deleteAll);
        for (Header header : droppedSmall) {
            small.next().set(0, header.id);
        }
        queueUnlessEmpty(link, sql.deleteAll, small);
        droppedSmall.clear();
        Sweeper.bury(link, droppedLarge);
        droppedLarge.clear();
    }

    private static void queueUnlessEmpty(SqlLink link, SqlStatement statement, Rows rows) {
        if (!rows.isEmpty()) {
            link.queue(statement, rows, RowReader.NONE);
        }
    }

    @Override
    void drop(Header header) {
        changed.remove(header);
        header.value = null;
        if (header.stored) {
            (header.storedSize <= DELETED_AT_ONCE ? droppedSmall : droppedLarge).add(header);
        }
    }

    @Override
    void copy(Header source, Header target) {
        tx.flush();
        tx.link().queue(sql.copy, Rows.of(sql.copy).next().set(0, target.id).set(1, source.id), RowReader.NONE);
        target.value = null;
    }

    /** Whether a query by the value's number finds any row. */
    boolean isAny(SqlStatement query, Header header) {
        tx.lateRead();
        tx.flush();
        boolean[] found = {false};
        tx.link().query(query, Rows.of(query).next().set(0, header.id), row -> found[0] = true);
        return found[0];
    }

    private Entry<V> entry(Header header, ByteKey member) {
        Members<V> members = members(header);
        Entry<V> entry = members.known.get(member);
        if (entry == null) {
            entry = new Entry<>(members.complete ? null : readPoint(header, member));
            members.known.put(member, entry);
        }
        return entry;
    }

    private V readPoint(Header header, ByteKey member) {
        List<V> found = new ArrayList<>(1);
        tx.lateRead().query(sql.point, Rows.of(sql.point).next().set(0, header.id).set(1, member.bytes()),
                row -> found.add(read(row, 2)));
        return found.isEmpty() ? null : found.get(0);
    }

    private void changed(Header header, ByteKey member, Entry<V> entry) {
        members(header).changed.put(member, entry);
        changed.add(header);
    }

    @SuppressWarnings("unchecked")
    private Members<V> members(Header header) {
        if (header.value == null) {
            header.value = new Members<V>();
        }
        return (Members<V>) header.value;
    }
}
