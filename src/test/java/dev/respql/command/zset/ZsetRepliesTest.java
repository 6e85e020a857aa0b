package dev.respql.command.zset;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.respql.testing.EachBackend;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Replies in both protocols where redis-server before 7.2 answers otherwise, and scores that must stay exact. */
@EachBackend
class ZsetRepliesTest {
    private static void wire(RespClient client, String expected, Object... command) {
        assertEquals(expected, client.call(command).wire(), () -> List.of(command).toString());
    }

    @Test
    void scoresOfTwoProtocols(RespClient two, RunningServer server) {
        try (RespClient three = server.connect().protocol(3)) {
            wire(two, ":5\r\n", "ZADD", "z", "0.1", "a", "1e100", "b", "-inf", "c", "3", "d", "1e-7", "e");
            wire(two, "$3\r\n0.1\r\n", "ZSCORE", "z", "a");
            wire(three, ",0.1\r\n", "ZSCORE", "z", "a");
            wire(two, "$6\r\n1e+100\r\n", "ZSCORE", "z", "b");
            wire(three, ",1e+100\r\n", "ZSCORE", "z", "b");
            wire(two, "$4\r\n-inf\r\n", "ZSCORE", "z", "c");
            wire(three, ",-inf\r\n", "ZSCORE", "z", "c");
            wire(three, ",3\r\n", "ZSCORE", "z", "d");
            wire(two, "$4\r\n1e-7\r\n", "ZSCORE", "z", "e");
            wire(two, "$-1\r\n", "ZSCORE", "z", "nosuch");
            wire(three, "_\r\n", "ZSCORE", "z", "nosuch");
            wire(two, "*2\r\n$3\r\n0.1\r\n$-1\r\n", "ZMSCORE", "z", "a", "nosuch");
            wire(three, "*2\r\n,0.1\r\n_\r\n", "ZMSCORE", "z", "a", "nosuch");
            wire(two, "*4\r\n$1\r\nc\r\n$4\r\n-inf\r\n$1\r\ne\r\n$4\r\n1e-7\r\n", "ZRANGE", "z", 0, 1, "WITHSCORES");
            wire(three, "*2\r\n*2\r\n$1\r\nc\r\n,-inf\r\n*2\r\n$1\r\ne\r\n,1e-7\r\n", "ZRANGE", "z", 0, 1, "WITHSCORES");
            wire(two, "$19\r\n0.30000000000000004\r\n", "ZINCRBY", "z", "0.2", "a");
            wire(three, ",0.5\r\n", "ZINCRBY", "z", "0.2", "a");
            wire(three, ",1e-7\r\n", "ZADD", "z", "INCR", "0", "e");
            wire(three, "_\r\n", "ZADD", "z", "NX", "INCR", "0", "e");
            wire(three, "*2\r\n$1\r\nc\r\n,-inf\r\n", "ZPOPMIN", "z");
            wire(three, "*1\r\n*2\r\n$1\r\nb\r\n,1e+100\r\n", "ZPOPMAX", "z", 1);
            wire(two, "*2\r\n$1\r\nz\r\n*1\r\n*2\r\n$1\r\ne\r\n$4\r\n1e-7\r\n", "ZMPOP", 2, "nosuch", "z", "MIN");
            wire(three, "*2\r\n$1\r\nz\r\n*1\r\n*2\r\n$1\r\nd\r\n,3\r\n", "ZMPOP", 1, "z", "MAX");
            wire(two, "*-1\r\n", "ZMPOP", 1, "nosuch", "MAX");
            wire(three, "_\r\n", "ZMPOP", 1, "nosuch", "MAX");
            wire(three, "*2\r\n$1\r\n0\r\n*2\r\n$1\r\na\r\n$3\r\n0.5\r\n", "ZSCAN", "z", 0);
            wire(three, "*1\r\n*2\r\n$1\r\na\r\n,0.5\r\n", "ZRANDMEMBER", "z", 1, "WITHSCORES");
            wire(two, "*2\r\n$1\r\na\r\n$3\r\n0.5\r\n", "ZRANDMEMBER", "z", 1, "WITHSCORES");
            wire(three, "*1\r\n*2\r\n$1\r\na\r\n,0.5\r\n", "ZUNION", 1, "z", "WITHSCORES");
        }
    }

    @Test
    void ranksWithScores(RespClient two, RunningServer server) {
        try (RespClient three = server.connect().protocol(3)) {
            two.call("ZADD", "z", 1, "a", "0.1", "b");
            wire(two, "*2\r\n:1\r\n$1\r\n1\r\n", "ZRANK", "z", "a", "WITHSCORE");
            wire(two, "*2\r\n:0\r\n$1\r\n1\r\n", "ZREVRANK", "z", "a", "withscore");
            wire(three, "*2\r\n:1\r\n,0.1\r\n", "ZREVRANK", "z", "b", "WITHSCORE");
            wire(two, "*-1\r\n", "ZRANK", "z", "nosuch", "WITHSCORE");
            wire(three, "_\r\n", "ZRANK", "nosuch", "a", "WITHSCORE");
            wire(two, "$-1\r\n", "ZRANK", "z", "nosuch");
            wire(two, "-ERR syntax error\r\n", "ZRANK", "z", "a", "WITHSCORES");
            wire(two, "-ERR wrong number of arguments for 'zrank' command\r\n", "ZRANK", "z", "a", "WITHSCORE", "more");
            wire(two, "-ERR wrong number of arguments for 'zrevrank' command\r\n", "ZREVRANK", "z");
        }
    }

    /** Each score comes back as the very same number, and orders as it; zeros of both signs are one score. */
    @Test
    void scoresAreExact(RespClient client, RunningServer server) {
        List<Double> scores = new ArrayList<>(List.of(Double.MIN_VALUE, -Double.MIN_VALUE, Double.MIN_NORMAL, Double.MAX_VALUE,
                -Double.MAX_VALUE, Math.PI, 9007199254740993.0, 9.007199254740992e15, 0.1, 1 / 3.0, 1e21, 123456789012345680.0,
                4.35, 5e-324, 2.2250738585072011e-308, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY));
        Random random = new Random(7);
        while (scores.size() < 300) {
            double score = Double.longBitsToDouble(random.nextLong());
            if (!Double.isNaN(score)) {
                scores.add(score);
            }
        }
        for (int i = 0; i < scores.size(); i++) {
            client.queue("ZADD", "z", redis(scores.get(i)), "m" + i);
        }
        client.flush().read(scores.size());
        server.restart();
        try (RespClient again = server.connect()) {
            for (int i = 0; i < scores.size(); i++) {
                assertEquals(scores.get(i), java(again.call("ZSCORE", "z", "m" + i).text()));
                assertEquals(1, again.call("ZCOUNT", "z", redis(scores.get(i)), redis(scores.get(i))).integer()
                        / (scores.stream().filter(scores.get(i)::equals).count()));
            }
            List<Double> sorted = again.call("ZRANGE", "z", 0, -1).texts().stream()
                    .map(member -> scores.get(Integer.parseInt(member.substring(1)))).toList();
            assertEquals(scores.stream().sorted().toList(), sorted);
        }
    }

    /** As in Redis, where a small one is a listpack that knows no negative zero, and a skiplist keeps what it is given. */
    @Test
    void negativeZeros(RespClient client) {
        client.call("ZADD", "z", "-0", "a");
        wire(client, "$1\r\n0\r\n", "ZSCORE", "z", "a");
        for (int i = 0; i < 200; i++) {
            client.queue("ZADD", "z", 1 + i, "m" + i);
        }
        client.flush().read(200);
        client.call("ZADD", "z", "-0", "b", "0", "c", "-0", "d");
        wire(client, "$2\r\n-0\r\n", "ZSCORE", "z", "b");
        wire(client, "*4\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n$1\r\nd\r\n", "ZRANGEBYSCORE", "z", 0, 0);
        wire(client, ":4\r\n", "ZCOUNT", "z", "-0", "0");
        wire(client, ":4\r\n", "ZCOUNT", "z", "0", "-0");
        wire(client, ":3\r\n", "ZRANK", "z", "d");
        wire(client, ":0\r\n", "ZADD", "z", "CH", "0", "b");
        wire(client, ":4\r\n", "ZREMRANGEBYSCORE", "z", "-0", "-0");
    }

    private static String redis(double score) {
        return Double.isInfinite(score) ? score > 0 ? "inf" : "-inf" : Double.toString(score);
    }

    private static double java(String score) {
        return switch (score) {
            case "inf" -> Double.POSITIVE_INFINITY;
            case "-inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(score);
        };
    }
}
