package dev.respql.sql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.respql.testing.Await;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteDataSource;

class WalKeeperTest {
    private static final int MEGABYTE = 1 << 20;
    /** More than may wait in the log. */
    private static final int MEGABYTES = 34;

    @TempDir
    private Path directory;

    @Test
    void goesOnAfterFailures() throws SQLException {
        String url = "jdbc:sqlite:" + directory.resolve("test.db");
        AtomicInteger refusals = new AtomicInteger(3);
        List<SQLiteConnection> ofKeeper = new CopyOnWriteArrayList<>();
        SQLiteDataSource source = new SQLiteDataSource() {
            @Override
            public SQLiteConnection getConnection(String user, String password) throws SQLException {
                if (refusals.getAndDecrement() > 0) {
                    throw new SQLException("as the test wants it");
                }
                SQLiteConnection connection = super.getConnection(user, password);
                ofKeeper.add(connection);
                return connection;
            }
        };
        source.setUrl(url);
        HikariConfig config = new HikariConfig();
        config.setDataSource(source);
        config.setConnectionTimeout(250);
        try (HikariDataSource pool = Database.pool(config, 2);
                Connection writer = DriverManager.getConnection(url);
                Statement statement = writer.createStatement();
                WalKeeper keeper = new WalKeeper(pool, directory.resolve("test.db"), true)) {
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA wal_autocheckpoint = 0");
            statement.execute("CREATE TABLE t (v BLOB)");
            keeper.start();
            write(writer);
            Await.until(() -> isCopied(statement));
            ofKeeper.get(0).close();
            write(writer);
            Await.until(() -> isCopied(statement));
        }
    }

    private static void write(Connection writer) throws SQLException {
        try (PreparedStatement insert = writer.prepareStatement("INSERT INTO t VALUES (?)")) {
            insert.setBytes(1, new byte[MEGABYTE]);
            for (int i = 0; i < MEGABYTES; i++) {
                insert.execute();
            }
        }
    }

    private static boolean isCopied(Statement statement) {
        try (ResultSet state = statement.executeQuery("PRAGMA wal_checkpoint(NOOP)")) {
            return state.getLong(2) == state.getLong(3);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
