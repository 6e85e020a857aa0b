package dev.respql.engine;

import dev.respql.Server;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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

    /** The clients, for what goes beyond one command and one reply each. */
    public RespClient client(int index) {
        return clients.get(index);
    }

    /** Lets every client send its command while the lane stands still, then lets the lane go; the replies in order. */
    public List<Reply> run(IntFunction<Object[]> commandOfClient) throws InterruptedException {
        send(i -> List.<Object[]>of(commandOfClient.apply(i)));
        return clients.stream().map(RespClient::read).toList();
    }

    /**
     * Lets every client send its commands in one piece, one client after the other, while the lane stands still, then lets
     * the lane go; reads nothing.
     */
    public void send(IntFunction<List<Object[]>> commandsOfClient) throws InterruptedException {
        Lane lane = server.node().mainLane();
        CompletableFuture<Void> standing = new CompletableFuture<>();
        CountDownLatch go = new CountDownLatch(1);
        lane.execute(() -> {
            standing.complete(null);
            standStill(go);
        });
        standing.join();
        int sent = 0;
        for (int i = 0; i < clients.size(); i++) {
            List<Object[]> commands = commandsOfClient.apply(i);
            commands.forEach(clients.get(i)::queue);
            clients.get(i).flush();
            sent += commands.size();
            while (lane.waiting() < sent) {
                Thread.onSpinWait();
            }
        }
        go.countDown();
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

    /** On SQLite the lane's thread is the one that reads from the sockets, too. */
    private void standStill(CountDownLatch go) {
        EventLoop loop = server.node().clients().iterator().next().eventLoop();
        try {
            if (loop.inEventLoop()) {
                while (!go.await(1, TimeUnit.MILLISECONDS)) {
                    ((BusyLoop) loop).pump();
                }
            } else {
                go.await();
            }
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
