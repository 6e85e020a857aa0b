package dev.respql.command.zset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.testing.Await;
import dev.respql.testing.Bytes;
import dev.respql.testing.EachBackend;
import dev.respql.testing.InvariantCheck;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Sorted sets of a thousand members, whose ranks are counted by blocks, against a plain sorted map. The tests run
 * with blocks of few members (see the pom), so that borders are everywhere.
 */
@EachBackend
class LargeZsetsTest {
    private static final int SIZE = 1000;

    /** What a sorted set should be. */
    private static final class Model {
        private final Map<String, Double> scores = new HashMap<>();

        List<String> order() {
            return scores.entrySet().stream()
                    .sorted(Map.Entry.<String, Double>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                    .map(Map.Entry::getKey).collect(Collectors.toList());
        }

        void fill(RespClient client, String key, int size, int scoreCount) {
            List<Object> command = new ArrayList<>(List.of("ZADD", key));
            for (int i = 0; i < size; i++) {
                int score = (i * 7919) % scoreCount;
                command.add(score);
                command.add("m" + i);
                scores.put("m" + i, (double) score);
            }
            assertEquals(size, client.call(command.toArray()).integer());
        }
    }

    @Test
    void everyRank(RespClient client) {
        for (int scoreCount : new int[] {1, 40}) {
            Model model = new Model();
            client.call("DEL", "z");
            model.fill(client, "z", SIZE, scoreCount);
            everyRank(client, model);
        }
    }

    private static void everyRank(RespClient client, Model model) {
        List<String> order = model.order();
        for (String member : order) {
            client.queue("ZRANK", "z", member).queue("ZREVRANK", "z", member);
        }
        client.flush();
        for (int i = 0; i < order.size(); i++) {
            assertEquals(i, client.read().integer(), order.get(i));
            assertEquals(order.size() - 1 - i, client.read().integer(), order.get(i));
        }
        for (int i = 0; i < order.size(); i++) {
            client.queue("ZRANGE", "z", i, i + 2).queue("ZREVRANGE", "z", i, i + 2);
        }
        client.flush();
        List<String> reversed = new ArrayList<>(order);
        Collections.reverse(reversed);
        for (int i = 0; i < order.size(); i++) {
            int end = Math.min(order.size(), i + 3);
            assertEquals(order.subList(i, end), client.read().texts());
            assertEquals(reversed.subList(i, end), client.read().texts());
        }
    }

    /** All kinds of changes, many in one batch; the blocks must follow. */
    @Test
    void ranksFollowChanges(RespClient client, RunningServer server) {
        for (int seed = 0; seed < 3; seed++) {
            Random random = new Random(seed);
            Model model = new Model();
            client.call("DEL", "z");
            model.fill(client, "z", 1500, 300);
            for (int round = 0; round < 40; round++) {
                change(client, model, random);
                List<String> order = model.order();
                assertEquals(order.size(), client.call("ZCARD", "z").integer());
                for (int i = 0; i < 8 && !order.isEmpty(); i++) {
                    int rank = random.nextInt(order.size());
                    client.queue("ZRANK", "z", order.get(rank)).queue("ZRANGE", "z", rank, rank + 5).flush();
                    assertEquals(rank, client.read().integer(), "seed " + seed + " round " + round);
                    assertEquals(order.subList(rank, Math.min(order.size(), rank + 6)), client.read().texts());
                }
                int low = random.nextInt(300);
                int high = low + random.nextInt(100);
                assertEquals(model.scores.values().stream().filter(s -> s >= low && s <= high).count(),
                        client.call("ZCOUNT", "z", low, high).integer());
            }
            assertEquals(model.order(), client.call("ZRANGE", "z", 0, -1).texts());
            InvariantCheck.check(server);
        }
    }

    private static void change(RespClient client, Model model, Random random) {
        List<String> order = model.order();
        switch (random.nextInt(8)) {
            case 0 -> {
                // Many at one place.
                for (int i = 0; i < 100; i++) {
                    String member = "n" + random.nextInt(100_000);
                    client.queue("ZADD", "z", 150, member);
                    model.scores.put(member, 150.0);
                }
                client.flush().read(100);
            }
            case 1 -> {
                int start = random.nextInt(order.size() + 1);
                int stop = start + random.nextInt(200);
                order.subList(start, Math.max(start, Math.min(order.size(), stop + 1))).forEach(model.scores::remove);
                client.call("ZREMRANGEBYRANK", "z", start, stop);
            }
            case 2 -> {
                int low = random.nextInt(300);
                model.scores.values().removeIf(score -> score >= low && score < low + 20);
                client.call("ZREMRANGEBYSCORE", "z", low, "(" + (low + 20));
            }
            case 3 -> {
                int count = Math.min(order.size(), random.nextInt(80));
                assertEquals(order.subList(0, count), everySecond(client.call("ZPOPMIN", "z", count).texts()));
                order.subList(0, count).forEach(model.scores::remove);
            }
            case 4 -> {
                int count = Math.min(order.size(), random.nextInt(80));
                List<String> last = new ArrayList<>(order.subList(order.size() - count, order.size()));
                Collections.reverse(last);
                assertEquals(last, everySecond(client.call("ZPOPMAX", "z", count).texts()));
                last.forEach(model.scores::remove);
            }
            default -> {
                for (int i = 0; i < 200; i++) {
                    String member = "m" + random.nextInt(2000);
                    if (random.nextInt(3) > 0) {
                        int score = random.nextInt(300);
                        client.queue("ZADD", "z", score, member);
                        model.scores.put(member, (double) score);
                    } else {
                        client.queue("ZREM", "z", member);
                        model.scores.remove(member);
                    }
                }
                client.flush().read(200);
            }
        }
    }

    private static List<String> everySecond(List<String> membersAndScores) {
        List<String> members = new ArrayList<>();
        for (int i = 0; i < membersAndScores.size(); i += 2) {
            members.add(membersAndScores.get(i));
        }
        return members;
    }

    @Test
    void limitsAtAnyDepth(RespClient client) {
        Model model = new Model();
        model.fill(client, "z", SIZE, 500);
        List<String> order = model.order();
        List<String> some = order.stream().filter(m -> model.scores.get(m) >= 100 && model.scores.get(m) < 400).toList();
        List<String> reversed = new ArrayList<>(some);
        Collections.reverse(reversed);
        for (int skip : new int[] {0, 1, 15, 16, 17, 63, 64, 65, 500, 1024, some.size() - 1, some.size(), some.size() + 1}) {
            for (int count : new int[] {-1, 0, 10, 100_000}) {
                List<String> expected = skip >= some.size() ? List.of()
                        : some.subList(skip, count < 0 ? some.size() : (int) Math.min(some.size(), (long) skip + count));
                assertEquals(expected, client.call("ZRANGEBYSCORE", "z", 100, "(400", "LIMIT", skip, count).texts());
                List<String> down = skip >= some.size() ? List.of()
                        : reversed.subList(skip, count < 0 ? some.size() : (int) Math.min(some.size(), (long) skip + count));
                assertEquals(down, client.call("ZREVRANGEBYSCORE", "z", "(400", 100, "LIMIT", skip, count).texts());
                assertEquals(expected.size(),
                        client.call("ZRANGESTORE", "d", "z", 100, "(400", "BYSCORE", "LIMIT", skip, count).integer());
                assertEquals(expected, client.call("ZRANGE", "d", 0, -1).texts());
                client.call("ZRANGESTORE", "d", "z", "(400", 100, "BYSCORE", "REV", "LIMIT", skip, count);
                assertEquals(down, client.call("ZRANGE", "d", 0, -1, "REV").texts());
            }
        }
        for (int[] ranks : new int[][] {{0, -1}, {300, 699}, {-500, -1}, {5, 5}, {999, 5000}, {1000, 5000}}) {
            client.call("ZRANGESTORE", "d", "z", ranks[0], ranks[1]);
            assertEquals(client.call("ZRANGE", "z", ranks[0], ranks[1]).texts(), client.call("ZRANGE", "d", 0, -1).texts());
            client.call("ZRANGESTORE", "d", "z", ranks[0], ranks[1], "REV");
            List<String> expected = new ArrayList<>(client.call("ZREVRANGE", "z", ranks[0], ranks[1]).texts());
            Collections.reverse(expected);
            assertEquals(expected, client.call("ZRANGE", "d", 0, -1).texts());
        }
    }

    /** Names of any bytes, many alike for longer than what an index holds of them. */
    @Test
    void namesOfAnyBytes(RespClient client) {
        Random random = new Random(3);
        TreeMap<byte[], Boolean> names = new TreeMap<>(Arrays::compareUnsigned);
        byte[] prefix = new byte[700];
        random.nextBytes(prefix);
        while (names.size() < 400) {
            byte[] name = new byte[random.nextInt(5)];
            random.nextBytes(name);
            if (random.nextInt(4) == 0) {
                byte[] longer = Arrays.copyOf(prefix, prefix.length + name.length);
                System.arraycopy(name, 0, longer, prefix.length, name.length);
                name = longer;
            }
            names.put(name, true);
        }
        for (byte[] name : names.keySet()) {
            client.queue("ZADD", "z", 0, name);
        }
        client.flush().read(names.size());
        List<byte[]> order = new ArrayList<>(names.keySet());
        bytes(order, client.call("ZRANGEBYLEX", "z", "-", "+"));
        for (int i = 0; i < 100; i++) {
            byte[] from = order.get(random.nextInt(order.size()));
            byte[] to = order.get(random.nextInt(order.size()));
            if (names.comparator().compare(from, to) > 0) {
                byte[] swapped = from;
                from = to;
                to = swapped;
            }
            boolean with = random.nextBoolean();
            List<byte[]> expected = List.copyOf(names.subMap(from, with, to, true).keySet());
            byte[] min = limit(with ? '[' : '(', from);
            byte[] max = limit('[', to);
            bytes(expected, client.call("ZRANGEBYLEX", "z", min, max));
            assertEquals(expected.size(), client.call("ZLEXCOUNT", "z", min, max).integer());
            List<byte[]> down = new ArrayList<>(expected);
            Collections.reverse(down);
            bytes(down, client.call("ZREVRANGEBYLEX", "z", max, min));
            int skip = Math.min(i, down.size());
            bytes(down.subList(skip, Math.min(down.size(), skip + 3)),
                    client.call("ZRANGE", "z", max, min, "BYLEX", "REV", "LIMIT", skip, 3));
            assertEquals(order.indexOf(from), client.call("ZRANK", "z", from).integer());
        }
        byte[] middle = order.get(200);
        assertEquals(200, client.call("ZREMRANGEBYLEX", "z", "-", limit('(', middle)).integer());
        bytes(order.subList(200, 400), client.call("ZRANGE", "z", 0, -1));
    }

    private static byte[] limit(char kind, byte[] name) {
        byte[] limit = new byte[name.length + 1];
        limit[0] = (byte) kind;
        System.arraycopy(name, 0, limit, 1, name.length);
        return limit;
    }

    private static void bytes(List<byte[]> expected, Reply actual) {
        assertEquals(expected.stream().map(Bytes::quote).toList(), actual.items().stream().map(Reply::toString).toList());
    }

    /** Each is longer than an entry of PostgreSQL's indexes may be, and cannot be compressed. */
    @Test
    void membersMayBeLong(RespClient client) {
        byte[] one = new byte[100_000];
        new Random(1).nextBytes(one);
        byte[] other = one.clone();
        other[99_999]++;
        byte[] later = one.clone();
        later[0]++;
        assertEquals(3, client.call("ZADD", "z", 1, one, 1, other, 1, later).integer());
        assertEquals(0, client.call("ZADD", "z", 1, one).integer());
        assertEquals(2, client.call("ZRANK", "z", later).integer() + (one[0] == -1 ? 2 : 0));
        assertEquals("\"1\"", client.call("ZSCORE", "z", other).toString());
        assertEquals(1, client.call("ZREM", "z", other).integer());
        assertEquals("(nil)", client.call("ZSCORE", "z", other).toString());
        assertEquals(Bytes.quote(one), client.call("ZRANGE", "z", 0, 0).items().get(0).toString());
        assertEquals(Bytes.quote(later), client.call("ZPOPMAX", "z").items().get(0).toString());
        assertEquals(Bytes.quote(one), client.call("ZSCAN", "z", 0).items().get(1).items().get(0).toString());
    }

    @Test
    void algebra(RespClient client) {
        Model a = new Model();
        a.fill(client, "a", SIZE, SIZE);
        client.call("ZRANGESTORE", "b", "a", 300, 699);
        client.call("ZADD", "few", 1, "m1", 2, "m2", 3, "nosuch");
        assertEquals(400, client.call("ZINTERSTORE", "d", 2, "a", "b").integer());
        assertEquals(a.order().subList(300, 700), client.call("ZRANGE", "d", 0, -1).texts());
        assertEquals(600, client.call("ZDIFFSTORE", "d", 2, "a", "b").integer());
        assertEquals(SIZE + 1, client.call("ZUNIONSTORE", "d", 3, "a", "b", "few", "AGGREGATE", "MAX").integer());
        assertEquals(SIZE + 1, client.call("ZCARD", "d").integer());
        assertEquals(2, client.call("ZINTERCARD", 2, "a", "few").integer());
        assertEquals(250, client.call("ZINTERCARD", 2, "a", "b", "LIMIT", 250).integer());
        assertEquals(Set.of("m1", "m2"), new HashSet<>(client.call("ZINTER", 2, "a", "few").texts()));
    }

    @Test
    void scanMeetsEveryMember(RespClient client) {
        Model model = new Model();
        model.fill(client, "z", SIZE, 50);
        Map<String, Double> met = new HashMap<>();
        String cursor = "0";
        do {
            List<Reply> step = client.call("ZSCAN", "z", cursor, "COUNT", 100).items();
            cursor = step.get(0).text();
            List<String> pairs = step.get(1).texts();
            assertTrue(pairs.size() <= 200);
            for (int i = 0; i < pairs.size(); i += 2) {
                met.put(pairs.get(i), Double.parseDouble(pairs.get(i + 1)));
            }
        } while (!cursor.equals("0"));
        assertEquals(model.scores, met);
    }

    @Test
    void nothingIsLeftBehind(RespClient client, RunningServer server) {
        Model model = new Model();
        model.fill(client, "z", SIZE, 50);
        client.call("COPY", "z", "copy");
        client.call("RENAME", "z", "y");
        everyMember(client, model, "y");
        everyMember(client, model, "copy");
        client.call("ZADD", "copy", 7, "m1");
        everyMember(client, model, "y");
        client.call("SET", "copy", "string");
        client.queue("ZPOPMIN", "y", SIZE - 10).queue("ZCARD", "y").queue("ZREMRANGEBYRANK", "y", 0, -1)
                .queue("ZADD", "y", 1, "x").flush();
        assertEquals(2 * (SIZE - 10), client.read().items().size());
        assertEquals(10, client.read().integer());
        assertEquals(10, client.read().integer());
        assertEquals(1, client.read().integer());
        client.call("DEL", "y", "copy");
        Await.until(() -> rows(server, "zsets") + rows(server, "zset_blocks") + rows(server, "dropped_keys") == 0);
    }

    private static void everyMember(RespClient client, Model model, String key) {
        assertEquals(model.order(), client.call("ZRANGE", key, 0, -1).texts());
        assertEquals(model.order().indexOf("m1"), client.call("ZRANK", key, "m1").integer());
    }

    private static long rows(RunningServer server, String table) {
        try (Connection connection = server.openDatabase(); Statement statement = connection.createStatement();
                ResultSet count = statement.executeQuery("SELECT count(*) FROM " + table)) {
            count.next();
            return count.getLong(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
