package dev.respql.command.scripting;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.respql.engine.Node;
import dev.respql.engine.OneBatch;
import dev.respql.script.HostilePrograms;
import dev.respql.script.ScriptEngine;
import dev.respql.testing.Await;
import dev.respql.testing.Backend;
import dev.respql.testing.EachBackend;
import dev.respql.testing.OwnServer;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Scripts that run for long: who is told so, who is served, and what ends them. With one lane, as on SQLite, unless said. */
@EachBackend(options = {"busy-reply-threshold=20", "lanes=1"})
class LongScriptsTest {
    private static final String BUSY = "-BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.\r\n";
    private static final int PROGRAMS = 40;
    private static final int MORE_THAN_A_BATCH_TAKES = 300;

    /** Has the client run a script that does not end, and returns when it runs. */
    private static void start(RunningServer server, RespClient client, Object... call) {
        client.send(call);
        Await.until(() -> server.server().node().scripting().longest() != null);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "while true do end",
        "while true do pcall(function() while true do end end) end",
        "redis.call('GET', KEYS[1]) while true do redis.pcall('PING') end",
        "while true do coroutine.wrap(function() while true do end end)() end",
        "return ('x'):rep(1e5):find(('a?'):rep(30) .. ('.-'):rep(30) .. 'b')",
    })
    void othersAreToldAndMayKillIt(String script, RunningServer server, RespClient runs, RespClient other) {
        other.call("PING");
        start(server, runs, "EVAL", script, "1", "k");
        try {
            assertEquals(BUSY, other.call("GET", "k").wire());
            assertEquals(BUSY, other.call("EVAL", "return 1", "0").wire());
            assertEquals(BUSY, other.call("FUNCTION", "KILL").wire());
        } finally {
            assertEquals("+OK\r\n", other.call("SCRIPT", "KILL").wire());
        }
        assertEquals("-ERR Script killed by user with SCRIPT KILL... script: " + ScriptEngine.sha(script.getBytes())
                + ", on @user_script:1.\r\n", runs.read().wire());
        assertEquals("+PONG\r\n", other.call("PING").wire());
        assertEquals("-NOTBUSY No scripts in execution right now.\r\n", other.call("SCRIPT", "KILL").wire());
        assertEquals("+PONG\r\n", runs.call("PING").wire());
    }

    /** All of this runs as one batch, the script behind the first client's calls and before all others. */
    @Test
    @OwnServer({"busy-reply-threshold=20", "lanes=1"})
    void whoIsOfItsBatchIsToldAndMayKillItToo(RunningServer server) throws Exception {
        String script = "while true do end";
        List<Object[]> gets = Collections.nCopies(MORE_THAN_A_BATCH_TAKES, new Object[] {"GET", "k"});
        List<List<Object[]>> calls = List.of(
                calls("SET k v", "GET k"),
                List.<Object[]>of(new Object[] {"EVAL", script, "0"}, new Object[] {"GET", "k"}),
                gets,
                calls("GET k", "SELECT 1", "CLIENT REPLY SKIP", "INCR n", "WATCH n", "INCR n"),
                calls("MULTI", "INCR n", "EXEC", "PING"),
                calls("MULTI", "INCR n", "DISCARD"),
                calls("MULTI", "SELECT 1", "EXEC", "GET k"),
                calls("BLPOP list 0"),
                calls("SCRIPT KILL"));
        try (OneBatch batch = new OneBatch(server.server(), calls.size())) {
            batch.client(4).call("WATCH", "k");
            long batches = server.server().node().stats().batches();
            batch.send(calls::get);
            assertEquals("+OK\r\n", batch.client(8).read().wire());
            for (int i = 0; i < gets.size(); i++) {
                assertEquals(BUSY, batch.client(2).read().wire());
            }
            assertEquals(List.of(BUSY, "+OK\r\n", BUSY, BUSY), wires(batch.client(3), 4));
            assertEquals(List.of("+OK\r\n", "+QUEUED\r\n", BUSY.replace("-", "-EXECABORT Transaction discarded because of: ")),
                    wires(batch.client(4), 3));
            assertEquals(BUSY, batch.client(7).read().wire());
            assertEquals(List.of("+OK\r\n", "$1\r\nv\r\n"), wires(batch.client(0), 2));
            assertTrue(batch.client(1).read().wire().startsWith("-ERR Script killed by user with SCRIPT KILL..."));
            assertEquals("$1\r\nv\r\n", batch.client(1).read().wire());
            // They cannot be refused any more.
            assertEquals(List.of("+OK\r\n", "+QUEUED\r\n", "+OK\r\n"), wires(batch.client(5), 3));
            assertEquals(List.of("+OK\r\n", "+QUEUED\r\n", "*1\r\n+OK\r\n", "$-1\r\n"), wires(batch.client(6), 4));
            assertEquals(1, server.server().node().stats().batches() - batches);
            assertEquals(0, batch.client(3).call("EXISTS", "n").integer());
            assertEquals(BUSY, batch.client(4).read().wire());
            batch.client(4).call("MULTI");
            batch.client(0).call("SET", "k", "changed since it was watched");
            assertEquals(0, batch.client(4).call("EXEC").items().size());
            assertEquals(0, batch.client(7).call("EXISTS", "n").integer());
        }
    }

    private static List<Object[]> calls(String... calls) {
        return Stream.of(calls).map(call -> (Object[]) call.split(" ")).toList();
    }

    private static List<String> wires(RespClient client, int count) {
        return client.read(count).stream().map(Reply::wire).toList();
    }

    @Test
    void killingOneEndsATransactionsPartOnly(RunningServer server, RespClient runs, RespClient other) {
        other.call("PING");
        runs.queue("MULTI").queue("SET", "k", "before").queue("EVAL", "while true do end", "0").queue("INCR", "n").flush();
        runs.read(4);
        start(server, runs, "EXEC");
        String killed = other.call("SCRIPT", "KILL").wire();
        List<Reply> replies = runs.read().items();
        assertEquals("+OK\r\n", killed);
        assertEquals("+OK\r\n", replies.get(0).wire());
        assertTrue(replies.get(1).wire().startsWith("-ERR Script killed by user with SCRIPT KILL."));
        assertEquals(1, replies.get(2).integer());
        assertEquals("before", other.call("GET", "k").text());
    }

    @Test
    @OwnServer({"busy-reply-threshold=20", "lanes=1"})
    void oneThatHasWrittenEndsWithTheServer(RunningServer server) {
        Logger logger = (Logger) LoggerFactory.getLogger(Node.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        try (RespClient runs = server.connect(); RespClient other = server.connect()) {
            other.call("SET", "k", "before");
            start(server, runs, "EVAL", "redis.call('SET', KEYS[1], 'half') while true do end", "1", "k");
            assertEquals(BUSY, other.call("GET", "k").wire());
            for (String kind : List.of("SCRIPT", "FUNCTION")) {
                assertTrue(other.call(kind, "KILL").wire().startsWith("-UNKILLABLE Sorry the script already executed write"));
            }
            other.send("SHUTDOWN", "NOSAVE");
            assertArrayEquals(new byte[0], other.readUntilClosed());
            assertArrayEquals(new byte[0], runs.readUntilClosed());
            assertTimeoutPreemptively(Duration.ofSeconds(60), () -> server.server().awaitShutdown());
        } finally {
            logger.detachAppender(log);
        }
        assertEquals(List.of(), log.list);
        server.restart();
        try (RespClient again = server.connect()) {
            assertEquals("before", again.call("GET", "k").text());
        }
    }

    @Test
    @OwnServer({"busy-reply-threshold=20", "lanes=2"})
    void otherLanesServeOn(RunningServer server) {
        Assumptions.assumeTrue(server.backend() == Backend.POSTGRESQL);
        try (RespClient runs = server.connect(); RespClient one = server.connect(); RespClient two = server.connect()) {
            one.call("PING");
            two.call("PING");
            start(server, runs, "EVAL", "while true do end", "0");
            List<String> answers = List.of(one.call("SET", "a", "1").wire(), two.call("SET", "b", "1").wire());
            assertEquals("+OK\r\n", one.call("SCRIPT", "KILL").wire());
            assertTrue(runs.read().isError());
            assertTrue(answers.contains("+OK\r\n") && answers.contains(BUSY), () -> answers.toString());
        }
    }

    /** Who runs hostile scripts one after the other, and who kills them, do no harm to a third. */
    @Test
    @OwnServer({"busy-reply-threshold=5", "lanes=1"})
    void othersAreServedBesideHostileScripts(RunningServer server) throws Exception {
        List<String> functions = HostilePrograms.functionsOf(server.server().node().scripting().engine());
        ExecutorService threads = Executors.newCachedThreadPool();
        try (RespClient runs = server.connect().timeout(Duration.ofSeconds(60));
                RespClient counts = server.connect().timeout(Duration.ofSeconds(60))) {
            AtomicBoolean over = new AtomicBoolean();
            Future<Integer> killed = threads.submit(() -> {
                int times = 0;
                while (!over.get()) {
                    times += kill(server) ? 1 : 0;
                }
                return times;
            });
            Future<Integer> counted = threads.submit(() -> {
                int times = 0;
                while (!over.get()) {
                    Reply reply = counts.call("INCR", "count");
                    if (reply.isError()) {
                        assertEquals(BUSY, reply.wire());
                    } else {
                        assertEquals(++times, reply.integer());
                    }
                }
                return times;
            });
            try {
                for (int seed = 1; seed <= PROGRAMS; seed++) {
                    runs.call("EVAL", HostilePrograms.program(seed, functions), "2", "key:1", "key:2", "a", "17");
                }
            } finally {
                over.set(true);
            }
            assertTrue(killed.get(60, TimeUnit.SECONDS) > 0);
            int last = counted.get(60, TimeUnit.SECONDS);
            assertTrue(last > 0);
            assertEquals(String.valueOf(last), runs.call("GET", "count").text());
        } finally {
            threads.shutdownNow();
        }
    }

    /** False where nothing ran. */
    private static boolean kill(RunningServer server) {
        try (RespClient kills = server.connect()) {
            String answer = kills.call("SCRIPT", "KILL").wire();
            assertTrue(answer.equals("+OK\r\n") || answer.startsWith("-NOTBUSY"), answer);
            return answer.startsWith("+");
        }
    }

    @Test
    void oneThatTakesTooMuchMemoryFailsAlone(RespClient client, RespClient other) {
        for (String script : List.of("local t = {} while true do t[#t + 1] = ('x'):rep(1e6) .. #t end",
                "local s = 'x' while true do s = s .. s end", "local t = {} while true do t = {t, {}} end")) {
            client.send("EVAL", script, "0");
            other.call("SET", "k", "v");
            String error = client.timeout(Duration.ofSeconds(60)).read().wire();
            assertTrue(error.contains("not enough memory"), error);
        }
        assertFalse(other.call("SET", "k", "v").isError());
    }
}
