package dev.respql.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
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

    private static int rows(RunningServer server) throws SQLException {
        try (Connection connection = server.openDatabase(); Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT count(*) FROM keys")) {
            result.next();
            return result.getInt(1);
        }
    }
}
