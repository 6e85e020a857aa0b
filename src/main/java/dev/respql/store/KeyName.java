package dev.respql.store;

import dev.respql.sql.Rows;
import java.util.Arrays;

/** A key's name in a numbered database. Immutable as long as nobody changes the bytes, which nobody may. */
public final class KeyName {
    private final int db;
    private final byte[] name;
    private final int hash;

    public KeyName(int db, byte[] name) {
        this.db = db;
        this.name = name;
        this.hash = 31 * Arrays.hashCode(name) + db;
    }

    public int db() {
        return db;
    }

    public byte[] bytes() {
        return name;
    }

    /** What stands for the name in the database, where it is a long one. */
    byte[] stored() {
        return ShortForm.of(name);
    }

    /**
     * The number under which every node locks this key: FNV-1a with a final mix, so that it must never change. The
     * database is spread over all bits: short names of different databases must not come out alike.
     */
    public long lock() {
        long lock = 0xcbf29ce484222325L ^ db * 0x9e3779b97f4a7c15L;
        for (byte b : name) {
            lock = (lock ^ (b & 0xff)) * 0x100000001b3L;
        }
        lock = (lock ^ (lock >>> 32)) * 0x9e3779b97f4a7c15L;
        lock ^= lock >>> 29;
        // That number would be SQL's null, which locks nothing.
        return lock == Rows.NULL ? Long.MAX_VALUE : lock;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KeyName that && that.hash == hash && that.db == db && Arrays.equals(that.name, name);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return db + ":" + dev.respql.value.Bytes.printable(name);
    }
}
