package dev.respql.command.list;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.respql.engine.OneBatch;
import dev.respql.testing.Backend;
import dev.respql.testing.EachBackend;
import dev.respql.testing.OwnServer;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import org.junit.jupiter.api.Test;

/** What commands of fifty clients on lists cost in statements when they run as one batch. */
@EachBackend
class ListBatchTest {
    private static final int CLIENTS = 50;

    @Test
    @OwnServer("lanes=1")
    void endsOfOneList(RunningServer server) throws Exception {
        try (OneBatch batch = new OneBatch(server.server(), CLIENTS)) {
            batch.run(i -> new Object[] {"RPUSH", "l", "old" + i});
            // The header with where the list ends; new rows, the header, COMMIT; on PostgreSQL the locks as well.
            assertEquals(writing(server, 4), batch.statements(i -> new Object[] {"RPUSH", "l", "e" + i}));
            assertEquals(writing(server, 4), batch.statements(i -> new Object[] {"LPUSH", "l", "e" + i}));
            assertEquals(1, batch.statements(i -> new Object[] {"LLEN", "l"}));
            assertEquals(1, batch.statements(i -> new Object[] {"LRANGE", "l", 0, 9}));
            assertEquals(1, batch.statements(i -> new Object[] {"LRANGE", "l", -10, -1}));
            assertEquals(1, batch.statements(i -> new Object[] {"LINDEX", "l", -1 - i}));
            assertEquals(writing(server, 4), batch.statements(i -> new Object[] {"LPOP", "l"}));
            assertEquals(writing(server, 4), batch.statements(i -> new Object[] {"RPOP", "l"}));
            // What one client pushes another pops: nothing is left to be written.
            batch.run(i -> new Object[] {i % 2 == 0 ? "LPUSH" : "LPOP", "l", i % 2 == 0 ? "x" : 1});
        }
        try (RespClient client = server.connect()) {
            assertEquals(CLIENTS, client.call("LLEN", "l").integer());
        }
    }

    @Test
    @OwnServer("lanes=1")
    void fiftyLists(RunningServer server) throws Exception {
        try (OneBatch batch = new OneBatch(server.server(), CLIENTS)) {
            // Takes numbers for a thousand new values.
            batch.run(i -> new Object[] {"RPUSH", "first", "a"});
            assertEquals(writing(server, 4), batch.statements(i -> new Object[] {"RPUSH", "l" + i, "a", "b", "c"}));
            assertEquals(writing(server, 4), batch.statements(i -> new Object[] {"LPUSH", "l" + i, "z"}));
            assertEquals(1, batch.statements(i -> new Object[] {"LRANGE", "l" + i, 0, -1}));
            assertEquals(1, batch.statements(i -> new Object[] {"LINDEX", "l" + i, 1}));
            assertEquals(writing(server, 3), batch.statements(i -> new Object[] {"LSET", "l" + i, -1, "d"}));
            assertEquals(writing(server, 4), batch.statements(i -> new Object[] {"RPOP", "l" + i}));
            assertEquals(writing(server, 4), batch.statements(i -> new Object[] {"LPOP", "l" + i, 2}));
            // Everything goes: headers, and rows.
            assertEquals(writing(server, 4), batch.statements(i -> new Object[] {"LPOP", "l" + i}));
            for (Reply length : batch.run(i -> new Object[] {"LLEN", "l" + i})) {
                assertEquals(0, length.integer());
            }
        }
    }

    private static long writing(RunningServer server, long onSqlite) {
        return onSqlite + (server.backend() == Backend.POSTGRESQL ? 1 : 0);
    }
}
