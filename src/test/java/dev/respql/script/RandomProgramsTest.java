package dev.respql.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.respql.testing.RedisForTests;
import org.junit.jupiter.api.Test;

/** Programs written at random reply as in a real redis-server. More of them: {@code -Drespql.test.programs=100000}. */
class RandomProgramsTest {
    private static final int PROGRAMS = Integer.getInteger("respql.test.programs", 500);
    private static final long FIRST_SEED = Long.getLong("respql.test.seed", 1);

    @Test
    void programsReplyAsInRedis() {
        RedisForTests redis = RedisForTests.shared();
        assumeTrue(redis.version().isAtLeast(7, 0));
        try (Comparison comparison = new Comparison(redis, 2)) {
            for (long seed = FIRST_SEED; seed < FIRST_SEED + PROGRAMS; seed++) {
                String program = RandomPrograms.program(seed);
                assertEquals(comparison.oracle(program), comparison.respql(program), "seed " + seed + "\n" + program);
            }
        }
    }
}
