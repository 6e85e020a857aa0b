package dev.respql.command.list;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.respql.testing.Await;
import dev.respql.testing.Backend;
import dev.respql.testing.EachBackend;
import dev.respql.testing.OwnServer;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import dev.respql.testing.Scene;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that wait for lists and sorted sets, and for nothing, as with one redis-server. */
@EachBackend
class BlockingTest {
    /** One client waits at a time, so that the order is determined on any number of nodes. */
    private static final String ONE_BY_ONE = """
            a> BLPOP k 0
            b> RPUSH k 1
            a> BRPOP k 0
            b> RPUSH k 1 2 3
            b> LRANGE k 0 -1
            a> BLPOP k 0; BLPOP k 0; BLPOP k 0; SET after 1
            b> GET after
            b> LPUSH k x
            b> GET after
            # several keys
            a> BLPOP k1 k2 k3 0
            b> RPUSH k3 3
            a> BLPOP k1 k2 k1 0
            b> MULTI; RPUSH k1 1; RPUSH k2 2; EXEC
            b> DEL k1 k2
            # what is taken away again
            a> BLPOP k 0
            b> MULTI; RPUSH k 1; DEL k; EXEC
            b> MULTI; RPUSH k 1; LPOP k; RPUSH k 2; EXEC
            # other types
            a> BLPOP k 0
            b> SET k string
            b> DEL k; SADD k member
            b> DEL k
            b> ZADD k 1 member
            b> DEL k; RPUSH k list
            b> SET s 1
            a> BLPOP s 0
            a> BLPOP k s 1
            a> BZPOPMIN s 0
            # moves
            a> BLMOVE from to LEFT RIGHT 0
            b> RPUSH from 1 2
            a> BRPOPLPUSH none to 0
            b> RPUSH none 3
            b> LRANGE to 0 -1; LRANGE from 0 -1; EXISTS none
            a> BLMOVE same same LEFT RIGHT 0
            b> RPUSH same 1 2 3
            b> LRANGE same 0 -1
            # to what is no list
            b> SET string 1
            a> BLMOVE from2 string LEFT LEFT 0
            b> RPUSH from2 1
            b> LRANGE from2 0 -1
            a> BLMOVE from2 string LEFT LEFT 0
            a> BLMOVE from3 later LEFT LEFT 0
            b> SET later 1
            b> MULTI; RPUSH from3 1; DEL later; EXEC
            b> LRANGE later 0 -1
            # other ways for a key to come
            a> BLPOP new 0
            b> RPUSH old 1; RENAME old new
            a> BLPOP new 0
            b> RPUSH old 2; RENAMENX old new
            a> BLPOP new 0
            b> RPUSH old 3; COPY old new
            a> BLPOP new 0
            b> SORT old STORE new
            a> SELECT 5; BLPOP old 0
            b> MOVE old 5
            a> SELECT 0; BLPOP new 0
            b> RPUSH old 4 5; LMOVE old new LEFT LEFT
            a> BLPOP new 0
            b> RPOPLPUSH old new
            a> BZPOPMIN union 0
            b> ZADD z 1 a 2 b; ZUNIONSTORE union 1 z
            a> BZPOPMAX union 0
            b> ZRANGESTORE union z 0 -1
            a> BZPOPMAX sorted union 0
            b> DEL union; ZINTERSTORE union 2 z z
            a> BLPOP swapped 0
            b> SELECT 9; RPUSH swapped 1 2; SELECT 0; SWAPDB 0 9
            b> LRANGE swapped 0 -1; SWAPDB 0 9; SELECT 0
            a> BLPOP gone 0
            b> FLUSHALL
            b> RPUSH gone 1
            # sorted sets
            a> BZPOPMIN z 0
            b> ZADD z 2 two 1 one 3 three
            a> BZPOPMAX z 0
            a> BZMPOP 0 2 y z MIN COUNT 5
            a> BZMPOP 0 2 y z MAX COUNT 2
            b> ZADD z 1.5 a 2.5 b inf c
            b> DEL z
            a> BZMPOP 0 2 y z MIN
            b> MULTI; ZADD y 1 b; ZADD z 1 a; EXEC
            b> DEL y z
            a> BZPOPMIN z 0
            b> ZINCRBY z 2 incremented
            a> BLMPOP 0 2 x l LEFT COUNT 2
            b> RPUSH l 1 2 3
            a> BLMPOP 0 2 x l RIGHT
            # inside MULTI nothing waits
            a> MULTI; BLPOP none 0; BRPOP none 0; BLMOVE none x LEFT LEFT 0; BRPOPLPUSH none x 0; BZPOPMIN none 0; EXEC
            a> MULTI; BLMPOP 0 1 none LEFT; BZMPOP 0 1 none MIN; BZPOPMAX none 0; WAIT 1 0; EXEC
            b> RPUSH l 1; ZADD z 1 a
            a> MULTI; BLPOP l 0; BLPOP l 0; BZPOPMIN z 0; BZPOPMIN z 0; EXEC
            # a watched key
            a> BLPOP k 0
            c> WATCH k
            b> RPUSH k 1
            c> MULTI; PING; EXEC
            """;

    private static final String ERRORS_AND_TIMES = """
            +a> BLPOP none 0.05
            +a> BRPOP none 0.05
            +a> BLMOVE none x LEFT LEFT 0.05
            +a> BRPOPLPUSH none x 0.05
            +a> BLMPOP 0.05 1 none LEFT
            +a> BZPOPMIN none 0.05
            +a> BZPOPMAX x none 0.05
            +a> BZMPOP 0.05 2 x none MIN
            +a> BLPOP none 0.05; PING; BLPOP none 0.05; PING
            +a> WAIT 1 50
            a> WAIT 0 0
            a> WAIT x 0
            a> WAIT 1 -1
            a> BLPOP none x
            a> BLPOP none -1
            a> BLPOP none ""
            a> BLPOP 1
            a> BLMOVE x y UP LEFT 0
            a> BLMOVE x y LEFT LEFT -1
            a> BLMPOP 0 0 k LEFT
            a> BLMPOP 0 1 k UP
            a> BLMPOP 0 1 k LEFT COUNT 0
            a> BLMPOP x 1 k LEFT
            a> BZMPOP 0 1 k LEFT
            a> BZMPOP 0 x k MIN
            # the time is looked at last
            a> BLMPOP -1 0 k LEFT
            a> BLMPOP x 1 k UP
            a> BLMPOP x 1 k LEFT COUNT 0
            a> BZMPOP -1 0 k MIN
            a> BZMPOP x 1 k LEFT
            a> BZMPOP x 1 k MIN COUNT 0
            a> BLMOVE x y UP LEFT z
            """;

    /** On one node: first come first served, key by key. */
    private static final String SEVERAL_WAITING = """
            a> BLPOP k 0
            b> BRPOP k 0
            c> BLMOVE k to LEFT LEFT 0
            d> BLMPOP 0 1 k RIGHT COUNT 5
            z> RPUSH k 1
            z> RPUSH k 2 3
            z> RPUSH k 4 5 6; RPUSH k 7
            z> LRANGE k 0 -1; LRANGE to 0 -1; DEL k to
            # one push for all of them
            a> BLPOP k 0
            b> BLPOP other k 0
            c> BRPOP k other 0
            d> BLPOP k 0
            z> RPUSH k 1 2 3
            z> RPUSH other 4
            z> RPUSH k 5
            z> DEL other k
            # a pipeline: nobody overtakes those who wait
            a> BLPOP k 0
            b> BLMOVE k to LEFT RIGHT 0
            c> BLPOP to 0
            z> RPUSH k 1 2; LPOP k; LRANGE to 0 -1; RPUSH k 3
            z> LRANGE k 0 -1; DEL k
            # one makes the next possible
            a> BLMOVE one two LEFT LEFT 0
            b> BLMOVE two three LEFT LEFT 0
            c> BRPOPLPUSH three four 0
            d> BLPOP four 0
            z> RPUSH one x; EXISTS one two three four
            z> EXISTS one two three four
            # in a circle
            a> BLMOVE one two LEFT LEFT 0
            b> BLMOVE two one LEFT LEFT 0
            z> RPUSH one x; LRANGE one 0 -1; DEL one two
            # who wants another type is passed over
            a> BZPOPMIN k 0
            b> BLPOP k 0
            c> BZPOPMAX k 0
            d> BLPOP k 0
            z> RPUSH k 1
            z> ZADD k 1 x 2 y 3 z
            z> DEL k
            z> RPUSH k 2
            # and who cannot put it anywhere
            z> SET string 1
            a> BLMOVE k string LEFT LEFT 0
            b> BLPOP k 0
            z> RPUSH k 1
            # all within MULTI are served when it is over
            a> BLPOP k 0
            b> BLPOP k2 0
            c> BLPOP k3 k2 0
            z> MULTI; RPUSH k2 1; RPUSH k 2 3; LPOP k; RPUSH k2 4; EXEC
            z> LRANGE k 0 -1; LRANGE k2 0 -1; DEL k k2 k3
            # by the key that was given something first
            a> BLPOP k1 k2 0
            b> BZMPOP 0 2 y z MIN
            z> MULTI; RPUSH k2 2; RPUSH k1 1; ZADD z 1 a; ZADD y 1 b; EXEC
            # a client that waits twice comes last the second time
            a> BLPOP q 0; BLPOP q 0
            b> BLPOP q 0
            z> RPUSH q 1 2
            z> RPUSH q 3
            # several databases
            a> SELECT 1; BLPOP q 0
            b> SELECT 2; BLPOP q 0
            z> SELECT 2; RPUSH q db2; SELECT 1; RPUSH q db1; SELECT 0
            """;

    private static final String ENDED_OTHERWISE = """
            a> BLPOP k 0
            z> CLIENT UNBLOCK {a}
            z> CLIENT UNBLOCK {a}
            a> BLPOP k 0; PING
            z> CLIENT UNBLOCK {a} ERROR
            a> BZPOPMIN k 0
            z> CLIENT UNBLOCK {a} TIMEOUT
            a> BLMOVE k l LEFT LEFT 0
            z> CLIENT UNBLOCK {a} TIMEOUT
            a> WAIT 1 0
            z> CLIENT UNBLOCK {a}
            a> WAIT 1 0
            z> CLIENT UNBLOCK {a} ERROR
            z> CLIENT UNBLOCK {z}
            z> CLIENT UNBLOCK 99999
            z> CLIENT UNBLOCK {a} NOW
            z> CLIENT UNBLOCK {a} ERROR NOW
            z> CLIENT Unblock {a} ERROR NOW
            z> CLIENT PAUSE 1 WRITE NOW
            # whoever is gone leaves nothing behind, and takes nothing
            a> BLPOP k 0
            b> BLPOP k 0
            a> (closes)
            z> RPUSH k 1
            b> BLPOP k 0; SET after 1
            c> BLPOP k 0
            z> CLIENT KILL ID {b}
            z> RPUSH k 2
            z> GET after
            d> BLPOP k 0; SET after 1
            d> (closes)
            z> RPUSH k 3; LRANGE k 0 -1; GET after; DEL k
            # the connection's own matters
            c> CLIENT REPLY OFF; BLPOP k 0; CLIENT REPLY ON
            z> RPUSH k 1
            e> BLPOP k 0; SELECT 3; SET k three; MULTI; SET k x
            z> RPUSH k 1
            e> EXEC; GET k
            f> SUBSCRIBE ch
            z> PUBLISH ch 1
            """;

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void oneClientWaitsAtATime(int protocol, RunningServer server) {
        Scene.play(List.of(server), protocol, ONE_BY_ONE);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void errorsAndTimes(int protocol, RunningServer server) {
        Scene.play(List.of(server), protocol, ERRORS_AND_TIMES);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void severalWaitForTheSame(int protocol, RunningServer server) {
        Scene.play(List.of(server), protocol, SEVERAL_WAITING);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void waitingEndsInOtherWays(int protocol, RunningServer server) {
        Scene.play(List.of(server), protocol, ENDED_OTHERWISE);
    }

    /** Redis before 7.2 takes some of them for negative. */
    @ParameterizedTest
    @CsvSource({"inf, is out of range", "1e400, is out of range", "1e4900, is out of range",
        "9223372036854775807, is out of range", "9223372036854775, is out of range", "-1e400, is negative",
        "-inf, is negative", "1e5000, is not a float or out of range", "nan, is not a float or out of range"})
    void timesBeyondAllTime(String time, String complaint, RespClient client) {
        assertEquals("(error) ERR timeout " + complaint, client.call("BLPOP", "none", time).toString());
        assertEquals("(error) ERR timeout " + complaint, client.call("BZMPOP", time, 1, "none", "MIN").toString());
    }

    @Test
    @OwnServer
    void severalNodesAreAsOne(RunningServer server) {
        if (server.backend() == Backend.POSTGRESQL) {
            RunningServer second = server.startSecondNode();
            Scene.play(List.of(server, second), 2, ONE_BY_ONE);
            Scene.play(List.of(server, second, server.startSecondNode()), 3, ONE_BY_ONE);
        }
    }

    /** A client that has subscribed, too, and does not read what comes, holds nobody up who waits behind it. */
    @Test
    @OwnServer("lanes=1")
    void whoDoesNotReadHoldsNobodyUp(RunningServer server) {
        Assumptions.assumeTrue(server.backend() == Backend.POSTGRESQL);
        try (RunningServer second = server.startSecondNode(); RespClient elsewhere = second.connect();
                RespClient deaf = server.connect(); RespClient behind = server.connect();
                RespClient publisher = server.connect()) {
            deaf.protocol(3).call("SUBSCRIBE", "channel");
            deaf.send("BLPOP", "list", "0");
            Await.until(() -> server.server().node().blockedClients() == 1);
            behind.send("BLPOP", "list", "0");
            Await.until(() -> server.server().node().blockedClients() == 2);
            byte[] message = new byte[1 << 20];
            for (int i = 0; i < 20; i++) {
                assertEquals(1, publisher.call("PUBLISH", "channel", message).integer());
            }
            elsewhere.call("RPUSH", "list", "first", "second");
            assertEquals("[\"list\", \"second\"]", behind.timeout(Duration.ofSeconds(5)).read().toString());
        }
    }
}
