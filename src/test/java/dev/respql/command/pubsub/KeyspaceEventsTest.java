package dev.respql.command.pubsub;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.respql.testing.Await;
import dev.respql.testing.Backend;
import dev.respql.testing.EachBackend;
import dev.respql.testing.OwnServer;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import dev.respql.testing.Scene;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Keyspace notifications; the events of each command are compared by {@code KeyspaceEventsOracleTest}. */
@EachBackend
class KeyspaceEventsTest {
    @AfterEach
    void switchOff(RunningServer server) {
        if (!server.isClosed()) {
            try (RespClient client = server.connect()) {
                client.call("CONFIG", "SET", "notify-keyspace-events", "");
            }
        }
    }

    @Test
    void tellsWhatItIsAskedFor(RunningServer server) {
        Scene.play(List.of(server), 2, """
                a> CONFIG SET notify-keyspace-events ""
                w> PSUBSCRIBE __key*@*__:*
                a> SET k 1
                a> CONFIG SET notify-keyspace-events K$
                a> SET k 1; EXPIRE k 100; RPUSH l 1
                a> CONFIG SET notify-keyspace-events Eglx
                a> SET k 2; EXPIRE k 100; RPUSH l 1; DEL k l
                a> CONFIG SET notify-keyspace-events $
                a> SET k 3
                a> CONFIG SET notify-keyspace-events KEAnm
                a> SELECT 3; SET "k \\x00" 4; GET none; INCR k
                a> RPUSH l a; RPOPLPUSH l l; LMOVE l m LEFT RIGHT; EXPIRE m 100; RPOPLPUSH m m; PERSIST m; MOVE m 4
                a> CONFIG SET notify-keyspace-events ""
                a> SET k 5; DEL k
                """);
    }

    @Test
    @OwnServer("notify-keyspace-events=Exn$")
    void tellsOfKeysWhoseTimeHasCome(RunningServer server) {
        try (RespClient watching = server.connect(); RespClient client = server.connect()) {
            watching.call("PSUBSCRIBE", "*");
            client.call("SET", "a", "1", "PX", "1");
            assertEquals(List.of("new a", "set a", "expired a"), events(watching, 3));
            client.call("DEBUG", "SET-ACTIVE-EXPIRE", "0");
            client.call("SET", "a", "1", "PX", "1");
            Await.until(() -> client.call("PTTL", "a").integer() == -2);
            client.call("SET", "a", "2");
            assertEquals(List.of("new a", "set a", "expired a", "new a", "set a"), events(watching, 5));
        }
    }

    @Test
    @OwnServer("notify-keyspace-events=KEA")
    void nodesTellEachOther(RunningServer server) {
        if (server.backend() == Backend.POSTGRESQL) {
            RunningServer second = server.startSecondNode();
            try (RespClient watching = second.connect(); RespClient client = server.connect()) {
                watching.call("SUBSCRIBE", "__keyspace@0__:a", "__keyevent@0__:del", "__keyevent@0__:expired");
                watching.read(2);
                client.queue("SET", "a", "1").queue("SET", "b", "1").queue("DEL", "a", "b").flush().read(3);
                assertEquals("[[\"message\", \"__keyspace@0__:a\", \"set\"],"
                        + " [\"message\", \"__keyspace@0__:a\", \"del\"], [\"message\", \"__keyevent@0__:del\", \"a\"],"
                        + " [\"message\", \"__keyevent@0__:del\", \"b\"]]", watching.read(4).toString());
                client.call("SET", "c", "1", "PX", "1");
                assertEquals("[\"message\", \"__keyevent@0__:expired\", \"c\"]", watching.read().toString());
            }
        }
    }

    private static List<String> events(RespClient watching, int count) {
        List<String> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<String> message = watching.read().texts();
            events.add(message.get(2).replaceFirst(".*:", "") + " " + message.get(3));
        }
        return events;
    }
}
