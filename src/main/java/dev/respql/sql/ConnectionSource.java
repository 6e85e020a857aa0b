package dev.respql.sql;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;

/** Lends PostgreSQL connections for the life of a lane or of the bus, past HikariCP's proxies, which would wrap every call. */
public final class ConnectionSource {
    private static final int ANSWER_SECONDS = 5;

    private final HikariDataSource pool;

    ConnectionSource(HikariDataSource pool) {
        this.pool = pool;
    }

    /** A connection that answers; those in the pool that do not are thrown away. */
    Lease lease() throws SQLException {
        while (true) {
            Connection pooled = pool.getConnection();
            Lease lease = new Lease(pool, pooled, pooled.unwrap(Connection.class), pooled.unwrap(PGConnection.class));
            // After a failover none of the pool's old connections is any good, however recently it was used.
            if (lease.connection.isValid(ANSWER_SECONDS)) {
                return lease;
            }
            lease.discard();
        }
    }

    /** A connection on loan. */
    public record Lease(HikariDataSource pool, Connection pooled, Connection connection, PGConnection postgres) {
        /** Gives the connection up; it is not used again by anyone. */
        public void discard() {
            pool.evictConnection(pooled);
        }

        /** As {@link #discard}, for any thread: whoever waits for an answer of the database gets an exception. */
        public void abort() {
            try {
                connection.abort(Runnable::run);
            } catch (SQLException e) {
                // It is closed already.
            }
            discard();
        }
    }
}
