package dev.respql.bus;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * What the nodes on one database tell each other. Safe for use by all threads.
 *
 * <p>Nothing can be missed that is looked for in this order: whoever wants to hear of something commits its interest
 * ({@link Interests}) before it tells its client so, or looks at the data; whoever has news commits them before it calls
 * {@link #send}, which looks for interests afterwards.
 */
public interface Bus extends AutoCloseable {
    /** Hears what other nodes send; must not hold its caller up. */
    interface Receiver {
        /** Called by one thread, in the order in which one node sent. */
        void received(Message message);

        /** Messages may have been lost: whoever waits for one has to look at the data again. By any thread. */
        void missed();
    }

    /**
     * Joins the other nodes; returns when all of them know of this one, so that clients may be served.
     *
     * @param storeInterests has {@link Interests#storeAll} run by every lane; completes when all have
     */
    void start(Receiver receiver, Supplier<CompletableFuture<Void>> storeInterests);

    /** The number of this node, which no other node has. */
    long id();

    /** Whether there is surely no other node, so that nothing need be sent. Costs one look at the clock. */
    boolean alone();

    /** Tells the other nodes that are interested, soon. To be called after the commit; never waits. */
    void send(Message message);

    /** Has the other nodes look again at everything, soon, as if they had missed messages. Never waits. */
    void alarm();

    /** The interests of the clients of one lane, for its thread. */
    Interests interests(int lane);

    /** Leaves, once what was to be sent has been. */
    @Override
    void close();

    /** A bus for the only node there can be. */
    static Bus none() {
        return new Bus() {
            @Override
            public void start(Receiver receiver, Supplier<CompletableFuture<Void>> storeInterests) {
                // There is nobody to join.
            }

            @Override
            public long id() {
                return 0;
            }

            @Override
            public boolean alone() {
                return true;
            }

            @Override
            public void send(Message message) {
                // There is nobody to tell.
            }

            @Override
            public void alarm() {
                // There is nobody to tell.
            }

            @Override
            public Interests interests(int lane) {
                return Interests.unshared();
            }

            @Override
            public void close() {
                // Nothing was opened.
            }
        };
    }
}
