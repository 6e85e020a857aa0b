package dev.respql.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Rows are stored under these numbers: they are the same for ever. */
class MemberHashTest {
    @Test
    void staysAsItIs() {
        // Computed by another implementation of SipHash-2-4, which gives the published test vectors.
        assertEquals(153782930930392L, hash(""));
        assertEquals(150734931069277L, hash("a"));
        assertEquals(75492374035696L, hash("field"));
        assertEquals(253093241108157L, hash("12345678"));
        assertEquals(51974241192816L, hash("x".repeat(300)));
    }

    @Test
    void takesEveryBit() {
        long bits = 0;
        for (int i = 0; i < 100; i++) {
            long hash = hash("m" + i);
            assertTrue(hash >= 0 && hash < MemberHash.END);
            bits |= hash;
        }
        assertEquals(MemberHash.END - 1, bits);
        assertTrue(MemberHash.of(new byte[7]) != MemberHash.of(new byte[8]));
        assertTrue(MemberHash.of(new byte[] {-1}) != MemberHash.of(new byte[] {-1, 0}));
    }

    private static long hash(String text) {
        return MemberHash.of(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
