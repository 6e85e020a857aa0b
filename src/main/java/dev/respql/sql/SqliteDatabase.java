package dev.respql.sql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.respql.StartupException;
import dev.respql.config.Backend;
import dev.respql.config.Durability;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteOpenMode;

/** SQLite in a file (or in memory), with this process as the only writer. */
final class SqliteDatabase extends Database {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteDatabase.class);
    private static final String FILE = "respql.db";
    private static final String URL = "jdbc:sqlite:";

    private final HikariDataSource pool;
    private final FileChannel lock;
    private final Path file;
    private final WalKeeper walKeeper;

    private SqliteDatabase(DatabaseSettings settings, HikariDataSource pool, FileChannel lock, Path file) {
        super(settings);
        this.pool = pool;
        this.lock = lock;
        this.file = file;
        boolean syncEverySecond = durability() == Durability.EVERYSEC;
        this.walKeeper = file == null || settings.readOnly() ? null : new WalKeeper(pool, file, syncEverySecond);
    }

    static SqliteDatabase openFile(DatabaseSettings settings) {
        boolean inMemory = settings.backend() == Backend.MEMORY;
        Path file = inMemory ? null : settings.directory().resolve(FILE).toAbsolutePath();
        String url = settings.url();
        if (url == null) {
            url = inMemory ? "jdbc:sqlite:file:/respql-" + UUID.randomUUID() + "?vfs=memdb" : URL + file;
        } else if (!inMemory) {
            file = fileOf(url);
        }
        FileChannel lock = inMemory ? null : lock(file);
        SQLiteDataSource source = new TunedDataSource(pragmas(settings));
        source.setUrl(url);
        source.getConfig().setBusyTimeout(10_000);
        // Each connection is used by one thread at a time: SQLite need not guard it.
        source.getConfig().setOpenMode(SQLiteOpenMode.NOMUTEX);
        if (!inMemory) {
            source.getConfig().setJournalMode(org.sqlite.SQLiteConfig.JournalMode.WAL);
        }
        HikariConfig config = new HikariConfig();
        config.setDataSource(source);
        config.setConnectionTimeout(5_000);
        HikariDataSource pool = pool(config, 3);
        SqliteDatabase database = new SqliteDatabase(settings, pool, lock, file);
        try {
            database.migrate(pool, "sqlite", Map.of(
                    "bytes", "BLOB",
                    // No type: in a column of type REAL the sign of -0.0 is lost.
                    "double", "",
                    "id", "INTEGER PRIMARY KEY",
                    "clustered", "WITHOUT ROWID",
                    "often_updated", "",
                    "including_key", "",
                    "unlogged", "",
                    "text", "CAST(",
                    "end_text", " AS TEXT)",
                    "now_ms", "CAST(unixepoch('subsec') * 1000 AS INTEGER)"));
            if (!settings.readOnly()) {
                try (Connection connection = pool.getConnection()) {
                    database.createSpaces(connection);
                }
            }
            if (database.walKeeper != null) {
                database.walKeeper.start();
            }
            return database;
        } catch (SQLException e) {
            database.close();
            throw new StartupException("cannot use " + database.location() + ": " + firstLine(e), e);
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    static String urlForReading(DatabaseSettings settings) {
        Path file = settings.url() == null ? settings.directory().resolve(FILE).toAbsolutePath() : fileOf(settings.url());
        if (!Files.exists(file)) {
            throw new StartupException("there is no database " + file);
        }
        return URL + file.toUri() + "?mode=ro";
    }

    /** The file that a URL leads to: it has a path there, or as SQLite allows a URI that begins with {@code file:}. */
    private static Path fileOf(String url) {
        String name = url.substring(URL.length()).replaceFirst("[?].*", "");
        if (name.startsWith("file:")) {
            String path = name.substring("file:".length()).replaceFirst("^//[^/]*", "").replaceFirst("#.*", "");
            name = URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
        }
        if (name.isEmpty() || name.startsWith(":")) {
            throw new StartupException("the database URL names no file");
        }
        Path file = Path.of(name).toAbsolutePath();
        try {
            // By whatever name it is called: there are its log and its lock.
            return Files.exists(file) ? file.toRealPath() : file;
        } catch (IOException e) {
            return file;
        }
    }

    private static List<String> pragmas(DatabaseSettings settings) {
        List<String> pragmas = new ArrayList<>(List.of(
                "synchronous = " + switch (settings.durability()) {
                    case ALWAYS -> "FULL";
                    case EVERYSEC -> "NORMAL";
                    case NO -> "OFF";
                },
                "wal_autocheckpoint = 0",
                "cache_size = -65536",
                "mmap_size = 1073741824",
                "temp_store = MEMORY"));
        settings.options().forEach((name, value) -> {
            if (!name.matches("[A-Za-z_]+") || !value.matches("-?[A-Za-z0-9_.]+")) {
                throw new StartupException("backend-option " + name + "=" + value + " is not a SQLite pragma");
            }
            pragmas.add(name + " = " + value);
        });
        if (settings.readOnly()) {
            pragmas.add("query_only = 1");
        }
        return pragmas;
    }

    /** Sets the pragmas on every connection; sqlite-jdbc runs only the first statement of a longer text. */
    private static final class TunedDataSource extends SQLiteDataSource {
        private final List<String> pragmas;

        TunedDataSource(List<String> pragmas) {
            this.pragmas = pragmas;
        }

        @Override
        public SQLiteConnection getConnection(String user, String password) throws SQLException {
            SQLiteConnection connection = super.getConnection(user, password);
            try (Statement statement = connection.createStatement()) {
                for (String pragma : pragmas) {
                    statement.execute("PRAGMA " + pragma);
                }
            }
            return connection;
        }
    }

    /** Each file has a lock of its own, so that there can be several in one directory. */
    private static FileChannel lock(Path file) {
        Path directory = file.getParent();
        try {
            Files.createDirectories(directory);
            FileChannel channel = FileChannel.open(file.resolveSibling(file.getFileName() + ".lock"),
                    StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (tryLock(channel)) {
                return channel;
            }
            channel.close();
            throw new StartupException("another respql is using " + file);
        } catch (IOException e) {
            throw new StartupException("cannot write in " + directory + ": " + e.getMessage(), e);
        }
    }

    private static boolean tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (java.nio.channels.OverlappingFileLockException e) {
            return false;
        }
    }

    @Override
    public SqlLink link() {
        try {
            SqliteLink link = new SqliteLink(pool, counters);
            if (walKeeper != null) {
                walKeeper.watch(link);
            }
            return link;
        } catch (SQLException e) {
            throw DatabaseException.of(e, false);
        }
    }

    @Override
    public String description() {
        return "SQLite " + org.sqlite.SQLiteJDBCLoader.getVersion();
    }

    @Override
    public String location() {
        return file == null ? "in memory" : file.toString();
    }

    @Override
    public long micros() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
    }

    @Override
    public void makeDurable() {
        if (walKeeper == null) {
            return;
        }
        try {
            walKeeper.sync();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public boolean sharedByNodes() {
        return false;
    }

    @Override
    public long sizeBytes() {
        try {
            return file == null ? 0 : Files.size(file);
        } catch (IOException e) {
            return 0;
        }
    }

    /** Brings everything from the log into the file, so that a copy of the file alone is whole. */
    private void copyLog() {
        try (Connection connection = pool.getConnection(); Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        } catch (SQLException e) {
            LOG.warn("the write-ahead log stays beside the database: {}", e.getMessage());
        }
    }

    @Override
    public void close() {
        if (walKeeper != null) {
            walKeeper.close();
            copyLog();
        }
        pool.close();
        try {
            if (lock != null) {
                lock.close();
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
