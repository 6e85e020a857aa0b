package dev.respql.bus;

import dev.respql.store.KeyName;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Messages as bytes. All nodes on one database must run versions of respql that agree on them. */
final class MessageCodec {
    private static final int PUBLISHED = 1;
    private static final int PUBLISHED_TO_SHARD = 2;
    private static final int KEYS_READY = 3;
    private static final int KEYS_CHANGED = 4;

    private MessageCodec() {
    }

    static byte[] encode(Message message) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            if (message instanceof Message.Published published) {
                out.writeByte(published.shard() ? PUBLISHED_TO_SHARD : PUBLISHED);
                write(out, published.channel());
                write(out, published.payload());
                out.writeLong(published.before());
            } else if (message instanceof Message.KeysReady ready) {
                out.writeByte(KEYS_READY);
                write(out, ready.keys());
            } else if (message instanceof Message.KeysChanged changed) {
                out.writeByte(KEYS_CHANGED);
                write(out, changed.keys());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** @throws IOException where the bytes are not what {@link #encode} makes */
    static Message decode(byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        int type = in.readByte();
        return switch (type) {
            case PUBLISHED, PUBLISHED_TO_SHARD ->
                    new Message.Published(type == PUBLISHED_TO_SHARD, readBytes(in), readBytes(in), in.readLong());
            case KEYS_READY -> new Message.KeysReady(readKeys(in));
            case KEYS_CHANGED -> new Message.KeysChanged(readKeys(in));
            default -> throw new IOException("a message of unknown type " + type);
        };
    }

    private static void write(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static void write(DataOutputStream out, List<KeyName> keys) throws IOException {
        out.writeInt(keys.size());
        for (KeyName key : keys) {
            out.writeInt(key.db());
            write(out, key.bytes());
        }
    }

    private static byte[] readBytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("a message that ends too early");
        }
        return in.readNBytes(length);
    }

    private static List<KeyName> readKeys(DataInputStream in) throws IOException {
        int count = in.readInt();
        List<KeyName> keys = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            keys.add(new KeyName(in.readInt(), readBytes(in)));
        }
        return keys;
    }
}
