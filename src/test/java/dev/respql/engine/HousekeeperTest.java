package dev.respql.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.respql.store.Sweeper;
import dev.respql.testing.Await;
import dev.respql.testing.EachBackend;
import dev.respql.testing.OwnServer;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

@EachBackend
class HousekeeperTest {
    @Test
    @OwnServer
    void leavesAloneWhatMayOnlyBeRead(RunningServer server) throws SQLException {
        server.server().housekeeper().pause();
        try (RespClient client = server.connect()) {
            client.call("SET", "expired", "value", "PX", 1);
            Await.until(() -> client.call("GET", "expired").isNull());
            client.call("SELECT", 1);
            client.call("SET", "flushed", "value");
            client.call("FLUSHDB");
        }
        Logger logger = (Logger) LoggerFactory.getLogger(Node.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        try {
            server.restart("readonly=yes");
            Housekeeper housekeeper = new Housekeeper(server.server().node());
            for (int i = 0; i < 10; i++) {
                housekeeper.work();
            }
            housekeeper.close();
            assertEquals(2, rows(server));
            assertEquals(List.of(), log.list);
        } finally {
            logger.detachAppender(log);
        }
    }

    /** Each is a transaction, after which it rests: whoever drops more than it sweeps fills the disk. */
    @Test
    @OwnServer
    void sweepsManyValuesInAStep(RunningServer server) throws Exception {
        server.server().housekeeper().pause();
        try (RespClient client = server.connect()) {
            for (int i = 0; i < 40; i++) {
                for (int member = 0; member < 70; member++) {
                    client.queue("SADD", "large" + i, member);
                }
            }
            for (int i = 0; i < 300; i++) {
                client.queue("HSET", "small" + i, "field", "value").queue("ZADD", "smaller" + i, 1, "member");
            }
            client.flush().read(40 * 70 + 600);
            for (int i = 0; i < 40; i++) {
                client.call("DEL", "large" + i);
            }
            client.call("FLUSHDB");
        }
        int steps = steps(server.server().node().mainLane());
        assertTrue(steps < 10, steps + " steps");
        assertEquals(0, rows(server));
    }

    private static int steps(Lane lane) throws Exception {
        CompletableFuture<Integer> done = new CompletableFuture<>();
        lane.execute(() -> {
            int steps = 0;
            while (Sweeper.step(lane.link())) {
                steps++;
            }
            done.complete(steps);
        });
        return done.get();
    }

    private static int rows(RunningServer server) throws SQLException {
        try (Connection connection = server.openDatabase(); Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT count(*) FROM keys")) {
            result.next();
            return result.getInt(1);
        }
    }
}
