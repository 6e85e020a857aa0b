package dev.respql.engine;

import dev.respql.protocol.Reply;
import dev.respql.store.KeyName;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A client's call that waits for keys, or only for time to pass. Whoever wants to end the waiting must {@link #claim} it
 * first: a batch that can serve it, its own lane that looks again, a time-out. For all threads.
 */
final class Blocked {
    private enum State { WAITING, CLAIMED, OVER }

    private final Call call;
    private final List<KeyName> keys;
    private final Reply onTimeout;
    private final long number;
    private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
    private volatile boolean signalled;
    private volatile boolean looking;
    private volatile Future<?> timer;

    /** @param number ascending in the order in which clients began to wait */
    Blocked(Call call, List<KeyName> keys, Reply onTimeout, long number) {
        this.call = call;
        this.keys = keys;
        this.onTimeout = onTimeout;
        this.number = number;
    }

    Call call() {
        return call;
    }

    Client client() {
        return call.client();
    }

    /** The keys that it waits for, each once. */
    List<KeyName> keys() {
        return keys;
    }

    Reply onTimeout() {
        return onTimeout;
    }

    long number() {
        return number;
    }

    /** Takes the right to serve it; false where somebody else has it. */
    boolean claim() {
        return state.compareAndSet(State.WAITING, State.CLAIMED);
    }

    /**
     * As {@link #claim}; where somebody else has it, he will have it look again when he gives it back, or whoever waits
     * behind it if its waiting is over then. Where neither will come about, {@link #isOver} is true afterwards.
     */
    boolean claimOrSignal() {
        if (claim()) {
            return true;
        }
        signalled = true;
        // It may have been given back before it could be seen that it was signalled.
        return claim();
    }

    /** Gives the right back. True where something has happened meanwhile that makes it worth looking again. */
    boolean release() {
        // It may be over meanwhile, when the client is gone.
        state.compareAndSet(State.CLAIMED, State.WAITING);
        boolean again = signalled;
        signalled = false;
        return again;
    }

    /** Whether something has happened that it has not looked at. */
    boolean isSignalled() {
        return signalled;
    }

    /** Has whoever holds the right look again when it gives it back. */
    void signal() {
        signalled = true;
    }

    /** Ends the waiting without being served; false where it cannot be ended just now, or is over. */
    boolean end() {
        return state.compareAndSet(State.WAITING, State.OVER);
    }

    /** Ends the waiting by who has claimed it. */
    void over() {
        state.set(State.OVER);
    }

    boolean isOver() {
        return state.get() == State.OVER;
    }

    /** Whether its call is being run again by its own lane, which has claimed it. */
    boolean looking() {
        return looking;
    }

    void looking(boolean isLooking) {
        looking = isLooking;
    }

    void timer(Future<?> itsTimer) {
        timer = itsTimer;
    }

    void cancelTimer() {
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
