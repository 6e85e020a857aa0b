package dev.respql.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.testing.Bytes;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KeyNameTest {
    /** Nodes of several versions on one database must agree. */
    @Test
    void locksAreWhatTheyAlwaysWere() {
        assertEquals(-5492507917911872764L, new KeyName(0, Bytes.of("key")).lock());
        assertNotEquals(-5492507917911872764L, new KeyName(1, Bytes.of("key")).lock());
    }

    /** Alike, a change of one key would end the watch of the other, and wait for its lock. */
    @Test
    void shortNamesOfDifferentDatabasesDiffer() {
        Set<Long> locks = new HashSet<>();
        for (int db = 0; db < 16; db++) {
            for (int letter = 0; letter < 256; letter++) {
                assertTrue(locks.add(new KeyName(db, new byte[] {(byte) letter, '1'}).lock()), db + " " + letter);
            }
        }
    }

    /** A null among the numbers would lock nothing. This name's hash is the number that stands for it. */
    @Test
    void noLockIsNull() {
        long lock = new KeyName(0, HexFormat.of().parseHex("08e500f12b152462f4260b66d5230431")).lock();
        assertEquals(Long.MAX_VALUE, lock);
    }
}
