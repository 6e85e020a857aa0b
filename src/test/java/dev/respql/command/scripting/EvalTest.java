package dev.respql.command.scripting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.respql.script.ScriptEngine;
import dev.respql.testing.Backend;
import dev.respql.testing.EachBackend;
import dev.respql.testing.OwnServer;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import dev.respql.testing.SideBySide;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** EVAL and its like, SCRIPT, and what runs for long. */
@EachBackend
class EvalTest {
    @Test
    void answersAsRedis(RunningServer server) {
        SideBySide.run(server, """
                SCRIPT FLUSH
                EVAL "return {KEYS[1], ARGV[1], 3.99, false, true}" 1 k a
                EVAL "return 1" x
                EVAL "return 1" -1
                EVAL "return 1" 2 k
                EVAL "return 1"
                EVAL "redis.call('SET', KEYS[1], 'kept') return redis.call('INCR', KEYS[1])" 1 k
                GET k
                EVAL "redis.call('SELECT', 3) return redis.call('SET', 'there', '1')" 0
                GET there
                EVAL_RO "return redis.call('GET', KEYS[1])" 1 k
                EVAL_RO "return redis.call('SET', KEYS[1], 'x')" 1 k
                EVAL_RO "#!lua\\nreturn 1" 0
                EVAL "#!lua flags=no-writes\\nreturn redis.call('SET', KEYS[1], 'x')" 1 k
                SCRIPT LOAD "return 7"
                EVALSHA 8d5bb98c1c6d9a1d8a3a4b7d2e2b1b1f5e0b0c0d 0
                SCRIPT EXISTS e0e1f9fabfc9d4800c877a703b823ac0578ff8db 8d5bb98c1c6d9a1d8a3a4b7d2e2b1b1f5e0b0c0d
                MULTI
                EVAL "return redis.call('INCR', KEYS[1])" 1 n
                EVAL "return redis.call('INCR', KEYS[1])" 1 n
                EXEC
                SCRIPT FLUSH foo
                SCRIPT KILL
                """);
    }

    @Test
    void aScriptLoadedThroughOneNodeIsKnownToAnother(RunningServer server, RespClient client) {
        Assumptions.assumeTrue(server.backend() == Backend.POSTGRESQL);
        try (RunningServer second = server.startSecondNode(); RespClient there = second.connect()) {
            String sha = client.call("SCRIPT", "LOAD", "return 'from afar'").text();
            assertEquals("from afar", there.call("EVALSHA", sha, "0").text());
        }
    }

    @Test
    void commandsThatWaitDoNotWaitInAScript(RunningServer server) {
        SideBySide.run(server, """
                RPUSH l a
                EVAL "return redis.call('BLPOP', KEYS[1], 0)" 1 l
                EVAL "return redis.call('BLPOP', KEYS[1], 0)" 1 l
                EVAL "return redis.call('BRPOP', KEYS[1], 'other', 0)" 1 l
                EVAL "return redis.call('BLMOVE', KEYS[1], KEYS[2], 'LEFT', 'RIGHT', 0)" 2 l m
                EVAL "return redis.call('BRPOPLPUSH', KEYS[1], KEYS[2], 0)" 2 l m
                EVAL "return redis.call('BLMPOP', 0, 1, KEYS[1], 'LEFT')" 1 l
                EVAL "return redis.call('BZPOPMIN', KEYS[1], 0)" 1 z
                EVAL "return redis.call('BZMPOP', 0, 1, KEYS[1], 'MIN')" 1 z
                EVAL "redis.setresp(3) return redis.call('BLPOP', KEYS[1], 0)" 1 l
                EVAL "return redis.call('WAIT', 1, 0)" 0
                EVAL "redis.call('RPUSH', KEYS[1], 'x') return redis.call('BLPOP', KEYS[1], 0)" 1 l
                """);
    }

    @Test
    void thereIsNoDebugger(RespClient client) {
        assertEquals("+OK\r\n", client.call("SCRIPT", "DEBUG", "NO").wire());
        assertEquals("-ERR scripts cannot be debugged here\r\n", client.call("SCRIPT", "DEBUG", "YES").wire());
    }

    @Test
    void whatCannotBeAShaIsToldFirst(RespClient client) {
        String unknown = "-NOSCRIPT No matching script. Please use EVAL.\r\n";
        assertEquals(unknown, client.call("EVALSHA", "0", "no number").wire());
        assertEquals(unknown, client.call("EVALSHA_RO", "0", "5", "k").wire());
        assertEquals("-ERR value is not an integer or out of range\r\n",
                client.call("EVALSHA", "0".repeat(40), "no number").wire());
    }

    @Test
    void loadedScriptsOutliveTheServer(RunningServer server, RespClient client) {
        String sha = client.call("SCRIPT", "LOAD", "return 'kept'").text();
        String once = "return 'only evaluated'";
        client.call("EVAL", once, "0");
        server.restart();
        try (RespClient again = server.connect()) {
            assertEquals("kept", again.call("EVALSHA", sha, "0").text());
            assertEquals("-NOSCRIPT No matching script. Please use EVAL.\r\n",
                    again.call("EVALSHA", ScriptEngine.sha(once.getBytes()), "0").wire());
            again.call("SCRIPT", "FLUSH");
        }
    }

    @Test
    void whatOneNodeForgetsTheOtherForgets(RunningServer server, RespClient client) {
        Assumptions.assumeTrue(server.backend() == Backend.POSTGRESQL);
        try (RunningServer second = server.startSecondNode(); RespClient there = second.connect()) {
            String sha = client.call("SCRIPT", "LOAD", "return 'for a while'").text();
            assertEquals("for a while", there.call("EVALSHA", sha, "0").text());
            assertEquals("for a while", client.call("EVALSHA", sha, "0").text());
            there.call("SCRIPT", "FLUSH");
            for (RespClient each : List.of(there, client)) {
                assertEquals(0, each.call("SCRIPT", "EXISTS", sha).items().get(0).integer());
                assertTrue(each.call("EVALSHA", sha, "0").wire().startsWith("-NOSCRIPT"));
            }
        }
    }

    /** Scripts that use in opposite orders what they do not declare get into each other's way, of which nobody is told. */
    @Test
    void keysThatAreNotDeclaredAreLockedAllTheSame(RunningServer server, RespClient client) throws Exception {
        int times = 50;
        String script = "local a = tonumber(redis.call('GET', ARGV[1]) or 0) redis.call('SET', ARGV[1], a + 1)"
                + " local b = tonumber(redis.call('GET', ARGV[2]) or 0) redis.call('SET', ARGV[2], b + 1) return a";
        ExecutorService threads = Executors.newCachedThreadPool();
        RunningServer second = server.backend() == Backend.POSTGRESQL ? server.startSecondNode() : server;
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                String[] keys = i % 2 == 0 ? new String[] {"a", "b"} : new String[] {"b", "a"};
                RunningServer node = i < 2 ? server : second;
                all.add(threads.submit(() -> {
                    try (RespClient each = node.connect().timeout(Duration.ofSeconds(60))) {
                        for (int n = 0; n < times; n++) {
                            Reply reply = each.call("EVAL", script, "0", keys[0], keys[1]);
                            assertEquals(':', reply.type(), reply::wire);
                        }
                    }
                }));
            }
            for (Future<?> each : all) {
                each.get(120, TimeUnit.SECONDS);
            }
            assertEquals(String.valueOf(4 * times), client.call("GET", "a").text());
            assertEquals(String.valueOf(4 * times), client.call("GET", "b").text());
        } finally {
            threads.shutdownNow();
            if (second != server) {
                second.close();
            }
        }
    }

    @Test
    @OwnServer("busy-reply-threshold=20")
    void aFunctionThatDoesNotEndIsToldAboutAndKilled(RunningServer server) {
        try (RespClient runs = server.connect(); RespClient killer = server.connect()) {
            runs.call("FUNCTION", "LOAD", "#!lua name=l\nredis.register_function('loop', function() while true do end end)");
            killer.call("PING");
            runs.send("FCALL", "loop", "0");
            try {
                Reply running = running(server);
                assertEquals("loop", running.items().get(1).text());
                assertEquals("FCALL", running.items().get(3).items().get(0).text());
            } finally {
                String answer = killer.call("FUNCTION", "KILL").wire();
                assertEquals("+OK\r\n", answer);
            }
            assertTrue(runs.read().wire().startsWith("-ERR Script killed by user with SCRIPT KILL."));
        }
    }

    /** Not even where the database has what was written, since something has been counted there. */
    @Test
    @OwnServer({"busy-reply-threshold=20", "lanes=1"})
    void aClientThatIsResetMeanwhileDoesNotCommitHalfAFunction(RunningServer server) throws Exception {
        try (RespClient runs = server.connect(); RespClient watches = server.connect()) {
            runs.call("FUNCTION", "LOAD", """
                    #!lua name=l
                    redis.register_function('half', function(keys)
                        redis.call('SET', keys[1], 'half')
                        redis.call('DBSIZE')
                        while true do end
                    end)""");
            watches.call("WATCH", "x");
            runs.send("FCALL", "half", "1", "key");
            running(server);
            assertEquals("RESET", watches.call("RESET").text());
            try (Connection connection = server.openDatabase(); Statement statement = connection.createStatement();
                    ResultSet found = statement.executeQuery("SELECT count(*) FROM keys")) {
                found.next();
                assertEquals(0, found.getLong(1));
            }
        }
    }

    @Test
    @OwnServer({"busy-reply-threshold=20", "requirepass=secret", "lanes=1"})
    void whoLogsInWhileAFunctionRunsCanEndIt(RunningServer server) {
        try (RespClient runs = server.connect()) {
            runs.call("AUTH", "secret");
            runs.call("FUNCTION", "LOAD", "#!lua name=l\nredis.register_function('loop', function() while true do end end)");
            runs.send("FCALL", "loop", "0");
            for (int i = 0; i < 5; i++) {
                try (RespClient admin = server.connect().timeout(Duration.ofSeconds(1))) {
                    assertEquals("OK", admin.call("AUTH", "secret").text());
                    if (admin.call("FUNCTION", "KILL").wire().equals("+OK\r\n")) {
                        assertTrue(runs.read().wire().startsWith("-ERR Script killed by user with SCRIPT KILL."));
                        return;
                    }
                } catch (UncheckedIOException e) {
                    // The function ran in the same batch.
                }
            }
            fail("nobody could end it");
        }
    }

    /** What FUNCTION STATS says of the one that runs; a client whose question came into its batch gets no answer. */
    private static Reply running(RunningServer server) {
        for (int i = 0; i < 100; i++) {
            try (RespClient asks = server.connect().timeout(Duration.ofSeconds(1))) {
                Reply running = asks.call("FUNCTION", "STATS").items().get(1);
                if (running.isAggregate()) {
                    return running;
                }
            } catch (UncheckedIOException inItsBatch) {
                continue;
            }
        }
        throw new AssertionError("no function runs");
    }
}
