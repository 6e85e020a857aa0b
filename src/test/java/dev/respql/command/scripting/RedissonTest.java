package dev.respql.command.scripting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.testing.Await;
import dev.respql.testing.Backend;
import dev.respql.testing.EachBackend;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.redisson.Redisson;
import org.redisson.api.RBlockingQueue;
import org.redisson.api.RCountDownLatch;
import org.redisson.api.RDelayedQueue;
import org.redisson.api.RLock;
import org.redisson.api.RMapCache;
import org.redisson.api.RPermitExpirableSemaphore;
import org.redisson.api.RRateLimiter;
import org.redisson.api.RReadWriteLock;
import org.redisson.api.RSemaphore;
import org.redisson.api.RateType;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.Config;

/**
 * Redisson, unmodified, as a user of scripts: all that it does here it does by EVAL, and it waits by published messages.
 * Two clients that know nothing of each other stand for two processes.
 */
@EachBackend
class RedissonTest {
    /** In milliseconds: what a lock without a lease has; Redisson renews it after a third of that. */
    private static final int WATCHDOG = 2000;
    /** Far more than a waiting thread should need; only a failure waits for so long. */
    private static final int PATIENCE_SECONDS = 20;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<RedissonClient> clients = new ArrayList<>();
    private RedissonClient one;
    private RedissonClient other;

    @BeforeEach
    void connect(RunningServer server) {
        one = client(server);
        other = client(server);
    }

    @AfterEach
    void disconnect() {
        clients.forEach(client -> client.shutdown(0, PATIENCE_SECONDS, TimeUnit.SECONDS));
        threads.shutdownNow();
    }

    private RedissonClient client(RunningServer server) {
        Config config = new Config().setCodec(StringCodec.INSTANCE).setLockWatchdogTimeout(WATCHDOG)
                .setThreads(4).setNettyThreads(2);
        config.useSingleServer().setAddress("redis://127.0.0.1:" + server.port())
                .setConnectionMinimumIdleSize(1).setConnectionPoolSize(8)
                .setSubscriptionConnectionMinimumIdleSize(1).setSubscriptionConnectionPoolSize(4);
        RedissonClient client = Redisson.create(config);
        clients.add(client);
        return client;
    }

    private static <T> T result(Future<T> future) throws Exception {
        return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Starts something that waits for a lock or the like, and returns when its client listens for the release. */
    private <T> Future<T> waiting(RespClient observer, String channel, Callable<T> action) {
        Future<T> future = threads.submit(action);
        Await.until(() -> future.isDone() || observer.call("PUBSUB", "NUMSUB", channel).items().get(1).integer() > 0);
        assertFalse(future.isDone(), "it did not wait");
        return future;
    }

    @Test
    void aLockIsHeldByOneAndMayBeTakenAgainByItself() {
        RLock lock = one.getLock("lock");
        RLock elsewhere = other.getLock("lock");
        lock.lock();
        lock.lock();
        assertEquals(2, lock.getHoldCount());
        assertFalse(elsewhere.tryLock());
        assertTrue(elsewhere.isLocked());
        assertThrows(IllegalMonitorStateException.class, elsewhere::unlock);
        lock.unlock();
        assertFalse(elsewhere.tryLock());
        lock.unlock();
        assertFalse(elsewhere.isLocked());
        assertTrue(elsewhere.tryLock());
        assertTrue(elsewhere.forceUnlock());
        assertTrue(lock.tryLock());
    }

    @Test
    void whoWaitsForALockGetsItWhenItIsReleased(RespClient observer) throws Exception {
        RLock lock = one.getLock("lock");
        // With a lease that ends long after this test: only the message can wake who waits.
        lock.lock(1, TimeUnit.HOURS);
        Future<Boolean> waits = waiting(observer, "redisson_lock__channel:{lock}",
                () -> other.getLock("lock").tryLock(1, TimeUnit.HOURS));
        lock.unlock();
        assertTrue(result(waits));
        assertFalse(lock.tryLock());
    }

    @Test
    void whoWaitsOnAnotherNodeGetsIt(RunningServer server, RespClient observer) throws Exception {
        Assumptions.assumeTrue(server.backend() == Backend.POSTGRESQL);
        try (RunningServer second = server.startSecondNode(); RespClient there = second.connect()) {
            RedissonClient far = client(second);
            RLock lock = one.getLock("lock");
            lock.lock(1, TimeUnit.HOURS);
            Future<Boolean> waits = waiting(there, "redisson_lock__channel:{lock}",
                    () -> far.getLock("lock").tryLock(1, TimeUnit.HOURS));
            lock.unlock();
            assertTrue(result(waits));
            assertFalse(lock.tryLock());
            far.shutdown(0, PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }

    @Test
    void onlyOneAtATimeIsInside(RespClient observer) throws Exception {
        observer.call("SET", "count", "0");
        int times = 20;
        List<Future<?>> all = new ArrayList<>();
        for (RedissonClient client : List.of(one, one, other, other)) {
            all.add(threads.submit(() -> {
                RLock lock = client.getLock("lock");
                for (int i = 0; i < times; i++) {
                    lock.lock();
                    try {
                        // Two steps, between which another would get the same number.
                        int count = Integer.parseInt((String) client.getBucket("count").get());
                        client.getBucket("count").set(String.valueOf(count + 1));
                    } finally {
                        lock.unlock();
                    }
                }
                return null;
            }));
        }
        for (Future<?> future : all) {
            result(future);
        }
        assertEquals(String.valueOf(4 * times), observer.call("GET", "count").text());
    }

    @Test
    void aLeaseEnds() throws Exception {
        RLock lock = one.getLock("lock");
        lock.lock(300, TimeUnit.MILLISECONDS);
        assertTrue(result(threads.submit(() -> other.getLock("lock").tryLock(1, TimeUnit.HOURS))));
        assertFalse(lock.isHeldByCurrentThread());
        assertThrows(IllegalMonitorStateException.class, lock::unlock);
    }

    @Test
    void aLockWithoutALeaseIsRenewedAsLongAsItsClientLives(RespClient observer) throws Exception {
        one.getLock("lock").lock();
        long[] last = {observer.call("PTTL", "lock").integer()};
        Await.until(() -> {
            long left = observer.call("PTTL", "lock").integer();
            assertTrue(left > 0, "the lock was lost");
            boolean renewed = left > last[0];
            last[0] = left;
            return renewed;
        });
        Future<Boolean> waits = waiting(observer, "redisson_lock__channel:{lock}",
                () -> other.getLock("lock").tryLock(1, TimeUnit.HOURS));
        one.shutdown(0, PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertTrue(result(waits));
    }

    @Test
    void aFairLockIsGivenInTheOrderOfAsking(RespClient observer) throws Exception {
        RLock lock = one.getFairLock("lock");
        lock.lock(1, TimeUnit.HOURS);
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        List<Future<?>> waiting = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int number = i;
            RedissonClient client = i % 2 == 0 ? other : one;
            waiting.add(threads.submit(() -> {
                RLock mine = client.getFairLock("lock");
                mine.lock();
                order.add(number);
                mine.unlock();
            }));
            Await.until(() -> observer.call("LLEN", "redisson_lock_queue:{lock}").integer() == number + 1);
        }
        lock.unlock();
        for (Future<?> future : waiting) {
            result(future);
        }
        assertEquals(List.of(0, 1, 2, 3), order);
    }

    @Test
    void manyReadOrOneWrites() {
        RReadWriteLock lock = one.getReadWriteLock("lock");
        RReadWriteLock elsewhere = other.getReadWriteLock("lock");
        lock.readLock().lock();
        assertTrue(elsewhere.readLock().tryLock());
        assertFalse(elsewhere.writeLock().tryLock());
        lock.readLock().unlock();
        elsewhere.readLock().unlock();
        assertTrue(elsewhere.writeLock().tryLock());
        assertTrue(elsewhere.readLock().tryLock());
        assertFalse(lock.readLock().tryLock());
    }

    @Test
    void aSemaphoreHasSoManyPermits(RespClient observer) throws Exception {
        RSemaphore semaphore = one.getSemaphore("semaphore");
        assertTrue(semaphore.trySetPermits(3));
        assertFalse(other.getSemaphore("semaphore").trySetPermits(5));
        semaphore.acquire(2);
        assertTrue(other.getSemaphore("semaphore").tryAcquire());
        assertFalse(semaphore.tryAcquire());
        Future<Boolean> waits = waiting(observer, "redisson_sc:{semaphore}",
                () -> other.getSemaphore("semaphore").tryAcquire(2, Duration.ofHours(1)));
        semaphore.release();
        semaphore.release();
        assertTrue(result(waits));
        assertEquals(0, semaphore.availablePermits());
    }

    @Test
    void aPermitEndsWithItsLease() throws Exception {
        RPermitExpirableSemaphore semaphore = one.getPermitExpirableSemaphore("semaphore");
        assertTrue(semaphore.trySetPermits(1));
        String permit = semaphore.tryAcquire(0, 300, TimeUnit.MILLISECONDS);
        assertNotNull(permit);
        String next = result(threads.submit(() -> other.getPermitExpirableSemaphore("semaphore").acquire()));
        assertFalse(semaphore.tryRelease(permit));
        assertNull(semaphore.tryAcquire());
        assertTrue(semaphore.tryRelease(next));
        assertEquals(1, semaphore.availablePermits());
    }

    @Test
    void aRateLimiterLetsSoManyThrough() throws Exception {
        assertTrue(one.getRateLimiter("limiter").trySetRate(RateType.OVERALL, 5, Duration.ofHours(1)));
        assertFalse(other.getRateLimiter("limiter").trySetRate(RateType.OVERALL, 9, Duration.ofHours(1)));
        List<Future<Boolean>> tries = IntStream.range(0, 12).mapToObj(i -> threads.submit(
                () -> (i % 2 == 0 ? one : other).getRateLimiter("limiter").tryAcquire())).toList();
        int through = 0;
        for (Future<Boolean> attempt : tries) {
            through += result(attempt) ? 1 : 0;
        }
        assertEquals(5, through);
        assertEquals(0, one.getRateLimiter("limiter").availablePermits());
    }

    @Test
    void aRateLimiterLetsThroughAgainWhenItsTimeIsOver() throws Exception {
        RRateLimiter limiter = one.getRateLimiter("limiter");
        limiter.trySetRate(RateType.OVERALL, 2, Duration.ofMillis(100));
        Future<?> all = threads.submit(() -> {
            for (int i = 0; i < 7; i++) {
                other.getRateLimiter("limiter").acquire();
            }
        });
        result(all);
        Await.until(() -> limiter.availablePermits() == 2);
    }

    @Test
    void aDelayedQueueHandsOutEachElementOnceItIsDue() throws Exception {
        int count = 100;
        RBlockingQueue<String> queue = one.getBlockingQueue("queue");
        RDelayedQueue<String> delayed = one.getDelayedQueue(queue);
        RDelayedQueue<String> delayedElsewhere = other.getDelayedQueue(other.getBlockingQueue("queue"));
        delayed.offer("late", 1, TimeUnit.HOURS);
        List<Future<List<String>>> takers = new ArrayList<>();
        for (RedissonClient client : List.of(one, other)) {
            takers.add(threads.submit(() -> {
                List<String> taken = new ArrayList<>();
                String element = client.<String>getBlockingQueue("queue").poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                while (element != null && !element.equals("end")) {
                    taken.add(element);
                    element = client.<String>getBlockingQueue("queue").poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                }
                return taken;
            }));
        }
        for (int i = 0; i < count; i++) {
            (i % 2 == 0 ? delayed : delayedElsewhere).offer("element " + i, i * 37 % 300, TimeUnit.MILLISECONDS);
        }
        Await.until(() -> delayed.size() == 1 && queue.isEmpty());
        queue.add("end");
        queue.add("end");
        List<String> taken = new ArrayList<>();
        for (Future<List<String>> taker : takers) {
            taken.addAll(result(taker));
        }
        Collections.sort(taken);
        assertEquals(IntStream.range(0, count).mapToObj(i -> "element " + i).sorted().toList(), taken);
        assertEquals(List.of("late"), delayed.readAll());
        assertTrue(delayed.remove("late"));
        delayed.destroy();
        delayedElsewhere.destroy();
    }

    @Test
    void aLatchOpensForAll(RespClient observer) throws Exception {
        RCountDownLatch latch = one.getCountDownLatch("latch");
        assertTrue(latch.trySetCount(2));
        Future<Boolean> waits = waiting(observer, "redisson_countdownlatch__channel__{latch}",
                () -> other.getCountDownLatch("latch").await(1, TimeUnit.HOURS));
        latch.countDown();
        other.getCountDownLatch("latch").countDown();
        assertTrue(result(waits));
    }

    @Test
    void anEntryOfAMapCacheExpires() {
        RMapCache<String, String> map = one.getMapCache("map");
        RMapCache<String, String> elsewhere = other.getMapCache("map");
        map.put("stays", "1", 1, TimeUnit.HOURS);
        map.put("goes", "2", 100, TimeUnit.MILLISECONDS);
        Await.until(() -> elsewhere.get("goes") == null);
        assertEquals("1", elsewhere.get("stays"));
        assertEquals("1", elsewhere.putIfAbsent("stays", "3"));
        assertNull(elsewhere.putIfAbsent("goes", "4", 1, TimeUnit.HOURS));
        assertEquals("4", map.get("goes"));
    }
}
