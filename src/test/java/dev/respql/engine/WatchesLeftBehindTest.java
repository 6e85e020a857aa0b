package dev.respql.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.testing.Await;
import dev.respql.testing.Backend;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** Watches that could not be removed from the database when they ended, and so are removed later. */
class WatchesLeftBehindTest {
    /** The housekeeper removes what the client has watched before, whenever it comes to that. */
    @Test
    void whatAClientWatchesNowIsNotRemovedWithWhatItHasWatchedBefore() throws SQLException {
        try (RunningServer server = RunningServer.start(Backend.POSTGRESQL); RespClient client = server.connect();
                Connection connection = server.openDatabase(); Statement statement = connection.createStatement()) {
            Node node = server.server().node();
            server.server().housekeeper().pause();
            client.call("WATCH", "key");
            statement.execute("""
                    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN
                        RAISE EXCEPTION 'as the test wants it';
                    END $$""");
            statement.execute("""
                    CREATE TRIGGER refuse BEFORE DELETE ON watched_keys
                    FOR EACH ROW EXECUTE FUNCTION refuse()""");
            client.call("RESET");
            assertTrue(node.watches().someLeftBehind());
            statement.execute("DROP TRIGGER refuse ON watched_keys");
            client.call("WATCH", "key");
            server.server().housekeeper().resume();
            Await.until(() -> !node.watches().someLeftBehind());
            assertEquals(1, watchedKeys(statement));
            client.call("MULTI");
            client.call("SET", "key", "value");
            assertEquals("[OK]", client.call("EXEC").toString());
            assertEquals(0, watchedKeys(statement));
        }
    }

    private static int watchedKeys(Statement statement) throws SQLException {
        try (ResultSet result = statement.executeQuery("SELECT count(*) FROM watched_keys")) {
            result.next();
            return result.getInt(1);
        }
    }
}
