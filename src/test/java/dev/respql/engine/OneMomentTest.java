package dev.respql.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.Server;
import dev.respql.config.Config;
import dev.respql.store.KeyName;
import dev.respql.store.MemberHash;
import dev.respql.testing.Bytes;
import dev.respql.testing.PostgresForTests;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a call that only reads finds is one state of its keys, also where others write, on other nodes as well. */
class OneMomentTest {
    /** The batch writes, too, and so sees in each statement what has been committed by then. */
    @Test
    void aReadInTwoStatementsBesideWrites() throws Exception {
        String url = PostgresForTests.newDatabase();
        Config config = Config.defaults();
        config.put("port", "0");
        config.put("lanes", "1");
        config.put("url", url);
        try (Server server = Server.start(config); RespClient client = RespClient.connect(server.port());
                Connection elsewhere = PostgresForTests.connect(url); Connection watching = PostgresForTests.connect(url);
                OneBatch batch = new OneBatch(server, 2)) {
            client.call("ZADD", "z", "1", "a");
            elsewhere.setAutoCommit(false);
            try (Statement statement = elsewhere.createStatement(); Statement look = watching.createStatement()) {
                // Stops the batch between the header and the members.
                statement.execute("LOCK TABLE zsets IN ACCESS EXCLUSIVE MODE");
                CompletableFuture<List<Reply>> replies = CompletableFuture.supplyAsync(() -> run(batch));
                while (number(look, "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'zsets'::regclass") == 0) {
                    Thread.onSpinWait();
                }
                addAsAnotherNode(statement);
                elsewhere.commit();
                String range = replies.get().get(1).toString();
                assertTrue(Set.of("[\"a\"]", "[\"b\", \"a\"]").contains(range), range);
            }
        } finally {
            PostgresForTests.dropDatabase(url);
        }
    }

    private static List<Reply> run(OneBatch batch) {
        try {
            return batch.run(i -> i == 0 ? new Object[] {"SET", "k", "v"} : new Object[] {"ZRANGE", "z", "0", "-1"});
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Who cannot have the key's lock would have to wait. */
    private static void addAsAnotherNode(Statement statement) throws Exception {
        long lock = new KeyName(0, Bytes.of("z")).lock();
        if (number(statement, "SELECT pg_try_advisory_xact_lock(" + lock + ")::int") == 1) {
            long id = number(statement, "SELECT id FROM keys WHERE name = 'z'");
            assertEquals(1, statement.executeUpdate("UPDATE keys SET size = 2 WHERE name = 'z'"));
            statement.executeUpdate("INSERT INTO zsets (key_id, hash, member, score) VALUES (%d, %d, 'b', 0)"
                    .formatted(id, MemberHash.of(Bytes.of("b"))));
        }
    }

    private static long number(Statement statement, String query) throws Exception {
        try (ResultSet result = statement.executeQuery(query)) {
            result.next();
            return result.getLong(1);
        }
    }
}
