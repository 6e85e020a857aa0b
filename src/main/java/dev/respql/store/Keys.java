package dev.respql.store;

import static dev.respql.sql.SqlStatement.bytes;
import static dev.respql.sql.SqlStatement.integer;
import static dev.respql.sql.SqlStatement.number;

import dev.respql.sql.Row;
import dev.respql.sql.RowReader;
import dev.respql.sql.Rows;
import dev.respql.sql.SqlLink;
import dev.respql.sql.SqlStatement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** The keys of a unit of work, whatever their type: which there are, of what type, until when. Used by one thread. */
public final class Keys {
    /** What {@link #expiresAt} answers for a key that never expires. */
    public static final long NEVER = Header.NEVER;

    /** What {@link #read} takes of a key {@code k} in the database {@code d}. */
    static final String HEADER_COLUMNS = "d.space, k.id, k.type, k.size, k.expires_at";
    static final int HEADER_COLUMN_COUNT = 5;

    private static final SqlStatement FETCH = SqlStatement.ofOneRow("""
            SELECT n.i, %s
            FROM {rows} CROSS JOIN databases d
            LEFT JOIN {keys k WHERE k.space = d.space AND k.name = n.name}
            WHERE d.number = n.db
            """.formatted(HEADER_COLUMNS), integer("db"), bytes("name"));

    private static final SqlStatement INSERT = SqlStatement.of("""
            INSERT INTO keys (space, name, id, scan_position, type, size, version, expires_at)
            SELECT n.space, n.name, n.id, n.scan_position, n.type, n.size, 0, n.expires_at
            FROM {rows}
            """, number("space"), bytes("name"), number("id"), number("scan_position"), integer("type"), number("size"),
            number("expires_at"));

    /** Names that are long are rare: the others need not say that they are not. */
    private static final SqlStatement INSERT_LONG = SqlStatement.of("""
            INSERT INTO keys (space, name, id, scan_position, type, size, version, expires_at, whole)
            SELECT n.space, n.name, n.id, n.scan_position, n.type, n.size, 0, n.expires_at, n.whole
            FROM {rows}
            """, number("space"), bytes("name"), number("id"), number("scan_position"), integer("type"), number("size"),
            number("expires_at"), bytes("whole"));

    private static final SqlStatement UPDATE_SIZE = SqlStatement.of("""
            UPDATE keys SET size = n.size, version = keys.version + 1
            FROM {rows}
            WHERE keys.space = n.space AND keys.name = n.name
            """, number("space"), bytes("name"), number("size"));

    private static final SqlStatement UPDATE = SqlStatement.of("""
            UPDATE keys
            SET id = n.id, type = n.type, size = n.size, expires_at = n.expires_at, version = keys.version + 1
            FROM {rows}
            WHERE keys.space = n.space AND keys.name = n.name
            """, number("space"), bytes("name"), number("id"), integer("type"), number("size"), number("expires_at"));

    private static final SqlStatement DELETE = SqlStatement.of("""
            DELETE FROM keys USING {rows} WHERE keys.space = n.space AND keys.name = n.name
            """, number("space"), bytes("name"));

    /** The name of a key {@code k}, whatever its length. */
    static final String NAME = "coalesce(k.whole, k.name)";

    /** The space of a numbered database. */
    static final String SPACE = "(SELECT space FROM databases WHERE number = ?)";

    private static final SqlStatement SIZE = SqlStatement.of("""
            SELECT count(*) FROM keys k WHERE k.space = %s
            """.formatted(SPACE), integer("db"));

    private static final SqlStatement EXPIRED = SqlStatement.of("""
            SELECT count(*) FROM keys k WHERE k.expires_at <= ? AND k.space + 0 = %s
            """.formatted(SPACE), number("now"), integer("db"));

    // Three statements, each of which an index answers: one for all would read every key's row.
    private static final SqlStatement COUNT = SqlStatement.of("""
            SELECT d.number, (SELECT count(*) FROM keys k WHERE k.space = d.space) FROM databases d
            """);

    private static final SqlStatement COUNT_EXPIRED = SqlStatement.of("""
            SELECT d.number, count(*) FROM keys k JOIN databases d ON d.space = k.space
            WHERE k.expires_at <= ? GROUP BY d.number
            """, number("now"));

    private static final SqlStatement COUNT_EXPIRING = SqlStatement.of("""
            SELECT d.number, count(*), avg(k.expires_at - ?) FROM keys k JOIN databases d ON d.space = k.space
            WHERE k.expires_at > ? GROUP BY d.number
            """, number("now"), number("same_now"));

    private static final SqlStatement SCAN = SqlStatement.of("""
            SELECT k.scan_position, %s, k.type, k.expires_at FROM keys k
            WHERE k.space = %s AND k.scan_position > ?
            ORDER BY k.scan_position LIMIT ?
            """.formatted(NAME, SPACE), integer("db"), number("cursor"), number("count"));

    private static final SqlStatement NAMES = SqlStatement.of("""
            SELECT %s FROM keys k
            WHERE k.space = %s AND (k.expires_at IS NULL OR k.expires_at > ?)
            """.formatted(NAME, SPACE), integer("db"), number("now"));

    private static final SqlStatement NAMES_FROM = SqlStatement.of("""
            SELECT %s FROM keys k
            WHERE k.space = %s AND (k.expires_at IS NULL OR k.expires_at > ?) AND k.name >= ? AND k.name < ?
            """.formatted(NAME, SPACE), integer("db"), number("now"), bytes("first"), bytes("end"));

    // Not EXISTS, for which PostgreSQL might gather the spaces of all keys.
    private static final SqlStatement REMEMBER_SPACE = SqlStatement.of("""
            INSERT INTO dropped_spaces (space)
            SELECT d.space FROM databases d
            WHERE d.number BETWEEN ? AND ? AND (SELECT k.space FROM keys k WHERE k.space = d.space LIMIT 1) IS NOT NULL
            """, integer("first"), integer("last"));

    private static final SqlStatement NEW_SPACE = SqlStatement.of("""
            UPDATE databases SET space = (SELECT max(d.space) + 1 FROM databases d) + number
            WHERE number BETWEEN ? AND ? AND (SELECT k.space FROM keys k WHERE k.space = databases.space LIMIT 1) IS NOT NULL
            """, integer("first"), integer("last"));

    private static final SqlStatement SPACE_OF = SqlStatement.of("""
            SELECT space FROM databases WHERE number = ?
            """, integer("db"));

    private static final SqlStatement SET_SPACE = SqlStatement.of("""
            UPDATE databases SET space = ? WHERE number = ?
            """, number("space"), integer("db"));

    private static final SqlStatement DUE = SqlStatement.of("""
            SELECT d.number, %s
            FROM (SELECT space, name, whole, expires_at FROM keys WHERE expires_at <= ? ORDER BY expires_at LIMIT ?) k
            JOIN databases d ON d.space = k.space
            ORDER BY k.expires_at
            """.formatted(NAME), number("now"), number("count"));

    private final Tx tx;
    private final Map<KeyName, Slot> slots = new HashMap<>();
    /** Names whose rows are not what they should be. */
    private final Set<Slot> changed = new LinkedHashSet<>();
    /** Whether keys have changed that are not here, and so are not as the cache has them. */
    private boolean forgotAll;
    /** How many more rows databases have than when this unit of work began. */
    private final Map<Integer, Long> added = new HashMap<>();
    /** How many rows databases had then, where that was counted. */
    private final Map<Integer, Long> counted = new HashMap<>();
    private KeyObserver observer;

    Keys(Tx tx) {
        this.tx = tx;
    }

    /** Has an observer, the only one, told of what becomes of keys. */
    public void observe(KeyObserver theObserver) {
        observer = theObserver;
    }

    /** One key that a scan came by. */
    public record Scanned(byte[] name, ValueType type) {
    }

    /**
     * One step of a scan.
     *
     * @param cursor where the next step goes on; 0 when the scan is over
     */
    public record ScanStep(long cursor, List<Scanned> keys) {
    }

    /** How many live keys a database has, how many of them expire, and in how many milliseconds on average. */
    public record Counts(long keys, long expiring, long averageTtl) {
    }

    // ---- single keys

    public boolean exists(KeyName key) {
        return live(key) != null;
    }

    /** Whether the key is known to exist, as far as it was read; asks nothing of the database. */
    public boolean seen(KeyName key) {
        Slot slot = slots.get(key);
        return slot != null && slot.header != null;
    }

    /** Whether the key is known not to exist, as far as it was read; asks nothing of the database. */
    public boolean missing(KeyName key) {
        Slot slot = slots.get(key);
        return slot != null && slot.header == null;
    }

    /** The type of the key's value, or null where there is no such key. */
    public ValueType type(KeyName key) {
        Header header = live(key);
        return header == null ? null : header.type;
    }

    /** Milliseconds since 1970 at which an existing key expires, or {@link #NEVER}; NEVER for a missing key, too. */
    public long expiresAt(KeyName key) {
        Header header = live(key);
        return header == null ? NEVER : header.expiresAt;
    }

    /** Redis's name for the way in which it would keep an existing key's value ({@code OBJECT ENCODING}). */
    public String encoding(KeyName key) {
        Header header = live(key);
        return tx.store(header.type).encoding(header);
    }

    /** Sets when an existing key expires, in milliseconds since 1970, or {@link #NEVER}. */
    public void expireAt(KeyName key, long millis) {
        Header header = live(key);
        if (header.expiresAt != millis) {
            header.expiresAt = millis;
            changed(header, Header.OTHERS_CHANGED);
        }
    }

    /** Removes a key, whatever its type and size; false where there was none. */
    public boolean delete(KeyName key) {
        Header header = live(key);
        if (header == null) {
            return false;
        }
        drop(header);
        return true;
    }

    /** Removes the row of a key that has expired; false where there is no such row. */
    public boolean removeExpired(KeyName key) {
        Slot slot = slot(key);
        if (slot.expired == null) {
            return false;
        }
        vacate(slot);
        return true;
    }

    /** Gives an existing key another name (perhaps in another database), over whatever had that name. */
    public void rename(KeyName from, KeyName to) {
        if (from.equals(to)) {
            return;
        }
        Header header = live(from);
        Slot source = header.slot;
        Slot target = slot(to);
        tx.touch(source);
        vacate(target);
        source.header = null;
        changed(source);
        put(header, target);
        if (observer != null) {
            observer.dropped(from);
            observer.replaced(to);
        }
    }

    /** Gives {@code to} a copy of the value and expiry of an existing key, over whatever was there. */
    public void copy(KeyName from, KeyName to) {
        Header source = live(from);
        boolean replaces = live(to) != null;
        Header target = create(to, source.type);
        if (observer != null && replaces) {
            observer.replaced(to);
        }
        target.size = source.size;
        target.expiresAt = source.expiresAt;
        tx.store(source.type).copy(source, target);
    }

    // ---- many keys

    /**
     * How many live keys the database has. Takes time in proportion to their number, if little, where the
     * {@link RowCache} does not have it.
     */
    public long size(int db) {
        SqlLink link = tx.lateRead();
        tx.flush();
        long[] expired = new long[1];
        link.queue(EXPIRED, Rows.of(EXPIRED).next().set(0, tx.now()).set(1, db), row -> expired[0] = row.number(1));
        if (forgotAll || !tx.cache().hasSize(db)) {
            long before = added.getOrDefault(db, 0L);
            link.queue(SIZE, Rows.of(SIZE).next().set(0, db), row -> counted.put(db, row.number(1) - before));
        }
        link.send();
        long stored = counted.containsKey(db) ? counted.get(db) : tx.cache().size(db);
        return stored + added.getOrDefault(db, 0L) - expired[0];
    }

    /** What each database that is not empty has, by number. Takes time in proportion to the number of keys. */
    public SortedMap<Integer, Counts> counts() {
        SqlLink link = tx.lateRead();
        tx.flush();
        SortedMap<Integer, Counts> counts = new TreeMap<>();
        link.queue(COUNT, Rows.NONE, row -> counts.put((int) row.number(1), new Counts(row.number(2), 0, 0)));
        link.queue(COUNT_EXPIRED, Rows.of(COUNT_EXPIRED).next().set(0, tx.now()), row ->
                counts.computeIfPresent((int) row.number(1), (db, all) -> new Counts(all.keys - row.number(2), 0, 0)));
        link.queue(COUNT_EXPIRING, Rows.of(COUNT_EXPIRING).next().set(0, tx.now()).set(1, tx.now()), row ->
                counts.computeIfPresent((int) row.number(1), (db, live) ->
                        new Counts(live.keys, row.number(2), (long) row.real(3))));
        link.send();
        counts.values().removeIf(some -> some.keys == 0);
        return counts;
    }

    /**
     * Goes over the next {@code count} keys after a cursor, 0 at first; expired ones are left out. A key that is there
     * from a scan's first step to its last is met, since its position never changes while its name exists.
     */
    public ScanStep scan(int db, long cursor, long count) {
        List<Scanned> found = new ArrayList<>();
        long[] last = {0, 0};
        queryNow(SCAN, Rows.of(SCAN).next().set(0, db).set(1, cursor).set(2, count), row -> {
            last[0] = row.number(1);
            last[1]++;
            if (row.numberOr(4, NEVER) > tx.now()) {
                found.add(new Scanned(row.bytes(2), ValueType.ofCode(row.number(3))));
            }
        });
        return new ScanStep(last[1] < count ? 0 : last[0], found);
    }

    /** The name of some live key of the database, or null where there is none. */
    public byte[] random(int db, RandomGenerator random) {
        return new RandomKey(tx, db, random).pick();
    }

    /** Every live name of the database that begins with {@code wantedPrefix}, or at least with as much of it as is stored. */
    public void names(int db, byte[] wantedPrefix, Consumer<byte[]> name) {
        RowReader reader = row -> name.accept(row.bytes(1));
        byte[] prefix = wantedPrefix.length <= ShortForm.EXACT ? wantedPrefix
                : Arrays.copyOf(wantedPrefix, ShortForm.EXACT);
        byte[] end = successor(prefix);
        if (end == null) {
            queryNow(NAMES, Rows.of(NAMES).next().set(0, db).set(1, tx.now()), reader);
        } else {
            queryNow(NAMES_FROM, Rows.of(NAMES_FROM).next().set(0, db).set(1, tx.now()).set(2, prefix).set(3, end),
                    reader);
        }
    }

    /** Empties a database at once; the sweeper removes the rows. For exclusive commands only. */
    public void flush(int db) {
        flush(db, db);
    }

    /** Empties all databases at once; the sweeper removes the rows. For exclusive commands only. */
    public void flushAll() {
        flush(0, Integer.MAX_VALUE);
    }

    private void flush(int first, int last) {
        flushAndForget();
        SqlLink link = tx.lateRead();
        link.queue(REMEMBER_SPACE, Rows.of(REMEMBER_SPACE).next().set(0, first).set(1, last), RowReader.NONE);
        link.queue(NEW_SPACE, Rows.of(NEW_SPACE).next().set(0, first).set(1, last), RowReader.NONE);
    }

    /** Exchanges the keys of two databases. For exclusive commands only. */
    public void swap(int one, int other) {
        flushAndForget();
        long spaceOfOne = space(one);
        long spaceOfOther = space(other);
        SqlLink link = tx.lateRead();
        // Spaces are unique: one steps aside first.
        link.queue(SET_SPACE, Rows.of(SET_SPACE).next().set(0, -1).set(1, one), RowReader.NONE);
        link.queue(SET_SPACE, Rows.of(SET_SPACE).next().set(0, spaceOfOne).set(1, other), RowReader.NONE);
        link.queue(SET_SPACE, Rows.of(SET_SPACE).next().set(0, spaceOfOther).set(1, one), RowReader.NONE);
    }

    /** Some keys that have expired and still have their rows, the oldest first. */
    public List<KeyName> due(int count) {
        List<KeyName> due = new ArrayList<>();
        queryNow(DUE, Rows.of(DUE).next().set(0, tx.now()).set(1, count),
                row -> due.add(new KeyName((int) row.number(1), row.bytes(2))));
        return due;
    }

    // ---- for the stores of the types

    /** The key's live header, or null. */
    Header live(KeyName key) {
        return slot(key).header;
    }

    /**
     * The key's live header, or null.
     *
     * @throws WrongTypeException where the key holds another type
     */
    Header live(KeyName key, ValueType type) {
        Header header = live(key);
        if (header != null && header.type != type) {
            throw WrongTypeException.INSTANCE;
        }
        return header;
    }

    /** A new header under this name, over whatever was there. */
    Header create(KeyName key, ValueType type) {
        return create(key, type, tx.link().nextId());
    }

    /** As {@link #create(KeyName, ValueType)}, with a number that was taken before. */
    Header create(KeyName key, ValueType type, long id) {
        Slot slot = slot(key);
        vacate(slot);
        Header header = new Header(id, type, 1, NEVER, slot, false);
        put(header, slot);
        if (observer != null) {
            observer.created(key);
        }
        return header;
    }

    /** Takes note that what the header's row holds has changed. */
    void changed(Header header, int what) {
        header.changes |= what;
        changed(header.slot);
        tx.touch(header.slot);
    }

    void drop(Header header) {
        Slot slot = header.slot;
        if (observer != null) {
            observer.dropped(slot.name);
        }
        slot.header = null;
        header.slot = null;
        changed(slot);
        tx.touch(slot);
        tx.store(header.type).drop(header);
    }

    /**
     * Takes in the header of a key that a statement has just read, unless it is known already; its columns are
     * {@link #HEADER_COLUMNS}, from {@code first} on. The live header, or null.
     */
    Header read(KeyName key, Row row, int first) {
        Slot slot = slots.get(key);
        if (slot == null) {
            slot = new Slot(key, row.number(first));
            slots.put(key, slot);
            long id = row.numberOr(first + 1, 0);
            slot.stored = id != 0;
            if (slot.stored) {
                slot.header = new Header(id, ValueType.ofCode(row.number(first + 2)), row.number(first + 3),
                        row.numberOr(first + 4, NEVER), slot, true);
                setAsideIfExpired(slot);
            }
        }
        return slot.header;
    }

    private void setAsideIfExpired(Slot slot) {
        if (slot.header != null && slot.header.expiresAt <= tx.now()) {
            slot.expired = slot.header;
            slot.header = null;
        }
    }

    private void changed(Slot slot) {
        slot.kept = false;
        changed.add(slot);
    }

    /** What was read of a key may have changed, since its lock has only now been taken: it is read again when needed. */
    public void forget(KeyName key) {
        Slot slot = slots.get(key);
        if (slot != null && !changed.contains(slot)) {
            slots.remove(key);
            tx.cache().forget(key);
        }
    }

    /** Takes note that an existing key was written to, though it is what it was, for those who watch it. */
    public void touch(KeyName key) {
        tx.touch(slots.get(key));
    }

    void untouch(List<KeyName> touched) {
        for (KeyName name : touched) {
            Slot slot = slots.get(name);
            if (slot != null) {
                slot.touched = false;
            }
        }
    }

    /** Whether the key was read already, or need not be. */
    boolean knows(KeyName key) {
        return known(key) != null;
    }

    /** Those of these keys that must be read. */
    List<KeyName> unknown(Collection<KeyName> wanted) {
        List<KeyName> unknown = new ArrayList<>();
        for (KeyName name : wanted) {
            if (!knows(name)) {
                unknown.add(name);
            }
        }
        return unknown;
    }

    /** What is known of the key without asking the database, or null. */
    private Slot known(KeyName key) {
        Slot slot = slots.get(key);
        if (slot == null && !forgotAll) {
            slot = tx.cache().slot(key);
            if (slot != null) {
                slots.put(key, slot);
                setAsideIfExpired(slot);
            }
        }
        return slot;
    }

    /** After the commit: lets the next units of work have what this one has read and written. */
    void keep(RowCache cache) {
        if (forgotAll) {
            cache.clear();
        } else {
            cache.keepSizes(counted, added);
        }
        for (Slot slot : slots.values()) {
            if (!slot.kept) {
                cache.keep(slot);
            }
        }
    }

    /** Queues the writing of headers. Rows belong to names, so that the order in which names change hands is no matter. */
    void flush(SqlLink link) {
        if (changed.isEmpty()) {
            return;
        }
        Rows deletes = Rows.of(DELETE);
        Rows sizes = Rows.of(UPDATE_SIZE);
        Rows updates = Rows.of(UPDATE);
        Rows inserts = Rows.of(INSERT);
        Rows longInserts = Rows.of(INSERT_LONG);
        for (Slot slot : changed) {
            Header header = slot.header;
            if (header == null) {
                if (slot.stored) {
                    deletes.next().set(0, slot.space).set(1, slot.name.stored());
                    slot.stored = false;
                    added.merge(slot.name.db(), -1L, Long::sum);
                }
                continue;
            }
            if (!slot.stored) {
                // Nobody has the number of a value that is stored for the first time as a position; one that comes
                // from another name may have left it there.
                long position = header.stored ? link.nextId() : header.id;
                added.merge(slot.name.db(), 1L, Long::sum);
                boolean isLong = ShortForm.isLong(slot.name.bytes());
                (isLong ? longInserts.next().set(7, slot.name.bytes()) : inserts.next()).set(0, slot.space).set(1, slot.name.stored()).set(2, header.id).set(3, position)
                        .set(4, header.type.code()).set(5, header.size).set(6, stored(header.expiresAt));
            } else if (header.changes == Header.SIZE_CHANGED) {
                sizes.next().set(0, slot.space).set(1, slot.name.stored()).set(2, header.size);
            } else {
                updates.next().set(0, slot.space).set(1, slot.name.stored()).set(2, header.id)
                        .set(3, header.type.code()).set(4, header.size).set(5, stored(header.expiresAt));
            }
            slot.stored = true;
            header.stored = true;
            header.storedSize = header.size;
            header.changes = 0;
        }
        changed.clear();
        queueUnlessEmpty(link, DELETE, deletes);
        queueUnlessEmpty(link, UPDATE_SIZE, sizes);
        queueUnlessEmpty(link, UPDATE, updates);
        queueUnlessEmpty(link, INSERT, inserts);
        queueUnlessEmpty(link, INSERT_LONG, longInserts);
    }

    private static void queueUnlessEmpty(SqlLink link, SqlStatement statement, Rows rows) {
        if (!rows.isEmpty()) {
            link.queue(statement, rows, RowReader.NONE);
        }
    }

    private Slot slot(KeyName key) {
        Slot slot = known(key);
        if (slot == null) {
            tx.lateRead();
            queueFetch(tx.link(), List.of(key));
            tx.link().send();
            slot = slots.get(key);
        }
        return slot;
    }

    void queueFetch(SqlLink link, Collection<KeyName> wanted) {
        List<KeyName> names = unknown(wanted);
        if (names.isEmpty()) {
            return;
        }
        Rows rows = Rows.of(FETCH);
        for (KeyName name : names) {
            rows.next().set(0, name.db()).set(1, name.stored());
        }
        link.queue(FETCH, rows, row -> read(names.get(row.ordinal()), row, 2));
    }

    /** Takes away what the name has, were it only expired. */
    private void vacate(Slot slot) {
        if (slot.header != null) {
            drop(slot.header);
        } else if (slot.expired != null) {
            changed(slot);
            tx.store(slot.expired.type).drop(slot.expired);
            slot.expired = null;
            if (observer != null) {
                observer.expired(slot.name);
            }
        }
    }

    private void put(Header header, Slot slot) {
        header.slot = slot;
        slot.header = header;
        changed(header, Header.OTHERS_CHANGED);
    }

    private long space(int db) {
        long[] space = new long[1];
        queryNow(SPACE_OF, Rows.of(SPACE_OF).next().set(0, db), row -> space[0] = row.number(1));
        return space[0];
    }

    /** A read over many keys: sees what is pending. */
    void queryNow(SqlStatement statement, Rows rows, RowReader reader) {
        SqlLink link = tx.lateRead();
        tx.flush();
        link.query(statement, rows, reader);
    }

    private void flushAndForget() {
        tx.flush();
        slots.clear();
        counted.clear();
        forgotAll = true;
    }

    private static long stored(long expiresAt) {
        return expiresAt == NEVER ? Rows.NULL : expiresAt;
    }

    /** The least bytes that are greater than everything with this prefix; null where there are none. */
    private static byte[] successor(byte[] prefix) {
        for (int i = prefix.length - 1; i >= 0; i--) {
            if (prefix[i] != (byte) 0xff) {
                byte[] end = Arrays.copyOf(prefix, i + 1);
                end[i]++;
                return end;
            }
        }
        return null;
    }
}
