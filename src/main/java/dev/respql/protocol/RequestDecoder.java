package dev.respql.protocol;

import dev.respql.value.InlineArguments;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Turns the bytes of one connection into requests: RESP arrays of bulk strings, or inline commands. It never allocates
 * what the wire merely announces: a long bulk string grows as its bytes arrive. Limits and error texts are those of
 * Redis's {@code networking.c} behaviour as documented and observed. Used by the connection's event loop only.
 */
public final class RequestDecoder {
    private static final int MAX_INLINE_BYTES = 64 * 1024;
    private static final int MAX_ARGUMENTS = Integer.MAX_VALUE;
    private static final int MAX_UNAUTHENTICATED_ARGUMENTS = 10;
    private static final int MAX_UNAUTHENTICATED_BULK_BYTES = 16 * 1024;
    /** Far beyond what any limit allows, far below what a long holds. */
    private static final long MAX_LENGTH = 1L << 50;
    private static final int FIRST_CHUNK_BYTES = 64 * 1024;
    /** What an argument takes in memory beside its bytes. */
    private static final int ARGUMENT_OVERHEAD = 24;
    private static final int NO_BULK = -1;

    /** What a connection allows just now; asked for each request. */
    public interface Limits {
        boolean authenticated();

        /** {@code proto-max-bulk-len}: the longest bulk string, in bytes. */
        long maxBulkBytes();

        /** The most bytes that one request may weigh in memory. */
        long maxRequestBytes();
    }

    private final Limits limits;
    private final List<byte[]> arguments = new ArrayList<>();
    private int missing;
    private int bulkBytes = NO_BULK;
    private byte[] partial;
    private int partialBytes;
    /** Weight of the request as far as it was announced. */
    private long requestBytes;
    /** Weight of the arguments that have wholly come. */
    private long heldBytes;

    public RequestDecoder(Limits limits) {
        this.limits = limits;
    }

    /**
     * The next whole request in {@code in}, or null where more bytes are needed; what was used of {@code in} is
     * consumed. An empty array stands for a request without arguments, which is to be passed over.
     */
    public byte[][] next(ByteBuf in) throws ProtocolException {
        if (missing == 0) {
            if (!in.isReadable()) {
                return null;
            }
            if (in.getByte(in.readerIndex()) != '*') {
                return inline(in);
            }
            int end = lineEnd(in, "too big mbulk count string");
            if (end < 0) {
                return null;
            }
            in.skipBytes(1);
            long count = length(in, end, "invalid multibulk length");
            if (count > MAX_ARGUMENTS) {
                throw new ProtocolException("Protocol error: invalid multibulk length");
            }
            if (count > MAX_UNAUTHENTICATED_ARGUMENTS && !limits.authenticated()) {
                throw new ProtocolException("Protocol error: unauthenticated multibulk length");
            }
            if (count <= 0) {
                return new byte[0][];
            }
            missing = (int) count;
            requestBytes = 0;
            heldBytes = 0;
        }
        while (missing > 0) {
            if (bulkBytes == NO_BULK && !bulkHeader(in)) {
                return null;
            }
            byte[] argument = bulkBody(in);
            if (argument == null) {
                return null;
            }
            arguments.add(argument);
            heldBytes += ARGUMENT_OVERHEAD + argument.length;
            bulkBytes = NO_BULK;
            missing--;
        }
        byte[][] request = arguments.toArray(byte[][]::new);
        arguments.clear();
        return request;
    }

    /** Bytes of the argument that has not wholly come, as far as {@link #next} has taken them. */
    public long partialBytes() {
        return partial == null ? 0 : partialBytes;
    }

    /** What the request that has not wholly come weighs in memory so far, in bytes. */
    public long heldBytes() {
        return missing == 0 ? 0 : heldBytes + (partial == null ? 0 : partial.length);
    }

    private boolean bulkHeader(ByteBuf in) throws ProtocolException {
        int end = lineEnd(in, "too big bulk count string");
        if (end < 0) {
            return false;
        }
        byte type = in.readByte();
        if (type != '$') {
            throw new ProtocolException("Protocol error: expected '$', got '" + (char) (type & 0xff) + "'");
        }
        long length = length(in, end, "invalid bulk length");
        if (length < 0 || length > limits.maxBulkBytes() || length > Integer.MAX_VALUE - 16) {
            throw new ProtocolException("Protocol error: invalid bulk length");
        }
        if (length > MAX_UNAUTHENTICATED_BULK_BYTES && !limits.authenticated()) {
            throw new ProtocolException("Protocol error: unauthenticated bulk length");
        }
        requestBytes += ARGUMENT_OVERHEAD + length;
        if (requestBytes > limits.maxRequestBytes()) {
            throw new ProtocolException("Protocol error: request too big for the memory of this server");
        }
        bulkBytes = (int) length;
        return true;
    }

    private byte[] bulkBody(ByteBuf in) {
        if (partial == null && in.readableBytes() >= bulkBytes + 2) {
            byte[] whole = new byte[bulkBytes];
            in.readBytes(whole);
            in.skipBytes(2);
            return whole;
        }
        if (partial == null) {
            if (bulkBytes <= FIRST_CHUNK_BYTES) {
                return null;
            }
            partial = new byte[FIRST_CHUNK_BYTES];
            partialBytes = 0;
        }
        int arrived = Math.min(in.readableBytes(), bulkBytes - partialBytes);
        if (partialBytes + arrived > partial.length) {
            int doubled = (int) Math.min(bulkBytes, 2L * partial.length);
            partial = Arrays.copyOf(partial, Math.max(doubled, partialBytes + arrived));
        }
        in.readBytes(partial, partialBytes, arrived);
        partialBytes += arrived;
        if (partialBytes < bulkBytes || in.readableBytes() < 2) {
            return null;
        }
        in.skipBytes(2);
        byte[] whole = partial.length == bulkBytes ? partial : Arrays.copyOf(partial, bulkBytes);
        partial = null;
        return whole;
    }

    private byte[][] inline(ByteBuf in) throws ProtocolException {
        int newline = in.bytesBefore((byte) '\n');
        if (newline < 0) {
            if (in.readableBytes() > MAX_INLINE_BYTES) {
                throw new ProtocolException("Protocol error: too big inline request");
            }
            return null;
        }
        byte[] line = new byte[newline];
        in.readBytes(line);
        in.skipBytes(1);
        int length = newline > 0 && line[newline - 1] == '\r' ? newline - 1 : newline;
        List<byte[]> words = InlineArguments.split(length == newline ? line : Arrays.copyOf(line, length));
        if (words == null) {
            throw new ProtocolException("Protocol error: unbalanced quotes in request");
        }
        return words.toArray(byte[][]::new);
    }

    /** Index of the line's CR, or -1 while the line is not complete. */
    private static int lineEnd(ByteBuf in, String tooLong) throws ProtocolException {
        int length = in.bytesBefore((byte) '\r');
        if (length < 0) {
            if (in.readableBytes() > MAX_INLINE_BYTES) {
                throw new ProtocolException("Protocol error: " + tooLong);
            }
            return -1;
        }
        return in.readableBytes() >= length + 2 ? in.readerIndex() + length : -1;
    }

    /** The number between the reader's place and the line's end, which must be written as Redis itself would. */
    private static long length(ByteBuf in, int end, String invalid) throws ProtocolException {
        int first = in.readerIndex();
        boolean negative = first < end && in.getByte(first) == '-';
        if (negative) {
            first++;
        }
        boolean canonical = first < end && (in.getByte(first) != '0' || end - in.readerIndex() == 1);
        long value = 0;
        for (int i = first; canonical && i < end; i++) {
            int digit = in.getByte(i) - '0';
            canonical = digit >= 0 && digit <= 9 && value < MAX_LENGTH;
            value = value * 10 + digit;
        }
        if (!canonical) {
            throw new ProtocolException("Protocol error: " + invalid);
        }
        in.readerIndex(end + 2);
        return negative ? -value : value;
    }
}
