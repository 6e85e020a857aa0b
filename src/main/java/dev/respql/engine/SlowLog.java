package dev.respql.engine;

import dev.respql.value.Bytes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/** The last calls that took long, without their secrets. For all threads. */
public final class SlowLog {
    private static final int MAX_ARGUMENTS = 32;
    private static final int MAX_ARGUMENT_BYTES = 128;

    /**
     * A call that took long.
     *
     * @param id ascending; not reset with the log
     * @param time in seconds since 1970
     * @param arguments with the command's name, shortened as Redis does: at most 32, of at most 128 bytes
     * @param client its address
     * @param clientName as CLIENT SETNAME set it, else empty
     */
    public record Entry(long id, long time, long micros, List<byte[]> arguments, String client, String clientName) {
    }

    private final Deque<Entry> newestFirst = new ArrayDeque<>();
    private long nextId;

    /** Takes a call in, and lets the oldest go beyond {@code maxLength} entries. */
    synchronized void add(byte[][] arguments, Client client, long micros, long maxLength) {
        newestFirst.addFirst(new Entry(nextId++, System.currentTimeMillis() / 1000, micros, shortened(arguments),
                client.remoteAddress(), client.name()));
        trim(maxLength);
    }

    /** Lets the oldest go beyond {@code maxLength} entries. */
    synchronized void trim(long maxLength) {
        while (newestFirst.size() > maxLength) {
            newestFirst.removeLast();
        }
    }

    /** At most {@code count} entries, the newest first. */
    public synchronized List<Entry> newest(long count) {
        return newestFirst.stream().limit(count).toList();
    }

    public synchronized int size() {
        return newestFirst.size();
    }

    public synchronized void clear() {
        newestFirst.clear();
    }

    private static List<byte[]> shortened(byte[][] arguments) {
        int shown = arguments.length > MAX_ARGUMENTS ? MAX_ARGUMENTS - 1 : arguments.length;
        List<byte[]> all = new ArrayList<>(MAX_ARGUMENTS);
        for (int i = 0; i < shown; i++) {
            all.add(shortened(arguments[i]));
        }
        if (shown < arguments.length) {
            all.add(Bytes.of("... (" + (arguments.length - shown) + " more arguments)"));
        }
        return all;
    }

    private static byte[] shortened(byte[] argument) {
        if (argument.length <= MAX_ARGUMENT_BYTES) {
            return argument;
        }
        byte[] note = Bytes.of("... (" + (argument.length - MAX_ARGUMENT_BYTES) + " more bytes)");
        byte[] text = Arrays.copyOf(argument, MAX_ARGUMENT_BYTES + note.length);
        System.arraycopy(note, 0, text, MAX_ARGUMENT_BYTES, note.length);
        return text;
    }
}
