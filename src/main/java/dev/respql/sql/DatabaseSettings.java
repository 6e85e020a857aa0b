package dev.respql.sql;

import dev.respql.config.Backend;
import dev.respql.config.Config;
import dev.respql.config.DatabaseUrl;
import dev.respql.config.Durability;
import java.nio.file.Path;
import java.util.Map;

/**
 * How to open a database.
 *
 * @param backend which kind
 * @param url JDBC URL; null with SQLite for the file in {@code directory}
 * @param directory where SQLite keeps its file
 * @param durability what a commit promises
 * @param options SQLite pragmas, or HikariCP and pgjdbc properties, by name
 * @param links how many lanes will have a connection
 * @param databases how many numbered databases there are
 * @param readOnly whether nothing may be written, not even a schema migration
 */
public record DatabaseSettings(Backend backend, String url, Path directory, Durability durability,
        Map<String, String> options, int links, int databases, boolean readOnly) {

    public static DatabaseSettings of(Config config, int links) {
        return new DatabaseSettings(config.backend(), config.databaseUrl().map(DatabaseUrl::jdbc).orElse(null),
                config.dir(), config.durability(), config.backendOptions(), links, (int) config.number("databases"),
                config.flag("readonly"));
    }
}
