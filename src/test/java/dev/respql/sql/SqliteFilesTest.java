package dev.respql.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.respql.Server;
import dev.respql.config.Config;
import dev.respql.testing.RespClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files there are. */
class SqliteFilesTest {
    @TempDir
    private Path directory;

    @Test
    void nothingIsLeftBesideTheDatabaseWhenTheServerHasEnded() throws IOException {
        Config config = Config.defaults();
        config.put("port", "0");
        config.put("dir", directory.toString());
        try (Server server = Server.start(config); RespClient client = RespClient.connect(server.port())) {
            client.call("SET", "key", "value");
            client.call("GET", "key");
        }
        assertEquals(Set.of("respql.db", "respql.lock"), files());
    }

    private Set<String> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        }
    }
}
