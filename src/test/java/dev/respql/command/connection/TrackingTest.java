package dev.respql.command.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.testing.Await;
import dev.respql.testing.Backend;
import dev.respql.testing.EachBackend;
import dev.respql.testing.OwnServer;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import dev.respql.testing.Scene;
import dev.respql.testing.SideBySide;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Client-side caching: who is told what, and when, on one node and on two, as on one redis-server. */
@EachBackend
class TrackingTest {
    private static final int WRITERS = 4;
    private static final int KEYS = 20;

    private static final String READS = """
            a> CLIENT TRACKING ON
            a> GET k
            b> SET k 1
            b> SET k 2
            a> GET k; SET k 3; GET k
            b> DEL k; SET k 4
            a> GET k
            b> SET k 5; GET k
            # the end of a transaction tells of all that was changed in it
            a> MULTI; GET k; SET k 1; GET k; EXEC
            b> SET k 6
            a> MULTI; SET k 1; GET k; SET k 7; EXEC
            a> MULTI; SET k 1; GET k; EXEC
            b> MULTI; SET k 1; SET k 2; EXEC
            a> WATCH w
            b> SET w 1
            a> MULTI; GET k; EXEC
            b> SET k 1
            # refused reads are reads; keys that do not exist are remembered, too
            a> LPUSH l 1; GET l
            b> LPUSH l 2
            a> MGET x y z; STRLEN x; EXISTS y
            b> MSET y 1 x 1 z 1
            b> DEL x y z
            a> LRANGE q 0 -1; SCARD s; ZCARD z; HGETALL h; TTL k; TYPE k; OBJECT ENCODING k
            b> RPUSH q 1; SADD s 1; ZADD z 1 m; HSET h f v; EXPIRE k 1000
            b> RPUSH q 2; SADD s 1; ZADD z 1 m; HSET h f w
            a> GET k
            b> PERSIST k
            b> PERSIST k
            a> MGET r1 r2; SET r1 1; SET r2 2; MGET r1 r2
            b> RENAME r1 r2
            a> MGET r1 r2 r3
            b> COPY r2 r3
            b> SINTERSTORE r2 r4 r5; GETDEL r3; INCR r1
            a> LLEN l; LLEN q
            ~b> LMOVE l q LEFT RIGHT
            a> MGET k no; APPEND k 1; GETSET k 1; SET k 2 GET; SET k 3 NX; GETRANGE k 0 1; SETRANGE k 0 ""
            b> GETEX k PERSIST; GETEX k EX 100
            a> GET no
            b> DEL no; EXPIRE no 10; SREM no 1
            b> SET no 1
            # keys are known by their names, whatever the database
            a> GET d
            b> SELECT 5; SET d 1; SELECT 0
            a> GET d
            b> SWAPDB 0 1
            b> SWAPDB 0 1
            b> SET d 2
            a> GET k; GET d
            c> CLIENT TRACKING ON; GET k
            b> RENAME k e
            # scripts (of Redis 7.0 all keys that are declared are remembered, of 7.2 those that are read)
            a> CLIENT TRACKING ON; EVAL "return {redis.call('get', KEYS[1]), redis.call('strlen', KEYS[2])}" 2 k e
            c> CLIENT TRACKING OFF
            b> SET k 1; SET e 1
            a> EVAL_RO "return redis.call('mget', KEYS[1], KEYS[2])" 2 k e
            b> EVAL "redis.call('set', KEYS[1], 1) redis.call('set', KEYS[2], 2) return redis.call('incr', KEYS[1])" 2 k e
            a> EVAL "redis.call('get', KEYS[1]) redis.call('incr', KEYS[1]) return redis.call('get', KEYS[1])" 1 k
            b> INCR k
            # everything is forgotten at once
            a> GET e; GET l
            b> FLUSHDB
            b> SET e 1
            a> GET e
            a> FLUSHALL
            a> SET e 1
            a> MULTI; SET e 2; FLUSHALL; GET e; EXEC
            b> SET e 3
            b> FLUSHALL ASYNC
            # what was read is remembered while tracking is off
            a> GET e; CLIENT TRACKING OFF; CLIENT TRACKING ON
            b> SET e 4
            a> GET e; CLIENT TRACKING OFF
            b> SET e 5
            a> CLIENT TRACKING ON
            b> SET e 6
            a> CLIENT TRACKING ON NOLOOP; GET e; SET e 3
            b> SET e 7
            a> GET e
            b> SET e 8
            a> GET e; CLIENT TRACKING ON; CLIENT REPLY OFF; SET e 9; CLIENT REPLY ON
            a> LRANGE q 0 -1
            a> BLPOP q 0
            # (both come from another lane)
            ~b> RPUSH q 1
            """;

    private static final String OPTIONS = """
            a> CLIENT TRACKING ON OPTIN
            a> GET k
            b> SET k 1
            a> CLIENT CACHING YES; GET k; GET l
            b> SET k 1; SET l 1
            a> CLIENT CACHING YES; MULTI; GET k; GET l; EXEC; GET m
            b> SET k 1; SET l 1; SET m 1
            a> CLIENT CACHING YES; CLIENT GETNAME; GET k
            b> SET k 1
            a> MULTI; GET k; CLIENT CACHING YES; GET l; EXEC; GET m
            b> SET k 1; SET l 1; SET m 1
            a> CLIENT CACHING YES; NOSUCH; GET k
            b> SET k 1
            a> CLIENT CACHING YES; MULTI; GET k; DISCARD; GET l
            b> SET k 1; SET l 1
            a> CLIENT CACHING YES; CLIENT TRACKINGINFO; PING; CLIENT TRACKINGINFO
            a> CLIENT TRACKING OFF; CLIENT TRACKING ON OPTOUT; GET k
            b> SET k 1
            a> CLIENT CACHING NO; GET k; GET l
            b> SET k 1; SET l 1
            a> CLIENT CACHING NO; CLIENT TRACKINGINFO; PING; CLIENT TRACKINGINFO
            """;

    private static final String BROADCASTS = """
            a> CLIENT TRACKING ON BCAST PREFIX a PREFIX b
            b> MSET b2 1 a1 1 b1 1 c1 1
            a> SET a1 2; GET a1; DEL a1; SET b1 1
            b> SET b1 1; SET a1 2; SET b1 3
            b> FLUSHALL
            c> CLIENT TRACKING ON BCAST PREFIX b PREFIX c
            b> SET c1 1
            a> CLIENT TRACKING OFF; CLIENT TRACKING ON BCAST NOLOOP
            a> SET a1 2
            b> SET a1 2; SET "" 1
            b> MULTI; SET a1 2; SET a2 2; EXEC
            c> CLIENT TRACKING OFF; CLIENT TRACKING ON; GET b1; GET c1
            b> SET b1 1
            c> CLIENT TRACKING OFF; CLIENT TRACKING ON BCAST PREFIX x
            b> SET c1 1
            """;

    private static final String REDIRECTION = """
            to> PING
            other> PING
            a> CLIENT TRACKING ON REDIRECT {to}; GET k
            b> SET k 1
            to> SUBSCRIBE foo
            a> GET k
            b> SET k 1
            b> FLUSHALL
            a> GET k; SET k 3
            c> CLIENT TRACKING ON REDIRECT {to}; GET k
            a> GET k
            b> DEL k; SET k 1
            c> CLIENT TRACKING OFF; CLIENT TRACKING ON BCAST REDIRECT {to}
            b> MSET k 1 l 1
            c> CLIENT TRACKING ON BCAST REDIRECT {other}
            b> MSET k 1 l 1
            c> CLIENT TRACKING OFF
            to> UNSUBSCRIBE
            a> GET k
            b> SET k 1
            a> GET k; GET l
            to> SUBSCRIBE __redis__:invalidate
            """;

    private static final String ERRORS = """
            CLIENT TRACKING
            CLIENT TRACKING foo
            CLIENT TRACKING foo BAR
            CLIENT TRACKING ON PREFIX a
            CLIENT TRACKING ON PREFIX
            CLIENT TRACKING ON BCAST OPTIN
            CLIENT TRACKING ON OPTIN OPTOUT
            CLIENT TRACKING ON REDIRECT
            CLIENT TRACKING ON REDIRECT x
            CLIENT TRACKING ON REDIRECT 0
            CLIENT TRACKING OFF REDIRECT 999999
            CLIENT CACHING YES
            CLIENT CACHING
            CLIENT CACHING foo
            CLIENT GETREDIR
            CLIENT TRACKINGINFO
            CLIENT TRACKING ON BCAST PREFIX a PREFIX ab
            CLIENT TRACKING ON BCAST PREFIX c PREFIX b PREFIX a
            CLIENT GETREDIR
            CLIENT TRACKINGINFO
            CLIENT TRACKING ON BCAST PREFIX x PREFIX bc
            CLIENT TRACKING ON BCAST PREFIX x
            CLIENT TRACKINGINFO
            CLIENT TRACKING ON BCAST NOLOOP
            CLIENT TRACKINGINFO
            CLIENT TRACKING ON BCAST PREFIX y
            CLIENT TRACKING ON
            CLIENT CACHING YES
            CLIENT TRACKING OFF
            CLIENT TRACKING ON OPTIN
            CLIENT CACHING NO
            CLIENT CACHING foo
            CLIENT TRACKING ON OPTOUT
            CLIENT TRACKING ON BCAST
            CLIENT TRACKING ON
            CLIENT TRACKING ON OPTOUT NOLOOP
            CLIENT CACHING YES
            CLIENT CACHING NO
            CLIENT TRACKINGINFO
            CLIENT TRACKING OFF
            CLIENT TRACKINGINFO
            CLIENT TRACKING OFF
            """;

    @ParameterizedTest
    @ValueSource(strings = {READS, OPTIONS, BROADCASTS, REDIRECTION})
    void tellsAsRedisDoes(String script, RunningServer server) {
        Scene.play(List.of(server), 3, script);
        Scene.play(List.of(server), 2, script);
    }

    @Test
    void refusesAsRedisDoes(RunningServer server) {
        SideBySide.run(server, ERRORS);
    }

    /** Redis answers twice, and tracks, where the prefix that overlaps is not the first one. */
    @Test
    void refusesAllWhereAnyPrefixesOverlap(RunningServer server) {
        try (RespClient client = server.connect()) {
            assertEquals("ERR Prefix 'bb' overlaps with another provided prefix 'b'. Prefixes for a single client must"
                    + " not overlap.", client.call("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "a", "PREFIX", "bb",
                    "PREFIX", "b").text());
            assertEquals(-1, client.call("CLIENT", "GETREDIR").integer());
        }
    }

    @Test
    void tellsWhoRedirectsToNobody(RunningServer server) {
        try (RespClient a = server.connect().protocol(3); RespClient b = server.connect()) {
            try (RespClient to = server.connect()) {
                long id = to.call("CLIENT", "ID").integer();
                a.call("CLIENT", "TRACKING", "ON", "REDIRECT", id);
                a.call("GET", "k");
                assertTrue(line(a).contains(" flags=t ") && line(a).contains(" redir=" + id + " "));
            }
            String redirect = a.call("CLIENT", "GETREDIR").text();
            Await.until(() -> b.call("CLIENT", "LIST", "ID", redirect).text().isEmpty());
            b.call("SET", "k", "1");
            assertEquals(List.of("tracking-redir-broken", redirect), texts(a.read()));
            assertTrue(line(a).contains(" flags=tR "));
            assertTrue(texts(a.call("CLIENT", "TRACKINGINFO").items().get(1)).contains("broken_redirect"));
            a.call("CLIENT", "TRACKING", "OFF");
            a.call("CLIENT", "TRACKING", "ON", "BCAST");
            assertTrue(line(a).contains(" flags=tB ") && line(a).contains(" redir=0 "));
            a.call("CLIENT", "TRACKING", "OFF");
            assertTrue(line(a).contains(" flags=N ") && line(a).contains(" redir=-1 "));
        }
    }

    /** Redis sends null as the client writes it that redirects. */
    @Test
    void aMessageIsInTheProtocolOfWhoeverGetsIt(RunningServer server) {
        try (RespClient a = server.connect().protocol(3); RespClient to = server.connect()) {
            a.call("CLIENT", "TRACKING", "ON", "REDIRECT", to.call("CLIENT", "ID").integer());
            to.call("SUBSCRIBE", "__redis__:invalidate");
            a.call("FLUSHALL");
            assertEquals("*3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n$-1\r\n", to.read().wire());
        }
    }

    @Test
    void tellsOfKeysWhoseTimeHasCome(RunningServer server) {
        try (RespClient a = server.connect().protocol(3); RespClient all = server.connect().protocol(3)) {
            all.call("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "e");
            a.call("CLIENT", "TRACKING", "ON");
            server.flushAll();
            a.read();
            all.read();
            a.call("SET", "e", "1", "PX", "50");
            all.read();
            a.call("GET", "e");
            assertEquals(List.of("invalidate", "[e]"), texts(a.read()));
            assertEquals(List.of("invalidate", "[e]"), texts(all.read()));
        }
    }

    @Test
    @OwnServer("tracking-table-max-keys=10")
    void givesUpKeysWhereThereAreTooMany(RunningServer server) {
        try (RespClient a = server.connect().protocol(3); RespClient b = server.connect()) {
            a.call("CLIENT", "TRACKING", "ON");
            List<String> told = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                a.send("GET", "k" + i);
                for (Reply reply = a.read(); reply.type() == '>'; reply = a.read()) {
                    told.add(reply.items().get(1).items().get(0).text());
                }
            }
            while (told.size() < 90) {
                told.add(a.read().items().get(1).items().get(0).text());
            }
            assertEquals(90, Set.copyOf(told).size());
            assertInfo(b, "tracking_clients:1", "tracking_total_keys:10", "tracking_total_items:10");
            a.call("CLIENT", "TRACKING", "OFF");
            a.call("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "a", "PREFIX", "b");
            assertInfo(b, "tracking_clients:1", "tracking_total_prefixes:2");
            a.call("RESET");
            assertInfo(b, "tracking_clients:0", "tracking_total_keys:0", "tracking_total_items:0",
                    "tracking_total_prefixes:0");
        }
    }

    @Test
    void nothingIsLeftOfAClientThatIsGone(RunningServer server) {
        try (RespClient b = server.connect()) {
            try (RespClient a = server.connect(); RespClient c = server.connect()) {
                a.call("CLIENT", "TRACKING", "ON");
                a.call("GET", "k");
                c.call("CLIENT", "TRACKING", "ON", "BCAST");
                assertInfo(b, "tracking_clients:2", "tracking_total_keys:1", "tracking_total_prefixes:1");
            }
            Await.until(() -> info(b).contains("tracking_clients:0"));
            assertInfo(b, "tracking_total_keys:0", "tracking_total_items:0", "tracking_total_prefixes:0");
        }
    }

    /** Changes that nobody is told of are followed by one that is waited for, since nodes hear of them later. */
    @Test
    @OwnServer
    void twoNodesTellEachOther(RunningServer server) {
        if (server.backend() == Backend.POSTGRESQL) {
            Scene.play(List.of(server, server.startSecondNode()), 3, """
                    a> CLIENT TRACKING ON
                    b> CLIENT TRACKING ON
                    a> GET k; GET l
                    b> GET k; GET l
                    b> SET k 1
                    a> SET l 1
                    a> GET k
                    b> MULTI; SET k 1; RPUSH list 1; SET k 2; EXEC
                    a> GET k
                    b> GET k
                    b> FLUSHALL
                    a> GET k
                    b> FLUSHDB
                    a> CLIENT TRACKING OFF; CLIENT TRACKING ON BCAST NOLOOP PREFIX x
                    b> MSET x1 1 x0 1 y 1
                    a> SET x1 2
                    """);
        }
    }

    @Test
    @OwnServer
    void aNodeThatHearsOfNothingTracksNothing(RunningServer server) {
        if (server.backend() == Backend.POSTGRESQL) {
            try (RespClient client = server.startSecondNode("readonly=yes").connect()) {
                assertTrue(client.call("CLIENT", "TRACKING", "ON").text().startsWith("ERR client tracking is not possible"));
                assertEquals("OK", client.call("CLIENT", "TRACKING", "OFF").text());
            }
        }
    }

    /** Readers keep what they read until they are told; in the end they must have nothing that is not so. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @OwnServer
    void nobodyKeepsWhatWasChanged(boolean twoNodes, RunningServer server) throws Exception {
        if (twoNodes && server.backend() != Backend.POSTGRESQL) {
            return;
        }
        List<RunningServer> nodes = twoNodes ? List.of(server, server.startSecondNode()) : List.of(server);
        List<Reader> readers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            readers.add(new Reader(nodes.get(i % nodes.size()), i));
        }
        try {
            List<CompletableFuture<Void>> reading = readers.stream().map(CompletableFuture::runAsync).toList();
            List<CompletableFuture<Void>> writing = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                int writer = i;
                writing.add(CompletableFuture.runAsync(() -> write(nodes.get(writer % nodes.size()), writer)));
            }
            for (CompletableFuture<Void> done : writing) {
                done.get();
            }
            for (CompletableFuture<Void> done : reading) {
                done.get();
            }
            try (RespClient client = server.connect()) {
                for (Reader reader : readers) {
                    reader.copies.forEach((key, value) -> assertEquals(client.call("GET", key).text(), value, key));
                    assertTrue(reader.told > 0);
                }
            }
        } finally {
            readers.forEach(reader -> reader.client.close());
        }
    }

    private static void write(RunningServer node, int number) {
        Random random = new Random(number);
        try (RespClient client = node.connect()) {
            for (int i = 0; i < 500; i++) {
                client.call("INCR", "k" + random.nextInt(KEYS));
            }
            client.call("SET", "end" + number, "1");
        }
    }

    /** Reads until every writer has ended; what writers tell on their way comes in order. */
    private static final class Reader implements Runnable {
        private final RespClient client;
        private final Random random;
        private final Map<String, String> copies = new HashMap<>();
        private int told;

        Reader(RunningServer node, int seed) {
            client = node.connect().protocol(3);
            random = new Random(seed);
            client.call("CLIENT", "TRACKING", "ON");
            for (int i = 0; i < WRITERS; i++) {
                client.call("GET", "end" + i);
                copies.put("end" + i, "");
            }
        }

        @Override
        public void run() {
            while (copies.containsValue("")) {
                String key = "k" + random.nextInt(KEYS);
                client.send("GET", key);
                Reply reply = client.read();
                for (; reply.type() == '>'; reply = client.read()) {
                    told++;
                    reply.items().get(1).items().forEach(name -> copies.remove(name.text()));
                }
                copies.put(key, reply.text());
            }
            client.send("PING");
            for (Reply reply = client.read(); reply.type() == '>'; reply = client.read()) {
                reply.items().get(1).items().forEach(name -> copies.remove(name.text()));
            }
        }
    }

    private static String line(RespClient client) {
        return client.call("CLIENT", "INFO").text();
    }

    private static List<String> texts(Reply reply) {
        return reply.items().stream().map(item -> item.isAggregate() ? texts(item).toString() : item.text()).toList();
    }

    private static String info(RespClient client) {
        return client.call("INFO", "everything").text();
    }

    private static void assertInfo(RespClient client, String... lines) {
        List<String> all = info(client).lines().toList();
        for (String line : lines) {
            assertTrue(all.contains(line), () -> line + " is not in\n" + all);
        }
    }
}
