package dev.respql.command.transaction;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.respql.testing.EachBackend;
import dev.respql.testing.OwnServer;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** WAITAOF, which redis-server 7.0 does not have, and how much a transaction may hold. */
@EachBackend
class WaitAofTest {
    @Test
    void waitsForTheDisk(RespClient client) {
        client.queue("SET", "k", "1").queue("WAITAOF", 1, 0, 0).queue("WAITAOF", 0, 0, 0).queue("GET", "k");
        assertEquals("[OK, [1, 0], [1, 0], \"1\"]", shown(client.flush().read(4)));
        assertEquals("[1, 0]", shown(client.call("WAITAOF", 1, 1, 20)));
        assertEquals("(error) ERR value is out of range, value must between 0 and 1",
                client.call("WAITAOF", 2, 0, 0).toString());
        assertEquals("(error) ERR value is not an integer or out of range", client.call("WAITAOF", "x", 0, 0).toString());
        assertEquals("(error) ERR timeout is negative", client.call("WAITAOF", 1, 0, -1).toString());
        client.queue("MULTI").queue("SET", "k", "2").queue("WAITAOF", 1, 0, 0).queue("EXEC");
        assertEquals("[OK, [1, 0]]", shown(client.flush().read(4).get(3)));
    }

    @Test
    @OwnServer("durability=no")
    void refusesWhereNothingIsSynced(RunningServer server) {
        try (RespClient client = server.connect()) {
            assertEquals("(error) ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.",
                    client.call("WAITAOF", 1, 0, 0).toString());
            assertEquals("[0, 0]", shown(client.call("WAITAOF", 0, 0, 0)));
        }
    }

    @Test
    void aTransactionThatWouldNotFitIsRefused(RespClient client) {
        byte[] large = new byte[(int) Math.min(100L << 20, Runtime.getRuntime().maxMemory() / 8 / 4)];
        client.call("MULTI");
        Reply reply = client.call("SET", "k", large);
        for (int i = 0; i < 100 && !reply.isError(); i++) {
            reply = client.call("SET", "k", large);
        }
        assertEquals("(error) ERR the transaction is too large", reply.toString());
        assertEquals("(error) EXECABORT Transaction discarded because of previous errors.", client.call("EXEC").toString());
        assertEquals(List.of(), client.call("KEYS", "*").texts());
    }

    private static String shown(Object reply) {
        return reply.toString().replace("(integer) ", "");
    }
}
