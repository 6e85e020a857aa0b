package dev.respql.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.respql.testing.Bytes;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class KeyNameTest {
    /** Nodes of several versions on one database must agree. */
    @Test
    void locksAreWhatTheyAlwaysWere() {
        assertEquals(-5492507917911872764L, new KeyName(0, Bytes.of("key")).lock());
        assertNotEquals(-5492507917911872764L, new KeyName(1, Bytes.of("key")).lock());
    }

    /** A null among the numbers would lock nothing. This name's hash is the number that stands for it. */
    @Test
    void noLockIsNull() {
        long lock = new KeyName(0, HexFormat.of().parseHex("08e500f12b152462f4260b66d5230431")).lock();
        assertEquals(Long.MAX_VALUE, lock);
    }
}
