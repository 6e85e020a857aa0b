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
    @ValueSource(strings = {"smoke"})
    void scriptsReplyAsInRedis(String corpus) throws IOException {
        StringBuilder expected = new StringBuilder();
        StringBuilder actual = new StringBuilder();
        for (String script : scripts(corpus)) {
            compare(resp2, script, expected, actual);
            compare(resp3, script, expected, actual);
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
        try (InputStream in = ScriptCorpusTest.class.getResourceAsStream("/script/" + corpus + ".txt")) {
            List<String> scripts = new ArrayList<>();
            for (String script : new String(in.readAllBytes(), StandardCharsets.ISO_8859_1).split("\n---\n")) {
                if (!script.isBlank()) {
                    scripts.add(script);
                }
            }
            return scripts;
        }
    }
}
