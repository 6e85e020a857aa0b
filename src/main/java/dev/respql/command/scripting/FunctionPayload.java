package dev.respql.command.scripting;

import dev.respql.command.CommandException;
import dev.respql.value.Bytes;
import dev.respql.value.Crc64;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * What FUNCTION DUMP returns and FUNCTION RESTORE takes, in the format of RDB files: for each library an opcode and its
 * source as a string, then the version of the format and a checksum.
 */
final class FunctionPayload {
    private static final int FUNCTION = 0xF5;
    /** That of Redis 7.0, so that it can read what is written here. */
    private static final short VERSION_WRITTEN = 10;
    /** That of Redis 7.2. */
    private static final int LAST_VERSION_READ = 11;
    private static final int FOOTER = 2 + 8;
    /** LZF makes at most 264 bytes of three. */
    private static final int MOST_COMPRESSION = 100;

    private FunctionPayload() {
    }

    static byte[] write(Collection<byte[]> sources) {
        int length = FOOTER;
        for (byte[] source : sources) {
            length += 6 + source.length;
        }
        ByteBuffer out = ByteBuffer.allocate(length);
        for (byte[] source : sources) {
            out.put((byte) FUNCTION);
            if (source.length < 1 << 6) {
                out.put((byte) source.length);
            } else if (source.length < 1 << 14) {
                out.putShort((short) (1 << 14 | source.length));
            } else {
                out.put((byte) 0x80).putInt(source.length);
            }
            out.put(source);
        }
        out.order(ByteOrder.LITTLE_ENDIAN).putShort(VERSION_WRITTEN);
        out.putLong(Crc64.of(out.array(), out.position()));
        byte[] payload = new byte[out.position()];
        out.flip().get(payload);
        return payload;
    }

    /** @throws CommandException if it is no such payload */
    static List<byte[]> read(byte[] payload) {
        ByteBuffer in = ByteBuffer.wrap(payload);
        int end = payload.length - FOOTER;
        if (end < 0 || !hasValidFooter(in, end)) {
            throw new CommandException("ERR DUMP payload version or checksum are wrong");
        }
        in.limit(end);
        List<byte[]> sources = new ArrayList<>();
        while (in.hasRemaining()) {
            if ((in.get() & 0xff) != FUNCTION) {
                throw new CommandException("ERR given type is not a function");
            }
            try {
                sources.add(string(in));
            } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
                throw new CommandException("ERR Failed loading library payload");
            }
        }
        return sources;
    }

    private static boolean hasValidFooter(ByteBuffer in, int end) {
        in.order(ByteOrder.LITTLE_ENDIAN);
        int version = in.getShort(end) & 0xffff;
        long crc = in.getLong(end + 2);
        in.order(ByteOrder.BIG_ENDIAN);
        return version <= LAST_VERSION_READ && crc == Crc64.of(in.array(), end + 2);
    }

    private static byte[] string(ByteBuffer in) {
        int first = in.get() & 0xff;
        if (first >> 6 != 3) {
            return bytes(in, length(in, first));
        }
        return switch (first & 0x3f) {
            case 0 -> Bytes.of(String.valueOf(in.get()));
            case 1 -> Bytes.of(String.valueOf(Short.reverseBytes(in.getShort())));
            case 2 -> Bytes.of(String.valueOf(Integer.reverseBytes(in.getInt())));
            case 3 -> {
                long compressed = length(in, in.get() & 0xff);
                long length = length(in, in.get() & 0xff);
                if (length > MOST_COMPRESSION * compressed) {
                    throw new IndexOutOfBoundsException();
                }
                yield decompressed(bytes(in, compressed), (int) length);
            }
            default -> throw new IndexOutOfBoundsException();
        };
    }

    private static long length(ByteBuffer in, int first) {
        return switch (first >> 6) {
            case 0 -> first;
            case 1 -> (first & 0x3f) << 8 | in.get() & 0xff;
            case 2 -> first == 0x80 ? in.getInt() & 0xffffffffL : first == 0x81 ? in.getLong() : -1;
            default -> -1;
        };
    }

    private static byte[] bytes(ByteBuffer in, long length) {
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[(int) length];
        in.get(bytes);
        return bytes;
    }

    /** LZF: runs of bytes as they are, and references to what came before. */
    private static byte[] decompressed(byte[] from, int length) {
        byte[] to = new byte[length];
        int in = 0;
        int out = 0;
        while (in < from.length) {
            int control = from[in++] & 0xff;
            if (control < 32) {
                System.arraycopy(from, in, to, out, control + 1);
                in += control + 1;
                out += control + 1;
            } else {
                int count = (control >> 5) + 2;
                if (count == 9) {
                    count += from[in++] & 0xff;
                }
                int back = ((control & 0x1f) << 8 | from[in++] & 0xff) + 1;
                for (int i = 0; i < count; i++, out++) {
                    // What is referred to may reach into what is being written.
                    to[out] = to[out - back];
                }
            }
        }
        if (out != length) {
            throw new IndexOutOfBoundsException();
        }
        return to;
    }
}
