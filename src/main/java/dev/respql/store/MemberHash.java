package dev.respql.store;

/**
 * The number by which the members of a value are ordered in its table: the upper 48 bits of SipHash-2-4 under a fixed
 * key. It scatters members of any names evenly, on which scans and random choices rest; it makes an index entry of any
 * member short; and it is a cursor that every client can hold. Different members may have the same number, though
 * nobody can find many such. It is stored, so it must never change.
 */
public final class MemberHash {
    /** All numbers are below this one. */
    static final long END = 1L << 48;

    /** "respql.members01" in ASCII. */
    private static final long KEY_LOW = 0x72657370716c2e6dL;
    private static final long KEY_HIGH = 0x656d626572733031L;

    private MemberHash() {
    }

    /** From 0 to {@link #END} exclusive. */
    public static long of(byte[] member) {
        long v0 = KEY_LOW ^ 0x736f6d6570736575L;
        long v1 = KEY_HIGH ^ 0x646f72616e646f6dL;
        long v2 = KEY_LOW ^ 0x6c7967656e657261L;
        long v3 = KEY_HIGH ^ 0x7465646279746573L;
        int last = member.length / 8;
        for (int i = 0; i <= last + 1; i++) {
            boolean end = i > last;
            long word = end ? 0 : word(member, i) | (i == last ? (long) member.length << 56 : 0);
            v2 ^= end ? 0xff : 0;
            v3 ^= word;
            for (int round = 0; round < (end ? 4 : 2); round++) {
                v0 += v1;
                v2 += v3;
                v1 = Long.rotateLeft(v1, 13) ^ v0;
                v3 = Long.rotateLeft(v3, 16) ^ v2;
                v0 = Long.rotateLeft(v0, 32);
                v2 += v1;
                v0 += v3;
                v1 = Long.rotateLeft(v1, 17) ^ v2;
                v3 = Long.rotateLeft(v3, 21) ^ v0;
                v2 = Long.rotateLeft(v2, 32);
            }
            v0 ^= word;
        }
        return (v0 ^ v1 ^ v2 ^ v3) >>> 16;
    }

    /** The i-th eight bytes, the first of them lowest, with zeros behind the member's end. */
    private static long word(byte[] member, int i) {
        long word = 0;
        for (int at = Math.min(member.length, 8 * i + 8) - 1; at >= 8 * i; at--) {
            word = word << 8 | member[at] & 0xff;
        }
        return word;
    }
}
