package dev.respql;

import dev.respql.config.Config;
import dev.respql.config.ConfigException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * What can be said on the command line. Values are texts here; {@link Config} knows which are good, so that the
 * command line, the file and CONFIG SET take the same.
 */
@Command(name = "respql", sortOptions = false, usageHelpWidth = 100,
        synopsisHeading = "Usage: ", customSynopsis = {"respql [CONFIG-FILE] [OPTIONS]",
            "       respql check [CONFIG-FILE] [OPTIONS]     read the database and report what is wrong in it%n"},
        description = {"A server that speaks the Redis protocol and keeps its data in a SQL database.%n"},
        footer = {"", "The configuration file has the form of redis.conf. The command line overrides the environment,",
            "which overrides the file. RESPQL_URL and RESPQL_REQUIREPASS keep secrets out of the list of",
            "processes. Exit status: 2 for a mistake in the above, 1 if the server cannot start."})
final class CommandLineOptions {
    @Parameters(arity = "0..1", paramLabel = "CONFIG-FILE", description = "A file of parameters, one a line.")
    private String file;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this and exit.")
    private boolean help;

    @Option(names = {"-v", "--version"}, versionHelp = true, description = "Show the version and exit.")
    private boolean version;

    @Option(names = "--host", paramLabel = "ADDRESS",
            description = "Address to listen on, or several with blanks between (127.0.0.1).")
    private String host;

    @Option(names = "--port", paramLabel = "PORT", description = "TCP port to listen on; 0: any free one (6377).")
    private String port;

    @Option(names = "--dir", paramLabel = "DIRECTORY", description = "Where the SQLite database is (data).")
    private String dir;

    @Option(names = "--url", paramLabel = "URL", description = {"Database: postgres://user:password@host/database,",
        "jdbc:postgresql://... or jdbc:sqlite:... (SQLite in --dir)."})
    private String url;

    @Option(names = "--backend", paramLabel = "NAME",
            description = "sqlite, postgresql or memory (what --url says, else sqlite).")
    private String backend;

    @Option(names = "--backend-option", paramLabel = "NAME=VALUE", description = {
        "An SQLite pragma, or a property of the PostgreSQL driver", "or the connection pool. Can be repeated."})
    private List<String> backendOptions;

    @Option(names = "--requirepass", paramLabel = "PASSWORD", description = "Password that clients must give.")
    private String requirepass;

    @Option(names = "--databases", paramLabel = "N", description = "How many databases SELECT can choose from (16).")
    private String databases;

    @Option(names = "--debug", description = "Log in detail.")
    private boolean debug;

    @Option(names = "--flushall", description = "Empty all databases at the start.")
    private boolean flushall;

    @Option(names = "--readonly", description = "Refuse commands that write.")
    private boolean readonly;

    @Option(names = "--durability", paramLabel = "WHEN", description = {
        "What a reply promises: always, everysec or no", "(everysec on SQLite, always on PostgreSQL)."})
    private String durability;

    @Option(names = "--maxclients", paramLabel = "N", description = "Clients that may be connected at once (10000).")
    private String maxclients;

    @Option(names = "--timeout", paramLabel = "SECONDS",
            description = "Disconnect a client idle for so long; 0: never (0).")
    private String timeout;

    @Option(names = "--tcp-keepalive", paramLabel = "SECONDS",
            description = "Probe a client silent for so long; 0: never (300).")
    private String tcpKeepalive;

    @Option(names = "--lanes", paramLabel = "N",
            description = "Database connections that run commands; 0: respql chooses (0).")
    private String lanes;

    /**
     * The configuration that the file, the environment and these options make together.
     *
     * @throws ConfigException with a message fit for one line on standard error
     */
    Config config(Map<String, String> environment) {
        Config config = file == null ? Config.defaults() : Config.load(path(file));
        fromEnvironment(config, environment, "RESPQL_URL", Config.URL);
        fromEnvironment(config, environment, "RESPQL_REQUIREPASS", Config.REQUIREPASS);
        option(config, "--host", Config.BIND, host);
        option(config, "--port", Config.PORT, port);
        option(config, "--dir", Config.DIR, dir);
        option(config, "--url", Config.URL, url);
        option(config, "--backend", Config.BACKEND, backend);
        if (backendOptions != null) {
            backendOptions.forEach(each -> option(config, "--backend-option", Config.BACKEND_OPTION, each));
        }
        option(config, "--requirepass", Config.REQUIREPASS, requirepass);
        option(config, "--databases", Config.DATABASES, databases);
        option(config, "--debug", Config.DEBUG, debug);
        option(config, "--flushall", Config.FLUSHALL, flushall);
        option(config, "--readonly", Config.READONLY, readonly);
        option(config, "--durability", Config.DURABILITY, durability);
        option(config, "--maxclients", Config.MAXCLIENTS, maxclients);
        option(config, "--timeout", Config.TIMEOUT, timeout);
        option(config, "--tcp-keepalive", Config.TCP_KEEPALIVE, tcpKeepalive);
        option(config, "--lanes", Config.LANES, lanes);
        config.backend(); // complains if the options contradict each other
        return config;
    }

    private static Path path(String file) {
        try {
            return Path.of(file);
        } catch (InvalidPathException e) {
            throw new ConfigException("not the name of a file: " + file);
        }
    }

    private static void fromEnvironment(Config config, Map<String, String> environment, String variable, String name) {
        String value = environment.getOrDefault(variable, "");
        if (!value.isEmpty()) {
            named(variable, () -> config.putForThisRun(name, value));
        }
    }

    private static void option(Config config, String option, String name, boolean given) {
        if (given) {
            option(config, option, name, "yes");
        }
    }

    private static void option(Config config, String option, String name, String value) {
        if (value != null) {
            named(option, () -> config.put(name, value));
        }
    }

    /** Lets a complaint name what the user wrote instead of the parameter. */
    private static void named(String source, Runnable setting) {
        try {
            setting.run();
        } catch (ConfigException e) {
            throw new ConfigException(source + ": " + e.reason());
        }
    }
}
