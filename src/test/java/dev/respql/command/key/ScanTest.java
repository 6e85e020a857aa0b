package dev.respql.command.key;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.testing.Backend;
import dev.respql.testing.EachBackend;
import dev.respql.testing.OwnServer;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What SCAN promises. */
@EachBackend
class ScanTest {
    /** One scan, which goes on step by step. */
    private static final class Scan {
        private final Object[] options;
        private final List<String> found = new ArrayList<>();
        private String cursor = "0";
        private boolean begun;

        Scan(Object... options) {
            this.options = options;
        }

        boolean over() {
            return begun && cursor.equals("0");
        }

        void step(RespClient client) {
            List<Object> command = new ArrayList<>(List.of("SCAN", cursor));
            command.addAll(Arrays.asList(options));
            List<Reply> reply = client.call(command.toArray()).items();
            begun = true;
            cursor = reply.get(0).text();
            found.addAll(reply.get(1).texts());
        }

        List<String> toEnd(RespClient client) {
            while (!over()) {
                step(client);
            }
            return found;
        }
    }

    private static List<String> sorted(List<String> names) {
        return names.stream().sorted().collect(Collectors.toList());
    }

    private static void fill(RespClient client, String prefix, int count) {
        Object[] command = new Object[1 + 2 * count];
        command[0] = "MSET";
        for (int i = 0; i < count; i++) {
            command[1 + 2 * i] = prefix + i;
            command[2 + 2 * i] = "v" + i;
        }
        assertEquals("OK", client.call(command).toString());
    }

    private static List<String> names(String prefix, int count) {
        return sorted(IntStream.range(0, count).mapToObj(i -> prefix + i).collect(Collectors.toList()));
    }

    @Test
    void meetsEveryKeyOnceInPages(RespClient client) {
        fill(client, "k", 500);
        Scan scan = new Scan("COUNT", 7);
        while (!scan.over()) {
            int before = scan.found.size();
            scan.step(client);
            int page = scan.found.size() - before;
            assertTrue(page == 7 || scan.over(), () -> "a page of " + page);
        }
        assertEquals(names("k", 500), sorted(scan.found));
    }

    @Test
    void filtersByNameAndType(RespClient client) {
        fill(client, "s", 50);
        for (int i = 0; i < 50; i++) {
            client.call("RPUSH", "l" + i, "a");
        }
        assertEquals(names("l", 50), sorted(new Scan("TYPE", "LIST").toEnd(client)));
        assertEquals(names("s", 50), sorted(new Scan("TYPE", "string", "COUNT", 3).toEnd(client)));
        assertEquals(List.of("l7"), new Scan("MATCH", "?7", "TYPE", "list").toEnd(client));
        assertEquals(List.of(), new Scan("MATCH", "s*", "TYPE", "list").toEnd(client));
    }

    @Test
    void keysOfOtherDatabasesCostNothing(RespClient client) {
        fill(client, "a", 1000);
        client.call("SELECT", 1);
        fill(client, "b", 3);
        client.call("SELECT", 0);
        fill(client, "c", 1000);
        client.call("SELECT", 1);
        Scan small = new Scan("COUNT", 10);
        small.step(client);
        assertTrue(small.over());
        assertEquals(names("b", 3), sorted(small.found));
        client.call("FLUSHALL");
        fill(client, "d", 3);
        Scan afterFlush = new Scan("COUNT", 10);
        afterFlush.step(client);
        assertTrue(afterFlush.over());
        assertEquals(names("d", 3), sorted(afterFlush.found));
    }

    @Test
    void goesOnAfterARestart(RunningServer server) {
        Scan scan = new Scan("COUNT", 10);
        try (RespClient client = server.connect()) {
            fill(client, "k", 100);
            scan.step(client);
            scan.step(client);
        }
        server.restart();
        try (RespClient client = server.connect()) {
            fill(client, "later", 20);
            assertTrue(scan.toEnd(client).containsAll(names("k", 100)));
        }
    }

    /**
     * Between the steps of several scans the keys are given other values in every way there is, by two nodes where there
     * can be two, and others come and go.
     */
    @Test
    @OwnServer
    void meetsWhatIsThereThroughout(RunningServer server) {
        RunningServer other = server.backend() == Backend.POSTGRESQL ? server.startSecondNode() : server;
        int keys = 60;
        for (int seed = 0; seed < 5; seed++) {
            Random random = new Random(seed);
            try (RespClient one = server.connect(); RespClient two = other.connect()) {
                one.call("FLUSHALL");
                List<RespClient> clients = List.of(one, two);
                for (int i = 0; i < keys; i++) {
                    clients.get(random.nextInt(2)).call("SET", "k" + i, i);
                }
                List<Scan> scans = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    scans.add(new Scan("COUNT", 1 + random.nextInt(9)));
                }
                Set<Scan> going = new HashSet<>(scans);
                while (!going.isEmpty()) {
                    for (int i = 0; i < 10; i++) {
                        change(clients.get(random.nextInt(2)), "k" + random.nextInt(keys), random);
                    }
                    for (Scan scan : scans) {
                        if (!scan.over()) {
                            scan.step(clients.get(random.nextInt(2)));
                        }
                    }
                    going.removeIf(Scan::over);
                }
                for (Scan scan : scans) {
                    List<String> missed = new ArrayList<>(names("k", keys));
                    missed.removeAll(scan.found);
                    int theSeed = seed;
                    assertEquals(List.of(), missed, () -> "missed, seed " + theSeed);
                }
            }
        }
    }

    /** Elements come, go and are given other values and scores between the steps; those that stay are met. */
    @ParameterizedTest
    @ValueSource(strings = {"HSCAN", "SSCAN", "ZSCAN"})
    void meetsElementsThatStay(String scan, RunningServer server) {
        String add = scan.equals("HSCAN") ? "HSET" : scan.equals("SSCAN") ? "SADD" : "ZADD";
        String remove = scan.equals("HSCAN") ? "HDEL" : scan.equals("SSCAN") ? "SREM" : "ZREM";
        Random random = new Random(1);
        try (RespClient scanning = server.connect(); RespClient changing = server.connect()) {
            for (int i = 0; i < 1000; i++) {
                changing.queue(element(add, "stays" + i, i));
            }
            changing.flush().read(1000);
            Set<String> met = new HashSet<>();
            String cursor = "0";
            do {
                List<Reply> step = scanning.call(scan, "c", cursor, "COUNT", 20).items();
                cursor = step.get(0).text();
                met.addAll(step.get(1).texts());
                for (int i = 0; i < 10; i++) {
                    changing.queue(element(add, "stays" + random.nextInt(1000), random.nextInt()))
                            .queue(element(add, "passes" + random.nextInt(300), random.nextInt()))
                            .queue(remove, "c", "passes" + random.nextInt(300));
                }
                changing.flush().read(30);
            } while (!cursor.equals("0"));
            List<String> missed = new ArrayList<>(names("stays", 1000));
            missed.removeAll(met);
            assertEquals(List.of(), missed);
        }
    }

    private static Object[] element(String add, String name, int value) {
        return switch (add) {
            case "HSET" -> new Object[] {add, "c", name, value};
            case "ZADD" -> new Object[] {add, "c", value, name};
            default -> new Object[] {add, "c", name};
        };
    }

    private static void change(RespClient client, String key, Random random) {
        String passing = "passing" + random.nextInt(20);
        Reply reply = switch (random.nextInt(7)) {
            case 0 -> client.call("SET", key, random.nextInt());
            case 1 -> {
                client.call("SET", passing, "p");
                yield client.call("RENAME", passing, key);
            }
            case 2 -> {
                client.call("DEL", passing);
                client.call("RPUSH", passing, "p");
                yield client.call("RENAME", passing, key);
            }
            case 3 -> {
                client.call("SET", passing, "p");
                yield client.call("COPY", passing, key, "REPLACE");
            }
            case 4 -> client.call("EXPIRE", key, 1000);
            case 5 -> client.call("SET", passing, "p");
            default -> client.call("DEL", passing);
        };
        assertTrue(!reply.isError(), reply::toString);
    }
}
