package dev.respql.engine;

import dev.respql.command.Command;
import dev.respql.command.Flag;
import dev.respql.config.Config;
import dev.respql.protocol.Reply;
import dev.respql.value.Bytes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The clients that are shown every command (MONITOR). For all threads; without monitors it costs one look. */
public final class Monitors {
    private static final Logger LOG = LoggerFactory.getLogger(Monitors.class);
    /** A monitor is sent things whether it reads or not: with so many bytes unread it is cut off. */
    private static final long MAX_UNSENT_BYTES = 32L << 20;

    private final Config config;
    private final Consumer<Client> kill;
    private final List<Client> clients = new CopyOnWriteArrayList<>();

    /** @param kill how to close a client's connection */
    Monitors(Config config, Consumer<Client> kill) {
        this.config = config;
        this.kill = kill;
    }

    /** From now on the client is shown what runs, until it says RESET or goes. */
    public void add(Client client) {
        client.monitor(true);
        clients.add(client);
    }

    void remove(Client client) {
        if (!clients.isEmpty()) {
            clients.remove(client);
        }
    }

    /**
     * Shows calls that have run, in order. Left out, as in Redis: what was refused, and commands for administrators.
     */
    void show(List<Call> calls) {
        if (clients.isEmpty()) {
            return;
        }
        clients.removeIf(client -> !client.monitor());
        List<Reply> lines = new ArrayList<>();
        for (Call call : calls) {
            Command command = call.command();
            if (command != null && !command.is(Flag.ADMIN) && !command.is(Flag.SKIP_MONITOR)) {
                lines.add(new Reply.Simple(line(call)));
            }
        }
        if (lines.isEmpty()) {
            return;
        }
        for (Client client : clients) {
            if (client.unsentBytes() > MAX_UNSENT_BYTES) {
                LOG.warn("closing client {} at {}: it asked for MONITOR and does not read", client.id(),
                        client.remoteAddress());
                kill.accept(client);
            } else {
                client.push(lines);
            }
        }
    }

    private String line(Call call) {
        Instant now = Instant.now();
        StringBuilder line = new StringBuilder().append(now.getEpochSecond()).append('.');
        String micros = Integer.toString(now.getNano() / 1000);
        line.append("0".repeat(6 - micros.length())).append(micros)
                .append(" [").append(call.db()).append(' ').append(call.client().remoteAddress()).append(']');
        for (byte[] argument : Secrets.hide(call.command(), call.arguments(), config)) {
            line.append(' ').append(Bytes.printable(argument));
        }
        return line.toString();
    }
}
