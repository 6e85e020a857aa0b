package dev.respql.oracle;

import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;

/** A server under comparison: one port, or those of several nodes that serve the same data. */
final class Target {
    private final Runnable flushAll;
    private final List<IntSupplier> ports;

    private Target(Runnable flushAll, List<IntSupplier> ports) {
        this.flushAll = flushAll;
        this.ports = ports;
    }

    /** The nodes listen on {@code ports}, which are asked for at each connection. */
    static Target of(Runnable flushAll, IntSupplier... ports) {
        return new Target(flushAll, List.of(ports));
    }

    /** A redis-server, or what stands in front of one. */
    static Target redis(IntSupplier port) {
        return of(() -> {
            try (RespClient client = RespClient.connect(port.getAsInt())) {
                client.call("FLUSHALL");
            }
        }, port);
    }

    /** A new connection; those with different numbers go to the nodes in turn. */
    RespClient connect(int number) {
        return RespClient.connect(ports.get(number % ports.size()).getAsInt());
    }

    void flushAll() {
        flushAll.run();
    }

    /** Those of these commands that the server knows. */
    Set<String> knownOf(Collection<String> commands) {
        try (RespClient client = connect(0)) {
            return commands.stream().filter(command -> {
                Reply info = client.call("COMMAND", "INFO", command);
                return !info.items().get(0).isNull();
            }).collect(Collectors.toSet());
        }
    }
}
