package dev.respql.engine;

import dev.respql.bus.Interest;
import dev.respql.protocol.Reply;

/**
 * A published message on its way to one client.
 *
 * @param subscription why the client gets it
 */
record Delivery(Client client, Interest subscription, Reply message) {
}
