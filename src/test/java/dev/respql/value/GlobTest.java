package dev.respql.value;

import static dev.respql.value.Vectors.latin;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Expectations are a real redis-server's: of KEYS, and of commands that ignore case. */
class GlobTest {
    @ParameterizedTest
    @CsvSource({"glob.txt,false", "glob-ignore-case.txt,true"})
    void matchesAsRecorded(String file, boolean ignoreCase) {
        List<String[]> lines = Vectors.read(file);
        List<byte[]> texts = Arrays.stream(lines.get(0)).map(Vectors::bytes).toList();
        for (String[] line : lines.subList(1, lines.size())) {
            byte[] pattern = Vectors.bytes(line[0]);
            Set<Integer> expected = Arrays.stream(line).skip(1).map(Integer::valueOf).collect(Collectors.toSet());
            Set<Integer> matched = IntStream.range(0, texts.size())
                    .filter(i -> Glob.matches(pattern, texts.get(i), ignoreCase)).boxed()
                    .collect(Collectors.toCollection(HashSet::new));
            assertEquals(expected, matched, () -> Bytes.printable(pattern));
            if (!ignoreCase) {
                checkPrefix(pattern, texts, matched);
            }
        }
    }

    private static void checkPrefix(byte[] pattern, List<byte[]> texts, Set<Integer> matched) {
        byte[] prefix = Glob.literalPrefix(pattern);
        for (int i = 0; i < texts.size(); i++) {
            byte[] text = texts.get(i);
            if (Glob.isLiteral(pattern)) {
                assertEquals(Arrays.equals(prefix, text), matched.contains(i), () -> Bytes.printable(pattern));
            } else if (matched.contains(i)) {
                assertArrayEquals(prefix, Arrays.copyOf(text, prefix.length), () -> Bytes.printable(pattern));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"'',''", "a,a", "*,a", "**,a", "a*,a", "a**,a", "*a,a", "*a,bba", "a*c,abbc", "a*c,ac",
        "a*b*c,a1b2b3c",
        "?,a", "??,ab", "h?llo,hallo", "h[ae]llo,hello", "h[^e]llo,hallo", "h[a-b]llo,hbllo", "[b-a],a", "[a-],a",
        "[a-],_", "[-a],-", "[a,a", "[^,a", "[^a,b", "[a-c,b", "[a-]x],x", "[a-]],]", "[\\]],]", "[\\-],-",
        "[a\\-c],-", "[\\,\\", "\\*,*", "\\a,a", "\\\\,\\", "\\,\\", "a\\,a\\", "*\\,a\\", "[^^],a", "[^]],a]",
        "[a^],^",
        "[!a],!", "'[ -~]',q", "\u00e9,\u00e9", "[a-\u00e9],A", "[\u00e0-\u00e9],\u00e5", "*a*b*,xaxbx"})
    void matches(String pattern, String text) {
        assertTrue(Glob.matches(latin(pattern), latin(text), false));
        assertTrue(Glob.matches(latin(pattern), latin(text), true));
    }

    @ParameterizedTest
    @CsvSource({"'',a", "a,''", "*,''", "**,''", "?,''", "[^,''", "a,b", "a,aa", "aa,a", "?,ab", "??,a", "*a,b",
        "a*,b",
        "a*c,ab", "a*c,acb", "[a],b", "[^a],a", "[],a", "[],]", "[]a],]", "[]a],a]", "[a-],-", "[,a", "[,[",
        "[a-],b", "\\*,a", "\\?,b",
        "\\[a],a", "\\,a", "[a-\u00e9],b", "[^]],b", "[^]],]", "a?,a", "a*?,a", "[!a],b", "a\\,a"})
    void doesNotMatch(String pattern, String text) {
        assertFalse(Glob.matches(latin(pattern), latin(text), false));
        assertFalse(Glob.matches(latin(pattern), latin(text), true));
    }

    @ParameterizedTest
    @CsvSource({"ABC,abc", "abc,ABC", "[A],a", "[a],A", "[A-C],b", "[a-c],B", "\\A,a", "*X,zzx"})
    void mayIgnoreCase(String pattern, String text) {
        assertFalse(Glob.matches(latin(pattern), latin(text), false));
        assertTrue(Glob.matches(latin(pattern), latin(text), true));
    }

    @ParameterizedTest
    @CsvSource({"[\\A],a", "[Z-a],z", "[Z-a],a", "\u00c9,\u00e9", "[,{", "@,`"})
    void doesNotIgnoreMoreThanRedis(String pattern, String text) {
        assertFalse(Glob.matches(latin(pattern), latin(text), true));
    }

    @Test
    void zeroBytesAreOrdinary() {
        assertTrue(Glob.matches(latin("a\0*"), latin("a\0b"), false));
        assertFalse(Glob.matches(latin("a\0b"), latin("a\0c"), false));
        assertFalse(Glob.matches(latin("a"), latin("a\0"), false));
    }

    @Test
    void manyStarsTakeNoExponentialTime() {
        assertFalse(Glob.matches(latin("a*".repeat(500) + "b"), latin("a".repeat(2_000) + "c"), false));
        assertFalse(Glob.matches(latin("*?".repeat(500) + "[b]"), latin("a".repeat(2_000)), false));
        assertTrue(Glob.matches(latin("*a".repeat(500)), latin("a".repeat(2_000)), false));
    }

    @Test
    void aThousandStarsAreTheMost() {
        byte[] text = latin("a".repeat(1500));
        assertTrue(Glob.matches(latin("*a".repeat(1000)), text, false));
        assertFalse(Glob.matches(latin("*a".repeat(1001)), text, false));
        assertTrue(Glob.matches(latin("a*".repeat(1001)), text, false));
        assertFalse(Glob.matches(latin("a*".repeat(1001) + "a"), text, false));
        assertTrue(Glob.matches(latin("*".repeat(2000) + "a"), text, false));
    }

    @ParameterizedTest
    @CsvSource({"'',''", "abc,abc", "abc*,abc", "*abc,''", "a?c,a", "a[b]c,a", "a\\*b*c,a*b", "a\\\\*,a\\", "a\\,a\\",
        "a\\bc,abc", "a\\[b],a[b]", "a],a]", "user:{1}:*,user:{1}:", "^a-b*,^a-b"})
    void findsTheLiteralPrefix(String pattern, String prefix) {
        assertArrayEquals(latin(prefix), Glob.literalPrefix(latin(pattern)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "abc", "a\\*", "a\\?b", "\\[a]", "a\\", "\\\\", "a]b", "^-"})
    void knowsALiteral(String pattern) {
        assertTrue(Glob.isLiteral(latin(pattern)));
        assertTrue(Glob.matches(latin(pattern), Glob.literalPrefix(latin(pattern)), false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "a*", "?", "a?", "[", "[a]", "\\\\*", "\\a?", "a\\**"})
    void knowsWhatIsNoLiteral(String pattern) {
        assertFalse(Glob.isLiteral(latin(pattern)));
    }
}
