package dev.respql.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands between a server and its PostgreSQL and can take a connection away from the server without the database
 * noticing, as when a cable is pulled. For any thread.
 */
public final class Cable implements AutoCloseable {
    private final URI database;
    private final ServerSocket listening;
    /** The server's ends, by the port that the database sees. */
    private final Map<Integer, Socket> servers = new ConcurrentHashMap<>();
    private final Map<Integer, Socket> databases = new ConcurrentHashMap<>();

    /** @param url a JDBC URL of {@link PostgresForTests} */
    public Cable(String url) throws IOException {
        database = URI.create(url.substring("jdbc:".length()));
        listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    /** The same database's JDBC URL by way of this. */
    public String url() {
        return "jdbc:postgresql://localhost:" + listening.getLocalPort() + database.getPath() + "?" + database.getQuery();
    }

    /** Closes the server's end of a connection; the database has its end until this object is closed. */
    public void cut(int portThatTheDatabaseSees) throws IOException {
        servers.get(portThatTheDatabaseSees).close();
    }

    private void accept() {
        try {
            while (true) {
                Socket server = listening.accept();
                Socket itsDatabase = new Socket(database.getHost(), database.getPort());
                servers.put(itsDatabase.getLocalPort(), server);
                databases.put(itsDatabase.getLocalPort(), itsDatabase);
                start(() -> copy(server, itsDatabase));
                start(() -> copy(itsDatabase, server));
            }
        } catch (IOException e) {
            // It has been closed.
        }
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            // One of them has been closed; what the other has to say is not wanted.
        }
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "cable");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            listening.close();
            for (Socket socket : databases.values()) {
                socket.close();
            }
            for (Socket socket : servers.values()) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
