package dev.respql.engine;

import dev.respql.bus.Interests;
import dev.respql.command.Command;
import dev.respql.command.CommandException;
import dev.respql.protocol.Reply;
import dev.respql.sql.SqlLink;
import dev.respql.value.Bytes;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An ordered queue of requests and one connection to the database. Whatever is waiting when the lane gets to run becomes
 * one batch; while that is being committed the next one gathers. The lane runs on an executor that runs one task at a
 * time: the event loop itself for SQLite, a thread of its own for PostgreSQL.
 */
public final class Lane {
    /** So that one batch neither holds the others back for long nor takes too many locks. */
    static final int MAX_CALLS = 512;
    private static final int MAX_CALLS_OF_ONE_CLIENT = 128;
    private static final long MAX_BATCH_BYTES = 16L << 20;
    private static final long MAX_PUSHED_BYTES = 1L << 20;
    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

    private final Node node;
    private final Executor executor;
    private final SqlLink link;
    private final Interests interests;
    private final Queue<Request> inbox = new ConcurrentLinkedQueue<>();
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final ArrayDeque<Client> ready = new ArrayDeque<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final Runnable turn = this::turn;
    private final List<Client> answered = new ArrayList<>();

    Lane(Node node, Executor executor, SqlLink link, Interests interests) {
        this.node = node;
        this.executor = executor;
        this.link = link;
        this.interests = interests;
    }

    /** Puts a request into the lane; {@link #wake} must follow. For any thread. */
    void submit(Request request) {
        request.client().queued(request.weight());
        inbox.add(request);
    }

    /** Runs the lane if it is not running anyway. For any thread. */
    void wake() {
        if (!scheduled.get() && scheduled.compareAndSet(false, true)) {
            schedule();
        }
    }

    private void schedule() {
        try {
            executor.execute(turn);
        } catch (RejectedExecutionException e) {
            // The server is being closed, and its connections with it.
        }
    }

    /** Runs something between batches. For any thread. */
    void execute(Runnable task) {
        tasks.add(task);
        wake();
    }

    /** Requests that arrived and were not looked at yet. Costly: for tests. */
    int waiting() {
        return inbox.size();
    }

    SqlLink link() {
        return link;
    }

    /** What the lane's clients want to hear of; for its thread. */
    Interests interests() {
        return interests;
    }

    /** Sends published messages to clients of this lane that still want them; for any thread. */
    void deliver(List<Delivery> deliveries) {
        for (Delivery delivery : deliveries) {
            delivery.client().pushed(delivery.message().weight());
        }
        execute(() -> {
            for (Delivery delivery : deliveries) {
                delivery.client().pushed(-delivery.message().weight());
                if (delivery.isWanted()) {
                    push(delivery);
                }
            }
        });
    }

    /** Sends what goes to clients of this lane, and gathers the rest. By the lane's thread. */
    private void deliver(List<Delivery> deliveries, List<Delivery> toOtherLanes) {
        for (Delivery delivery : deliveries) {
            if (delivery.client().lane() == this) {
                push(delivery);
            } else {
                toOtherLanes.add(delivery);
            }
        }
    }

    private void push(Delivery delivery) {
        push(delivery.client(), List.of(delivery.message()));
    }

    /** Has all interests written anew, between two batches; for any thread. Fails with what the database said. */
    CompletableFuture<Void> storeInterests() {
        CompletableFuture<Void> stored = new CompletableFuture<>();
        execute(() -> {
            try {
                interests.storeAll(link);
                stored.complete(null);
            } catch (RuntimeException e) {
                stored.completeExceptionally(e);
            }
        });
        return stored;
    }

    /** Has the client's requests looked at again, since something that held them up is over. For any thread. */
    void lookAgain(Client client) {
        submit(Request.lookAgain(client));
        wake();
    }

    /** Sends something that answers no command. Between batches, by the lane's thread. */
    void push(Client client, List<Reply> messages) {
        for (Reply message : messages) {
            write(client, message, client.respVersion());
        }
        if (client.writtenBytes() > MAX_PUSHED_BYTES) {
            // Others may go on pushing for as long as this turn lasts.
            deliver();
        }
    }

    private void turn() {
        List<Call> calls = List.of();
        try {
            runTasks();
            drainInbox();
            calls = plan();
            if (!calls.isEmpty()) {
                new Batch(node, link, calls).run();
                calls = carryOver(calls);
            }
            storeChangedInterests();
            if (!calls.isEmpty()) {
                node.monitors().show(calls);
                answer(calls);
            }
        } catch (RuntimeException | Error e) {
            node.report("a lane stumbled and goes on without the clients it was serving", e);
            link.rollback();
            calls.forEach(call -> node.kill(call.client()));
        }
        deliver();
        if (!ready.isEmpty() || !inbox.isEmpty() || !tasks.isEmpty()) {
            schedule();
            return;
        }
        scheduled.set(false);
        if (!inbox.isEmpty() || !tasks.isEmpty()) {
            wake();
        }
    }

    /** Runs what there is; what a task adds waits for the next turn, so that work in many steps lets clients between. */
    private void runTasks() {
        for (int left = tasks.size(); left > 0; left--) {
            tasks.poll().run();
        }
    }

    /** Writes what was changed outside of a batch, before anybody is told. */
    private void storeChangedInterests() {
        try {
            interests.store(link);
        } catch (RuntimeException e) {
            // It stays changed; the next turn tries again, at the latest when the housekeeper wakes the lane.
            LOG.warn("what clients want to hear of could not be stored: {}", e.getMessage());
        }
    }

    private void drainInbox() {
        for (Request request = inbox.poll(); request != null; request = inbox.poll()) {
            Client client = request.client();
            if (request.kind() != Request.Kind.LOOK_AGAIN) {
                client.enqueue(request);
            }
            makeReady(client);
        }
    }

    private void makeReady(Client client) {
        if (!client.ready() && client.hasWork()) {
            client.ready(true);
            ready.add(client);
        }
    }

    /** Takes what one batch may hold from the clients that are ready, round robin, each client's requests in order. */
    private List<Call> plan() {
        List<Call> calls = new ArrayList<>();
        long bytes = 0;
        for (int i = ready.size(); i > 0 && calls.size() < MAX_CALLS && bytes < MAX_BATCH_BYTES; i--) {
            Client client = ready.poll();
            boolean held = false;
            Command changes = null;
            for (int taken = 0; client.hasWork() && taken < MAX_CALLS_OF_ONE_CLIENT && calls.size() < MAX_CALLS
                    && bytes < MAX_BATCH_BYTES; taken++) {
                held = holds(client);
                if (held) {
                    break;
                }
                Call call = client.takeCarriedOver();
                if (call == null) {
                    Request request = client.take();
                    call = intake(request);
                    bytes += request.weight() + (call.reply() == null ? 0 : call.reply().weight());
                }
                calls.add(call);
                client.served(true);
                if (call.reply() == null && call.command().changesClient()) {
                    changes = call.command();
                }
                if (changes != null && !goesOnAlike(client, changes)) {
                    break;
                }
            }
            client.ready(false);
            if (!held) {
                makeReady(client);
            }
        }
        return calls;
    }

    /** Whether the client's next command is of the kind that changes it, too, and so depends on nothing that is changed. */
    private boolean goesOnAlike(Client client, Command changing) {
        Request next = client.hasCarriedOver() ? null : client.requests().peek();
        Command command = next == null || next.kind() != Request.Kind.COMMAND
                ? null : node.commands().lookUp(next.arguments());
        return command != null && command.changesClient() && command.group() == changing.group();
    }

    /** Whether the client is not to be served now; somebody will have it looked at again when that is over. */
    private boolean holds(Client client) {
        boolean paused = !client.hasCarriedOver() && node.holds(client.requests().peek());
        client.paused(paused);
        return paused || !client.takesMore();
    }

    /** Finds the command, checks what can be checked without data, and runs what concerns only the connection. */
    private Call intake(Request request) {
        Client client = request.client();
        if (request.kind() != Request.Kind.COMMAND) {
            Call call = new Call(node, client, null, null);
            call.reply(request.kind() == Request.Kind.END
                    ? Reply.NONE : new Reply.Error("ERR " + request.protocolError()));
            client.closeAfterReplies();
            return call;
        }
        byte[][] arguments = request.arguments();
        Command command;
        try {
            command = node.commands().resolve(arguments);
            node.admit(client, command);
        } catch (CommandException e) {
            if (isHttp(arguments[0])) {
                node.refuseHttp(client);
            }
            Call refused = new Call(node, client, null, arguments);
            refused.reply(e.reply());
            node.observer().rejected(node.commands().lookUp(arguments), refused);
            return refused;
        }
        client.used(command);
        Call call = new Call(node, client, command, arguments);
        if (command.atIntake()) {
            runAtIntake(call);
        }
        return call;
    }

    private static boolean isHttp(byte[] name) {
        return Bytes.equalsIgnoreCase(name, "POST") || Bytes.equalsIgnoreCase(name, "Host:");
    }

    private void runAtIntake(Call call) {
        try {
            Batch.apply(call);
        } catch (RuntimeException e) {
            node.report("a command failed: " + call.command(), e);
            call.reply(new Reply.Error("ERR internal error"));
        }
        call.ranAtIntake();
        node.observer().ran(call, 0);
    }

    /**
     * Puts the calls back that the batch did not get to, and those that the same clients sent after them, to be the
     * first of a later batch; returns the others.
     */
    private List<Call> carryOver(List<Call> calls) {
        if (calls.stream().allMatch(call -> call.reply() != null)) {
            return calls;
        }
        Set<Client> behind = new HashSet<>();
        List<Call> done = new ArrayList<>();
        ArrayDeque<Call> left = new ArrayDeque<>();
        for (Call call : calls) {
            if (call.reply() == null || behind.contains(call.client())) {
                behind.add(call.client());
                // For as long as it waits it would keep all that its batch has read.
                call.tx(null);
                left.push(call);
            } else {
                done.add(call);
            }
        }
        left.forEach(call -> call.client().carryOver(call));
        behind.forEach(this::makeReady);
        return done;
    }

    private void answer(List<Call> calls) {
        List<Delivery> toOtherLanes = new ArrayList<>();
        for (Call call : calls) {
            Client client = call.client();
            if (call.reply() != Reply.NONE && (!call.silent() || call.reply() instanceof Reply.Pushes)) {
                write(client, call.reply(), call.respVersion());
            } else if (client.closing() && client.expectOutput()) {
                answered.add(client);
            }
            client.served(false);
            if (!call.deliveries().isEmpty()) {
                deliver(call.deliveries(), toOtherLanes);
            }
        }
        PubSub.deliver(toOtherLanes);
    }

    private void write(Client client, Reply reply, int respVersion) {
        if (client.write(reply, respVersion)) {
            answered.add(client);
        }
    }

    /** Hands what was written to the network: one task for each event loop. */
    private void deliver() {
        Map<EventLoop, List<Outbox.Delivery>> deliveries = new IdentityHashMap<>();
        long bytes = 0;
        for (Client client : answered) {
            node.limits().checkHardLimit(client, client.unsentBytes() + client.writtenBytes());
            Outbox.Delivery delivery = client.takeOutput();
            if (delivery != null) {
                bytes += delivery.bytes();
                node.stats().sent(delivery.bytes());
                deliveries.computeIfAbsent(client.eventLoop(), loop -> new ArrayList<>()).add(delivery);
            }
        }
        answered.clear();
        node.limits().hold(bytes);
        deliveries.forEach(Lane::send);
    }

    private static void send(EventLoop loop, List<Outbox.Delivery> deliveries) {
        if (loop.inEventLoop()) {
            deliveries.forEach(Outbox.Delivery::send);
            return;
        }
        try {
            loop.execute(() -> deliveries.forEach(Outbox.Delivery::send));
        } catch (RejectedExecutionException e) {
            // The server is being closed.
            deliveries.forEach(Outbox.Delivery::discard);
        }
    }
}
