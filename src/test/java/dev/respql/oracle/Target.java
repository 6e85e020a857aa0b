package dev.respql.oracle;

import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import dev.respql.value.NotANumber;
import dev.respql.value.Numbers;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** A server under comparison: one port, or those of several nodes that serve the same data. */
final class Target {
    private final Runnable flushAll;
    private final List<IntSupplier> ports;
    private final UnaryOperator<Reply> rewriting;

    private Target(Runnable flushAll, List<IntSupplier> ports, UnaryOperator<Reply> rewriting) {
        this.flushAll = flushAll;
        this.ports = ports;
        this.rewriting = rewriting;
    }

    /** The nodes listen on {@code ports}, which are asked for at each connection. */
    static Target of(Runnable flushAll, IntSupplier... ports) {
        return new Target(flushAll, List.of(ports), Target::comparable);
    }

    /** A redis-server, or what stands in front of one. Its doubles are written as Redis 7.2 does, whatever its version. */
    static Target redis(IntSupplier port) {
        return new Target(() -> {
            try (RespClient client = RespClient.connect(port.getAsInt())) {
                client.call("FLUSHALL");
            }
        }, List.of(port), Target::comparable);
    }

    /** On both sides, since a string may hold such a double and is answered as it is. */
    private static Reply comparable(Reply reply) {
        return reply.withTexts(text -> zeroWithoutSign(doubleOfToday(text)));
    }

    /**
     * Whether a sorted set knows negative zero hangs on its encoding, and Redis's encoding hangs on what the set held
     * before (docs/compatibility.md).
     */
    private static byte[] zeroWithoutSign(byte[] text) {
        return text.length == 2 && text[0] == '-' && text[1] == '0' ? new byte[] {'0'} : text;
    }

    /** Up to 7.0 doubles have seventeen digits; other texts stay as they are. */
    private static byte[] doubleOfToday(byte[] text) {
        if (text.length == 0 || text.length > 24 || "-.0123456789".indexOf(text[0]) < 0) {
            return text;
        }
        try {
            double value = Numbers.toDouble(text);
            return Arrays.equals(text, Numbers.formatDouble17(value)) ? Numbers.formatDouble(value) : text;
        } catch (NotANumber e) {
            return text;
        }
    }

    /**
     * A new connection; those with different numbers go to the nodes in turn. It hands doubles back in such a way that
     * they can be compared.
     */
    RespClient connect(int number) {
        return connectAsItIs(number).rewriting(rewriting);
    }

    /** As {@link #connect}, with every reply as it came. */
    RespClient connectAsItIs(int number) {
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
