package dev.respql.store;

/** What a row of {@code keys} holds: a value's number and type, its size and expiry. Used by one thread. */
final class Header {
    /** {@code expiresAt} of a key that never expires. */
    static final long NEVER = Long.MAX_VALUE;
    /** {@code first} of a list that was not asked where it begins. */
    static final long UNKNOWN = Long.MIN_VALUE;

    /** What differs from the stored row. */
    static final int SIZE_CHANGED = 1;
    static final int OTHERS_CHANGED = 2;

    final long id;
    final ValueType type;
    /** Number of elements; 1 for a string. */
    long size;
    /** The size in the database. */
    long storedSize;
    /** Milliseconds since 1970. */
    long expiresAt;
    /** Where this header can be found; null once it was dropped. */
    Slot slot;
    /** Whether the value has been in the database, under this name or another. */
    boolean stored;
    /** Whether the table of the type has this header's row (for types with exactly one). */
    boolean valueStored;
    int changes;
    /** The position of a list's first element, or {@link #UNKNOWN}. */
    long first = UNKNOWN;
    /** The number under which the {@link RowCache} has this value's members; 0: it has none. */
    long members;
    /** What the store of this type knows of the value; null where nothing was loaded. */
    Object value;

    Header(long id, ValueType type, long size, long expiresAt, Slot slot, boolean stored) {
        this.id = id;
        this.type = type;
        this.size = size;
        this.storedSize = stored ? size : 0;
        this.expiresAt = expiresAt;
        this.slot = slot;
        this.stored = stored;
        this.valueStored = stored;
    }
}
