package dev.respql.value;

import static dev.respql.value.Vectors.latin;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class BytesTest {
    private static final byte[] ALL = new byte[256];

    static {
        for (int i = 0; i < ALL.length; i++) {
            ALL[i] = (byte) i;
        }
    }

    @Test
    void comparesWithoutSigns() {
        List<String> ordered = List.of("", "\0", "\0\0", "A", "a", "a\0", "aa", "ab", "b", "\u007f", "\u0080", "\u00ff",
                "\u00ff\u00ff");
        for (int i = 0; i < ordered.size(); i++) {
            for (int j = 0; j < ordered.size(); j++) {
                assertEquals(Integer.signum(Integer.compare(i, j)),
                        Integer.signum(Bytes.compare(latin(ordered.get(i)), latin(ordered.get(j)))));
            }
        }
    }

    /** As redis-server's MONITOR shows ECHO of all bytes. */
    @Test
    void printsAllBytes() {
        StringBuilder expected = new StringBuilder("\"");
        for (int i = 0; i < ALL.length; i++) {
            String escaped = switch (i) {
                case 7 -> "\\a";
                case 8 -> "\\b";
                case 9 -> "\\t";
                case 10 -> "\\n";
                case 13 -> "\\r";
                case '"' -> "\\\"";
                case '\\' -> "\\\\";
                default -> i >= 32 && i < 127 ? String.valueOf((char) i) : String.format("\\x%02x", i);
            };
            expected.append(escaped);
        }
        assertEquals(expected.append('"').toString(), Bytes.printable(ALL));
        assertEquals("\"a\\x00b\\xe9\"", Bytes.printable(latin("a\0b\u00e9")));
        assertEquals("\"\"", Bytes.printable(new byte[0]));
    }

    @Test
    void whatIsPrintedReadsBackAsAnInlineArgument() {
        
        assertArrayEquals(ALL,
                InlineArguments.split(Bytes.of(Bytes.printable(ALL))).get(0));
    }

    @Test
    void goesToTextAndBack() {
        assertArrayEquals(ALL, Bytes.text(ALL).getBytes(StandardCharsets.ISO_8859_1));
        assertArrayEquals(new byte[] {'a', (byte) 0xc3, (byte) 0xa9}, Bytes.of("a\u00e9"));
        assertArrayEquals(new byte[] {'G', 'E', 'T'}, Bytes.of("GET"));
    }

    @Test
    void ignoresTheCaseOfAsciiLettersOnly() {
        assertTrue(Bytes.equalsIgnoreCase(latin("GeT"), "get"));
        assertTrue(Bytes.equalsIgnoreCase(latin("get"), "GET"));
        assertTrue(Bytes.equalsIgnoreCase(latin(""), ""));
        assertFalse(Bytes.equalsIgnoreCase(latin("ge"), "get"));
        assertFalse(Bytes.equalsIgnoreCase(latin("gett"), "get"));
        assertFalse(Bytes.equalsIgnoreCase(latin("[\\]"), "{|}"));
        assertFalse(Bytes.equalsIgnoreCase(latin("@"), "`"));
        assertFalse(Bytes.equalsIgnoreCase(latin("\u00e9"), "\u00c9"));
    }
}
