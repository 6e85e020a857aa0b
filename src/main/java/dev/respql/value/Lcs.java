package dev.respql.value;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The longest common subsequence of two byte strings, and of the several that there may be the one that Redis's LCS
 * command picks: its search begins at the ends and, where the last bytes differ, shortens the first string only if
 * that keeps more of the length than shortening the second.
 * <p>
 * Computed 64 cells of the table at a time (bit-parallel, after Crochemore and others, 2001): a row is a bit vector
 * over the second string, where a zero at j says that the length grows from j - 1 to j. One bit a cell is all that the
 * way back needs, so what is kept is a 32nd of the table that Redis allocates. Immutable, thread-safe.
 */
public final class Lcs {
    private final byte[] a;
    private final byte[] b;
    /** Row by row, without gaps: bit (i * b.length + j) is clear where the length grows at j. */
    private final long[] rows;
    private final int length;

    /**
     * A run of equal bytes that is part of the subsequence. Positions count from 0; both ends are within the run.
     */
    public record Match(int aStart, int aEnd, int bStart, int bEnd) {
        public int length() {
            return aEnd - aStart + 1;
        }
    }

    private Lcs(byte[] a, byte[] b, boolean withRows) {
        this.a = a;
        this.b = b;
        this.rows = withRows ? new long[Math.toIntExact(((long) a.length * b.length + 63) / 64)] : null;
        this.length = fill();
    }

    /**
     * Whether Redis would accept strings of these lengths: its table has four bytes for each pair of prefixes, and may
     * not be larger than {@code proto-max-bulk-len} (512 MiB by default). Else the command answers
     * "Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len".
     *
     * @param maxBulkLength in bytes
     */
    public static boolean fits(int aLength, int bLength, long maxBulkLength) {
        // At most 2^31 * 2^31 cells: no overflow before the division.
        return (aLength + 1L) * (bLength + 1L) <= maxBulkLength / Integer.BYTES;
    }

    /** The length alone; needs no memory for the way back. */
    public static int length(byte[] a, byte[] b) {
        return new Lcs(a, b, false).length;
    }

    /** The subsequence of two strings for which {@link #fits} holds. */
    public static Lcs of(byte[] a, byte[] b) {
        return new Lcs(a, b, true);
    }

    /** The number of bytes of the subsequence. */
    public int length() {
        return length;
    }

    /** The bytes of the subsequence. */
    public byte[] text() {
        byte[] text = new byte[length];
        int at = length;
        int i = a.length - 1;
        int j = b.length - 1;
        while (at > 0) {
            if (a[i] == b[j]) {
                text[--at] = a[i];
                i--;
                j--;
            } else if (grows(i, j)) {
                i--;
            } else {
                j--;
            }
        }
        return text;
    }

    /**
     * The runs that the subsequence consists of, from the last to the first, without those shorter than a minimum
     * (none is at 0 or below).
     */
    public List<Match> matches(long minimumLength) {
        List<Match> matches = new ArrayList<>();
        int i = a.length - 1;
        int j = b.length - 1;
        while (i >= 0 && j >= 0) {
            if (a[i] == b[j]) {
                int aEnd = i;
                int bEnd = j;
                while (i >= 0 && j >= 0 && a[i] == b[j]) {
                    i--;
                    j--;
                }
                if (aEnd - i >= minimumLength) {
                    matches.add(new Match(i + 1, aEnd, j + 1, bEnd));
                }
            } else if (grows(i, j)) {
                i--;
            } else {
                j--;
            }
        }
        return matches;
    }

    /**
     * Whether b's byte at j adds to the length. Where a's byte at i differs from it, the length then comes from the
     * prefix without a's byte.
     */
    private boolean grows(int i, int j) {
        long bit = (long) i * b.length + j;
        return (rows[(int) (bit >>> 6)] >>> bit & 1) == 0;
    }

    private int fill() {
        int words = (b.length + 63) / 64;
        long[][] positions = positionsInB(words);
        long[] row = new long[words];
        Arrays.fill(row, -1L);
        for (int i = 0; i < a.length; i++) {
            long[] equal = positions[a[i] & 0xff];
            long carry = 0;
            for (int w = 0; w < words; w++) {
                long old = row[w];
                long hits = old & equal[w];
                long sum = old + hits + carry;
                // The carry out of an unsigned addition of three.
                carry = (old & hits | (old | hits) & ~sum) >>> 63;
                row[w] = sum | old & ~hits;
            }
            if (rows != null) {
                keep(row, (long) i * b.length);
            }
        }
        int unset = 0;
        for (int w = 0; w < words; w++) {
            int bits = Math.min(64, b.length - w * 64);
            unset += Long.bitCount(~row[w] & -1L >>> (64 - bits));
        }
        return unset;
    }

    /** For each byte that occurs in a, the set of its positions in b. */
    private long[][] positionsInB(int words) {
        long[][] positions = new long[256][];
        for (byte value : a) {
            if (positions[value & 0xff] == null) {
                positions[value & 0xff] = new long[words];
            }
        }
        for (int j = 0; j < b.length; j++) {
            long[] of = positions[b[j] & 0xff];
            if (of != null) {
                of[j >>> 6] |= 1L << j;
            }
        }
        return positions;
    }

    private void keep(long[] row, long offset) {
        int target = (int) (offset >>> 6);
        int shift = (int) offset & 63;
        for (int w = 0; w < row.length; w++) {
            int bits = Math.min(64, b.length - w * 64);
            long word = row[w] & -1L >>> (64 - bits);
            rows[target + w] |= word << shift;
            if (shift + bits > 64) {
                rows[target + w + 1] |= word >>> (64 - shift);
            }
        }
    }
}
