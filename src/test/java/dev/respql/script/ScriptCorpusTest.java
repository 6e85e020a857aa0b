package dev.respql.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.respql.testing.RedisForTests;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every script of the corpus (src/test/resources/script) gives the same bytes as in a real redis-server. */
class ScriptCorpusTest {
    /** Turns all that an expression gives, or the error that it raises, into texts. */
    private static final String PRELUDE = """
            local function order(t)
                local list = {}
                for k, v in pairs(t) do list[#list + 1] = tostring(k) .. '=' .. tostring(v) end
                return table.concat(list, ' ')
            end
            local function hex(bytes)
                return (bytes:gsub('.', function(c) return ('%02x'):format(c:byte()) end))
            end
            local function show(...)
                local list = {}
                for i = 1, select('#', ...) do
                    local value = select(i, ...)
                    local kind = type(value)
                    list[i] = kind == 'string' and value or kind == 'number' and '#' .. tostring(value)
                        or kind == 'table' and 'table ' .. order(value) or kind == 'function' and kind or kind == 'thread'
                        and kind or '<' .. tostring(value) .. '>'
                end
                return list
            end
            return show(pcall(function() return\s""";
    private static Comparison resp2;
    private static Comparison resp3;

    @BeforeAll
    static void start() {
        RedisForTests redis = RedisForTests.shared();
        assumeTrue(redis.version().isAtLeast(7, 0), "errors of scripts were worded otherwise before Redis 7");
        resp2 = new Comparison(redis, 2);
        resp3 = new Comparison(redis, 3);
    }

    @AfterAll
    static void stop() {
        if (resp2 != null) {
            resp2.close();
            resp3.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"smoke", "redis"})
    void scriptsReplyAsInRedis(String corpus) throws IOException {
        StringBuilder expected = new StringBuilder();
        StringBuilder actual = new StringBuilder();
        for (String script : scripts(corpus)) {
            compare(resp2, script, expected, actual);
            compare(resp3, script, expected, actual);
        }
        assertEquals(expected.toString(), actual.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"numbers", "strings", "tables", "errors", "libraries"})
    void expressionsGiveWhatTheyGiveInRedis(String corpus) throws IOException {
        StringBuilder expected = new StringBuilder();
        StringBuilder actual = new StringBuilder();
        for (String expression : read(corpus + ".expressions.txt").split("\n(?=\\S)")) {
            compare(resp2, PRELUDE + expression + "\nend))", expected, actual);
        }
        assertEquals(expected.toString(), actual.toString());
    }

    private static void compare(Comparison comparison, String script, StringBuilder expected, StringBuilder actual) {
        String oracle = comparison.oracle(script);
        String respql = comparison.respql(script);
        if (!oracle.equals(respql)) {
            expected.append(script).append("\n=> ").append(oracle).append('\n');
            actual.append(script).append("\n=> ").append(respql).append('\n');
        }
    }

    /** The scripts of a file: each ends at a line of three dashes. The file's bytes are the scripts' bytes. */
    private static List<String> scripts(String corpus) throws IOException {
        List<String> scripts = new ArrayList<>();
        for (String script : read(corpus + ".txt").split("\n---\n")) {
            if (!script.isBlank()) {
                scripts.add(script);
            }
        }
        return scripts;
    }

    private static String read(String file) throws IOException {
        try (InputStream in = ScriptCorpusTest.class.getResourceAsStream("/script/" + file)) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }
}
