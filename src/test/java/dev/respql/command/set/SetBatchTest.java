package dev.respql.command.set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.engine.OneBatch;
import dev.respql.testing.Backend;
import dev.respql.testing.EachBackend;
import dev.respql.testing.OwnServer;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What commands of fifty clients on sets cost in statements when they run as one batch. */
@EachBackend
class SetBatchTest {
    private static final int CLIENTS = 50;

    @Test
    @OwnServer("lanes=1")
    void newMembersOfOneSet(RunningServer server) throws Exception {
        try (OneBatch batch = new OneBatch(server.server(), CLIENTS)) {
            batch.run(i -> new Object[] {"SADD", "s", "old" + i});
            // Members with headers, the header, new rows, COMMIT; on PostgreSQL the locks as well.
            assertEquals(writing(server, 4), batch.statements(i -> new Object[] {"SADD", "s", "m" + i}));
            // And nothing is to be written.
            assertEquals(writing(server, 2), batch.statements(i -> new Object[] {"SADD", "s", "m" + i}));
            assertEquals(1, batch.statements(i -> new Object[] {"SISMEMBER", "s", "m" + i}));
            assertEquals(1, batch.statements(i -> new Object[] {"SMISMEMBER", "s", "m" + i, "nosuch"}));
            assertEquals(1, batch.statements(i -> new Object[] {"SCARD", "s"}));
            assertEquals(writing(server, 4), batch.statements(i -> new Object[] {"SREM", "s", "m" + i}));
            for (Reply there : batch.run(i -> new Object[] {"SISMEMBER", "s", "m" + i})) {
                assertEquals(0, there.integer());
            }
        }
    }

    @Test
    @OwnServer("lanes=1")
    void fiftySets(RunningServer server) throws Exception {
        try (OneBatch batch = new OneBatch(server.server(), CLIENTS)) {
            // Takes numbers for a thousand new values.
            batch.run(i -> new Object[] {"SADD", "first", "a"});
            assertEquals(writing(server, 4), batch.statements(i -> new Object[] {"SADD", "s" + i, "a", "b", "c"}));
            assertEquals(1, batch.statements(i -> new Object[] {"SMEMBERS", "s" + i}));
            assertEquals(1, batch.statements(i -> new Object[] {"SRANDMEMBER", "s" + i, "-5"}));
            assertEquals(1, batch.statements(i -> new Object[] {"SSCAN", "s" + i, "0"}));
            assertEquals(1, batch.statements(i -> new Object[] {"SINTER", "s" + i, "s0", "s1"}));
            assertEquals(1, batch.statements(i -> new Object[] {"SUNION", "s" + i, "s0"}));
            assertEquals(1, batch.statements(i -> new Object[] {"SDIFF", "s" + i, "s0"}));
            assertEquals(1, batch.statements(i -> new Object[] {"SINTERCARD", "2", "s" + i, "s0"}));
            // Members as a whole, headers of destinations; new headers and rows.
            assertEquals(writing(server, 5),
                    batch.statements(i -> new Object[] {"SINTERSTORE", "d" + i, "s" + i, "s0"}));
            assertEquals(writing(server, 4), batch.statements(i -> new Object[] {"SPOP", "s" + i}));
            assertEquals(writing(server, 5), batch.statements(i -> new Object[] {"SMOVE", "d" + i, "s" + i, "a"}));
        }
    }

    /** Each takes the rows that were drawn for the others as well. */
    @Test
    @OwnServer("lanes=1")
    void popsOfOneLargeSet(RunningServer server) throws Exception {
        try (OneBatch batch = new OneBatch(server.server(), CLIENTS)) {
            batch.run(i -> {
                Object[] command = new Object[102];
                command[0] = "SADD";
                command[1] = "s";
                for (int j = 0; j < 100; j++) {
                    command[2 + j] = i + ":" + j;
                }
                return command;
            });
            long statements = batch.statements(i -> new Object[] {"SPOP", "s"});
            assertTrue(statements <= writing(server, 11), () -> statements + " statements");
        }
        try (RespClient client = server.connect()) {
            assertEquals(100 * CLIENTS - CLIENTS, client.call("SCARD", "s").integer());
        }
    }

    /** An answer that is small reads little of what is large, and no more statements than pages. */
    @Test
    @OwnServer("lanes=1")
    void algebraOfLargeSetsStreams(RunningServer server) throws Exception {
        int size = 20_000;
        try (OneBatch batch = new OneBatch(server.server(), 1); RespClient client = server.connect()) {
            for (String key : new String[] {"a", "b"}) {
                for (int from = 0; from < size; from += 5000) {
                    Object[] command = new Object[5002];
                    command[0] = "SADD";
                    command[1] = key;
                    for (int i = 0; i < 5000; i++) {
                        command[2 + i] = "m" + (from + i);
                    }
                    client.call(command);
                }
            }
            client.call("SADD", "few", "m1", "m19999", "nosuch");
            assertFew(batch, 8, "SINTER", "a", "few");
            assertFew(batch, 8, "SINTER", "a", "b", "few");
            assertFew(batch, 8, "SDIFF", "few", "a");
            assertFew(batch, 10, "SINTERCARD", 2, "a", "b", "LIMIT", 10);
            assertFew(batch, 10, "SINTERSTORE", "d", "few", "a", "b");
            // In the database alone.
            assertFew(batch, 12, "SINTERSTORE", "d", "a", "b");
            assertFew(batch, 12, "SUNIONSTORE", "d", "a", "b");
            assertFew(batch, 12, "SDIFFSTORE", "d", "a", "b");
            // Page by page: headers, then two statements for a page of some hundred.
            assertFew(batch, 10 + 2 * size / 100, "SINTERCARD", 2, "a", "b");
        }
    }

    private static void assertFew(OneBatch batch, long most, Object... command) throws InterruptedException {
        long statements = batch.statements(i -> command);
        assertTrue(statements <= most, () -> statements + " statements for " + List.of(command));
    }

    private static long writing(RunningServer server, long onSqlite) {
        return onSqlite + (server.backend() == Backend.POSTGRESQL ? 1 : 0);
    }
}
