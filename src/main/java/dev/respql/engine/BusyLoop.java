package dev.respql.engine;

import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.SingleThreadIoEventLoop;
import java.util.concurrent.Executor;

/**
 * An event loop that can look at its sockets while a task runs on it for long: where a lane runs on the event loop, a
 * script that does not end would else be the last that anybody hears of the server.
 */
public final class BusyLoop extends SingleThreadIoEventLoop {
    /** For {@link io.netty.channel.MultiThreadIoEventLoopGroup#newChild}. */
    public BusyLoop(IoEventLoopGroup parent, Executor executor, IoHandlerFactory factory) {
        super(parent, executor, factory);
    }

    /** Reads what has come. By a task of this loop, which goes on afterwards. */
    void pump() {
        // With a task in its queue the loop does not wait for sockets.
        execute(() -> { });
        runIo();
    }
}
