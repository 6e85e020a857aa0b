package dev.respql.engine;

import dev.respql.bus.Interest;
import dev.respql.protocol.Reply;

/**
 * A published message on its way to one client.
 *
 * @param subscription why the client gets it
 * @param before see {@link dev.respql.bus.Message.Published}
 */
record Delivery(Client client, Interest subscription, Reply message, long before) {
    /** Whether the client wants it; by the thread of its lane. */
    boolean isWanted() {
        return client.subscriptions().isOlder(subscription, before);
    }
}
