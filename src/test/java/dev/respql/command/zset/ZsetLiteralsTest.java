package dev.respql.command.zset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.testing.EachBackend;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import dev.respql.value.InlineArguments;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each command of sorted sets, option by option, against replies that are written down: no redis-server is needed. */
@EachBackend
class ZsetLiteralsTest {
    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void answersWhatIsWrittenDown(int protocol, RunningServer server) throws IOException {
        int compared = 0;
        try (RespClient client = server.connect().protocol(protocol)) {
            for (String line : lines()) {
                if (line.startsWith("##")) {
                    client.call("FLUSHDB");
                } else if (!line.isBlank() && !line.startsWith("#")) {
                    String[] parts = line.split(" => ");
                    List<byte[]> command = InlineArguments.split(parts[0].getBytes(StandardCharsets.ISO_8859_1));
                    assertEquals(parts[protocol == 3 ? parts.length - 1 : 1], client.call(command).toString(), parts[0]);
                    compared++;
                }
            }
        }
        assertTrue(compared > 200, compared + " replies");
    }

    private static List<String> lines() throws IOException {
        try (InputStream file = ZsetLiteralsTest.class.getResourceAsStream("replies.txt")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }
}
