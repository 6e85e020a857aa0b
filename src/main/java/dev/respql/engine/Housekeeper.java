package dev.respql.engine;

import dev.respql.sql.SqlLink;
import dev.respql.store.KeyName;
import dev.respql.store.Prefetch;
import dev.respql.store.Sweeper;
import dev.respql.store.Tx;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The work that no client asked for: removing keys whose time has come, and the rows of keys that are gone. In small
 * steps on the main lane, between batches, so that clients hardly wait for it. Safe for use by all threads.
 */
public final class Housekeeper implements AutoCloseable {
    private static final int KEYS_A_STEP = 200;
    private static final long PERIOD_MILLIS = 100;
    /** What has been dropped is invisible and can wait longer than what has expired. */
    private static final int SWEEP_EVERY = 5;

    private final Node node;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "respql-housekeeper");
        thread.setDaemon(true);
        return thread;
    });
    private volatile boolean paused;
    private long round;

    public Housekeeper(Node node) {
        this.node = node;
    }

    public void start() {
        timer.scheduleWithFixedDelay(this::work, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Does nothing until {@link #resume}; what was begun is finished when this returns. */
    public void pause() {
        paused = true;
        onMainLane(link -> { });
    }

    public void resume() {
        paused = false;
    }

    /** Empties all databases; returns when it is done. */
    public void flushAll() {
        onMainLane(link -> {
            Tx tx = new Tx(link, node.now());
            link.begin(SqlLink.Mode.WRITE);
            link.lockAll();
            tx.keys().flushAll();
            link.commit();
        });
    }

    private void work() {
        node.stats().sample();
        if (paused) {
            return;
        }
        if (node.activeExpire()) {
            onMainLane(this::expire);
        }
        if (round++ % SWEEP_EVERY == 0) {
            onMainLane(this::sweep);
        }
    }

    private void expire(SqlLink link) {
        link.begin(SqlLink.Mode.SINGLE);
        List<KeyName> due = new Tx(link, node.now()).keys().due(KEYS_A_STEP);
        link.commit();
        if (due.isEmpty()) {
            return;
        }
        Tx tx = new Tx(link, node.now());
        link.begin(SqlLink.Mode.WRITE);
        link.lockKeys(due.stream().mapToLong(KeyName::lock).sorted().distinct().toArray());
        Prefetch prefetch = new Prefetch();
        due.forEach(prefetch::header);
        tx.queue(prefetch);
        link.send();
        int removed = 0;
        for (KeyName key : due) {
            if (tx.keys().removeExpired(key)) {
                removed++;
            }
        }
        tx.flush();
        link.commit();
        node.stats().expired(removed);
        if (due.size() == KEYS_A_STEP && !paused) {
            node.mainLane().execute(() -> guarded(this::expire));
        }
    }

    private void sweep(SqlLink link) {
        if (Sweeper.step(link) && !paused) {
            node.mainLane().execute(() -> guarded(this::sweep));
        }
    }

    private void onMainLane(Consumer<SqlLink> work) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        node.mainLane().execute(() -> {
            guarded(work);
            done.complete(null);
        });
        done.join();
    }

    private void guarded(Consumer<SqlLink> work) {
        SqlLink link = node.mainLane().link();
        try {
            work.accept(link);
        } catch (RuntimeException e) {
            link.rollback();
            node.report("housekeeping failed and will be tried again", e);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
