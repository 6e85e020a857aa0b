package dev.respql.engine;

import dev.respql.command.Command;
import dev.respql.protocol.Reply;
import dev.respql.protocol.RespWriter;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.List;
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
    private final RespWriter out;
    private final long createdAt = System.currentTimeMillis();
    private final ArrayDeque<Request> requests = new ArrayDeque<>();
    private final AtomicLong queuedBytes = new AtomicLong();
    private boolean ready;
    private boolean closing;
    private volatile boolean killed;
    private volatile boolean readingPaused;
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
    private boolean repliesOff;
    private boolean skipsThisReply;
    private boolean skipsNextReply;

    Client(long id, Channel channel, Lane lane, boolean authenticated) {
        this.id = id;
        this.channel = channel;
        this.lane = lane;
        this.remoteAddress = text(channel.remoteAddress());
        this.localAddress = text(channel.localAddress());
        this.out = new RespWriter(channel.alloc());
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

    /** When the last command was taken, in milliseconds since 1970. */
    public long lastActiveAt() {
        return lastActiveAt;
    }

    /** Bytes of requests that wait for their turn. */
    public long queuedBytes() {
        return queuedBytes.get();
    }

    /** Bytes of replies that have not been sent yet. */
    public long unsentBytes() {
        return out.pendingBytes();
    }

    public ClientType type() {
        return ClientType.NORMAL;
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
    }

    /** The connection is closed once everything answered so far has been sent, and takes no further commands. */
    public void closeAfterReplies() {
        closing = true;
    }

    /** Closes the connection at once; for any thread. */
    void kill() {
        killed = true;
        channel.close();
    }

    /** Sends something that answers no command; for any thread. */
    public void push(Reply message) {
        push(List.of(message));
    }

    /** Sends several such messages in one go; for any thread. */
    void push(List<Reply> messages) {
        lane.execute(() -> {
            for (Reply message : messages) {
                write(message, respVersion);
            }
            send();
        });
    }

    /** Bytes that wait for the client to read, as long as it is not {@link #writable}; else 0. For any thread. */
    long unreadBytes() {
        return channel.bytesBeforeWritable();
    }

    // ---- for the network, on the connection's event loop

    Lane lane() {
        return lane;
    }

    /** Runs the client's lane if it is not running anyway; for any thread. */
    public void wakeLane() {
        lane.wake();
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
            channel.eventLoop().execute(() -> channel.config().setAutoRead(true));
        }
        return request;
    }

    boolean ready() {
        return ready;
    }

    void ready(boolean isQueued) {
        this.ready = isQueued;
    }

    boolean closing() {
        return closing || killed;
    }

    /** Whether the client reads its replies fast enough to be served. */
    boolean writable() {
        return channel.isWritable();
    }

    void used(Command command, long now) {
        lastCommand = command;
        lastActiveAt = now;
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

    void write(Reply reply, int version) {
        out.version(version);
        reply.writeTo(out);
    }

    /** Hands what was written to the network. */
    void send() {
        lane.sent(out.pendingBytes());
        List<ByteBuf> buffers = out.take();
        boolean last = closing;
        if (channel.eventLoop().inEventLoop()) {
            send(buffers, last);
        } else {
            channel.eventLoop().execute(() -> send(buffers, last));
        }
    }

    private void send(List<ByteBuf> buffers, boolean last) {
        for (ByteBuf buffer : buffers) {
            channel.write(buffer, channel.voidPromise());
        }
        channel.flush();
        if (last) {
            channel.writeAndFlush(io.netty.buffer.Unpooled.EMPTY_BUFFER)
                    .addListener(io.netty.channel.ChannelFutureListener.CLOSE);
        }
    }

    private static String text(SocketAddress address) {
        if (!(address instanceof InetSocketAddress internet) || internet.getAddress() == null) {
            return "";
        }
        String host = NetUtil.toAddressString(internet.getAddress());
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + internet.getPort();
    }
}
