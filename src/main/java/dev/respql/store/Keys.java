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
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The keys of a unit of work, whatever their type: which there are, of what type, until when. Used by one thread. */
public final class Keys {
    /** What {@link #expiresAt} answers for a key that never expires. */
    public static final long NEVER = Header.NEVER;

    /** What {@link #read} takes of a key {@code k} in the database {@code d}. */
    static final String HEADER_COLUMNS = "d.space, k.id, k.type, k.size, k.expires_at";
    static final int HEADER_COLUMN_COUNT = 5;

    private static final SqlStatement FETCH = SqlStatement.of("""
            SELECT n.i, %s
            FROM {rows} CROSS JOIN databases d
            LEFT JOIN keys k ON k.space = d.space AND k.name = n.name
            WHERE d.number = n.db
            """.formatted(HEADER_COLUMNS), integer("db"), bytes("name"));

    private static final SqlStatement INSERT = SqlStatement.of("""
            INSERT INTO keys (id, space, name, type, size, version, expires_at)
            SELECT n.id, n.space, n.name, n.type, n.size, 0, n.expires_at
            FROM {rows}
            """, number("id"), number("space"), bytes("name"), integer("type"), number("size"), number("expires_at"));

    private static final SqlStatement UPDATE_SIZE = SqlStatement.of("""
            UPDATE keys SET size = n.size, version = keys.version + 1
            FROM {rows}
            WHERE keys.space = n.space AND keys.name = n.name
            """, number("space"), bytes("name"), number("size"));

    private static final SqlStatement UPDATE = SqlStatement.of("""
            UPDATE keys
            SET space = n.space, name = n.name, size = n.size, expires_at = n.expires_at, version = keys.version + 1
            FROM {rows}
            WHERE keys.id = n.id
            """, number("id"), number("space"), bytes("name"), number("size"), number("expires_at"));

    private static final SqlStatement DELETE = SqlStatement.of("""
            DELETE FROM keys WHERE id IN (SELECT n.id FROM {rows})
            """, number("id"));

    private static final SqlStatement COUNT = SqlStatement.of("""
            SELECT count(*), count(k.expires_at), coalesce(avg(k.expires_at - ?), 0)
            FROM keys k JOIN databases d ON d.space = k.space
            WHERE d.number = ?
            """, number("now"), integer("db"));

    private static final SqlStatement SCAN = SqlStatement.of("""
            SELECT k.id, k.space, k.name, k.type, k.expires_at FROM keys k
            WHERE k.id > ?
            ORDER BY k.id LIMIT ?
            """, number("cursor"), number("count"));

    private static final SqlStatement SPACE = SqlStatement.of("""
            SELECT space FROM databases WHERE number = ?
            """, integer("db"));

    private static final SqlStatement ID_RANGE = SqlStatement.of("""
            SELECT coalesce(min(id), 0), coalesce(max(id), 0) FROM keys
            """);

    private static final SqlStatement NAMES = SqlStatement.of("""
            SELECT k.name FROM keys k JOIN databases d ON d.space = k.space
            WHERE d.number = ? AND (k.expires_at IS NULL OR k.expires_at > ?)
            """, integer("db"), number("now"));

    private static final SqlStatement NAMES_FROM = SqlStatement.of("""
            SELECT k.name FROM keys k JOIN databases d ON d.space = k.space
            WHERE d.number = ? AND (k.expires_at IS NULL OR k.expires_at > ?) AND k.name >= ? AND k.name < ?
            """, integer("db"), number("now"), bytes("first"), bytes("end"));

    private static final SqlStatement NEW_SPACE = SqlStatement.of("""
            UPDATE databases SET space = (SELECT max(d.space) + 1 FROM databases d)
            WHERE number = ?
            """, integer("db"));

    private static final SqlStatement REMEMBER_SPACE = SqlStatement.of("""
            INSERT INTO dropped_spaces (space)
            SELECT space FROM databases WHERE number = ?
            """, integer("db"));

    private static final SqlStatement SET_SPACE = SqlStatement.of("""
            UPDATE databases SET space = ? WHERE number = ?
            """, number("space"), integer("db"));

    private static final SqlStatement DUE = SqlStatement.of("""
            SELECT d.number, k.name FROM keys k JOIN databases d ON d.space = k.space
            WHERE k.expires_at <= ?
            ORDER BY k.expires_at LIMIT ?
            """, number("now"), number("count"));

    private final Tx tx;
    private final Map<KeyName, Slot> slots = new HashMap<>();
    private final Set<Header> created = new LinkedHashSet<>();
    private final Set<Header> changed = new LinkedHashSet<>();
    private final List<Header> dropped = new ArrayList<>();

    Keys(Tx tx) {
        this.tx = tx;
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

    /** How many keys a database has; expired keys that were not removed yet count, as in Redis. */
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
        dropped.add(slot.expired);
        tx.store(slot.expired.type).drop(slot.expired);
        slot.expired = null;
        return true;
    }

    /** Gives an existing key another name (perhaps in another database), over whatever had that name. */
    public void rename(KeyName from, KeyName to) {
        if (from.equals(to)) {
            return;
        }
        Header header = live(from);
        Slot target = slot(to);
        vacate(target);
        // Names are unique row by row: what frees the name must have gone out before, what takes it next comes after.
        tx.flush();
        header.slot.header = null;
        header.slot = target;
        target.header = header;
        changed(header, Header.OTHERS_CHANGED);
        tx.flush();
    }

    /** Gives {@code to} a copy of the value and expiry of an existing key, over whatever was there. */
    public void copy(KeyName from, KeyName to) {
        Header source = live(from);
        Header target = create(to, source.type);
        target.size = source.size;
        target.expiresAt = source.expiresAt;
        tx.store(source.type).copy(source, target);
    }

    // ---- many keys

    public Counts counts(int db) {
        long[] counts = new long[3];
        queryNow(COUNT, Rows.of(COUNT).next().set(0, tx.now()).set(1, db), row -> {
            counts[0] = row.number(1);
            counts[1] = row.number(2);
            counts[2] = Math.max(0, (long) row.real(3));
        });
        return new Counts(counts[0], counts[1], counts[2]);
    }

    /** Goes over some {@code count} rows from a cursor on; what other databases and expired keys have is left out. */
    public ScanStep scan(int db, long cursor, int count) {
        long space = space(db);
        List<Scanned> found = new ArrayList<>();
        long[] last = {0, 0};
        queryNow(SCAN, Rows.of(SCAN).next().set(0, cursor).set(1, count), row -> {
            last[0] = row.number(1);
            last[1]++;
            if (row.number(2) == space && row.numberOr(5, NEVER) > tx.now()) {
                found.add(new Scanned(row.bytes(3), ValueType.ofCode(row.number(4))));
            }
        });
        return new ScanStep(last[1] < count ? 0 : last[0], found);
    }

    /** The name of some live key of the database, or null where there is none (or none was met). */
    public byte[] random(int db, java.util.random.RandomGenerator random) {
        long[] range = new long[2];
        queryNow(ID_RANGE, Rows.NONE, row -> {
            range[0] = row.number(1);
            range[1] = row.number(2);
        });
        int attempts = 20;
        int step = 16;
        for (int i = 0; i < attempts && range[1] > 0; i++) {
            List<Scanned> some = scan(db, random.nextLong(range[0], range[1] + 1) - 1, step).keys();
            if (!some.isEmpty()) {
                return some.get(random.nextInt(some.size())).name();
            }
        }
        ScanStep all = new ScanStep(0, List.of());
        do {
            all = scan(db, all.cursor(), 1000);
        } while (all.keys().isEmpty() && all.cursor() != 0);
        return all.keys().isEmpty() ? null : all.keys().get(random.nextInt(all.keys().size())).name();
    }

    /** Every live name of the database that begins with {@code prefix}. */
    public void names(int db, byte[] prefix, java.util.function.Consumer<byte[]> name) {
        RowReader reader = row -> name.accept(row.bytes(1));
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
        flushAndForget();
        SqlLink link = tx.lateRead();
        link.queue(REMEMBER_SPACE, Rows.of(REMEMBER_SPACE).next().set(0, db), RowReader.NONE);
        link.queue(NEW_SPACE, Rows.of(NEW_SPACE).next().set(0, db), RowReader.NONE);
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
        Slot slot = slot(key);
        vacate(slot);
        Header header = new Header(tx.link().nextId(), type, 1, NEVER, slot, false);
        slot.header = header;
        created.add(header);
        return header;
    }

    /** Takes note that the header's row is to be written. */
    void changed(Header header, int what) {
        header.changes |= what;
        if (header.stored) {
            changed.add(header);
        }
    }

    void drop(Header header) {
        header.slot.header = null;
        header.slot = null;
        changed.remove(header);
        if (header.stored) {
            dropped.add(header);
        } else {
            created.remove(header);
        }
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
            if (id != 0) {
                Header header = new Header(id, ValueType.ofCode(row.number(first + 2)), row.number(first + 3),
                        row.numberOr(first + 4, NEVER), slot, true);
                if (header.expiresAt <= tx.now()) {
                    slot.expired = header;
                } else {
                    slot.header = header;
                }
            }
        }
        return slot.header;
    }

    boolean knows(KeyName key) {
        return slots.containsKey(key);
    }

    /** Queues the writing of headers: what frees names goes before what takes them. */
    void flush(SqlLink link) {
        if (!dropped.isEmpty()) {
            Rows rows = Rows.of(DELETE);
            for (Header header : dropped) {
                rows.next().set(0, header.id);
            }
            link.queue(DELETE, rows, RowReader.NONE);
            dropped.clear();
        }
        if (!changed.isEmpty()) {
            flushChanged(link);
            changed.clear();
        }
        if (!created.isEmpty()) {
            Rows rows = Rows.of(INSERT);
            for (Header header : created) {
                rows.next().set(0, header.id).set(1, header.slot.space).set(2, header.slot.name.bytes())
                        .set(3, header.type.code()).set(4, header.size).set(5, stored(header.expiresAt));
                header.stored = true;
                header.storedSize = header.size;
                header.changes = 0;
            }
            link.queue(INSERT, rows, RowReader.NONE);
            created.clear();
        }
    }

    private void flushChanged(SqlLink link) {
        Rows sizes = Rows.of(UPDATE_SIZE);
        Rows others = Rows.of(UPDATE);
        for (Header header : changed) {
            if (header.changes == Header.SIZE_CHANGED) {
                sizes.next().set(0, header.slot.space).set(1, header.slot.name.bytes()).set(2, header.size);
            } else {
                others.next().set(0, header.id).set(1, header.slot.space).set(2, header.slot.name.bytes())
                        .set(3, header.size).set(4, stored(header.expiresAt));
            }
            header.storedSize = header.size;
            header.changes = 0;
        }
        if (!sizes.isEmpty()) {
            link.queue(UPDATE_SIZE, sizes, RowReader.NONE);
        }
        if (!others.isEmpty()) {
            link.queue(UPDATE, others, RowReader.NONE);
        }
    }

    private Slot slot(KeyName key) {
        Slot slot = slots.get(key);
        if (slot == null) {
            tx.lateRead();
            queueFetch(tx.link(), List.of(key));
            tx.link().send();
            slot = slots.get(key);
        }
        return slot;
    }

    void queueFetch(SqlLink link, Collection<KeyName> wanted) {
        List<KeyName> names = wanted.stream().filter(name -> !knows(name)).toList();
        if (names.isEmpty()) {
            return;
        }
        Rows rows = Rows.of(FETCH);
        for (KeyName name : names) {
            rows.next().set(0, name.db()).set(1, name.bytes());
        }
        link.queue(FETCH, rows, row -> read(names.get(row.ordinal()), row, 2));
    }

    private void vacate(Slot slot) {
        if (slot.header != null) {
            drop(slot.header);
        } else if (slot.expired != null) {
            removeExpired(slot.name);
        }
    }

    private long space(int db) {
        long[] space = new long[1];
        queryNow(SPACE, Rows.of(SPACE).next().set(0, db), row -> space[0] = row.number(1));
        return space[0];
    }

    /** A read over many keys: sees what is pending. */
    private void queryNow(SqlStatement statement, Rows rows, RowReader reader) {
        SqlLink link = tx.lateRead();
        tx.flush();
        link.query(statement, rows, reader);
    }

    private void flushAndForget() {
        tx.flush();
        slots.clear();
    }

    private static long stored(long expiresAt) {
        return expiresAt == NEVER ? Rows.NULL : expiresAt;
    }

    /** The least bytes that are greater than everything with this prefix; null where there are none. */
    private static byte[] successor(byte[] prefix) {
        for (int i = prefix.length - 1; i >= 0; i--) {
            if (prefix[i] != (byte) 0xff) {
                byte[] end = java.util.Arrays.copyOf(prefix, i + 1);
                end[i]++;
                return end;
            }
        }
        return null;
    }
}
