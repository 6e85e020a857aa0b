package dev.respql.command.pubsub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.respql.bus.PostgresBus;
import dev.respql.testing.Await;
import dev.respql.testing.Backend;
import dev.respql.testing.NodeProcess;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import dev.respql.testing.Scene;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Subscribers and publishers on different nodes of one PostgreSQL. */
class PubSubAcrossNodesTest {
    private final List<RunningServer> nodes = new ArrayList<>();
    private final List<RespClient> clients = new ArrayList<>();

    @BeforeEach
    void start() {
        nodes.add(RunningServer.start(Backend.POSTGRESQL));
        nodes.add(nodes.get(0).startSecondNode());
        nodes.add(nodes.get(0).startSecondNode());
    }

    @AfterEach
    void stop() {
        clients.forEach(RespClient::close);
        nodes.get(0).close();
    }

    @Test
    void aConfirmedSubscriptionIsHeardAndCountedEverywhere() {
        RespClient subscriber = connect(0);
        for (int i = 0; i < 100; i++) {
            String name = "c" + i;
            RespClient publisher = i < 2 ? connect(1) : clients.get(1 + i % 2);
            subscriber.call(i % 3 == 0 ? "PSUBSCRIBE" : "SUBSCRIBE", name);
            assertEquals(1, publisher.call("PUBLISH", name, "x").integer());
            assertEquals("x", last(subscriber));
            if (i % 3 != 0) {
                subscriber.call("UNSUBSCRIBE", name);
                assertEquals(0, publisher.call("PUBLISH", name, "x").integer());
            }
        }
    }

    @Test
    void whoSubscribesAfterAMessageDoesNotHearIt() {
        RespClient publisher = connect(0);
        RespClient old = connect(1);
        old.call("SUBSCRIBE", "c");
        for (int i = 0; i < 50; i++) {
            assertEquals(1, publisher.call("PUBLISH", "c", "before").integer());
            try (RespClient late = nodes.get(1).connect()) {
                late.call(i % 2 == 0 ? "SUBSCRIBE" : "PSUBSCRIBE", "c");
                assertEquals(2, publisher.call("PUBLISH", "c", "after").integer());
                assertEquals("after", last(late));
                assertEquals("before", last(old));
                assertEquals("after", last(old));
                late.call("RESET");
            }
        }
    }

    @Test
    void thousandsSubscribedBeforeTheOtherNodeCame() {
        RespClient subscriber = connect(0);
        for (int i = 0; i < 3000; i++) {
            subscriber.queue("SUBSCRIBE", "c" + i);
        }
        subscriber.flush().read(3000);
        RunningServer late = nodes.get(0).startSecondNode();
        try (RespClient publisher = late.connect()) {
            assertEquals(1, publisher.call("PUBLISH", "c2999", "x").integer());
            assertEquals(3000, publisher.call("PUBSUB", "CHANNELS").items().size());
        }
        assertEquals("x", last(subscriber));
    }

    @Test
    void messagesOfAPublisherArriveInOrderEverywhere() {
        List<RespClient> subscribers = List.of(connect(0), connect(1), connect(2), connect(2));
        subscribers.forEach(subscriber -> subscriber.call("PSUBSCRIBE", "chan*"));
        int count = 2000;
        List<CompletableFuture<Void>> publishing = new ArrayList<>();
        for (int p = 0; p < 3; p++) {
            RespClient publisher = connect(p);
            String channel = "channel" + p;
            publishing.add(CompletableFuture.runAsync(() -> {
                for (int i = 0; i < count; i++) {
                    publisher.queue("PUBLISH", channel, i);
                }
                publisher.flush();
                for (int i = 0; i < count; i++) {
                    assertEquals(4, publisher.read().integer());
                }
            }));
        }
        for (RespClient subscriber : subscribers) {
            int[] next = new int[3];
            for (int i = 0; i < 3 * count; i++) {
                List<String> message = subscriber.read().texts();
                int publisher = message.get(2).charAt(7) - '0';
                assertEquals(next[publisher]++, Integer.parseInt(message.get(3)));
            }
        }
        publishing.forEach(CompletableFuture::join);
    }

    @Test
    void largeMessagesOfAnyBytesArrive() {
        RespClient subscriber = connect(0);
        RespClient shard = connect(2);
        RespClient publisher = connect(1);
        byte[] channel = new byte[5000];
        byte[] payload = new byte[1 << 20];
        new Random(1).nextBytes(channel);
        new Random(2).nextBytes(payload);
        subscriber.call("SUBSCRIBE", channel);
        shard.call("SSUBSCRIBE", channel);
        assertEquals(1, publisher.call("PUBLISH", channel, payload).integer());
        assertEquals(1, publisher.call("SPUBLISH", channel, "small").integer());
        assertArrayEquals(payload, subscriber.read().items().get(2).bytes());
        assertEquals("small", last(shard));
    }

    @Test
    void subscribersOfADeadNodeStopCounting() {
        RespClient publisher = connect(0);
        connect(1).call("SUBSCRIBE", "c");
        connect(2).call("SUBSCRIBE", "c");
        assertEquals(2, publisher.call("PUBLISH", "c", "x").integer());
        ((PostgresBus) nodes.get(1).server().node().bus()).abandon();
        Await.until(() -> publisher.call("PUBLISH", "c", "x").integer() == 1);
        nodes.get(2).close();
        assertEquals(0, publisher.call("PUBLISH", "c", "x").integer());
    }

    @Test
    void subscribersOfAKilledProcessStopCounting() {
        RespClient publisher = connect(0);
        try (NodeProcess node = nodes.get(0).startNodeProcess()) {
            try (RespClient subscriber = node.connect()) {
                subscriber.call("SUBSCRIBE", "c");
                assertEquals(1, publisher.call("PUBLISH", "c", "x").integer());
                assertEquals("x", last(subscriber));
            }
            RespClient other = node.connect();
            clients.add(other);
            other.call("PSUBSCRIBE", "c*");
            node.kill();
            Await.until(() -> publisher.call("PUBLISH", "c", "x").integer() == 0);
        }
    }

    @Test
    void clientsThatGoStopCounting() {
        RespClient publisher = connect(0);
        RespClient subscriber = connect(1);
        subscriber.call("SUBSCRIBE", "c");
        assertEquals(1, publisher.call("PUBLISH", "c", "x").integer());
        subscriber.close();
        Await.until(() -> publisher.call("PUBLISH", "c", "x").integer() == 0);
        RespClient other = connect(1);
        other.call("PSUBSCRIBE", "*");
        assertEquals("RESET", other.call("RESET").toString());
        assertEquals(0, publisher.call("PUBLISH", "c", "x").integer());
    }

    @Test
    void brokenConnectionsToTheDatabaseAreOpenedAgain() throws SQLException {
        RespClient publisher = connect(0);
        RespClient subscriber = connect(1);
        subscriber.call("SUBSCRIBE", "c");
        try (Connection connection = nodes.get(0).openDatabase(); Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
        }
        // What is published while nobody can listen is lost. A batch that was caught while reading runs again.
        int[] round = {0};
        Await.until(() -> {
            publisher.call("PUBLISH", "c", "round " + ++round[0]);
            return subscriber.poll(java.time.Duration.ofMillis(20)).isPresent();
        });
        assertEquals(1, publisher.call("PUBLISH", "c", "end").integer());
        String message = "";
        while (!message.equals("end")) {
            message = last(subscriber);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void threeNodesDoAsOneRedisWhateverComes(int protocol) {
        long seed = new Random().nextInt(1_000_000);
        try {
            Scene.play(nodes, protocol, randomScene(new Random(seed), 400));
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed + ", RESP" + protocol + ": " + e.getMessage(), e);
        }
    }

    /** Seven clients that subscribe, unsubscribe, publish and ask. Publishers do not subscribe: Redis 7.0 tells them earlier. */
    private static String randomScene(Random random, int steps) {
        List<String> channels = List.of("a", "ab", "abc", "b", "x\\x00", "\"\"");
        List<String> patterns = List.of("a*", "?", "*", "[ab]*", "a\\\\*", "b");
        StringBuilder script = new StringBuilder();
        for (int i = 0; i < steps; i++) {
            String subscriber = "s" + random.nextInt(5);
            String publisher = "p" + random.nextInt(2);
            String channel = pick(channels, random);
            String pattern = pick(patterns, random);
            script.append('~').append(switch (random.nextInt(14)) {
                case 0, 1 -> subscriber + "> SUBSCRIBE " + channel + " " + pick(channels, random);
                case 2 -> subscriber + "> PSUBSCRIBE " + pattern;
                case 3 -> subscriber + "> SSUBSCRIBE " + channel;
                case 4 -> subscriber + "> UNSUBSCRIBE " + channel;
                case 5 -> subscriber + "> PUNSUBSCRIBE " + pattern;
                case 6 -> subscriber + "> SUNSUBSCRIBE " + channel + " " + channel;
                case 7 -> subscriber + "> " + pick(List.of("RESET", "PING", "GET k"), random);
                case 8 -> publisher + "> PUBSUB " + pick(List.of("NUMPAT", "NUMSUB a b abc", "SHARDNUMSUB a b"), random);
                case 9 -> publisher + "> SPUBLISH " + channel + " " + i;
                default -> publisher + "> PUBLISH " + channel + " " + i + "; PUBLISH " + pick(channels, random) + " x";
            }).append('\n');
        }
        return script.toString();
    }

    private static String pick(List<String> words, Random random) {
        return words.get(random.nextInt(words.size()));
    }

    @Test
    void pubsubTellsOfAllNodes() {
        RespClient asking = connect(0);
        connect(0).call("SUBSCRIBE", "a", "b");
        connect(1).call("SUBSCRIBE", "b", "c");
        connect(2).call("SSUBSCRIBE", "s");
        connect(1).call("PSUBSCRIBE", "p", "q");
        connect(2).call("PSUBSCRIBE", "q");
        Set<String> channels = new TreeSet<>(asking.call("PUBSUB", "CHANNELS").texts());
        assertEquals(Set.of("a", "b", "c"), channels);
        assertEquals("[\"a\", (integer) 1, \"b\", (integer) 2, \"c\", (integer) 1, \"d\", (integer) 0]",
                asking.call("PUBSUB", "NUMSUB", "a", "b", "c", "d").toString());
        assertEquals(2, asking.call("PUBSUB", "NUMPAT").integer());
        assertEquals("[\"s\"]", asking.call("PUBSUB", "SHARDCHANNELS").toString());
        assertEquals("[\"s\", (integer) 1]", asking.call("PUBSUB", "SHARDNUMSUB", "s").toString());
    }

    private RespClient connect(int node) {
        RespClient client = nodes.get(node).connect();
        clients.add(client);
        return client;
    }

    private static String last(RespClient subscriber) {
        List<String> message = subscriber.read().texts();
        return message.get(message.size() - 1);
    }
}
