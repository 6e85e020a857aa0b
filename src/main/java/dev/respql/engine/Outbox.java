package dev.respql.engine;

import dev.respql.protocol.Reply;
import dev.respql.protocol.RespWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOutboundBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The replies to one client from the moment that they are written until the system has taken them. Written by the
 * client's lane, sent by its event loop; what waits can be asked for by any thread.
 */
final class Outbox {
    /** With so many bytes on their way to the event loop the client is not served for the time being. */
    private static final long MAX_UNDER_WAY = 1 << 20;

    private final Channel channel;
    private final RespWriter writer;
    private final Runnable onRoom;
    /** Bytes that were taken from the writer and have not come to the channel yet. */
    private final AtomicLong underWay = new AtomicLong();

    /** @param onRoom called when, after it did not, the outbox {@link #takesMore} again; by the event loop */
    Outbox(Channel channel, Runnable onRoom) {
        this.channel = channel;
        this.writer = new RespWriter(channel.alloc());
        this.onRoom = onRoom;
    }

    /** Writes a reply; the lane's thread, as is all that has to do with writing. */
    void write(Reply reply, int respVersion) {
        writer.version(respVersion);
        reply.writeTo(writer);
    }

    /** Bytes written that have not been taken. */
    long writtenBytes() {
        return writer.pendingBytes();
    }

    /**
     * Takes what has been written, to be sent by the event loop.
     *
     * @param last whether the connection is to be closed behind it
     */
    Delivery take(boolean last) {
        long bytes = writer.pendingBytes();
        underWay.addAndGet(bytes);
        return new Delivery(this, writer.take(), bytes, last);
    }

    /** Throws away what has been written. */
    void discard() {
        writer.take().forEach(ByteBuf::release);
    }

    /** Bytes that were taken and that the system has not taken yet. For any thread. */
    long unsentBytes() {
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        return underWay.get() + (waiting == null ? 0 : waiting.totalPendingWriteBytes());
    }

    /** Whether the client reads fast enough to be served; so it is said of one that is gone, too. For any thread. */
    boolean takesMore() {
        return !channel.isActive() || channel.isWritable() && underWay.get() < MAX_UNDER_WAY;
    }

    /** What one batch has for one client. */
    record Delivery(Outbox outbox, List<ByteBuf> buffers, long bytes, boolean last) {
        /** To be called once, by the event loop. */
        void send() {
            Channel channel = outbox.channel;
            if (channel.isActive()) {
                for (ByteBuf buffer : buffers) {
                    channel.write(buffer, channel.voidPromise());
                }
                channel.flush();
                if (last) {
                    channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
                }
            } else {
                discard();
            }
            long left = outbox.underWay.addAndGet(-bytes);
            if (left < MAX_UNDER_WAY && left + bytes >= MAX_UNDER_WAY) {
                outbox.onRoom.run();
            }
        }

        /** Instead of {@link #send}, where there is nobody to send to. */
        void discard() {
            buffers.forEach(ByteBuf::release);
        }
    }
}
