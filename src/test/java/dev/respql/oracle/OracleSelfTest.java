package dev.respql.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.testing.Bytes;
import dev.respql.testing.RedisForTests;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The comparison finds nothing between two redis-servers, and finds one wrong reply or one wrong element. */
class OracleSelfTest {
    private static RedisForTests other;

    @BeforeAll
    static void startOther() {
        other = RedisForTests.start();
    }

    @AfterAll
    static void stopOther() {
        other.close();
    }

    @ParameterizedTest(name = "RESP{0}")
    @ValueSource(ints = {2, 3})
    void redisEqualsRedis(int protocol) {
        // DBSIZE of a redis-server counts expired keys for a while; only respql must not.
        Oracle oracle = new Oracle("another redis-server", RedisForTests.shared(), Target.redis(other::port), protocol,
                Set.of(), Set.of("DBSIZE"));
        assertEquals(Set.of(), oracle.unknownCommands());
        long end = System.nanoTime() + Integer.getInteger("oracle.selfseconds", 0) * 1_000_000_000L;
        for (long seed = 1; seed <= 6 || System.nanoTime() < end; seed++) {
            oracle.run(seed).ifPresent(report -> {
                throw new AssertionError(report.text());
            });
        }
        if (Boolean.getBoolean("oracle.verbose")) {
            System.out.println(oracle.tally());
        }
    }

    @Test
    void findsOneWrongReply() throws IOException {
        Oracle.Report report = firstReport("strings", request -> request,
                reply -> replace(reply, "$5\r\nhello\r\n", "$5\r\nhellO\r\n"));
        assertTrue(report.text().contains("seed ") && report.text().contains("hellO"), report.text());
        assertTrue(report.history().size() <= 2, report.text());
    }

    @Test
    void findsOneElementInTheWrongPlace() throws IOException {
        Oracle.Report report = firstReport("lists", request -> replace(request, "$5\r\nRPUSH", "$5\r\nLPUSH"),
                reply -> reply);
        assertTrue(report.history().stream().anyMatch(step -> step.name().equals("RPUSH")), report.text());
        assertTrue(report.history().size() <= 4, report.text());
    }

    private static Oracle.Report firstReport(String family, UnaryOperator<byte[]> request,
            UnaryOperator<byte[]> reply) throws IOException {
        try (LyingProxy proxy = new LyingProxy(other.port(), request, reply)) {
            Oracle oracle = new Oracle("a liar", RedisForTests.shared(), Target.redis(proxy::port), 2,
                    Set.of(family), Set.of());
            for (long seed = 1; seed <= 20; seed++) {
                Optional<Oracle.Report> report = oracle.run(seed);
                if (report.isPresent()) {
                    return report.get();
                }
            }
        }
        throw new AssertionError("20 histories and no difference found");
    }

    private static byte[] replace(byte[] bytes, String word, String by) {
        return Bytes.latin1(new String(bytes, StandardCharsets.ISO_8859_1).replace(word, by));
    }
}
