package dev.respql.engine;

import dev.respql.Server;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntFunction;

/** Many clients of a server with one lane, whose commands can be made to run as one batch. */
public final class OneBatch implements AutoCloseable {
    private final Server server;
    private final List<RespClient> clients = new ArrayList<>();

    public OneBatch(Server server, int clientCount) {
        this.server = server;
        server.housekeeper().pause();
        for (int i = 0; i < clientCount; i++) {
            RespClient client = RespClient.connect(server.port());
            client.call("PING");
            clients.add(client);
        }
    }

    /** Lets every client send its command while the lane stands still, then lets the lane go; the replies in order. */
    public List<Reply> run(IntFunction<Object[]> commandOfClient) throws InterruptedException {
        Lane lane = server.node().mainLane();
        CompletableFuture<Void> standing = new CompletableFuture<>();
        CountDownLatch go = new CountDownLatch(1);
        lane.execute(() -> {
            standing.complete(null);
            awaitQuietly(go);
        });
        standing.join();
        for (int i = 0; i < clients.size(); i++) {
            clients.get(i).send(commandOfClient.apply(i));
        }
        // On SQLite the lane is the event loop: what was sent waits in the sockets. On PostgreSQL it arrives meanwhile.
        while (server.node().database().sharedByNodes() && lane.waiting() < clients.size()) {
            Thread.onSpinWait();
        }
        go.countDown();
        return clients.stream().map(RespClient::read).toList();
    }

    /** How many statements one such batch takes while nothing is remembered of the batches before it. */
    public long statements(IntFunction<Object[]> commandOfClient) throws InterruptedException {
        CompletableFuture<Void> cleared = new CompletableFuture<>();
        Lane lane = server.node().mainLane();
        lane.execute(() -> {
            lane.cache().clear();
            cleared.complete(null);
        });
        cleared.join();
        return furtherStatements(commandOfClient);
    }

    /** How many statements one such batch takes after those before it. */
    public long furtherStatements(IntFunction<Object[]> commandOfClient) throws InterruptedException {
        long batches = server.node().stats().batches();
        long before = server.node().database().counters().statements();
        run(commandOfClient);
        long took = server.node().database().counters().statements() - before;
        long ran = server.node().stats().batches() - batches;
        if (ran != 1) {
            throw new AssertionError("ran as " + ran + " batches, not as one");
        }
        return took;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        clients.forEach(RespClient::close);
        server.housekeeper().resume();
    }
}
