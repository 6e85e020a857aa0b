package dev.respql.protocol;

import dev.respql.value.Numbers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes replies as RESP2 or RESP3 into buffers that are ready to be sent. Small values are copied once, into the
 * current buffer; a large bulk string is sent from its own array without a copy. Used by one thread at a time.
 */
public final class RespWriter {
    /** From this size on (bytes) a bulk string travels in a buffer of its own. */
    private static final int OWN_BUFFER_BYTES = 16 * 1024;
    private static final byte[] CRLF = {'\r', '\n'};

    private final ByteBufAllocator allocator;
    private int version = 2;
    private ByteBuf current;
    private List<ByteBuf> finished;
    private long bytes;

    public RespWriter(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /** The protocol version that the next reply is written in: 2 or 3. */
    public void version(int respVersion) {
        this.version = respVersion;
    }

    int version() {
        return version;
    }

    /** Bytes written since the last {@link #take}. */
    public long pendingBytes() {
        return bytes + (current == null ? 0 : current.readableBytes());
    }

    /** The buffers written so far, in order; the caller owns (and releases) them. Empty when nothing was written. */
    public List<ByteBuf> take() {
        List<ByteBuf> taken;
        if (finished == null) {
            taken = current == null ? List.of() : List.of(current);
        } else {
            taken = finished;
            if (current != null) {
                taken.add(current);
            }
        }
        current = null;
        finished = null;
        bytes = 0;
        return taken;
    }

    void simple(String text) {
        line('+', text);
    }

    void error(String text) {
        line('-', text.indexOf('\n') < 0 && text.indexOf('\r') < 0 ? text : text.replace('\r', ' ').replace('\n', ' '));
    }

    void integer(long value) {
        number(':', value);
    }

    void bulk(byte[] value) {
        number('$', value.length);
        body(value);
    }

    void nullBulk() {
        line(version >= 3 ? '_' : '$', version >= 3 ? "" : "-1");
    }

    void nullArray() {
        line(version >= 3 ? '_' : '*', version >= 3 ? "" : "-1");
    }

    void arrayHeader(int size) {
        number('*', size);
    }

    void setHeader(int size) {
        number(version >= 3 ? '~' : '*', size);
    }

    void mapHeader(int pairs) {
        number(version >= 3 ? '%' : '*', version >= 3 ? pairs : 2L * pairs);
    }

    void pushHeader(int size) {
        number(version >= 3 ? '>' : '*', size);
    }

    void dbl(double value) {
        byte[] text = Numbers.formatDouble(value);
        if (version >= 3) {
            ByteBuf out = room(text.length + 3);
            out.writeByte(',').writeBytes(text).writeBytes(CRLF);
        } else {
            bulk(text);
        }
    }

    void bool(boolean value) {
        if (version >= 3) {
            line('#', value ? "t" : "f");
        } else {
            integer(value ? 1 : 0);
        }
    }

    void bigNumber(String digits) {
        if (version >= 3) {
            line('(', digits);
        } else {
            bulk(digits.getBytes(StandardCharsets.US_ASCII));
        }
    }

    void verbatim(String format, byte[] value) {
        if (version >= 3) {
            number('=', value.length + 4L);
            room(4).writeCharSequence(format + ":", StandardCharsets.US_ASCII);
        } else {
            number('$', value.length);
        }
        body(value);
    }

    private void body(byte[] value) {
        if (value.length < OWN_BUFFER_BYTES) {
            room(value.length + 2).writeBytes(value).writeBytes(CRLF);
            return;
        }
        finishCurrent();
        finished.add(Unpooled.wrappedBuffer(value));
        bytes += value.length;
        room(2).writeBytes(CRLF);
    }

    private void line(char type, String text) {
        ByteBuf out = room(3 + text.length());
        out.writeByte(type);
        out.writeCharSequence(text, StandardCharsets.ISO_8859_1);
        out.writeBytes(CRLF);
    }

    private void number(char type, long value) {
        ByteBuf out = room(24);
        out.writeByte(type);
        if (value >= 0 && value < 10) {
            out.writeByte((int) ('0' + value));
        } else {
            out.writeBytes(Numbers.toBytes(value));
        }
        out.writeBytes(CRLF);
    }

    private ByteBuf room(int size) {
        if (current == null) {
            current = allocator.buffer(Math.max(256, size));
        }
        return current;
    }

    private void finishCurrent() {
        if (finished == null) {
            finished = new ArrayList<>();
        }
        if (current != null) {
            bytes += current.readableBytes();
            finished.add(current);
            current = null;
        }
    }
}
