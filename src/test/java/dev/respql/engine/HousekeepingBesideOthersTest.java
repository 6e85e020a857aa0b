package dev.respql.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.respql.store.KeyName;
import dev.respql.store.Sweeper;
import dev.respql.testing.Await;
import dev.respql.testing.Backend;
import dev.respql.testing.Bytes;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Housekeeping waits for nobody who holds what it needs: the clients of its lane would wait, too. */
class HousekeepingBesideOthersTest {
    /** As many as are not removed at once. */
    private static final int MEMBERS = 200;

    private RunningServer server;
    private RespClient client;
    private Connection elsewhere;

    @BeforeEach
    void start() throws SQLException {
        server = RunningServer.start(Backend.POSTGRESQL);
        server.server().housekeeper().pause();
        client = server.connect();
        elsewhere = server.openDatabase();
        elsewhere.setAutoCommit(false);
    }

    @AfterEach
    void stop() throws SQLException {
        elsewhere.close();
        client.close();
        server.close();
    }

    @Test
    void leavesExpiredKeysThatSomebodyHoldsForLater() throws SQLException {
        for (String key : new String[] {"held", "free"}) {
            client.call("SET", key, "value", "PX", 1);
            Await.until(() -> client.call("GET", key).isNull());
        }
        lockElsewhere(new KeyName(0, Bytes.of("held")).lock());
        server.server().housekeeper().resume();
        Await.until(() -> count("keys WHERE name = 'free'") == 0);
        assertEquals(1, count("keys"));
        elsewhere.rollback();
        Await.until(() -> count("keys") == 0);
    }

    @Test
    void leavesSweepingToWhoIsAtIt() throws SQLException {
        for (int i = 0; i < MEMBERS; i++) {
            client.queue("SADD", "large", i);
        }
        client.flush().read(MEMBERS);
        client.call("DEL", "large");
        client.call("SET", "string", "value");
        client.call("FLUSHDB");
        lockElsewhere(0x73776565706572L);
        CompletableFuture<Boolean> step = step();
        Await.until(step::isDone);
        assertEquals(false, step.join());
        assertEquals(MEMBERS, count("sets"));
        assertEquals(1, count("keys"));
        elsewhere.rollback();
        Await.until(() -> !step().join());
        assertEquals(0, count("sets"));
        assertEquals(0, count("keys"));
    }

    private CompletableFuture<Boolean> step() {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        Lane lane = server.server().node().mainLane();
        lane.execute(() -> done.complete(Sweeper.step(lane.link())));
        return done;
    }

    private void lockElsewhere(long lock) throws SQLException {
        try (Statement statement = elsewhere.createStatement()) {
            statement.execute("SELECT pg_advisory_xact_lock(" + lock + ")");
        }
    }

    private long count(String relation) {
        try (Connection connection = server.openDatabase(); Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM " + relation)) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
