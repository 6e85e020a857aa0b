package dev.respql.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.Server;
import dev.respql.command.Command;
import dev.respql.command.CommandTable;
import dev.respql.command.Commands;
import dev.respql.command.Flag;
import dev.respql.command.Hint;
import dev.respql.command.KeySpec;
import dev.respql.config.Config;
import dev.respql.protocol.Reply;
import dev.respql.sql.DatabaseException;
import dev.respql.testing.Backend;
import dev.respql.testing.PostgresForTests;
import dev.respql.testing.RespClient;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What was taken out of a batch behind a script that runs for long stays out, whatever becomes of the batch. */
class BusyBatchTest {
    private static final Object[] SCRIPT = {"EVAL",
        "while redis.call('GOESON') == 1 do end return redis.call('INCR', KEYS[1])", "1", "n"};
    private static final Object[] INCREMENT = {"INCR", "n"};
    private static final Object[] FAIL = {"FAIL", "k"};

    private final List<AutoCloseable> open = new ArrayList<>();
    private final AtomicBoolean scriptGoesOn = new AtomicBoolean();
    private final AtomicBoolean failed = new AtomicBoolean();
    private volatile boolean goesOnAfterFailure;
    private volatile RuntimeException failure = new IllegalStateException("as the test wants it");

    @ParameterizedTest
    @EnumSource
    void whenTheBatchIsSplit(Backend backend) throws Exception {
        Server server = start(backend);
        assertRefusedCallsNeverRun(server, Stats::splits);
    }

    @ParameterizedTest
    @EnumSource
    void whenTheBatchIsRetried(Backend backend) throws Exception {
        Server server = start(backend);
        failure = DatabaseException.conflict("as the test wants it");
        assertRefusedCallsNeverRun(server, Stats::retries);
    }

    /** @param again counts what has the batch run again, once */
    private void assertRefusedCallsNeverRun(Server server, ToLongFunction<Stats> again) throws Exception {
        scriptGoesOn.set(true);
        try (OneBatch batch = new OneBatch(server, 3)) {
            List<List<Object[]>> calls = List.of(List.of(SCRIPT, FAIL), List.<Object[]>of(INCREMENT), List.<Object[]>of(INCREMENT));
            batch.send(calls::get);
            assertBusy(batch.client(1));
            assertBusy(batch.client(2));
            scriptGoesOn.set(false);
            assertEquals(1, batch.client(0).read().integer());
            assertEquals("OK", batch.client(0).read().text());
            assertEquals(1, again.applyAsLong(server.node().stats()));
            assertOneMore(batch, 1);
        }
    }

    /** What has run and was rolled back counts as not run. */
    @ParameterizedTest
    @EnumSource
    void whenTheScriptRunsForLongAfterTheBatchWasSplit(Backend backend) throws Exception {
        Server server = start(backend);
        goesOnAfterFailure = true;
        try (OneBatch batch = new OneBatch(server, 4)) {
            List<List<Object[]>> calls = List.of(List.<Object[]>of(new Object[] {"SET", "other", "v"}),
                    List.<Object[]>of(SCRIPT), List.<Object[]>of(INCREMENT), List.<Object[]>of(FAIL));
            batch.send(calls::get);
            assertBusy(batch.client(2));
            assertBusy(batch.client(3));
            scriptGoesOn.set(false);
            assertEquals("OK", batch.client(0).read().text());
            assertEquals(1, batch.client(1).read().integer());
            assertEquals(1, server.node().stats().splits());
            assertOneMore(batch, 2);
        }
    }

    private static void assertBusy(RespClient client) {
        String answer = client.read().text();
        assertTrue(answer.startsWith("BUSY "), answer);
    }

    /** Nothing but the script has counted, and nobody has an answer left. */
    private static void assertOneMore(OneBatch batch, int client) {
        assertEquals(2, batch.client(client).call(INCREMENT).integer());
        for (int i = 0; i < 3; i++) {
            assertEquals("2", batch.client(i).call("GET", "n").text());
        }
    }

    private Server start(Backend backend) {
        List<Command> commands = new ArrayList<>(Commands.table().commands());
        commands.add(Command.named("goeson").arity(1).hint(Hint.NOTHING)
                .runs(call -> scriptGoesOn.get() ? Reply.ONE : Reply.ZERO));
        commands.add(Command.named("fail").arity(2).flags(Flag.WRITE).keys(KeySpec.at(1)).runs(call -> {
            if (failed.getAndSet(true)) {
                return Reply.OK;
            }
            scriptGoesOn.set(goesOnAfterFailure);
            throw failure;
        }));
        Config config = Config.defaults();
        config.put("port", "0");
        config.put("lanes", "1");
        config.put("busy-reply-threshold", "20");
        if (backend == Backend.SQLITE) {
            config.put("backend", "memory");
        } else {
            String url = PostgresForTests.newDatabase();
            open.add(() -> PostgresForTests.dropDatabase(url));
            config.put("url", url);
        }
        Server server = Server.start(config, new CommandTable(commands));
        open.add(server);
        return server;
    }

    @AfterEach
    void close() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }
}
