package dev.respql.command.string;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.testing.Backend;
import dev.respql.testing.EachBackend;
import dev.respql.testing.OwnServer;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Strings under several clients at once, and strings that expire while clients look. */
@EachBackend
class StringsTogetherTest {
    private static final int CLIENTS = 8;
    private static final int ROUNDS = 100;

    @Test
    @OwnServer
    void nothingIsLostBetweenClients(RunningServer server) {
        List<RunningServer> nodes = server.backend() == Backend.POSTGRESQL
                ? List.of(server, server.startSecondNode()) : List.of(server);
        List<RespClient> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(nodes.get(i % nodes.size()).connect());
        }
        try {
            assertEquals(CLIENTS * ROUNDS, sum(clients, client -> List.of("INCR", "n"), reply -> 1));
            assertEquals("\"" + CLIENTS * ROUNDS + "\"", clients.get(0).call("GET", "n").toString());
            sum(clients, client -> List.of("APPEND", "text", "x"), reply -> 1);
            assertEquals(CLIENTS * ROUNDS, clients.get(0).call("STRLEN", "text").integer());
            assertEquals(1, sum(clients, client -> List.of("SETNX", "lock", client), Reply::integer));
            assertEquals(1, sum(clients, client -> List.of("MSETNX", "other" + client, client, "shared", client),
                    Reply::integer));
            assertEquals(1, sum(clients, client -> List.of("SET", "once", client, "NX"),
                    reply -> reply.isNull() ? 0 : 1));
            assertEquals(1, sum(clients, client -> List.of("GETDEL", "once"), reply -> reply.isNull() ? 0 : 1));
        } finally {
            clients.forEach(RespClient::close);
        }
    }

    /** Every client sends its command {@link #ROUNDS} times at once; the sum of the replies' weights. */
    private static long sum(List<RespClient> clients, Function<Integer, List<Object>> command,
            Function<Reply, ? extends Number> weight) {
        for (int i = 0; i < clients.size(); i++) {
            for (int round = 0; round < ROUNDS; round++) {
                clients.get(i).queue(command.apply(i).toArray());
            }
        }
        clients.forEach(RespClient::flush);
        long sum = 0;
        for (RespClient client : clients) {
            for (Reply reply : client.read(ROUNDS)) {
                sum += weight.apply(reply).longValue();
            }
        }
        return sum;
    }

    /** The row of an expired key is mostly still there when the next command comes. */
    @Test
    void writesToAnExpiredKeyStartFromNothing(RespClient client) {
        String[][] writes = {{"INCR", "k"}, {"APPEND", "k", "1"}, {"SETRANGE", "k", "0", "1"}, {"SETNX", "k", "1"},
            {"SET", "k", "1", "NX"}, {"SET", "k", "1", "KEEPTTL"}, {"MSETNX", "k", "1"}, {"GETSET", "k", "1"},
            {"INCRBYFLOAT", "k", "1"}, {"MSET", "k", "1"}, {"SETEX", "k", "1000", "1"}};
        for (String[] write : writes) {
            expire(client);
            Reply reply = client.call((Object[]) write);
            assertTrue(reply.isNull() || List.of("OK", "(integer) 1", "\"1\"").contains(reply.toString()),
                    () -> String.join(" ", write) + ": " + reply);
            assertEquals("\"1\"", client.call("GET", "k").toString(), () -> String.join(" ", write));
            assertEquals("(integer) 1", client.call("EXISTS", "k").toString());
        }
        for (String read : new String[] {"GET", "GETDEL", "GETEX", "STRLEN"}) {
            expire(client);
            Reply reply = client.call(read, "k");
            assertTrue(reply.isNull() || reply.toString().equals("(integer) 0"), () -> read + ": " + reply);
        }
        expire(client);
        assertEquals("(nil)", client.call("SET", "k", "2", "XX").toString());
        assertEquals("(nil)", client.call("SET", "k", "2", "GET", "XX").toString());
    }

    private static void expire(RespClient client) {
        assertEquals("OK", client.call("SET", "k", "old", "PX", 1).toString());
        while (!client.call("GET", "k").isNull()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void timesFromNowAreOnTheServersClock(RespClient client) {
        String[][] sets = {{"SET", "k", "v", "EX", "1000"}, {"SET", "k", "v", "PX", "1000000"},
            {"SETEX", "k", "1000", "v"}, {"PSETEX", "k", "1000000", "v"}, {"GETEX", "k", "EX", "1000"},
            {"GETEX", "k", "PX", "1000000"}};
        for (String[] set : sets) {
            long before = now(client);
            client.call((Object[]) set);
            long expiry = client.call("PEXPIRETIME", "k").integer();
            long after = now(client);
            assertTrue(before + 1_000_000 <= expiry && expiry <= after + 1_000_000,
                    () -> String.join(" ", set) + ": " + before + ", " + expiry + ", " + after);
            client.call("GETEX", "k", "PERSIST");
        }
    }

    private static long now(RespClient client) {
        List<Reply> time = client.call("TIME").items();
        return Long.parseLong(time.get(0).text()) * 1000 + Long.parseLong(time.get(1).text()) / 1000;
    }
}
