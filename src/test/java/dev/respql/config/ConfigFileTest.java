package dev.respql.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigFileTest {
    @TempDir
    Path directory;

    // --- reading ---

    @Test
    void readsWhatRedisReads() throws IOException {
        Config config = load("""
                # a comment
                \tTimeOut\t5 \r
                   maxmemory    100mb
                slave-priority 7
                timeout 6
                save 900 1
                save 300 10
                client-output-buffer-limit normal 1mb 0 0
                client-output-buffer-limit "pubsub 1 2 3"
                requirepass "a b\\x41\\n\\xc3\\xa9"
                masteruser 'it\\'s'
                bind 127.0.0.1 ::1
                shutdown-on-sigint now   force
                list-max-ziplist-entries 5
                backend-option journal_mode=WAL
                backend-option "options=-c statement_timeout=5s"
                logfile ""
                latency-tracking-info-percentiles ""
                """);
        assertEquals(6, config.number("timeout"));
        assertEquals(104857600, config.number("maxmemory"));
        assertEquals(7, config.number("replica-priority"));
        assertEquals("900 1 300 10", config.get("save"));
        assertEquals("normal 1048576 0 0 slave 268435456 67108864 60 pubsub 1 2 3",
                config.get("client-output-buffer-limit"));
        assertEquals("a bA\né", config.get("requirepass"));
        assertEquals("it's", config.get("masteruser"));
        assertEquals(List.of("127.0.0.1", "::1"), config.bindAddresses());
        assertEquals("now force", config.get("shutdown-on-sigint"));
        assertEquals(Map.of("journal_mode", "WAL", "options", "-c statement_timeout=5s"), config.backendOptions());
        assertEquals("", config.get("latency-tracking-info-percentiles"));
        assertEquals(directory.resolve("a.conf"), config.file().orElseThrow());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "save|``", "save 5 5~save \"\"|``", "save \"\"~save 5 5|5 5", "save \"900 1\"|900 1",
        "hz 5|3600 1 300 100 60 10000",
    })
    void theFirstSaveReplacesTheDefault(String lines, String expected) throws IOException {
        assertEquals(expected, load(lines.replace('~', '\n')).get("save"));
    }

    /** The reasons are what a redis-server 7.0.15 said below "FATAL CONFIG FILE ERROR". */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "foo bar|'foo': Bad directive or wrong number of arguments",
        "include|'include': Bad directive or wrong number of arguments",
        "include a b|'include': Bad directive or wrong number of arguments",
        "timeout|'timeout': wrong number of arguments",
        "timeout 1 2|'timeout': wrong number of arguments",
        "timeout bad|'timeout': argument couldn't be parsed into an integer",
        "requirepass \"secret|Unbalanced quotes in configuration line",
        "requirepass \"secret\"x|Unbalanced quotes in configuration line",
        "requirepass secret x|'requirepass': wrong number of arguments",
        "databases 0|'databases': argument must be between 1 and 2147483647 inclusive",
        "port 99999|'port': argument must be between 0 and 65535 inclusive",
        "supervised x|'supervised': argument(s) must be one of the following: upstart, systemd, auto, no",
        "syslog-facility x|'syslog-facility': argument(s) must be one of the following: user, local0, local1, local2, "
                + "local3, local4, local5, local6, local7",
        "enable-debug-command x|'enable-debug-command': argument(s) must be one of the following: no, yes, local",
        "unixsocketperm 999|'unixsocketperm': argument couldn't be parsed as an octal number",
        "unixsocketperm 7777|'unixsocketperm': argument must be between 0 and 777 inclusive",
        "socket-mark-id -1|'socket-mark-id': argument must be between 0 and 4294967295 inclusive",
        "appendfilename a/b|'appendfilename': appendfilename can't be a path, just a filename",
        "appendfilename \"\"|'appendfilename': appendfilename can't be empty",
        "appenddirname a/b|'appenddirname': appenddirname can't be a path, just a dirname",
        "dbfilename a/b|'dbfilename': dbfilename can't be a path, just a filename",
        "save 1|'save': Invalid save parameters",
        "client-output-buffer-limit normal|'client-output-buffer-limit': Wrong number of arguments in buffer limit "
                + "configuration.",
        "oom-score-adj-values|'oom-score-adj-values': wrong number of arguments",
    })
    void namesTheLineButShowsNoValue(String line, String complaint) throws IOException {
        String message = assertThrows(ConfigException.class, () -> load("# first\n\n" + line + "\n")).getMessage();
        assertEquals(directory.resolve("a.conf") + ", line 3: " + complaint, message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "rename-command FLUSHALL \"\"|commands cannot be renamed in respql",
        "user bob on nopass|users other than the default one cannot be defined in respql",
        "loadmodule x.so|modules cannot be loaded in respql",
        "replicaof host 6379|respql has no replicas; several nodes can share a PostgreSQL database instead",
        "url nothing|the database URL must begin with jdbc:postgresql:, postgres://, postgresql:// or jdbc:sqlite:",
    })
    void refusesWhatItMustNotIgnore(String line, String reason) {
        String message = assertThrows(ConfigException.class, () -> load(line)).getMessage();
        assertEquals(directory.resolve("a.conf") + ", line 1: '" + line.split(" ")[0] + "': " + reason, message);
    }

    @Test
    void includesOtherFiles() throws IOException {
        Files.createDirectory(directory.resolve("parts"));
        Files.writeString(directory.resolve("parts/1.conf"), "hz 20\ntimeout 1\n");
        Files.writeString(directory.resolve("parts/2.conf"), "timeout 2\n");
        Files.writeString(directory.resolve("parts/other"), "timeout 3\n");
        Files.writeString(directory.resolve("b.conf"), "include parts/*.conf\n");
        Config config = load("hz 15\ninclude \"" + directory.resolve("b.conf") + "\"\nInclude none-*.conf\nhz 16\n");
        assertEquals(2, config.number("timeout"));
        assertEquals(16, config.number("hz"));
    }

    @Test
    void complainsAboutIncludedFiles() throws IOException {
        Files.writeString(directory.resolve("b.conf"), "hz x\n");
        assertEquals(directory.resolve("b.conf") + ", line 1: 'hz': argument couldn't be parsed into an integer",
                assertThrows(ConfigException.class, () -> load("include b.conf")).getMessage());
        assertEquals("can't open config file " + directory.resolve("c.conf") + ": No such file or directory",
                assertThrows(ConfigException.class, () -> load("include c.conf")).getMessage());
        assertEquals(directory.resolve("a.conf") + ": includes are nested too deeply",
                assertThrows(ConfigException.class, () -> load("include a.conf")).getMessage());
    }

    // --- CONFIG REWRITE: the layout below is what a redis-server 7.0.15 made of the same ---

    @Test
    void needsAFile() {
        assertEquals("The server is running without a config file",
                assertThrows(ConfigException.class, Config.defaults()::rewrite).getMessage());
    }

    private static final String BEFORE = """
            # my config
            port 17391

            # timeout comment
            timeout 5
            slave-priority 7

            # dup
            timeout 6
            save 900 1
            save 300 10
            # output limits
            client-output-buffer-limit normal 1mb 0 0
               maxmemory    100mb  \s
            requirepass "a b\\x41\\n"
            include inc.conf
            hash-max-ziplist-entries 99
            appendonly no
            loglevel notice
            bind 127.0.0.1
            proc-title-template "{title} {listen-addr}"
            logfile ""
            latency-tracking-info-percentiles 50 99
            # end
            """;

    @Test
    void keepsCommentsOrderAndWhatIsNoParameter() throws IOException {
        Files.writeString(directory.resolve("inc.conf"), "hz 20\n");
        Config config = load(BEFORE);
        config.rewrite();
        assertEquals("""
                # my config
                port 17391

                # timeout comment
                timeout 6
                replica-priority 7

                # dup

                save 900 1
                save 300 10
                # output limits
                client-output-buffer-limit normal 1mb 0 0
                maxmemory 100mb
                requirepass "a bA\\n"
                include inc.conf
                hash-max-listpack-entries 99
                appendonly no
                loglevel notice
                bind 127.0.0.1
                proc-title-template "{title} {listen-addr}"
                logfile ""
                latency-tracking-info-percentiles 50 99
                # end

                # Generated by CONFIG REWRITE
                hz 20
                """, content());
    }

    @Test
    void writesChangesInPlaceAndNewOnesAtTheEnd() throws IOException {
        Files.writeString(directory.resolve("inc.conf"), "hz 20\n");
        Config config = load(BEFORE);
        config.rewrite();
        set(config, "timeout", "0", "appendonly", "yes", "maxmemory", "1000", "slave-priority", "100", "save", "1 1",
                "requirepass", "x\"y\u0001 é", "hz", "30", "notify-keyspace-events", "KEA",
                "client-output-buffer-limit", "pubsub 1kb 3000000 9", "proto-max-bulk-len", "1gb",
                "maxmemory-clients", "5%", "masteruser", "it's", "latency-tracking-info-percentiles", "",
                "oom-score-adj-values", "1 2 3", "repl-backlog-size", "3mb", "list-max-ziplist-size", "-1",
                "bind-source-addr", "127.0.0.1");
        config.rewrite();
        assertEquals("""
                # my config
                port 17391

                # timeout comment
                timeout 0
                replica-priority 100

                # dup

                save 1 1

                # output limits
                client-output-buffer-limit normal 1mb 0 0
                maxmemory 1000
                requirepass "x\\"y\\x01 \\xc3\\xa9"
                include inc.conf
                hash-max-listpack-entries 99
                appendonly yes
                loglevel notice
                bind 127.0.0.1
                proc-title-template "{title} {listen-addr}"
                logfile ""
                latency-tracking-info-percentiles ""
                # end

                # Generated by CONFIG REWRITE
                hz 30
                """, content().substring(0, content().indexOf("hz 30\n") + 6));
        assertEquals(Stream.of("repl-backlog-size 3mb", "notify-keyspace-events \"AKE\"", "list-max-listpack-size -1",
                "maxmemory-clients 5%", "masteruser \"it's\"", "client-output-buffer-limit pubsub 1kb 3000000 9",
                "proto-max-bulk-len 1gb", "oom-score-adj-values 1 2 3", "bind-source-addr \"127.0.0.1\"").sorted()
                .toList(), content().substring(content().indexOf("hz 30\n") + 6).lines().sorted().toList());
        set(config, "save", "", "requirepass", "", "maxmemory", "0", "client-output-buffer-limit", "normal 0 0 0");
        config.rewrite();
        assertTrue(content().contains("# dup\n\nsave \"\"\n\n# output limits\n"), content());
        assertTrue(content().contains("client-output-buffer-limit normal 0 0 0\nmaxmemory 0\nrequirepass \"\"\n"),
                content());
        assertRoundTrip(config);
    }

    @Test
    void everythingThatCanBeSetSurvivesARewrite() throws IOException {
        Config config = load("");
        for (Parameter parameter : config.parameters()) {
            if (!parameter.definition().is(Definition.Trait.ONCE)) {
                change(config, parameter);
            }
        }
        config.rewrite();
        assertRoundTrip(config);
        assertEquals(List.of("flushall", "replicaof"), config.parameters().stream()
                .filter(parameter -> parameter.text().equals(parameter.initialText())).map(Parameter::name).toList());
    }

    @Test
    void rewritesTwiceTheSame() throws IOException {
        Config config = load("\n\n# a\n\n\n\nhz 50\n");
        set(config, "timeout", "5");
        config.rewrite();
        assertEquals("# a\n\nhz 50\n\n# Generated by CONFIG REWRITE\ntimeout 5\n", content());
        config.rewrite();
        assertEquals("# a\n\nhz 50\n\n# Generated by CONFIG REWRITE\ntimeout 5\n", content());
    }

    @Test
    void createsTheFileAnewForItsOwnerAlone() throws IOException {
        Config config = load("requirepass secret\n");
        Files.delete(directory.resolve("a.conf"));
        config.rewrite();
        assertEquals("# Generated by CONFIG REWRITE\nrequirepass \"secret\"\n", content());
        assertEquals("rw-------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("a.conf"))));
    }

    @Test
    void keepsPermissionsAndLinks() throws IOException {
        Path real = directory.resolve("real.conf");
        Files.writeString(real, "hz 50\n");
        Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rw-r-----"));
        Path link = Files.createSymbolicLink(directory.resolve("link.conf"), real);
        Config config = Config.load(link);
        set(config, "hz", "60");
        config.rewrite();
        assertTrue(Files.isSymbolicLink(link));
        assertEquals("hz 60\n", Files.readString(real));
        assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(real)));
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(2, files.count());
        }
    }

    @Test
    void leavesOutWhatWasForOneRun() throws IOException {
        Config config = load("requirepass \"from the file\"\nflushall no\n");
        config.putForThisRun("requirepass", "from the environment");
        config.putForThisRun("url", "postgres://u:secret@h/d");
        config.put("flushall", "yes");
        config.rewrite();
        assertEquals("requirepass \"from the file\"\nflushall no\n", content());
        set(config, "requirepass", "changed");
        config.rewrite();
        assertEquals("requirepass \"changed\"\nflushall no\n", content());
    }

    @Test
    void keepsBytesItDoesNotUnderstand() throws IOException {
        byte[] before = "# \u00e9\u00ff\nhz 50\n".getBytes(StandardCharsets.ISO_8859_1);
        Files.write(directory.resolve("a.conf"), before);
        Config.load(directory.resolve("a.conf")).rewrite();
        assertEquals(new String(before, StandardCharsets.ISO_8859_1),
                Files.readString(directory.resolve("a.conf"), StandardCharsets.ISO_8859_1));
    }

    @Test
    void saysWhyItCannotWrite() throws IOException {
        Path deep = Files.createDirectory(directory.resolve("deep"));
        Files.writeString(deep.resolve("a.conf"), "hz 50\n");
        Config config = Config.load(deep.resolve("a.conf"));
        Files.delete(deep.resolve("a.conf"));
        Files.delete(deep);
        assertEquals("Rewriting config file: No such file or directory",
                assertThrows(ConfigException.class, config::rewrite).getMessage());
    }

    /** Gives a parameter a value that is not its default, if there is one in the list. */
    private static void change(Config config, Parameter parameter) {
        for (String value : List.of("a=b c \" # é", "jdbc:sqlite:x y", "a b", "no", "yes", "1234567890", "1gb", "3",
                "777", "1 2 3", "1 2", "always", "debug", "local", "A", "slave 1 2 3", "now", "allkeys-lru",
                "allchannels", "auto", "clients", "swapdb", "panic", "hostname", "a.b", "{title}x", "memory", "user")) {
            try {
                config.put(parameter.name(), value);
            } catch (ConfigException notOfThisKind) {
                continue;
            }
            if (!parameter.text().equals(parameter.initialText())) {
                return;
            }
        }
    }

    private void assertRoundTrip(Config config) {
        Config again = Config.load(directory.resolve("a.conf"));
        for (Parameter parameter : config.parameters()) {
            assertEquals(parameter.text(), again.get(parameter.name()), parameter.name());
        }
    }

    private Config load(String content) throws IOException {
        return Config.load(Files.writeString(directory.resolve("a.conf"), content));
    }

    private String content() throws IOException {
        return Files.readString(directory.resolve("a.conf"));
    }

    private static void set(Config config, String... pairs) {
        config.set(Stream.iterate(0, i -> i < pairs.length, i -> i + 2).map(i -> Map.entry(pairs[i], pairs[i + 1]))
                .toList());
    }
}
