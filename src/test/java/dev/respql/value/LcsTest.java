package dev.respql.value;

import static dev.respql.value.Vectors.latin;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Expectations are a real redis-server's. */
class LcsTest {
    private static final long DEFAULT_LIMIT = 512L << 20;

    @Test
    void findsAsRecorded() {
        for (String[] line : Vectors.read("lcs.txt")) {
            byte[] a = Vectors.bytes(line[0]);
            byte[] b = Vectors.bytes(line[1]);
            Lcs lcs = Lcs.of(a, b);
            String expected = String.join(" ", List.of(line).subList(3, line.length));
            String matches = lcs.matches(Long.parseLong(line[2])).stream().map(match -> " " + show(match))
                    .collect(Collectors.joining());
            String actual = Vectors.field(lcs.text()) + " " + lcs.length() + matches;
            assertEquals(expected, actual, () -> Bytes.printable(a) + " " + Bytes.printable(b));
            assertEquals(lcs.length(), Lcs.length(a, b));
        }
    }

    @Test
    void findsTheMatchesFromTheLastToTheFirst() {
        Lcs lcs = Lcs.of(latin("ohmytext"), latin("mynewtext"));
        assertEquals("mytext", Bytes.text(lcs.text()));
        assertEquals(6, lcs.length());
        assertEquals(List.of(new Lcs.Match(4, 7, 5, 8), new Lcs.Match(2, 3, 0, 1)), lcs.matches(0));
        assertEquals(List.of(new Lcs.Match(4, 7, 5, 8)), lcs.matches(4));
        assertEquals(List.of(), lcs.matches(5));
        assertEquals(lcs.matches(0), lcs.matches(-1));
        assertEquals(4, lcs.matches(0).get(0).length());
    }

    @Test
    void findsNothingInNothing() {
        for (String[] pair : new String[][] {{"", ""}, {"a", ""}, {"", "a"}, {"abc", "xyz"}}) {
            Lcs lcs = Lcs.of(latin(pair[0]), latin(pair[1]));
            assertEquals(0, lcs.length());
            assertEquals(0, lcs.text().length);
            assertEquals(List.of(), lcs.matches(0));
        }
    }

    @Test
    void wordsOfBitsFitTogether() {
        for (int length = 60; length < 200; length++) {
            String text = "ab".repeat(length).substring(0, length);
            assertEquals(text, Bytes.text(Lcs.of(latin(text), latin(text)).text()));
            assertEquals(List.of(new Lcs.Match(0, length - 1, 1, length)),
                    Lcs.of(latin(text), latin("x" + text)).matches(length));
        }
    }

    @Test
    void aLongStringBesideAShortOneNeedsLittleMemory() {
        byte[] longer = new byte[10_000_000];
        longer[7_000_000] = 'x';
        assertEquals(List.of(new Lcs.Match(7_000_000, 7_000_000, 0, 0)), Lcs.of(longer, latin("x")).matches(0));
        assertEquals(List.of(new Lcs.Match(0, 0, 7_000_000, 7_000_000)), Lcs.of(latin("x"), longer).matches(0));
    }

    @Test
    void refusesWhatRedisHasNoMemoryFor() {
        assertTrue(Lcs.fits(11584, 11584, DEFAULT_LIMIT));
        assertFalse(Lcs.fits(11584, 11585, DEFAULT_LIMIT));
        assertTrue(Lcs.fits(1, 67_108_863, DEFAULT_LIMIT));
        assertFalse(Lcs.fits(1, 67_108_864, DEFAULT_LIMIT));
        assertTrue(Lcs.fits(0, 67_108_864, DEFAULT_LIMIT));
        assertFalse(Lcs.fits(Integer.MAX_VALUE, Integer.MAX_VALUE, DEFAULT_LIMIT));
        assertTrue(Lcs.fits(0, 0, 4));
        assertFalse(Lcs.fits(0, 0, 3));
    }

    private static String show(Lcs.Match match) {
        return match.aStart() + "-" + match.aEnd() + "/" + match.bStart() + "-" + match.bEnd() + "/" + match.length();
    }
}
