package dev.respql.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.respql.value.InlineArguments;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Runs a script on respql and on redis-server and compares every reply to the byte: in RESP2 and RESP3, command by
 * command (each a batch of its own) and in one piece (few batches). A script has a command a line, words quoted as in
 * redis-cli; lines that begin with {@code #} are for people. Of a line that begins with {@code ~} the elements of the
 * reply (of a scan: those behind the cursor) may come in any order, with {@code ~~} its pairs of elements. It starts on
 * empty databases.
 */
public final class SideBySide {
    private static final int LONG = 1000;

    private SideBySide() {
    }

    /**
     * A command to compare.
     *
     * @param group how many elements of the reply belong together, where such groups may come in any order; else 0
     */
    private record Line(List<byte[]> command, int group) {
        static Line of(String text) {
            int group = text.startsWith("~~") ? 2 : text.startsWith("~") ? 1 : 0;
            return new Line(InlineArguments.split(Bytes.latin1(text.substring(group))), group);
        }

        String shown(Reply reply) {
            if (group == 0 || !reply.isAggregate()) {
                return SideBySide.shown(reply);
            }
            if (reply.items().size() == 2 && reply.items().get(1).isAggregate()) {
                return reply.items().get(0) + ", " + shown(reply.items().get(1));
            }
            List<String> groups = new ArrayList<>();
            for (int i = 0; i < reply.items().size(); i += group) {
                groups.add(reply.items().subList(i, i + group).stream().map(Reply::wire).collect(Collectors.joining()));
            }
            Collections.sort(groups);
            return reply.type() + Bytes.escape(Bytes.latin1(String.join(" ", groups)));
        }
    }

    public static void run(RunningServer server, String script) {
        compare(server, script.lines().map(String::strip).filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .map(Line::of).toList());
    }

    /** As {@link #run(RunningServer, String)}, for commands that no person could write. */
    public static void run(RunningServer server, List<List<byte[]>> commands) {
        compare(server, commands.stream().map(command -> new Line(command, 0)).toList());
    }

    private static void compare(RunningServer server, List<Line> commands) {
        RedisForTests.assumeAtLeast(7, 0);
        for (int protocol = 2; protocol <= 3; protocol++) {
            compare(server, commands, protocol, 1);
            compare(server, commands, protocol, commands.size());
        }
    }

    private static void compare(RunningServer server, List<Line> commands, int protocol, int together) {
        server.flushAll();
        try (RespClient redis = RedisForTests.shared().connect().protocol(protocol);
                RespClient respql = server.connect().protocol(protocol)) {
            for (int i = 0; i < commands.size(); i += together) {
                List<Line> some = commands.subList(i, Math.min(i + together, commands.size()));
                List<Reply> expected = replies(redis, some);
                List<Reply> actual = replies(respql, some);
                for (int j = 0; j < some.size(); j++) {
                    int line = i + j;
                    assertEquals(some.get(j).shown(expected.get(j)), some.get(j).shown(actual.get(j)),
                            () -> shortened(Bytes.command(commands.get(line).command())) + " (command " + (line + 1)
                                    + ", RESP" + protocol + (together == 1 ? ", one by one)" : ", all together)"));
                }
            }
        }
    }

    private static List<Reply> replies(RespClient client, List<Line> commands) {
        for (Line line : commands) {
            client.queue(line.command().toArray());
        }
        return client.flush().read(commands.size());
    }

    /** Short replies as they are, long ones so that they can be told apart. */
    private static String shown(Reply reply) {
        byte[] raw = reply.raw();
        return raw.length <= LONG ? Bytes.escape(raw) : Bytes.escape(Arrays.copyOf(raw, LONG)) + "... ("
                + raw.length + " bytes, hash " + Arrays.hashCode(raw) + ")";
    }

    private static String shortened(String text) {
        return text.length() <= LONG ? text : text.substring(0, LONG) + "...";
    }
}
