package dev.respql.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.testing.Backend;
import dev.respql.testing.EachBackend;
import dev.respql.testing.OwnServer;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a batch of fifty clients costs in statements: the promise that makes SQL fast. */
@EachBackend
class StatementCountTest {
    private static final int CLIENTS = 50;

    @Test
    @OwnServer("lanes=1")
    void fiftyGetsAreOneStatement(RunningServer server) throws Exception {
        fill(server);
        try (OneBatch batch = new OneBatch(server.server(), CLIENTS)) {
            assertEquals(1, batch.statements(i -> new Object[] {"GET", "key" + i}));
            List<Reply> replies = batch.run(i -> new Object[] {"GET", "key" + i});
            for (int i = 0; i < CLIENTS; i++) {
                assertEquals("value" + i, replies.get(i).text());
            }
        }
    }

    @Test
    @OwnServer("lanes=1")
    void fiftySetsOnExistingKeysAreAHandful(RunningServer server) throws Exception {
        fill(server);
        try (OneBatch batch = new OneBatch(server.server(), CLIENTS)) {
            // Locks (PostgreSQL only), headers, values, COMMIT.
            long expected = server.backend() == Backend.POSTGRESQL ? 4 : 3;
            assertEquals(expected, batch.statements(i -> new Object[] {"SET", "key" + i, "new" + i}));
            long before = exchanges(server);
            batch.run(i -> new Object[] {"SET", "key" + i, "newer" + i});
            assertTrue(exchanges(server) - before <= 2, "round trips");
            for (Reply reply : batch.run(i -> new Object[] {"GET", "key" + i})) {
                assertTrue(reply.text().startsWith("newer"));
            }
        }
    }

    @Test
    @OwnServer("lanes=1")
    void manyIncrementsOfOneKeyAreOneRow(RunningServer server) throws Exception {
        try (OneBatch batch = new OneBatch(server.server(), CLIENTS); RespClient client = server.connect()) {
            long rows = server.server().node().database().counters().rows();
            batch.run(i -> new Object[] {"INCR", "counter"});
            assertTrue(server.server().node().database().counters().rows() - rows < 10);
            assertEquals("50", client.call("GET", "counter").text());
        }
    }

    /** Its keys are locked, and a value that is too long to be fetched ahead is read when the transaction comes to it. */
    @Test
    @OwnServer("lanes=1")
    void aTransactionThatReadsALongValueBesideWritesRunsOnce(RunningServer server) throws Exception {
        try (OneBatch batch = new OneBatch(server.server(), 2); RespClient client = server.connect()) {
            client.call("SET", "long", "v".repeat(70_000));
            batch.run(i -> new Object[] {i == 0 ? "MULTI" : "PING"});
            batch.run(i -> i == 0 ? new Object[] {"GET", "long"} : new Object[] {"PING"});
            long before = exchanges(server);
            Reply exec = batch.run(i -> i == 0 ? new Object[] {"EXEC"} : new Object[] {"SET", "other", "v"}).get(0);
            assertEquals(70_000, exec.texts().get(0).length());
            // Locks and what is fetched ahead, the long value, what is written.
            assertTrue(exchanges(server) - before <= 3, "round trips");
        }
    }

    /** All that is watched is looked up at once, since these commands hold everybody else up. */
    @Test
    @OwnServer("lanes=1")
    void emptyingDatabasesCostsTheSameHoweverManyKeysAreWatched(RunningServer server) throws Exception {
        try (OneBatch batch = new OneBatch(server.server(), 1); RespClient watching = server.connect()) {
            for (List<Object> command : List.of(List.<Object>of("FLUSHDB"), List.<Object>of("FLUSHALL"),
                    List.<Object>of("SWAPDB", 0, 1))) {
                fill(server);
                watching.call("WATCH", "key0");
                long few = batch.statements(i -> command.toArray());
                fill(server);
                for (int i = 1; i < CLIENTS; i++) {
                    watching.call("WATCH", "key" + i);
                }
                assertEquals(few, batch.statements(i -> command.toArray()), command::toString);
                watching.call("MULTI");
                assertTrue(watching.call("EXEC").isNull(), command::toString);
            }
        }
    }

    /** What clients usually do with collections, each client something else, on values of fifty keys. */
    @Test
    @OwnServer("lanes=1")
    void anythingOnCollectionsIsAHandful(RunningServer server) throws Exception {
        Object[][] commands = {{"HSET", "h", "f", "v"}, {"HGET", "h", "f"}, {"SADD", "s", "m"}, {"SISMEMBER", "s", "m"},
            {"ZADD", "z", 1, "m"}, {"ZSCORE", "z", "m"}, {"ZINCRBY", "z", 2, "m"}, {"LPUSH", "l", "e"},
            {"RPUSH", "l", "e"}, {"LPOP", "l"}, {"RPOP", "l"}};
        try (OneBatch batch = new OneBatch(server.server(), CLIENTS)) {
            for (int round = 0; round < 3; round++) {
                batch.run(i -> onOwnKey(commands[i % 7], i));
                batch.run(i -> onOwnKey(new Object[] {"RPUSH", "l", "a", "b", "c"}, i));
                long before = exchanges(server);
                long statements = batch.statements(i -> onOwnKey(commands[i % commands.length], i));
                // Locks, then a few reads and writes for each of the four types, headers, COMMIT: not one a command.
                assertTrue(statements <= 17, statements + " statements");
                assertTrue(server.backend() == Backend.SQLITE || exchanges(server) - before <= 3, "round trips");
            }
        }
    }

    /** Each command alone, sent by fifty clients at once: each for a value of its own, and all for one. */
    @Test
    @OwnServer("lanes=1")
    void eachCommandOnCollectionsIsAHandful(RunningServer server) throws Exception {
        Map<List<Object>, Integer> most = new LinkedHashMap<>();
        most.put(List.of("HSET", "h", "f", "new"), 4);
        most.put(List.of("HGET", "h", "f"), 1);
        most.put(List.of("SADD", "s", "new"), 4);
        most.put(List.of("SISMEMBER", "s", "m"), 1);
        // With fifty members, tests' sorted sets have counts of blocks.
        most.put(List.of("ZADD", "z", 2, "new"), 5);
        most.put(List.of("ZSCORE", "z", "m"), 1);
        most.put(List.of("ZINCRBY", "z", 2, "m"), 5);
        most.put(List.of("ZRANGEBYSCORE", "z", "-inf", "+inf"), 2);
        most.put(List.of("ZREVRANGEBYSCORE", "z", "+inf", "-inf", "LIMIT", 0, 10), 2);
        most.put(List.of("ZCOUNT", "z", 0, 10), 2);
        most.put(List.of("ZREMRANGEBYSCORE", "z", "-inf", "+inf"), 5);
        most.put(List.of("LPUSH", "l", "new"), 4);
        most.put(List.of("RPUSH", "l", "new"), 4);
        most.put(List.of("LPOP", "l"), 4);
        most.put(List.of("RPOP", "l"), 4);
        try (OneBatch batch = new OneBatch(server.server(), CLIENTS)) {
            for (Object[] filling : List.of(new Object[] {"HSET", "h", "f", "v"}, new Object[] {"SADD", "s", "m"},
                    new Object[] {"ZADD", "z", 1, "m"}, new Object[] {"RPUSH", "l", "a", "b", "c"})) {
                batch.run(i -> onOwnKey(filling, i));
                batch.run(i -> filling);
            }
            for (Map.Entry<List<Object>, Integer> entry : most.entrySet()) {
                Object[] command = entry.getKey().toArray();
                // Writes take the locks of their keys on PostgreSQL.
                boolean locks = server.backend() == Backend.POSTGRESQL && entry.getValue() > 1;
                long limit = entry.getValue() + (locks ? 1 : 0);
                long own = batch.statements(i -> onOwnKey(command, i));
                assertTrue(own <= limit, own + " statements for " + entry.getKey());
                long shared = batch.statements(i -> withOwnEnd(command, i));
                assertTrue(shared <= limit, shared + " statements for " + entry.getKey() + " of one key");
            }
        }
    }

    /** Of one key, each client another element where it adds one. */
    private static Object[] withOwnEnd(Object[] command, int client) {
        Object[] own = command.clone();
        if (own[own.length - 1].equals("new")) {
            own[own.length - 1] = "new" + client;
        }
        return own;
    }

    private static Object[] onOwnKey(Object[] command, int client) {
        Object[] own = command.clone();
        own[1] = own[1].toString() + client;
        return own;
    }

    private static long exchanges(RunningServer server) {
        return server.server().node().database().counters().exchanges();
    }

    private static void fill(RunningServer server) {
        try (RespClient client = server.connect()) {
            for (int i = 0; i < CLIENTS; i++) {
                client.call("SET", "key" + i, "value" + i);
            }
        }
    }
}
