package dev.respql.command.scripting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.testing.Backend;
import dev.respql.testing.EachBackend;
import dev.respql.testing.RedisForTests;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import dev.respql.testing.SideBySide;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** FUNCTION, FCALL and FCALL_RO. */
@EachBackend
class FunctionsTest {
    private static final String WRITER = "#!lua name=writer\nredis.register_function('put', function(keys, args)"
            + " return redis.call('SET', keys[1], args[1]) end)";

    @BeforeEach
    void forgetAll(RespClient client) {
        client.call("FUNCTION", "FLUSH");
    }

    @Test
    void answersAsRedis(RunningServer server) {
        SideBySide.run(server, """
                FUNCTION FLUSH
                FUNCTION LIST
                FUNCTION DUMP
                FUNCTION STATS
                FUNCTION LOAD "#!lua name=one\\nredis.register_function('f1', function(keys, args) return args[1] end)"
                FUNCTION LOAD "#!lua name=one\\nredis.register_function('f1', function(keys, args) return args[1] end)"
                FUNCTION LOAD "#!lua name=one\\nthis is no Lua"
                FUNCTION LOAD REPLACE "#!lua name=one\\nthis is no Lua"
                FUNCTION LOAD replace "#!lua name=one\\nredis.register_function('f1', function(keys, args) return args[2] end)"
                FCALL f1 0 a b
                FCALL F1 0 a b
                FCALL f1 1 a b
                FUNCTION LOAD "#!lua name=two\\nredis.register_function('F1', function(keys, args) return args[1] end)"
                FUNCTION LOAD REPLACE REPLACE "#!lua name=two\\nredis.register_function('F1', function() end)"
                FUNCTION LOAD XX "#!lua name=two\\nredis.register_function('F1', function() end)"
                FUNCTION LOAD
                FUNCTION LOAD REPLACE
                FUNCTION LOAD "return 1"
                FUNCTION LOAD "odd\\x00option" "#!lua name=three\\nlocal x = 1"
                FUNCTION LOAD "#!lua name=three\\nlocal x = 1"
                FUNCTION LOAD "#!js name=three\\nlocal x = 1"
                FUNCTION LOAD "#!lua\\nlocal x = 1"
                FUNCTION LOAD "#!lua name=a-b\\nlocal x = 1"
                FUNCTION LOAD "#!lua name=three\\nredis.register_function('f', function() end) redis.register_function('f', function() end)"
                FUNCTION LOAD "#!lua name=three\\nredis.call('SET', 'a', 'b')"
                FUNCTION LIST
                FUNCTION LIST WITHCODE LIBRARYNAME O*
                FUNCTION LIST LIBRARYNAME nothing
                FUNCTION LIST LIBRARYNAME
                FUNCTION LIST LIBRARYNAME a LIBRARYNAME b
                FUNCTION LIST WITHCODE WITHCODE
                FUNCTION LIST foo
                FUNCTION STATS
                FUNCTION STATS x
                FUNCTION KILL
                FUNCTION DUMP x
                FUNCTION nonsense
                FUNCTION
                FUNCTION DELETE nothing
                FUNCTION DELETE ONE
                FUNCTION DELETE one two
                FUNCTION DELETE one
                FCALL f1 0 a b
                FUNCTION FLUSH foo
                FUNCTION FLUSH SYNC x
                FUNCTION FLUSH sync
                FUNCTION FLUSH ASYNC
                """);
    }

    @Test
    void callsAsRedis(RunningServer server) {
        SideBySide.run(server, """
                FUNCTION FLUSH
                FUNCTION LOAD "#!lua name=r\\nredis.register_function{function_name='get', callback=function(keys) return redis.call('GET', keys[1]) end, flags={'no-writes', 'allow-stale'}, description='reads'}"
                FUNCTION LOAD "#!lua name=w\\nredis.register_function('set', function(keys, args) return redis.call('SET', keys[1], args[1]) end)"
                FUNCTION LOAD "#!lua name=bad\\nredis.register_function{function_name='lies', callback=function(keys) return redis.call('SET', keys[1], 'x') end, flags={'no-writes'}}"
                FUNCTION LOAD "#!lua name=half\\nredis.register_function('half', function(keys) redis.call('SET', keys[1], 'half') return redis.call('INCR', keys[1]) end)"
                FUNCTION LIST LIBRARYNAME r
                FCALL set 1 k v
                FCALL get 1 k
                FCALL_RO get 1 k
                FCALL_RO set 1 k v
                FCALL lies 1 k
                FCALL_RO lies 1 k
                FCALL get 0
                FCALL half 1 k
                GET k
                FCALL nothing 0
                FCALL nothing x
                FCALL get x k
                FCALL get -1 k
                FCALL get 2 k
                FCALL get 99999999999999999999 k
                FCALL get
                EVAL "return redis.call('FCALL', 'get', 1, 'k')" 0
                EVAL "return redis.call('FUNCTION', 'LIST')" 0
                MULTI
                FCALL set 1 k w
                FUNCTION FLUSH
                FCALL get 1 k
                FUNCTION LOAD "#!lua name=w\\nredis.register_function('set', function(keys, args) return 'other' end)"
                FCALL set 1 k v
                FUNCTION STATS
                EXEC
                FCALL set 1 k v
                FUNCTION LOAD "#!lua name=n\\nlocal n = 0 redis.register_function('map', function() redis.setresp(3) return {map={a=1}} end)"
                FCALL map 0
                FUNCTION FLUSH
                """);
    }

    @Test
    void librariesAreListedByName(RespClient client) {
        for (String name : List.of("m", "z", "a")) {
            client.call("FUNCTION", "LOAD", "#!lua name=" + name + "\nredis.register_function('f" + name + "', function() end)");
        }
        assertEquals(List.of("a", "m", "z"), client.call("FUNCTION", "LIST").items().stream()
                .map(library -> library.items().get(1).text()).toList());
    }

    @Test
    void functionsOutliveTheServer(RunningServer server, RespClient client) {
        client.call("FUNCTION", "LOAD", WRITER);
        client.call("FLUSHALL");
        server.restart();
        try (RespClient again = server.connect()) {
            assertEquals("+OK\r\n", again.call("FCALL", "put", "1", "k", "v").wire());
            assertEquals(WRITER, again.call("FUNCTION", "LIST", "WITHCODE").items().get(0).items().get(7).text());
        }
    }

    @Test
    void redisRestoresADumpAndTheOtherWayRound(RespClient client) {
        Assumptions.assumeTrue(RedisForTests.shared().version().isAtLeast(7, 0));
        StringBuilder repetitive = new StringBuilder("#!lua name=long\n");
        for (int i = 0; i < 700; i++) {
            repetitive.append("redis.register_function('f").append(i).append("', function() return ").append(i).append(" end)\n");
        }
        String[] sources = {WRITER, repetitive.toString(), "#!lua name=s\nredis.register_function('s',function()end)"};
        try (RespClient redis = RedisForTests.shared().connect()) {
            for (RespClient[] way : new RespClient[][] {{client, redis}, {redis, client}}) {
                way[0].call("FUNCTION", "FLUSH");
                way[1].call("FUNCTION", "FLUSH");
                for (String source : sources) {
                    way[0].call("FUNCTION", "LOAD", source);
                }
                byte[] dump = way[0].call("FUNCTION", "DUMP").bytes();
                assertEquals("+OK\r\n", way[1].call("FUNCTION", "RESTORE", dump).wire());
                assertEquals(":699\r\n", way[1].call("FCALL", "F699", "0").wire());
                for (String source : sources) {
                    String name = source.substring(source.indexOf('=') + 1, source.indexOf('\n'));
                    assertEquals(source, way[1].call("FUNCTION", "LIST", "LIBRARYNAME", name, "WITHCODE")
                            .items().get(0).items().get(7).text());
                }
            }
            redis.call("FUNCTION", "FLUSH");
        }
    }

    @Test
    void restoresByPolicy(RunningServer server, RespClient client) {
        Assumptions.assumeTrue(RedisForTests.shared().version().isAtLeast(7, 0));
        client.call("FUNCTION", "LOAD", WRITER);
        byte[] dump = client.call("FUNCTION", "DUMP").bytes();
        byte[] broken = dump.clone();
        broken[5]++;
        byte[] truncated = Arrays.copyOf(dump, dump.length - 1);
        String changed = WRITER.replace("return redis", "return 1 or redis");
        List<List<byte[]>> commands = new ArrayList<>();
        commands.add(command("FUNCTION", "FLUSH"));
        for (byte[] payload : List.of(dump, broken, truncated, new byte[0], "\n\0\0\0\0\0\0\0\0\0".getBytes())) {
            for (String policy : List.of("", "APPEND", "replace", "FLUSH", "nonsense")) {
                commands.add(command("FUNCTION", "LOAD", "REPLACE", changed));
                commands.add(policy.isEmpty() ? command("FUNCTION", "RESTORE", payload)
                        : command("FUNCTION", "RESTORE", payload, policy));
                commands.add(command("FUNCTION", "LIST", "WITHCODE"));
            }
        }
        commands.add(command("FUNCTION", "RESTORE", dump, "FLUSH", "x"));
        commands.add(command("FUNCTION", "FLUSH"));
        commands.add(command("FUNCTION", "LOAD", "#!lua name=other\nredis.register_function('PUT', function() end)"));
        commands.add(command("FUNCTION", "RESTORE", dump));
        commands.add(command("FUNCTION", "RESTORE", dump, "FLUSH"));
        commands.add(command("FUNCTION", "FLUSH"));
        SideBySide.run(server, commands);
    }

    @Test
    void aFailedBatchLeavesNothingBehind(RunningServer server, RespClient client) throws Exception {
        Assumptions.assumeTrue(server.backend() == Backend.SQLITE);
        client.call("FUNCTION", "LOAD", WRITER);
        try (var database = server.openDatabase(); var statement = database.createStatement()) {
            statement.execute("CREATE TRIGGER refuse BEFORE UPDATE ON function_generation"
                    + " BEGIN SELECT RAISE(ABORT, 'no'); END");
            assertTrue(client.call("FUNCTION", "FLUSH").isError());
            assertEquals("+OK\r\n", client.call("FCALL", "put", "1", "k", "v").wire());
            assertEquals(1, client.call("FUNCTION", "LIST").items().size());
            assertTrue(client.call("FUNCTION", "LOAD",
                    "#!lua name=x\nredis.register_function('x', function() end)").isError());
            assertEquals("-ERR Function not found\r\n", client.call("FCALL", "x", "0").wire());
            statement.execute("DROP TRIGGER refuse");
        }
        assertEquals("+OK\r\n", client.call("FUNCTION", "FLUSH").wire());
    }

    @Test
    void allNodesSeeTheSame(RunningServer server, RespClient client) {
        Assumptions.assumeTrue(server.backend() == Backend.POSTGRESQL);
        try (RunningServer second = server.startSecondNode(); RespClient there = second.connect()) {
            for (int i = 0; i < 20; i++) {
                RespClient loads = i % 2 == 0 ? client : there;
                RespClient calls = i % 2 == 0 ? there : client;
                loads.call("FUNCTION", "LOAD", "REPLACE",
                        "#!lua name=n\nredis.register_function{function_name='n', flags={'no-writes'}, callback=function() return "
                                + i + " end}");
                assertEquals(i, calls.call("FCALL", "n", "0").integer());
                assertEquals(i, calls.call("FCALL_RO", "n", "0").integer());
            }
            there.call("FUNCTION", "DELETE", "n");
            assertEquals("-ERR Function not found\r\n", client.call("FCALL", "n", "0").wire());
        }
    }

    private static List<byte[]> command(Object... words) {
        return Arrays.stream(words).map(word -> word instanceof byte[] bytes ? bytes : ((String) word).getBytes()).toList();
    }
}
