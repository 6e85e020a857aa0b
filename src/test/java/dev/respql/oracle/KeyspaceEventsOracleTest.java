package dev.respql.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.testing.EachBackend;
import dev.respql.testing.OwnServer;
import dev.respql.testing.RedisForTests;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Random histories raise the keyspace events that they raise in redis-server, in the same order, every class of them but
 * "expired": when a key is found to have expired is left to chance. A command that is refused misses no keys here, while
 * redis-server may have looked for some before (docs/compatibility.md). Another history: {@code -Doracle.seed=123}; more of
 * them: {@code -Doracle.seconds=60}.
 */
@EachBackend
class KeyspaceEventsOracleTest {
    private static final String CLASSES = "AKEnm";
    private static final Set<String> FAMILIES = Set.of("keys", "strings", "hashes", "lists", "sets", "sortedsets",
            "sort", "streams", "bitmaps", "geo", "hyperloglog");
    private static final String MARK = "that is all";

    @Test
    @OwnServer({"notify-keyspace-events=" + CLASSES, "lanes=1"})
    void raisesWhatRedisRaises(RunningServer server) {
        RedisForTests.assumeAtLeast(7, 0);
        try (RedisForTests redis = RedisForTests.start("--notify-keyspace-events", CLASSES)) {
            Long seed = Long.getLong("oracle.seed");
            long end = System.nanoTime() + Integer.getInteger("oracle.seconds", 0) * 1_000_000_000L;
            long next = seed != null ? seed : new Random().nextInt(1_000_000_000);
            do {
                compare(redis, server, next++);
            } while (System.nanoTime() < end);
            if (seed == null) {
                for (long fixed = 1; fixed <= 3; fixed++) {
                    compare(redis, server, fixed);
                }
            }
        }
    }

    private static void compare(RedisForTests redis, RunningServer server, long seed) {
        Target oracle = Target.redis(redis::port);
        Target subject = Target.of(server::flushAll, server::port);
        oracle.flushAll();
        subject.flushAll();
        try (RespClient expecting = oracle.connect(0); RespClient answering = subject.connect(0);
                RespClient watchingRedis = watch(redis.port()); RespClient watching = watch(server.port())) {
            Map<Long, Integer> count = new LinkedHashMap<>();
            for (Step step : history(seed, subject.knownOf(commands()), redis)) {
                if (step.rule().alone()) {
                    step.rule().perform(step, expecting, answering);
                    events(watchingRedis);
                    events(watching);
                    continue;
                }
                Reply expected = expecting.call(step.arguments());
                Reply answer = answering.call(step.arguments());
                List<String> events = events(watchingRedis);
                List<String> actual = events(watching);
                if (expected.isError()) {
                    events.removeIf(event -> event.contains("keymiss"));
                }
                if (step.name().startsWith("SORT")) {
                    // GET asks for one pattern after the other here, for one element after the other there.
                    Collections.sort(events);
                    Collections.sort(actual);
                }
                assertEquals(String.join("\n", events), String.join("\n", actual),
                        "seed " + seed + ": " + step + " -> " + expected + ", " + answer);
                count.merge(seed, events.size(), Integer::sum);
            }
            assertTrue(count.get(seed) > 100, "hardly any events: " + count);
        }
    }

    private static RespClient watch(int port) {
        RespClient client = RespClient.connect(port);
        client.call("PSUBSCRIBE", "__key*@*__:*");
        return client;
    }

    private static Set<String> commands() {
        return CommandGrammar.ALL.stream().filter(family -> FAMILIES.contains(family.family()))
                .flatMap(family -> family.forms().stream()).map(Form::command).collect(Collectors.toSet());
    }

    private static List<Step> history(long seed, Set<String> known, RedisForTests redis) {
        Predicate<Form> used = form -> known.contains(form.command()) && (form.since() == null
                || redis.version().isAtLeast(form.since().major(), form.since().minor()));
        List<Form> all = CommandGrammar.ALL.stream().flatMap(family -> family.forms().stream()).filter(used).toList();
        Map<CommandGrammar, List<Form>> families = new LinkedHashMap<>();
        for (CommandGrammar family : CommandGrammar.ALL) {
            if (FAMILIES.contains(family.family())) {
                families.put(family, family.forms(all).stream().filter(used).toList());
            }
        }
        return History.random(seed, 1000, families).stream()
                .filter(step -> KnownDifferences.isComparable(step, redis.version())).toList();
    }

    /** Channel and payload of what has come. */
    private static List<String> events(RespClient watching) {
        watching.send("PING", MARK);
        List<String> events = new ArrayList<>();
        for (Reply reply = watching.read(); reply.items().size() == 4; reply = watching.read()) {
            String event = reply.items().get(2) + " " + reply.items().get(3);
            if (!event.contains("expired")) {
                events.add(event);
            }
        }
        return events;
    }
}
