package dev.respql.bus;

import dev.respql.sql.Database;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bus on PostgreSQL. One thread, the notifier, does everything that is written: it says every second that this node
 * lives, drops nodes that have not for long, and sends what has gathered since it last did. Another listens.
 *
 * <p>A node that starts writes itself down, then greets every node it finds; each of those stores its interests, from then
 * on no longer considers itself alone, and answers. Only then the new node serves clients. So whoever believes to be alone
 * is; but for a node that has been silent for so long that others do not wait for it: it must not rely on that.
 */
public final class PostgresBus implements Bus {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresBus.class);
    private static final long HEARTBEAT_MILLIS = 1_000;
    /** Between attempts to have a greeting answered, or to reach the database. */
    private static final long RETRY_MILLIS = 100;
    /** A node that has not been heard of for so long is dropped. */
    private static final long STALE_MILLIS = 5_000;
    /** Others may have dropped a node by then, even where their timer runs a little faster. */
    private static final long OVERDUE_NANOS = TimeUnit.MILLISECONDS.toNanos(STALE_MILLIS - HEARTBEAT_MILLIS);
    private static final long JOIN_SECONDS = 30;
    private static final long CLOSE_MILLIS = 5_000;
    /** What may wait to be sent; beyond it messages are lost, and others are told that they were. */
    private static final long MAX_WAITING_BYTES = Math.max(16L << 20, Runtime.getRuntime().maxMemory() / 16);
    /** What is sent in one go, but for a message that is longer alone. */
    private static final long MAX_ROUND_BYTES = 4L << 20;

    /** Something for the notifier to do. */
    private sealed interface Task {
        record Send(Message message) implements Task {
        }

        /** Looks at the table of nodes at once, and answers the node that asked for it as soon as it may; 0: none did. */
        record Look(long asking) implements Task {
        }

        /** The interests of this node are stored, so that the other may be told that it is known. */
        record Welcome(long node) implements Task {
        }

        /** The interests could not be stored for that node: to be tried again. */
        record Forget(long node) implements Task {
        }

        /** The other node knows this one. */
        record Welcomed(long by) implements Task {
        }

        record Stop() implements Task {
        }
    }

    private final long id = new SecureRandom().nextLong() & Long.MAX_VALUE;
    private final Database database;
    private final Notifier notifier;
    private final Listener listener;
    private final BlockingQueue<Task> tasks = new LinkedBlockingQueue<>();
    private final AtomicLong waitingBytes = new AtomicLong();
    private final CountDownLatch joined = new CountDownLatch(1);
    private final Thread thread = new Thread(this::work, "respql-notifier");
    private volatile Receiver receiver;
    private volatile Supplier<CompletableFuture<Void>> storeInterests;
    private volatile boolean closed;
    private volatile boolean lost;
    private volatile boolean hasOthers = true;
    private volatile long lastHeartbeat = System.nanoTime() - OVERDUE_NANOS;

    // ---- the notifier's own

    /** The other nodes, each with what completes when it can be told that it is known here. */
    private final Map<Long, CompletableFuture<Void>> others = new HashMap<>();
    /** Nodes that have to answer before this one is sure to hear everything; null before they are known. */
    private Set<Long> unanswered;
    private boolean rejoining;
    private long nextHeartbeat = System.nanoTime();

    /** A bus on a database that is shared by nodes; {@link #start} opens its connections. */
    public PostgresBus(Database database) {
        this.database = database;
        this.notifier = new Notifier(database, id);
        this.listener = new Listener(database, id, this::noticed);
        thread.setDaemon(true);
    }

    @Override
    public void start(Receiver itsReceiver, Supplier<CompletableFuture<Void>> howToStore) {
        receiver = itsReceiver;
        storeInterests = howToStore;
        listener.start();
        thread.start();
        try {
            if (!joined.await(JOIN_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("not all other nodes have answered within {} s; serving all the same", JOIN_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean alone() {
        return !hasOthers && System.nanoTime() - lastHeartbeat < OVERDUE_NANOS;
    }

    @Override
    public void send(Message message) {
        if (alone() || closed) {
            return;
        }
        if (waitingBytes.addAndGet(message.weight()) > MAX_WAITING_BYTES) {
            waitingBytes.addAndGet(-message.weight());
            lost = true;
            return;
        }
        tasks.add(new Task.Send(message));
    }

    @Override
    public void alarm() {
        if (!alone() && !closed) {
            lost = true;
            tasks.add(new Task.Look(0));
        }
    }

    @Override
    public Interests interests(int lane) {
        return new Interests(this::alone, id, lane);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        tasks.add(new Task.Stop());
        try {
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        abandon();
    }

    /** Ends as if the process had been killed: says nothing, and leaves its rows. For tests. */
    public void abandon() {
        closed = true;
        listener.close();
        notifier.disconnect();
        thread.interrupt();
    }

    @Override
    public long id() {
        return id;
    }

    // ---- the listener's thread

    private void noticed(Notice notice) {
        switch (notice.kind()) {
            case MESSAGES -> notice.messages().forEach(receiver::received);
            case HELLO -> tasks.add(new Task.Look(notice.sender()));
            case KNOWN -> tasks.add(new Task.Welcomed(notice.sender()));
            case BYE -> tasks.add(new Task.Look(0));
            case MISSED -> receiver.missed();
        }
    }

    // ---- the notifier's thread

    private void work() {
        while (true) {
            try {
                if (round()) {
                    return;
                }
            } catch (SQLException | RuntimeException e) {
                if (closed) {
                    return;
                }
                LOG.warn("the other nodes cannot be told anything now: {}", e.getMessage());
                notifier.disconnect();
                lost = true;
                pause();
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for something to do and does all that has gathered; true when the node has left. */
    private boolean round() throws SQLException, InterruptedException {
        long now = System.nanoTime();
        if (now - nextHeartbeat >= 0) {
            heartbeat();
        }
        Task first = tasks.poll(nextHeartbeat - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (lost) {
            lost = false;
            notifier.tellAll(Notice.Kind.MISSED);
        }
        List<Message> messages = new ArrayList<>();
        long bytes = 0;
        for (Task task = first; task != null; task = bytes < MAX_ROUND_BYTES ? tasks.poll() : null) {
            if (task instanceof Task.Send send) {
                messages.add(send.message());
                bytes += send.message().weight();
            } else {
                // What was sent before must arrive before.
                flush(messages, bytes);
                bytes = 0;
                if (task instanceof Task.Stop) {
                    notifier.leave();
                    return true;
                }
                perform(task);
            }
        }
        flush(messages, bytes);
        return false;
    }

    private void flush(List<Message> messages, long bytes) throws SQLException {
        if (messages.isEmpty()) {
            return;
        }
        waitingBytes.addAndGet(-bytes);
        List<Message> sent = List.copyOf(messages);
        messages.clear();
        notifier.send(sent);
    }

    private void perform(Task task) throws SQLException {
        if (task instanceof Task.Look look) {
            meet(notifier.otherNodes());
            CompletableFuture<Void> stored = others.get(look.asking());
            if (stored != null) {
                stored.thenRun(() -> tasks.add(new Task.Welcome(look.asking())));
            }
        } else if (task instanceof Task.Welcome welcome) {
            notifier.tell(welcome.node(), Notice.Kind.KNOWN);
        } else if (task instanceof Task.Forget forget) {
            others.remove(forget.node());
        } else if (task instanceof Task.Welcomed welcomed) {
            if (unanswered != null) {
                unanswered.remove(welcomed.by());
                checkJoined();
            }
        }
    }

    private void heartbeat() throws SQLException {
        long started = System.nanoTime();
        nextHeartbeat = started + TimeUnit.MILLISECONDS.toNanos(RETRY_MILLIS);
        if (!notifier.heartbeat()) {
            // The first time, or others took this node for dead: they may have stopped telling it anything.
            notifier.register();
            others.clear();
            unanswered = null;
        }
        notifier.dropStale(STALE_MILLIS);
        meet(notifier.otherNodes());
        if (unanswered == null) {
            unanswered = new HashSet<>(others.keySet());
            rejoining = true;
        }
        unanswered.retainAll(others.keySet());
        for (long node : unanswered) {
            notifier.tell(node, Notice.Kind.HELLO);
        }
        lastHeartbeat = started;
        checkJoined();
        if (unanswered.isEmpty()) {
            nextHeartbeat = started + TimeUnit.MILLISECONDS.toNanos(HEARTBEAT_MILLIS);
        }
    }

    private void checkJoined() {
        if (rejoining && unanswered.isEmpty()) {
            rejoining = false;
            joined.countDown();
            receiver.missed();
        }
    }

    /** Takes note of which other nodes there are. */
    private void meet(Set<Long> live) {
        boolean someLeft = others.keySet().retainAll(live);
        Set<Long> newcomers = new HashSet<>(live);
        newcomers.removeAll(others.keySet());
        // First of all: what changes from here on is written by whoever changes it.
        hasOthers = !live.isEmpty();
        if (!newcomers.isEmpty()) {
            CompletableFuture<Void> stored = storeInterests.get();
            for (long node : newcomers) {
                others.put(node, stored);
            }
            stored.whenComplete((nothing, failure) -> {
                if (failure != null) {
                    newcomers.forEach(node -> tasks.add(new Task.Forget(node)));
                }
            });
        }
        if (someLeft) {
            // It may have committed something and not have come to telling it.
            receiver.missed();
        }
    }
}
