package dev.respql.store;

import static dev.respql.sql.SqlStatement.bytes;
import static dev.respql.sql.SqlStatement.number;

import dev.respql.sql.Row;
import dev.respql.sql.Rows;
import dev.respql.sql.SqlStatement;
import java.util.List;

/**
 * Hashes in a unit of work: members are fields, and each has its value. Every method throws {@link WrongTypeException}
 * for a key of another type. Bytes that come from here or were handed over are shared and must not be changed.
 */
public final class Hashes extends MemberStore<byte[]> {
    /** In place of a value that was too long to be prefetched. */
    private static final byte[] MARK = {};

    private static final MemberStatements SQL = new MemberStatements("hashes", "field",
            ", CASE WHEN length(t.value) <= n.longest THEN t.value END", bytes("value"));

    private static final SqlStatement LONG = SqlStatement.of("""
            SELECT 1 FROM hashes WHERE key_id = ? AND (length(field) > %1$d OR length(value) > %1$d) LIMIT 1
            """.formatted(Encodings.MAX_SMALL_LENGTH), number("key_id"));

    Hashes(Tx tx) {
        super(tx, ValueType.HASH, SQL);
    }

    /** The field's value, or null where there is none. */
    public byte[] get(KeyName key, byte[] field) {
        Header header = live(key);
        return header == null ? null : get(header, field);
    }

    /** Whether there is such a field. */
    public boolean contains(KeyName key, byte[] field) {
        Header header = live(key);
        return header != null && contains(header, field);
    }

    /** Sets a field, creating the hash where it is missing; whether the field is new. */
    public boolean put(KeyName key, byte[] field, byte[] value) {
        return put(liveOrNew(key), field, value) == null;
    }

    /** Removes a field, and the hash with its last one; whether it was there. */
    public boolean remove(KeyName key, byte[] field) {
        Header header = live(key);
        return header != null && remove(header, field) != null;
    }

    /** Number of fields; 0 where there is no such key. */
    public long size(KeyName key) {
        Header header = live(key);
        return header == null ? 0 : header.size;
    }

    /** Reads these fields at once, so that asking for them one by one costs nothing more. */
    public void load(KeyName key, List<byte[]> fields) {
        Header header = live(key);
        if (header != null) {
            load(header, fields);
        }
    }

    /** All fields with their values; none where there is no such key. Small hashes are ordered by field. */
    public List<Member<byte[]>> all(KeyName key) {
        Header header = live(key);
        return header == null ? List.of() : all(header);
    }

    /** One step of a scan; see {@link MemberScan}. */
    public MemberScan<byte[]> scan(KeyName key, long cursor, long count) {
        Header header = live(key);
        return header == null ? new MemberScan<>(0, List.of()) : MemberScan.step(this, header, cursor, count);
    }

    /** Up to {@code count} different fields by random choice; none where there is no such key. */
    public List<Member<byte[]>> choose(KeyName key, long count) {
        Header header = live(key);
        return header == null ? List.of() : choose(header, count);
    }

    /** So many fields, each drawn at random from all; none where there is no such key. */
    public List<Member<byte[]>> draw(KeyName key, int count) {
        Header header = live(key);
        return header == null ? List.of() : draw(header, count);
    }

    @Override
    byte[] read(Row row, int column) {
        byte[] value = row.bytes(column);
        return value == null ? MARK : value;
    }

    @Override
    byte[] toBytes(byte[] value) {
        return value;
    }

    @Override
    byte[] ofBytes(byte[] bytes) {
        return bytes;
    }

    @Override
    boolean isWhole(byte[] value) {
        return value != MARK;
    }

    @Override
    void bind(Rows rows, int column, byte[] field, byte[] value) {
        rows.set(column, value);
    }

    @Override
    String encoding(Header header) {
        return header.size <= Encodings.MAX_SMALL_SIZE && !isAny(LONG, header) ? "listpack" : "hashtable";
    }
}
