package dev.respql.sql;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;

/** Lends PostgreSQL connections for the life of a lane, past HikariCP's proxies, which would wrap every call. */
final class ConnectionSource {
    private final HikariDataSource pool;

    ConnectionSource(HikariDataSource pool) {
        this.pool = pool;
    }

    Lease lease() throws SQLException {
        Connection pooled = pool.getConnection();
        return new Lease(pool, pooled, pooled.unwrap(Connection.class), pooled.unwrap(PGConnection.class));
    }

    /** A connection on loan. */
    record Lease(HikariDataSource pool, Connection pooled, Connection connection, PGConnection postgres) {
        /** Gives the connection up; it is not used again by anyone. */
        void discard() {
            pool.evictConnection(pooled);
        }
    }
}
