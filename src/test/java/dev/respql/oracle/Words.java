package dev.respql.oracle;

import dev.respql.testing.Bytes;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * The words that random commands are made of: few keys, fields and members, so that commands meet on the same data,
 * and the values that such servers get wrong. Everything is drawn from one seeded {@link Random}: the same seed gives
 * the same words. Not thread-safe.
 *
 * <p>Times: whatever expires does so hours from now, at a fixed date in the far future, or long ago, and never while a
 * run lasts. Numbers are chosen so that no command can ask a server for much memory (see {@link #INTEGERS}).
 */
final class Words {
    /** Fixed dates far from now, in seconds: 2100-01-01, one second later, 2200-01-01. */
    private static final long[] FIXED_SECONDS = {4_102_444_800L, 4_102_444_801L, 7_258_118_400L};

    private static final String[] KINDS = {"s", "h", "l", "t", "z", "n"};

    private static final List<byte[]> ODD_KEYS = List.of(Bytes.of(""), Bytes.latin1("\u0000\u00ff\r\n"),
            Bytes.of("with space"), Bytes.of("s*"), Bytes.of("[s]1"), Bytes.of("clé"), Bytes.of("k".repeat(600)));

    private static final List<byte[]> PLAIN_VALUES = bytes("a", "b", "hello", "Hello World", "foo", "bar");

    private static final List<byte[]> ODD_VALUES = List.of(Bytes.of(""), Bytes.latin1("\u0000\u0001\u00ff\u00fe"),
            Bytes.latin1("line\r\nbreak"), Bytes.of("été"), Bytes.of("x".repeat(44)), Bytes.of("x".repeat(45)),
            Bytes.of("y".repeat(64)), Bytes.of("y".repeat(65)), Bytes.of("z".repeat(3000)));

    /**
     * Integers at the edges, in and out of range. None between a million and 2^40, which as an offset would make a
     * server allocate it, nor −2^63+1, which as a count of SRANDMEMBER would do the same.
     */
    private static final List<byte[]> INTEGERS = bytes("0", "1", "-1", "2", "-2", "3", "5", "7", "-3", "10", "-10",
            "100", "-100", "9999", "10000", "9223372036854775807", "9223372036854775806", "-9223372036854775808");

    private static final List<byte[]> NOT_INTEGERS = bytes("", "abc", "1.5", "-0", "+1", " 1", "1 ", "01", "0x10",
            "1e3", "9223372036854775808", "-9223372036854775809", "18446744073709551616", "--1", "-", "1\0");

    private static final List<byte[]> FLOATS = bytes("0", "1", "-1", "0.1", "0.2", "1.5", "-2.25", "3.0e3", "5.0e-3",
            "10", "100", "3.14159265358979", "1e17", "123456789.123456789", "1e-7", "0.000001", "-0", "-0.0", "1e21",
            "17179869184", "9007199254740993", "0.30000000000000004", "2.5e15", ".5", "5.");

    private static final List<byte[]> ODD_FLOATS = bytes("inf", "-inf", "+inf", "infinity", "nan", "-nan", "1e400",
            "-1e400", "1e308", "-1.7976931348623157e308", "5e-324", "4.9e-400", "", "abc", " 1", "1 ", "0x1p3", "0x10",
            "1e", "1.2.3", "--1", "+1.5", "1e+2", "Inf", "1\0");

    private static final List<byte[]> PATTERNS = List.of(Bytes.of("*"), Bytes.of("s*"), Bytes.of("?1"),
            Bytes.of("[sh]1"), Bytes.of("[^s]*"), Bytes.of("s[1-2]"), Bytes.of("s[2-1]"), Bytes.of("\\s1"),
            Bytes.of(""), Bytes.latin1("*\u00ff*"), Bytes.of("["), Bytes.of("[s"), Bytes.of("s1\\"), Bytes.of("**1"),
            Bytes.of("s\\*"), Bytes.of("[]"), Bytes.of("[^]"), Bytes.of("f?"), Bytes.of("*a*"), Bytes.of("[\\s]1"));

    private final Random random;
    private final Set<Integer> usedHours = new HashSet<>();

    Words(long seed) {
        random = new Random(seed);
    }

    /** From 0 to {@code bound} exclusive. */
    int below(int bound) {
        return random.nextInt(bound);
    }

    /** True in {@code percent} of a hundred calls. */
    boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    <T> T pick(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    /** One of a thousand names, for collections that grow beyond what fits in one piece anywhere. */
    byte[] manyMember() {
        return Bytes.of("m" + below(1000));
    }

    /** A position or score from −500 to 500, which reaches into large collections. */
    byte[] far() {
        return Bytes.of(below(1001) - 500);
    }

    /** A key mostly used for values of one kind: s(trings), h(ashes), l(ists), t (sets), z and n (sorted sets). */
    byte[] key(String kind) {
        int die = below(100);
        if (die < 80) {
            return Bytes.of(kind + (1 + below(3)));
        }
        return die < 94 ? key() : pick(ODD_KEYS);
    }

    /** A key of any kind. */
    byte[] key() {
        return Bytes.of(KINDS[below(KINDS.length)] + (1 + below(3)));
    }

    /** A value of a string, field or element: text, numbers, binary, and of the lengths where encodings change. */
    byte[] value() {
        int die = below(100);
        if (die < 40) {
            return pick(PLAIN_VALUES);
        }
        if (die < 60) {
            return pick(INTEGERS);
        }
        if (die < 70) {
            return pick(FLOATS);
        }
        if (die < 75) {
            return pick(NOT_INTEGERS);
        }
        if (die < 80) {
            return pick(ODD_FLOATS);
        }
        return pick(ODD_VALUES);
    }

    /** A field of a hash or a member of a set or sorted set: few names, some of them numbers, some odd. */
    byte[] member() {
        int die = below(100);
        if (die < 60) {
            return Bytes.of("f" + below(6));
        }
        if (die < 80) {
            return Bytes.of(String.valueOf(below(5)));
        }
        return die < 90 ? pick(PLAIN_VALUES) : value();
    }

    /** An integer, small or at an edge; one in twelve is none. */
    byte[] integer() {
        return chance(8) ? pick(NOT_INTEGERS) : pick(INTEGERS);
    }

    /** A small integer, from −4 to 5: a position, count or index that often hits something. */
    byte[] small() {
        return chance(8) ? integer() : Bytes.of(below(10) - 4);
    }

    /** A floating-point number; one in six is odd or none. */
    byte[] floating() {
        return chance(16) ? pick(ODD_FLOATS) : pick(FLOATS);
    }

    byte[] pattern() {
        return pick(PATTERNS);
    }

    /** The number of a database: mostly 0 and 1, seldom another or one that does not exist. */
    byte[] database() {
        int die = below(100);
        if (die < 70) {
            return Bytes.of(below(2));
        }
        return die < 90 ? Bytes.of(below(16)) : pick(bytes("16", "-1", "abc", "", "1.0", "9223372036854775807", "99"));
    }

    /** A duration that does not end during the run, in seconds, or one that is refused or already over. */
    byte[] duration(long unitsPerSecond) {
        if (chance(15)) {
            return pick(bytes("0", "-1", "-100", "9223372036854775807", "-9223372036854775808", "abc", "",
                    "9223372036854775", "99999999999999999", "1.5"));
        }
        int hours;
        do {
            // Each duration is used once, so that which of two ends first never hangs on milliseconds.
            hours = 2 + below(20_000);
        } while (!usedHours.add(hours));
        return Bytes.of(hours * 3600L * unitsPerSecond);
    }

    /** A point in time, in seconds or milliseconds since 1970: a fixed far one, or one long ago, or none. */
    byte[] instant(long unitsPerSecond) {
        if (chance(20)) {
            return pick(bytes("0", "-1", "1", "1000000000", "-9223372036854775808", "9223372036854775807", "abc"));
        }
        long fraction = unitsPerSecond == 1 ? 0 : pick(List.of(0L, 1L, 499L, 500L, 999L));
        return Bytes.of(FIXED_SECONDS[below(FIXED_SECONDS.length)] * unitsPerSecond + fraction);
    }

    /** A word from anywhere, to put where it does not belong. */
    byte[] any() {
        return switch (below(6)) {
            case 0 -> key();
            case 1 -> value();
            case 2 -> integer();
            case 3 -> floating();
            case 4 -> pick(bytes("NX", "XX", "GET", "COUNT", "MATCH", "WITHSCORES", "REPLACE", "LIMIT", "LEFT", "EX",
                    "PX", "KEEPTTL", "BEFORE", "WEIGHTS", "BY", "STORE", "DB", "nonsense", "(1", "[a", "+", "-"));
            default -> pick(ODD_VALUES.subList(0, 4));
        };
    }

    /** True when this point in time, in milliseconds, is one of those of {@link #instant}, far from now. */
    static boolean isFixedInstant(long milliseconds) {
        for (long seconds : FIXED_SECONDS) {
            if (milliseconds / 1000 == seconds) {
                return true;
            }
        }
        return false;
    }

    static List<byte[]> bytes(String... words) {
        return Arrays.stream(words).map(Bytes::latin1).toList();
    }
}
