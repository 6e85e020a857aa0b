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
import java.util.function.IntFunction;
import org.junit.jupiter.api.Assumptions;
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

    /** Header and members, whatever the range; on PostgreSQL in one snapshot, all of it there and back in one piece. */
    @Test
    @OwnServer("lanes=1")
    void rangesOfScores(RunningServer server) throws Exception {
        Object[][] ranges = {{"ZRANGEBYSCORE", "z", 2, "(9"}, {"ZREVRANGEBYSCORE", "z", "+inf", 1, "LIMIT", 1, 2},
            {"ZRANGE", "z", "(1", "+inf", "BYSCORE"}, {"ZRANGE", "z", 4, 1, "BYSCORE", "REV", "LIMIT", 0, 5},
            {"ZRANGEBYSCORE", "z", 7, 8}, {"ZCOUNT", "z", 2, 3}};
        List<String> replies = List.of("[\"b\", \"c\"]", "[\"b\", \"a\"]", "[\"b\", \"c\"]",
                "[\"c\", \"b\", \"a\"]", "[]", "(integer) 2");
        try (OneBatch batch = new OneBatch(server.server(), CLIENTS)) {
            batch.run(i -> new Object[] {"ZADD", "z", 1, "a", 2, "b", 3, "c"});
            batch.run(i -> new Object[] {"ZADD", "z" + i, 1, "a", 2, "b", 3, "c"});
            for (int at = 0; at < ranges.length; at++) {
                Object[] ofOne = ranges[at];
                IntFunction<Object[]> ofEach = i -> {
                    Object[] own = ofOne.clone();
                    own[1] = "z" + i;
                    return own;
                };
                for (IntFunction<Object[]> command : List.of(i -> ofOne, ofEach)) {
                    assertEquals(statements(server, 2), batch.statements(command), ofOne[0].toString());
                    long before = exchanges(server);
                    for (Reply reply : batch.run(command)) {
                        assertEquals(replies.get(at), reply.toString());
                    }
                    assertTrue(server.backend() == Backend.SQLITE || exchanges(server) - before == 1, "round trips");
                }
            }
        }
    }

    /** What is remembered of headers is not looked up again, and of a key that is known to be missing nothing is read. */
    @Test
    @OwnServer("lanes=1")
    void rangesOfKnownSortedSets(RunningServer server) throws Exception {
        Assumptions.assumeTrue(server.backend() == Backend.SQLITE);
        try (OneBatch batch = new OneBatch(server.server(), 1)) {
            batch.run(i -> new Object[] {"ZADD", "z", 1, "a", 2, "b", 3, "c"});
            batch.run(i -> new Object[] {"ZCARD", "missing"});
            for (Object[] command : new Object[][] {{"ZRANGEBYSCORE", "z", 2, 9}, {"ZCOUNT", "z", 2, 9}}) {
                assertEquals(1, batch.furtherStatements(i -> command));
            }
            assertEquals(0, batch.furtherStatements(i -> new Object[] {"ZRANGEBYSCORE", "missing", 2, 9}));
            assertEquals(0, batch.furtherStatements(i -> new Object[] {"ZRANGEBYSCORE", "z", 9, 2}));
        }
    }

    /** Ranges that are read in the batch that changes them: what was read ahead follows. */
    @Test
    @OwnServer("lanes=1")
    void rangesThatChangeMeanwhile(RunningServer server) throws Exception {
        Object[][] commands = {{"ZRANGEBYSCORE", "z", 10, 20}, {"ZADD", "z", 15, "new"}, {"ZCOUNT", "z", "-inf", 30},
            {"ZREM", "z", "m12"}, {"ZREMRANGEBYSCORE", "z", 40, 42}};
        try (OneBatch batch = new OneBatch(server.server(), CLIENTS)) {
            batch.run(i -> new Object[] {"ZADD", "z", i, "m" + i});
            // The header, members, the range, the range to be removed, the count; rows gone and new, the header, COMMIT.
            long took = batch.statements(i -> commands[i % commands.length]);
            assertTrue(took <= statements(server, 11), () -> took + " statements");
            batch.run(i -> new Object[] {"ZADD", "z", i, "m" + i});
            long before = exchanges(server);
            batch.run(i -> commands[i % commands.length]);
            assertTrue(server.backend() == Backend.SQLITE || exchanges(server) - before == 2, "round trips");
        }
    }

    /** The key is locked anyway: who finds that too little was read ahead reads on, and the batch does not begin again. */
    @Test
    @OwnServer("lanes=1")
    void aRangeOfWhichTooLittleIsLeft(RunningServer server) throws Exception {
        try (OneBatch batch = new OneBatch(server.server(), 2)) {
            batch.run(i -> new Object[] {"ZADD", "z", 1, "a", 2, "b", 3, "c"});
            long before = exchanges(server);
            batch.run(i -> i == 0 ? new Object[] {"ZREM", "z", "a"} : new Object[] {"ZRANGEBYSCORE", "z", 0, 9, "LIMIT", 0, 1});
            assertTrue(server.backend() == Backend.SQLITE || exchanges(server) - before <= 3, "round trips");
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

    private static long exchanges(RunningServer server) {
        return server.server().node().database().counters().exchanges();
    }

    private static long statements(RunningServer server, long onSqlite) {
        return onSqlite + (server.backend() == Backend.POSTGRESQL ? 1 : 0);
    }
}
