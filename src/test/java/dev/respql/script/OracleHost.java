package dev.respql.script;

import dev.respql.protocol.Reply;
import dev.respql.testing.RespClient;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A host whose commands a real redis-server runs, so that a script in respql's runtime meets the same data and replies as
 * the same script in Redis's.
 */
final class OracleHost implements ScriptHost {
    private final RespClient redis;

    OracleHost(RespClient redis) {
        this.redis = redis;
    }

    /** The protocol version that the script chooses: some replies have another shape in each. */
    void version(int version) {
        redis.call("HELLO", String.valueOf(version));
    }

    @Override
    public Reply call(byte[][] command, int respVersion) {
        Reply reply = convert(redis.call(List.of(command)));
        if (!(reply instanceof Reply.Error)) {
            return reply;
        }
        String text = ((Reply.Error) reply).text();
        return new Reply.Error(text.startsWith("ERR unknown command") ? "ERR Unknown Redis command called from script"
                : text.startsWith("ERR wrong number of arguments")
                        ? "ERR Wrong number of args calling Redis command from script" : text);
    }

    @Override
    public Permission permission(byte[][] command) {
        String name = new String(command[0], StandardCharsets.ISO_8859_1);
        return convert(redis.call("COMMAND", "INFO", name)) instanceof Reply.Array
                && !redis.call("COMMAND", "INFO", name).items().get(0).isNull() ? Permission.ALLOWED : Permission.INVALID;
    }

    @Override
    public void log(int level, byte[] text) {
        // The real one writes to a file that nobody looks at here.
    }

    private static Reply convert(dev.respql.testing.Reply reply) {
        switch (reply.type()) {
            case '+':
                return new Reply.Simple(latin1(reply.bytes()));
            case '-':
                return new Reply.Error(latin1(reply.bytes()));
            case ':':
                return Reply.integer(reply.integer());
            case '$':
                return Reply.bulk(reply.bytes());
            case '_':
                return Reply.NULL;
            case ',':
                return new Reply.Dbl(toDouble(reply.text()));
            case '#':
                return new Reply.Bool(reply.text().equals("t"));
            case '(':
                return new Reply.BigNumber(reply.text());
            case '=':
                return new Reply.Verbatim(reply.text().substring(0, 3), reply.text().substring(4)
                        .getBytes(StandardCharsets.UTF_8));
            case '%':
                return new Reply.MapOf(convertAll(reply.items()));
            case '~':
                return new Reply.SetOf(convertAll(reply.items()));
            default:
                return reply.isNull() ? Reply.NULL_ARRAY : new Reply.Array(convertAll(reply.items()));
        }
    }

    private static double toDouble(String text) {
        return text.equals("inf") ? Double.POSITIVE_INFINITY : text.equals("-inf") ? Double.NEGATIVE_INFINITY
                : Double.parseDouble(text);
    }

    private static String latin1(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static List<Reply> convertAll(List<dev.respql.testing.Reply> replies) {
        List<Reply> converted = new ArrayList<>();
        replies.forEach(reply -> converted.add(convert(reply)));
        return converted;
    }
}
