package dev.respql.engine;

import dev.respql.bus.Interest;
import dev.respql.protocol.Reply;

/**
 * A published message on its way to one client, or word of a change to what it keeps a copy of.
 *
 * @param subscription why the client gets it; null where it has not subscribed to it
 * @param before see {@link dev.respql.bus.Message.Published}
 */
record Delivery(Client client, Interest subscription, Reply message, long before) {
    /** A message that the client gets in any case. */
    static Delivery of(Client client, Reply message) {
        return new Delivery(client, null, message, Long.MAX_VALUE);
    }

    /** Whether the client wants it; by the thread of its lane. */
    boolean isWanted() {
        return subscription == null || client.subscriptions().isOlder(subscription, before);
    }
}
