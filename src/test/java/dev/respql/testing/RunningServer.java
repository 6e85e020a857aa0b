package dev.respql.testing;

import dev.respql.Server;
import dev.respql.config.Config;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A respql server inside this JVM on a free port, with data of its own: a temporary directory for SQLite, a new
 * database for PostgreSQL; both are gone after {@link #close()}.
 */
public final class RunningServer implements AutoCloseable {
    private final Backend backend;
    private final Data data;
    private final List<RunningServer> otherNodes = new ArrayList<>();
    private Map<String, String> options;
    private Server server;

    private RunningServer(Backend backend, Data data, Map<String, String> options) {
        this.backend = backend;
        this.data = data;
        this.options = options;
        this.server = launch();
    }

    /** Starts a server on empty data. {@code options}: each {@code "name=value"} as in the configuration file. */
    public static RunningServer start(Backend backend, String... options) {
        Data data = backend == Backend.SQLITE ? Data.directory() : Data.database();
        try {
            return new RunningServer(backend, data, parse(Map.of(), options));
        } catch (RuntimeException | Error e) {
            data.remove();
            throw e;
        }
    }

    public Backend backend() {
        return backend;
    }

    /** The port; another one after each {@link #restart}. */
    public int port() {
        return server.port();
    }

    /** A new connection in RESP2, without AUTH; the caller closes it. */
    public RespClient connect() {
        return RespClient.connect(port());
    }

    /** Stops the server and starts it on the same data, with the options it had and these, which win. */
    public void restart(String... changed) {
        stop();
        options = parse(options, changed);
        server = launch();
    }

    /** Starts another node on the same PostgreSQL database; it ends with this one when it is not closed before. */
    public RunningServer startSecondNode(String... changed) {
        if (backend != Backend.POSTGRESQL) {
            throw new IllegalStateException("only PostgreSQL serves several nodes");
        }
        RunningServer other = new RunningServer(backend, data.shared(), parse(options, changed));
        otherNodes.add(other);
        return other;
    }

    /** Starts another node on the same PostgreSQL database, in a process that can be killed; the caller closes it. */
    public NodeProcess startNodeProcess(String... commandLine) {
        if (backend != Backend.POSTGRESQL) {
            throw new IllegalStateException("only PostgreSQL serves several nodes");
        }
        List<String> all = new ArrayList<>(List.of("--" + data.option(), data.location()));
        all.addAll(List.of(commandLine));
        return NodeProcess.start(all.toArray(String[]::new));
    }

    /** Empties all databases, over a connection of its own that gives the password the server was started with. */
    public void flushAll() {
        try (RespClient client = connect()) {
            if (options.containsKey(Config.REQUIREPASS)) {
                client.call("AUTH", options.get(Config.REQUIREPASS));
            }
            Reply reply = client.call("FLUSHALL");
            if (reply.isError()) {
                throw new IllegalStateException("FLUSHALL: " + reply);
            }
        }
    }

    /** The server itself, for what only shows from within, such as counts of statements. */
    public Server server() {
        return server;
    }

    /** A new connection to the database that the server keeps its data in; the caller closes it. */
    public Connection openDatabase() throws SQLException {
        return DriverManager.getConnection(backend == Backend.SQLITE
                ? "jdbc:sqlite:" + Path.of(data.location(), "respql.db") : data.location());
    }

    /** True after {@link #close()}. */
    public boolean isClosed() {
        return server == null;
    }

    /** Stops this server and the nodes started from it, and removes the data. Further calls do nothing. */
    @Override
    public void close() {
        if (isClosed()) {
            return;
        }
        otherNodes.forEach(RunningServer::close);
        stop();
        data.remove();
    }

    private void stop() {
        Server stopping = server;
        server = null;
        stopping.close();
    }

    private Server launch() {
        Config config = Config.defaults();
        config.put(Config.PORT, "0");
        config.put(data.option(), data.location());
        options.forEach(config::put);
        return Server.start(config);
    }

    private static Map<String, String> parse(Map<String, String> base, String[] options) {
        Map<String, String> parsed = new LinkedHashMap<>(base);
        for (String option : options) {
            int equals = option.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("expected name=value, not " + option);
            }
            parsed.put(option.substring(0, equals), option.substring(equals + 1));
        }
        return parsed;
    }

    /** Where a server keeps its data: the option that names it, its value, and how to get rid of it. */
    private record Data(String option, String location, Runnable removal) {
        static Data directory() {
            Path directory = TemporaryDirectory.create("respql-test-");
            return new Data(Config.DIR, directory.toString(), () -> TemporaryDirectory.delete(directory));
        }

        static Data database() {
            String url = PostgresForTests.newDatabase();
            return new Data(Config.URL, url, () -> PostgresForTests.dropDatabase(url));
        }

        /** The same data for a node that must leave it alone when it ends. */
        Data shared() {
            return new Data(option, location, () -> { });
        }

        void remove() {
            removal.run();
        }
    }
}
