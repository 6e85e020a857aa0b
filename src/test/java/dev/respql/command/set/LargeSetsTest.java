package dev.respql.command.set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.testing.Await;
import dev.respql.testing.Bytes;
import dev.respql.testing.EachBackend;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Sets of some thousand members, which no command reads as a whole without need. */
@EachBackend
class LargeSetsTest {
    @Test
    void answersAlgebra(RespClient client) {
        Set<String> a = fill(client, "a", 0, 3000);
        Set<String> b = fill(client, "b", 1000, 4000);
        Set<String> c = fill(client, "c", 500, 2500);
        Set<String> few = fill(client, "few", 1990, 2010);
        Set<String> far = fill(client, "far", 900_000, 901_000);
        assertEquals(and(a, b), set(client.call("SINTER", "a", "b")));
        assertEquals(and(and(a, b), c), set(client.call("SINTER", "a", "b", "c")));
        assertEquals(and(a, few), set(client.call("SINTER", "a", "few")));
        assertEquals(Set.of(), set(client.call("SINTER", "a", "b", "far")));
        assertEquals(a, set(client.call("SINTER", "a", "a")));
        assertEquals(or(or(a, b), few), set(client.call("SUNION", "a", "b", "few")));
        assertEquals(less(a, b), set(client.call("SDIFF", "a", "b")));
        assertEquals(less(less(a, b), few), set(client.call("SDIFF", "a", "b", "few", "far")));
        assertEquals(less(few, a), set(client.call("SDIFF", "few", "a")));
        assertEquals(a, set(client.call("SDIFF", "a", "far")));
        assertEquals(a, set(client.call("SMEMBERS", "a")));
        assertEquals(2000, client.call("SINTERCARD", 2, "a", "b").integer());
        assertEquals(7, client.call("SINTERCARD", 3, "a", "b", "c", "LIMIT", 7).integer());
        assertEquals(1999, client.call("SINTERCARD", 2, "a", "b", "LIMIT", 1999).integer());
    }

    @Test
    void storesAlgebra(RespClient client, RunningServer server) {
        Set<String> a = fill(client, "a", 0, 3000);
        Set<String> b = fill(client, "b", 1000, 4000);
        Set<String> c = fill(client, "c", 500, 2500);
        fill(client, "far", 900_000, 901_000);
        stored(client, and(a, b), "SINTERSTORE", "d", "a", "b");
        stored(client, and(and(a, b), c), "SINTERSTORE", "d", "c", "b", "a", "b");
        stored(client, a, "SINTERSTORE", "d", "a");
        stored(client, or(a, b), "SUNIONSTORE", "d", "a", "b", "a", "nosuch");
        stored(client, less(a, b), "SDIFFSTORE", "d", "a", "b");
        stored(client, less(less(a, b), c), "SDIFFSTORE", "d", "a", "b", "nosuch", "c");
        stored(client, a, "SDIFFSTORE", "d", "a");
        stored(client, Set.of(), "SINTERSTORE", "d", "a", "far");
        stored(client, Set.of(), "SDIFFSTORE", "d", "a", "b", "a");
        assertEquals("(integer) 0", client.call("EXISTS", "d").toString());
        // Over one of the sources.
        stored(client, or(a, b), "SUNIONSTORE", "a", "a", "b");
        stored(client, less(b, c), "SDIFFSTORE", "b", "b", "c");
        stored(client, and(less(b, c), or(a, b)), "SINTERSTORE", "b", "a", "b");
        // Beside changes of the same batch, and dropped or changed before they are old.
        client.queue("SADD", "c", "fresh").queue("SREM", "c", "m500").queue("SUNIONSTORE", "d", "c").queue("SCARD", "d")
                .queue("SISMEMBER", "d", "fresh").queue("SISMEMBER", "d", "m500").queue("SADD", "d", "more")
                .queue("SCARD", "d").queue("SUNIONSTORE", "e", "c").queue("DEL", "e").queue("SUNIONSTORE", "f", "c")
                .queue("SUNIONSTORE", "f", "c", "d").queue("SCARD", "f").flush();
        assertEquals("[1, 1, 2000, 2000, 1, 0, 1, 2001, 2000, 1, 2000, 2001, 2001]",
                client.read(13).stream().map(Reply::integer).toList().toString());
        client.call("DEL", "a", "b", "c", "d", "f", "far");
        awaitSwept(server);
    }

    @Test
    void nothingIsLeftBehind(RespClient client, RunningServer server) throws SQLException {
        fill(client, "a", 0, 2000);
        fill(client, "b", 0, 2000);
        client.call("COPY", "a", "copy");
        client.call("RENAME", "a", "b");
        client.call("RENAME", "b", "c");
        assertEquals(2000, client.call("SCARD", "c").integer());
        client.call("SET", "copy", "string");
        client.call("PEXPIRE", "c", 1);
        Await.until(() -> client.call("EXISTS", "c").integer() == 0);
        fill(client, "d", 0, 2000);
        client.queue("SPOP", "d", 1990).queue("SCARD", "d").queue("SPOP", "d", 10).queue("SADD", "d", "x").flush();
        assertEquals(1990, client.read().items().size());
        assertEquals(10, client.read().integer());
        client.read(2);
        fill(client, "e", 0, 2000);
        client.call("COPY", "e", "f");
        client.queue("COPY", "e", "g").queue("DEL", "g").queue("UNLINK", "e", "f").flush().read(3);
        awaitSwept(server);
        assertEquals(1, rows(server));
        fill(client, "e", 0, 2000);
        client.call("FLUSHALL");
        awaitSwept(server);
        assertEquals(0, rows(server));
    }

    /** Each is longer than an entry of PostgreSQL's indexes may be, and cannot be compressed. */
    @Test
    void membersMayBeLong(RespClient client) {
        byte[] one = new byte[100_000];
        new Random(1).nextBytes(one);
        byte[] other = one.clone();
        other[99_999]++;
        assertEquals(1, client.call("SADD", "s", one).integer());
        assertEquals(0, client.call("SISMEMBER", "s", other).integer());
        assertEquals(1, client.call("SADD", "s", other, one).integer());
        assertEquals("[(integer) 1, (integer) 1]", client.call("SMISMEMBER", "s", one, other).toString());
        assertEquals(1, client.call("SREM", "s", one).integer());
        assertEquals(Bytes.quote(other), client.call("SRANDMEMBER", "s").toString());
        assertEquals(1, client.call("HSET", "h", one, other).integer());
        assertEquals(Bytes.quote(other), client.call("HGET", "h", one).toString());
    }

    // ---- scans

    @Test
    void scanMeetsWhatIsThereThroughout(RespClient client) {
        fill(client, "s", 0, 2000);
        for (int count : new int[] {20, 100, 5000}) {
            Map<String, Integer> met = new HashMap<>();
            String cursor = "0";
            int calls = 0;
            do {
                List<Reply> step = client.call("SSCAN", "s", cursor, "COUNT", count).items();
                cursor = step.get(0).text();
                step.get(1).texts().forEach(member -> met.merge(member, 1, Integer::sum));
                assertTrue(step.get(1).items().size() <= count);
                // Others come and go meanwhile.
                client.queue("SADD", "s", "new" + calls, "m" + (calls % 1000))
                        .queue("SREM", "s", "new" + (calls - 1), "m" + (1000 + calls % 1000)).flush().read(2);
                calls++;
            } while (!cursor.equals("0"));
            for (int i = 0; i < 1000; i++) {
                assertEquals(1, met.get("m" + i), "m" + i + " with COUNT " + count);
            }
            assertTrue(calls >= 2000 / count / 2, "O(COUNT) a call");
            fill(client, "s", 0, 2000);
        }
    }

    @Test
    void scanGoesOnWhileTheSetShrinksAndMoves(RespClient client) {
        fill(client, "s", 0, 2000);
        List<Reply> step = client.call("SSCAN", "s", 0, "COUNT", 1000).items();
        Set<String> met = new HashSet<>(step.get(1).texts());
        client.call("RENAME", "s", "t");
        client.call(IntStream.range(0, 1600).mapToObj(i -> Bytes.of(i == 0 ? "SREM" : i == 1 ? "t" : "m" + i)).toList());
        step = client.call("SSCAN", "t", step.get(0).text(), "COUNT", 10).items();
        met.addAll(step.get(1).texts());
        assertEquals("0", step.get(0).text());
        assertTrue(met.containsAll(IntStream.range(1600, 2000).mapToObj(i -> "m" + i).toList()));
    }

    @Test
    void scanTakesAnyCursor(RespClient client) {
        fill(client, "s", 0, 1000);
        for (String cursor : List.of("18446744073709551615", "281474976710656", "281474976710655")) {
            List<Reply> step = client.call("SSCAN", "s", cursor).items();
            assertEquals("0", step.get(0).text());
            assertTrue(step.get(1).items().size() <= 1);
        }
        List<Reply> matched = client.call("SSCAN", "s", 0, "COUNT", Long.MAX_VALUE, "MATCH", "m99?").items();
        assertEquals("0", matched.get(0).text());
        assertEquals(10, matched.get(1).items().size());
    }

    /** Members of one hash are never parted. */
    @Test
    void scanMeetsMembersOfTheSameHash(RespClient client, RunningServer server) throws SQLException {
        fill(client, "ties", 0, 1000);
        long last = (1L << 48) - 1;
        try (Connection connection = server.openDatabase();
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO sets (key_id, hash, member) SELECT id, ?, ? FROM keys WHERE name = ?");
                PreparedStatement count = connection.prepareStatement(
                        "UPDATE keys SET size = 1060 WHERE name = ?")) {
            insert.setBytes(3, Bytes.of("ties"));
            count.setBytes(1, Bytes.of("ties"));
            for (long hash : new long[] {0, last / 2, last}) {
                for (int i = 0; i < 20; i++) {
                    insert.setLong(1, hash);
                    insert.setBytes(2, Bytes.of(hash + "/" + i));
                    insert.executeUpdate();
                }
            }
            count.executeUpdate();
        }
        for (int most : new int[] {1, 7, 19, 20, 21, 100}) {
            List<String> met = new ArrayList<>();
            String cursor = "0";
            do {
                List<Reply> step = client.call("SSCAN", "ties", cursor, "COUNT", most).items();
                cursor = step.get(0).text();
                met.addAll(step.get(1).texts());
                assertTrue(step.get(1).items().size() <= most + 20);
            } while (!cursor.equals("0"));
            assertEquals(1060, met.size(), "COUNT " + most);
            assertEquals(1060, new HashSet<>(met).size());
        }
    }

    // ---- random choice

    @Test
    void everyMemberIsDrawnAsOften(RespClient client) {
        // In memory, and by ranges of hashes; names of a cluster and one far away.
        for (int size : new int[] {10, 60, 600}) {
            client.call("DEL", "s");
            fill(client, "s", 0, size - 1);
            client.call("SADD", "s", "zzz");
            int[] each = {0};
            Map<String, Integer> drawn = new HashMap<>();
            int rounds = 100;
            for (int i = 0; i < rounds; i++) {
                for (String member : client.call("SRANDMEMBER", "s", -size / 10).texts()) {
                    drawn.merge(member, 1, Integer::sum);
                    each[0]++;
                }
            }
            assertFair(drawn, size, each[0]);
        }
    }

    @Test
    void everyMemberIsChosenAsOften(RespClient client) {
        for (int size : new int[] {60, 600}) {
            client.call("DEL", "s");
            fill(client, "s", 0, size);
            Map<String, Integer> chosen = new HashMap<>();
            int count = size / 10;
            for (int i = 0; i < 100; i++) {
                List<String> members = client.call("SRANDMEMBER", "s", count).texts();
                assertEquals(count, new HashSet<>(members).size());
                members.forEach(member -> chosen.merge(member, 1, Integer::sum));
            }
            assertFair(chosen, size, 100 * count);
        }
    }

    /** In one batch members that are not stored yet, stored ones and removed ones count as what they are. */
    @Test
    void pendingMembersAreDrawnAsOften(RespClient client) {
        fill(client, "s", 0, 600);
        Map<String, Integer> drawn = new HashMap<>();
        int rounds = 40;
        for (int i = 0; i < rounds; i++) {
            client.queue("SREM", "s", "m0", "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "m9")
                    .queue("SADD", "s", "n0", "n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8", "n9")
                    .queue("SRANDMEMBER", "s", -60).queue("SRANDMEMBER", "s", -60)
                    .queue("SADD", "s", "m0", "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "m9")
                    .queue("SREM", "s", "n0", "n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8", "n9").flush();
            List<Reply> replies = client.read(6);
            replies.get(2).texts().forEach(member -> drawn.merge(member, 1, Integer::sum));
            replies.get(3).texts().forEach(member -> drawn.merge(member, 1, Integer::sum));
        }
        assertTrue(IntStream.range(0, 10).noneMatch(i -> drawn.containsKey("m" + i)));
        assertFair(drawn, 600, rounds * 120);
    }

    @Test
    void popTakesEachMemberOnce(RespClient client) {
        Set<String> all = fill(client, "s", 0, 1500);
        Set<String> popped = new HashSet<>();
        for (int i = 0; i < 60; i++) {
            for (int j = 0; j < 20; j++) {
                client.queue("SPOP", "s");
            }
            client.queue("SPOP", "s", 5).flush();
            client.read(20).forEach(reply -> assertTrue(popped.add(reply.text())));
            client.read().texts().forEach(member -> assertTrue(popped.add(member)));
            assertEquals(1500 - 25 * (i + 1), client.call("SCARD", "s").integer());
        }
        assertEquals("(integer) 0", client.call("EXISTS", "s").toString());
        assertEquals(all, popped);
    }

    /**
     * The sum of squared deviations is within five standard deviations of what it is for equal probabilities: less than
     * one false alarm in a million runs.
     */
    private static void assertFair(Map<String, Integer> drawn, int members, int draws) {
        double expected = (double) draws / members;
        double chiSquare = (members - drawn.size()) * expected
                + drawn.values().stream().mapToDouble(count -> (count - expected) * (count - expected) / expected).sum();
        assertEquals(draws, drawn.values().stream().mapToInt(Integer::intValue).sum());
        assertTrue(drawn.size() <= members);
        double limit = members + 5 * Math.sqrt(2.0 * members) + 20;
        assertTrue(chiSquare < limit, () -> chiSquare + " of " + members + " members in " + draws + " draws: " + drawn);
    }

    // ---- helpers

    private static void stored(RespClient client, Set<String> expected, Object... command) {
        assertEquals(expected.size(), client.call(command).integer(), () -> List.of(command).toString());
        assertEquals(expected.size(), client.call("SCARD", command[1]).integer());
        assertEquals(expected, set(client.call("SMEMBERS", command[1])), () -> List.of(command).toString());
    }

    /** Adds m{first} to m{end - 1}. */
    private static Set<String> fill(RespClient client, String key, int first, int end) {
        List<String> members = IntStream.range(first, end).mapToObj(i -> "m" + i).toList();
        List<byte[]> command = new ArrayList<>(List.of(Bytes.of("SADD"), Bytes.of(key)));
        members.forEach(member -> command.add(Bytes.of(member)));
        client.call(command);
        return new TreeSet<>(members);
    }

    private static Set<String> set(Reply reply) {
        List<String> members = reply.texts();
        Set<String> set = new TreeSet<>(members);
        assertEquals(members.size(), set.size(), "members more than once");
        return set;
    }

    private static Set<String> and(Set<String> one, Set<String> other) {
        return one.stream().filter(other::contains).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> or(Set<String> one, Set<String> other) {
        Set<String> all = new TreeSet<>(one);
        all.addAll(other);
        return all;
    }

    private static Set<String> less(Set<String> one, Set<String> other) {
        return one.stream().filter(member -> !other.contains(member)).collect(Collectors.toCollection(TreeSet::new));
    }

    private static void awaitSwept(RunningServer server) {
        Await.until(() -> query(server, "SELECT (SELECT count(*) FROM dropped_keys)"
                + " + (SELECT count(*) FROM dropped_spaces)") == 0);
    }

    private static long rows(RunningServer server) {
        return query(server, "SELECT count(*) FROM sets");
    }

    private static long query(RunningServer server, String query) {
        try (Connection connection = server.openDatabase(); Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            result.next();
            return result.getLong(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
