package dev.respql.command.string;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.respql.testing.Bytes;
import dev.respql.testing.RedisForTests;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import dev.respql.value.InlineArguments;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Runs a script on respql and on redis-server and compares every reply to the byte: in RESP2 and RESP3, command by
 * command (each a batch of its own) and in one piece (few batches). A script has a command a line, words quoted as in
 * redis-cli; lines that begin with {@code #} are for people. It starts on empty databases.
 */
final class SideBySide {
    private static final int LONG = 1000;

    private SideBySide() {
    }

    static void run(RunningServer server, String script) {
        List<List<byte[]>> commands = new ArrayList<>();
        for (String line : script.lines().map(String::strip).toList()) {
            if (!line.isEmpty() && !line.startsWith("#")) {
                commands.add(InlineArguments.split(Bytes.latin1(line)));
            }
        }
        run(server, commands);
    }

    /** As {@link #run(RunningServer, String)}, for commands that no person could write. */
    static void run(RunningServer server, List<List<byte[]>> commands) {
        assumeTrue(RedisForTests.shared().version().isAtLeast(7, 0), "commands and texts are those of Redis 7");
        for (int protocol = 2; protocol <= 3; protocol++) {
            compare(server, commands, protocol, 1);
            compare(server, commands, protocol, commands.size());
        }
    }

    private static void compare(RunningServer server, List<List<byte[]>> commands, int protocol, int together) {
        server.flushAll();
        try (RespClient redis = RedisForTests.shared().connect().protocol(protocol);
                RespClient respql = server.connect().protocol(protocol)) {
            for (int i = 0; i < commands.size(); i += together) {
                List<List<byte[]>> some = commands.subList(i, Math.min(i + together, commands.size()));
                List<Reply> expected = replies(redis, some);
                List<Reply> actual = replies(respql, some);
                for (int j = 0; j < some.size(); j++) {
                    int line = i + j;
                    assertEquals(shown(expected.get(j)), shown(actual.get(j)),
                            () -> shortened(Bytes.command(commands.get(line))) + " (command " + (line + 1) + ", RESP"
                                    + protocol + (together == 1 ? ", one by one)" : ", all together)"));
                }
            }
        }
    }

    private static List<Reply> replies(RespClient client, List<List<byte[]>> commands) {
        for (List<byte[]> command : commands) {
            client.queue(command.toArray());
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
