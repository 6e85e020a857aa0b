package dev.respql.script.lua;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.luaj.vm2.LuaString;

/** Byte strings: what LuaJ's {@link LuaString} does not offer, or offers with a character set. */
public final class Strings {
    public static final LuaString EMPTY = LuaString.valueUsing(new byte[0]);

    /** Up to so many bytes, LuaJ's hash and C Lua's agree in the lower 16 bits (they shift to the right differently). */
    private static final int SAME_HASH_LENGTH = 12;

    private Strings() {
    }

    /** One byte a character; the text must hold no character above U+00FF. */
    public static LuaString of(String latin1) {
        return LuaString.valueUsing(latin1.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The array is not copied: who hands it over must not change it any more. */
    public static LuaString of(byte[] bytes) {
        return LuaString.valueUsing(bytes);
    }

    public static LuaString copyOf(byte[] bytes, int from, int length) {
        return length == 0 ? EMPTY : LuaString.valueUsing(Arrays.copyOfRange(bytes, from, from + length));
    }

    /** The bytes, never to be changed: perhaps the string's own. */
    public static byte[] bytes(LuaString string) {
        if (string.m_offset == 0 && string.m_length == string.m_bytes.length) {
            return string.m_bytes;
        }
        return Arrays.copyOfRange(string.m_bytes, string.m_offset, string.m_offset + string.m_length);
    }

    /** One character a byte. */
    public static String text(LuaString string) {
        return new String(string.m_bytes, string.m_offset, string.m_length, StandardCharsets.ISO_8859_1);
    }

    /**
     * The hash of Redis's C Lua, which decides in which order a table is traversed; exact in the bits of {@code mask}.
     * Unlike elsewhere it is over all bytes of long strings too.
     */
    static int hash(LuaString string, int mask) {
        int length = string.m_length;
        if (length <= SAME_HASH_LENGTH && mask <= 0xFFFF) {
            return string.hashCode() & mask;
        }
        byte[] bytes = string.m_bytes;
        int offset = string.m_offset;
        int hash = length;
        for (int i = length - 1; i >= 0; i--) {
            hash ^= (hash << 5) + (hash >>> 2) + (bytes[offset + i] & 0xFF);
        }
        return hash & mask;
    }

    static int compare(LuaString a, LuaString b) {
        return Arrays.compareUnsigned(a.m_bytes, a.m_offset, a.m_offset + a.m_length,
                b.m_bytes, b.m_offset, b.m_offset + b.m_length);
    }

    static boolean equal(LuaString a, LuaString b) {
        return a == b || a.m_length == b.m_length && a.hashCode() == b.hashCode()
                && Arrays.equals(a.m_bytes, a.m_offset, a.m_offset + a.m_length,
                        b.m_bytes, b.m_offset, b.m_offset + b.m_length);
    }
}
