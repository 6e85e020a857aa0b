package dev.respql.oracle;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/** Stands between a client and a server and changes what passes, in pieces as they come. */
final class LyingProxy implements AutoCloseable {
    private final ServerSocket listening;
    private final int serverPort;
    private final UnaryOperator<byte[]> request;
    private final UnaryOperator<byte[]> reply;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    LyingProxy(int serverPort, UnaryOperator<byte[]> request, UnaryOperator<byte[]> reply) throws IOException {
        this.serverPort = serverPort;
        this.request = request;
        this.reply = reply;
        listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listening.accept();
            Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            open.add(client);
            open.add(server);
            start(() -> pump(client, server, request));
            start(() -> pump(server, client, reply));
        }
    }

    private static void pump(Socket from, Socket to, UnaryOperator<byte[]> change) throws IOException {
        try (from; to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                out.write(change.apply(Arrays.copyOf(buffer, n)));
            }
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException closed) {
                // One of the two sides went away, or the test is over.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }
}
