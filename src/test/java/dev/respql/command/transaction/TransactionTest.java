package dev.respql.command.transaction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.testing.Backend;
import dev.respql.testing.EachBackend;
import dev.respql.testing.OwnServer;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import dev.respql.testing.Scene;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** MULTI, EXEC, DISCARD, WATCH and UNWATCH by several clients, on one node and on two, as on one redis-server. */
@EachBackend
class TransactionTest {
    private static final String QUEUEING = """
            a> EXEC
            a> DISCARD
            a> UNWATCH
            a> MULTI
            a> SET k 1
            b> GET k
            a> INCR k
            a> MULTI
            a> WATCH k
            a> GET k
            a> EXEC
            b> GET k
            a> MULTI; SET k 5; DISCARD; GET k
            a> MULTI; EXEC
            # an error while running undoes nothing
            a> MULTI; SET s x; INCR s; LPUSH s y; SET s z; GET s; EXEC
            b> GET s
            # what cannot be queued
            a> MULTI; SET k 7; NONSENSE; GET k; EXEC
            a> MULTI; SET k 7; GET; EXEC; GET k
            a> MULTI; SET k 7; NONSENSE; DISCARD; GET k
            a> MULTI; SET k 7; EXEC now; GET k; EXEC
            a> MULTI; DISCARD now; EXEC
            a> MULTI now; SET k 8; EXEC
            a> MULTI; WATCH; EXEC
            a> MULTI; MULTI now; EXEC
            # databases and names
            a> MULTI; SELECT 3; SET k db3; GET k; SELECT 0; GET k; EXEC; GET k
            a> MULTI; SELECT 3; EXEC; GET k; SELECT 0
            a> MULTI; SELECT 3; DISCARD; GET k
            a> MULTI; SELECT 99; GET k; EXEC; GET k
            a> MULTI; CLIENT SETNAME inside; CLIENT GETNAME; EXEC; CLIENT GETNAME
            a> MULTI; PING; ECHO hello; TIME x; EXEC
            a> MULTI; RESET; EXEC
            a> MULTI; SET k 9; QUIT
            b> GET k
            """;

    private static final String WATCHING = """
            a> WATCH k; MULTI; SET k a; EXEC
            a> WATCH k
            b> SET k b
            a> MULTI; SET k a; EXEC
            a> MULTI; SET k a; EXEC
            # the same value is a change, too; reading and refused commands are none
            a> WATCH k
            b> SET k a
            a> MULTI; GET k; EXEC
            a> WATCH k none
            b> GET k; STRLEN k; INCR k; HSET k f v; DEL none; EXPIRE none 10; LPOP none; SREM none x; TTL k; SETNX k 1
            a> MULTI; GET k; EXEC
            # by its own hand
            a> WATCH k; SET k own; MULTI; GET k; EXEC
            a> WATCH k; MULTI; SET k own2; GET k; EXEC; GET k
            # what is missing
            a> WATCH missing
            b> SET missing 1
            a> MULTI; GET missing; EXEC
            a> WATCH missing
            b> DEL missing
            a> MULTI; GET missing; EXEC
            a> WATCH missing
            b> SET missing 1; DEL missing
            a> MULTI; GET missing; EXEC
            # UNWATCH and DISCARD end it, and EXEC whatever it does
            a> WATCH k
            b> SET k c
            a> UNWATCH; MULTI; GET k; EXEC
            a> WATCH k
            b> SET k d
            a> MULTI; DISCARD; MULTI; GET k; EXEC
            a> WATCH k
            b> SET k e
            a> MULTI; UNWATCH; GET k; EXEC
            a> WATCH k
            b> SET k f
            a> MULTI; NONSENSE; EXEC; MULTI; GET k; EXEC
            a> WATCH k; RESET
            # several keys, twice the same, several clients
            a> WATCH x y z; WATCH x
            c> WATCH x
            b> SET y 1
            a> MULTI; PING; EXEC
            c> MULTI; SET x 1; EXEC
            a> WATCH x
            c> WATCH x
            a> MULTI; INCR x; EXEC
            c> MULTI; INCR x; EXEC
            # expiry
            b> SET e 1 PX 100000
            a> WATCH e
            b> PERSIST e
            a> MULTI; GET e; EXEC
            a> WATCH e
            b> EXPIRE e 100
            a> MULTI; GET e; EXEC
            a> WATCH e
            b> PEXPIREAT e 1
            a> MULTI; GET e; EXEC
            # a change of database that does not come about
            a> WATCH k; SELECT 2; WATCH k
            b> SET k g
            a> MULTI; SELECT 5; SET k wrong; CLIENT SETNAME wrong; EXEC; CLIENT GETNAME; SET where a; SELECT 0
            b> SELECT 2; GET where; GET k; SELECT 0
            # the same name in another database
            a> WATCH k
            b> SELECT 1; SET k other; SELECT 0
            a> MULTI; GET k; EXEC
            """;

    private static final String TYPES_AND_MOVES = """
            b> RPUSH l 1 2; SADD s 1 2; ZADD z 1 a; HSET h f 1; SET k 1; SADD s2 1; SET new 1; RPUSH unsorted 2 1
            a> WATCH l
            b> LSET l 0 5
            a> MULTI; EXEC
            a> WATCH l
            b> LREM l 0 none; LTRIM l 0 -1; LINSERT l BEFORE none x; LPUSHX none 1
            a> MULTI; LRANGE l 0 -1; EXEC
            a> WATCH s
            b> SREM s 3; SADD s 1; SMOVE s s2 7
            a> MULTI; SCARD s; EXEC
            a> WATCH s s2
            b> SMOVE s s2 2
            a> MULTI; EXEC
            a> WATCH z
            b> ZADD z 1 a; ZREM z b; ZADD z NX 5 a; ZINCRBY z 0 a
            a> MULTI; ZCARD z; EXEC
            a> WATCH z
            b> ZADD z 2 a
            a> MULTI; EXEC
            a> WATCH h
            b> HSET h f 2
            a> MULTI; EXEC
            a> WATCH h
            b> HSET h f 2
            a> MULTI; EXEC
            a> WATCH l
            b> LSET l 0 5
            a> MULTI; EXEC
            a> WATCH h
            b> HDEL h none; HSETNX h f 3; HGETALL h
            a> MULTI; EXEC
            a> WATCH k
            b> APPEND k 2
            a> MULTI; EXEC
            a> WATCH k
            b> GETEX k
            a> MULTI; EXEC
            a> WATCH k
            b> GETEX k EX 100
            a> MULTI; EXEC
            # what comes from elsewhere
            a> WATCH there
            b> RENAME new there
            a> MULTI; EXEC
            a> WATCH there
            b> RENAME there new
            a> MULTI; EXEC
            a> WATCH there new
            b> RENAMENX there2 new; RENAMENX new k
            a> MULTI; EXEC
            a> WATCH there
            b> COPY new there
            a> MULTI; EXEC
            a> WATCH there new
            b> COPY new there; COPY none there
            a> MULTI; EXEC
            a> WATCH new
            b> COPY new copied
            a> MULTI; EXEC
            a> SELECT 4; WATCH new; SELECT 0
            b> MOVE new 4
            a> MULTI; EXEC
            a> WATCH sorted
            b> SORT unsorted STORE sorted
            a> MULTI; EXEC
            a> WATCH sorted
            b> SORT none STORE sorted
            a> MULTI; EXEC
            a> WATCH sorted
            b> SORT none STORE sorted
            a> MULTI; EXEC
            a> WATCH union
            b> SUNIONSTORE union s s2; EXISTS union
            a> MULTI; EXEC
            a> WATCH l
            b> LMOVE l l2 LEFT RIGHT
            a> MULTI; EXEC
            a> WATCH l2
            b> LMOVE l2 l2 LEFT RIGHT
            a> MULTI; EXEC
            """;

    private static final String WHOLE_DATABASES = """
            b> SET k 1; SELECT 1; SET k1 1; SELECT 0
            a> WATCH k
            b> FLUSHDB
            a> MULTI; EXEC
            a> WATCH k
            b> FLUSHDB; FLUSHALL; FLUSHDB ASYNC
            a> MULTI; EXEC
            b> SET k 1
            a> WATCH none
            b> FLUSHDB
            a> MULTI; EXEC
            b> SET k 1
            a> WATCH k
            b> SELECT 7; FLUSHDB; SELECT 0
            a> MULTI; EXEC
            a> WATCH k
            b> SELECT 7; FLUSHALL; SELECT 0
            a> MULTI; EXEC
            b> SET k 1
            a> WATCH k
            b> SWAPDB 0 1
            a> MULTI; GET k; EXEC
            a> WATCH k
            b> SWAPDB 0 1
            a> MULTI; GET k; EXEC
            a> WATCH none
            b> SWAPDB 0 1; SWAPDB 1 0
            a> MULTI; EXEC
            a> WATCH k
            b> SWAPDB 2 3; SWAPDB 0 0
            a> MULTI; EXEC
            a> MULTI; SET k 2; FLUSHALL; SET k 3; SWAPDB 0 5; GET k; SELECT 5; GET k; EXEC
            """;

    /** What another node empties touches all watched keys, so that only what Redis stops is compared. */
    private static final String WHOLE_DATABASES_OF_OTHERS = """
            a> SET k 1; SELECT 1; SET k1 1; SELECT 0
            a> WATCH k
            b> FLUSHDB
            a> MULTI; EXEC
            a> SET k 1; WATCH k
            b> SELECT 7; FLUSHALL; SELECT 0
            a> MULTI; EXEC
            a> SET k 1; WATCH k
            b> SWAPDB 0 1
            a> MULTI; GET k; EXEC
            a> WATCH k
            b> SWAPDB 1 0
            a> MULTI; GET k; EXEC
            a> WATCH k; MULTI; GET k; EXEC
            """;

    private static final String MESSAGES = """
            s> SUBSCRIBE c
            a> MULTI; PUBLISH c 1; SET k 1; PUBLISH c 2; EXEC
            a> MULTI; PUBLISH c 3; DISCARD
            a> WATCH k
            b> SET k 2
            a> MULTI; PUBLISH c 4; SUBSCRIBE c; EXEC
            b> MULTI; SUBSCRIBE d; PUBLISH c 1; SUBSCRIBE e; GET k; EXEC
            ~a> PUBLISH d 5
            b> UNSUBSCRIBE d e
            b> MULTI; SUBSCRIBE d; UNSUBSCRIBE d; PSUBSCRIBE x*; PUNSUBSCRIBE; EXEC
            b> GET k
            """;

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void commandsAreQueuedAndRun(int protocol, RunningServer server) {
        Scene.play(List.of(server), protocol, QUEUEING);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void aChangeOfAWatchedKeyStopsIt(int protocol, RunningServer server) {
        Scene.play(List.of(server), protocol, WATCHING);
    }

    @Test
    void aChangeOfAnyTypeAndKindCounts(RunningServer server) {
        Scene.play(List.of(server), 2, TYPES_AND_MOVES);
    }

    @Test
    void theClientsDatabaseIsThatOfTheCommandThatAsks(RespClient client) {
        client.queue("MULTI").queue("CLIENT", "INFO").queue("SELECT", 3).queue("CLIENT", "INFO").queue("EXEC").flush();
        Reply answers = client.read(5).get(4);
        assertTrue(answers.items().get(0).text().contains(" db=0 "), answers::toString);
        assertTrue(answers.items().get(2).text().contains(" db=3 "), answers::toString);
    }

    @Test
    void wholeDatabasesChange(RunningServer server) {
        Scene.play(List.of(server), 2, WHOLE_DATABASES);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void messagesAndSubscriptionsInside(int protocol, RunningServer server) {
        Scene.play(List.of(server), protocol, MESSAGES);
    }

    /** Different on purpose: see docs/compatibility.md. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aTransactionTellsThatItIsOne(boolean watches, RespClient client) {
        if (watches) {
            client.call("WATCH", "k");
        }
        client.queue("MULTI").queue("SET", "k", 1).queue("CLIENT", "INFO").queue("EXEC").queue("DISCARD");
        String line = client.flush().read(5).get(3).items().get(1).text();
        assertTrue(line.contains(" flags=x ") && line.contains(" multi=2 ") && line.contains(" cmd=exec "), line);
        line = client.call("CLIENT", "INFO").text();
        assertTrue(line.contains(" flags=N ") && line.contains(" multi=-1 "), line);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void helloCountsFromItsTurnOn(boolean watches, RespClient client) {
        for (int[] versions : new int[][] {{2, 3}, {3, 2}}) {
            if (watches) {
                client.call("WATCH", "k");
            }
            client.queue("MULTI").queue("HMGET", "none", "f").queue("HELLO", versions[1]).queue("HMGET", "none", "f")
                    .queue("EXEC");
            List<Reply> replies = client.flush().read(5).get(4).items();
            assertEquals(versions[0] == 2 ? "*1\r\n$-1\r\n" : "*1\r\n_\r\n", replies.get(0).wire());
            assertEquals(versions[1] == 2 ? "*1\r\n$-1\r\n" : "*1\r\n_\r\n", replies.get(2).wire());
        }
    }

    @Test
    void aMessageToOneselfComesBehindTheReply(RespClient client) {
        client.queue("MULTI").queue("SUBSCRIBE", "c").queue("PUBLISH", "c", "hello").queue("EXEC").flush().read(3);
        assertEquals("[[\"subscribe\", \"c\", (integer) 1], (integer) 1]", client.read().toString());
        assertEquals("[\"message\", \"c\", \"hello\"]", client.read().toString());
    }

    @Test
    @OwnServer
    void twoNodesAreAsOne(RunningServer server) {
        if (server.backend() == Backend.POSTGRESQL) {
            List<RunningServer> nodes = List.of(server, server.startSecondNode());
            Scene.play(nodes, 2, QUEUEING);
            Scene.play(nodes, 3, WATCHING);
            Scene.play(nodes, 2, TYPES_AND_MOVES);
            Scene.play(nodes, 3, WHOLE_DATABASES_OF_OTHERS);
        }
    }
}
