package dev.respql.sql;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps SQLite's write-ahead log safe and short from a thread of its own: it syncs the log to disk once a second (what
 * {@code --durability everysec} promises) and copies it into the database file before it grows long. Copying goes on
 * beside the writer. The log can start again from its beginning only when everything in it has been copied, which under
 * steady writing never happens by itself: once it has outgrown its bound the writer copies the little that is left,
 * between two batches (see {@link #mustFinish}). What fails is tried again until it works.
 */
final class WalKeeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WalKeeper.class);
    /** So much that was not copied yet starts a copy. */
    private static final long CHECKPOINT_BYTES = 32L << 20;
    /** So long a log is made to start again. */
    private static final long BOUND_BYTES = 128L << 20;
    private static final long PERIOD_MILLIS = 100;
    private static final long SYNC_MILLIS = 1000;
    /** What failed need not be tried as often. */
    private static final long RETRY_MILLIS = 1000;

    private final HikariDataSource pool;
    private final Path wal;
    private final boolean syncEverySecond;
    private final Thread thread = new Thread(this::keep, "respql-wal");
    private volatile boolean closed;
    private volatile boolean mustFinish;
    private final Duty syncing = new Duty("synced");
    private final Duty copying = new Duty("copied");
    private Connection connection;
    private Statement statement;
    private long pageBytes;
    private long lastSync = System.nanoTime();

    WalKeeper(HikariDataSource pool, Path database, boolean syncEverySecond) {
        this.pool = pool;
        this.wal = database.resolveSibling(database.getFileName() + "-wal");
        this.syncEverySecond = syncEverySecond;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** The link that writes; it asks {@link #mustFinish} between batches. */
    void watch(SqliteLink writer) {
        writer.keeper(this);
    }

    /** Whether the writer should run a checkpoint itself, now that almost all of it has been done here. */
    boolean mustFinish() {
        return mustFinish;
    }

    void finished() {
        mustFinish = false;
    }

    /** The writer's checkpoint has failed. */
    void failed(DatabaseException failure) {
        mustFinish = false;
        copying.failed(failure);
    }

    /** Asks the writer to run a checkpoint after its next commit. */
    void askToFinish() {
        mustFinish = true;
    }

    private void keep() {
        while (!closed) {
            pause();
            try {
                if (syncEverySecond && System.nanoTime() - lastSync >= SYNC_MILLIS * 1_000_000) {
                    lastSync = System.nanoTime();
                    syncing.attempt(this::sync);
                }
                copying.attempt(this::copy);
            } catch (Error e) {
                // There is no memory even to report what has failed; there may be some when it is tried again.
            }
        }
        disconnect();
    }

    /** Copies the log if it is time to. */
    private void copy() throws SQLException {
        try {
            if (connection == null) {
                connection = pool.getConnection();
                statement = connection.createStatement();
                pageBytes = first(statement, "PRAGMA page_size", 1);
            }
            copyIfLong();
        } catch (SQLException | RuntimeException | Error e) {
            disconnect();
            throw e;
        }
    }

    private void copyIfLong() throws SQLException {
        long logged = 0;
        long uncopied = 0;
        try (ResultSet state = statement.executeQuery("PRAGMA wal_checkpoint(NOOP)")) {
            if (state.next()) {
                logged = state.getLong(2) * pageBytes;
                uncopied = (state.getLong(2) - state.getLong(3)) * pageBytes;
            }
        }
        boolean tooLong = logged >= BOUND_BYTES && uncopied > 0;
        if (uncopied >= CHECKPOINT_BYTES || tooLong && !mustFinish) {
            statement.execute("PRAGMA wal_checkpoint(PASSIVE)");
            if (tooLong) {
                askToFinish();
            }
        }
    }

    private void disconnect() {
        if (connection != null) {
            pool.evictConnection(connection);
            connection = null;
        }
    }

    private static long first(Statement statement, String query, int column) throws SQLException {
        try (ResultSet result = statement.executeQuery(query)) {
            result.next();
            return result.getLong(column);
        }
    }

    /** Brings what stands in the log to the disk; for any thread. */
    void sync() throws IOException {
        if (!Files.exists(wal)) {
            return;
        }
        // SQLite keeps no file locks on the log itself, so that opening and closing it here loses none.
        try (FileChannel channel = FileChannel.open(wal, StandardOpenOption.WRITE)) {
            channel.force(false);
        }
    }

    private void pause() {
        try {
            Thread.sleep(copying.failing ? RETRY_MILLIS : PERIOD_MILLIS);
        } catch (InterruptedException e) {
            closed = true;
        }
    }

    @FunctionalInterface
    private interface Step {
        void run() throws SQLException, IOException;
    }

    /** Something that is tried again and again, and reported when it begins to fail and when it works again. */
    private final class Duty {
        private final String what;
        private volatile boolean failing;

        Duty(String what) {
            this.what = what;
        }

        void attempt(Step step) {
            try {
                step.run();
                if (failing) {
                    failing = false;
                    LOG.info("the write-ahead log can be {} again", what);
                }
            } catch (SQLException | IOException | RuntimeException | Error e) {
                failed(e);
            }
        }

        void failed(Throwable failure) {
            if (!failing && !closed) {
                failing = true;
                LOG.error("the write-ahead log cannot be {}; it will be tried again", what, failure);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
