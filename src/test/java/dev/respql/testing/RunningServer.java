package dev.respql.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A respql server inside this JVM on a free port, with data of its own: a temporary directory for SQLite, a new
 * database for PostgreSQL; both are gone after {@link #close()}.
 */
public final class RunningServer implements AutoCloseable {
    private final Backend backend;
    private final Data data;
    private final List<RunningServer> otherNodes = new ArrayList<>();
    private Map<String, String> options;
    private Node node;

    private RunningServer(Backend backend, Data data, Map<String, String> options) {
        this.backend = backend;
        this.data = data;
        this.options = options;
        this.node = launch();
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
        return node.port();
    }

    /** A new connection in RESP2, without AUTH; the caller closes it. */
    public RespClient connect() {
        return RespClient.connect(port());
    }

    /** Stops the server and starts it on the same data, with the options it had and these, which win. */
    public void restart(String... changed) {
        stopNode();
        options = parse(options, changed);
        node = launch();
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

    /** Empties all databases, over a connection of its own that gives the password the server was started with. */
    public void flushAll() {
        try (RespClient client = connect()) {
            if (options.containsKey("requirepass")) {
                client.call("AUTH", options.get("requirepass"));
            }
            Reply reply = client.call("FLUSHALL");
            if (reply.isError()) {
                throw new IllegalStateException("FLUSHALL: " + reply);
            }
        }
    }

    /** True after {@link #close()}. */
    public boolean isClosed() {
        return node == null;
    }

    /** Stops this server and the nodes started from it, and removes the data. Further calls do nothing. */
    @Override
    public void close() {
        if (isClosed()) {
            return;
        }
        otherNodes.forEach(RunningServer::close);
        stopNode();
        data.remove();
    }

    private void stopNode() {
        Node stopping = node;
        node = null;
        stopping.close();
    }

    private Node launch() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("port", "0");
        all.put(data.option(), data.location());
        all.putAll(options);
        return Node.start(all);
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

    /** One start of the server. */
    private interface Node extends AutoCloseable {
        int port();

        @Override
        void close();

        static Node start(Map<String, String> options) {
            // Until respql's own server is here, redis-server stands in for it.
            String directory = options.getOrDefault("dir", System.getProperty("java.io.tmpdir"));
            RedisForTests redis = RedisForTests.start("--dir", directory, "--appendonly", "yes", "--appenddirname",
                    "standin-" + Integer.toHexString(options.toString().hashCode()));
            return new Node() {
                @Override
                public int port() {
                    return redis.port();
                }

                @Override
                public void close() {
                    redis.close();
                }
            };
        }
    }

    /** Where a server keeps its data: the option that names it, its value, and how to get rid of it. */
    private record Data(String option, String location, Runnable removal) {
        static Data directory() {
            try {
                Path directory = Files.createTempDirectory("respql-test-");
                return new Data("dir", directory.toString(), () -> deleteTree(directory));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        static Data database() {
            String url = PostgresForTests.newDatabase();
            return new Data("url", url, () -> PostgresForTests.dropDatabase(url));
        }

        /** The same data for a node that must leave it alone when it ends. */
        Data shared() {
            return new Data(option, location, () -> { });
        }

        void remove() {
            removal.run();
        }

        private static void deleteTree(Path directory) {
            try (Stream<Path> paths = Files.walk(directory)) {
                for (Path path : (Iterable<Path>) paths.sorted(Comparator.reverseOrder())::iterator) {
                    Files.delete(path);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
