package dev.respql.command.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.respql.Server;
import dev.respql.config.Config;
import dev.respql.testing.RespClient;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SHUTDOWN ends the server in good order: what was answered is there at the next start. */
class ShutdownTest {
    @ParameterizedTest
    @ValueSource(strings = {"SHUTDOWN", "shutdown nosave", "SHUTDOWN SAVE", "SHUTDOWN NOW FORCE NOSAVE"})
    void endsTheServerAfterWhatCameBefore(String shutdown, @TempDir Path directory) {
        Server server = Server.start(config(directory));
        try (RespClient client = RespClient.connect(server.port()); RespClient idle = RespClient.connect(server.port())) {
            assertEquals("PONG", idle.call("PING").toString());
            client.queue("SET", "key", "value").queue((Object[]) shutdown.split(" ")).queue("SET", "key", "late").flush();
            assertEquals("OK", client.read().toString());
            assertArrayEquals(new byte[0], client.readUntilClosed());
            assertTimeoutPreemptively(Duration.ofSeconds(60), server::awaitShutdown);
            assertArrayEquals(new byte[0], idle.readUntilClosed());
        }
        assertThrows(UncheckedIOException.class, () -> RespClient.connect(server.port()));
        try (Server next = Server.start(config(directory)); RespClient client = RespClient.connect(next.port())) {
            assertEquals("\"value\"", client.call("GET", "key").toString());
        }
    }

    private static Config config(Path directory) {
        Config config = Config.defaults();
        config.put(Config.PORT, "0");
        config.put(Config.DIR, directory.toString());
        return config;
    }
}
