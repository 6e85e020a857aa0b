package dev.respql.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.respql.value.InlineArguments;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Several clients of respql (of one node or of several) and of redis-server that do the same, one after the other; what
 * each of them is sent must be the same, to the byte and in order. A script has a line {@code name> COMMAND …} for each
 * step, words quoted as in redis-cli; a new name is a new client on the next node. Commands of one client that
 * are joined by {@code ;} are sent in one piece. What follows from a line that begins with {@code ~} may come in any order.
 * Lines that begin with {@code #} are for people.
 */
public final class Scene {
    private static final String MARK = "that is all";

    private Scene() {
    }

    private record Both(RespClient redis, RespClient respql) {
    }

    /** Plays a script on a redis-server and on nodes of one respql, both empty. */
    public static void play(List<RunningServer> nodes, int protocol, String script) {
        nodes.get(0).flushAll();
        RedisForTests redis = RedisForTests.shared();
        Map<String, Both> clients = new LinkedHashMap<>();
        try {
            for (String line : script.lines().map(String::strip).toList()) {
                if (!line.isEmpty() && !line.startsWith("#")) {
                    boolean ordered = !line.startsWith("~");
                    String[] parts = line.substring(ordered ? 0 : 1).split("> ", 2);
                    Both both = clients.computeIfAbsent(parts[0], name -> new Both(redis.connect().protocol(protocol),
                            nodes.get(clients.size() % nodes.size()).connect().protocol(protocol)));
                    send(both.redis, parts[1]);
                    send(both.respql, parts[1]);
                    clients.forEach((name, client) -> compare(client, ordered, line + " (seen by " + name + ")"));
                }
            }
            clients.forEach((name, client) ->
                    assertEquals(List.of(), untilMark(client.respql), name + " was sent more than by Redis"));
        } finally {
            clients.values().forEach(client -> {
                client.redis.close();
                client.respql.close();
            });
        }
    }

    private static void send(RespClient client, String commands) {
        for (String command : commands.split(";")) {
            client.queue(InlineArguments.split(Bytes.latin1(command.strip())).toArray());
        }
        client.flush();
    }

    private static void compare(Both client, boolean ordered, String step) {
        List<String> expected = untilMark(client.redis);
        List<String> actual = new ArrayList<>();
        for (String reply : expected) {
            try {
                actual.add(client.respql.read().wire());
            } catch (UncheckedIOException e) {
                actual.add(e.getMessage());
                break;
            }
        }
        if (!ordered) {
            Collections.sort(expected);
            Collections.sort(actual);
        }
        assertEquals(shown(expected), shown(actual), step);
    }

    /** Everything that has come, up to the answer of a PING that is sent now. */
    private static List<String> untilMark(RespClient client) {
        client.send("PING", MARK);
        List<String> all = new ArrayList<>();
        for (String reply = client.read().wire(); !reply.endsWith(MARK + "\r\n"); reply = client.read().wire()) {
            all.add(reply);
        }
        return all;
    }

    private static String shown(List<String> replies) {
        return replies.stream().map(reply -> Bytes.escape(Bytes.latin1(reply))).collect(Collectors.joining("\n"));
    }
}
