package dev.respql.command.connection;

import dev.respql.engine.Client;
import dev.respql.engine.ClientTracking;
import dev.respql.engine.Node;

/**
 * The line that CLIENT LIST and CLIENT INFO show of a client: the fields of Redis 7.2 in its order. Figures on buffers
 * that respql does not have are 0.
 */
final class ClientLine {
    private final StringBuilder line = new StringBuilder(320);

    private ClientLine() {
    }

    /** The line, without a line end. */
    static String of(Client client) {
        return of(client, client.db());
    }

    /** As above, with the database in which the client is for the command that asks: a later SELECT may have run already. */
    static String of(Client client, int db) {
        long now = System.currentTimeMillis();
        long queued = client.queuedBytes();
        long unsent = client.unsentBytes();
        return new ClientLine()
                .add("id", client.id())
                .add("addr", client.remoteAddress())
                .add("laddr", client.localAddress())
                .add("fd", client.fileDescriptor())
                .add("name", client.name())
                .add("age", (now - client.createdAt()) / 1000)
                .add("idle", (now - client.lastActiveAt()) / 1000)
                .add("flags", flags(client))
                .add("db", db)
                .add("sub", client.subscriptions().channels())
                .add("psub", client.subscriptions().patterns())
                .add("ssub", client.subscriptions().shardChannels())
                .add("multi", client.transaction() == null ? -1 : client.transaction().size())
                .add("qbuf", queued)
                .add("qbuf-free", 0)
                .add("argv-mem", 0)
                .add("multi-mem", 0)
                .add("rbs", 0)
                .add("rbp", 0)
                .add("obl", 0)
                .add("oll", 0)
                .add("omem", unsent)
                .add("tot-mem", queued + unsent)
                .add("events", unsent > 0 ? "rw" : "r")
                .add("cmd", client.lastCommand() == null ? "NULL" : client.lastCommand().fullName())
                .add("user", Node.DEFAULT_USER)
                .add("redir", client.tracking() == null ? -1 : client.tracking().redirect())
                .add("resp", client.respVersion())
                .add("lib-name", client.libraryName())
                .add("lib-ver", client.libraryVersion())
                .line.toString();
    }

    private static String flags(Client client) {
        StringBuilder flags = new StringBuilder();
        if (client.monitor()) {
            flags.append('O');
        }
        if (!client.subscriptions().isEmpty()) {
            flags.append('P');
        }
        if (client.transaction() != null) {
            flags.append('x');
        }
        if (client.paused() || client.isBlocked()) {
            flags.append('b');
        }
        ClientTracking tracking = client.tracking();
        if (tracking != null) {
            flags.append('t').append(tracking.redirectBroken() ? "R" : "").append(tracking.broadcast() ? "B" : "");
        }
        if (client.watchBroken()) {
            flags.append('d');
        }
        if (client.closing()) {
            flags.append('c');
        }
        if (client.noEvict()) {
            flags.append('e');
        }
        if (client.noTouch()) {
            flags.append('T');
        }
        return flags.isEmpty() ? "N" : flags.toString();
    }

    private ClientLine add(String field, long value) {
        return add(field, Long.toString(value));
    }

    private ClientLine add(String field, String value) {
        line.append(line.isEmpty() ? "" : " ").append(field).append('=').append(value);
        return this;
    }
}
