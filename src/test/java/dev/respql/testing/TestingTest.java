package dev.respql.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The test tools themselves. */
class TestingTest {
    @Test
    void postgresGivesAnEmptyDatabaseEachTime() throws SQLException {
        String first = PostgresForTests.newDatabase();
        String second = PostgresForTests.newDatabase();
        assertNotEquals(first, second);
        try (Connection connection = PostgresForTests.connect(first);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t (b bytea)");
        }
        try (Connection connection = PostgresForTests.connect(second);
                Statement statement = connection.createStatement();
                ResultSet tables = statement.executeQuery(
                        "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")) {
            assertTrue(tables.next());
            assertEquals(0, tables.getInt(1));
        }
        PostgresForTests.dropDatabase(first);
        PostgresForTests.dropDatabase(second);
        assertThrows(SQLException.class, () -> PostgresForTests.connect(first).close());
    }

    @Test
    void redisIsOneForAllAndEmptied() {
        RedisForTests redis = RedisForTests.shared();
        try (RespClient client = redis.connect()) {
            assertEquals("OK", client.call("SET", "key", "value").toString());
            assertEquals(redis.port(), RedisForTests.shared().port());
            assertEquals("(integer) 0", client.call("DBSIZE").toString());
        }
        assertTrue(redis.version().isAtLeast(6, 2), () -> "an old redis-server: " + redis.version());
    }

    @Test
    void clientReadsExactlyOneReply() throws Exception {
        String resp2 = "+OK\r\n" + "-ERR bad \u0001\r\n" + ":-7\r\n" + "$3\r\na\r\n\r\n" + "$-1\r\n" + "*-1\r\n"
                + "*3\r\n:1\r\n*0\r\n$0\r\n\r\n";
        String resp3 = "_\r\n" + "#t\r\n" + ",-inf\r\n" + "(12345678901234567890\r\n" + "=7\r\ntxt:a b\r\n"
                + "!5\r\nERR x\r\n" + "%1\r\n$1\r\nk\r\n~2\r\n:1\r\n:2\r\n" + ">2\r\n+message\r\n_\r\n";
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RespClient client = RespClient.connect(listening.getLocalPort());
                Socket server = listening.accept()) {
            server.getOutputStream().write(Bytes.latin1(resp2 + resp3));
            String[] expected = {"OK", "(error) ERR bad \\x01", "(integer) -7", "\"a\\r\\n\"", "(nil)", "(nil array)",
                "[(integer) 1, [], \"\"]", "(nil)", "(true)", "(double) -inf", "(big number) 12345678901234567890",
                "(verbatim) \"txt:a b\"", "(bulk error) ERR x", "{\"k\": ~[(integer) 1, (integer) 2]}",
                ">[message, (nil)]"};
            StringBuilder wire = new StringBuilder();
            for (String text : expected) {
                Reply reply = client.read();
                assertEquals(text, reply.toString());
                wire.append(reply.wire());
            }
            assertEquals(resp2 + resp3, wire.toString());

            assertTrue(client.poll(Duration.ofMillis(1)).isEmpty());
            server.getOutputStream().write(Bytes.latin1("$5\r\nab"));
            server.shutdownOutput();
            UncheckedIOException cut = assertThrows(UncheckedIOException.class, client::read);
            assertTrue(cut.getMessage().contains("$5\\r\\nab"), cut.getMessage());
        }
    }

    @Test
    void clientSendsWhatItIsTold() throws IOException {
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RespClient client = RespClient.connect(listening.getLocalPort());
                Socket server = listening.accept()) {
            client.queue("SET", new byte[] {0, -1}, 12).queue("GET", "é").flush()
                    .sendInline("PING \"\u00ff\"").sendRaw("*x").closeOutput();
            assertEquals("*3\\r\\n$3\\r\\nSET\\r\\n$2\\r\\n\\x00\\xff\\r\\n$2\\r\\n12\\r\\n"
                    + "*2\\r\\n$3\\r\\nGET\\r\\n$2\\r\\n\\xc3\\xa9\\r\\n"
                    + "PING \\\"\\xff\\\"\\r\\n*x", Bytes.escape(server.getInputStream().readAllBytes()));
        }
    }
}
