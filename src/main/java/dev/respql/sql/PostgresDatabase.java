package dev.respql.sql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.respql.StartupException;
import dev.respql.config.Durability;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** PostgreSQL, shared by any number of nodes. */
final class PostgresDatabase extends Database {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresDatabase.class);
    private static final Set<String> POOL_OPTIONS = Set.of("connectionTimeout", "validationTimeout");
    /** What pgjdbc needs for speed and safety unless the user says otherwise. */
    private static final Map<String, String> DRIVER_DEFAULTS = Map.of(
            "prepareThreshold", "1",
            "ApplicationName", "respql",
            "tcpKeepAlive", "true",
            "connectTimeout", "5",
            "reWriteBatchedInserts", "false");
    /**
     * Every statement of a lane looks rows up by key, for a handful of keys or for thousands: one generic plan that goes
     * through the indexes serves all, while a plan made when a table was small would go on to scan it when it is large.
     * That a row costs as much as a page makes the planner go over few rows also where a table has so few that it does
     * not matter yet.
     */
    static final String LANE_SETTINGS = """
            SET plan_cache_mode = force_generic_plan;
            SET enable_seqscan = off;
            SET enable_hashjoin = off;
            SET enable_mergejoin = off;
            SET enable_material = off;
            SET random_page_cost = 1;
            SET cpu_tuple_cost = 1;
            SET max_parallel_workers_per_gather = 0;
            SET jit = off;
            SET synchronous_commit = %s""";

    /** For the bus: one that listens and one that notifies. */
    private static final int SIDE_CONNECTIONS = 2;

    private final HikariDataSource pool;
    private final ConnectionSource source;
    private final String description;
    private final String location;
    private final SharedClock clock = new SharedClock();

    private PostgresDatabase(DatabaseSettings settings, HikariDataSource pool) {
        super(settings);
        this.pool = pool;
        this.source = new ConnectionSource(pool);
        try (Connection connection = pool.getConnection()) {
            description = "PostgreSQL " + connection.getMetaData().getDatabaseProductVersion();
            location = connection.getMetaData().getURL().replaceFirst("\\?.*", "");
            clock.measure(connection);
        } catch (SQLException e) {
            pool.close();
            throw new StartupException("PostgreSQL cannot be reached: " + firstLine(e), e);
        }
    }

    static PostgresDatabase connect(DatabaseSettings settings) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(settings.url());
        config.setConnectionTimeout(5_000);
        Properties driver = new Properties();
        driver.putAll(DRIVER_DEFAULTS);
        Properties poolOptions = new Properties();
        settings.options().forEach((name, value) ->
                (POOL_OPTIONS.contains(name) ? poolOptions : driver).setProperty(name, value));
        config.setDataSourceProperties(driver);
        applyPoolOptions(config, poolOptions);
        config.setConnectionInitSql(LANE_SETTINGS.formatted(
                settings.durability() == Durability.ALWAYS ? "on" : "off"));
        HikariDataSource pool = pool(config, settings.links() + 2 + SIDE_CONNECTIONS);
        PostgresDatabase database = new PostgresDatabase(settings, pool);
        try {
            database.migrate(pool, "postgresql", Map.of(
                    "bytes", "BYTEA",
                    "double", "DOUBLE PRECISION",
                    "id", "BIGINT PRIMARY KEY",
                    "clustered", "",
                    "often_updated", "WITH (fillfactor = 80)",
                    "including_key", "INCLUDE (key_id)",
                    "unlogged", "UNLOGGED",
                    "text", "respql_text(",
                    "end_text", ")",
                    "now_ms", "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"));
            if (!settings.readOnly()) {
                database.createSpacesAlone();
            }
            return database;
        } catch (SQLException e) {
            database.close();
            throw new StartupException("PostgreSQL refused respql's tables: " + firstLine(e), e);
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    private void createSpacesAlone() throws SQLException {
        try (Connection connection = pool.getConnection(); Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SELECT pg_advisory_xact_lock(" + PostgresLink.EVERYTHING + ")");
            createSpaces(connection);
            connection.commit();
        }
    }

    private static void applyPoolOptions(HikariConfig config, Properties options) {
        try {
            if (options.containsKey("connectionTimeout")) {
                config.setConnectionTimeout(Long.parseLong(options.getProperty("connectionTimeout")));
            }
            if (options.containsKey("validationTimeout")) {
                config.setValidationTimeout(Long.parseLong(options.getProperty("validationTimeout")));
            }
        } catch (IllegalArgumentException e) {
            throw new StartupException("bad backend-option: " + e.getMessage(), e);
        }
    }

    @Override
    public SqlLink link() {
        try {
            return new PostgresLink(source, clock, counters);
        } catch (SQLException e) {
            throw DatabaseException.of(e, false);
        }
    }

    @Override
    public ConnectionSource.Lease lease() throws SQLException {
        return source.lease();
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public String location() {
        return location;
    }

    @Override
    public long micros() {
        return clock.micros();
    }

    @Override
    public void measureClock() {
        try (Connection connection = pool.getConnection()) {
            clock.measure(connection);
        } catch (SQLException e) {
            // Whoever has work for the database says so; the clock goes on as it went.
            LOG.debug("the clock could not be measured", e);
        }
    }

    @Override
    public void makeDurable() {
        try (Connection connection = pool.getConnection(); Statement statement = connection.createStatement()) {
            // A commit that waits for the disk takes all earlier ones there; it must have something to write.
            statement.execute("BEGIN; SET LOCAL synchronous_commit = on;"
                    + " SELECT pg_logical_emit_message(true, 'respql', ''); COMMIT");
        } catch (SQLException e) {
            throw DatabaseException.of(e, false);
        }
    }

    @Override
    public boolean sharedByNodes() {
        return true;
    }

    @Override
    public long sizeBytes() {
        try (Connection connection = pool.getConnection(); Statement statement = connection.createStatement();
                ResultSet size = statement.executeQuery("SELECT pg_database_size(current_database())")) {
            size.next();
            return size.getLong(1);
        } catch (SQLException e) {
            return 0;
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
