package dev.respql.store;

import static dev.respql.sql.SqlStatement.bytes;
import static dev.respql.sql.SqlStatement.integer;
import static dev.respql.sql.SqlStatement.number;

import dev.respql.sql.Row;
import dev.respql.sql.RowReader;
import dev.respql.sql.Rows;
import dev.respql.sql.SqlLink;
import dev.respql.sql.SqlStatement;
import dev.respql.value.Numbers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Strings in a unit of work. Every method throws {@link WrongTypeException} for a key of another type, unless it says
 * otherwise. Arrays that come from here or were handed over are shared and must not be changed.
 */
public final class Strings extends ValueStore {
    /** Longer values (bytes) are not prefetched, and where many are hinted not even those of so many bytes. */
    private static final int[] PREFETCHED_BYTES = {64 * 1024, 8 * 1024, 1024, 128, 0};
    /** So many bytes a unit of work keeps of values that were read late, and as many of values to be written. */
    private static final long MAX_HELD_BYTES = HeapShare.BYTES;
    /** No value has more bytes than either database can hold. */
    private static final int MAX_BYTES = 1 << 30;
    private static final byte[] EMPTY = {};

    /** For each of {@link #PREFETCHED_BYTES}. */
    private static final List<SqlStatement> FETCH = Arrays.stream(PREFETCHED_BYTES).mapToObj(longest -> SqlStatement.ofOneRow("""
            SELECT n.i, %s,
                   CASE WHEN length(s.value) <= %d THEN s.value END
            FROM {rows} CROSS JOIN databases d
            LEFT JOIN {keys k WHERE k.space = d.space AND k.name = n.name}
            LEFT JOIN {strings s WHERE s.key_id = k.id}
            WHERE d.number = n.db
            """.formatted(Keys.HEADER_COLUMNS, longest), integer("db"), bytes("name"))).toList();

    private static final SqlStatement READ = SqlStatement.ofOneRow("""
            SELECT value FROM strings WHERE key_id = ?
            """, number("key_id"));

    private static final SqlStatement LENGTH = SqlStatement.ofOneRow("""
            SELECT length(value) FROM strings WHERE key_id = ?
            """, number("key_id"));

    private static final SqlStatement RANGE = SqlStatement.ofOneRow("""
            SELECT substr(value, ?, ?) FROM strings WHERE key_id = ?
            """, integer("first"), integer("count"), number("key_id"));

    private static final SqlStatement INSERT = SqlStatement.of("""
            INSERT INTO strings (key_id, value) SELECT n.key_id, n.value FROM {rows}
            """, number("key_id"), bytes("value"));

    private static final SqlStatement UPDATE = SqlStatement.of("""
            UPDATE strings SET value = n.value FROM {rows} WHERE strings.key_id = n.key_id
            """, number("key_id"), bytes("value"));

    private static final SqlStatement COPY = SqlStatement.of("""
            INSERT INTO strings (key_id, value) SELECT ?, value FROM strings WHERE key_id = ?
            """, number("target"), number("source"));

    private static final SqlStatement DELETE = SqlStatement.of("""
            DELETE FROM strings USING {rows} WHERE strings.key_id = n.key_id
            """, number("key_id"));

    private final Tx tx;
    private final Set<Header> changed = new LinkedHashSet<>();
    private final List<Header> dropped = new ArrayList<>();
    private long readBytes;
    private long unwrittenBytes;

    Strings(Tx tx) {
        this.tx = tx;
    }

    /** The value; null where there is no such key. */
    public byte[] get(KeyName key) {
        Header header = tx.keys().live(key, ValueType.STRING);
        return header == null ? null : value(header);
    }

    /** The value; null where there is no such key or it is of another type. */
    public byte[] getIfString(KeyName key) {
        Header header = tx.keys().live(key);
        return header == null || header.type != ValueType.STRING ? null : value(header);
    }

    /** Bytes of the value, which is not loaded for that; 0 where there is no such key. */
    public long length(KeyName key) {
        Header header = tx.keys().live(key, ValueType.STRING);
        return header == null ? 0 : length(header);
    }

    private long length(Header header) {
        if (header.value != null) {
            return ((byte[]) header.value).length;
        }
        long[] length = new long[1];
        tx.lateRead().query(LENGTH, Rows.of(LENGTH).next().set(0, header.id), row -> length[0] = row.number(1));
        return length[0];
    }

    /**
     * The bytes at {@code first} to {@code last}, which count from 0, as far as the value has them; nothing more of it
     * is loaded. Empty where there is no such key.
     */
    public byte[] range(KeyName key, long first, long last) {
        Header header = tx.keys().live(key, ValueType.STRING);
        if (header == null) {
            return EMPTY;
        }
        byte[] value = (byte[]) header.value;
        long end = Math.min(last, value == null ? MAX_BYTES - 1 : value.length - 1);
        if (first > end) {
            return EMPTY;
        }
        if (value != null) {
            return Arrays.copyOfRange(value, (int) first, (int) end + 1);
        }
        byte[][] range = new byte[1][];
        Rows rows = Rows.of(RANGE).next().set(0, first + 1).set(1, end - first + 1).set(2, header.id);
        tx.lateRead().query(RANGE, rows, row -> range[0] = row.bytes(1));
        // No byte at all is null to SQLite.
        return range[0] == null ? EMPTY : range[0];
    }

    /** Makes the key a string with this value that never expires, over whatever was there, of any type. */
    public void set(KeyName key, byte[] value) {
        set(key, value, Keys.NEVER);
    }

    /**
     * Makes the key a string with this value, over whatever was there, of any type.
     *
     * @param expiresAt milliseconds since 1970, not past, or {@link Keys#NEVER}
     */
    public void set(KeyName key, byte[] value, long expiresAt) {
        Header header = tx.keys().live(key);
        if (header == null || header.type != ValueType.STRING) {
            header = tx.keys().create(key, ValueType.STRING);
        }
        if (header.expiresAt != expiresAt) {
            header.expiresAt = expiresAt;
            tx.keys().changed(header, Header.OTHERS_CHANGED);
        }
        write(header, value);
    }

    /** Gives the key this value and leaves its expiry as it is; creates the key where it is missing. */
    public void replace(KeyName key, byte[] value) {
        Header header = tx.keys().live(key, ValueType.STRING);
        write(header == null ? tx.keys().create(key, ValueType.STRING) : header, value);
    }

    private void write(Header header, byte[] value) {
        header.value = value;
        header.slot.kept = false;
        changed.add(header);
        tx.touch(header.slot);
        unwrittenBytes += value.length;
        if (unwrittenBytes > MAX_HELD_BYTES) {
            writeOut();
        }
    }

    /** A few short commands can make many long values, which together need not fit into the heap. */
    private void writeOut() {
        List<Header> written = List.copyOf(changed);
        tx.flush();
        tx.link().send();
        for (Header header : written) {
            header.value = null;
        }
    }

    private byte[] value(Header header) {
        if (header.value != null) {
            return (byte[]) header.value;
        }
        byte[][] value = new byte[1][];
        tx.lateRead().query(READ, Rows.of(READ).next().set(0, header.id), row -> value[0] = row.bytes(1));
        readBytes += value[0] == null ? 0 : value[0].length;
        if (readBytes <= MAX_HELD_BYTES) {
            header.value = value[0];
            header.slot.kept = false;
        }
        return value[0];
    }

    /** Queues the reading of wanted values of at most {@code longest} bytes, or not many less, and of all their headers. */
    void queueFetch(SqlLink link, Collection<KeyName> wanted, long longest) {
        List<KeyName> names = tx.keys().unknown(wanted);
        if (names.isEmpty()) {
            return;
        }
        int step = 0;
        while (PREFETCHED_BYTES[step] > longest) {
            step++;
        }
        SqlStatement fetch = FETCH.get(step);
        Rows rows = Rows.of(fetch);
        for (KeyName name : names) {
            rows.next().set(0, name.db()).set(1, name.stored());
        }
        link.queue(fetch, rows, row -> read(names.get(row.ordinal()), row));
    }

    private void read(KeyName name, Row row) {
        Header header = tx.keys().read(name, row, 2);
        if (header != null && header.type == ValueType.STRING) {
            header.value = row.bytes(2 + Keys.HEADER_COLUMN_COUNT);
        }
    }

    @Override
    void flush(SqlLink link) {
        unwrittenBytes = 0;
        if (!dropped.isEmpty()) {
            Rows rows = Rows.of(DELETE);
            for (Header header : dropped) {
                rows.next().set(0, header.id);
            }
            link.queue(DELETE, rows, RowReader.NONE);
            dropped.clear();
        }
        if (changed.isEmpty()) {
            return;
        }
        Rows inserts = Rows.of(INSERT);
        Rows updates = Rows.of(UPDATE);
        for (Header header : changed) {
            (header.valueStored ? updates : inserts).next().set(0, header.id).set(1, (byte[]) header.value);
            header.valueStored = true;
        }
        if (!inserts.isEmpty()) {
            link.queue(INSERT, inserts, RowReader.NONE);
        }
        if (!updates.isEmpty()) {
            link.queue(UPDATE, updates, RowReader.NONE);
        }
        changed.clear();
    }

    @Override
    void drop(Header header) {
        changed.remove(header);
        if (header.valueStored) {
            dropped.add(header);
        }
    }

    @Override
    void copy(Header source, Header target) {
        if (source.value != null) {
            write(target, (byte[]) source.value);
        } else {
            // What was not loaded was not changed either: the database has it, whatever its size.
            tx.link().queue(COPY, Rows.of(COPY).next().set(0, target.id).set(1, source.id), RowReader.NONE);
            target.valueStored = true;
        }
    }

    @Override
    String encoding(Header header) {
        long length = length(header);
        if (length <= Encodings.MAX_INT_LENGTH && Numbers.isLong(value(header))) {
            return "int";
        }
        return length <= Encodings.MAX_EMBEDDED_LENGTH ? "embstr" : "raw";
    }
}
