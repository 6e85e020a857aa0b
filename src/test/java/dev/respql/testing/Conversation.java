package dev.respql.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/**
 * All that a server says to one request of any bytes on a connection of its own: for comparing, byte for byte, what two
 * servers make of the same input.
 */
public final class Conversation {
    /** What {@link #of} ends with where the server has closed the connection. */
    public static final String CLOSED = "<closed>";

    private static final String END = "+OK\r\n$19\r\nend of conversation\r\n";
    private static final String ASK_FOR_END = "\r\nCLIENT REPLY ON\r\nECHO \"end of conversation\"\r\n";

    private Conversation() {
    }

    /** Lines as a person types them, each an inline command. */
    public static String of(int port, String... lines) {
        return of(port, Bytes.latin1(String.join("\r\n", lines)));
    }

    /**
     * Everything that comes back, one character a byte, up to the moment when all of the request has been worked off or
     * the connection was closed.
     */
    public static String of(int port, byte[] request) {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            socket.setTcpNoDelay(true);
            send(socket, request);
            InputStream in = socket.getInputStream();
            byte[] chunk = new byte[1 << 16];
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                answer.write(chunk, 0, count);
                String text = answer.toString(StandardCharsets.ISO_8859_1);
                if (text.endsWith(END)) {
                    return text.substring(0, text.length() - END.length());
                }
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError("neither an end nor closed, after: " + Bytes.escape(answer.toByteArray()));
        } catch (SocketException e) {
            // A server that closes with our bytes still unread resets the connection: closed all the same.
            return closed(answer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return closed(answer);
    }

    private static void send(Socket socket, byte[] request) throws IOException {
        try {
            socket.getOutputStream().write(request);
            socket.getOutputStream().write(Bytes.latin1(ASK_FOR_END));
        } catch (SocketException e) {
            // Closed while we were still sending: what it has said can be read all the same.
        }
    }

    private static String closed(ByteArrayOutputStream answer) {
        return answer.toString(StandardCharsets.ISO_8859_1) + CLOSED;
    }
}
