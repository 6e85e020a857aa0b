package dev.respql.store;

import java.util.HashMap;
import java.util.Map;

/**
 * What a lane remembers from batch to batch of the rows that were used last, so that reading them again takes no
 * statement: headers with short strings, which keys do not exist, and single members of hashes, sets and sorted sets. It
 * always takes the same memory ({@link ByteCache}). Only what is committed comes here, and only where nobody else writes
 * to the database. Used by one lane's thread.
 *
 * <p>Members are kept under a number that their header has while it is kept here; when it is given another one, nothing
 * that was kept of its members can be found any more.
 */
public final class RowCache {
    /** Longer values, in bytes, are read each time: there, copying costs more than looking up. */
    static final int LONGEST_VALUE = 4096;
    /** What {@link #member} returns for a member that is not there. */
    static final byte[] ABSENT = {};

    private static final int SPACE = 0;
    private static final int ID = 8;
    private static final int TYPE = 16;
    private static final int SIZE = 24;
    private static final int EXPIRES_AT = 32;
    private static final int FIRST = 40;
    private static final int MEMBERS = 48;
    private static final int VALUE = 56;
    /** Beside the type's code: the value follows. */
    private static final int WITH_VALUE = 256;
    private static final byte[] PRESENT = {1};

    private final ByteCache entries;
    private final Map<Integer, Long> sizes = new HashMap<>();
    private long lastMembers;
    private long hits;
    private long misses;

    private RowCache(ByteCache entries) {
        this.entries = entries;
    }

    /** A cache of so many bytes; one of no bytes remembers nothing. */
    public static RowCache ofBytes(int bytes) {
        return new RowCache(bytes == 0 ? null : new ByteCache(bytes));
    }

    /** How often something was found here. */
    public long hits() {
        return hits;
    }

    /** How often something was not found here, and had to be read from the database. */
    public long misses() {
        return misses;
    }

    /** Forgets everything. */
    public void clear() {
        if (entries != null) {
            entries.clear();
            sizes.clear();
        }
    }

    // ---- sizes

    /** Whether it is known how many keys a database has. */
    boolean hasSize(int db) {
        return sizes.containsKey(db);
    }

    /** How many keys a database has, those included that have expired and are still in it; it must be known. */
    long size(int db) {
        return sizes.get(db);
    }

    /** Remembers how many keys databases had before the unit of work, where that was counted, and how many came and went. */
    void keepSizes(Map<Integer, Long> counted, Map<Integer, Long> added) {
        if (entries != null) {
            sizes.putAll(counted);
            added.forEach((db, more) -> sizes.computeIfPresent(db, (same, size) -> size + more));
        }
    }

    // ---- headers

    /** What is known of the name; null where nothing is. A header is live in it, even if it has expired meanwhile. */
    Slot slot(KeyName key) {
        if (entries == null) {
            return null;
        }
        int at = entries.find(numberOf(key), key.bytes(), key.hashCode());
        if (at < 0) {
            misses++;
            return null;
        }
        hits++;
        Slot slot = new Slot(key, entries.number(at + SPACE));
        slot.kept = true;
        int length = entries.contentLength(at, key.bytes().length);
        if (length > ID) {
            long type = entries.number(at + TYPE);
            Header header = new Header(entries.number(at + ID), ValueType.ofCode(type & WITH_VALUE - 1),
                    entries.number(at + SIZE), entries.number(at + EXPIRES_AT), slot, true);
            header.first = entries.number(at + FIRST);
            header.members = entries.number(at + MEMBERS);
            header.value = type < WITH_VALUE ? null : entries.bytes(at + VALUE, length - VALUE);
            slot.stored = true;
            slot.header = header;
        }
        return slot;
    }

    /** Remembers a name as its slot has it, which is how the database has it, too. */
    void keep(Slot slot) {
        if (entries == null) {
            return;
        }
        byte[] name = slot.name.bytes();
        Header header = slot.header != null ? slot.header : slot.expired;
        byte[] value = header != null && header.type == ValueType.STRING ? (byte[]) header.value : null;
        if (value != null && value.length > LONGEST_VALUE) {
            value = null;
        }
        int length = header == null ? ID : VALUE + (value == null ? 0 : value.length);
        int at = entries.put(numberOf(slot.name), name, slot.name.hashCode(), length);
        if (at < 0) {
            return;
        }
        entries.number(at + SPACE, slot.space);
        if (header != null) {
            if (header.members == 0) {
                header.members = ++lastMembers;
            }
            entries.number(at + ID, header.id);
            entries.number(at + TYPE, header.type.code() + (value == null ? 0 : WITH_VALUE));
            entries.number(at + SIZE, header.size);
            entries.number(at + EXPIRES_AT, header.expiresAt);
            entries.number(at + FIRST, header.first);
            entries.number(at + MEMBERS, header.members);
            if (value != null) {
                entries.bytes(at + VALUE, value);
            }
        }
        slot.kept = true;
    }

    void forget(KeyName key) {
        if (entries != null) {
            entries.remove(numberOf(key), key.bytes(), key.hashCode());
        }
    }

    /** Members have numbers above zero. */
    private static long numberOf(KeyName key) {
        return -1L - key.db();
    }

    // ---- members

    /** What the row of a member holds, {@link #ABSENT} where there is none, null where nothing is known. */
    byte[] member(Header header, ByteKey member) {
        if (entries == null || header.members == 0) {
            return null;
        }
        int at = entries.find(header.members, member.bytes(), member.hashCode());
        if (at < 0) {
            misses++;
            return null;
        }
        hits++;
        int length = entries.contentLength(at, member.bytes().length);
        return length == 0 ? ABSENT : entries.bytes(at + PRESENT.length, length - PRESENT.length);
    }

    /** Remembers what a row holds; {@link #ABSENT}: there is none; null: it must not be found here any more. */
    void keep(Header header, ByteKey member, byte[] row) {
        if (entries == null || header.members == 0) {
            return;
        }
        byte[] name = member.bytes();
        if (row == null || row.length > LONGEST_VALUE) {
            entries.remove(header.members, name, member.hashCode());
            return;
        }
        int length = row == ABSENT ? 0 : PRESENT.length + row.length;
        int at = entries.put(header.members, name, member.hashCode(), length);
        if (at >= 0 && row != ABSENT) {
            entries.bytes(at, PRESENT);
            entries.bytes(at + PRESENT.length, row);
        }
    }
}
