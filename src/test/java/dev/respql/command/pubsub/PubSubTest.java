package dev.respql.command.pubsub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.testing.Await;
import dev.respql.testing.Backend;
import dev.respql.testing.EachBackend;
import dev.respql.testing.OwnServer;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import dev.respql.testing.Scene;
import dev.respql.testing.SideBySide;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Subscriptions and messages on one node, and on two, as on one redis-server. */
@EachBackend
class PubSubTest {
    private static final String SUBSCRIPTIONS = """
            a> SUBSCRIBE x y
            a> SUBSCRIBE x
            a> PSUBSCRIBE x* *w
            b> PUBLISH x 1
            b> PUBLISH xy "two \\x00\\r\\n"
            b> PUBLISH nobody 3
            b> PUBLISH "" ""
            b> PUBSUB NUMSUB x y z
            b> PUBSUB NUMPAT
            b> PUBSUB CHANNELS x*
            b> PUBSUB CHANNELS z
            c> SUBSCRIBE x
            c> PSUBSCRIBE x*
            b> PUBLISH x 4
            b> PUBSUB NUMSUB x x
            b> PUBSUB NUMPAT
            a> UNSUBSCRIBE x
            b> PUBLISH x 5
            a> PUNSUBSCRIBE x* nothing
            b> PUBLISH x 6
            a> UNSUBSCRIBE
            a> UNSUBSCRIBE
            a> PUNSUBSCRIBE
            a> PUNSUBSCRIBE
            b> PUBLISH x 7
            a> GET x
            # what was never subscribed to
            b> UNSUBSCRIBE q r
            b> PUNSUBSCRIBE
            b> SUNSUBSCRIBE
            b> GET x
            # shard channels are a world of their own
            a> SSUBSCRIBE x
            b> SPUBLISH x s1
            b> PUBLISH x s2
            b> SPUBLISH xy s3
            b> PUBSUB SHARDNUMSUB x y
            b> PUBSUB SHARDCHANNELS
            b> PUBSUB SHARDCHANNELS y
            b> PUBSUB CHANNELS
            a> SUBSCRIBE x
            a> SUNSUBSCRIBE
            b> SPUBLISH x s4
            # a client that goes
            c> RESET
            b> PUBLISH x 8
            """;

    private static final String RESTRICTIONS = """
            a> PING
            a> SUBSCRIBE x
            a> PING
            a> PING hello
            a> PING too many
            a> GET x
            a> get
            a> NONSENSE
            a> CONFIG GET maxmemory
            a> SELECT 1
            a> HELLO 3
            a> RESET
            a> GET x
            a> PSUBSCRIBE x; GET x; PING; PUNSUBSCRIBE; GET x; PING
            a> SSUBSCRIBE x; SET x 1; RESET; GET x
            a> SUBSCRIBE a; SUBSCRIBE a; PUNSUBSCRIBE; SUBSCRIBE; GET x; UNSUBSCRIBE; GET x; SUBSCRIBE c
            b> CLIENT REPLY OFF; SUBSCRIBE x; PING; UNSUBSCRIBE x; CLIENT REPLY ON
            b> CLIENT REPLY SKIP; SUBSCRIBE x; PING
            """;

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void subscribersHearWhatTheyWouldHearFromRedis(int protocol, RunningServer server) {
        Scene.play(List.of(server), protocol, SUBSCRIPTIONS);
    }

    @Test
    @OwnServer
    void severalNodesAreAsOne(RunningServer server) {
        if (server.backend() == Backend.POSTGRESQL) {
            RunningServer second = server.startSecondNode();
            Scene.play(List.of(server, second), 2, SUBSCRIPTIONS);
            Scene.play(List.of(server, second, server.startSecondNode()), 3, SUBSCRIPTIONS);
        }
    }

    @Test
    void subscribersInResp2MayCallLittleElse(RunningServer server) {
        Scene.play(List.of(server), 2, RESTRICTIONS);
    }

    @Test
    void subscribersInResp3MayCallAnything(RunningServer server) {
        Scene.play(List.of(server), 3, RESTRICTIONS.replace("HELLO 3", "HELLO 4"));
        try (RespClient client = server.connect().protocol(3)) {
            client.queue("SUBSCRIBE", "c").queue("HELLO", 2).queue("GET", "k").queue("PING").flush().read(2);
            assertTrue(client.read().toString().startsWith("(error) ERR Can't execute 'get': "));
            assertEquals("[\"pong\", \"\"]", client.read().toString());
        }
    }

    @Test
    void aSubscriberMayQuit(RunningServer server) {
        try (RespClient client = server.connect(); RespClient other = server.connect()) {
            client.queue("SUBSCRIBE", "c").queue("QUIT").queue("PING").flush().read();
            assertEquals("OK", client.read().toString());
            client.readUntilClosed();
            Await.until(() -> other.call("PUBLISH", "c", "x").integer() == 0);
        }
    }

    @Test
    void answersAsRedis(RunningServer server) {
        SideBySide.run(server, """
                SUBSCRIBE
                PSUBSCRIBE
                SSUBSCRIBE
                UNSUBSCRIBE
                PUNSUBSCRIBE a b
                SUNSUBSCRIBE
                PUBLISH a
                PUBLISH a b c
                PUBLISH a b
                SPUBLISH a b
                SPUBLISH a
                PUBSUB
                PUBSUB NONSENSE
                PUBSUB CHANNELS
                PUBSUB CHANNELS a b
                PUBSUB SHARDCHANNELS
                PUBSUB SHARDCHANNELS a b
                PUBSUB NUMPAT
                PUBSUB NUMPAT a
                PUBSUB NUMSUB
                PUBSUB NUMSUB a b
                PUBSUB SHARDNUMSUB
                PUBSUB SHARDNUMSUB a
                PUBSUB HELP me
                """);
    }

    @Test
    void aPublisherThatListensIsToldBehindItsReply(RunningServer server) {
        // As Redis 7.2 does; 7.0 tells it before the reply, and within the reply of EXEC.
        try (RespClient client = server.connect().protocol(3)) {
            client.call("SUBSCRIBE", "c");
            client.queue("PUBLISH", "c", "1").queue("SET", "k", "v").queue("PUBLISH", "c", "2").flush();
            assertEquals(List.of("(integer) 1", ">[\"message\", \"c\", \"1\"]", "OK", "(integer) 1",
                    ">[\"message\", \"c\", \"2\"]"), client.read(5).stream().map(Object::toString).toList());
        }
    }

    @Test
    void clientsSayThatTheySubscribed(RunningServer server) {
        try (RespClient client = server.connect().protocol(3); RespClient other = server.connect()) {
            client.call("SUBSCRIBE", "a");
            client.call("PSUBSCRIBE", "a*");
            client.call("PSUBSCRIBE", "b*");
            client.call("SSUBSCRIBE", "s");
            String line = client.call("CLIENT", "INFO").text();
            assertTrue(line.contains(" flags=P ") && line.contains(" sub=1 psub=2 ssub=1 "), line);
            assertEquals(line.replaceFirst("txt:", "").replaceAll("(?s) .*", ""),
                    other.call("CLIENT", "LIST", "TYPE", "pubsub").text().replaceAll("(?s) .*", ""));
            String info = other.call("INFO", "stats").text();
            assertTrue(info.contains("pubsub_channels:1\r\npubsub_patterns:2\r\npubsubshard_channels:1"), info);
            assertEquals(1, other.call("CLIENT", "KILL", "TYPE", "pubsub").integer());
            assertEquals(0, other.call("PUBLISH", "a", "x").integer());
            client.readUntilClosed();
            Await.until(() -> other.call("INFO", "stats").text().contains("pubsub_channels:0\r\npubsub_patterns:0\r\n"));
        }
    }

    @Test
    void manyMessagesArriveInOrder(RunningServer server) {
        try (RespClient subscriber = server.connect(); RespClient other = server.connect();
                RespClient publisher = server.connect()) {
            subscriber.call("SUBSCRIBE", "c");
            other.call("PSUBSCRIBE", "*");
            for (int i = 0; i < 2000; i++) {
                publisher.queue("PUBLISH", "c", i);
            }
            publisher.flush();
            for (int i = 0; i < 2000; i++) {
                assertEquals(2, publisher.read().integer());
            }
            for (int i = 0; i < 2000; i++) {
                assertEquals(String.valueOf(i), subscriber.read().items().get(2).text());
                assertEquals(String.valueOf(i), other.read().items().get(3).text());
            }
        }
    }

    @Test
    @OwnServer("client-output-buffer-limit=pubsub 4mb 0 0")
    void aSubscriberThatDoesNotReadIsCutOff(RunningServer server) {
        try (RespClient slow = server.connect(); RespClient quick = server.connect();
                RespClient publisher = server.connect()) {
            slow.call("SUBSCRIBE", "c");
            quick.call("SUBSCRIBE", "c");
            byte[] payload = new byte[100_000];
            long receivers = 2;
            for (int i = 0; receivers == 2; i++) {
                assertTrue(i < 1000, "it is still served");
                receivers = publisher.call("PUBLISH", "c", payload).integer();
                assertEquals(payload.length, quick.read().items().get(2).bytes().length);
            }
            assertEquals(1, receivers);
            assertEquals("OK", publisher.call("SET", "k", "v").text());
        }
    }

    @Test
    void largeMessagesOfAnyBytesArrive(RunningServer server) {
        byte[] payload = new byte[1 << 20];
        new Random(1).nextBytes(payload);
        try (RespClient subscriber = server.connect(); RespClient publisher = server.connect()) {
            subscriber.call("SUBSCRIBE", "c");
            assertEquals(1, publisher.call("PUBLISH", "c", payload).integer());
            assertArrayEquals(payload, subscriber.read().items().get(2).bytes());
        }
    }
}
