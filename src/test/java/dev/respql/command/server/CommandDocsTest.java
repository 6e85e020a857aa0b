package dev.respql.command.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.testing.Backend;
import dev.respql.testing.RedisForTests;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** COMMAND DOCS documents each command as redis-server does, but for the words meant for people. */
class CommandDocsTest {
    /** Where the arguments are told otherwise than by Redis 7.0; in all of them what can be typed is the same. */
    private static final Set<String> OTHER_ARGUMENTS = Set.of(
            // Redis wraps the one argument in a block.
            "config|get", "client|list", "psubscribe",
            // Redis says that the filters can be repeated, and leaves open what SKIPME takes.
            "client|kill",
            // Redis says which key specification the patterns belong to.
            "sort", "sort_ro",
            // Take WITHSCORE since 7.2.
            "zrank", "zrevrank");

    private static RunningServer server;
    private static RespClient client;
    private static RespClient redis;

    @BeforeAll
    static void start() {
        server = RunningServer.start(Backend.SQLITE);
        client = server.connect().protocol(3);
        redis = RedisForTests.shared().connect().protocol(3);
    }

    @AfterAll
    static void stop() {
        redis.close();
        client.close();
        server.close();
    }

    @Test
    void documentsCommandsAsRedis() {
        RedisForTests.assumeAtLeast(7, 0);
        Map<String, Reply> expected = byName(redis.call("COMMAND", "DOCS"));
        Map<String, Reply> actual = byName(client.call("COMMAND", "DOCS"));
        assertTrue(actual.size() > 20, "no commands are documented");
        actual.keySet().retainAll(expected.keySet());
        List<String> differences = new ArrayList<>();
        actual.forEach((name, docs) -> {
            Map<String, Reply> known = map(expected.get(name));
            Map<String, Reply> told = map(docs);
            for (String entry : List.of("since", "group")) {
                compare(name + " " + entry, known.get(entry).text(), told.get(entry).text(), differences);
            }
            if (known.containsKey("deprecated_since")) {
                compare(name + " deprecated_since", known.get("deprecated_since").text(),
                        told.containsKey("deprecated_since") ? told.get("deprecated_since").text() : "", differences);
            }
            if (!OTHER_ARGUMENTS.contains(name)) {
                compare(name + " arguments", arguments(known), arguments(told), differences);
            }
        });
        assertEquals("", String.join("\n", differences));
    }

    @Test
    void everyCommandHasASummaryInOneSentence() {
        byName(client.call("COMMAND", "DOCS")).forEach((name, docs) ->
                assertTrue(map(docs).get("summary").text().matches("[A-Z].{8,}\\."), name + ": " + docs));
    }

    @Test
    void saysWhatADeprecatedCommandIsReplacedBy() {
        Map<String, Reply> docs = map(client.call("COMMAND", "DOCS", "getset").items().get(1));
        assertEquals("~[deprecated]", docs.get("doc_flags").toString());
        assertEquals("\"6.2.0\"", docs.get("deprecated_since").toString());
        assertTrue(docs.get("replaced_by").text().contains("SET"), docs.toString());
    }

    @Test
    void isAFlatArrayInResp2() {
        try (RespClient old = server.connect()) {
            assertEquals(List.of("\"config|get\"", "\"summary\""), List.of(
                    old.call("COMMAND", "DOCS", "CONFIG|GET").items().get(0).toString(),
                    old.call("COMMAND", "DOCS", "CONFIG|GET").items().get(1).items().get(0).toString()));
            assertEquals("[]", old.call("COMMAND", "DOCS", "nonsense", "config|nonsense").toString());
        }
    }

    private static void compare(String what, String expected, String actual, List<String> differences) {
        if (!expected.equals(actual)) {
            differences.add(what + "\n    redis:  " + expected + "\n    respql: " + actual);
        }
    }

    /** Commands and subcommands. */
    private static Map<String, Reply> byName(Reply docs) {
        Map<String, Reply> commands = new TreeMap<>();
        map(docs).forEach((name, command) -> {
            commands.put(name, command);
            if (map(command).containsKey("subcommands")) {
                commands.putAll(map(map(command).get("subcommands")));
            }
        });
        return commands;
    }

    private static Map<String, Reply> map(Reply reply) {
        Map<String, Reply> map = new TreeMap<>();
        for (int i = 0; i < reply.items().size(); i += 2) {
            map.put(reply.items().get(i).text(), reply.items().get(i + 1));
        }
        return map;
    }

    private static String arguments(Map<String, Reply> docs) {
        Reply arguments = docs.get("arguments");
        return arguments == null ? "" : arguments.items().stream().map(argument -> argument(map(argument)))
                .collect(Collectors.joining(" "));
    }

    /** Without the names, which are for people, and were changed between 7.0 and 7.2. */
    private static String argument(Map<String, Reply> argument) {
        StringBuilder text = new StringBuilder(argument.get("type").text());
        if (argument.containsKey("token")) {
            text.append('=').append(argument.get("token").text().toUpperCase(Locale.ROOT));
        }
        if (argument.containsKey("key_spec_index")) {
            text.append('#').append(argument.get("key_spec_index").integer());
        }
        if (argument.containsKey("flags")) {
            argument.get("flags").items().stream().map(Reply::text).sorted().forEach(flag ->
                    text.append(' ').append(flag));
        }
        String inner = arguments(argument);
        return inner.isEmpty() ? text.toString() : text + "(" + inner + ")";
    }
}
