package dev.respql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.testing.Backend;
import dev.respql.testing.EachBackend;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Runs every query that the README gives to paste, on the database it is for. */
@EachBackend
class ReadmeTest {
    private static final Pattern SQL_BLOCK = Pattern.compile("```sql\\n(.*?)```", Pattern.DOTALL);

    @Test
    void everyQueryFindsWhatIsThere(RunningServer server, RespClient client) throws Exception {
        client.call("SET", "greeting", "hello, tables", "EX", "3600");
        client.call("HSET", "user:1", "name", "Ada", "city", "London");
        client.call("ZADD", "scores", "12.5", "ada", "9", "bob");
        client.call("SET", "expired", "gone", "PXAT", "1");
        client.call("SET", "soon", "today", "EX", "1");
        List<String> blocks = blocks();
        assertEquals(2, blocks.size(), "blocks of SQL in the README");
        List<String> queries = queries(blocks.get(0));
        List<String> dated = queries(blocks.get(1));
        queries.add(dated.get(server.backend() == Backend.SQLITE ? 0 : 1));
        try (Connection connection = server.openDatabase(); Statement statement = connection.createStatement()) {
            for (String query : queries) {
                try (ResultSet result = statement.executeQuery(query)) {
                    boolean mayBeEmpty = query.contains("86400") || query.contains("day");
                    assertTrue(result.next() || mayBeEmpty, "no rows from: " + query);
                }
            }
            try (ResultSet names = statement.executeQuery("SELECT name FROM all_keys WHERE name = 'expired'")) {
                assertFalse(names.next(), "an expired key shows");
            }
        }
    }

    private static List<String> blocks() throws IOException {
        Matcher matcher = SQL_BLOCK.matcher(Files.readString(Path.of("README.md")));
        List<String> blocks = new ArrayList<>();
        while (matcher.find()) {
            blocks.add(matcher.group(1));
        }
        return blocks;
    }

    private static List<String> queries(String block) {
        return new ArrayList<>(Arrays.stream(block.split(";")).map(String::strip).filter(query -> !query.isEmpty())
                .toList());
    }
}
