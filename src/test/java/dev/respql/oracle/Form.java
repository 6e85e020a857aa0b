package dev.respql.oracle;

import dev.respql.testing.Bytes;
import dev.respql.testing.RedisForTests.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * One way to use a command.
 *
 * @param command its name; used only when both servers know it
 * @param weight  how often, compared with other forms
 * @param since   the first redis-server that knows this form, or null for all
 * @param writer  makes the commands to send on one connection, mostly one
 */
record Form(String command, int weight, Version since, Function<Words, List<Draft>> writer) {
    /** A command not yet assigned to a connection. */
    record Draft(List<byte[]> arguments, ReplyRule rule) {
    }

    /** A form of one command whose arguments are these parts; a {@code String} is that word itself. */
    static Form of(int weight, ReplyRule rule, String command, Object... parts) {
        Part arguments = Part.all(parts);
        return new Form(command, weight, null, words -> {
            List<byte[]> line = new ArrayList<>();
            line.add(Bytes.of(command));
            arguments.append(words, line);
            return List.of(new Draft(line, rule));
        });
    }

    /** A form whose reply must be the same to the byte. */
    static Form of(int weight, String command, Object... parts) {
        return of(weight, ReplyRule.EXACT, command, parts);
    }

    /** The same form, for redis-server from that version on. */
    Form since(int major, int minor) {
        return new Form(command, weight, new Version(major, minor, 0), writer);
    }
}
