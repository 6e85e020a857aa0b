package dev.respql;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import dev.respql.config.Config;
import org.slf4j.LoggerFactory;

/** Makes the log as detailed as the parameters "loglevel" and "debug" ask for. */
final class LogLevel {
    private LogLevel() {
    }

    /** From now on, for the whole process. */
    static void follow(Config config) {
        apply(config);
        config.onChange(Config.LOGLEVEL, parameter -> apply(config));
    }

    private static void apply(Config config) {
        // Somebody who embeds the server may log with something else, and then sets levels there.
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.getLogger("dev.respql").setLevel(level(config));
        }
    }

    /** Redis has four levels in the order of ours, from debug to warning. */
    static Level level(Config config) {
        if (config.flag(Config.DEBUG)) {
            return Level.DEBUG;
        }
        return switch (config.get(Config.LOGLEVEL)) {
            case "debug", "verbose" -> Level.DEBUG;
            case "warning" -> Level.WARN;
            case "nothing" -> Level.OFF;
            default -> Level.INFO;
        };
    }
}
