package dev.respql.bus;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.config.Config;
import dev.respql.sql.Database;
import dev.respql.sql.DatabaseSettings;
import dev.respql.sql.SqlLink;
import dev.respql.store.KeyName;
import dev.respql.store.RowCache;
import dev.respql.store.Tx;
import dev.respql.testing.Await;
import dev.respql.testing.PostgresForTests;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nodes on one PostgreSQL hear what they want to hear, in order, whatever breaks in between. */
class PostgresBusTest {
    private String url;
    private final List<Member> members = new ArrayList<>();

    @BeforeEach
    void createDatabase() {
        url = PostgresForTests.newDatabase();
    }

    @AfterEach
    void dropDatabase() {
        members.forEach(Member::close);
        PostgresForTests.dropDatabase(url);
    }

    @Test
    void aNodeKnowsWhetherItIsAlone() {
        Member first = join();
        assertTrue(first.bus.alone());
        Member second = join();
        // Not only in the end: as soon as the second may serve clients.
        assertFalse(first.bus.alone());
        assertFalse(second.bus.alone());
        second.bus.close();
        Await.until(first.bus::alone);
    }

    @Test
    void whatWasWantedBeforeTheOtherCameArrives() {
        Member first = join();
        first.want(Interest.channel(bytes("news")));
        assertEquals(0, rows("interests"));
        Member second = join();
        assertEquals(1, rows("interests"));
        second.bus.send(published("news", "hello"));
        assertEquals("hello", text(first.next()));
    }

    @Test
    void onlyThoseWhoWantToHearAreTold() {
        Member first = join();
        Member second = join();
        Member third = join();
        second.want(Interest.channel(bytes("news")));
        third.want(Interest.pattern(bytes("n?w*")));
        first.bus.send(published("other", "1"));
        first.bus.send(published("news", "2"));
        first.bus.send(published("newer", "3"));
        first.bus.send(new Message.Published(true, bytes("news"), bytes("4")));
        first.bus.send(new Message.KeysReady(List.of(new KeyName(3, bytes("k")))));
        first.bus.send(published("news", "5"));
        assertEquals("2", text(second.next()));
        assertEquals("5", text(second.next()));
        assertEquals("2", text(third.next()));
        assertEquals("3", text(third.next()));
        assertEquals("5", text(third.next()));
        second.wantNoMore(Interest.channel(bytes("news")));
        second.want(Interest.key(new KeyName(3, bytes("k"))));
        second.want(Interest.shardChannel(bytes("news")));
        second.want(Interest.CHANGES);
        first.bus.send(published("news", "6"));
        first.bus.send(new Message.Published(true, bytes("news"), bytes("7")));
        first.bus.send(new Message.KeysReady(List.of(new KeyName(4, bytes("k")))));
        KeyName key = new KeyName(3, bytes("k"));
        first.bus.send(new Message.KeysReady(List.of(new KeyName(3, bytes("x")), key)));
        first.bus.send(new Message.KeysChanged(List.of(key)));
        assertEquals("7", text(second.next()));
        assertTrue(((Message.KeysReady) second.next()).keys().contains(key));
        assertEquals(new Message.KeysChanged(List.of(key)), second.next());
        assertEquals("6", text(third.next()));
        assertTrue(first.received.isEmpty());
    }

    @Test
    void messagesOfAnyBytesAndLengthArriveInOrder() {
        Member first = join();
        Member second = join();
        second.want(Interest.channel(bytes("c")));
        Random random = new Random(7);
        List<byte[]> payloads = new ArrayList<>();
        for (int length : new int[] {0, 1, 2_000, 2_900, 2_925, 3_000, 8_000, 1 << 20, 5, 70_000, 3}) {
            byte[] payload = new byte[length];
            random.nextBytes(payload);
            payloads.add(payload);
        }
        for (int i = 0; i < 500; i++) {
            payloads.add(bytes("same"));
        }
        payloads.forEach(payload -> first.bus.send(new Message.Published(false, bytes("c"), payload)));
        for (byte[] payload : payloads) {
            assertArrayEquals(payload, ((Message.Published) second.next()).payload());
        }
        assertEquals(5, rows("messages"));
    }

    @Test
    void longMessagesThatNobodyWantsAreNotStored() {
        Member first = join();
        Member second = join();
        second.want(Interest.channel(bytes("c")));
        first.bus.send(new Message.Published(false, bytes("d"), new byte[100_000]));
        first.bus.send(published("c", "end"));
        second.next();
        assertEquals(0, rows("messages"));
    }

    @Test
    void aNodeThatDiesIsForgotten() {
        Member first = join();
        Member second = join();
        second.want(Interest.channel(bytes("c")));
        second.bus.abandon();
        int missed = first.missed.get();
        Await.until(() -> rows("interests") == 0 && rows("nodes") == 1);
        Await.until(first.bus::alone);
        Await.until(() -> first.missed.get() > missed);
    }

    @Test
    void aNodeThatWasTakenForDeadComesBack() {
        Member first = join();
        Member second = join();
        second.want(Interest.channel(bytes("c")));
        int missed = second.missed.get();
        execute("DELETE FROM nodes WHERE id = " + second.bus.id() + "; DELETE FROM interests");
        Await.until(() -> rows("nodes") == 2 && rows("interests") == 1);
        Await.until(() -> second.missed.get() > missed);
        first.bus.send(published("c", "again"));
        assertEquals("again", text(second.next()));
    }

    @Test
    void brokenConnectionsAreOpenedAgain() {
        Member first = join();
        Member second = join();
        second.want(Interest.channel(bytes("c")));
        int missed = second.missed.get();
        execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                + " WHERE datname = current_database() AND query LIKE 'LISTEN%'");
        Await.until(() -> second.missed.get() > missed);
        first.bus.send(published("c", "1"));
        assertEquals("1", text(second.next()));
        int missedThen = second.missed.get();
        execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                + " WHERE datname = current_database() AND pid <> pg_backend_pid() AND query NOT LIKE 'LISTEN%'");
        // A message may be lost with the connection, but then the others are told so.
        first.bus.send(published("c", "2"));
        Await.until(() -> second.missed.get() > missedThen || !second.received.isEmpty());
        Await.until(() -> {
            first.bus.send(published("c", "3"));
            Message last = second.received.poll();
            return last != null && text(last).equals("3");
        });
    }

    @Test
    void manyNodesThatStartAtOnceKnowEachOther() {
        List<CompletableFuture<Member>> starting = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Member member = new Member();
            members.add(member);
            starting.add(CompletableFuture.supplyAsync(() -> {
                member.start();
                member.want(Interest.channel(bytes("c")));
                return member;
            }));
        }
        starting.forEach(CompletableFuture::join);
        members.get(0).bus.send(published("c", "all"));
        for (Member member : members.subList(1, 5)) {
            assertEquals("all", text(member.next()));
        }
    }

    private Member join() {
        Member member = new Member();
        members.add(member);
        member.start();
        return member;
    }

    private long rows(String table) {
        try (Connection connection = PostgresForTests.connect(url); Statement statement = connection.createStatement();
                ResultSet count = statement.executeQuery("SELECT count(*) FROM " + table)) {
            count.next();
            return count.getLong(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private void execute(String sql) {
        try (Connection connection = PostgresForTests.connect(url); Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static Message published(String channel, String payload) {
        return new Message.Published(false, bytes(channel), bytes(payload));
    }

    private static String text(Message message) {
        return new String(((Message.Published) message).payload());
    }

    private static byte[] bytes(String text) {
        return text.getBytes();
    }

    /** A node without clients: a bus, and a lane whose thread is the test's. */
    private final class Member implements Bus.Receiver {
        private final Database database;
        private final PostgresBus bus;
        private final Interests interests;
        private final SqlLink link;
        private final BlockingQueue<Message> received = new LinkedBlockingQueue<>();
        private final AtomicInteger missed = new AtomicInteger();

        Member() {
            Config config = Config.defaults();
            config.put(Config.URL, url);
            database = Database.open(DatabaseSettings.of(config, 1));
            bus = new PostgresBus(database);
            interests = bus.interests(0);
            link = database.link();
        }

        void start() {
            bus.start(this, () -> CompletableFuture.runAsync(() -> {
                synchronized (link) {
                    interests.storeAll(link);
                }
            }));
        }

        void want(Interest interest) {
            inTransaction(tx -> interests.add(tx, interest));
        }

        void wantNoMore(Interest interest) {
            inTransaction(tx -> interests.remove(tx, interest));
        }

        private void inTransaction(java.util.function.Consumer<Tx> work) {
            synchronized (link) {
                Tx tx = new Tx(link, RowCache.ofBytes(0), () -> 0);
                link.begin(SqlLink.Mode.WRITE);
                work.accept(tx);
                tx.flush();
                link.commit();
                tx.committed();
            }
        }

        Message next() {
            try {
                Message message = received.poll(20, TimeUnit.SECONDS);
                if (message == null) {
                    throw new AssertionError("no message came");
                }
                return message;
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void received(Message message) {
            received.add(message);
        }

        @Override
        public void missed() {
            missed.incrementAndGet();
        }

        void close() {
            bus.close();
            link.close();
            database.close();
        }
    }
}
