package dev.respql.engine;

import dev.respql.bus.Message;
import dev.respql.sql.SqlLink;
import dev.respql.store.KeyName;
import dev.respql.store.Prefetch;
import dev.respql.store.Sweeper;
import dev.respql.store.Tx;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * The work that no client asked for: removing keys whose time has come, and the rows of keys that are gone. In small
 * steps on the main lane, each followed by a rest as long as it took, so that clients have the lane for more than half
 * of the time. Safe for use by all threads.
 */
public final class Housekeeper implements AutoCloseable {
    private static final int KEYS_A_STEP = 200;
    private static final long PERIOD_MILLIS = 100;
    /** What has been dropped is invisible and can wait longer than what has expired. */
    private static final int SWEEP_EVERY = 5;
    private static final int MEASURE_CLOCK_EVERY = 50;
    private static final long LAST_ROUND_SECONDS = 5;

    private final Node node;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "respql-housekeeper");
        thread.setDaemon(true);
        return thread;
    });
    private volatile boolean paused;
    private long round;
    private boolean sweeping;

    public Housekeeper(Node node) {
        this.node = node;
    }

    public void start() {
        timer.scheduleWithFixedDelay(this::work, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Does nothing until {@link #resume}; what was begun is finished when this returns. */
    public void pause() {
        paused = true;
        onMainLane(link -> false);
    }

    public void resume() {
        paused = false;
    }

    /** Empties all databases; returns when it is done. */
    public void flushAll() {
        onMainLane(link -> {
            Tx tx = node.mainLane().newTx();
            link.begin(SqlLink.Mode.WRITE);
            link.lockAll();
            tx.keys().flushAll();
            link.commit();
            tx.committed();
            return false;
        });
    }

    /** One round; never throws. */
    void work() {
        try {
            workOneRound();
        } catch (RuntimeException | Error e) {
            // The timer would never call again.
            node.report("housekeeping failed and will be tried again", e);
        }
    }

    private void workOneRound() {
        node.stats().sample();
        if (round++ % MEASURE_CLOCK_EVERY == 0) {
            node.database().measureClock();
        }
        if (!node.bus().alone()) {
            node.wakeLanes();
        }
        if (node.isReadOnly()) {
            return;
        }
        if (!paused) {
            onMainLane(link -> {
                node.mainLane().forgetChanges();
                return false;
            });
        }
        if (!paused && node.watches().someLeftBehind()) {
            onMainLane(link -> {
                node.watches().removeLeftBehind(link);
                return false;
            });
        }
        sweeping |= round % SWEEP_EVERY == 0;
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PERIOD_MILLIS);
        boolean more = true;
        while (more && System.nanoTime() < end) {
            long started = System.nanoTime();
            more = node.activeExpire() && onMainLane(this::expire);
            sweeping = sweeping && onMainLane(this::sweep);
            more |= sweeping;
            if (more) {
                LockSupport.parkNanos(System.nanoTime() - started);
            }
        }
    }

    /**
     * Removes some expired keys; whether there may be more. Keys that somebody else holds are left for a later round:
     * clients of the lane would wait for them, too, and it may well be another node that removes them just now.
     */
    private boolean expire(SqlLink link) {
        if (paused) {
            return false;
        }
        link.begin(SqlLink.Mode.SINGLE);
        List<KeyName> due = node.mainLane().newTx().keys().due(KEYS_A_STEP);
        link.commit();
        if (due.isEmpty()) {
            return false;
        }
        Tx tx = node.mainLane().newTx();
        link.begin(SqlLink.Mode.WRITE);
        long[] held = link.tryLockKeys(due.stream().mapToLong(KeyName::lock).sorted().distinct().toArray());
        List<KeyName> ours = due.stream().filter(key -> Arrays.binarySearch(held, key.lock()) >= 0).toList();
        Prefetch prefetch = new Prefetch();
        ours.forEach(prefetch::header);
        tx.queue(prefetch);
        link.send();
        List<KeyName> removed = ours.stream().filter(tx.keys()::removeExpired).toList();
        tx.flush();
        link.commit();
        tx.committed();
        node.stats().expired(removed.size());
        if (!removed.isEmpty()) {
            node.tracking().changed(removed);
            node.bus().send(new Message.KeysChanged(removed));
        }
        node.keyEvents().expired(removed);
        // The same keys come first for everybody: where many are held, another node is at it.
        return due.size() == KEYS_A_STEP && 2 * ours.size() > KEYS_A_STEP;
    }

    private boolean sweep(SqlLink link) {
        return !paused && Sweeper.step(link);
    }

    /** Does one step on the main lane and waits for it; what it says, or false where it failed or never came about. */
    private boolean onMainLane(Predicate<SqlLink> step) {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        node.mainLane().execute(() -> done.complete(guarded(step)));
        try {
            return done.get();
        } catch (InterruptedException e) {
            // The server is being closed, and its lanes may do nothing any more.
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    private boolean guarded(Predicate<SqlLink> step) {
        SqlLink link = node.mainLane().link();
        try {
            return step.test(link);
        } catch (RuntimeException | Error e) {
            link.rollback();
            node.report("housekeeping failed and will be tried again", e);
            return false;
        }
    }

    /** Returns when nothing is being done any more, so that the database can be closed. */
    @Override
    public void close() {
        timer.shutdownNow();
        try {
            timer.awaitTermination(LAST_ROUND_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
