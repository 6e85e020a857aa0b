package dev.respql.engine;

import dev.respql.bus.Bus;
import dev.respql.bus.Message;
import dev.respql.bus.PostgresBus;
import dev.respql.command.Command;
import dev.respql.command.CommandException;
import dev.respql.command.CommandTable;
import dev.respql.command.Flag;
import dev.respql.config.Config;
import dev.respql.config.Parameter;
import dev.respql.protocol.Reply;
import dev.respql.store.KeyName;
import dev.respql.store.RowCache;
import dev.respql.sql.Database;
import dev.respql.value.Bytes;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running server: its configuration, database, lanes, clients and counts. What commands ask of the server, they ask
 * here. Safe for use by all threads.
 */
public final class Node {
    /** The only user that there is. */
    public static final String DEFAULT_USER = "default";

    /** As in Redis: what an unknown client may have waiting. */
    private static final long MAX_UNTRUSTED_QUERY_BYTES = 1 << 20;
    private static final long MAX_REQUEST_BYTES = Runtime.getRuntime().maxMemory() / 8;
    private static final int CACHE_BYTES = (int) Math.min(1 << 30, Runtime.getRuntime().maxMemory() / 16);
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);

    private final Config config;
    private final CommandTable commands;
    private final Database database;
    private final Bus bus;
    private final Clock clock;
    private final Observer observer;
    private final List<Lane> lanes;
    private final ConcurrentMap<Long, Client> clients = new ConcurrentHashMap<>();
    private final AtomicLong lastClientId = new AtomicLong();
    private final long startedAt = System.currentTimeMillis();
    private final boolean readOnly;
    private final boolean prefetches;
    private final Runnable onShutdown;
    private final Parameter maxBulkBytes;
    private final Parameter maxQueryBytes;
    private final Pause pause = new Pause();
    private final ClientLimits limits;
    private final PubSub pubSub;
    private final KeyEvents keyEvents;
    private final Scripting scripting;
    private final Tracking tracking;
    private final Functions functions;
    private final Watches watches = new Watches(this);
    private final BlockedClients blockedClients = new BlockedClients();
    private final String runId = randomId();
    private volatile Password password;
    private volatile boolean activeExpire = true;

    /**
     * @param laneExecutors one for each lane; each runs one task at a time
     * @param onShutdown what SHUTDOWN does; runs on any thread
     */
    public Node(Config config, CommandTable commands, Database database, List<? extends Executor> laneExecutors,
            Runnable onShutdown) {
        this.config = config;
        this.commands = commands;
        this.database = database;
        // A node that may write nothing cannot say that it is there: what others publish does not reach its clients.
        this.bus = database.sharedByNodes() && !database.settings().readOnly() ? new PostgresBus(database) : Bus.none();
        this.pubSub = new PubSub(bus);
        this.tracking = new Tracking(this, config);
        this.keyEvents = new KeyEvents(config, pubSub, bus);
        this.scripting = new Scripting(config);
        this.functions = new Functions(scripting.engine());
        this.observer = new Observer(config, this::kill);
        this.clock = () -> database.micros() / 1000;
        this.readOnly = config.flag("readonly");
        // Only tests switch the hints off, to see that nothing but speed depends on them.
        this.prefetches = !Boolean.getBoolean("respql.noPrefetch");
        this.onShutdown = onShutdown;
        this.maxBulkBytes = config.parameter("proto-max-bulk-len");
        this.maxQueryBytes = config.parameter("client-query-buffer-limit");
        this.limits = new ClientLimits(this, config);
        this.password = new Password(config.get(Config.REQUIREPASS));
        config.onChange(Config.REQUIREPASS, changed -> password = new Password(changed.text()));
        List<Lane> all = new ArrayList<>();
        for (Executor executor : laneExecutors) {
            all.add(new Lane(this, executor, database.link(), RowCache.ofBytes(cacheBytes()), bus.interests(all.size())));
        }
        this.lanes = List.copyOf(all);
    }

    /** Rows can be remembered only where no other process changes them. */
    private int cacheBytes() {
        return database.sharedByNodes() || readOnly ? 0 : Integer.getInteger("respql.cacheBytes", CACHE_BYTES);
    }

    /** How often lanes had rows that they needed in memory. By a lane's thread: there is one where anything is remembered. */
    public long cacheHits() {
        return lanes.stream().mapToLong(lane -> lane.cache().hits()).sum();
    }

    /** How often lanes had to read rows that might have been in memory. By a lane's thread, as above. */
    public long cacheMisses() {
        return lanes.stream().mapToLong(lane -> lane.cache().misses()).sum();
    }

    // ---- what commands ask

    public Config config() {
        return config;
    }

    public CommandTable commands() {
        return commands;
    }

    public Database database() {
        return database;
    }

    /** What ties this node to others on the same database. */
    public Bus bus() {
        return bus;
    }

    public PubSub pubSub() {
        return pubSub;
    }

    public Scripting scripting() {
        return scripting;
    }

    public Functions functions() {
        return functions;
    }

    /** Whether commands that write are refused. */
    public boolean isReadOnly() {
        return readOnly;
    }

    public Tracking tracking() {
        return tracking;
    }

    public Watches watches() {
        return watches;
    }

    /** Any keys may have what clients wait for, if the call is committed: they look again, on all nodes. */
    public void keysMayBeReady(Call call) {
        call.tx().afterCommit(this::keysMayBeReady);
    }

    /** Any keys may have what clients wait for: they look again, on all nodes. */
    void keysMayBeReady() {
        blockedClients.allReady();
        bus.alarm();
    }

    /** Ends all watches of a client whose call runs at intake. */
    public void forgetWatches(Client client) {
        watches.forget(client, client.lane().link());
    }

    /**
     * CLIENT UNBLOCK: ends the waiting of a client.
     *
     * @param failed whether it gets an error, instead of what it would get when its time is over
     * @return whether it has been waiting
     */
    public boolean unblock(long clientId, boolean failed) {
        Client client = client(clientId);
        Blocked blocked = client == null ? null : client.blocked();
        return blocked != null && client.lane().end(blocked, failed
                ? new Reply.Error("UNBLOCKED client unblocked via CLIENT UNBLOCK") : blocked.onTimeout());
    }

    /** How many clients wait for keys, or for time to pass. */
    public int blockedClients() {
        return blockedClients.count();
    }

    BlockedClients blocked() {
        return blockedClients;
    }

    public Stats stats() {
        return observer.stats();
    }

    public SlowLog slowLog() {
        return observer.slowLog();
    }

    public LatencyEvents latencyEvents() {
        return observer.latencyEvents();
    }

    public Monitors monitors() {
        return observer.monitors();
    }

    /** Milliseconds since 1970, by the clock that all nodes share. */
    public long now() {
        return clock.millis();
    }

    /** When this node started, in milliseconds since 1970 by its own clock. */
    public long startedAt() {
        return startedAt;
    }

    /** Forty random digits, other ones after each start. */
    public String runId() {
        return runId;
    }

    /** The connected clients, in no order. */
    public Collection<Client> clients() {
        return clients.values();
    }

    /** The connected client with this id, or null. */
    public Client client(long id) {
        return clients.get(id);
    }

    /** Whether clients must give a password before anything else. */
    public boolean passwordRequired() {
        return password.isRequired();
    }

    /** Whether a user may log in with this password: there is only one user, named default. */
    public boolean authenticates(byte[] user, byte[] givenPassword) {
        return Bytes.text(user).equals(DEFAULT_USER) && password.matches(givenPassword);
    }

    /** Whether the client may do more than give its password. */
    public boolean trusts(Client client) {
        return client.authenticated() || !passwordRequired();
    }

    /** Closes a client's connection at once and drops what it still wanted; it is no longer among {@link #clients}. */
    public void kill(Client client) {
        clients.remove(client.id());
        monitors().remove(client);
        client.kill();
    }

    /**
     * CLIENT PAUSE: commands wait, until the pause or {@link #unpause} ends it.
     *
     * @param until milliseconds since 1970 by this node's own clock
     * @param writesOnly whether commands that only read go on
     * @param caller the client whose event loop watches the time
     */
    public void pause(long until, boolean writesOnly, Client caller) {
        pause.begin(until, writesOnly);
        awaitEndOfPause(caller.eventLoop());
    }

    /** CLIENT UNPAUSE: commands that wait go on. */
    public void unpause() {
        pause.end();
        lookAgainAtAll();
    }

    private void lookAgainAtAll() {
        clients.values().forEach(this::lookAgain);
    }

    private void awaitEndOfPause(EventLoop loop) {
        long left = pause.millisLeft();
        if (left > 0) {
            loop.schedule(() -> awaitEndOfPause(loop), left, TimeUnit.MILLISECONDS);
        } else {
            lookAgainAtAll();
        }
    }

    public int laneCount() {
        return lanes.size();
    }

    /** Whether expired keys are removed without being asked for. */
    public boolean activeExpire() {
        return activeExpire;
    }

    /** DEBUG SET-ACTIVE-EXPIRE. */
    public void activeExpire(boolean on) {
        activeExpire = on;
    }

    /** Stops the server in good order, from any thread; returns at once. */
    public void shutdown() {
        scripting.abort();
        onShutdown.run();
    }

    // ---- for the server

    /** Makes the node known to the others on the same database; to be called before clients are let in. */
    public void join() {
        bus.start(new Hearing(), this::storeInterests);
    }

    /** Says farewell to the other nodes and to the database; to be called when the lanes have stopped. */
    public void leave() {
        bus.close();
        lanes.forEach(lane -> lane.link().close());
    }

    private CompletableFuture<Void> storeInterests() {
        return CompletableFuture.allOf(lanes.stream().map(Lane::storeInterests).toArray(CompletableFuture[]::new));
    }

    /** What is done with messages of other nodes. */
    private final class Hearing implements Bus.Receiver {
        @Override
        public void received(Message message) {
            if (message instanceof Message.Published published) {
                PubSub.deliver(pubSub.deliveries(published));
            } else if (message instanceof Message.KeysReady ready) {
                ready.keys().forEach(blockedClients::ready);
            } else if (message instanceof Message.KeysChanged changed) {
                keysChanged(changed.keys());
            }
        }

        @Override
        public void missed() {
            // A published message that was lost is lost: nobody can look for it anywhere.
            blockedClients.allReady();
            tracking.allChanged();
        }

        private void keysChanged(List<KeyName> keys) {
            if (keys.isEmpty()) {
                tracking.allChanged();
            } else {
                tracking.changed(keys);
            }
        }
    }

    // ---- for the network

    /** Whether connections from other machines are refused: there is no password that could stop them. */
    public boolean isProtected() {
        return !password.isRequired() && config.flag("protected-mode");
    }

    /** A new client on one of the lanes, or null where there are too many. */
    public synchronized Client connect(Channel channel) {
        if (clients.size() >= config.number("maxclients")) {
            stats().connectionRefused();
            return null;
        }
        stats().connected();
        long id = lastClientId.incrementAndGet();
        Lane lane = lanes.get((int) (id % lanes.size()));
        Client client = new Client(id, channel, lane, !passwordRequired());
        clients.put(id, client);
        return client;
    }

    /** The connection is gone. What the client had sent is carried out all the same, as in Redis. */
    public void disconnect(Client client) {
        clients.remove(client.id());
        monitors().remove(client);
        client.lane().execute(() -> {
            pubSub.unsubscribeAll(client);
            client.lane().forget(client);
            client.gone(true);
        });
        lookAgain(client);
    }

    /** Hands a request to the client's lane, which is to be woken afterwards. */
    public void submit(Client client, byte[][] arguments) {
        client.lane().submit(Request.command(client, arguments));
    }

    /** The request is not RESP: answers the error and closes the connection, after all that came before. */
    public void submitProtocolError(Client client, String error) {
        client.lane().submit(Request.protocolError(client, error));
    }

    /** The client will send nothing more: closes the connection, after all that came before has been answered. */
    public void submitEnd(Client client) {
        client.lane().submit(Request.end(client));
    }

    /** Something that held the client's requests up is over. */
    public void lookAgain(Client client) {
        client.lane().lookAgain(client);
    }

    /** Something was read from a connection. */
    public void received(long bytes) {
        stats().received(bytes);
        limits.hold(bytes);
    }

    /** Closes the connections of clients that go beyond their limits; to be called several times a second. */
    public void checkClients() {
        limits.check();
    }

    /** The longest bulk string taken, in bytes. */
    public long maxBulkBytes() {
        return maxBulkBytes.number();
    }

    /** The most bytes that one request may weigh: the heap must hold it several times on its way into the database. */
    public long maxRequestBytes() {
        return MAX_REQUEST_BYTES;
    }

    /** The most bytes that may wait until one argument has wholly come. */
    public long maxQueryBytes(Client client) {
        return trusts(client) ? maxQueryBytes.number() : Math.min(MAX_UNTRUSTED_QUERY_BYTES, maxQueryBytes.number());
    }

    // ---- for lanes

    KeyEvents keyEvents() {
        return keyEvents;
    }

    /** Has the lanes do what is left over, if something is. */
    void wakeLanes() {
        lanes.forEach(Lane::wake);
    }

    /** The first lane, where the work goes that no client asked for. */
    Lane mainLane() {
        return lanes.get(0);
    }

    /** @throws CommandException where the client may not call this command now */
    void admit(Client client, Command command) {
        if (!command.is(Flag.NO_AUTH) && !trusts(client)) {
            throw new CommandException("NOAUTH Authentication required.");
        }
        if (client.monitor() && (command.is(Flag.WRITE) || command.is(Flag.READONLY)
                || command.is(Flag.MAY_REPLICATE))) {
            throw new CommandException("ERR Replica can't interact with the keyspace");
        }
        if (readOnly && command.is(Flag.WRITE)) {
            throw new CommandException("READONLY You can't write against a read only replica.");
        }
        if (client.respVersion() == 2 && !client.subscriptions().isEmpty() && !PubSub.allows(command)) {
            throw new CommandException("ERR Can't execute '" + command.fullName() + "': only (P|S)SUBSCRIBE /"
                    + " (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context");
        }
    }

    /** Whether a request has to wait until a pause is over. One that would be refused need not. */
    boolean holds(Request request) {
        if (pause.millisLeft() == 0 || request.kind() != Request.Kind.COMMAND) {
            return false;
        }
        try {
            Command command = commands.resolve(request.arguments());
            admit(request.client(), command);
            return pause.holds(command);
        } catch (CommandException e) {
            return false;
        }
    }

    /** Cuts off what must be a web browser, made by some page to send commands to a server that only it can reach. */
    void refuseHttp(Client client) {
        LOG.warn("closing client {} at {}: it speaks HTTP, perhaps an attack by way of a browser", client.id(),
                client.remoteAddress());
        kill(client);
    }

    ClientLimits limits() {
        return limits;
    }

    /** Whether batches read ahead what hints name. */
    public boolean prefetches() {
        return prefetches;
    }

    Observer observer() {
        return observer;
    }

    private static String randomId() {
        byte[] random = new byte[20];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    /** Logs what nobody expected. */
    void report(String what, Throwable failure) {
        LOG.error(what, failure);
    }
}
