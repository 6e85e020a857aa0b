package dev.respql.value;

import static dev.respql.value.Vectors.latin;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Expectations are a real redis-server's: of inline commands. */
class InlineArgumentsTest {
    @Test
    void splitsAsRecorded() {
        for (String[] line : Vectors.read("inline.txt")) {
            String[] parts = String.join(" ", line).split("\\|", 2);
            List<byte[]> arguments = InlineArguments.split(Vectors.bytes(parts[0]));
            String actual = arguments == null ? "unbalanced"
                    : String.join(" ", arguments.stream().map(Vectors::field).toList());
            assertEquals(parts[1], actual, () -> Bytes.printable(Vectors.bytes(parts[0])));
        }
    }

    @Test
    void splitsAtBlanks() {
        assertSplit("set key value", "set", "key", "value");
        assertSplit("  set \t key\r\n", "set", "key");
        assertSplit("");
        assertSplit(" \t\r\n\u000b\f");
        assertSplit("a\u000bb c\f", "a\u000bb", "c\f");
        assertSplit("a \u000b b", "a", "b");
        assertSplit("\u00e9 \u00ff", "\u00e9", "\u00ff");
    }

    @Test
    void unquotes() {
        assertSplit("\"\" ''", "", "");
        assertSplit("\"a b\" 'c d'", "a b", "c d");
        assertSplit("\"\\n\\r\\t\\b\\a\\\\\\\"\\q\"", "\n\r\t\b\7\\\"q");
        assertSplit("\"\\x41\\xfF\\x00\"", "A\u00ff\0");
        assertSplit("\"\\x4\\xg1\\x\"", "x4xg1x");
        assertSplit("'\\n\\x41\\'\"'", "\\n\\x41'\"");
        assertSplit("\"'\"", "'");
        assertSplit("foo\"bar baz\" x", "foobar baz", "x");
        assertSplit("foo'bar'", "foobar");
        assertSplit("\"a\"\u000b'b'", "a", "b");
        assertSplit("a\\n \\\\", "a\\n", "\\\\");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"", "'", "\"a", "'a", "\"a\"b", "'a'b", "\"a\"\"b\"", "'a''b'", "a\"b", "a \"",
        "\"\\\"", "'\\'",
        "\"a\\", "'a\\", "\"\\x4", "\"a'"})
    void saysThatQuotesAreUnbalanced(String line) {
        assertNull(InlineArguments.split(latin(line)));
    }

    @Test
    void aZeroByteEndsTheLine() {
        assertSplit("a b\0c d", "a", "b");
        assertSplit("\"a\"\0b", "a");
        assertNull(InlineArguments.split(latin("\"a\0\"")));
    }

    private static void assertSplit(String line, String... arguments) {
        assertEquals(Arrays.asList(arguments),
                InlineArguments.split(latin(line)).stream().map(Bytes::text).toList());
    }
}
