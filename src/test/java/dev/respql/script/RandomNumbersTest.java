package dev.respql.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.respql.testing.RedisForTests;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Doubles of all kinds are printed, read and computed with as in a real redis-server. */
class RandomNumbersTest {
    private static final int SCRIPTS = 100;
    private static final int PER_SCRIPT = 20;

    @Test
    void numbersAreAsInRedis() {
        RedisForTests redis = RedisForTests.shared();
        assumeTrue(redis.version().isAtLeast(7, 0));
        Random random = new Random(20261121);
        try (Comparison comparison = new Comparison(redis, 2)) {
            for (int i = 0; i < SCRIPTS; i++) {
                StringBuilder script = new StringBuilder("local r = {} local function p(x, y) r[#r + 1] = tostring(x)"
                        + " r[#r + 1] = x .. '' r[#r + 1] = ('%.17g %g %.3f %e %d %5.1f'):format(x, x, x, x, x, x)"
                        + " r[#r + 1] = tostring(x + y) .. ' ' .. tostring(x * y) .. ' ' .. tostring(x / y) .. ' '"
                        + " .. tostring(x % y) .. ' ' .. tostring(x - y) .. ' ' .. tostring(-x)"
                        + " r[#r + 1] = tostring(x < y) .. tostring(x == y) .. tostring(math.floor(x)) .. cjson.encode({x})"
                        + " r[#r + 1] = cmsgpack.pack(x) .. struct.pack('>dfl', x, x, x) .. bit.tohex(x) .. bit.tobit(x)"
                        + " r[#r + 1] = tostring(tonumber(tostring(x))) .. ' ' .. tostring(math.fmod(x, y)) end\n");
                for (int j = 0; j < PER_SCRIPT; j++) {
                    script.append("p(").append(number(random)).append(", ").append(number(random)).append(")\n");
                }
                script.append("return r");
                assertEquals(comparison.oracle(script.toString()), comparison.respql(script.toString()), script::toString);
            }
        }
    }

    /** Of any magnitude, or an integer, or with few decimals. */
    private static String number(Random random) {
        double number;
        switch (random.nextInt(5)) {
            case 0:
                do {
                    number = Double.longBitsToDouble(random.nextLong());
                } while (Double.isNaN(number) || Double.isInfinite(number));
                break;
            case 1:
                number = random.nextInt();
                break;
            case 2:
                number = random.nextLong();
                break;
            case 3:
                number = random.nextInt(2_000_000) / 1000.0 - 1000;
                break;
            default:
                number = random.nextGaussian() * Math.pow(10, random.nextInt(30) - 15);
        }
        return number < 0 ? "(" + number + ")" : String.valueOf(number);
    }
}
