package dev.respql.oracle;

import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntSupplier;

/** A server under comparison: one port, or those of several nodes that serve the same data. */
final class Target {
    private final List<IntSupplier> ports;

    private Target(List<IntSupplier> ports) {
        this.ports = ports;
    }

    static Target of(IntSupplier... ports) {
        return new Target(List.of(ports));
    }

    /** A new connection; those with different numbers go to the nodes in turn. */
    RespClient connect(int number) {
        return RespClient.connect(ports.get(number % ports.size()).getAsInt());
    }

    void flushAll() {
        try (RespClient client = connect(0)) {
            Reply reply = client.call("FLUSHALL");
            if (reply.isError()) {
                throw new IllegalStateException("FLUSHALL: " + reply);
            }
        }
    }

    /** Those of these commands that the server knows, by its own COMMAND INFO. */
    Set<String> knownOf(Set<String> commands) {
        try (RespClient client = connect(0)) {
            Set<String> known = new HashSet<>();
            for (String command : commands) {
                Reply info = client.call("COMMAND", "INFO", command);
                if (!info.isAggregate() || info.items().size() != 1) {
                    throw new IllegalStateException("COMMAND INFO " + command + ": " + info);
                }
                if (!info.items().get(0).isNull()) {
                    known.add(command);
                }
            }
            return known;
        }
    }
}
