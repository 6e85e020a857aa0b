package dev.respql.command.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.testing.Await;
import dev.respql.testing.Backend;
import dev.respql.testing.EachBackend;
import dev.respql.testing.RedisForTests;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What clients see of each other; what is the same for any one connection is in {@link ConnectionCommandsTest}. */
class ClientCommandsTest {
    private static RunningServer server;

    @BeforeAll
    static void start() {
        server = RunningServer.start(Backend.SQLITE);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** The server learns of a closed connection when it gets to it. */
    @BeforeEach
    void awaitTheEndOfEarlierClients() {
        Await.until(() -> server.server().node().clients().isEmpty());
    }

    @Test
    void infoHasTheFieldsOfRedisInItsOrder() {
        RedisForTests.assumeAtLeast(7, 0);
        try (RespClient respql = server.connect(); RespClient redis = RedisForTests.shared().connect()) {
            List<String> expected = List.copyOf(fields(redis.call("CLIENT", "INFO").text().strip()).keySet());
            List<String> actual = List.copyOf(fields(respql.call("CLIENT", "INFO").text().strip()).keySet());
            if (!expected.contains("lib-name")) {
                // They came with 7.2.
                assertEquals(List.of("lib-name", "lib-ver"), actual.subList(expected.size(), actual.size()));
                actual = actual.subList(0, expected.size());
            }
            assertEquals(expected, actual);
        }
    }

    @Test
    void infoTellsTheStateOfTheConnection() {
        try (RespClient client = server.connect()) {
            Map<String, String> fresh = info(client);
            assertEquals("127.0.0.1:" + client.localPort(), fresh.get("addr"));
            assertEquals("127.0.0.1:" + server.port(), fresh.get("laddr"));
            assertEquals(client.call("CLIENT", "ID").integer(), Long.parseLong(fresh.get("id")));
            assertTrue(Integer.parseInt(fresh.get("fd")) > 0 || fresh.get("fd").equals("-1"), fresh.get("fd"));
            assertEquals("", fresh.get("name"));
            assertEquals("N", fresh.get("flags"));
            assertEquals("0", fresh.get("db"));
            assertEquals("2", fresh.get("resp"));
            assertEquals("default", fresh.get("user"));
            assertEquals("client|info", fresh.get("cmd"));
            assertEquals("", fresh.get("lib-name"));

            client.call("HELLO", "3", "SETNAME", "one");
            client.call("SELECT", "7");
            client.call("CLIENT", "NO-EVICT", "on");
            client.call("CLIENT", "NO-TOUCH", "on");
            assertEquals("OK", client.call("CLIENT", "SETINFO", "lib-name", "jedis(x_v1)").toString());
            assertEquals("OK", client.call("CLIENT", "SETINFO", "LIB-VER", "8.0.2").toString());
            Map<String, String> changed = info(client);
            assertEquals("one", changed.get("name"));
            assertEquals("eT", changed.get("flags"));
            assertEquals("7", changed.get("db"));
            assertEquals("3", changed.get("resp"));
            assertEquals("jedis(x_v1)", changed.get("lib-name"));
            assertEquals("8.0.2", changed.get("lib-ver"));

            client.call("RESET");
            Map<String, String> reset = info(client);
            assertEquals("", reset.get("name"));
            assertEquals("N", reset.get("flags"));
            assertEquals("0", reset.get("db"));
            assertEquals("2", reset.get("resp"));
            assertEquals("jedis(x_v1)", reset.get("lib-name"));
        }
    }

    /** Texts of Redis 7.2. */
    @Test
    void setInfoRefusesWhatWouldBreakTheList() {
        try (RespClient client = server.connect()) {
            assertEquals("(error) ERR Unrecognized option 'nonsense'",
                    client.call("CLIENT", "SETINFO", "nonsense", "x").toString());
            assertEquals("(error) ERR lib-Name cannot contain spaces, newlines or special characters.",
                    client.call("CLIENT", "SETINFO", "lib-Name", "a b").toString());
            assertEquals("(error) ERR LIB-VER cannot contain spaces, newlines or special characters.",
                    client.call("CLIENT", "SETINFO", "LIB-VER", "1\n2").toString());
            assertEquals("(error) ERR wrong number of arguments for 'client|setinfo' command",
                    client.call("CLIENT", "SETINFO", "lib-name").toString());
            assertEquals("OK", client.call("CLIENT", "SETINFO", "lib-name", "").toString());
            assertEquals("(error) ERR syntax error", client.call("CLIENT", "NO-TOUCH", "maybe").toString());
            assertEquals("", info(client).get("lib-name"));
        }
    }

    @Test
    void listIsVerbatimTextInResp3() {
        try (RespClient client = server.connect().protocol(3)) {
            assertEquals('=', client.call("CLIENT", "LIST").type());
            assertEquals('=', client.call("CLIENT", "INFO").type());
            assertTrue(client.call("CLIENT", "INFO").text().startsWith("txt:id="));
        }
    }

    @Test
    void listShowsClientsInTheOrderTheyCame() {
        try (RespClient first = named("first"); RespClient second = named("second"); RespClient third = named("third")) {
            assertEquals(List.of("first", "second", "third"), names(second.call("CLIENT", "LIST")));
            assertEquals(List.of("first", "second", "third"), names(second.call("CLIENT", "LIST", "TYPE", "normal")));
            assertEquals(List.of("third", "first", "third"), names(second.call("CLIENT", "LIST", "ID",
                    id(third), 4_000_000_000L, id(first), id(third))));
        }
    }

    @Test
    void killByAddress() {
        try (RespClient killer = named("killer"); RespClient victim = named("victim")) {
            assertEquals("OK", killer.call("CLIENT", "KILL", "127.0.0.1:" + victim.localPort()).toString());
            assertEquals(List.of("killer"), names(killer.call("CLIENT", "LIST")));
            assertEquals(0, victim.readUntilClosed().length);
            assertEquals("(error) ERR No such client",
                    killer.call("CLIENT", "KILL", "127.0.0.1:" + victim.localPort()).toString());
            assertEquals("OK", killer.call("CLIENT", "KILL", "127.0.0.1:" + killer.localPort()).toString());
            assertEquals(0, killer.readUntilClosed().length);
        }
    }

    @Test
    void killByFilters() {
        try (RespClient killer = named("killer"); RespClient victim = named("victim"); RespClient other = named("other")) {
            String address = "127.0.0.1:" + victim.localPort();
            long id = id(victim);
            assertEquals(0, killer.call("CLIENT", "KILL", "ID", id, "ADDR", "127.0.0.1:1").integer());
            assertEquals(0, killer.call("CLIENT", "KILL", "ID", id, "LADDR", address).integer());
            assertEquals(0, killer.call("CLIENT", "KILL", "ID", id, "TYPE", "pubsub").integer());
            assertEquals(1, killer.call("CLIENT", "KILL", "ID", id, "ADDR", address, "TYPE", "normal", "USER",
                    "default", "LADDR", "127.0.0.1:" + server.port()).integer());
            assertEquals(0, killer.call("CLIENT", "KILL", "ID", id).integer());
            assertEquals(0, killer.call("CLIENT", "KILL", "ID", id(killer)).integer());
            assertEquals(List.of("killer", "other"), names(killer.call("CLIENT", "LIST")));
            assertEquals(1, killer.call("CLIENT", "KILL", "TYPE", "normal").integer());
            killer.queue("CLIENT", "KILL", "SKIPME", "no").queue("SET", "after", "death").flush();
            assertEquals(1, killer.read().integer());
            assertEquals(0, killer.readUntilClosed().length);
        }
    }

    @Test
    void help() {
        try (RespClient client = server.connect()) {
            List<String> lines = client.call("CLIENT", "HELP").texts();
            assertEquals("CLIENT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:", lines.get(0));
            assertEquals("HELP", lines.get(lines.size() - 2));
            assertTrue(lines.contains("SETNAME connection-name"), lines::toString);
        }
    }

    /** Requests that a client has sent before it was killed, or after QUIT, are not carried out. */
    @EachBackend
    void nothingRunsAfterTheEnd(RunningServer each, RespClient killer) {
        try (RespClient client = each.connect()) {
            client.queue("SET", "a", "1").queue("QUIT").queue("SET", "b", "1").flush();
            assertEquals("+OK\r\n+OK\r\n", new String(client.readUntilClosed()));
            assertEquals("[\"1\", (nil)]", killer.call("MGET", "a", "b").toString());
        }
    }

    private static RespClient named(String name) {
        RespClient client = server.connect();
        client.call("CLIENT", "SETNAME", name);
        return client;
    }

    private static long id(RespClient client) {
        return client.call("CLIENT", "ID").integer();
    }

    private static Map<String, String> info(RespClient client) {
        String text = client.call("CLIENT", "INFO").text();
        assertTrue(text.endsWith("\n"), text);
        assertFalse(text.strip().contains("\n"), text);
        return fields(text.strip().replace("txt:", ""));
    }

    private static Map<String, String> fields(String line) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (String field : line.split(" ")) {
            fields.put(field.substring(0, field.indexOf('=')), field.substring(field.indexOf('=') + 1));
        }
        return fields;
    }

    private static List<String> names(Reply list) {
        return Arrays.stream(list.text().split("\n")).map(line -> fields(line).get("name")).toList();
    }
}
