package dev.respql.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.respql.testing.Bytes;
import dev.respql.testing.EachBackend;
import dev.respql.testing.RedisForTests;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Requests as no well-behaved client sends them: respql replies, and ends the connection, as redis-server does. */
@EachBackend
class ProtocolOracleTest {
    private static final String FENCE = "*2\r\n$4\r\nPING\r\n$5\r\nfence\r\n";

    private static final List<String> REQUESTS = List.of(
            // Inline
            "PING\r\n", "PING\n", "\r\n", "\n\n\r\n", "  PING  hello  \r\n", "PING \"a b\"\r\n", "PING 'a b'\r\n",
            "PING \"\\x41\\n\\\"\"\r\n", "PING '\\''\r\n", "PING \"a\"b\r\n", "PING \"a\r\n", "PING 'a\r\n",
            "PING a\"b\r\n",
            "\"PING\" x\r\n", "PING \"\"\r\n", "PING\tx\r\n", "ping a\rb\r\n", " \r\nPING\r\n",
            "PING \u00e9\r\n", "PING \"\\xzz\"\r\n", "PING \"\\xe9\\a\\q\"\r\n", "nonsense\r\n", "nonsense 'a\r\n",
            "PING " + "x".repeat(60_000) + "\r\n", "PING " + "x".repeat(70_000) + "\r\n",
            "GET / HTTP/1.1\r\n",
            // Multi bulk: its header
            "*0\r\n", "*-1\r\n", "*-7\r\n", "*\r\n", "*x\r\n", "* 1\r\n", "*1 \r\n", "*+1\r\n", "*01\r\n", "*1.0\r\n",
            "*2147483648\r\n", "*9223372036854775808\r\n", "*" + "1".repeat(70_000),
            // Multi bulk: its elements
            "*1\r\n$4\r\nPING\r\n", "*1\r\n$-1\r\n", "*1\r\n$-5\r\n", "*1\r\n$\r\n", "*1\r\n$x\r\n",
            "*1\r\n$4x\r\nPING\r\n",
            "*1\r\n$04\r\nPING\r\n", "*1\r\n$+4\r\nPING\r\n", "*1\r\n$ 4\r\nPING\r\n", "*1\r\n:4\r\n", "*1\r\nPING\r\n",
            "*1\r\n\r\n", "*1\r\n+PING\r\n", "*1\r\n*1\r\n", "*1\r\n$536870913\r\n", "*1\r\n$9223372036854775807\r\n",
            "*1\r\n$9223372036854775808\r\n", "*1\r\n$" + "1".repeat(70_000), "*1\r\n$0\r\n\r\n",
            "*2\r\n$4\r\nECHO\r\n$2\r\nab\r\n", "*2\r\n$4\r\nECHO\r\n$2\r\nabcd", "*2\r\n$4\r\nECHO\r\n$2\r\nabXX",
            "*2\r\n$4\r\nECHO\r\n$2\r\nab\n\n", "*1\r\n$4\r\nPINGxx", "*1\r\n$\u00e9\r\n", 
            "*3\r\n$3\r\nSET\r\n$0\r\n\r\n$0\r\n\r\n", "*1\r\n$4\r\npInG\r\n",
            // What went before is still answered, what comes after is not
            FENCE.replace("fence", "first") + "*1\r\nPING\r\n" + FENCE, "PING a\r\n*x\r\nPING b\r\n",
            "*1\r\n$8\r\nnonsense\r\n*1\r\n$4\r\nPING\r\n",
            "*2\r\n$4\r\nPING\r\n$1\r\na\r\nPING b\r\n*1\r\n$4\r\nPING\r\n",
            // Errors must stay on one line
            "*1\r\n$8\r\nnon\r\nsen\r\n", "*2\r\n$4\r\nnons\r\n$4\r\na\r\nb\r\n", "*1\r\n$4\r\na\0bc\r\n",
            "*2\r\n$4\r\nnons\r\n$3\r\n\0ab\r\n", "*2\r\n$1\r\nn\r\n$200\r\n" + "y".repeat(200) + "\r\n",
            "*1\r\n$200\r\n" + "y".repeat(200) + "\r\n", "*1\r\n$3\r\nGET\r\n", "*1\r\n$3\r\nGeT\r\n");

    @Test
    void answersOddRequestsAsRedis(RunningServer server) {
        int redis = RedisForTests.shared().port();
        StringBuilder expected = new StringBuilder();
        StringBuilder actual = new StringBuilder();
        for (String request : REQUESTS) {
            String title = shortened(Bytes.escape(Bytes.latin1(request))) + "\n    ";
            expected.append(title).append(conversation(redis, request));
            actual.append(title).append(conversation(server.port(), request));
        }
        assertEquals(comparable(expected), comparable(actual));
    }

    /** An oracle older than 7.0 quotes otherwise what it does not know. */
    private static String comparable(StringBuilder conversations) {
        return RedisForTests.shared().version().isAtLeast(7, 0) ? conversations.toString()
                : conversations.toString().replaceAll("(-ERR unknown command).*(?=\\\\r\\\\n)", "$1");
    }

    /** All that comes before the reply to a last PING, or before the server closes the connection. */
    private static String conversation(int port, String request) {
        StringBuilder said = new StringBuilder();
        try (RespClient client = RespClient.connect(port).timeout(Duration.ofSeconds(5))) {
            client.sendRaw(request + FENCE);
            for (Reply reply = client.read(); !"fence".equals(reply.text()); reply = client.read()) {
                said.append(shortened(Bytes.escape(reply.raw()))).append(' ');
            }
            return said + "\n";
        } catch (UncheckedIOException e) {
            return said + (e.getCause() instanceof SocketTimeoutException ? "and waits\n" : "and closes\n");
        }
    }

    private static String shortened(String text) {
        return text.length() <= 300 ? text : text.substring(0, 300) + "… (" + text.length() + ")";
    }
}
