package dev.respql.config;

/**
 * How many bytes of replies may wait for a client that does not read them, by kind of client: the parameter
 * "client-output-buffer-limit".
 *
 * @param normal of clients that send commands
 * @param replica of replicas, of which respql has none; kept because it can be set
 * @param pubsub of clients that have subscribed
 */
public record OutputBufferLimits(Limit normal, Limit replica, Limit pubsub) {
    /**
     * One kind's limit; 0 means none.
     *
     * @param hard bytes at which the client is cut off at once
     * @param soft bytes above which it is cut off after {@code softSeconds} without a break
     */
    public record Limit(long hard, long soft, long softSeconds) {
        static final Limit NONE = new Limit(0, 0, 0);
    }

    static final OutputBufferLimits NONE = new OutputBufferLimits(Limit.NONE, Limit.NONE, Limit.NONE);
}
