package dev.respql.engine;

import dev.respql.bus.Interests;
import dev.respql.command.Command;
import dev.respql.config.OutputBufferLimits;
import dev.respql.protocol.Reply;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A connection and its state. Pinned to one lane for life; everything but what is marked otherwise is used by the
 * lane's thread only. Fields that CLIENT LIST shows are volatile, since any lane may read them.
 */
public final class Client {
    /** From this many waiting bytes of requests on, nothing more is read from the connection for the time being. */
    private static final long MAX_QUEUED_BYTES = 4L << 20;

    private final long id;
    private final Channel channel;
    private final Lane lane;
    private final String remoteAddress;
    private final String localAddress;
    private final Outbox outbox;
    private final Subscriptions subscriptions = new Subscriptions();
    /** Changed by the lane's thread; whoever lists clients reads it. */
    private final List<Watches.Watch> watches = new CopyOnWriteArrayList<>();
    private long watcher;
    private volatile Transaction transaction;
    private volatile Blocked blocked;
    private volatile ClientTracking tracking;
    private boolean caching;
    private final long createdAt = System.currentTimeMillis();
    private final ArrayDeque<Request> requests = new ArrayDeque<>();
    /** Calls that were taken from the queue, and that their batch left to a later one. */
    private final ArrayDeque<Call> carriedOver = new ArrayDeque<>();
    private final AtomicLong queuedBytes = new AtomicLong();
    /** Bytes of messages that the lane has not come to writing. */
    private final AtomicLong pushedBytes = new AtomicLong();
    private boolean ready;
    private boolean answered;
    private boolean closing;
    private volatile boolean killed;
    private boolean gone;
    private volatile boolean readingPaused;
    private volatile boolean paused;
    private volatile boolean served;
    private volatile long partialBytes;
    private volatile int db;
    private volatile int respVersion = 2;
    private volatile boolean authenticated;
    private volatile String name = "";
    private volatile String libraryName = "";
    private volatile String libraryVersion = "";
    private volatile boolean noEvict;
    private volatile boolean noTouch;
    private volatile boolean monitor;
    private volatile Command lastCommand;
    private volatile long lastActiveAt = createdAt;
    private long lastUnsentBytes;
    /** Milliseconds since 1970; 0 while the client is below its soft limit. */
    private long overSoftLimitSince;
    private Runnable whenServed = () -> { };
    private boolean repliesOff;
    private boolean skipsThisReply;
    private boolean skipsNextReply;

    /** @param authenticated whether the client can do without giving a password */
    Client(long id, Channel channel, Lane lane, boolean authenticated) {
        this.id = id;
        this.channel = channel;
        this.lane = lane;
        this.remoteAddress = text(channel.remoteAddress());
        this.localAddress = text(channel.localAddress());
        this.outbox = new Outbox(channel, () -> lane.lookAgain(this));
        this.authenticated = authenticated;
    }

    // ---- what commands ask and change

    /** Unique on this node, ascending. */
    public long id() {
        return id;
    }

    public int db() {
        return db;
    }

    public void db(int number) {
        this.db = number;
    }

    /** 2 or 3. */
    public int respVersion() {
        return respVersion;
    }

    public void respVersion(int version) {
        this.respVersion = version;
    }

    public boolean authenticated() {
        return authenticated;
    }

    public void authenticated(boolean isAuthenticated) {
        this.authenticated = isAuthenticated;
    }

    public String name() {
        return name;
    }

    public void name(String itsName) {
        this.name = itsName;
    }

    public String libraryName() {
        return libraryName;
    }

    public void libraryName(String itsName) {
        this.libraryName = itsName;
    }

    public String libraryVersion() {
        return libraryVersion;
    }

    public void libraryVersion(String version) {
        this.libraryVersion = version;
    }

    public boolean noEvict() {
        return noEvict;
    }

    public void noEvict(boolean on) {
        this.noEvict = on;
    }

    public boolean noTouch() {
        return noTouch;
    }

    public void noTouch(boolean on) {
        this.noTouch = on;
    }

    /** Whether every command of the node is sent to this client (MONITOR). */
    public boolean monitor() {
        return monitor;
    }

    public void monitor(boolean on) {
        this.monitor = on;
    }

    /** The last command that could be made out, or null. */
    public Command lastCommand() {
        return lastCommand;
    }

    /** Milliseconds since 1970. */
    public long createdAt() {
        return createdAt;
    }

    /** When something was last read from the connection, answered, or sent to it, in milliseconds since 1970. */
    public long lastActiveAt() {
        return lastActiveAt;
    }

    /** Bytes of requests that wait for their turn, the one included that has not wholly come. */
    public long queuedBytes() {
        return queuedBytes.get() + partialBytes;
    }

    /** Bytes of replies and pushed messages that have not been sent yet. */
    public long unsentBytes() {
        return pushedBytes.get() + outbox.unsentBytes();
    }

    /** Whether the client's next command waits for the end of a CLIENT PAUSE. */
    public boolean paused() {
        return paused;
    }

    /** Whether the connection is to be closed as soon as what was answered has been sent. */
    public boolean closing() {
        return closing;
    }

    /** MULTI: commands are queued from now on. */
    public void beginTransaction() {
        transaction = new Transaction();
    }

    /** What has been queued since MULTI, or null. */
    public Transaction transaction() {
        return transaction;
    }

    /** Commands are not queued any more; what was, or null. */
    public Transaction endTransaction() {
        Transaction ended = transaction;
        transaction = null;
        return ended;
    }

    /** Does something while the client is once more in a transaction that had ended, and whose EXEC is the last it said. */
    void during(Transaction taken, Command exec, Runnable something) {
        Command last = lastCommand;
        transaction = taken;
        lastCommand = exec;
        try {
            something.run();
        } finally {
            transaction = null;
            lastCommand = last;
        }
    }

    /** The keys that the next transaction depends on; for the lane's thread. */
    List<Watches.Watch> watches() {
        return watches;
    }

    /** Under which number the database has what the client watches; for the lane's thread. */
    long watcher() {
        return watcher;
    }

    void watcher(long number) {
        watcher = number;
    }

    /** Whether a key that the client watches has been changed, as far as this node knows. */
    public boolean watchBroken() {
        return watches.stream().anyMatch(Watches.Watch::isMarked);
    }

    /** Whether a call of the client waits for keys, or for time to pass. */
    public boolean isBlocked() {
        return blocked != null;
    }

    Blocked blocked() {
        return blocked;
    }

    void blocked(Blocked waiting) {
        blocked = waiting;
    }

    /** How the client is told of changes to what it has read; null if it is not. For all threads. */
    public ClientTracking tracking() {
        return tracking;
    }

    void tracking(ClientTracking how) {
        tracking = how;
    }

    /** Whether CLIENT CACHING was called for the next command, or transaction. */
    public boolean caching() {
        return caching;
    }

    /** CLIENT CACHING YES or NO, whichever the client's tracking makes the exception. */
    public void caching(boolean next) {
        caching = next;
    }

    /** What the client has subscribed to. */
    public Subscriptions subscriptions() {
        return subscriptions;
    }

    public ClientType type() {
        return subscriptions.isEmpty() ? ClientType.NORMAL : ClientType.PUBSUB;
    }

    /** The number of its socket in the process, or -1 where that is not known. */
    public int fileDescriptor() {
        return channel instanceof UnixChannel unix ? unix.fd().intValue() : -1;
    }

    /** {@code address:port}, or empty where the connection has none. */
    public String remoteAddress() {
        return remoteAddress;
    }

    public String localAddress() {
        return localAddress;
    }

    /** CLIENT REPLY ON: replies are sent again, this command's too. */
    public void repliesOn() {
        repliesOff = false;
        skipsThisReply = false;
    }

    /** CLIENT REPLY OFF: no replies from this command on. */
    public void repliesOff() {
        repliesOff = true;
    }

    /** CLIENT REPLY SKIP: no reply to the next command. */
    public void skipNextReply() {
        skipsNextReply = !repliesOff;
    }

    /**
     * RESET: everything is as it was when the client connected, but for what it said of its library.
     *
     * @param isAuthenticated whether it can do without giving a password (again)
     */
    public void reset(boolean isAuthenticated) {
        db = 0;
        respVersion = 2;
        authenticated = isAuthenticated;
        name = "";
        noEvict = false;
        noTouch = false;
        monitor = false;
        repliesOff = false;
        skipsNextReply = false;
        transaction = null;
    }

    /** The connection is closed once everything answered so far has been sent, and takes no further commands. */
    public void closeAfterReplies() {
        closing = true;
        requests.clear();
    }

    /** Closes the connection at once, whatever is still to be answered or sent; for any thread. */
    void kill() {
        killed = true;
        channel.close();
    }

    /** Whether {@link #kill} was called; for any thread. */
    boolean killed() {
        return killed;
    }

    /** Whether the connection has been closed, and everything has been forgotten that others could reach it by. */
    boolean gone() {
        return gone;
    }

    void gone(boolean isGone) {
        this.gone = isGone;
    }

    /** Runs something once the commands that were taken with this one have been answered. */
    public void afterReplies(Runnable action) {
        lane.execute(action);
    }

    /** What the clients of this one's lane want to hear of; for the lane's thread. */
    public Interests interests() {
        return lane.interests();
    }

    /** Sends something that answers no command; for any thread. */
    public void push(Reply message) {
        push(List.of(message));
    }

    /** Sends several such messages in one go; for any thread. */
    void push(List<Reply> messages) {
        long bytes = messages.stream().mapToLong(Reply::weight).sum();
        pushedBytes.addAndGet(bytes);
        lane.execute(() -> {
            lane.push(this, messages);
            pushedBytes.addAndGet(-bytes);
        });
    }

    /** Bytes of messages that other threads have left for the lane to write; negative when it has. */
    void pushed(long bytes) {
        pushedBytes.addAndGet(bytes);
    }

    // ---- for the limits; for any thread

    /** Bytes of requests and replies that the node holds for this client. */
    long heldBytes() {
        Transaction queued = transaction;
        return queuedBytes() + unsentBytes() + (queued == null ? 0 : queued.weight());
    }

    /** Whether {@code timeout} applies: not to a client that waits for the node, or is there to be told something. */
    boolean mayTimeOut() {
        boolean waitsForNode = paused || blocked != null || takesMore() && (served || queuedBytes.get() > 0);
        return !waitsForNode && !monitor && subscriptions.isEmpty();
    }

    /** Takes note of how much is unsent; less than the last time means that the client reads. One thread at a time. */
    void watchUnsent(long unsentBytes, long nowMillis) {
        if (unsentBytes < lastUnsentBytes) {
            lastActiveAt = nowMillis;
        }
        lastUnsentBytes = unsentBytes;
    }

    /** Whether the client has had more unsent than its soft limit for longer than it may. One thread at a time. */
    boolean overSoftLimit(OutputBufferLimits.Limit limit, long unsentBytes, long nowMillis) {
        if (limit.soft() == 0 || unsentBytes < limit.soft()) {
            overSoftLimitSince = 0;
            return false;
        }
        if (overSoftLimitSince == 0) {
            overSoftLimitSince = nowMillis;
        }
        return nowMillis - overSoftLimitSince > limit.softSeconds() * 1000;
    }

    // ---- for the network, on the connection's event loop

    /**
     * Something was read.
     *
     * @param unfinished bytes of the request that has not wholly come
     */
    public void received(long unfinished) {
        lastActiveAt = System.currentTimeMillis();
        if (partialBytes != unfinished) {
            partialBytes = unfinished;
        }
    }

    Lane lane() {
        return lane;
    }

    /** Runs the client's lane if it is not running anyway; for any thread. */
    public void wakeLane() {
        lane.wake();
    }

    /** Has this run by the lane's thread each time that what was taken has been answered; to be set before the first request. */
    public void whenServed(Runnable action) {
        whenServed = action;
    }

    void queued(long bytes) {
        if (queuedBytes.addAndGet(bytes) > MAX_QUEUED_BYTES && !readingPaused) {
            readingPaused = true;
            channel.config().setAutoRead(false);
        }
    }

    // ---- for the lane

    ArrayDeque<Request> requests() {
        return requests;
    }

    /** Takes the next request off the queue. */
    Request take() {
        Request request = requests.poll();
        long left = queuedBytes.addAndGet(-request.weight());
        if (readingPaused && left < MAX_QUEUED_BYTES / 2) {
            readingPaused = false;
            channel.eventLoop().execute(this::readAgain);
        }
        return request;
    }

    /** Netty fails, and closes the connection, where there is nothing more to be read. */
    private void readAgain() {
        if (!(channel instanceof DuplexChannel duplex && duplex.isInputShutdown())) {
            channel.config().setAutoRead(true);
        }
    }

    boolean ready() {
        return ready;
    }

    void ready(boolean isQueued) {
        this.ready = isQueued;
    }

    /** Whether there is something to be done for this client. */
    boolean hasWork() {
        return !killed && (!carriedOver.isEmpty() || !requests.isEmpty());
    }

    /** Whether the client will send nothing more. */
    boolean hasSentAll() {
        Request last = requests.peekLast();
        return last != null && last.kind() == Request.Kind.END;
    }

    /** Puts a request into the client's queue, unless it can no longer come to its turn. */
    void enqueue(Request request) {
        if (!closing && !killed) {
            requests.add(request);
        }
    }

    /** The next call that an earlier batch left, or null. */
    Call takeCarriedOver() {
        return carriedOver.poll();
    }

    boolean hasCarriedOver() {
        return !carriedOver.isEmpty();
    }

    /** Puts a call back that was the last one taken. */
    void carryOver(Call call) {
        carriedOver.addFirst(call);
    }

    void paused(boolean isPaused) {
        if (paused != isPaused) {
            paused = isPaused;
        }
    }

    boolean isServed() {
        return served;
    }

    /** Whether calls of this client are being run. */
    void served(boolean isServed) {
        if (served != isServed) {
            served = isServed;
            if (!isServed) {
                lastActiveAt = System.currentTimeMillis();
                whenServed.run();
            }
        }
    }

    /** Whether the client reads its replies fast enough to be served. */
    boolean takesMore() {
        return outbox.takesMore();
    }

    void used(Command command) {
        lastCommand = command;
    }

    /** To be called once a request, before the command runs. */
    void callTaken() {
        skipsThisReply = skipsNextReply;
        skipsNextReply = false;
    }

    /** Whether the call that is being made gets no reply. */
    boolean silent() {
        return repliesOff || skipsThisReply;
    }

    /** Writes a reply; true if {@link #takeOutput} is to be called now, and was not before. */
    boolean write(Reply reply, int version) {
        if (!killed) {
            outbox.write(reply, version);
        }
        return expectOutput();
    }

    /** Says that {@link #takeOutput} will be called; true if that is new. */
    boolean expectOutput() {
        boolean isNew = !answered;
        answered = true;
        return isNew;
    }

    /** Bytes written that {@link #takeOutput} would take. */
    long writtenBytes() {
        return outbox.writtenBytes();
    }

    /** What is to be sent; null if nothing is. */
    Outbox.Delivery takeOutput() {
        answered = false;
        if (killed) {
            outbox.discard();
            return null;
        }
        boolean last = closing && carriedOver.isEmpty();
        return last || outbox.writtenBytes() > 0 ? outbox.take(last) : null;
    }

    EventLoop eventLoop() {
        return channel.eventLoop();
    }

    private static String text(SocketAddress address) {
        if (!(address instanceof InetSocketAddress internet) || internet.getAddress() == null) {
            return "";
        }
        String host = NetUtil.toAddressString(internet.getAddress());
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + internet.getPort();
    }
}
