package dev.respql.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.Server;
import dev.respql.StartupException;
import dev.respql.config.Config;
import dev.respql.testing.RespClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
        try (Server server = start("dir", directory.toString()); RespClient client = RespClient.connect(server.port())) {
            client.call("SET", "key", "value");
            client.call("GET", "key");
        }
        assertEquals(Set.of("respql.db", "respql.db.lock"), files());
    }

    @Test
    void thereCanBeSeveralDatabasesInOneDirectory() {
        try (Server one = start("url", "jdbc:sqlite:" + directory.resolve("one.db"));
                Server other = start("url", "jdbc:sqlite:" + directory.resolve("other.db"));
                RespClient clientOfOne = RespClient.connect(one.port());
                RespClient clientOfOther = RespClient.connect(other.port())) {
            clientOfOne.call("SET", "key", "value");
            assertTrue(clientOfOther.call("GET", "key").isNull());
        }
    }

    @Test
    void oneDatabaseIsUsedByOneServerByWhateverName() throws IOException {
        Path file = directory.resolve("a b#%+.db");
        String uri = file.toUri().toString();
        assertTrue(uri.startsWith("file:///") && uri.endsWith("/a%20b%23%25+.db"), uri);
        try (Server server = start("url", "jdbc:sqlite:" + uri)) {
            assertEquals(file.toString(), server.node().database().location());
            assertTrue(Files.exists(file));
            Path link = Files.createSymbolicLink(directory.resolve("link.db"), file);
            for (String name : List.of(file.toString(), link.toString(), uri.replace("file://", "file:"),
                    uri.replace("file://", "file://localhost") + "?mode=rwc")) {
                StartupException refused = assertThrows(StartupException.class, () -> start("url", "jdbc:sqlite:" + name));
                assertEquals("another respql is using " + file, refused.getMessage());
            }
        }
        assertEquals(Set.of("a b#%+.db", "a b#%+.db.lock", "link.db"), files());
    }

    @Test
    void aDatabaseInMemoryIsNoFile() {
        for (String name : List.of("", ":memory:", ":resource:x.db")) {
            assertThrows(StartupException.class, () -> start("url", "jdbc:sqlite:" + name));
        }
    }

    private static Server start(String parameter, String value) {
        Config config = Config.defaults();
        config.put("port", "0");
        config.put(parameter, value);
        return Server.start(config);
    }

    private Set<String> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        }
    }
}
