package dev.respql.engine;

import dev.respql.protocol.Reply;
import java.util.HashMap;
import java.util.Map;

/**
 * How much one batch may answer. Replies can be far longer than what asks for them, and must not fill the heap before
 * any of them has been sent; so a batch stops serving a client, or altogether, once much has been gathered, and leaves
 * the rest to the next. Used by one lane's thread, for one attempt at a batch.
 */
final class ReplyBudget {
    /** So that others do not wait long while it is read from the database. */
    private static final long MAX_BYTES = 8L << 20;
    private static final long MAX_BYTES_OF_ONE_CLIENT = 1 << 20;
    /** What is not worth being counted: as many calls as a batch can have cannot make it too much. */
    private static final long NEGLIGIBLE = 1024;

    private final Map<Client, Long> ofClients = new HashMap<>();
    private long left = MAX_BYTES;

    /** Whether another call of this client may run; once false it stays so. */
    boolean allows(Client client) {
        return left > 0 && (ofClients.isEmpty() || ofClients.getOrDefault(client, 0L) < MAX_BYTES_OF_ONE_CLIENT);
    }

    void spend(Client client, Reply reply) {
        long bytes = reply.weight();
        if (bytes > NEGLIGIBLE) {
            left -= bytes;
            ofClients.merge(client, bytes, Long::sum);
        }
    }
}
