package dev.respql.command.transaction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.bus.PostgresBus;
import dev.respql.testing.Await;
import dev.respql.testing.Backend;
import dev.respql.testing.NodeProcess;
import dev.respql.testing.PostgresForTests;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.io.UncheckedIOException;
import java.sql.Connection;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Transactions and waiting clients on three nodes of one PostgreSQL at the same time. */
class ManyNodesTest {
    private static final int ACCOUNTS = 8;
    private static final int BALANCE = 1000;

    private final List<RunningServer> nodes = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @BeforeEach
    void start() {
        nodes.add(RunningServer.start(Backend.POSTGRESQL));
        nodes.add(nodes.get(0).startSecondNode());
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
        nodes.get(0).close();
    }

    // ---- the bank

    @Test
    void transfersKeepTheTotal() {
        nodes.add(nodes.get(0).startSecondNode());
        try (RespClient client = nodes.get(0).connect()) {
            for (int i = 0; i < ACCOUNTS; i++) {
                client.call("SET", account(i), BALANCE);
            }
            AtomicInteger transferring = new AtomicInteger(6);
            AtomicInteger readings = new AtomicInteger();
            List<CompletableFuture<Integer>> transfers = IntStream.range(0, 6)
                    .mapToObj(i -> inBackground(() -> transfer(nodes.get(i % 3), i, 60, transferring))).toList();
            List<CompletableFuture<Integer>> readers = IntStream.range(0, 3)
                    .mapToObj(i -> inBackground(() -> read(nodes.get(i), transferring, readings))).toList();
            int refused = transfers.stream().mapToInt(CompletableFuture::join).sum();
            readers.forEach(CompletableFuture::join);
            assertEquals(ACCOUNTS * BALANCE, total(client));
            assertTrue(readings.get() > 0, "nobody has read");
            assertTrue(refused > 0, "no transaction met another one: the test proves nothing");
        }
    }

    /** Moves money until so many transfers came about; how many did not, since somebody else was faster. */
    private static int transfer(RunningServer node, int seed, int count, AtomicInteger transferring) {
        Random random = new Random(seed);
        int refused = 0;
        try (RespClient client = node.connect()) {
            for (int done = 0; done < count; ) {
                int from = random.nextInt(ACCOUNTS);
                int to = (from + 1 + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS;
                client.call("WATCH", account(from), account(to));
                int amount = 1 + random.nextInt(50);
                int left = Integer.parseInt(client.call("GET", account(from)).text()) - amount;
                int more = Integer.parseInt(client.call("GET", account(to)).text()) + amount;
                client.queue("MULTI").queue("SET", account(from), left).queue("SET", account(to), more).queue("EXEC");
                List<Reply> replies = client.flush().read(4);
                if (replies.get(3).isNull()) {
                    refused++;
                } else {
                    assertEquals("[OK, OK]", replies.get(3).toString());
                    done++;
                }
            }
        } finally {
            transferring.decrementAndGet();
        }
        return refused;
    }

    private static int read(RunningServer node, AtomicInteger transferring, AtomicInteger readings) {
        try (RespClient client = node.connect()) {
            while (transferring.get() > 0) {
                assertEquals(ACCOUNTS * BALANCE, total(client));
                client.queue("MULTI");
                for (int i = 0; i < ACCOUNTS; i++) {
                    client.queue("GET", account(i));
                }
                Reply exec = client.queue("EXEC").flush().read(ACCOUNTS + 2).get(ACCOUNTS + 1);
                assertEquals(ACCOUNTS * BALANCE, sum(exec.texts()));
                readings.incrementAndGet();
            }
        }
        return 0;
    }

    private static int total(RespClient client) {
        Object[] mget = IntStream.range(-1, ACCOUNTS).mapToObj(i -> i < 0 ? "MGET" : account(i)).toArray();
        return sum(client.call(mget).texts());
    }

    private static int sum(List<String> balances) {
        return balances.stream().mapToInt(Integer::parseInt).sum();
    }

    private static String account(int number) {
        return "account" + number;
    }

    // ---- what comes before a watch, and by the same node

    /** However they share batches and transactions of the database. */
    @Test
    void whatWasChangedBeforeAWatchStopsNothing() {
        try (RespClient client = nodes.get(0).connect()) {
            for (int i = 0; i < 50; i++) {
                client.queue("SET", "k", i).queue("WATCH", "k").queue("MULTI").queue("GET", "k").queue("EXEC");
                assertEquals("[\"" + i + "\"]", client.flush().read(5).get(4).toString());
            }
        }
    }

    @Test
    void whatANodeEmptiesTouchesWhatItsClientsWatchOnlyIfItWasThere() {
        try (RespClient watching = nodes.get(0).connect(); RespClient client = nodes.get(0).connect()) {
            for (List<Object> command : List.of(List.<Object>of("FLUSHDB"), List.<Object>of("FLUSHALL"),
                    List.<Object>of("SWAPDB", 3, 4))) {
                watching.call("WATCH", "missing");
                client.call(command.toArray());
                watching.call("MULTI");
                assertEquals("[]", watching.call("EXEC").toString(), command::toString);
            }
            client.call("SET", "k", "v");
            watching.call("WATCH", "k");
            client.call("FLUSHDB");
            watching.call("MULTI");
            assertTrue(watching.call("EXEC").isNull());
        }
    }

    // ---- expiry

    /** Nobody has to have come across the key, nor need it be gone from the database yet. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aKeyThatExpiresStopsATransactionOnAnyNode(int activeExpiry) {
        try (RespClient here = nodes.get(0).connect(); RespClient there = nodes.get(1).connect()) {
            for (RespClient client : List.of(here, there)) {
                client.call("DEBUG", "SET-ACTIVE-EXPIRE", activeExpiry);
            }
            do {
                // Whoever watches too late watches a key that is missing, which may expire as it likes.
                here.queue("RESET").queue("SET", "k", "v", "PX", 300).queue("WATCH", "k").flush().read(3);
                there.queue("RESET").queue("WATCH", "k").flush().read(2);
            } while (there.call("EXISTS", "k").integer() == 0);
            Await.until(() -> there.call("EXISTS", "k").integer() == 0);
            for (RespClient client : List.of(here, there)) {
                client.call("MULTI");
                client.call("SET", "k", "too late");
                assertTrue(client.call("EXEC").isNull());
            }
            assertEquals(0, here.call("EXISTS", "k").integer());
        }
    }

    // ---- producers and consumers

    /**
     * Eight producers, eight consumers, three nodes, one of which is killed half-way. Who moves its element to a list of
     * its own before it acknowledges it loses nothing; who pops may lose what was popped for it and did not reach it.
     */
    @Test
    void everyElementIsDeliveredOnceThoughANodeDies() {
        int each = 150;
        try (NodeProcess mortal = nodes.get(0).startNodeProcess(); RespClient client = nodes.get(0).connect()) {
            IntFunction<Supplier<RespClient>> node = i -> i % 3 == 2 ? mortal::connect : nodes.get(i % 3)::connect;
            ConcurrentLinkedQueue<String> popped = new ConcurrentLinkedQueue<>();
            ConcurrentLinkedQueue<String> inOrder = new ConcurrentLinkedQueue<>();
            ConcurrentLinkedQueue<String> unsure = new ConcurrentLinkedQueue<>();
            AtomicInteger lostPops = new AtomicInteger();
            List<CompletableFuture<Integer>> consumers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                int number = i;
                Supplier<RespClient> connect = i == 7 ? nodes.get(1)::connect : node.apply(i);
                consumers.add(inBackground(() -> switch (number % 4) {
                    case 0 -> consume(connect, popped, lostPops, 1, "BRPOP", "popped", 0);
                    case 1 -> consume(connect, popped, lostPops, 1, "BZPOPMIN", "sorted", 0);
                    case 2 -> move(connect, "own" + number, popped);
                    default -> number == 7 ? consume(connect, inOrder, lostPops, 1, "BRPOP", "ordered", 0)
                            : move(connect, "own" + number, popped);
                }));
            }
            AtomicInteger sent = new AtomicInteger();
            List<CompletableFuture<Integer>> producers = IntStream.range(0, 8).mapToObj(i -> inBackground(() ->
                    produce(i == 7 ? nodes.get(0)::connect : node.apply(i), i, each, unsure, sent))).toList();
            Await.until(() -> sent.get() > 4 * each);
            mortal.kill();
            producers.forEach(CompletableFuture::join);
            List<String> queues = List.of("popped", "sorted", "moved", "ordered");
            Await.until(() -> queues.stream().allMatch(queue -> client.call("EXISTS", queue).integer() == 0));
            for (int i = 0; i < 2; i++) {
                client.call("RPUSH", "popped", "end", "end", "end");
                client.call("ZADD", "sorted", 1e9, "end" + i);
                client.call("ZADD", "sorted", 2e9, "end" + (i + 2));
            }
            client.call("RPUSH", "moved", "end", "end", "end");
            client.call("RPUSH", "ordered", "end");
            consumers.forEach(CompletableFuture::join);
            account(client, each, popped, inOrder, unsure, lostPops.get());
        }
    }

    private static void account(RespClient client, int each, Iterable<String> popped, Iterable<String> inOrder,
            Iterable<String> unsure, int lostPops) {
        Set<String> got = new HashSet<>();
        Map<String, Integer> next = new HashMap<>();
        for (String element : inOrder) {
            String[] parts = element.split(":");
            int number = Integer.parseInt(parts[2]);
            assertTrue(next.getOrDefault(parts[1], -1) < number, element + " came out of order");
            next.put(parts[1], number);
            assertTrue(got.add(element), element + " came twice");
        }
        for (String element : popped) {
            assertTrue(got.add(element), element + " came twice");
        }
        Set<String> missing = new HashSet<>();
        for (int producer = 0; producer < 8; producer++) {
            for (int i = 0; i < each; i++) {
                for (String queue : List.of("popped", "sorted", "moved", "ordered")) {
                    missing.add(queue + ":" + producer + ":" + i);
                }
            }
        }
        missing.removeAll(got);
        unsure.forEach(missing::remove);
        assertTrue(missing.size() <= lostPops, missing.size() + " of which " + lostPops + " may be: " + missing);
        assertTrue(missing.stream().noneMatch(element -> element.startsWith("moved")), "lost: " + missing);
    }

    /** Sends each element to four queues; on the death of its node it goes on at another one with the next element. */
    private int produce(Supplier<RespClient> connect, int producer, int count, ConcurrentLinkedQueue<String> unsure,
            AtomicInteger sent) {
        RespClient client = connect.get();
        try {
            for (int i = 0; i < count; i++) {
                String name = ":" + producer + ":" + i;
                try {
                    client.queue("LPUSH", "popped", "popped" + name).queue("ZADD", "sorted", i, "sorted" + name)
                            .queue("RPUSH", "moved", "moved" + name).queue("LPUSH", "ordered", "ordered" + name)
                            .flush().read(4).forEach(reply -> assertTrue(!reply.isError(), reply::toString));
                } catch (UncheckedIOException dead) {
                    // It may have been committed, or not.
                    List.of("popped", "sorted", "moved", "ordered").forEach(queue -> unsure.add(queue + name));
                    client = client(0);
                }
                sent.incrementAndGet();
            }
        } finally {
            client.close();
        }
        return count;
    }

    /** Pops until the end is sent; what its node may have popped for it when it died is counted, and it goes on elsewhere. */
    private int consume(Supplier<RespClient> connect, ConcurrentLinkedQueue<String> to, AtomicInteger lostPops, int at,
            Object... pop) {
        RespClient client = connect.get();
        try {
            while (true) {
                try {
                    String element = client.call(pop).items().get(at).text();
                    if (element.startsWith("end")) {
                        return 0;
                    }
                    to.add(element);
                } catch (UncheckedIOException dead) {
                    lostPops.incrementAndGet();
                    client = client(1);
                }
            }
        } finally {
            client.close();
        }
    }

    /** Moves each element to a list of its own, and acknowledges it by removing it from there. */
    private int move(Supplier<RespClient> connect, String own, ConcurrentLinkedQueue<String> to) {
        RespClient client = connect.get();
        String inHand = null;
        try {
            while (true) {
                try {
                    String element = client.call("BLMOVE", "moved", own, "LEFT", "LEFT", 0).text();
                    if (element.equals("end")) {
                        return 0;
                    }
                    inHand = element;
                    assertEquals(1, client.call("LREM", own, 1, element).integer());
                    to.add(element);
                    inHand = null;
                } catch (UncheckedIOException dead) {
                    client = client(0);
                    Await.until(() -> othersAlive() == 1);
                    // What was moved without a reply, or not acknowledged for sure.
                    Set<String> left = new HashSet<>(client.call("LRANGE", own, 0, -1).texts());
                    client.call("DEL", own);
                    if (inHand != null) {
                        left.add(inHand);
                    }
                    to.addAll(left);
                    inHand = null;
                }
            }
        } finally {
            client.close();
        }
    }

    private long othersAlive() {
        return count("SELECT count(*) - 1 FROM nodes");
    }

    private RespClient client(int node) {
        return nodes.get(node).connect().timeout(java.time.Duration.ofSeconds(60));
    }

    // ---- what a node does not hear

    /** Pushes of another node go by while nobody listens here; whoever waits looks again as soon as somebody does. */
    @Test
    void whoWaitsOnANodeThatWasDeafLooksAgain() throws SQLException {
        String url = nodes.get(0).server().node().database().settings().url();
        RunningServer deaf = nodes.get(1);
        try (RespClient client = nodes.get(0).connect(); RespClient list = deaf.connect(); RespClient sorted = deaf.connect();
                Connection connection = nodes.get(0).openDatabase(); Statement statement = connection.createStatement()) {
            list.send("BLPOP", "list", 0);
            sorted.send("BZMPOP", 0, 2, "other", "sorted", "MIN");
            Await.until(() -> deaf.server().node().blockedClients() == 2);
            PostgresForTests.allowConnections(url, false);
            try {
                statement.execute("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                        + " WHERE datname = current_database() AND query LIKE 'LISTEN%'");
                client.call("RPUSH", "list", "pushed");
                client.call("ZADD", "sorted", 1, "added");
                assertEquals(2, deaf.server().node().blockedClients());
            } finally {
                PostgresForTests.allowConnections(url, true);
            }
            assertEquals("[\"list\", \"pushed\"]", list.read().toString());
            assertEquals("[\"sorted\", [[\"added\", \"1\"]]]", sorted.read().toString());
            assertEquals(0, client.call("EXISTS", "list", "sorted").integer());
        }
    }

    // ---- what stays behind

    @Test
    void whatGoneClientsAndNodesHaveWatchedIsForgotten() {
        try (RespClient stays = nodes.get(0).connect(); RespClient other = nodes.get(1).connect()) {
            stays.call("WATCH", "a", "b");
            other.call("WATCH", "a");
            RespClient goes = nodes.get(0).connect();
            goes.call("WATCH", "a", "c");
            assertEquals(5, watchedKeys());
            goes.close();
            Await.until(() -> watchedKeys() == 3);
            try (NodeProcess mortal = nodes.get(0).startNodeProcess(); RespClient dies = mortal.connect()) {
                dies.call("WATCH", "x", "y");
                assertEquals(5, watchedKeys());
                mortal.kill();
                Await.until(() -> watchedKeys() == 3);
            }
            stays.call("UNWATCH");
            assertEquals(1, watchedKeys());
            nodes.get(1).close();
            assertEquals(0, watchedKeys());
            for (List<Object> end : List.of(List.<Object>of("EXEC"), List.<Object>of("DISCARD"), List.<Object>of("RESET"),
                    List.<Object>of("EXEC", "too many"))) {
                stays.call("WATCH", "a", "b");
                stays.call("MULTI");
                assertEquals(2, watchedKeys());
                stays.call(end.toArray());
                assertEquals(0, watchedKeys(), end::toString);
            }
        }
    }

    /** Nobody is told of a push that nobody waits for any more. */
    @Test
    void whatGoneClientsHaveWaitedForIsForgotten() {
        try (RespClient served = nodes.get(0).connect(); RespClient pushing = nodes.get(1).connect()) {
            served.send("BLPOP", "a", "b", 0);
            Await.until(() -> waitedFor() == 2);
            RespClient goes = nodes.get(0).connect();
            goes.send("BRPOP", "a", "c", "d", 0);
            Await.until(() -> waitedFor() == 5);
            goes.close();
            Await.until(() -> waitedFor() == 2);
            pushing.call("RPUSH", "b", "1");
            assertEquals("[\"b\", \"1\"]", served.read().toString());
            Await.until(() -> waitedFor() == 0);
            assertTrue(pushing.call("BZPOPMAX", "e", 0.01).isNull());
            Await.until(() -> waitedFor() == 0);
        }
    }

    @Test
    void whoeverWasTakenForDeadDoesNotTrustItsWatches() throws SQLException {
        try (RespClient watching = nodes.get(0).connect(); RespClient other = nodes.get(1).connect();
                Connection connection = nodes.get(0).openDatabase(); Statement statement = connection.createStatement()) {
            watching.call("WATCH", "k");
            long id = ((PostgresBus) nodes.get(0).server().node().bus()).id();
            statement.execute("DELETE FROM watched_keys WHERE node = " + id);
            other.call("SET", "k", "1");
            watching.call("MULTI");
            assertTrue(watching.call("EXEC").isNull());
        }
    }

    /** The last one is different on purpose: see docs/compatibility.md. */
    @ParameterizedTest
    @CsvSource({"missing, FLUSHDB, false", "missing, FLUSHALL, false", "missing, SWAPDB 3 4, false", "there, FLUSHDB, true",
        "there, FLUSHALL, true", "there, SWAPDB 0 4, true", "there, SWAPDB 3 4, false", "there, SELECT 1 FLUSHDB, false",
        "missing, SWAPDB 0 4, true"})
    void whatAnotherNodeEmptiesTouchesWhatWasInIt(String key, String commands, boolean touches) {
        try (RespClient watching = nodes.get(0).connect(); RespClient other = nodes.get(1).connect()) {
            watching.call("SET", "there", "v");
            watching.call("WATCH", key);
            String command = commands;
            if (commands.startsWith("SELECT")) {
                other.call("SELECT", 1);
                command = "FLUSHDB";
            }
            other.call((Object[]) command.split(" "));
            watching.call("MULTI");
            assertEquals(touches, watching.call("EXEC").isNull());
        }
    }

    /** It may write nothing, not even what it watches. */
    @Test
    void whatANodeThatOnlyReadsRunsAsTransactions() {
        RunningServer reading = nodes.get(0).startSecondNode("readonly=yes");
        try (RespClient client = nodes.get(0).connect(); RespClient reader = reading.connect()) {
            client.call("SET", "k", "v");
            assertEquals("OK", reader.call("WATCH", "k").toString());
            reader.queue("MULTI").queue("GET", "k").queue("GET", "none").queue("EXEC");
            assertEquals("[\"v\", (nil)]", reader.flush().read(4).get(3).toString());
            reader.queue("MULTI").queue("BLPOP", "l", 0).queue("DISCARD").queue("WATCH", "k").queue("UNWATCH");
            assertTrue(reader.flush().read(5).get(1).toString().contains("READONLY"));
        }
    }

    /** How many clients wait for a key, key by key. */
    private long waitedFor() {
        return count("SELECT coalesce(sum(count), 0) FROM interests WHERE kind = 4");
    }

    private long watchedKeys() {
        return count("SELECT count(*) FROM watched_keys");
    }

    private long count(String query) {
        try (Connection connection = nodes.get(0).openDatabase(); Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private <T> CompletableFuture<T> inBackground(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, threads);
    }
}
