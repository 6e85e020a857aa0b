package dev.respql.network;

import dev.respql.engine.Client;
import dev.respql.engine.Node;
import dev.respql.protocol.ProtocolException;
import dev.respql.protocol.RequestDecoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads one connection's requests and hands them to its lane. Runs on the connection's event loop. */
final class ClientHandler extends ChannelInboundHandlerAdapter implements RequestDecoder.Limits {
    private static final Logger LOG = LoggerFactory.getLogger(ClientHandler.class);

    private final Node node;
    private final Turn turn;
    private final RequestDecoder decoder = new RequestDecoder(this);
    private Client client;
    private ByteBuf unread = Unpooled.EMPTY_BUFFER;
    private boolean broken;
    /** Whether nothing is read until what was submitted has been answered. Set on the event loop. */
    private volatile boolean waiting;
    /** Whether the client has closed its side. */
    private boolean ended;

    ClientHandler(Node node, Turn turn) {
        this.node = node;
        this.turn = turn;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (node.isProtected() && ProtectedMode.isFromOutside(context.channel().remoteAddress())) {
            refuse(context, ProtectedMode.DENIED);
            return;
        }
        client = node.connect(context.channel());
        if (client == null) {
            refuse(context, "-ERR max number of clients reached");
            return;
        }
        client.whenServed(() -> {
            if (waiting && context.executor().inEventLoop()) {
                // A script may hold the loop up for long, and its other tasks with it.
                goOn(context);
            } else if (waiting) {
                goOnLater(context);
            }
        });
    }

    private void refuse(ChannelHandlerContext context, String error) {
        broken = true;
        context.writeAndFlush(Unpooled.copiedBuffer(error + "\r\n", StandardCharsets.US_ASCII))
                .addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf arrived = (ByteBuf) message;
        if (broken) {
            arrived.release();
            return;
        }
        node.received(arrived.readableBytes());
        unread = unread.isReadable()
                ? ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context.alloc(), unread, arrived) : replace(arrived);
        submitUnread(context);
    }

    private void submitUnread(ChannelHandlerContext context) {
        decode(context);
        if (decoder.partialBytes() + unread.readableBytes() > node.maxQueryBytes(client)) {
            broken = true;
            LOG.warn("closing client {} at {}: its query buffer is full", client.id(), client.remoteAddress());
            node.kill(client);
        }
        if (!unread.isReadable() || broken) {
            replace(Unpooled.EMPTY_BUFFER);
        }
        client.received(decoder.heldBytes() + unread.readableBytes());
        turn.wakeAtEnd(client);
    }

    private void decode(ChannelHandlerContext context) {
        try {
            byte[][] request = waiting ? null : decoder.next(unread);
            while (request != null) {
                if (request.length > 0) {
                    if (!node.trusts(client)) {
                        // It may be giving its password: only then is it known how long the next request may be.
                        waiting = true;
                        context.channel().config().setAutoRead(false);
                    }
                    node.submit(client, request);
                }
                request = waiting ? null : decoder.next(unread);
            }
        } catch (ProtocolException e) {
            broken = true;
            node.submitProtocolError(client, e.getMessage());
        }
    }

    /** By the lane's thread. */
    private void goOnLater(ChannelHandlerContext context) {
        try {
            context.executor().execute(() -> goOn(context));
        } catch (RejectedExecutionException e) {
            // The server is being closed, and its connections with it.
        }
    }

    private void goOn(ChannelHandlerContext context) {
        if (broken || !waiting) {
            return;
        }
        waiting = false;
        if (!ended) {
            context.channel().config().setAutoRead(true);
        }
        submitUnread(context);
        submitEnd();
    }

    private void submitEnd() {
        if (ended && !waiting && !broken) {
            node.submitEnd(client);
            turn.wakeAtEnd(client);
        }
    }

    private ByteBuf replace(ByteBuf buffer) {
        unread.release();
        unread = buffer;
        return buffer;
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (client != null && context.channel().isWritable()) {
            node.lookAgain(client);
        }
    }

    /** The client has closed its side, and may still be reading. */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE && client != null) {
            ended = true;
            submitEnd();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        replace(Unpooled.EMPTY_BUFFER);
        broken = true;
        if (client != null) {
            node.disconnect(client);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
        if (failure instanceof IOException) {
            LOG.debug("connection lost: {}", failure.getMessage());
        } else {
            LOG.error("a connection failed and is closed", failure);
        }
        context.close();
    }

    @Override
    public boolean authenticated() {
        return node.trusts(client);
    }

    @Override
    public long maxBulkBytes() {
        return node.maxBulkBytes();
    }

    @Override
    public long maxRequestBytes() {
        return node.maxRequestBytes();
    }
}
