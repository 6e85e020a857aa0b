package dev.respql.command.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.testing.Backend;
import dev.respql.testing.RedisForTests;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** ACL, which knows one user. */
class AclCommandsTest {
    @Test
    void showsThePasswordAsRedisDoes() {
        RedisForTests.assumeAtLeast(7, 0);
        try (RunningServer server = RunningServer.start(Backend.SQLITE, "requirepass=secret");
                RespClient client = server.connect();
                RedisForTests redis = RedisForTests.start(); RespClient expected = redis.connect()) {
            try (RespClient administrator = redis.connect()) {
                administrator.call("CONFIG", "SET", "requirepass", "secret");
            }
            for (Object[] call : new Object[][] {{"AUTH", "secret"}, {"ACL", "LIST"},
                    {"ACL", "GETUSER", "default"}, {"ACL", "WHOAMI"}, {"ACL", "USERS"}}) {
                assertEquals(expected.call(call), client.call(call));
            }
        }
    }

    @Test
    void categoriesHoldWhatTheyHoldInRedis() {
        RedisForTests.assumeAtLeast(7, 0);
        try (RunningServer server = RunningServer.start(Backend.SQLITE); RespClient client = server.connect();
                RespClient redis = RedisForTests.shared().connect()) {
            Set<String> own = new TreeSet<>(client.call("COMMAND", "LIST").texts());
            Set<String> both = new TreeSet<>(redis.call("COMMAND", "LIST").texts());
            both.retainAll(own);
            for (String category : client.call("ACL", "CAT").texts()) {
                Set<String> expected = new TreeSet<>(redis.call("ACL", "CAT", category).texts());
                Set<String> actual = new TreeSet<>(client.call("ACL", "CAT", category).texts());
                expected.retainAll(both);
                actual.retainAll(both);
                assertEquals(expected, actual, category);
            }
        }
    }

    @Test
    void generatesPasswords() {
        try (RunningServer server = RunningServer.start(Backend.SQLITE); RespClient client = server.connect()) {
            assertTrue(client.call("ACL", "GENPASS").text().matches("[0-9a-f]{64}"));
            for (int[] pair : List.of(new int[] {1, 1}, new int[] {5, 2}, new int[] {8, 2}, new int[] {4096, 1024})) {
                Reply password = client.call("ACL", "GENPASS", pair[0]);
                assertEquals(pair[1], password.text().length(), password.toString());
            }
            assertTrue(!client.call("ACL", "GENPASS").equals(client.call("ACL", "GENPASS")));
        }
    }
}
