package dev.respql.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A client on a bare socket: it sends exactly what it is told to and hands back exactly what came. It starts in RESP2
 * and sends nothing by itself. One thread at a time.
 *
 * <pre>{@code
 * client.call("SET", "key", "value").toString()         // OK
 * client.call("GET", "key").wire()                       // $5\r\nvalue\r\n
 * client.send("INCR", "n").send("INCR", "n");            // a pipeline
 * client.read(2);
 * }</pre>
 *
 * <p>Reading waits at most the client's timeout (ten seconds unless told); then, and when the server closes the
 * connection, an {@link UncheckedIOException} is thrown.
 */
public final class RespClient implements AutoCloseable {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final ByteArrayOutputStream unsent = new ByteArrayOutputStream();
    private Duration timeout = DEFAULT_TIMEOUT;
    private Recording record;
    private UnaryOperator<Reply> rewriting = UnaryOperator.identity();

    private RespClient(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
        this.out = socket.getOutputStream();
    }

    /** Connects to 127.0.0.1. */
    public static RespClient connect(int port) {
        return connect("127.0.0.1", port);
    }

    /** Connects to a host by name or address. */
    public static RespClient connect(String host, int port) {
        try {
            Socket socket = new Socket();
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(InetAddress.getByName(host), port),
                    (int) DEFAULT_TIMEOUT.toMillis());
            socket.setSoTimeout((int) DEFAULT_TIMEOUT.toMillis());
            return new RespClient(socket);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot connect to " + host + ":" + port, e);
        }
    }

    /** How long each of the following reads waits for the next byte. */
    public RespClient timeout(Duration wait) {
        timeout = wait;
        setSocketTimeout(wait);
        return this;
    }

    /** From now on hands back what this makes of each reply. */
    public RespClient rewriting(UnaryOperator<Reply> change) {
        rewriting = change;
        return this;
    }

    /** Switches to RESP2 or RESP3 with {@code HELLO}; its reply is read and must not be an error. */
    public RespClient protocol(int version) {
        Reply hello = call("HELLO", version);
        if (hello.isError()) {
            throw new IllegalStateException("HELLO " + version + ": " + hello);
        }
        return this;
    }

    /** Sends one command as an array of bulk strings and reads nothing. Arguments: {@code byte[]}, or by their text. */
    public RespClient send(Object... arguments) {
        return queue(arguments).flush();
    }

    /** As {@link #send(Object...)} for arguments that are bytes already. */
    public RespClient send(List<byte[]> arguments) {
        return queue(arguments.toArray()).flush();
    }

    /** Appends one command to what the next {@link #flush()} sends in one piece. */
    public RespClient queue(Object... arguments) {
        unsent.writeBytes(Bytes.latin1("*" + arguments.length + "\r\n"));
        for (Object argument : arguments) {
            byte[] bytes = Bytes.of(argument);
            unsent.writeBytes(Bytes.latin1("$" + bytes.length + "\r\n"));
            unsent.writeBytes(bytes);
            unsent.writeBytes(Bytes.latin1("\r\n"));
        }
        return this;
    }

    /** Sends what was queued, in as few pieces as the socket allows. */
    public RespClient flush() {
        byte[] bytes = unsent.toByteArray();
        unsent.reset();
        return sendRaw(bytes);
    }

    /** Sends a line as a person with telnet would; CR LF is added. */
    public RespClient sendInline(String line) {
        return sendRaw(Bytes.latin1(line + "\r\n"));
    }

    /** Sends these bytes and nothing else. */
    public RespClient sendRaw(byte[] bytes) {
        try {
            out.write(bytes);
            out.flush();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends these characters, one byte each, and nothing else. */
    public RespClient sendRaw(String latin1) {
        return sendRaw(Bytes.latin1(latin1));
    }

    /** Sends one command and reads one reply (which may be a push that was on its way). */
    public Reply call(Object... arguments) {
        return send(arguments).read();
    }

    /** As {@link #call(Object...)} for arguments that are bytes already. */
    public Reply call(List<byte[]> arguments) {
        return send(arguments).read();
    }

    /** Reads exactly one reply, push messages included. */
    public Reply read() {
        return rewriting.apply(readAsItIs());
    }

    /** As {@link #read()}, whatever {@link #rewriting} says. */
    public Reply readAsItIs() {
        record = new Recording();
        try {
            return readReply(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e.getClass().getSimpleName() + " after reading \""
                    + Bytes.escape(record.toByteArray()) + "\"", e);
        }
    }

    /** Reads that many replies. */
    public List<Reply> read(int count) {
        List<Reply> replies = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            replies.add(read());
        }
        return replies;
    }

    /** Reads one reply if its first byte comes within {@code wait}; the rest of it may take the client's timeout. */
    public Optional<Reply> poll(Duration wait) {
        try {
            setSocketTimeout(wait);
            in.mark(1);
            int first = in.read();
            in.reset();
            setSocketTimeout(timeout);
            return first < 0 ? Optional.empty() : Optional.of(read());
        } catch (SocketTimeoutException e) {
            setSocketTimeout(timeout);
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads whatever comes until the server closes the connection; fails when it does not within the timeout. */
    public byte[] readUntilClosed() {
        ByteArrayOutputStream rest = new ByteArrayOutputStream();
        try {
            in.transferTo(rest);
        } catch (SocketTimeoutException e) {
            throw new AssertionError("the server keeps the connection open; it sent \""
                    + Bytes.escape(rest.toByteArray()) + "\"");
        } catch (SocketException reset) {
            // A server that closes with our bytes still unread resets the connection: closed all the same.
            return rest.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return rest.toByteArray();
    }

    /** Tells the server that nothing more will be sent, and keeps reading possible. */
    public void closeOutput() {
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The client's own port, as CLIENT LIST shows it in {@code addr}. */
    public int localPort() {
        return socket.getLocalPort();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void setSocketTimeout(Duration wait) {
        try {
            socket.setSoTimeout((int) Math.max(1, wait.toMillis()));
        } catch (SocketException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Reply readReply(int start) throws IOException {
        char type = (char) readByte();
        String line = readLine();
        return switch (type) {
            case '+', '-', ':', ',', '(', '#' -> Reply.scalar(type, Bytes.latin1(line), recorded(start));
            case '_' -> Reply.scalar(type, null, recorded(start));
            case '$', '=', '!' -> {
                int length = Integer.parseInt(line);
                byte[] payload = length < 0 ? null : readPayload(length);
                yield Reply.scalar(type, payload, recorded(start));
            }
            case '*', '~', '>' -> readItems(type, Integer.parseInt(line), start);
            case '%', '|' -> readItems(type, 2 * Integer.parseInt(line), start);
            default -> throw new IOException("not the start of a reply: '" + type + "'");
        };
    }

    private Reply readItems(char type, int count, int start) throws IOException {
        if (count < 0) {
            return Reply.aggregate(type, null, recorded(start));
        }
        List<Reply> items = new ArrayList<>(Math.min(count, 1024));
        for (int i = 0; i < count; i++) {
            items.add(readReply(record.size()));
        }
        return Reply.aggregate(type, items, recorded(start));
    }

    private byte[] recorded(int start) {
        return record.from(start);
    }

    private byte[] readPayload(int length) throws IOException {
        byte[] payload = in.readNBytes(length);
        record.writeBytes(payload);
        if (payload.length < length) {
            throw new EOFException("closed within a bulk string");
        }
        int cr = readByte();
        int lf = readByte();
        if (cr != '\r' || lf != '\n') {
            throw new IOException("a bulk string longer than announced");
        }
        return payload;
    }

    private String readLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = readByte(); b != '\r'; b = readByte()) {
            line.write(b);
        }
        if (readByte() != '\n') {
            throw new IOException("CR without LF");
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    private int readByte() throws IOException {
        int b = in.read();
        if (b < 0) {
            throw new EOFException("the server closed the connection");
        }
        record.write(b);
        return b;
    }

    /** What was read of the reply so far; each nested reply copies its own part out of it. */
    private static final class Recording extends ByteArrayOutputStream {
        byte[] from(int start) {
            return Arrays.copyOfRange(buf, start, count);
        }
    }
}
