package dev.respql.store;

import dev.respql.sql.Row;
import dev.respql.sql.RowReader;
import dev.respql.sql.Rows;
import dev.respql.sql.SqlLink;
import dev.respql.sql.SqlStatement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What hashes, sets and sorted sets share: values that are rows of (key_id, hash, member, …), read and changed member by
 * member. Members that were read or written are kept; changes go out set-based with the next flush. Used by one thread.
 *
 * @param <V> what a row holds beside its member
 */
abstract class MemberStore<V> extends ValueStore {
    /** Values with up to so many members are read, listed and scanned as a whole. */
    static final int SMALL = 512;
    /** Up to so many rows are deleted with their header; more are left to the sweeper. */
    private static final int DELETED_AT_ONCE = 64;
    /** So many members of one value one unit of work may put into the {@link RowCache}. */
    private static final int MOST_KEPT = 512;

    /** What is known of one member: what it is now and what its row holds; null where it is not there. */
    private static final class Entry<V> {
        private V current;
        private V stored;
        /** Whether it is among those that were read or written, and not only listed. */
        private boolean recent;

        private Entry(V stored) {
            this.current = stored;
            this.stored = stored;
        }
    }

    /** What is known of one value. */
    private static final class Members<V> {
        private final Map<ByteKey, Entry<V>> known = new HashMap<>();
        private final Map<ByteKey, Entry<V>> changed = new LinkedHashMap<>();
        private final List<ByteKey> recent = new ArrayList<>();
        /** Whether there are no members but those known. */
        private boolean complete;
        private MemberDraws<V> draws;
    }

    /** A member of a key's value that a command will ask for. */
    record Wanted(KeyName key, ByteKey member) {
    }

    protected final Tx tx;
    private final ValueType type;
    private final MemberStatements sql;
    private final Set<Header> changed = new LinkedHashSet<>();
    /** Of which some members were read or written. */
    private final Set<Header> recent = new LinkedHashSet<>();
    private final List<Header> droppedSmall = new ArrayList<>();
    private final List<Header> droppedLarge = new ArrayList<>();

    MemberStore(Tx tx, ValueType type, MemberStatements sql) {
        this.tx = tx;
        this.type = type;
        this.sql = sql;
    }

    // ---- what a type adds

    /** What a row holds, from this column on. */
    abstract V read(Row row, int column);

    /** Fills an input row of {@code insert} and {@code update} from this column on. */
    abstract void bind(Rows rows, int column, byte[] member, V value);

    /** What a row holds, as bytes. */
    abstract byte[] toBytes(V value);

    /** The reverse of {@link #toBytes}. */
    abstract V ofBytes(byte[] bytes);

    /** What the table's column of members holds for a member. */
    byte[] column(byte[] member) {
        return member;
    }

    /** Whether this is what the row holds, and not only a mark that it is there. */
    boolean isWhole(V value) {
        return true;
    }

    /** Values with up to so many rows are deleted with their header, and {@code deleteAll} must leave nothing of them. */
    long deletedAtOnce() {
        return DELETED_AT_ONCE;
    }

    /** The order in which small values are listed. */
    Comparator<Member<V>> order(List<Member<V>> members) {
        return (one, other) -> Arrays.compareUnsigned(one.name(), other.name());
    }

    // ---- one member

    /** The live header of a key of this type, or null. Throws {@link WrongTypeException}. */
    Header live(KeyName key) {
        return tx.keys().live(key, type);
    }

    /** The live header of a key of this type, created where the key is missing; its size counts what is put into it. */
    Header liveOrNew(KeyName key) {
        Header header = live(key);
        return header == null ? create(key) : header;
    }

    /** A new value without members, which must be put into it, over whatever was there. */
    Header create(KeyName key) {
        Header header = tx.keys().create(key, type);
        header.size = 0;
        members(header).complete = true;
        return header;
    }

    /** What the member has, or null where it is not there. */
    V get(Header header, byte[] member) {
        Entry<V> entry = entry(header, new ByteKey(member));
        if (entry.current != null && !isWhole(entry.current)) {
            load(header, List.of(member));
        }
        return entry.current;
    }

    /** Whether the member is there. */
    boolean contains(Header header, byte[] member) {
        return entry(header, new ByteKey(member)).current != null;
    }

    /** Reads these members in one statement, where they are not known yet. */
    void load(Header header, Collection<byte[]> wanted) {
        Members<V> members = members(header);
        Set<ByteKey> missing = new LinkedHashSet<>();
        for (byte[] member : wanted) {
            ByteKey key = new ByteKey(member);
            Entry<V> entry = members.known.get(key);
            if (entry == null ? !members.complete : entry.current != null && !isWhole(entry.current)) {
                missing.add(key);
            }
        }
        if (missing.isEmpty()) {
            return;
        }
        List<ByteKey> keys = List.copyOf(missing);
        List<V> found = readPoints(header, keys);
        for (int i = 0; i < keys.size(); i++) {
            learn(members, keys.get(i), found.get(i));
        }
    }

    /**
     * Sets a member; what it had before, or null where it was not there. Of a large value that was not asked for before
     * this may be a mark only, see {@link #isWhole}.
     */
    V put(Header header, byte[] member, V value) {
        ByteKey key = new ByteKey(member);
        Entry<V> entry = entry(header, key);
        V before = entry.current;
        if (before == value) {
            return before;
        }
        entry.current = value;
        changed(header, key, entry);
        if (before == null) {
            header.size++;
            tx.keys().changed(header, Header.SIZE_CHANGED);
        }
        return before;
    }

    /** Removes a member, and the key with the last one; what it had, or null where it was not there. See {@link #put}. */
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

    // ---- many members

    /** All members: of a small value in the type's order, of others in the table's. */
    List<Member<V>> all(Header header) {
        List<Member<V>> all = new ArrayList<>((int) Math.min(header.size, 1 << 20));
        if (header.size > SMALL) {
            forEach(header, all::add);
            return all;
        }
        loadAll(header);
        Members<V> members = members(header);
        List<byte[]> marks = new ArrayList<>();
        members.known.forEach((member, entry) -> {
            if (entry.current != null && !isWhole(entry.current)) {
                marks.add(member.bytes());
            }
        });
        load(header, marks);
        members.known.forEach((member, entry) -> {
            if (entry.current != null) {
                all.add(new Member<>(member.bytes(), entry.current));
            }
        });
        all.sort(order(all));
        return all;
    }

    /** Goes over all members in the table's order, and keeps none of them. */
    void forEach(Header header, Consumer<Member<V>> consumer) {
        query(sql.all, Rows.of(sql.all).next().set(0, header.id), row ->
                consumer.accept(new Member<>(row.bytes(1), read(row, 3))));
    }

    /** Reads a small value as a whole, so that asking for its members one by one costs nothing more. */
    void loadAll(Header header) {
        Members<V> members = members(header);
        if (!members.complete) {
            // What is pending is known, and so need not go out first.
            tx.lateRead().query(sql.all, Rows.of(sql.all).next().set(0, header.id),
                    row -> learn(members, new ByteKey(row.bytes(1)), read(row, 3)));
            members.complete = true;
        }
    }

    /** What these members have, in their order, null where one is not there; what was not known before is not kept. */
    List<V> current(Header header, List<byte[]> asked) {
        if (header.size <= SMALL) {
            loadAll(header);
        }
        Members<V> members = members(header);
        List<V> current = new ArrayList<>(asked.size());
        List<ByteKey> missing = new ArrayList<>();
        int[] places = new int[asked.size()];
        for (byte[] member : asked) {
            ByteKey key = new ByteKey(member);
            Entry<V> entry = members.known.get(key);
            if (entry == null && !members.complete) {
                places[missing.size()] = current.size();
                missing.add(key);
            }
            current.add(entry == null ? null : entry.current);
        }
        if (!missing.isEmpty()) {
            List<V> found = readPoints(header, missing);
            for (int i = 0; i < found.size(); i++) {
                current.set(places[i], found.get(i));
            }
        }
        return current;
    }

    /** The first {@code count} rows with low <= hash < high, in order of the hash; {@code rows} is told each row's hash. */
    void range(Header header, long low, long high, long count, HashedMembers<V> rows) {
        query(sql.page, Rows.of(sql.page).next().set(0, header.id).set(1, low).set(2, high).set(3, count),
                row -> rows.accept(row.number(2), new Member<>(row.bytes(1), read(row, 3))));
    }

    /** Takes a member with its hash. */
    @FunctionalInterface
    interface HashedMembers<V> {
        void accept(long hash, Member<V> member);
    }

    // ---- statements of the type's own

    /**
     * Takes note that rows of a value were changed past this store, by a statement of the type's own, before which
     * everything had been flushed: how many more elements there are now (fewer where negative). Nothing that was known of
     * its members holds any longer.
     */
    void changedDirectly(Header header, long more) {
        header.value = null;
        header.members = 0;
        header.size += more;
        tx.keys().changed(header, Header.SIZE_CHANGED);
        if (header.size == 0) {
            tx.keys().drop(header);
        }
    }

    /** Takes note that a statement of the type's own has written the rows of a new value: so many, perhaps none. */
    void createdDirectly(Header header, long size) {
        header.value = null;
        header.members = 0;
        header.size = size;
        header.storedSize = size;
        header.valueStored = size > 0;
        if (size == 0) {
            tx.keys().drop(header);
        }
    }

    /** Takes note of what the row of a member holds that somebody has just read; of what is known already nothing changes. */
    void learn(Header header, byte[] member, V stored) {
        learn(members(header), new ByteKey(member), stored);
    }

    /** As {@link #learn(Header, byte[], Object)}, and lets the {@link RowCache} have it. */
    void learnRecent(Header header, ByteKey member, V stored) {
        recent(header, member, learn(members(header), member, stored));
    }

    /** Whether there is anything that the database does not have yet. */
    boolean isPending(Header header) {
        return !header.stored || changed.contains(header);
    }

    /** Whether a query by the value's number finds any row. */
    boolean isAny(SqlStatement query, Header header) {
        boolean[] found = {false};
        query(query, Rows.of(query).next().set(0, header.id), row -> found[0] = true);
        return found[0];
    }

    /** Flushes everything and runs a query at once. */
    void query(SqlStatement statement, Rows rows, RowReader reader) {
        SqlLink link = tx.lateRead();
        tx.flush();
        link.query(statement, rows, reader);
    }

    // ---- prefetching

    /** Queues the reading of wanted members, with values of at most {@code longest} bytes, and of their keys' headers. */
    void queueFetch(SqlLink link, Collection<Wanted> hinted, long longest) {
        List<Wanted> wanted = new ArrayList<>(hinted.size());
        for (Wanted one : hinted) {
            if (!isKnown(one)) {
                wanted.add(one);
            }
        }
        if (wanted.isEmpty()) {
            return;
        }
        Rows rows = Rows.of(sql.fetch);
        for (Wanted one : wanted) {
            byte[] member = one.member.bytes();
            rows.next().set(0, one.key.db()).set(1, one.key.stored()).set(2, MemberHash.of(member)).set(3, column(member));
            if (sql.bounded) {
                rows.set(4, longest);
            }
        }
        link.queue(sql.fetch, rows, row -> {
            Wanted one = wanted.get(row.ordinal());
            Header header = fetched(one.key, row);
            if (header != null) {
                learnRecent(header, one.member, readIfThere(row, 2 + Keys.HEADER_COLUMN_COUNT));
            }
        });
    }

    /** Queues the reading of keys' headers and, where their values have no more members than said, of them all. */
    void queueFetchAll(SqlLink link, Map<KeyName, Long> hinted, long most, long longest) {
        List<KeyName> wanted = hinted.keySet().stream().filter(key -> !isComplete(key)).toList();
        if (wanted.isEmpty()) {
            return;
        }
        Rows rows = Rows.of(sql.fetchAll);
        for (KeyName key : wanted) {
            rows.next().set(0, key.db()).set(1, key.stored()).set(2, Math.min(hinted.get(key), most));
            if (sql.bounded) {
                rows.set(3, longest);
            }
        }
        link.queue(sql.fetchAll, rows, row -> {
            KeyName key = wanted.get(row.ordinal());
            Header header = fetched(key, row);
            byte[] member = row.bytes(2 + Keys.HEADER_COLUMN_COUNT);
            if (header != null && member != null) {
                Members<V> members = members(header);
                members.complete = true;
                learn(members, new ByteKey(member), readIfThere(row, 3 + Keys.HEADER_COLUMN_COUNT));
            }
        });
    }

    /** The live header that a row begins with, or null where there is none, or by now another one. */
    private Header fetched(KeyName key, Row row) {
        Header header = tx.keys().read(key, row, 2);
        return header != null && header.type == type && header.id == row.number(3) ? header : null;
    }

    /** Whether nothing more need be read to know what the key has of the member. */
    final boolean isKnown(Wanted one) {
        if (!tx.keys().knows(one.key)) {
            return false;
        }
        Header header = tx.keys().live(one.key);
        return header == null || header.type != type || known(header, one.member) != null;
    }

    /** Whether nothing more need be read of a key for all its members to be known. */
    private boolean isComplete(KeyName key) {
        if (!tx.keys().knows(key)) {
            return false;
        }
        Header header = tx.keys().live(key);
        return header == null || header.type != type || members(header).complete;
    }

    // ---- beneath the unit of work

    @Override
    void flush(SqlLink link) {
        flushDropped(link);
        if (changed.isEmpty()) {
            return;
        }
        Rows inserts = Rows.of(sql.insert);
        Rows updates = sql.update == null ? Rows.NONE : Rows.of(sql.update);
        Rows deletes = Rows.of(sql.delete);
        for (Header header : changed) {
            Members<V> members = members(header);
            members.changed.forEach((member, entry) -> {
                if (entry.current == null) {
                    if (entry.stored != null) {
                        identify(deletes, header, member);
                    }
                } else if (entry.stored == null) {
                    identify(inserts, header, member);
                    bind(inserts, 3, member.bytes(), entry.current);
                } else if (entry.stored != entry.current) {
                    identify(updates, header, member);
                    bind(updates, 3, member.bytes(), entry.current);
                }
                entry.stored = entry.current;
            });
            members.changed.clear();
            members.draws = null;
            header.valueStored = true;
        }
        changed.clear();
        queueUnlessEmpty(link, sql.delete, deletes);
        queueUnlessEmpty(link, sql.update, updates);
        queueUnlessEmpty(link, sql.insert, inserts);
    }

    private void flushDropped(SqlLink link) {
        if (droppedSmall.isEmpty() && droppedLarge.isEmpty()) {
            return;
        }
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
        if (header.valueStored) {
            (header.storedSize <= deletedAtOnce() ? droppedSmall : droppedLarge).add(header);
        }
    }

    @Override
    void copy(Header source, Header target) {
        tx.flush();
        tx.link().queue(sql.copy, Rows.of(sql.copy).next().set(0, target.id).set(1, source.id), RowReader.NONE);
        createdDirectly(target, source.size);
    }

    // ---- random choice, see MemberDraws

    /** Up to {@code count} different members, every choice as likely as any other. */
    List<Member<V>> choose(Header header, long count) {
        return draws(header).choose(count);
    }

    /** Up to {@code count} different members that will be removed; see {@link MemberDraws#take}. */
    List<Member<V>> take(Header header, long count) {
        return draws(header).take(count);
    }

    /** So many members, each one drawn from all: some may come more than once. */
    List<Member<V>> draw(Header header, int count) {
        return draws(header).draw(count);
    }

    /** Whether all members are in memory already. */
    boolean isLoaded(Header header) {
        return header.size <= SMALL && members(header).complete;
    }

    /** The rows in these ranges of hashes, one list a range, as they are in the table. */
    List<List<Member<V>>> ranges(Header header, long[] lows, long width) {
        List<List<Member<V>>> found = new ArrayList<>(lows.length);
        Rows rows = Rows.of(sql.ranges);
        for (long low : lows) {
            found.add(new ArrayList<>());
            rows.next().set(0, header.id).set(1, low).set(2, low + width);
        }
        tx.lateRead().query(sql.ranges, rows, row ->
                found.get(row.ordinal()).add(new Member<>(row.bytes(2), read(row, 4))));
        return found;
    }

    /** The first {@code count} rows from a hash on, as they are in the table. */
    List<Member<V>> from(Header header, long hash, long count) {
        List<Member<V>> found = new ArrayList<>();
        tx.lateRead().query(sql.page, Rows.of(sql.page).next().set(0, header.id).set(1, hash).set(2, MemberHash.END)
                .set(3, count), row -> found.add(new Member<>(row.bytes(1), read(row, 3))));
        return found;
    }

    /** The members that have no row yet. */
    List<Member<V>> unstored(Header header) {
        List<Member<V>> unstored = new ArrayList<>();
        members(header).changed.forEach((member, entry) -> {
            if (entry.stored == null && entry.current != null) {
                unstored.add(new Member<>(member.bytes(), entry.current));
            }
        });
        return unstored;
    }

    /** What has become of a row's member in this unit of work; null where it was removed. */
    Member<V> now(Header header, Member<V> row) {
        Members<V> members = members(header);
        Entry<V> entry = learn(members, new ByteKey(row.name()), row.value());
        return entry.current == null ? null : new Member<>(row.name(), entry.current);
    }

    private MemberDraws<V> draws(Header header) {
        Members<V> members = members(header);
        if (members.draws == null) {
            members.draws = new MemberDraws<>(this, header);
        }
        return members.draws;
    }

    // ---- the identity map

    private Entry<V> entry(Header header, ByteKey member) {
        Entry<V> entry = known(header, member);
        if (entry == null) {
            Members<V> members = members(header);
            entry = new Entry<>(members.complete ? null : readPoints(header, List.of(member)).get(0));
            members.known.put(member, entry);
            recent(header, member, entry);
        }
        return entry;
    }

    /** What is known of a member without asking the database, or null. */
    private Entry<V> known(Header header, ByteKey member) {
        Members<V> members = members(header);
        Entry<V> entry = members.known.get(member);
        if (entry == null && !members.complete) {
            byte[] row = tx.cache().member(header, member);
            if (row != null) {
                entry = new Entry<>(row == RowCache.ABSENT ? null : ofBytes(row));
                members.known.put(member, entry);
            }
        }
        return entry;
    }

    /** Takes note of a member that the {@link RowCache} is to have as it is when the unit of work ends. */
    private void recent(Header header, ByteKey member, Entry<V> entry) {
        if (!entry.recent) {
            entry.recent = true;
            members(header).recent.add(member);
            recent.add(header);
        }
    }

    @Override
    void keep(RowCache cache) {
        for (Header header : recent) {
            if (header.slot == null || header.value == null) {
                continue;
            }
            Members<V> members = members(header);
            if (members.recent.size() > MOST_KEPT) {
                // They would push out what others have, and none of them may stay as it was.
                header.members = 0;
                cache.keep(header.slot);
                continue;
            }
            for (ByteKey member : members.recent) {
                V value = members.known.get(member).current;
                cache.keep(header, member, value == null ? RowCache.ABSENT : isWhole(value) ? toBytes(value) : null);
            }
        }
    }

    /** Takes in what a row holds (null: there is none) where no more was known. */
    private Entry<V> learn(Members<V> members, ByteKey member, V value) {
        Entry<V> entry = members.known.get(member);
        if (entry == null) {
            entry = new Entry<>(value);
            members.known.put(member, entry);
        } else if (entry.stored != null && !isWhole(entry.stored)) {
            entry.current = entry.current == entry.stored ? value : entry.current;
            entry.stored = value;
        }
        return entry;
    }

    /** What the rows of these members hold, in their order; null where there is none. */
    private List<V> readPoints(Header header, List<ByteKey> members) {
        Rows rows = Rows.of(sql.point);
        for (ByteKey member : members) {
            identify(rows, header, member);
        }
        List<V> found = new ArrayList<>(Collections.nCopies(members.size(), null));
        tx.lateRead().query(sql.point, rows, row -> found.set(row.ordinal(), readIfThere(row, 2)));
        return found;
    }

    private V readIfThere(Row row, int hashColumn) {
        return row.numberOr(hashColumn, -1) < 0 ? null : read(row, hashColumn + 1);
    }

    private void identify(Rows rows, Header header, ByteKey member) {
        rows.next().set(0, header.id).set(1, MemberHash.of(member.bytes())).set(2, column(member.bytes()));
    }

    private void changed(Header header, ByteKey member, Entry<V> entry) {
        members(header).changed.put(member, entry);
        recent(header, member, entry);
        changed.add(header);
        tx.touch(header.slot);
    }

    @SuppressWarnings("unchecked")
    private Members<V> members(Header header) {
        if (header.value == null) {
            header.value = new Members<V>();
        }
        return (Members<V>) header.value;
    }
}
