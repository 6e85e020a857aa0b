package dev.respql.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;

/**
 * A real PostgreSQL for the tests, one for each JVM, started when the first test asks for it and stopped at exit:
 * <ol>
 * <li>the one that the environment variable {@code RESPQL_TEST_POSTGRES} names (a JDBC URL whose user may create
 *     databases; the tests only touch databases that they create),
 * <li>else a container, where a Docker engine answers,
 * <li>else PostgreSQL's own binaries from Maven Central, which also start as root.
 * </ol>
 * Where none can be had, {@link #newDatabase()} throws: tests fail and are never skipped. Settings are raised for many
 * small servers on one PostgreSQL and otherwise are PostgreSQL's own, but for fsync, which is off unless
 * {@code -Drespql.test.fsync=on}: it changes what a power cut leaves, nothing that a test can see. All methods may be
 * called by any thread.
 */
public final class PostgresForTests {
    private static final String ENVIRONMENT = "RESPQL_TEST_POSTGRES";
    private static final String DOCKER_IMAGE = "postgres:16-alpine";
    private static final Pattern JDBC_URL = Pattern.compile("(jdbc:postgresql://[^/]*/)([^?]*)(\\?.*)?");
    private static final Map<String, String> SETTINGS = settings();
    private static final String PREFIX = "respql_test_" + UUID.randomUUID().toString().substring(0, 8) + "_";
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private PostgresForTests() {
    }

    /** Creates an empty database and returns its JDBC URL, credentials included. */
    public static String newDatabase() {
        String name = PREFIX + DATABASES.incrementAndGet();
        execute("CREATE DATABASE " + name);
        Matcher admin = parse(Holder.ADMIN_URL);
        return admin.group(1) + name + (admin.group(3) == null ? "" : admin.group(3));
    }

    /** Drops a database of {@link #newDatabase()}, whoever is still connected to it. */
    public static void dropDatabase(String url) {
        String name = parse(url).group(2);
        if (!name.startsWith(PREFIX)) {
            throw new IllegalArgumentException("not a database of this test run: " + name);
        }
        execute("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
    }

    /** Whether a database of {@link #newDatabase()} lets anybody connect from now on; who is connected stays so. */
    public static void allowConnections(String url, boolean allowed) {
        execute("ALTER DATABASE " + parse(url).group(2) + " ALLOW_CONNECTIONS " + allowed);
    }

    /** A connection to a database of {@link #newDatabase()}; the caller closes it. */
    public static Connection connect(String url) throws SQLException {
        return DriverManager.getConnection(url);
    }

    private static void execute(String sql) {
        try (Connection connection = DriverManager.getConnection(Holder.ADMIN_URL);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql + ": " + e.getMessage(), e);
        }
    }

    private static Matcher parse(String url) {
        Matcher matcher = JDBC_URL.matcher(url);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "expected jdbc:postgresql://HOST:PORT/DATABASE?user=…, as " + ENVIRONMENT + " or otherwise");
        }
        return matcher;
    }

    private static Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("max_connections", "300");
        settings.put("max_locks_per_transaction", "512");
        settings.put("fsync", System.getProperty("respql.test.fsync", "off"));
        return settings;
    }

    /** Starts PostgreSQL when the first database is asked for. */
    private static final class Holder {
        static final String ADMIN_URL = find();

        private static String find() {
            String named = System.getenv(ENVIRONMENT);
            if (named != null && !named.isBlank()) {
                return named;
            }
            return DockerClientFactory.instance().isDockerAvailable() ? startContainer() : startBinaries();
        }

        private static String startContainer() {
            StringBuilder command = new StringBuilder("postgres");
            SETTINGS.forEach((name, value) -> command.append(" -c ").append(name).append('=').append(value));
            // Testcontainers' own reaper removes the container when this JVM ends.
            @SuppressWarnings("resource")
            PostgreSQLContainer container = new PostgreSQLContainer(DOCKER_IMAGE).withCommand(command.toString());
            container.start();
            String url = container.getJdbcUrl();
            return url + (url.contains("?") ? "&" : "?")
                    + "user=" + container.getUsername() + "&password=" + container.getPassword();
        }

        private static String startBinaries() {
            EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder().setPGStartupWait(Duration.ofMinutes(1));
            SETTINGS.forEach(builder::setServerConfig);
            try {
                // Registers its own stop at JVM exit.
                return builder.start().getJdbcUrl("postgres", "postgres");
            } catch (IOException e) {
                throw new UncheckedIOException("no PostgreSQL for the tests: " + ENVIRONMENT
                        + " is not set, no Docker engine answers, and the embedded binaries did not start", e);
            }
        }
    }
}
