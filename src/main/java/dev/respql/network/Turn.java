package dev.respql.network;

import dev.respql.engine.Client;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;

/**
 * One turn of an event loop: what was read from all connections in it makes one batch, so lanes are woken at its end.
 * Used by its event loop only.
 */
final class Turn {
    private final EventLoop loop;
    private final List<Client> clients = new ArrayList<>();
    private final Runnable end = this::end;

    Turn(EventLoop loop) {
        this.loop = loop;
    }

    void wakeAtEnd(Client client) {
        if (clients.isEmpty()) {
            loop.execute(end);
        }
        clients.add(client);
    }

    private void end() {
        for (Client client : clients) {
            client.wakeLane();
        }
        clients.clear();
    }
}
