package dev.respql.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.respql.value.InlineArguments;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Several clients of respql (of one node or of several) and of redis-server that do the same, one after the other; what
 * each of them is sent must be the same, to the byte and in order. A script has a line {@code name> COMMAND …} for each
 * step, words quoted as in redis-cli; a new name is a new client on the next node. Commands of one client that
 * are joined by {@code ;} are sent in one piece. What follows from a line that begins with {@code ~} may come in any order.
 * Lines that begin with {@code #} are for people.
 *
 * <p>Where Redis has a client wait (BLPOP …), it must wait here, too, until Redis lets it go. A line that begins with
 * {@code +} goes on only when its commands have been answered, however long that takes. {@code {name}} stands for a
 * client's number, and {@code name> (closes)} closes its connection.
 */
public final class Scene {
    private static final String MARK = "that is all";
    private static final String CLOSED = "closed";
    private static final String SILENT = "nothing more";

    private final RedisForTests redis = RedisForTests.shared();
    private final List<RunningServer> nodes;
    private final int protocol;
    private final RespClient redisAdmin = redis.connect();
    private final List<RespClient> admins;
    private final Map<String, Both> clients = new LinkedHashMap<>();
    private int steps;

    private Scene(List<RunningServer> nodes, int protocol) {
        this.nodes = nodes;
        this.protocol = protocol;
        this.admins = nodes.stream().map(RunningServer::connect).toList();
    }

    /** A client of each; {@code admin} is another one of the same node. */
    private record Both(RespClient redis, RespClient respql, long redisId, long respqlId, RespClient admin) {
    }

    /** Plays a script on a redis-server and on nodes of one respql, both empty. */
    public static void play(List<RunningServer> nodes, int protocol, String script) {
        RedisForTests.assumeAtLeast(7, 0);
        nodes.get(0).flushAll();
        Scene scene = new Scene(nodes, protocol);
        try {
            script.lines().map(String::strip).filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .forEach(scene::step);
            scene.end();
        } finally {
            scene.close();
        }
    }

    private void step(String line) {
        steps++;
        boolean ordered = !line.startsWith("~");
        boolean awaited = line.startsWith("+");
        String[] parts = line.substring(ordered && !awaited ? 0 : 1).split("> ", 2);
        Both acting = clients.computeIfAbsent(parts[0], name -> connect());
        if (parts[1].equals("(closes)")) {
            clients.remove(parts[0]);
            acting.redis.close();
            acting.respql.close();
            Await.until(() -> flags(redisAdmin, acting.redisId).isEmpty());
            Await.until(() -> flags(acting.admin, acting.respqlId).isEmpty());
        } else {
            send(acting.redis, parts[1], Both::redisId);
            send(acting.respql, parts[1], Both::respqlId);
        }
        // What was sent before is seen with this at the latest, and so has been done when the next command is.
        redisAdmin.call("PING");
        for (String name : List.copyOf(clients.keySet())) {
            Both client = clients.get(name);
            String step = "step " + steps + ", " + line + " (seen by " + name + ")";
            String flags = flags(redisAdmin, client.redisId);
            if (flags.contains("b") && !(awaited && client == acting)) {
                awaitWaiting(client, step);
            } else if (flags.contains("x")) {
                // It would only queue the mark.
                int count = client == acting ? parts[1].split(";").length : 0;
                compare(client, client.redis.read(count).stream().map(Reply::wire).toList(), true, step);
            } else if (compare(client, untilMark(client.redis), ordered, step)) {
                clients.remove(name);
            }
        }
    }

    private Both connect() {
        int node = clients.size() % nodes.size();
        RespClient ofRedis = redis.connect().protocol(protocol);
        RespClient ofRespql = nodes.get(node).connect().protocol(protocol);
        return new Both(ofRedis, ofRespql, ofRedis.call("CLIENT", "ID").integer(), ofRespql.call("CLIENT", "ID").integer(),
                admins.get(node));
    }

    private static boolean waits(RespClient admin, long id) {
        return flags(admin, id).contains("b");
    }

    /** The flags in CLIENT LIST; empty where there is no such client. */
    private static String flags(RespClient admin, long id) {
        String line = admin.call("CLIENT", "LIST", "ID", id).text();
        return line.isEmpty() ? "" : line.replaceFirst("(?s).* flags=(\\w*).*", "$1");
    }

    private static void awaitWaiting(Both client, String step) {
        try {
            Await.until(() -> waits(client.admin, client.respqlId));
        } catch (AssertionError e) {
            throw new AssertionError("Redis has it wait, respql does not: " + step, e);
        }
    }

    private void send(RespClient client, String commands, ToLongFunction<Both> id) {
        for (String command : commands.split(";")) {
            String[] said = {command.strip()};
            clients.forEach((name, both) -> said[0] = said[0].replace("{" + name + "}", "" + id.applyAsLong(both)));
            client.queue(InlineArguments.split(Bytes.latin1(said[0])).toArray());
        }
        client.flush();
    }

    /** Whether the client's connection was closed by both. */
    private static boolean compare(Both client, List<String> expected, boolean ordered, String step) {
        List<String> actual = new ArrayList<>();
        while (actual.size() < expected.size() && (actual.isEmpty() || !isEnd(actual.get(actual.size() - 1)))) {
            actual.add(next(client.respql));
        }
        assertEquals(shown(expected, ordered), shown(actual, ordered), step);
        return expected.contains(CLOSED);
    }

    private void end() {
        for (Both client : clients.values()) {
            String flags = flags(redisAdmin, client.redisId);
            if (flags.contains("b")) {
                redisAdmin.call("CLIENT", "UNBLOCK", client.redisId);
                client.admin.call("CLIENT", "UNBLOCK", client.respqlId);
            } else if (flags.contains("x")) {
                client.redis.send("DISCARD");
                client.respql.send("DISCARD");
            }
            compare(client, untilMark(client.redis), true, "at the end");
        }
        clients.forEach((name, client) ->
                assertEquals(List.of(), untilMark(client.respql), name + " was sent more than by Redis"));
    }

    private void close() {
        redisAdmin.close();
        admins.forEach(RespClient::close);
        clients.values().forEach(client -> {
            client.redis.close();
            client.respql.close();
        });
    }

    /** Everything that has come, up to the answer of a PING that is sent now. */
    private static List<String> untilMark(RespClient client) {
        List<String> all = new ArrayList<>();
        try {
            client.send("PING", MARK);
        } catch (UncheckedIOException e) {
            // What was sent before the end can still be read.
        }
        for (String reply = next(client); !reply.endsWith(MARK + "\r\n"); reply = next(client)) {
            all.add(reply);
            if (isEnd(reply)) {
                break;
            }
        }
        return all;
    }

    private static String next(RespClient client) {
        try {
            return client.read().wire();
        } catch (UncheckedIOException e) {
            return e.getCause() instanceof SocketTimeoutException ? SILENT : CLOSED;
        }
    }

    private static boolean isEnd(String reply) {
        return reply.equals(SILENT) || reply.equals(CLOSED);
    }

    private static String shown(List<String> replies, boolean ordered) {
        Stream<String> shown = replies.stream().map(reply -> Bytes.escape(Bytes.latin1(reply)));
        return (ordered ? shown : shown.sorted()).collect(Collectors.joining("\n"));
    }
}
