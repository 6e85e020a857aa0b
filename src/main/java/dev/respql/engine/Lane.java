package dev.respql.engine;

import dev.respql.bus.Interest;
import dev.respql.bus.Interests;
import dev.respql.command.Command;
import dev.respql.command.CommandException;
import dev.respql.command.Flag;
import dev.respql.protocol.Reply;
import dev.respql.sql.SqlLink;
import dev.respql.store.KeyName;
import dev.respql.store.Keys;
import dev.respql.store.RowCache;
import dev.respql.store.Tx;
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
import java.util.concurrent.TimeUnit;
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
    /** A time-out that comes while a client is perhaps being served comes again after as many milliseconds. */
    private static final long CLAIMED_MILLIS = 5;

    private final Node node;
    private final Executor executor;
    private final SqlLink link;
    private final RowCache cache;
    private final Interests interests;
    private final Queue<Request> inbox = new ConcurrentLinkedQueue<>();
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final ArrayDeque<Client> ready = new ArrayDeque<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final Runnable turn = this::turn;
    private final List<Client> answered = new ArrayList<>();
    /** The calls that were planned for the batch under way, but for those that were taken out of it. */
    private List<Call> underWay = List.of();
    private boolean busy;

    Lane(Node node, Executor executor, SqlLink link, RowCache cache, Interests interests) {
        this.node = node;
        this.executor = executor;
        this.link = link;
        this.cache = cache;
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

    /** What the lane remembers of rows; for its thread. */
    RowCache cache() {
        return cache;
    }

    /** Remembers nothing any longer where somebody has changed the database past all lanes. Between batches. */
    void forgetChanges() {
        if (link.changedByOthers()) {
            cache.clear();
        }
    }

    /** A unit of work on this lane's connection; for its thread, one at a time. */
    Tx newTx() {
        return new Tx(link, cache, node::now);
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
        List<Call> planned = new ArrayList<>();
        try {
            runTasks();
            drainInbox();
            plan(planned);
            List<Call> calls = planned;
            if (!calls.isEmpty()) {
                underWay = planned;
                new Batch(node, this, calls).run();
                underWay = List.of();
                calls = carryOver(calls);
            }
            storeChangedInterests();
            if (!calls.isEmpty()) {
                node.monitors().show(calls);
                answer(calls);
            }
            deliver();
        } catch (RuntimeException | Error e) {
            stumbled(planned, e);
        }
        goOn();
    }

    /** Whoever had something under way cannot know what became of it. */
    private void stumbled(List<Call> calls, Throwable failure) {
        try {
            calls.forEach(call -> node.kill(call.client()));
            node.report("a lane stumbled and goes on without the clients it was serving", failure);
            link.rollback();
            deliver();
        } catch (RuntimeException | Error e) {
            node.report("a lane stumbled over its own stumbling", e);
        }
    }

    private void goOn() {
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

    /**
     * A script has run for long, and goes on: clients are told so, except those for whom its batch has run something
     * already. Commands that are allowed then run at once.
     *
     * @param runs the script's client
     * @param kind whose KILL would end it: SCRIPT or FUNCTION
     */
    void answerBusy(Client runs, String kind) {
        busy = true;
        try {
            takeOutThoseBehind(runs, kind);
            answerThoseWhoWait(kind);
        } finally {
            busy = false;
        }
    }

    /** Whether requests are being answered while a batch is under way; for the lane's thread. */
    boolean isBusy() {
        return busy;
    }

    /** Takes those clients' calls out of the batch under way who have nothing to wait for but the script's end. */
    private void takeOutThoseBehind(Client runs, String kind) {
        Set<Client> bound = new HashSet<>(Set.of(runs));
        for (Call call : underWay) {
            // Who is blocked looks again whether it is to be served.
            if (call.awaitsCommit() || call.hasBegun() || call.client().isBlocked()) {
                bound.add(call.client());
            }
        }
        List<Call> taken = underWay.stream().filter(call -> !bound.contains(call.client())).toList();
        if (taken.isEmpty()) {
            return;
        }
        underWay.removeIf(call -> !bound.contains(call.client()));
        node.monitors().show(taken.stream().filter(call -> call.reply() != null).toList());
        for (Call call : taken) {
            call.leave();
            answerWhileBusy(call, kind);
        }
        answer(taken);
    }

    private void answerThoseWhoWait(String kind) {
        if (executor instanceof BusyLoop loop) {
            loop.pump();
        }
        drainInbox();
        List<Client> left = new ArrayList<>();
        for (Client client = ready.poll(); client != null; client = ready.poll()) {
            client.ready(false);
            while (!client.isServed() && !client.isBlocked() && client.hasWork() && !holds(client)) {
                Call call = client.takeCarriedOver();
                if (call == null) {
                    call = whileBusy(client.take(), kind);
                } else if (call.hasBegun()) {
                    client.carryOver(call);
                    break;
                } else {
                    answerWhileBusy(call, kind);
                }
                client.served(true);
                answer(List.of(call));
            }
            left.add(client);
        }
        left.forEach(this::makeReady);
        deliver();
    }

    private Call whileBusy(Request request, String kind) {
        byte[][] arguments = request.arguments();
        Command command = arguments == null ? null : node.commands().lookUp(arguments);
        boolean allowed = command == null || command.is(Flag.ALLOW_BUSY) && command.atIntake()
                || !command.acceptsCount(arguments.length);
        if (command != null && command.answersWhileBusy() && command.acceptsCount(arguments.length)) {
            Call call = intake(request);
            if (call.reply() == null) {
                call.runAtIntake();
            }
            return call;
        }
        return allowed ? intake(request) : refuse(request.client(), arguments, busyRunning(kind));
    }

    /** As {@link #whileBusy}, for a call that was taken in before the script was known to run for long, and has not run. */
    private void answerWhileBusy(Call call, String kind) {
        Command command = call.command();
        boolean open = call.reply() == null || call.reply() instanceof Reply.Error;
        if (open && command != null && command.answersWhileBusy()) {
            call.runApart();
        } else if (call.reply() == null) {
            call.reply(call.transaction() == null
                    ? busyRunning(kind).reply() : abortTransaction(call.client(), busyRunning(kind)));
            node.observer().rejected(command, call);
        }
    }

    private static CommandException busyRunning(String kind) {
        return new CommandException(
                "BUSY Redis is busy running a script. You can only call " + kind + " KILL or SHUTDOWN NOSAVE.");
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
            if (request.kind() == Request.Kind.END && client.isBlocked()) {
                // As in Redis, who stops sending while waiting is gone.
                node.kill(client);
            } else if (request.kind() != Request.Kind.LOOK_AGAIN) {
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
    private void plan(List<Call> calls) {
        long bytes = 0;
        for (int i = ready.size(); i > 0 && calls.size() < MAX_CALLS && bytes < MAX_BATCH_BYTES; i--) {
            Client client = ready.poll();
            client.ready(false);
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
                    if (client.caching() && client.transaction() == null && !isAboutClient(request)) {
                        client.caching(false);
                    }
                    bytes += request.weight() + (call.reply() == null ? 0 : call.reply().weight());
                }
                calls.add(call);
                client.served(true);
                if (call.reply() == null && call.changesClient()) {
                    changes = call.command();
                }
                if (changes != null && !goesOnAlike(client, changes)) {
                    break;
                }
            }
            if (!held) {
                makeReady(client);
            }
        }
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
        Blocked blocked = client.blocked();
        // While one looks again, those who wait behind it wait for what it finds.
        return paused || (blocked == null ? !client.takesMore() : !blocked.looking());
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
        try {
            Command command = node.commands().resolve(arguments);
            node.admit(client, command);
            if (client.transaction() != null && !command.notQueued()) {
                return queue(command, request);
            }
            client.used(command);
            Call call = new Call(node, client, command, arguments);
            if (command.atIntake()) {
                call.runAtIntake();
                node.observer().ran(call, 0);
            } else {
                command.onIntake(call);
            }
            return call;
        } catch (CommandException e) {
            return refuse(client, arguments, e);
        }
    }

    private Call refuse(Client client, byte[][] arguments, CommandException reason) {
        if (isHttp(arguments[0])) {
            node.refuseHttp(client);
        }
        Command known = node.commands().lookUp(arguments);
        Call refused = new Call(node, client, null, arguments);
        refused.reply(reason.reply());
        if (known != null && known.name().equals("exec")
                && (client.transaction() != null || !known.acceptsCount(arguments.length))) {
            client.endTransaction();
            refused.reply(abortTransaction(client, reason));
        } else if (client.transaction() != null
                && (known == null || !known.notQueued() || !known.acceptsCount(arguments.length))) {
            client.transaction().breakOff();
        }
        node.observer().rejected(known, refused);
        return refused;
    }

    private Reply abortTransaction(Client client, CommandException reason) {
        node.watches().forget(client, link);
        return new Reply.Error("EXECABORT Transaction discarded because of: "
                + reason.reply().text().replaceFirst("^ERR ", ""));
    }

    /** Between MULTI and EXEC: takes note of what is to be run. */
    private Call queue(Command command, Request request) {
        Client client = request.client();
        if (command.is(Flag.NO_MULTI)) {
            throw new CommandException("ERR Command not allowed inside a transaction");
        }
        if (client.transaction().weight() + request.weight() > node.maxRequestBytes()) {
            throw new CommandException("ERR the transaction is too large");
        }
        client.used(command);
        client.transaction().add(command, request.arguments(), request.weight());
        Call queued = new Call(node, client, null, request.arguments());
        queued.reply(Reply.QUEUED);
        return queued;
    }

    private static boolean isAboutClient(Request request) {
        return request.kind() == Request.Kind.COMMAND && Bytes.equalsIgnoreCase(request.arguments()[0], "CLIENT");
    }

    private static boolean isHttp(byte[] name) {
        return Bytes.equalsIgnoreCase(name, "POST") || Bytes.equalsIgnoreCase(name, "Host:");
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
            Blocked blocked = client.blocked();
            if (blocked != null && blocked.call() == call && blocked.looking()) {
                hasLooked(blocked);
            }
            if (call.reply() != Reply.NONE && (!call.silent() || call.reply() instanceof Reply.Pushes)) {
                write(client, call.reply(), call.respVersion());
            } else if (client.closing() && client.expectOutput()) {
                answered.add(client);
            }
            if (client.isBlocked()) {
                // For as long as it waits it would keep all that its batch has read.
                call.tx(null);
                if (client.hasSentAll()) {
                    node.kill(client);
                }
            }
            client.served(false);
            if (!call.deliveries().isEmpty()) {
                deliver(call.deliveries(), toOtherLanes);
            }
        }
        PubSub.deliver(toOtherLanes);
    }

    // ---- clients that wait

    /** The call waits for one of these keys, if its batch is committed; {@link Call#await} tells what for. */
    void block(Call call, List<KeyName> keys, long millis, Reply onTimeout) {
        Client client = call.client();
        if (client.blocked() != null || client.gone()) {
            return;
        }
        List<KeyName> distinct = keys.stream().distinct().toList();
        Blocked blocked = new Blocked(call, distinct, onTimeout, node.blocked().nextNumber());
        // Before the commit, while its keys are locked: whoever changes one afterwards finds it.
        client.blocked(blocked);
        node.blocked().add(blocked);
        distinct.forEach(key -> interests.add(call.tx(), Interest.key(key)));
        call.tx().onRollback(() -> {
            blocked.over();
            client.blocked(null);
            node.blocked().remove(blocked);
        });
        if (millis > 0) {
            call.tx().afterCommit(() -> awaitTimeOut(blocked, millis));
        }
    }

    /** The client's own lane has run its waiting call again. */
    private void hasLooked(Blocked blocked) {
        blocked.looking(false);
        Reply reply = blocked.call().reply();
        if (reply != Reply.NONE) {
            if (reply instanceof Reply.Error) {
                // It has taken nothing, and so nobody behind it was served.
                blocked.signal();
            }
            blocked.over();
            unblock(blocked);
            return;
        }
        release(blocked);
        // What is not for this one may be for the next.
        Keys keys = blocked.call().tx().keys();
        blocked.keys().stream().filter(keys::seen).forEach(key -> node.blocked().readyBehind(key, blocked));
    }

    /** Gives back the right to serve a client that waits; something may have come for it meanwhile. */
    void release(Blocked blocked) {
        if (blocked.release()) {
            lookAgain(blocked);
        }
    }

    /** Has a waiting call run again; for any thread. */
    void lookAgain(Blocked blocked) {
        execute(() -> {
            Client client = blocked.client();
            if (blocked.claimOrSignal()) {
                blocked.looking(true);
                blocked.call().reply(null);
                client.carryOver(blocked.call());
                makeReady(client);
            } else if (blocked.isOver()) {
                passOn(blocked);
            }
        });
    }

    /** A batch of any lane has served a waiting client, and was committed. */
    void served(Blocked blocked, Call call) {
        execute(() -> {
            blocked.over();
            unblock(blocked);
            answer(List.of(call));
            makeReady(blocked.client());
        });
    }

    /** Ends the waiting with this reply; false where it is over, or is being served just now. For any thread. */
    boolean end(Blocked blocked, Reply reply) {
        if (!blocked.end()) {
            return false;
        }
        execute(() -> {
            unblock(blocked);
            if (reply != Reply.NONE && !blocked.call().silent()) {
                write(blocked.client(), reply, blocked.call().respVersion());
            }
            blocked.client().served(false);
            makeReady(blocked.client());
        });
        return true;
    }

    void endWhenDurable(Blocked blocked, Reply reply) {
        CompletableFuture.runAsync(node.database()::makeDurable).whenComplete((done, failure) ->
                end(blocked, failure == null ? reply : new Reply.Error("ERR " + failure.getMessage())));
    }

    private void unblock(Blocked blocked) {
        if (blocked.client().blocked() != blocked) {
            return;
        }
        blocked.cancelTimer();
        node.blocked().remove(blocked);
        blocked.client().blocked(null);
        blocked.keys().forEach(key -> interests.removeSoon(Interest.key(key)));
        if (blocked.isSignalled()) {
            passOn(blocked);
        }
    }

    /** What one should have looked at whose waiting is over, those look at who wait behind it. */
    private void passOn(Blocked over) {
        over.keys().forEach(key -> node.blocked().readyBehind(key, over));
    }

    private void awaitTimeOut(Blocked blocked, long millis) {
        blocked.timer(blocked.client().eventLoop().schedule(() -> {
            if (!end(blocked, blocked.onTimeout()) && !blocked.isOver()) {
                awaitTimeOut(blocked, CLAIMED_MILLIS);
            }
        }, millis, TimeUnit.MILLISECONDS));
    }

    /** A client is gone, or as good as new: nothing of it stays behind. By this lane's thread, between two batches. */
    void forget(Client client) {
        node.watches().forget(client, link);
        node.tracking().forget(client);
        Blocked blocked = client.blocked();
        if (blocked != null) {
            // As in Redis, what it has sent behind is not carried out.
            client.kill();
            if (blocked.looking()) {
                blocked.signal();
            }
            blocked.over();
            unblock(blocked);
        }
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
