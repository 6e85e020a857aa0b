package dev.respql.store;

import static dev.respql.sql.SqlStatement.bytes;
import static dev.respql.sql.SqlStatement.integer;
import static dev.respql.sql.SqlStatement.number;

import dev.respql.sql.Row;
import dev.respql.sql.Rows;
import dev.respql.sql.SqlStatement;
import java.util.List;
import java.util.function.BiConsumer;

/** Hashes in a unit of work. Every method throws {@link WrongTypeException} for a key of another type. */
public final class Hashes extends MemberStore<byte[]> {
    private static final Statements SQL = new Statements(
            SqlStatement.of("""
                    SELECT n.i, %s, h.value
                    FROM {rows} CROSS JOIN databases d
                    LEFT JOIN keys k ON k.space = d.space AND k.name = n.name
                    LEFT JOIN hashes h ON h.key_id = k.id AND h.field = n.field
                    WHERE d.number = n.db
                    """.formatted(Keys.HEADER_COLUMNS), integer("db"), bytes("name"), bytes("field")),
            SqlStatement.of("""
                    SELECT n.i, h.value
                    FROM {rows} CROSS JOIN hashes h
                    WHERE h.key_id = n.key_id AND h.field = n.field
                    """, number("key_id"), bytes("field")),
            SqlStatement.of("""
                    INSERT INTO hashes (key_id, field, value) SELECT n.key_id, n.field, n.value FROM {rows}
                    """, number("key_id"), bytes("field"), bytes("value")),
            SqlStatement.of("""
                    UPDATE hashes SET value = n.value FROM {rows}
                    WHERE hashes.key_id = n.key_id AND hashes.field = n.field
                    """, number("key_id"), bytes("field"), bytes("value")),
            SqlStatement.of("""
                    DELETE FROM hashes WHERE (key_id, field) IN (SELECT n.key_id, n.field FROM {rows})
                    """, number("key_id"), bytes("field")),
            SqlStatement.of("""
                    DELETE FROM hashes WHERE key_id IN (SELECT n.key_id FROM {rows})
                    """, number("key_id")),
            SqlStatement.of("""
                    INSERT INTO hashes (key_id, field, value) SELECT ?, field, value FROM hashes WHERE key_id = ?
                    """, number("target"), number("source")));

    private static final SqlStatement ALL = SqlStatement.of("""
            SELECT field, value FROM hashes WHERE key_id = ? ORDER BY field
            """, number("key_id"));

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

    /** Every field with its value. */
    public void forEach(KeyName key, BiConsumer<byte[], byte[]> consumer) {
        Header header = live(key);
        if (header == null) {
            return;
        }
        tx.lateRead();
        tx.flush();
        tx.link().query(ALL, Rows.of(ALL).next().set(0, header.id), row -> consumer.accept(row.bytes(1), row.bytes(2)));
    }

    @Override
    byte[] read(Row row, int first) {
        return row.bytes(first);
    }

    @Override
    void bind(Rows rows, long keyId, byte[] field, byte[] value) {
        rows.set(0, keyId).set(1, field).set(2, value);
    }

    @Override
    String encoding(Header header) {
        return header.size <= Encodings.MAX_SMALL_SIZE && !isAny(LONG, header) ? "listpack" : "hashtable";
    }
}
