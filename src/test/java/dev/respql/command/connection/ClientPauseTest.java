package dev.respql.command.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.engine.Client;
import dev.respql.engine.Node;
import dev.respql.testing.Await;
import dev.respql.testing.Conversation;
import dev.respql.testing.EachBackend;
import dev.respql.testing.RedisForTests;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** CLIENT PAUSE and UNPAUSE. What is held, and what is not, was seen at redis-server. */
@EachBackend
class ClientPauseTest {
    private static final int LONG = 600_000;

    @AfterEach
    void endPause(RunningServer server) {
        server.server().node().unpause();
    }

    @Test
    void writesWaitInTheirPlaceUntilUnpause(RunningServer server, RespClient client, RespClient other) {
        assertEquals("OK", other.call("CLIENT", "PAUSE", LONG, "write").text());
        client.queue("GET", "x").queue("SET", "x", "1").queue("GET", "x").queue("INCR", "x").queue("PING").flush();
        assertEquals("(nil)", client.read().toString());
        awaitPaused(server, client);
        assertTrue(other.call("CLIENT", "LIST").text().contains(" flags=b "));
        assertEquals("(nil)", other.call("GET", "x").toString());
        assertEquals("OK", other.call("CLIENT", "UNPAUSE").text());
        assertEquals(List.of("OK", "\"1\"", "(integer) 2", "PONG"), texts(client.read(4)));
        assertEquals("\"2\"", other.call("GET", "x").toString());
        assertTrue(!other.call("CLIENT", "LIST").text().contains(" flags=b "));
    }

    @Test
    void everythingWaitsUntilTheTimeIsOver(RunningServer server, RespClient client, RespClient other) {
        assertEquals("OK", other.call("CLIENT", "PAUSE", 200).text());
        client.send("PING");
        other.send("CLIENT", "UNPAUSE");
        assertEquals("PONG", client.read().text());
        assertEquals("OK", other.read().text());
    }

    @Test
    void everythingWaitsButNotWhatIsRefused(RunningServer server, RespClient client, RespClient other) {
        assertEquals("OK", other.call("CLIENT", "PAUSE", LONG, "ALL").text());
        client.queue("nonsense").queue("GET").queue("CLIENT", "ID").queue("GET").flush();
        assertTrue(client.read().text().startsWith("ERR unknown command 'nonsense'"));
        assertTrue(client.read().isError());
        awaitPaused(server, client);
        other.send("CLIENT", "UNPAUSE");
        awaitPaused(server, other);
        server.server().node().unpause();
        assertTrue(client.read().integer() > 0);
        assertTrue(client.read().isError());
        assertEquals("OK", other.read().text());
    }

    @Test
    void aPauseCanBeExtendedButNotLoosened(RunningServer server, RespClient client, RespClient other) {
        other.call("CLIENT", "PAUSE", LONG, "WRITE");
        other.call("CLIENT", "PAUSE", 1, "WRITE");
        client.send("SET", "x", "1");
        awaitPaused(server, client);
        assertEquals("(nil)", other.call("GET", "x").toString());
        other.call("CLIENT", "PAUSE", 1, "ALL");
        other.send("GET", "x");
        awaitPaused(server, other);
        server.server().node().unpause();
        assertEquals("OK", client.read().text());
        other.read();
        // What was before does not outlast its end.
        assertEquals("OK", other.call("CLIENT", "PAUSE", 1, "WRITE").text());
        assertEquals("OK", client.call("SET", "x", "2").text());
    }

    @Test
    void whatAKilledClientWaitedForIsNotCarriedOut(RunningServer server, RespClient client, RespClient other) {
        long id = client.call("CLIENT", "ID").integer();
        other.call("CLIENT", "PAUSE", LONG, "WRITE");
        client.queue("SET", "x", "1").queue("SET", "y", "1").flush();
        awaitPaused(server, client);
        assertEquals(1, other.call("CLIENT", "KILL", "ID", id).integer());
        other.call("CLIENT", "UNPAUSE");
        assertEquals(0, client.readUntilClosed().length);
        assertEquals("[(nil), (nil)]", other.call("MGET", "x", "y").toString());
    }

    @Test
    void refusesAsRedis(RunningServer server) {
        RedisForTests.assumeAtLeast(7, 0);
        String[] wrong = {"client pause", "client pause x", "client pause -1", "client pause 1.5", "client pause 1 nonsense",
            "client pause 1 write all", "client pause 9223372036854775808", "client unpause x"};
        assertEquals(Conversation.of(RedisForTests.shared().port(), wrong), Conversation.of(server.port(), wrong));
        assertEquals("-ERR timeout is out of range\r\n",
                Conversation.of(server.port(), "client pause 9223372036854775807"));
    }

    private static void awaitPaused(RunningServer server, RespClient client) {
        Node node = server.server().node();
        String address = "127.0.0.1:" + client.localPort();
        Await.until(() -> node.clients().stream().filter(Client::paused).map(Client::remoteAddress)
                .anyMatch(address::equals));
    }

    private static List<String> texts(List<Reply> replies) {
        return replies.stream().map(Object::toString).toList();
    }
}
