package dev.respql.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.respql.testing.RedisForTests;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Sets every parameter to good and bad values here and in a real redis-server, and compares what comes of it. */
class ConfigOracleTest {
    /** Not compared, like TLS: what acts on redis-server itself, how it was started, what 7.2 or respql changed. */
    private static final Set<String> APART = Set.of("port", "bind", "dir", "requirepass", "maxclients", "loglevel",
            "enable-debug-command", "activedefrag", "appendonly", "oom-score-adj", "watchdog-period",
            "protected-mode", "jemalloc-bg-thread", "repl-backlog-size");
    private static final List<String> VALUES = List.of("", "yes", "NO", "0", "1", "-1", "2", "10", "99", "100", "101",
            "128", "500", "1000", "65535", "65536", "1048575", "1048576", "2147483647", "2147483648", "-2147483649",
            "4294967295", "4294967296", "9223372036854775807", "9223372036854775808", "18446744073709551615", "01",
            "+1", " 1", "1 ", "1kb", "2MB", "3g", "kb", "1.5", "5%", "0%", "101%", "%", "always", "Everysec", "local",
            "now force", "default", "swapdb", "allkeys-lru", "KEA", "g$n", "KEx@", "900 1", "900 1 300 10", "900  1",
            "normal 0 0 0", "slave 1kb 2kb 3 pubsub 1 1 1", "pubsub 1 2", "50 99.9", "0.1 1e-3", "1 2 3", "0 0 9999",
            "a.b", "a_b", "{title} {port}", "{x}", "\"1\"");

    @Test
    void acceptsAndShowsWhatRedisDoes() {
        try (RedisForTests redis = RedisForTests.start("--save", "3600 1 300 100 60 10000")) {
            assumeTrue(redis.version().isAtLeast(7, 0), "texts are those of Redis 7");
            try (RespClient client = redis.connect()) {
                Config config = Config.defaults();
                compareAll(config, client);
                comparePairs(config, client);
            }
        }
    }

    private static void compareAll(Config config, RespClient client) {
        for (String name : common(config, client)) {
            for (String value : VALUES) {
                compare(config, client, name, value);
            }
        }
    }

    /** Several at once: which complaint comes first, and whether nothing was set then. */
    private static void comparePairs(Config config, RespClient client) {
        List<String> names = new ArrayList<>(common(config, client));
        names.addAll(List.of("nosuch", "NOSUCH"));
        Random random = new Random(42);
        for (int i = 0; i < 2000; i++) {
            String[] pairs = new String[2 + 2 * random.nextInt(4)];
            for (int p = 0; p < pairs.length; p += 2) {
                pairs[p] = p > 0 && random.nextInt(5) == 0 ? pairs[0] : names.get(random.nextInt(names.size()));
                pairs[p] = random.nextInt(5) == 0 ? pairs[p].toUpperCase(Locale.ROOT) : pairs[p];
                pairs[p + 1] = VALUES.get(random.nextInt(VALUES.size()));
            }
            compare(config, client, pairs);
        }
    }

    private static List<String> common(Config config, RespClient client) {
        List<Reply> listed = client.call("CONFIG", "GET", "*").items();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < listed.size(); i += 2) {
            String name = text(listed.get(i));
            if (!APART.contains(name) && !name.startsWith("tls-")) {
                names.add(name);
            }
        }
        names.sort(null);
        assertEquals(names, names.stream().filter(name -> config.find(name).isPresent()).toList());
        return names;
    }

    private static void compare(Config config, RespClient client, String... pairs) {
        List<Object> command = new ArrayList<>(List.of("CONFIG", "SET"));
        List<Map.Entry<String, String>> entries = new ArrayList<>();
        for (int p = 0; p < pairs.length; p += 2) {
            command.addAll(List.of(pairs[p], pairs[p + 1]));
            entries.add(Map.entry(pairs[p], pairs[p + 1]));
        }
        assertEquals(client.call(command.toArray()).wire(), set(config, entries), () -> String.join(" ", pairs));
        for (Map.Entry<String, String> entry : entries) {
            StringBuilder ours = new StringBuilder();
            for (Map.Entry<String, String> found : config.matching(List.of(entry.getKey()))) {
                ours.append(found.getKey()).append('=').append(found.getValue()).append('\n');
            }
            StringBuilder theirs = new StringBuilder();
            List<Reply> reply = client.call("CONFIG", "GET", entry.getKey()).items();
            for (int i = 0; i < reply.size(); i += 2) {
                theirs.append(text(reply.get(i))).append('=').append(text(reply.get(i + 1))).append('\n');
            }
            assertEquals(theirs.toString(), ours.toString(), () -> String.join(" ", pairs));
        }
    }

    private static String text(Reply reply) {
        return new String(reply.bytes(), StandardCharsets.UTF_8);
    }

    private static String set(Config config, List<Map.Entry<String, String>> pairs) {
        try {
            config.set(pairs);
            return "+OK\r\n";
        } catch (ConfigException e) {
            return "-ERR " + e.getMessage() + "\r\n";
        }
    }
}
