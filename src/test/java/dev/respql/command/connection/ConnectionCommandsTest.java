package dev.respql.command.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.Version;
import dev.respql.testing.Backend;
import dev.respql.testing.Conversation;
import dev.respql.testing.RedisForTests;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that no data is needed for, compared byte for byte with redis-server; lines are separated by " / ". */
class ConnectionCommandsTest {
    private static final String PASSWORD = "secret";

    private static RunningServer open;
    private static RunningServer closed;
    private static RedisForTests closedRedis;

    @BeforeAll
    static void start() {
        open = RunningServer.start(Backend.SQLITE);
        closed = RunningServer.start(Backend.SQLITE, "requirepass=" + PASSWORD);
        closedRedis = RedisForTests.start();
        try (RespClient client = closedRedis.connect()) {
            client.call("CONFIG", "SET", "requirepass", PASSWORD);
        }
    }

    @AfterAll
    static void stop() {
        closedRedis.close();
        closed.close();
        open.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "ping / PING a / ping a b / ping \"\"",
        "echo / echo a / echo \"\" / echo a b / echo \"\\x00\\xff\\r\\n\"",
        "select 1 / select 15 / select 16 / select -1 / select x / select 01 / select \" 1\" / select / select 1 2",
        "select 2147483648 / select -2147483649 / select 9223372036854775808",
        "quit / ping", "quit with arguments / ping", "ping / quit", "reset / ping", "reset now",
        "auth / auth x / auth default x / auth DEFAULT x / auth other x / auth a b c",
        "hello / hello 2 / hello 3 / hello", "hello 1", "hello 4", "hello x", "hello 3x", "hello 99999999999999999999",
        "hello 3 nonsense", "hello 3 auth", "hello 3 auth default", "hello 3 auth default x", "hello 3 AUTH other x",
        "hello 3 setname", "hello 3 setname \"a b\"", "hello 3 setname", "hello setname x", "hello 3 setname a x",
        "hello 3 setname one / client getname / hello 2 setname \"\" / client getname",
        "hello 3 auth default x setname one setname two / client getname",
        "hello 9 setname one / client getname",
        "hello 3 / hello 4 / client getname", "hello 3 / reset / client getname",
        "client setname one / select 3 / reset / client getname", "nonsense", "nonsense with \"some \\x00 arguments\"",
        "client", "client nonsense", "client id x", "client getname x", "client setname", "client setname a b",
        "client setname \"a b\" / client getname", "client setname \"a\\x00\" / client setname \"\\xff\"",
        "client setname one / client getname / client setname \"\" / client getname / hello 3 / client getname",
        "client reply / client reply on / client reply nonsense / client reply on off",
        "client reply off / ping / nonsense / get / client reply on / ping",
        "client reply off / client reply off / client reply skip / ping / client reply on / ping",
        "client reply skip / ping a / ping b", "client reply skip / nonsense / ping b",
        "client reply skip / client reply on / ping b", "client reply skip / client reply skip / ping a / ping b",
        "client reply skip / client reply off / client reply on / ping", "client reply skip / get / ping b",
        "client reply off / reset / ping b", "client reply skip / reset / ping b",
        "client reply off / hello 3 / client reply on / client getname", "client reply skip / hello 3 / client getname",
        "client kill", "client kill nonsense", "client kill id 0", "client kill id -1", "client kill id x",
        "client kill id 4000000000", "client kill type nonsense", "client kill type master", "client kill type SLAVE",
        "client kill type replica", "client kill type pubsub", "client kill user nonsense", "client kill skipme nonsense",
        "client kill id 1 id 4000000000 addr x laddr y type normal user default skipme yes",
        "client kill id", "client kill addr x skipme", "client kill addr x nonsense y", "client kill id 4000000000 addr",
        "client list nonsense", "client list nonsense x", "client list type", "client list type nonsense",
        "client list type master", "client list type REPLICA", "client list type slave", "client list type pubsub",
        "client list type normal x", "client list id", "client list id x", "client list id 4000000000 -1 0",
        "client list id 4000000000 x", "client info x", "client no-evict", "client no-evict on / client no-evict OFF",
        "client no-evict nonsense", "client help x"})
    void answersAsRedis(String lines) {
        assertSame(lines, open.port(), RedisForTests.shared().port());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "ping / get x / echo x / select 1 / client id / client setname a", "nonsense / get / client nonsense",
        "auth x / ping", "auth default x / ping", "auth other secret / ping", "auth \"\" / ping", "auth a b c / ping",
        "auth secret / ping", "auth default secret / ping", "auth Secret / auth secretx / auth secre / ping",
        "auth secret / auth x / ping", "auth secret / reset / ping", "quit / ping", "reset / ping",
        "hello 3 auth default x / ping", "hello 3 auth other secret / ping", "hello 3 auth default secret / ping",
        "hello 3 auth default secret setname one / client getname", "hello 4 / hello x / hello 3 nonsense",
        "hello 3 setname \"a b\" auth default secret / ping", "auth secret / hello 3 / hello 2 auth default x / hello",
        "client reply off / ping / auth secret / client reply on / ping"})
    void asksForThePasswordAsRedis(String lines) {
        // The sentinel that ends a conversation needs a client that has authenticated itself.
        assertSame(lines + " / auth secret", closed.port(), closedRedis.port());
    }

    @Test
    void helloTellsOfTheServer() {
        try (RespClient client = open.connect()) {
            long id = client.call("CLIENT", "ID").integer();
            assertEquals("{\"server\": \"redis\", \"version\": \"" + Version.REDIS + "\", \"proto\": (integer) 3,"
                    + " \"id\": (integer) " + id + ", \"mode\": \"standalone\", \"role\": \"master\", \"modules\": []}",
                    client.call("HELLO", "3").toString());
        }
    }

    /** Redis 7.2 says how to write the option, where 7.0 left the protocol out. */
    @Test
    void helloWithoutThePasswordIsRefused() {
        String refused = "-NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto>"
                + " AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version"
                + " at the same time\r\n";
        assertEquals(refused + refused + "-NOAUTH Authentication required.\r\n+OK\r\n$-1\r\n",
                Conversation.of(closed.port(), "hello", "hello 3 setname one", "client getname", "auth secret",
                        "client getname"));
    }

    /** In 7.0 SETNAME had its effect even if something later was wrong. */
    @Test
    void aFailedHelloChangesNothing() {
        assertEquals("-WRONGPASS invalid username-password pair or user is disabled.\r\n"
                        + "-ERR Syntax error in HELLO option 'nonsense'\r\n$-1\r\n",
                Conversation.of(open.port(), "hello 3 setname one auth other x", "hello 3 setname one nonsense",
                        "client getname"));
    }

    /** Redis 7.0 forgets to close here, since it closes after a reply that is never sent. */
    @Test
    void aSilentConnectionIsClosedAllTheSame() {
        assertEquals(Conversation.CLOSED, Conversation.of(open.port(), "client reply skip", "quit"));
        assertEquals(Conversation.CLOSED, Conversation.of(open.port(), "client reply off", "*x"));
    }

    @Test
    void thePasswordCanBeChangedWhileClientsAreConnected() {
        try (RunningServer server = RunningServer.start(Backend.SQLITE);
                RespClient before = server.connect()) {
            assertEquals("PONG", before.call("PING").toString());
            setPassword(server, "new");
            try (RespClient after = server.connect()) {
                assertEquals("PONG", before.call("PING").toString());
                assertEquals("(error) NOAUTH Authentication required.", after.call("PING").toString());
                setPassword(server, "");
                assertEquals("PONG", after.call("PING").toString());
                // As in Redis, HELLO asks whether the client has logged in, not whether it would have to.
                assertTrue(after.call("HELLO", "3").text().startsWith("NOAUTH HELLO"));
                assertEquals("OK", after.call("AUTH", "default", "").toString());
                assertEquals("OK", before.call("SELECT", "1").toString());
            }
        }
    }

    @Test
    void aLongPipelineOfConnectionCommandsIsAnsweredInOrder() {
        try (RespClient client = open.connect()) {
            for (int i = 0; i < 2000; i++) {
                client.queue("CLIENT", "SETNAME", "n" + i).queue("CLIENT", "GETNAME").queue("SELECT", i % 16)
                        .queue("EXISTS", "k");
            }
            client.flush();
            for (int i = 0; i < 2000; i++) {
                assertEquals(List.of("OK", "\"n" + i + "\"", "OK", "(integer) 0"),
                        client.read(4).stream().map(Object::toString).toList());
            }
        }
    }

    private static void setPassword(RunningServer server, String password) {
        server.server().node().config().set(List.of(Map.entry("requirepass", password)));
    }

    private static void assertSame(String lines, int respql, int redis) {
        RedisForTests.assumeAtLeast(7, 0);
        String[] separate = lines.split(" / ");
        assertEquals(comparable(Conversation.of(redis, separate)), comparable(Conversation.of(respql, separate)));
    }

    /** Without the version and the client's number, which the servers cannot agree on. */
    private static String comparable(String answers) {
        return answers.replaceAll("\\$7\r\nversion\r\n\\$\\d\r\n[0-9.]+", "<version>")
                .replaceAll("\\$2\r\nid\r\n:\\d+", "<id>");
    }
}
