package dev.respql.engine;

import dev.respql.config.Config;
import dev.respql.config.OutputBufferLimits;
import dev.respql.config.Parameter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes the connections of clients that are idle for longer than {@code timeout}, that let more replies wait than
 * {@code client-output-buffer-limit} grants, and, whatever is configured, those with most requests and replies waiting
 * where all clients together take too much of the heap. Safe for use by all threads.
 */
final class ClientLimits {
    private static final Logger LOG = LoggerFactory.getLogger(ClientLimits.class);

    private record Holder(Client client, long bytes) {
    }

    private final Node node;
    private final Config config;
    private final Parameter timeout;
    private final long maxHeldBytes = Runtime.getRuntime().maxMemory() / 8 * 3;
    /** What clients held when it was last counted, and all that came since: at least what they hold now. */
    private final AtomicLong heldAtMost = new AtomicLong();

    ClientLimits(Node node, Config config) {
        this.node = node;
        this.config = config;
        this.timeout = config.parameter(Config.TIMEOUT);
    }

    /** Requests have come in, or replies are about to be sent. */
    void hold(long bytes) {
        if (heldAtMost.addAndGet(bytes) > maxHeldBytes) {
            check();
        }
    }

    /** Closes the client if that many bytes of replies are more than it may have waiting. */
    void checkHardLimit(Client client, long unsentBytes) {
        long hard = limit(client).hard();
        if (hard > 0 && unsentBytes >= hard) {
            cutOff(client, "the hard output buffer limit", unsentBytes);
        }
    }

    /** Looks at all clients; to be called several times a second. */
    synchronized void check() {
        long now = System.currentTimeMillis();
        long held = 0;
        List<Holder> holders = new ArrayList<>();
        for (Client client : node.clients()) {
            long unsent = client.unsentBytes();
            client.watchUnsent(unsent, now);
            if (client.overSoftLimit(limit(client), unsent, now)) {
                cutOff(client, "the soft output buffer limit", unsent);
            } else if (timeout.number() > 0 && client.mayTimeOut()
                    && now - client.lastActiveAt() > timeout.number() * 1000) {
                LOG.debug("closing idle client {} at {}", client.id(), client.remoteAddress());
                node.kill(client);
            } else {
                long bytes = client.heldBytes();
                held += bytes;
                if (bytes > 0) {
                    holders.add(new Holder(client, bytes));
                }
            }
        }
        if (held > maxHeldBytes) {
            held = cutOffGreediest(holders, held);
        }
        heldAtMost.set(held);
    }

    /** Closes one after the other, those last that asked for it with CLIENT NO-EVICT; returns what is still held. */
    private long cutOffGreediest(List<Holder> holders, long heldByAll) {
        holders.sort(Comparator.comparing((Holder holder) -> holder.client.noEvict())
                .thenComparing(Holder::bytes, Comparator.reverseOrder()));
        long held = heldByAll;
        for (Holder holder : holders) {
            if (held <= maxHeldBytes) {
                break;
            }
            held -= holder.bytes;
            cutOff(holder.client, "what all clients together may have", holder.bytes);
        }
        return held;
    }

    private OutputBufferLimits.Limit limit(Client client) {
        OutputBufferLimits limits = config.outputBufferLimits();
        return client.type() == ClientType.PUBSUB ? limits.pubsub() : limits.normal();
    }

    private void cutOff(Client client, String limit, long bytes) {
        LOG.warn("closing client {} at {}: {} bytes wait for it, beyond {}", client.id(), client.remoteAddress(), bytes,
                limit);
        node.kill(client);
    }
}
