package dev.respql.network;

import dev.respql.StartupException;
import dev.respql.config.Config;
import dev.respql.engine.BusyLoop;
import dev.respql.engine.Node;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** The event loops and the sockets that listen. Safe for use by all threads. */
public final class Listener implements AutoCloseable {
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(256 * 1024, 1024 * 1024);

    static {
        if (System.getProperty("io.netty.leakDetection.level") == null) {
            // Sampled stack traces cost some per cent of a busy server; tests and searches for leaks ask for them.
            ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        }
    }

    private final EventLoopGroup group;
    private final List<EventLoop> loops = new ArrayList<>();
    private final Map<EventLoop, Turn> turns = new IdentityHashMap<>();
    private final List<Channel> sockets = new ArrayList<>();
    /** Once closed, it closes whatever is added to it. */
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);

    /** Starts this many event loops; nothing listens yet. */
    public Listener(int loopCount) {
        group = new MultiThreadIoEventLoopGroup(loopCount,
                Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory()) {
            @Override
            protected IoEventLoop newChild(Executor executor, IoHandlerFactory factory, Object... arguments) {
                return new BusyLoop(this, executor, factory);
            }
        };
        for (int i = 0; i < loopCount; i++) {
            EventLoop loop = group.next();
            loops.add(loop);
            turns.put(loop, new Turn(loop));
        }
    }

    public List<EventLoop> loops() {
        return loops;
    }

    /**
     * Listens on an address; port 0 takes a free one.
     *
     * @return the port
     * @throws StartupException where that is not possible
     */
    public int listen(String host, int port, Node node) {
        Class<? extends ServerChannel> type =
                Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(group)
                .channel(type)
                .option(ChannelOption.SO_BACKLOG, 511)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                // A client that has sent all and closed its side still gets its replies.
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        connections.add(channel);
                        KeepAlive.set(channel, node.config().number(Config.TCP_KEEPALIVE));
                        channel.pipeline().addLast(new ClientHandler(node, turns.get(channel.eventLoop())));
                    }
                });
        try {
            Channel socket = bootstrap.bind(host, port).syncUninterruptibly().channel();
            sockets.add(socket);
            return ((InetSocketAddress) socket.localAddress()).getPort();
        } catch (Exception e) {
            throw new StartupException("cannot listen on " + host + ":" + port + ": " + e.getMessage(), e);
        }
    }

    /** Does something again and again on an event loop, until the listener is closed. */
    public void every(long millis, Runnable task) {
        loops.get(0).scheduleWithFixedDelay(task, millis, millis, TimeUnit.MILLISECONDS);
    }

    /** Stops listening and closes all connections; waits for the event loops to end. */
    @Override
    public void close() {
        for (Channel socket : sockets) {
            socket.close().syncUninterruptibly();
        }
        // Event loops that end do not always close what is registered with them.
        connections.close().awaitUninterruptibly();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
