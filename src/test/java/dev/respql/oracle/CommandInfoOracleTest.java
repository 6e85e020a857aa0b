package dev.respql.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.respql.testing.EachBackend;
import dev.respql.testing.RedisForTests;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** COMMAND says of each command that respql has what redis-server says: clients and proxies route by it. */
class CommandInfoOracleTest {
    private static final int NAME = 0;
    private static final int FLAGS = 2;
    private static final int CATEGORIES = 6;
    private static final int TIPS = 7;
    private static final int KEYS = 8;
    private static final int SUBCOMMANDS = 9;
    /** What Redis 7.2 says otherwise than the 7.0 that may be at hand. */
    private static final List<String> OTHERWISE_IN_7_2 = List.of(
            // Cannot be spread over shards, so it lost its tips.
            "msetnx",
            // Take WITHSCORE.
            "zrank", "zrevrank");
    /** Takes conditions since 7.0, so it has another arity. */
    private static final List<String> OTHERWISE_IN_7_0 = List.of("expire", "pexpire", "expireat", "pexpireat");

    @EachBackend
    void describesCommandsAsRedis(RespClient client) {
        Map<String, String> actual = new TreeMap<>();
        client.call("COMMAND").items().forEach(command -> describe(command, actual));
        Map<String, String> expected = new TreeMap<>();
        try (RespClient redis = RedisForTests.shared().connect()) {
            redis.call("COMMAND").items().forEach(command -> describe(command, expected));
        }
        actual.keySet().retainAll(expected.keySet());
        expected.keySet().retainAll(actual.keySet());
        if (!RedisForTests.shared().version().isAtLeast(7, 2)) {
            actual.keySet().removeAll(OTHERWISE_IN_7_2);
            expected.keySet().removeAll(OTHERWISE_IN_7_2);
        }
        if (!RedisForTests.shared().version().isAtLeast(7, 0)) {
            actual.keySet().removeAll(OTHERWISE_IN_7_0);
            expected.keySet().removeAll(OTHERWISE_IN_7_0);
        }
        // What is the same is left out, so that a failure shows nothing else.
        actual.entrySet().removeIf(command -> command.getValue().equals(expected.get(command.getKey()))
                && expected.remove(command.getKey()) != null);
        assertEquals(lines(expected), lines(actual));
    }

    private static void describe(Reply command, Map<String, String> into) {
        List<Reply> parts = command.items();
        if (!RedisForTests.shared().version().isAtLeast(7, 0)) {
            // Flags and categories were others then.
            into.put(parts.get(NAME).text(), "arity " + parts.get(1));
            return;
        }
        into.put(parts.get(NAME).text(), "arity " + parts.get(1)
                + ", flags " + sorted(parts.get(FLAGS))
                + ", keys " + parts.subList(FLAGS + 1, CATEGORIES)
                + ", categories " + sorted(parts.get(CATEGORIES))
                + ", tips " + tips(parts.get(TIPS))
                + ", key specifications " + parts.get(KEYS).items().stream()
                        .map(CommandInfoOracleTest::withoutNotes).toList());
        parts.get(SUBCOMMANDS).items().forEach(subcommand -> describe(subcommand, into));
    }

    /** Redis 7.2 has this tip for some commands that were without one in 7.0. */
    private static String tips(Reply tips) {
        return sorted(tips).replaceAll(" ?response_policy:special", "");
    }

    private static String withoutNotes(Reply keys) {
        List<Reply> parts = keys.items();
        Map<String, String> named = new TreeMap<>();
        for (int i = 0; i < parts.size(); i += 2) {
            String name = parts.get(i).text();
            named.put(name, name.equals("flags") ? sorted(parts.get(i + 1)) : parts.get(i + 1).toString());
        }
        named.remove("notes");
        return named.toString();
    }

    private static String sorted(Reply words) {
        return words.items().stream().map(Reply::text).sorted().collect(Collectors.joining(" ", "[", "]"));
    }

    private static String lines(Map<String, String> commands) {
        return commands.entrySet().stream().map(command -> command.getKey() + ": " + command.getValue())
                .collect(Collectors.joining("\n"));
    }
}
