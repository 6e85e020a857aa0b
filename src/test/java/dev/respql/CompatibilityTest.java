package dev.respql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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

/** Deliberate differences from Redis that docs/compatibility.md lists and that no other test pins. */
@EachBackend
class CompatibilityTest {
    private static void call(RespClient client, String expected, Object... command) {
        assertEquals(expected, client.call(command).toString(), () -> List.of(command).toString());
    }

    @Test
    void encodingsAreThoseOfTheValueAsItIs(RespClient client) {
        client.call("SET", "s", "short");
        client.call("APPEND", "s", "er");
        call(client, "\"embstr\"", "OBJECT", "ENCODING", "s");
        client.call("SET", "n", "1");
        client.call("APPEND", "n", "2");
        call(client, "\"int\"", "OBJECT", "ENCODING", "n");
        for (int i = 0; i < 600; i++) {
            client.queue("HSET", "h", "f" + i, "v").queue("SADD", "i", i).queue("ZADD", "z", i, "m" + i)
                    .queue("RPUSH", "l", "v".repeat(100));
        }
        client.flush().read(2400);
        call(client, "\"hashtable\"", "OBJECT", "ENCODING", "h");
        call(client, "\"hashtable\"", "OBJECT", "ENCODING", "i");
        call(client, "\"skiplist\"", "OBJECT", "ENCODING", "z");
        call(client, "\"quicklist\"", "OBJECT", "ENCODING", "l");
        for (int i = 1; i < 600; i++) {
            client.queue("HDEL", "h", "f" + i).queue("SREM", "i", i).queue("ZREM", "z", "m" + i).queue("LPOP", "l");
        }
        client.flush().read(4 * 599);
        call(client, "\"listpack\"", "OBJECT", "ENCODING", "h");
        call(client, "\"intset\"", "OBJECT", "ENCODING", "i");
        call(client, "\"listpack\"", "OBJECT", "ENCODING", "z");
        call(client, "\"listpack\"", "OBJECT", "ENCODING", "l");
    }

    @Test
    void smallHashesAndSetsAreListedInOrder(RespClient client) {
        client.call("HSET", "h", "b", "1", "a", "2");
        call(client, "[\"a\", \"b\"]", "HKEYS", "h");
        client.call("SADD", "s", "b", "a");
        call(client, "[\"a\", \"b\"]", "SMEMBERS", "s");
    }

    /** See {@code ZsetRepliesTest} for what is as in Redis. */
    @Test
    void onlyLargeSortedSetsTakeNegativeZeros(RespClient client) {
        for (int i = 0; i < 200; i++) {
            client.queue("ZADD", "z", 1 + i, "m" + i);
        }
        client.queue("ZADD", "z", "-0", "a").queue("ZREMRANGEBYSCORE", "z", 1, "+inf").queue("ZADD", "z", "-0", "b").flush();
        client.read(203);
        call(client, "[\"-0\", \"0\"]", "ZMSCORE", "z", "a", "b");
    }

    @Test
    void nothingIsShared(RespClient client) {
        client.call("SET", "n", "12");
        call(client, "(integer) 1", "OBJECT", "REFCOUNT", "n");
    }

    @Test
    void useIsNotCounted(RespClient client) {
        client.call("SET", "n", "12");
        call(client, "(integer) 0", "OBJECT", "IDLETIME", "n");
        assertTrue(client.call("OBJECT", "FREQ", "n").isError());
    }

    @Test
    void whatExpiresInThePastIsGoneAtOnce(RespClient client) {
        client.queue("SET", "a", "v", "PXAT", 1).queue("DBSIZE").queue("SET", "a", "v").queue("PEXPIRE", "a", -1)
                .queue("DBSIZE").flush();
        assertEquals("[OK, (integer) 0, OK, (integer) 1, (integer) 0]", client.read(5).toString());
    }

    @Test
    void oneCallOfScanIsBounded(RespClient client) {
        int keys = 100_010;
        for (int i = 0; i < keys; i += 10_001) {
            Object[] command = new Object[1 + 2 * 10_001];
            command[0] = "MSET";
            for (int j = 0; j < 10_001; j++) {
                command[1 + 2 * j] = i + j;
                command[2 + 2 * j] = "";
            }
            client.call(command);
        }
        List<Reply> first = client.call("SCAN", 0, "COUNT", 1_000_000).items();
        assertEquals(100_000, first.get(1).items().size());
        List<Reply> second = client.call("SCAN", first.get(0).text(), "COUNT", 1_000_000).items();
        assertEquals("0", second.get(0).text());
        assertEquals(keys - 100_000, second.get(1).items().size());
    }

    @Test
    @OwnServer("lanes=1")
    void figuresDoNotSeeTheirOwnBatch(RunningServer server) throws Exception {
        try (OneBatch batch = new OneBatch(server.server(), 2); RespClient client = server.connect()) {
            String inBatch = batch.run(i -> i == 0 ? new Object[] {"GETSET", "k", "v"} : new Object[] {"INFO", "commandstats"})
                    .get(1).text();
            assertFalse(inBatch.contains("cmdstat_getset"), inBatch);
            assertTrue(client.call("INFO", "commandstats").text().contains("cmdstat_getset:calls=1,"));
        }
    }

    @Test
    @OwnServer
    void clientsAreThoseOfTheNode(RunningServer server) {
        RunningServer other = server.backend() == Backend.POSTGRESQL ? server.startSecondNode() : null;
        if (other == null) {
            return;
        }
        try (RespClient here = server.connect(); RespClient there = other.connect()) {
            here.call("CLIENT", "SETNAME", "here");
            there.call("CLIENT", "SETNAME", "there");
            assertFalse(here.call("CLIENT", "LIST").text().contains("name=there"));
            here.call("CLIENT", "PAUSE", 100_000, "WRITE");
            call(there, "OK", "SET", "k", "v");
            call(here, "OK", "CLIENT", "UNPAUSE");
        }
    }

    @Test
    @OwnServer
    void nodesThatOnlyReadHearOnlyThemselves(RunningServer server) {
        if (server.backend() != Backend.POSTGRESQL) {
            return;
        }
        RunningServer reader = server.startSecondNode("readonly=yes");
        try (RespClient subscriber = reader.connect(); RespClient here = reader.connect(); RespClient there = server.connect()) {
            subscriber.call("SUBSCRIBE", "c");
            call(there, "(integer) 0", "PUBLISH", "c", "unheard");
            call(here, "(integer) 1", "PUBLISH", "c", "heard");
            assertEquals("[\"message\", \"c\", \"heard\"]", subscriber.read().toString());
        }
    }

    @Test
    void buffersThatDoNotExistHaveNoSize(RespClient client) {
        String info = client.call("CLIENT", "INFO").text();
        for (String field : List.of("qbuf-free", "argv-mem", "rbs", "rbp", "obl", "oll")) {
            assertTrue(info.contains(" " + field + "=0 "), info);
        }
    }
}
