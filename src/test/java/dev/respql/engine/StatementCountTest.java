package dev.respql.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.testing.Backend;
import dev.respql.testing.EachBackend;
import dev.respql.testing.OwnServer;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.util.List;
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
