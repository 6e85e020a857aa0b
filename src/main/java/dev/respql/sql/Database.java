package dev.respql.sql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.respql.StartupException;
import dev.respql.config.Backend;
import dev.respql.config.Durability;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;

/** An open database with respql's schema in it: one of the two dialects. Safe for use by all threads. */
public abstract class Database implements AutoCloseable {
    protected final DatabaseSettings settings;
    protected final SqlCounters counters = new SqlCounters();

    Database(DatabaseSettings settings) {
        this.settings = settings;
    }

    /**
     * Opens the database and brings its schema up to date.
     *
     * @throws StartupException with one line for the user where that is not possible
     */
    public static Database open(DatabaseSettings settings) {
        return settings.backend() == Backend.POSTGRESQL
                ? PostgresDatabase.connect(settings) : SqliteDatabase.openFile(settings);
    }

    /** A connection to an existing database that changes nothing; a server may be using the database meanwhile. */
    public static Connection connectForReading(DatabaseSettings settings) throws SQLException {
        return DriverManager.getConnection(settings.backend() == Backend.POSTGRESQL
                ? settings.url() : SqliteDatabase.urlForReading(settings));
    }

    /** A connection for one lane; call it on any thread, use the link on one. */
    public abstract SqlLink link();

    /** A connection for the talk between nodes, where the database is shared by them; for any thread. */
    public ConnectionSource.Lease lease() throws SQLException {
        throw new IllegalStateException("there is only one node");
    }

    /** Name and version of the database, for people: {@code SQLite 3.50}. Holds no secrets. */
    public abstract String description();

    /** Where the data is, for people; without secrets. */
    public abstract String location();

    /** Microseconds since 1970 by the clock that all nodes share; costs no statement. */
    public abstract long micros();

    /** Looks anew at the clock that all nodes share, since clocks are set right, and databases move to other machines. */
    public void measureClock() {
        // There is only one.
    }

    /** Whether other nodes may be working on the same data. */
    public abstract boolean sharedByNodes();

    /** Bytes the data takes on disk, roughly; 0 where it is not known. */
    public abstract long sizeBytes();

    /** What a commit promises here. */
    public Durability durability() {
        return settings.durability();
    }

    /** Waits until everything that is committed is on the disk. For any thread but a lane's, which it would hold up. */
    public abstract void makeDurable();

    public DatabaseSettings settings() {
        return settings;
    }

    public SqlCounters counters() {
        return counters;
    }

    @Override
    public abstract void close();

    /** A pool whose connections a lane keeps for life: nothing is retired behind a lane's back. */
    static HikariDataSource pool(HikariConfig config, int size) {
        config.setPoolName("respql");
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(0);
        config.setMaxLifetime(0);
        config.setIdleTimeout(0);
        config.setKeepaliveTime(0);
        config.setInitializationFailTimeout(-1);
        return new HikariDataSource(config);
    }

    /** Applies what is missing of {@code db/migration}; several nodes may do so at once. */
    void migrate(HikariDataSource pool, String dialect, Map<String, String> placeholders) {
        Flyway flyway = Flyway.configure()
                .dataSource(pool)
                .locations("classpath:db/migration/common", "classpath:db/migration/" + dialect)
                .placeholders(placeholders)
                .table("schema_history")
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .load();
        try {
            for (MigrationInfo applied : flyway.info().applied()) {
                if (applied.getState().name().startsWith("FUTURE")) {
                    throw new StartupException("this database was written by a newer respql (schema version "
                            + applied.getVersion() + "): upgrade this one");
                }
            }
            if (!settings.readOnly()) {
                flyway.migrate();
            }
        } catch (FlywayException e) {
            throw new StartupException("the schema could not be applied: " + firstLine(e), e);
        }
    }

    /**
     * Makes sure that every numbered database has a space for its keys: one that was never used, since the sweeper may
     * still be busy with those that FLUSHDB left. Nobody may be flushing meanwhile.
     */
    void createSpaces(Connection connection) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("""
                INSERT INTO databases (number, space)
                SELECT ?, coalesce(max(space), -1) + 1 FROM databases WHERE true
                ON CONFLICT (number) DO NOTHING""")) {
            for (int number = 0; number < settings.databases(); number++) {
                insert.setInt(1, number);
                insert.executeUpdate();
            }
        }
    }

    static String firstLine(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = root.getMessage();
        return message == null ? root.getClass().getSimpleName() : message.lines().findFirst().orElse("").strip();
    }
}
