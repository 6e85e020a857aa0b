package dev.respql.command.zset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.engine.OneBatch;
import dev.respql.testing.Backend;
import dev.respql.testing.EachBackend;
import dev.respql.testing.OwnServer;
import dev.respql.testing.Reply;
import dev.respql.testing.RunningServer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What commands of fifty clients on sorted sets cost in statements when they run as one batch. */
@EachBackend
class ZsetBatchTest {
    private static final int CLIENTS = 50;

    @Test
    @OwnServer("lanes=1")
    void membersOfOneSortedSet(RunningServer server) throws Exception {
        try (OneBatch batch = new OneBatch(server.server(), CLIENTS)) {
            batch.run(i -> new Object[] {"ZADD", "z", i, "old" + i % 5});
            // Members with headers, the header, new rows, COMMIT; on PostgreSQL the locks as well.
            assertEquals(statements(server, 4), batch.statements(i -> new Object[] {"ZADD", "z", i, "m" + i % 10}));
            // The header stays as it is.
            assertEquals(statements(server, 3), batch.statements(i -> new Object[] {"ZINCRBY", "z", 1, "m" + i % 10}));
            assertEquals(statements(server, 3), batch.statements(i -> new Object[] {"ZINCRBY", "z", 0.5, "old0"}));
            assertEquals(1, batch.statements(i -> new Object[] {"ZSCORE", "z", "m" + i % 10}));
            assertEquals(1, batch.statements(i -> new Object[] {"ZCARD", "z"}));
            List<Reply> scores = batch.run(i -> new Object[] {"ZSCORE", "z", "m" + i % 10});
            for (int i = 1; i < CLIENTS; i++) {
                assertEquals(Integer.toString(40 + i % 10 + 5), scores.get(i).text());
            }
            // The header, then scores and ranks; on PostgreSQL one snapshot for both.
            assertEquals(statements(server, 2), batch.statements(i -> new Object[] {"ZRANK", "z", "m" + i % 10}));
            assertEquals(statements(server, 2), batch.statements(i -> new Object[] {"ZRANGE", "z", 0, 9}));
            // The header, members at the end; deleted rows, the header.
            assertEquals(statements(server, 5), batch.statements(i -> new Object[] {"ZPOPMIN", "z"}));
        }
    }

    @Test
    @OwnServer("lanes=1")
    void fiftySortedSets(RunningServer server) throws Exception {
        try (OneBatch batch = new OneBatch(server.server(), CLIENTS)) {
            // Takes numbers for a thousand new values.
            batch.run(i -> new Object[] {"ZADD", "first", 1, "a"});
            assertEquals(statements(server, 4), batch.statements(i -> new Object[] {"ZADD", "z" + i, 1, "a", 2, "b", 3, "c"}));
            assertEquals(statements(server, 3), batch.statements(i -> new Object[] {"ZADD", "z" + i, "XX", 5, "a"}));
            assertEquals(statements(server, 3), batch.statements(i -> new Object[] {"ZINCRBY", "z" + i, 1, "a"}));
            assertEquals(1, batch.statements(i -> new Object[] {"ZMSCORE", "z" + i, "a", "b", "nosuch"}));
            assertEquals(statements(server, 2), batch.statements(i -> new Object[] {"ZREVRANK", "z" + i, "a"}));
            assertEquals(statements(server, 2), batch.statements(i -> new Object[] {"ZRANGE", "z" + i, 0, -1}));
            assertEquals(statements(server, 2), batch.statements(i -> new Object[] {"ZRANGE", "z" + i, 0, 1, "REV", "WITHSCORES"}));
            assertEquals(statements(server, 4), batch.statements(i -> new Object[] {"ZREM", "z" + i, "b"}));
            assertEquals(statements(server, 5), batch.statements(i -> new Object[] {"ZPOPMAX", "z" + i}));
            // Everything goes: headers, and rows.
            assertEquals(statements(server, 4), batch.statements(i -> new Object[] {"ZREM", "z" + i, "c"}));
        }
    }

    /** A large one, whose blocks follow. */
    @Test
    @OwnServer("lanes=1")
    void membersOfOneLargeSortedSet(RunningServer server) throws Exception {
        try (OneBatch batch = new OneBatch(server.server(), CLIENTS)) {
            batch.run(i -> {
                Object[] command = new Object[402];
                command[0] = "ZADD";
                command[1] = "z";
                for (int j = 0; j < 200; j++) {
                    command[2 + 2 * j] = i;
                    command[3 + 2 * j] = i + ":" + j;
                }
                return command;
            });
            for (int round = 0; round < 3; round++) {
                int number = round;
                // Beside what a small one takes: the blocks that the places are in, and their sizes; rarely some more,
                // to split blocks that have outgrown theirs.
                long took = batch.statements(i -> new Object[] {"ZADD", "z", i, "new" + number + ":" + i});
                assertTrue(took <= statements(server, 12), () -> took + " statements");
                assertEquals(1, batch.statements(i -> new Object[] {"ZSCORE", "z", i + ":" + i}));
                assertEquals(statements(server, 2), batch.statements(i -> new Object[] {"ZRANK", "z", i + ":" + i}));
            }
        }
    }

    private static long statements(RunningServer server, long onSqlite) {
        return onSqlite + (server.backend() == Backend.POSTGRESQL ? 1 : 0);
    }
}
