package dev.respql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.respql.config.Backend;
import dev.respql.config.Config;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

class MainTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Map<String, String> environment = new HashMap<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("dev.respql");
    private final Level level = logger.getLevel();
    private Config started;

    @AfterEach
    void restoreLogLevel() {
        logger.setLevel(level);
    }

    @Test
    void startsWithTheDefaults() {
        Config config = config();
        assertEquals(6377, config.number(Config.PORT));
        assertEquals(Backend.SQLITE, config.backend());
        assertEquals(Path.of("data"), config.dir());
    }

    @Test
    void passesEveryOptionOn() {
        Config config = config("--host", "0.0.0.0 ::", "--port=7000", "--dir", "/d", "--url", "postgres://u:p@h/d",
                "--backend", "postgresql", "--backend-option", "a=1", "--backend-option", "b=2 3",
                "--requirepass", "-x", "--databases", "4", "--debug", "--flushall", "--readonly",
                "--durability", "everysec", "--maxclients", "5", "--timeout", "6", "--tcp-keepalive", "7",
                "--lanes", "8");
        assertEquals(List.of("0.0.0.0", "::"), config.bindAddresses());
        assertEquals("jdbc:postgresql://h/d?user=u&password=p", config.databaseUrl().orElseThrow().jdbc());
        assertEquals(Map.of("a", "1", "b", "2 3"), config.backendOptions());
        Map<String, String> expected = Map.ofEntries(Map.entry("port", "7000"), Map.entry("dir", "/d"),
                Map.entry("backend", "postgresql"), Map.entry("requirepass", "-x"), Map.entry("databases", "4"),
                Map.entry("debug", "yes"), Map.entry("flushall", "yes"), Map.entry("readonly", "yes"),
                Map.entry("durability", "everysec"), Map.entry("maxclients", "5"), Map.entry("timeout", "6"),
                Map.entry("tcp-keepalive", "7"), Map.entry("lanes", "8"));
        expected.forEach((name, value) -> assertEquals(value, config.get(name), name));
    }

    @Test
    void theCommandLineBeatsTheEnvironmentAndThatTheFile(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("respql.conf"),
                "port 1\ntimeout 2\nrequirepass file\nurl jdbc:sqlite:file.db\n");
        environment.put("RESPQL_REQUIREPASS", "environment");
        environment.put("RESPQL_URL", "postgres://environment/");
        Config config = config(file.toString(), "--port", "3", "--url", "postgres://line/");
        assertEquals(List.of("3", "2", "environment", "postgres://line/"),
                List.of(config.get("port"), config.get("timeout"), config.get("requirepass"), config.get("url")));
        config.rewrite();
        assertEquals("port 3\ntimeout 2\nrequirepass file\nurl \"postgres://line/\"\n", Files.readString(file));
    }

    @Test
    void anEmptyEnvironmentVariableIsNone() {
        environment.put("RESPQL_URL", "");
        assertEquals(Backend.SQLITE, config().backend());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--rdb dump.rdb|unknown option --rdb; see respql --help",
        "--rdb=dump.rdb|unknown option --rdb; see respql --help",
        "--requirepas secret|unknown option --requirepas; see respql --help",
        "-x|unknown option -x; see respql --help",
        "a.conf b.conf|more than one configuration file; see respql --help",
        "--port|Missing required parameter for option '--port' (PORT); see respql --help",
        "--port 1 --port 2|option '--port' (PORT) should be specified only once; see respql --help",
        "--debug=maybe|Invalid value for option '--debug': 'maybe' is not a boolean; see respql --help",
        "--port x|--port: argument couldn't be parsed into an integer",
        "--port 65536|--port: argument must be between 0 and 65535 inclusive",
        "--port -1|--port: argument must be between 0 and 65535 inclusive",
        "--databases 0|--databases: argument must be between 1 and 2147483647 inclusive",
        "--lanes x|--lanes: argument couldn't be parsed into an integer",
        "--durability sometimes|--durability: argument(s) must be one of the following: always, everysec, no",
        "--backend mysql|--backend: argument(s) must be one of the following: sqlite, postgresql, memory",
        "--backend-option x|--backend-option: argument must be NAME=VALUE",
        "--backend postgresql|backend postgresql needs a url",
        "--backend memory --url postgres://u:secret@h/d|backend memory contradicts the url, which is one of PostgreSQL",
        "--url nothing|--url: the database URL must begin with jdbc:postgresql:, postgres://, postgresql:// or "
                + "jdbc:sqlite:",
        "/no/such.conf|can't open config file /no/such.conf: No such file or directory",
    })
    void aMistakeIsOneLineAndStatusTwo(String arguments, String complaint) {
        assertEquals(Main.USAGE, run(arguments.split(" ")));
        assertEquals("respql: " + complaint + "\n", text(err));
        assertEquals("", text(out));
        assertNull(started);
    }

    @Test
    void namesTheEnvironmentVariable() {
        environment.put("RESPQL_URL", "secret");
        assertEquals(Main.USAGE, run());
        assertTrue(text(err).startsWith("respql: RESPQL_URL: the database URL must begin with "), text(err));
    }

    @Test
    void aServerThatCannotStartIsOneLineAndStatusOne() {
        assertEquals(Main.CANNOT_START, run());
        assertEquals("respql: the port is taken at line two\n", text(err));
        assertEquals("", text(out));
    }

    @Test
    void evenABugIsOneLine() {
        Main main = new Main(new PrintStream(out, true), new PrintStream(err, true), environment, config -> {
            throw new IllegalStateException("no\nway");
        });
        assertEquals(Main.CANNOT_START, main.run());
        assertEquals("respql: cannot start: java.lang.IllegalStateException: no way (--debug shows where)\n",
                text(err));
    }

    @Test
    void showsHelp() {
        assertEquals(Main.OK, run("--help"));
        assertEquals("", text(err));
        for (String option : List.of("-h, --help", "-v, --version", "--host=", "--port=", "--dir=", "--url=",
                "--backend=", "--backend-option=NAME=VALUE", "--requirepass=", "--databases=", "--debug", "--flushall",
                "--readonly", "--durability=", "--maxclients=", "--timeout=", "--tcp-keepalive=", "--lanes=")) {
            assertTrue(text(out).contains(option), option);
        }
    }

    @Test
    void showsTheVersion() {
        assertEquals(Main.OK, run("-v"));
        assertEquals("respql " + Version.RESPQL + " (Redis 7.2.4)\n", text(out));
    }

    @ParameterizedTest
    @CsvSource({"no,notice,INFO", "no,debug,DEBUG", "no,verbose,DEBUG", "no,warning,WARN", "no,nothing,OFF",
        "yes,warning,DEBUG"})
    void logsAsMuchAsAskedFor(String debug, String loglevel, String level) {
        Config config = Config.defaults();
        config.put("debug", debug);
        config.put("loglevel", loglevel);
        assertEquals(Level.valueOf(level), LogLevel.level(config));
    }

    private Config config(String... arguments) {
        assertEquals(Main.CANNOT_START, run(arguments), () -> text(err));
        return started;
    }

    private int run(String... arguments) {
        return new Main(new PrintStream(out, true), new PrintStream(err, true), environment, config -> {
            started = config;
            throw new StartupException("the port is taken\nat line two", new IOException("hidden"));
        }).run(arguments);
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }
}
