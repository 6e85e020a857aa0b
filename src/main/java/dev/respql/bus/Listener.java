package dev.respql.bus;

import dev.respql.sql.ConnectionSource;
import dev.respql.sql.Database;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens for notifications to one node, in a thread and on a connection of its own that it opens again when it breaks. */
final class Listener {
    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);
    /** After so much silence the connection is tried. */
    private static final int SILENCE_MILLIS = 5_000;
    private static final int ANSWER_SECONDS = 5;
    private static final long RETRY_MILLIS = 100;
    private static final String MESSAGE = "SELECT body FROM messages WHERE node = ? AND number = ?";

    private final Database database;
    private final long id;
    private final Consumer<Notice> consumer;
    private final CountDownLatch listening = new CountDownLatch(1);
    private final Thread thread = new Thread(this::work, "respql-listener");
    private volatile ConnectionSource.Lease lease;
    private volatile boolean closed;

    /** @param consumer called by the listener's thread, in the order in which the notices were sent */
    Listener(Database database, long id, Consumer<Notice> consumer) {
        this.database = database;
        this.id = id;
        this.consumer = consumer;
        thread.setDaemon(true);
    }

    /** Returns as soon as nothing is missed any more. */
    void start() {
        thread.start();
        try {
            listening.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** For any thread. */
    void close() {
        closed = true;
        disconnect();
        thread.interrupt();
        listening.countDown();
    }

    private void work() {
        boolean first = true;
        while (!closed) {
            try {
                ConnectionSource.Lease open = database.lease();
                lease = open;
                if (closed) {
                    break;
                }
                try (Statement statement = open.connection().createStatement()) {
                    statement.execute("LISTEN " + Notice.channel(id));
                }
                if (!first) {
                    LOG.info("listening to the other nodes again");
                    consumer.accept(new Notice(Notice.Kind.MISSED, id, List.of()));
                }
                first = false;
                listening.countDown();
                listen(open);
            } catch (SQLException e) {
                if (!closed) {
                    LOG.warn("the other nodes cannot be heard now: {}", e.getMessage());
                }
            } catch (RuntimeException e) {
                LOG.error("a message of another node could not be dealt with", e);
            }
            disconnect();
            pause();
        }
        disconnect();
    }

    private void listen(ConnectionSource.Lease open) throws SQLException {
        while (!closed) {
            PGNotification[] notifications = open.postgres().getNotifications(SILENCE_MILLIS);
            if (notifications == null || notifications.length == 0) {
                if (!open.connection().isValid(ANSWER_SECONDS)) {
                    throw new SQLException("the database does not answer");
                }
                continue;
            }
            for (PGNotification notification : notifications) {
                consumer.accept(parse(notification.getParameter(), open.connection()));
            }
        }
    }

    private Notice parse(String payload, Connection connection) throws SQLException {
        String[] words = payload.split(" ");
        try {
            Notice.Kind kind = Notice.Kind.valueOf(words[0]);
            long sender = Long.parseLong(words[1]);
            List<Message> messages = new ArrayList<>();
            if (kind == Notice.Kind.MESSAGES) {
                for (String item : words[3].split(",")) {
                    byte[] body = item.charAt(0) == '@' ? read(connection, sender, Long.parseLong(item.substring(1)))
                            : Base64.getDecoder().decode(item);
                    messages.add(MessageCodec.decode(body));
                }
            }
            return new Notice(kind, sender, messages);
        } catch (IllegalArgumentException | IndexOutOfBoundsException | IOException e) {
            LOG.warn("a notification that no respql of this version sends, or a message that is gone: {}", e.toString());
            return new Notice(Notice.Kind.MISSED, id, List.of());
        }
    }

    private static byte[] read(Connection connection, long sender, long number) throws SQLException, IOException {
        try (PreparedStatement statement = connection.prepareStatement(MESSAGE)) {
            statement.setLong(1, sender);
            statement.setLong(2, number);
            try (ResultSet rows = statement.executeQuery()) {
                if (!rows.next()) {
                    throw new IOException("message " + number + " of node " + sender + " is not there");
                }
                return rows.getBytes(1);
            }
        }
    }

    private void disconnect() {
        ConnectionSource.Lease open = lease;
        lease = null;
        if (open != null) {
            open.abort();
        }
    }

    private void pause() {
        if (!closed) {
            try {
                TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
            } catch (InterruptedException e) {
                // Closed: the loop ends.
            }
        }
    }
}
