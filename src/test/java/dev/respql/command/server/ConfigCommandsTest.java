package dev.respql.command.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.Server;
import dev.respql.config.Config;
import dev.respql.testing.Backend;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CONFIG with a file, bytes and secrets; errors and shapes are in {@link ServerConversationTest}. */
class ConfigCommandsTest {
    @Test
    void rewritesTheFileThatTheServerWasStartedWith(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("respql.conf");
        Files.writeString(file, "# mine\nport 0\ndir " + directory + "\ntimeout 7\n");
        try (Server server = Server.start(Config.load(file)); RespClient client = RespClient.connect(server.port())) {
            assertEquals("[\"timeout\", \"7\"]", client.call("CONFIG", "GET", "timeout").toString());
            assertEquals("OK", client.call("CONFIG", "SET", "timeout", "0", "maxmemory", "10mb").toString());
            assertEquals("OK", client.call("CONFIG", "REWRITE").toString());
        }
        String rewritten = Files.readString(file);
        assertTrue(rewritten.startsWith("# mine\nport 0\n"), rewritten);
        assertTrue(rewritten.contains("maxmemory 10mb") && !rewritten.contains("timeout 7"), rewritten);
    }

    @Test
    void valuesAreUtf8AndAnyBytesAreNames() {
        try (RunningServer server = RunningServer.start(Backend.SQLITE); RespClient client = server.connect()) {
            assertEquals("OK", client.call("CONFIG", "SET", "masterauth", "grün €").toString());
            assertEquals("grün €", client.call("CONFIG", "GET", "masterauth").items().get(1).text());
            byte[] odd = {(byte) 0xff, 'x'};
            assertEquals("[]", client.call("CONFIG", "GET", odd).toString());
            assertEquals("-ERR Unknown option or number of arguments for CONFIG SET - '\u00ffx'\r\n",
                    client.call("CONFIG", "SET", odd, "1").wire());
        }
    }

    @Test
    void setTakesEffectAtOnce() {
        try (RunningServer server = RunningServer.start(Backend.SQLITE); RespClient client = server.connect()) {
            client.call("CONFIG", "SET", "proto-max-bulk-len", "1mb", "requirepass", "secret");
            assertEquals(1 << 20, server.server().node().maxBulkBytes());
            try (RespClient other = server.connect()) {
                assertTrue(other.call("PING").isError());
                assertEquals("OK", other.call("AUTH", "secret").toString());
            }
        }
    }

    @Test
    void listsEveryParameterOfRedis() {
        try (RunningServer server = RunningServer.start(Backend.SQLITE); RespClient client = server.connect()) {
            List<String> names = client.call("CONFIG", "GET", "*").texts();
            assertTrue(names.containsAll(List.of("maxmemory", "save", "appendonly", "slave-priority", "url", "durability")));
            assertTrue(names.size() / 2 > 200, names.toString());
        }
    }
}
