package dev.respql;

import dev.respql.command.CommandTable;
import dev.respql.command.Commands;
import dev.respql.config.Config;
import dev.respql.engine.Housekeeper;
import dev.respql.engine.Node;
import dev.respql.network.Listener;
import dev.respql.sql.Database;
import dev.respql.sql.DatabaseSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running respql: the parts, put together. Safe for use by all threads. */
public final class Server implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);
    /** More lanes than processors make smaller batches, which cost more than a commit waited for. */
    private static final int DEFAULT_POSTGRESQL_LANES = Math.max(2, Runtime.getRuntime().availableProcessors());
    private static final long CHECK_CLIENTS_MILLIS = 100;

    private final Database database;
    private final Listener listener;
    private final List<ExecutorService> laneThreads = new ArrayList<>();
    private final CountDownLatch shutdown = new CountDownLatch(1);
    private final Node node;
    private final Housekeeper housekeeper;
    private final int port;
    private boolean closed;

    private Server(Config config, CommandTable commands) {
        DatabaseSettings settings = DatabaseSettings.of(config, lanes(config));
        database = Database.open(settings);
        boolean lanesNeedThreads = database.sharedByNodes();
        listener = new Listener(lanesNeedThreads ? Math.max(1, Runtime.getRuntime().availableProcessors() / 2) : 1);
        try {
            node = new Node(config, commands, database,
                    lanesNeedThreads ? threads(settings.links()) : listener.loops(), shutdown::countDown);
            housekeeper = new Housekeeper(node);
            if (config.flag("flushall")) {
                housekeeper.flushAll();
            }
            node.join();
            int bound = 0;
            for (String address : config.bindAddresses()) {
                bound = listener.listen(address, bound != 0 ? bound : (int) config.number("port"), node);
            }
            port = bound;
            listener.every(CHECK_CLIENTS_MILLIS, node::checkClients);
            config.putForThisRun("port", Integer.toString(port));
            housekeeper.start();
        } catch (RuntimeException e) {
            release();
            throw e;
        }
        announce(config);
    }

    /**
     * Starts a server and returns when it serves.
     *
     * @throws StartupException with one line for the user where it cannot start
     */
    public static Server start(Config config) {
        return start(config, Commands.table());
    }

    /** As {@link #start(Config)}, with other commands than Redis's. */
    public static Server start(Config config, CommandTable commands) {
        return new Server(config, commands);
    }

    /** The port it listens on. */
    public int port() {
        return port;
    }

    public Node node() {
        return node;
    }

    /** For tests that count statements. */
    public Housekeeper housekeeper() {
        return housekeeper;
    }

    /** Waits until SHUTDOWN is called or {@link #close} has been. */
    public void awaitShutdown() {
        try {
            shutdown.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        close();
    }

    /** Stops serving; what has been answered is committed. May be called more than once. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        housekeeper.close();
        release();
        shutdown.countDown();
    }

    private void release() {
        if (node != null) {
            // An event loop on which a script does not end would not end either.
            node.scripting().abort();
        }
        listener.close();
        for (ExecutorService thread : laneThreads) {
            thread.shutdown();
        }
        for (ExecutorService thread : laneThreads) {
            try {
                thread.awaitTermination(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        if (node != null) {
            node.leave();
        }
        database.close();
    }

    private List<Executor> threads(int count) {
        for (int i = 0; i < count; i++) {
            String name = "respql-lane-" + i;
            laneThreads.add(Executors.newSingleThreadExecutor(task -> new Thread(task, name)));
        }
        return List.copyOf(laneThreads);
    }

    private static int lanes(Config config) {
        int chosen = (int) config.number("lanes");
        return chosen == 0 ? DEFAULT_POSTGRESQL_LANES : chosen;
    }

    private void announce(Config config) {
        LOG.info("respql {} (protocol of Redis {})", Version.RESPQL, Version.REDIS);
        LOG.info("  listening on {} port {}", config.get("bind"), port);
        LOG.info("  {} at {}", database.description(), database.location());
        LOG.info("  durability {}", database.durability());
    }
}
