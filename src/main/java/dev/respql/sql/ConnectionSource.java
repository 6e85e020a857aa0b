package dev.respql.sql;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;

/** Lends PostgreSQL connections for the life of a lane, past HikariCP's proxies, which would wrap every call. */
final class ConnectionSource {
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
    record Lease(HikariDataSource pool, Connection pooled, Connection connection, PGConnection postgres) {
        /** Gives the connection up; it is not used again by anyone. */
        void discard() {
            pool.evictConnection(pooled);
        }
    }
}
