package dev.respql.command.hash;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.respql.engine.OneBatch;
import dev.respql.testing.Backend;
import dev.respql.testing.EachBackend;
import dev.respql.testing.OwnServer;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What commands of fifty clients on hashes cost in statements when they run as one batch. */
@EachBackend
class HashBatchTest {
    private static final int CLIENTS = 50;

    @Test
    @OwnServer("lanes=1")
    void newFieldsOfOneHash(RunningServer server) throws Exception {
        try (OneBatch batch = new OneBatch(server.server(), CLIENTS)) {
            batch.run(i -> new Object[] {"HSET", "h", "old" + i, "v"});
            // Fields with headers, the header, new rows, COMMIT; on PostgreSQL the locks as well.
            assertEquals(writing(server, 4), batch.statements(i -> new Object[] {"HSET", "h", "f" + i, "v" + i}));
            // And the header stays as it is.
            assertEquals(writing(server, 3), batch.statements(i -> new Object[] {"HSET", "h", "f" + i, "w" + i}));
            assertEquals(1, batch.statements(i -> new Object[] {"HGET", "h", "f" + i}));
            List<Reply> values = batch.run(i -> new Object[] {"HGET", "h", "f" + i});
            for (int i = 0; i < CLIENTS; i++) {
                assertEquals("w" + i, values.get(i).text());
            }
        }
    }

    @Test
    @OwnServer("lanes=1")
    void fiftyHashes(RunningServer server) throws Exception {
        try (OneBatch batch = new OneBatch(server.server(), CLIENTS)) {
            // Takes numbers for a thousand new values.
            batch.run(i -> new Object[] {"HSET", "first", "f", "1"});
            assertEquals(writing(server, 4), batch.statements(i -> new Object[] {"HSET", "h" + i, "f", "1", "g", "x"}));
            assertEquals(writing(server, 3), batch.statements(i -> new Object[] {"HINCRBY", "h" + i, "f", "1"}));
            assertEquals(writing(server, 4), batch.statements(i -> new Object[] {"HDEL", "h" + i, "g"}));
            assertEquals(1, batch.statements(i -> new Object[] {"HMGET", "h" + i, "f", "g"}));
            assertEquals(1, batch.statements(i -> new Object[] {"HEXISTS", "h" + i, "f"}));
            assertEquals(1, batch.statements(i -> new Object[] {"HSTRLEN", "h" + i, "f"}));
            assertEquals(1, batch.statements(i -> new Object[] {"HLEN", "h" + i}));
            assertEquals(1, batch.statements(i -> new Object[] {"HGETALL", "h" + i}));
            assertEquals(1, batch.statements(i -> new Object[] {"HRANDFIELD", "h" + i}));
            assertEquals(1, batch.statements(i -> new Object[] {"HSCAN", "h" + i, "0"}));
            // Everything goes: headers, and rows.
            assertEquals(writing(server, 4), batch.statements(i -> new Object[] {"HDEL", "h" + i, "f"}));
        }
        try (RespClient client = server.connect()) {
            assertEquals(1, client.call("DBSIZE").integer());
        }
    }

    @Test
    @OwnServer("lanes=1")
    void anythingOnOneHash(RunningServer server) throws Exception {
        Object[][] commands = {{"HSET", "h", "a", "1"}, {"HGETALL", "h"}, {"HINCRBY", "h", "n", "1"}, {"HKEYS", "h"},
            {"HDEL", "h", "b"}, {"HVALS", "h"}, {"HLEN", "h"}, {"HRANDFIELD", "h", "2"}, {"HSETNX", "h", "c", "1"}};
        try (OneBatch batch = new OneBatch(server.server(), CLIENTS)) {
            batch.run(i -> new Object[] {"HSET", "h", "b", "1"});
            // Fields one by one, fields as a whole, header, deleted, updated and new rows.
            assertEquals(writing(server, 6), batch.statements(i -> commands[i % commands.length]));
        }
    }

    private static long writing(RunningServer server, long onSqlite) {
        return onSqlite + (server.backend() == Backend.POSTGRESQL ? 1 : 0);
    }
}
