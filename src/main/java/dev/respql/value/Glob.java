package dev.respql.value;

import java.util.Arrays;

/**
 * Glob patterns as KEYS, SCAN MATCH, PSUBSCRIBE and CONFIG GET understand them: {@code *}, {@code ?}, classes such as
 * {@code [a-z]} and {@code [^x]}, and {@code \} before a byte that stands for itself. Thread-safe.
 */
public final class Glob {
    private static final int MAXIMUM_STARS = 1000;

    private Glob() {
    }

    /**
     * Whether the whole text matches the pattern. Costs at most pattern length times text length, whatever the
     * pattern. Every pattern is valid; Redis's oddities are kept:
     * <ul>
     * <li>the empty text is matched by the empty pattern only, not even by {@code *};
     * <li>a class without its ']' ends with the pattern, so {@code [ab} matches "a" and {@code [^} any byte;
     * <li>a range may be written backwards, takes any byte as its end, even ']', and compares bytes as signed numbers;
     * <li>a backslash that ends the pattern stands for itself;
     * <li>nothing matches beyond a thousand stars with something else between them (since Redis 7.2.6, where it bounds
     * a recursion).
     * </ul>
     *
     * @param ignoreCase whether ASCII letters match their other case, too (not after a backslash inside a class)
     */
    public static boolean matches(byte[] pattern, byte[] text, boolean ignoreCase) {
        if (text.length == 0) {
            return pattern.length == 0;
        }
        int p = 0;
        int t = 0;
        // Where to go on when what follows the last star fails: that star takes one byte more. Earlier stars need no
        // second chance, since whatever they could reach the last one reaches, too.
        int afterStar = -1;
        int starEnd = 0;
        int stars = 0;
        while (t < text.length) {
            if (p < pattern.length && pattern[p] == '*') {
                p = skipStars(pattern, p);
                if (p == pattern.length) {
                    return true;
                }
                if (++stars > MAXIMUM_STARS) {
                    return false;
                }
                afterStar = p;
                starEnd = t;
                continue;
            }
            int next = p < pattern.length ? step(pattern, p, text[t], ignoreCase) : -1;
            if (next >= 0) {
                p = next;
                t++;
            } else if (afterStar >= 0) {
                p = afterStar;
                t = ++starEnd;
            } else {
                return false;
            }
        }
        return skipStars(pattern, p) == pattern.length;
    }

    /**
     * The bytes that every text matched with regard to case begins with; the empty array when there are none. Of a
     * {@linkplain #isLiteral literal} pattern it is the one text that matches.
     */
    public static byte[] literalPrefix(byte[] pattern) {
        byte[] prefix = new byte[pattern.length];
        int length = 0;
        for (int p = 0; p < pattern.length && !isSpecial(pattern[p]); p++) {
            if (pattern[p] == '\\' && p + 1 < pattern.length) {
                p++;
            }
            prefix[length++] = pattern[p];
        }
        return Arrays.copyOf(prefix, length);
    }

    /** Whether the pattern has no {@code *}, {@code ?} or class, so that only {@link #literalPrefix} matches it. */
    public static boolean isLiteral(byte[] pattern) {
        for (int p = 0; p < pattern.length; p++) {
            if (isSpecial(pattern[p])) {
                return false;
            }
            if (pattern[p] == '\\') {
                p++;
            }
        }
        return true;
    }

    private static boolean isSpecial(byte b) {
        return b == '*' || b == '?' || b == '[';
    }

    private static int skipStars(byte[] pattern, int p) {
        while (p < pattern.length && pattern[p] == '*') {
            p++;
        }
        return p;
    }

    /** Matches one byte with the element at {@code p}; the position of the next element, or -1 for no match. */
    private static int step(byte[] pattern, int p, byte b, boolean ignoreCase) {
        switch (pattern[p]) {
            case '?':
                return p + 1;
            case '[':
                return stepClass(pattern, p + 1, b, ignoreCase);
            case '\\':
                if (p + 1 < pattern.length) {
                    p++;
                }
                break;
            default:
                break;
        }
        return same(pattern[p], b, ignoreCase) ? p + 1 : -1;
    }

    private static int stepClass(byte[] pattern, int p, byte b, boolean ignoreCase) {
        boolean negated = p < pattern.length && pattern[p] == '^';
        if (negated) {
            p++;
        }
        boolean found = false;
        while (p < pattern.length && pattern[p] != ']') {
            if (pattern[p] == '\\' && p + 1 < pattern.length) {
                p++;
                found |= pattern[p] == b;
            } else if (p + 2 < pattern.length && pattern[p + 1] == '-') {
                found |= inRange(pattern[p], pattern[p + 2], b, ignoreCase);
                p += 2;
            } else {
                found |= same(pattern[p], b, ignoreCase);
            }
            p++;
        }
        if (found == negated) {
            return -1;
        }
        return Math.min(p + 1, pattern.length);
    }

    private static boolean inRange(byte from, byte to, byte b, boolean ignoreCase) {
        byte low = from <= to ? from : to;
        byte high = from <= to ? to : from;
        return ignoreCase
                ? Bytes.lower(b) >= Bytes.lower(low) && Bytes.lower(b) <= Bytes.lower(high)
                : b >= low && b <= high;
    }

    private static boolean same(byte a, byte b, boolean ignoreCase) {
        return a == b || ignoreCase && Bytes.lower(a) == Bytes.lower(b);
    }
}
