package dev.respql.command.key;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.respql.testing.Backend;
import dev.respql.testing.EachBackend;
import dev.respql.testing.OwnServer;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Keys under several clients at once, on two nodes where there can be two. */
@EachBackend
class KeysTogetherTest {
    private static final int CLIENTS = 6;
    private static final int ROUNDS = 60;
    private static final int TOKENS = 10;
    private static final int PLACES = 14;

    /** Tokens are moved about, never onto a place that is taken: none may be lost, doubled or broken. */
    @Test
    @OwnServer
    void whatIsRenamedAndMovedIsNeverLost(RunningServer server) throws InterruptedException {
        RunningServer other = server.backend() == Backend.POSTGRESQL ? server.startSecondNode() : server;
        try (RespClient client = server.connect()) {
            for (int i = 0; i < TOKENS; i++) {
                client.call(i % 2 == 0 ? new Object[] {"SET", "p" + i, "t" + i} : new Object[] {"RPUSH", "p" + i, "t" + i});
            }
        }
        List<String> errors = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            RunningServer node = i % 2 == 0 ? server : other;
            int seed = i;
            threads.add(new Thread(() -> {
                Random random = new Random(seed);
                try (RespClient client = node.connect()) {
                    for (int round = 0; round < ROUNDS; round++) {
                        for (int j = 0; j < 10; j++) {
                            move(client, random);
                        }
                        for (Reply reply : client.flush().read(20)) {
                            if (reply.isError() && !reply.text().equals("ERR no such key")) {
                                synchronized (errors) {
                                    errors.add(reply.toString());
                                }
                            }
                        }
                    }
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(List.of(), errors);
        try (RespClient client = server.connect()) {
            List<String> tokens = new ArrayList<>();
            for (int db = 0; db < 2; db++) {
                client.call("SELECT", db);
                for (String key : client.call("KEYS", "*").texts()) {
                    tokens.add(client.call("TYPE", key).text().equals("string") ? client.call("GET", key).text()
                            : String.join("+", client.call("LRANGE", key, 0, -1).texts()));
                }
            }
            assertEquals(IntStream.range(0, TOKENS).mapToObj(i -> "t" + i).collect(Collectors.toList()),
                    tokens.stream().sorted().collect(Collectors.toList()));
        }
    }

    private static void move(RespClient client, Random random) {
        String from = "p" + random.nextInt(PLACES);
        int db = random.nextInt(2);
        client.queue("SELECT", db);
        if (random.nextBoolean()) {
            client.queue("RENAMENX", from, "p" + random.nextInt(PLACES));
        } else {
            client.queue("MOVE", from, 1 - db);
        }
    }

    /** Copies over a key of another database, while that is written to there; {@code InvariantCheck} counts the rows. */
    @Test
    @OwnServer
    void copiesToAnotherDatabaseLeaveNothingBehind(RunningServer server) throws InterruptedException {
        RunningServer other = server.backend() == Backend.POSTGRESQL ? server.startSecondNode() : server;
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            RunningServer node = i % 2 == 0 ? server : other;
            int number = i;
            threads.add(new Thread(() -> {
                try (RespClient client = node.connect()) {
                    client.call("SELECT", number / 2);
                    client.call("SET", "source" + number, "v");
                    for (int round = 0; round < 150; round++) {
                        client.call("COPY", "source" + number, "target", "DB", 1 - number / 2, "REPLACE");
                        client.call("RPUSH", "list", number);
                        client.call("RENAME", "list", "target");
                    }
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
    }

    /** A copy is the source as it was at one moment, however many nodes write to it meanwhile. */
    @Test
    @OwnServer
    void copiesAreWhole(RunningServer server) throws InterruptedException {
        RunningServer other = server.backend() == Backend.POSTGRESQL ? server.startSecondNode() : server;
        List<String> broken = new ArrayList<>();
        Thread writer = new Thread(() -> {
            try (RespClient client = server.connect()) {
                for (int round = 0; round < 150; round++) {
                    Object[] push = new Object[12];
                    Arrays.fill(push, round);
                    push[0] = "RPUSH";
                    push[1] = "source";
                    client.queue("DEL", "source").queue(push).queue("RENAME", "source", "aside")
                            .queue("RENAME", "aside", "source");
                    client.flush().read(4);
                }
            }
        });
        Thread copier = new Thread(() -> {
            try (RespClient client = other.connect()) {
                for (int round = 0; round < 150; round++) {
                    Reply copied = client.call("COPY", "source", "copy", "REPLACE");
                    List<String> copy = client.call("LRANGE", "copy", 0, -1).texts();
                    if (copied.isError() || !copy.isEmpty() && (copy.size() != 10 || copy.stream().distinct().count() != 1)) {
                        broken.add(copied + " " + copy);
                    }
                }
            }
        });
        writer.start();
        copier.start();
        writer.join();
        copier.join();
        assertEquals(List.of(), broken);
    }
}
