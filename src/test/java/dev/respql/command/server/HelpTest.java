package dev.respql.command.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.command.Command;
import dev.respql.command.Commands;
import dev.respql.testing.Backend;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** HELP of every container, in the layout of Redis's. */
class HelpTest {
    private static RunningServer server;
    private static RespClient client;

    @BeforeAll
    static void start() {
        server = RunningServer.start(Backend.SQLITE, "enable-debug-command=yes");
        client = server.connect();
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
    }

    @Test
    void everyContainerHasIt() {
        for (Command command : Commands.table().commands()) {
            if (!command.subcommands().isEmpty()) {
                check(command.name(), command.subcommands().size());
            }
        }
        check("debug", 1);
    }

    private static void check(String name, int subcommands) {
        List<String> lines = client.call(name, "HELP").texts();
        assertEquals(name.toUpperCase(Locale.ROOT) + " <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
                lines.get(0));
        assertEquals(List.of("HELP", "    Print this help."), lines.subList(lines.size() - 2, lines.size()));
        assertTrue(lines.size() > 2 * subcommands, lines.toString());
        assertTrue(lines.stream().noneMatch(line -> line.length() > 80 && line.startsWith(" ")), lines.toString());
    }

    @Test
    void linesFollowFromSyntaxAndSummary() {
        List<String> lines = client.call("memory", "help").texts();
        int usage = lines.indexOf("USAGE key [SAMPLES count]");
        assertEquals(List.of(
                "    Returns how many bytes a key takes in the database, about. Of a collection",
                "    five elements are looked at if not told how many, all for 0.",
                "HELP"), lines.subList(usage + 1, usage + 4));
        assertTrue(client.call("command", "help").texts().contains("(no subcommand)"));
        assertTrue(client.call("memory", "help").items().stream().allMatch(line -> line.type() == '+'));
    }
}
