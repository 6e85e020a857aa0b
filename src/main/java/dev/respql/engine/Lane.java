package dev.respql.engine;

import dev.respql.command.Command;
import dev.respql.command.CommandException;
import dev.respql.command.Flag;
import dev.respql.protocol.Reply;
import dev.respql.sql.SqlLink;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

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

    private final Node node;
    private final Executor executor;
    private final SqlLink link;
    private final Queue<Request> inbox = new ConcurrentLinkedQueue<>();
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final ArrayDeque<Client> ready = new ArrayDeque<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final Runnable turn = this::turn;
    private final List<Client> answered = new ArrayList<>();

    Lane(Node node, Executor executor, SqlLink link) {
        this.node = node;
        this.executor = executor;
        this.link = link;
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

    /** Counts what is handed to the network. */
    void sent(long bytes) {
        node.stats().sent(bytes);
    }

    private void turn() {
        List<Call> calls = List.of();
        try {
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
            }
            drainInbox();
            calls = plan();
            if (!calls.isEmpty()) {
                new Batch(node, link, calls).run();
                node.monitors().show(calls);
                answer(calls);
            }
        } catch (RuntimeException | Error e) {
            node.report("a lane stumbled and goes on without the clients it was serving", e);
            calls.forEach(call -> call.client().kill());
        }
        if (!ready.isEmpty() || !inbox.isEmpty() || !tasks.isEmpty()) {
            schedule();
            return;
        }
        scheduled.set(false);
        if (!inbox.isEmpty() || !tasks.isEmpty()) {
            wake();
        }
    }

    private void drainInbox() {
        for (Request request = inbox.poll(); request != null; request = inbox.poll()) {
            Client client = request.client();
            if (request.arguments() != null || request.protocolError() != null) {
                client.requests().add(request);
            }
            if (!client.ready() && !client.requests().isEmpty()) {
                client.ready(true);
                ready.add(client);
            }
        }
    }

    /** Takes what one batch may hold from the clients that are ready, round robin, each client's requests in order. */
    private List<Call> plan() {
        List<Call> calls = new ArrayList<>();
        long bytes = 0;
        int clients = ready.size();
        for (int i = 0; i < clients && calls.size() < MAX_CALLS && bytes < MAX_BATCH_BYTES; i++) {
            Client client = ready.poll();
            int taken = 0;
            boolean held = false;
            while (!client.requests().isEmpty() && taken < MAX_CALLS_OF_ONE_CLIENT && calls.size() < MAX_CALLS
                    && bytes < MAX_BATCH_BYTES) {
                if (client.closing()) {
                    client.requests().clear();
                    break;
                }
                if (!client.writable() || node.holds(client)) {
                    held = true;
                    break;
                }
                Request request = client.take();
                bytes += request.weight();
                taken++;
                calls.add(intake(request));
            }
            boolean more = !held && !client.requests().isEmpty();
            client.ready(more);
            if (more) {
                ready.add(client);
            }
        }
        return calls;
    }

    /** Finds the command, checks what can be checked without data, and runs what concerns only the connection. */
    private Call intake(Request request) {
        Client client = request.client();
        if (request.protocolError() != null) {
            Call call = new Call(node, client, null, null);
            call.reply(new Reply.Error("ERR " + request.protocolError()));
            client.closeAfterReplies();
            return call;
        }
        byte[][] arguments = request.arguments();
        Command command;
        try {
            command = node.commands().resolve(arguments);
            node.admit(client, command);
        } catch (CommandException e) {
            Call refused = new Call(node, client, null, arguments);
            refused.reply(e.reply());
            node.observer().rejected(node.commands().lookUp(arguments), refused);
            return refused;
        }
        client.used(command, node.now());
        Call call = new Call(node, client, command, arguments);
        if (command.atIntake()) {
            runAtIntake(call);
        }
        return call;
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

    private void answer(List<Call> calls) {
        for (Call call : calls) {
            Client client = call.client();
            if (call.reply() != Reply.NONE && !call.silent()) {
                if (client.unsentBytes() == 0) {
                    answered.add(client);
                }
                client.write(call.reply(), call.respVersion());
            } else if (client.closing()) {
                answered.add(client);
            }
        }
        for (Client client : answered) {
            client.send();
        }
        answered.clear();
    }
}
