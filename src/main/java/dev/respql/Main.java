package dev.respql;

import dev.respql.config.Config;
import dev.respql.config.ConfigException;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program: reads the command line, starts the server and stays until it is shut down. */
public final class Main {
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);
    static final int OK = 0;
    static final int CANNOT_START = 1;
    static final int USAGE = 2;

    /** What starts a server; another one in tests. */
    interface Starter {
        Server start(Config config);
    }

    private final PrintStream out;
    private final PrintStream err;
    private final Map<String, String> environment;
    private final Starter starter;

    Main(PrintStream out, PrintStream err, Map<String, String> environment, Starter starter) {
        this.out = out;
        this.err = err;
        this.environment = environment;
        this.starter = starter;
    }

    /** Runs until the server is shut down. Exits with 0, with 1 if it could not start, 2 for a mistake in arguments. */
    public static void main(String[] args) {
        System.exit(new Main(System.out, System.err, System.getenv(), Server::start).run(args));
    }

    int run(String... args) {
        boolean checks = args.length > 0 && args[0].equals("check");
        return run(checks, checks ? Arrays.copyOfRange(args, 1, args.length) : args);
    }

    private int run(boolean checks, String... args) {
        CommandLineOptions options = new CommandLineOptions();
        // An argument that begins with '@' is itself, not a file to read arguments from.
        CommandLine commandLine = new CommandLine(options).setExpandAtFiles(false);
        Config config;
        try {
            CommandLine.ParseResult parsed = commandLine.parseArgs(args);
            if (parsed.isUsageHelpRequested()) {
                commandLine.usage(out);
                return OK;
            }
            if (parsed.isVersionHelpRequested()) {
                out.println("respql " + Version.RESPQL + " (Redis " + Version.REDIS + ")");
                return OK;
            }
            config = options.config(environment);
        } catch (ParameterException e) {
            return complain(USAGE, explain(e) + "; see respql --help");
        } catch (ConfigException e) {
            return complain(USAGE, e.getMessage());
        }
        return checks ? check(config) : serve(config);
    }

    private int check(Config config) {
        try {
            return Check.run(config, out) ? OK : CANNOT_START;
        } catch (StartupException | ConfigException e) {
            return complain(CANNOT_START, e.getMessage());
        }
    }

    private int serve(Config config) {
        LogLevel.follow(config);
        Server server;
        try {
            server = starter.start(config);
        } catch (StartupException | ConfigException e) {
            LOG.debug("Could not start", e);
            return complain(CANNOT_START, e.getMessage());
        } catch (RuntimeException e) {
            LOG.debug("Could not start", e);
            return complain(CANNOT_START, "cannot start: " + e + " (--debug shows where)");
        }
        warnOfParametersWithoutEffect(config);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            server.close();
            // As Redis does: being asked to end is no failure, whatever the signal was.
            Runtime.getRuntime().halt(OK);
        }, "shutdown"));
        server.awaitShutdown();
        return OK;
    }

    private static void warnOfParametersWithoutEffect(Config config) {
        if (!config.setWithoutEffect().isEmpty()) {
            LOG.warn("Without effect in respql: {}", String.join(", ", config.setWithoutEffect()));
        }
    }

    /** picocli's own words, unless they would repeat arguments that may be a password after a mistyped option. */
    private static String explain(ParameterException e) {
        if (e instanceof UnmatchedArgumentException unmatched) {
            String first = unmatched.getUnmatched().get(0);
            return first.startsWith("-") ? "unknown option " + first.split("=", 2)[0]
                    : "more than one configuration file";
        }
        return e.getMessage();
    }

    private int complain(int status, String message) {
        err.println("respql: " + message.strip().replaceAll("\\s*\\R\\s*", " "));
        return status;
    }
}
