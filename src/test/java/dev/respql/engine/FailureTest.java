package dev.respql.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.Server;
import dev.respql.command.Command;
import dev.respql.command.CommandTable;
import dev.respql.command.Commands;
import dev.respql.command.Flag;
import dev.respql.command.KeySpec;
import dev.respql.config.Config;
import dev.respql.testing.Await;
import dev.respql.testing.Cable;
import dev.respql.testing.PostgresForTests;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of a batch when something goes wrong that no command meant. */
class FailureTest {
    private static final int CLIENTS = 20;
    private static final int GUILTY = 7;

    private final List<AutoCloseable> open = new ArrayList<>();

    @Test
    void onlyTheGuiltyCommandFailsOnSqlite() throws Exception {
        onlyTheGuiltyCommandFails(start(config("backend", "memory")));
    }

    @Test
    void onlyTheGuiltyCommandFailsOnPostgresql() throws Exception {
        onlyTheGuiltyCommandFails(start(config("url", newDatabase())));
    }

    private void onlyTheGuiltyCommandFails(Server server) throws Exception {
        try (OneBatch batch = new OneBatch(server, CLIENTS); RespClient client = RespClient.connect(server.port())) {
            List<Reply> replies = batch.run(i -> new Object[] {i == GUILTY ? "EXPLODE" : "SET", "key" + i, "value"});
            for (int i = 0; i < CLIENTS; i++) {
                assertEquals(i == GUILTY ? "ERR internal error" : "OK", replies.get(i).text());
                assertEquals(i == GUILTY ? 0 : 1, client.call("EXISTS", "key" + i).integer());
            }
            assertEquals(1, server.node().stats().splits());
        }
    }

    @Test
    void subscriptionsAndMessagesOfABatchThatRunsTwiceCountOnceOnSqlite() throws Exception {
        subscriptionsAndMessagesCountOnce(start(config("backend", "memory")));
    }

    @Test
    void subscriptionsAndMessagesOfABatchThatRunsTwiceCountOnceOnPostgresql() throws Exception {
        String url = newDatabase();
        Server server = start(config("url", url));
        start(config("url", url)); // so that subscriptions are written to the database
        subscriptionsAndMessagesCountOnce(server);
    }

    private void subscriptionsAndMessagesCountOnce(Server server) throws Exception {
        try (OneBatch batch = new OneBatch(server, CLIENTS); RespClient listening = RespClient.connect(server.port());
                RespClient client = RespClient.connect(server.port())) {
            listening.call("SUBSCRIBE", "other");
            List<Reply> replies = batch.run(i -> i == GUILTY ? new Object[] {"EXPLODE", "k", "v"}
                    : i == 3 ? new Object[] {"PUBLISH", "other", "once"} : new Object[] {"SUBSCRIBE", "c" + i / 2});
            assertEquals(1, server.node().stats().splits());
            assertEquals("[\"subscribe\", \"c0\", (integer) 1]", replies.get(0).toString());
            assertEquals(1, replies.get(3).integer());
            assertEquals(2, client.call("PUBLISH", "c0", "x").integer());
            assertEquals(1, client.call("PUBLISH", "c" + GUILTY / 2, "x").integer());
            assertEquals(1, client.call("PUBLISH", "other", "again").integer());
            assertEquals("[\"message\", \"other\", \"once\"]", listening.read().toString());
            assertEquals("[\"message\", \"other\", \"again\"]", listening.read().toString());
        }
    }

    @Test
    void aConnectionLostBetweenBatchesIsReplacedUnnoticed() throws Exception {
        String url = newDatabase();
        Server server = start(config("url", url));
        try (RespClient client = RespClient.connect(server.port())) {
            assertEquals("OK", client.call("SET", "key", "before").text());
            killConnections(url);
            assertEquals("OK", client.call("SET", "key", "after").text());
            killConnections(url);
            assertEquals("after", client.call("GET", "key").text());
        }
    }

    @Test
    void aConnectionLostWhileCommittingIsReportedAndNotTriedAgain() throws Exception {
        String url = newDatabase();
        Server server = start(config("url", url));
        try (RespClient client = RespClient.connect(server.port());
                Connection connection = PostgresForTests.connect(url);
                Statement statement = connection.createStatement()) {
            assertEquals("OK", client.call("SET", "key", "before").text());
            holdUpCommits(statement);
            client.send("SET", "key", "after");
            while (killed(statement, "wait_event = 'advisory'") == 0) {
                Thread.onSpinWait();
            }
            assertOutcomeUnknown(client.read());
            statement.execute("DROP TRIGGER hold_up ON strings");
            assertEquals("before", client.call("GET", "key").text());
            assertEquals(1, server.node().stats().unknownOutcomes());
            assertEquals(0, server.node().stats().retries());
        }
    }

    /** What they were given may be gone. */
    @Test
    void whoIsServedByABatchWhoseOutcomeIsNotKnownIsToldSo() throws Exception {
        String url = newDatabase();
        Config config = config("url", url);
        config.put("lanes", "2");
        Server server = start(config);
        try (RespClient pushing = RespClient.connect(server.port());
                RespClient onOtherLane = RespClient.connect(server.port());
                RespClient onSameLane = RespClient.connect(server.port());
                Connection connection = PostgresForTests.connect(url);
                Statement statement = connection.createStatement()) {
            pushing.call("SET", "key", "before");
            wait(server, onOtherLane, "list", 1);
            wait(server, onSameLane, "list", 2);
            holdUpCommits(statement);
            pushing.queue("MULTI").queue("SET", "key", "after").queue("RPUSH", "list", "a", "b").queue("EXEC").flush();
            while (killed(statement, "wait_event = 'advisory'") == 0) {
                Thread.onSpinWait();
            }
            assertOutcomeUnknown(pushing.read(4).get(3));
            assertOutcomeUnknown(onOtherLane.read());
            assertOutcomeUnknown(onSameLane.read());
            statement.execute("DROP TRIGGER hold_up ON strings");
            assertEquals(1, pushing.call("RPUSH", "list", "c").integer());
            assertEquals("OK", onOtherLane.call("SET", "key", "again").text());
            assertEquals(0, server.node().blockedClients());
        }
    }

    /** Nobody else would ever tell them of what has been committed after all. */
    @Test
    void whoWaitsOnAnotherNodeLooksAgainWhereTheOutcomeIsNotKnown() throws Exception {
        String url = newDatabase();
        try (Cable cable = new Cable(url); Connection connection = PostgresForTests.connect(url);
                Statement statement = connection.createStatement()) {
            Server other = start(config("url", url));
            Server server = start(config("url", cable.url()));
            try (RespClient waiting = RespClient.connect(other.port());
                    RespClient pushing = RespClient.connect(server.port())) {
                pushing.call("SET", "key", "before");
                wait(other, waiting, "list", 1);
                holdUpCommits(statement);
                pushing.queue("MULTI").queue("SET", "key", "after").queue("RPUSH", "list", "a").queue("EXEC").flush();
                int port = 0;
                while (port == 0) {
                    port = number(statement, """
                            SELECT coalesce(max(client_port), 0) FROM pg_stat_activity
                            WHERE datname = current_database() AND wait_event = 'advisory'""");
                }
                cable.cut(port);
                assertOutcomeUnknown(pushing.read(4).get(3));
                statement.execute("SELECT pg_advisory_unlock(1)");
                assertEquals("[\"list\", \"a\"]", waiting.read().toString());
            }
        }
    }

    private static void wait(Server server, RespClient client, String list, int waiting) {
        client.send("BLPOP", list, "0");
        Await.until(() -> server.node().blockedClients() == waiting);
    }

    /** Has commits that change strings wait until this session gives a lock back or their connection is cut. */
    private static void holdUpCommits(Statement statement) throws Exception {
        statement.execute("""
                CREATE FUNCTION hold_up() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    PERFORM pg_advisory_lock(1);
                    PERFORM pg_advisory_unlock(1);
                    RETURN NULL;
                END $$""");
        statement.execute("""
                CREATE CONSTRAINT TRIGGER hold_up AFTER UPDATE ON strings
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION hold_up()""");
        statement.execute("SELECT pg_advisory_lock(1)");
    }

    private static void assertOutcomeUnknown(Reply reply) {
        assertTrue(reply.isError() && reply.text().contains("is not known"), reply.toString());
    }

    @Test
    void whatFailsAfterACommitKeepsNothingElseFromBeingDoneOnSqlite() throws Exception {
        whatFailsAfterACommitKeepsNothingElseFromBeingDone(start(config("backend", "memory")));
    }

    @Test
    void whatFailsAfterACommitKeepsNothingElseFromBeingDoneOnPostgresql() throws Exception {
        whatFailsAfterACommitKeepsNothingElseFromBeingDone(start(config("url", newDatabase())));
    }

    private void whatFailsAfterACommitKeepsNothingElseFromBeingDone(Server server) throws Exception {
        try (RespClient waiting = RespClient.connect(server.port()); RespClient client = RespClient.connect(server.port())) {
            wait(server, waiting, "list", 1);
            client.queue("MULTI").queue("STUMBLE", "k", "v").queue("RPUSH", "list", "a").queue("EXEC").flush();
            assertEquals("[OK, (integer) 1]", client.read(4).get(3).toString());
            assertEquals("[\"list\", \"a\"]", waiting.read().toString());
            assertEquals("v", client.call("GET", "k").text());
        }
    }

    @Test
    void whoIsServedByABatchThatEndsInAnErrorOfJavaGoesOnWaitingOnSqlite() throws Exception {
        whoIsServedGoesOnWaiting(start(config("backend", "memory")));
    }

    @Test
    void whoIsServedByABatchThatEndsInAnErrorOfJavaGoesOnWaitingOnPostgresql() throws Exception {
        whoIsServedGoesOnWaiting(start(config("url", newDatabase())));
    }

    /** As when there is no memory for a reply. */
    private void whoIsServedGoesOnWaiting(Server server) throws Exception {
        try (RespClient waiting = RespClient.connect(server.port()); RespClient client = RespClient.connect(server.port());
                RespClient pushing = RespClient.connect(server.port())) {
            waiting.send("BLPOP", "list", "0");
            while (server.node().blockedClients() == 0) {
                Thread.onSpinWait();
            }
            pushing.queue("RPUSH", "list", "lost").queue("BURST", "k", "v").flush();
            pushing.readUntilClosed();
            assertEquals(1, client.call("RPUSH", "list", "found").integer());
            assertEquals("[\"list\", \"found\"]", waiting.timeout(Duration.ofSeconds(5)).read().toString());
        }
    }

    private static void killConnections(String url) throws Exception {
        try (Connection connection = PostgresForTests.connect(url); Statement statement = connection.createStatement()) {
            assertTrue(killed(statement, "true") > 0);
        }
    }

    /** Ends respql's connections that meet a condition; how many. */
    private static int killed(Statement statement, String condition) throws Exception {
        return number(statement, """
                SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()
                    AND application_name = 'respql' AND\s""" + condition);
    }

    private static int number(Statement statement, String query) throws Exception {
        try (var result = statement.executeQuery(query)) {
            result.next();
            return result.getInt(1);
        }
    }

    private Server start(Config config) {
        List<Command> commands = new ArrayList<>(Commands.table().commands());
        commands.add(Command.named("explode").arity(3).flags(Flag.WRITE).keys(KeySpec.at(1)).runs(call -> {
            call.tx().strings().set(call.key(1), call.bytes(2));
            throw new IllegalStateException("as the test wants it");
        }));
        commands.add(Command.named("stumble").arity(3).flags(Flag.WRITE).keys(KeySpec.at(1)).runs(call -> {
            call.tx().strings().set(call.key(1), call.bytes(2));
            call.tx().afterCommit(() -> {
                throw new IllegalStateException("as the test wants it");
            });
            return dev.respql.protocol.Reply.OK;
        }));
        commands.add(Command.named("burst").arity(3).flags(Flag.WRITE).keys(KeySpec.at(1)).runs(call -> {
            throw new OutOfMemoryError("as the test wants it");
        }));
        Server server = Server.start(config, new CommandTable(commands));
        open.add(server);
        return server;
    }

    private String newDatabase() {
        String url = PostgresForTests.newDatabase();
        open.add(() -> PostgresForTests.dropDatabase(url));
        return url;
    }

    private static Config config(String name, String value) {
        Config config = Config.defaults();
        config.put("port", "0");
        config.put("lanes", "1");
        config.put(name, value);
        return config;
    }

    @AfterEach
    void close() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }
}
