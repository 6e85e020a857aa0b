package dev.respql.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.embedded.core.ExecutableProvider;

/**
 * A real redis-server, the oracle that respql is compared with: on a free port of 127.0.0.1, keeping nothing on disk.
 * Its binary is the one that the environment variable {@code RESPQL_TEST_REDIS} names, else {@code redis-server} on
 * the PATH, else the 6.2 that comes with embedded-redis; a test that needs a newer one asks {@link #version()}.
 */
public final class RedisForTests implements AutoCloseable {
    private static final String ENVIRONMENT = "RESPQL_TEST_REDIS";
    private static final int START_ATTEMPTS = 3;
    private static final String LOG = "redis.log";

    private final Process process;
    private final Path directory;
    private final int port;
    private final Version version;

    private RedisForTests(Process process, Path directory, int port, Version version) {
        this.process = process;
        this.directory = directory;
        this.port = port;
        this.version = version;
    }

    /** The redis-server of this JVM, emptied; started by the first call, stopped at exit. */
    public static RedisForTests shared() {
        try (RespClient client = Holder.SHARED.connect()) {
            client.call("FLUSHALL");
        }
        return Holder.SHARED;
    }

    /** Starts another redis-server; the caller closes it. {@code arguments} as on redis-server's command line. */
    public static RedisForTests start(String... arguments) {
        String binary = findBinary();
        Version version = versionOf(binary);
        for (int attempt = 1;; attempt++) {
            int port = freePort();
            Path directory = TemporaryDirectory.create("redis-test-");
            Process process = launch(binary, version, directory, port, arguments);
            if (awaitPong(process, port)) {
                return new RedisForTests(process, directory, port, version);
            }
            process.destroyForcibly();
            String log = readLog(directory);
            TemporaryDirectory.delete(directory);
            if (attempt == START_ATTEMPTS) {
                throw new IllegalStateException("no redis-server for the tests: " + binary + " does not start\n" + log);
            }
        }
    }

    /** Skips the test that calls this where the redis-server at hand is older. */
    public static void assumeAtLeast(int major, int minor) {
        assumeTrue(shared().version().isAtLeast(major, minor), () -> "needs Redis " + major + "." + minor);
    }

    public int port() {
        return port;
    }

    /** The version of the binary. */
    public Version version() {
        return version;
    }

    /** A new connection. */
    public RespClient connect() {
        return RespClient.connect(port);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        TemporaryDirectory.delete(directory);
    }

    private static String readLog(Path directory) {
        try {
            return Files.readString(directory.resolve(LOG), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "(its log cannot be read: " + e + ")";
        }
    }

    private static String findBinary() {
        String named = System.getenv(ENVIRONMENT);
        if (named != null && !named.isBlank()) {
            return named;
        }
        for (String directory : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
            Path candidate = Path.of(directory, "redis-server");
            if (!directory.isEmpty() && Files.isExecutable(candidate)) {
                return candidate.toString();
            }
        }
        try {
            return ExecutableProvider.newJarResourceProvider().get().getPath();
        } catch (IOException e) {
            throw new UncheckedIOException("no redis-server for the tests", e);
        }
    }

    private static Version versionOf(String binary) {
        try {
            Process process = new ProcessBuilder(binary, "--version").redirectErrorStream(true).start();
            String line = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            Matcher matcher = Pattern.compile("v=(\\d+)\\.(\\d+)\\.(\\d+)").matcher(line);
            if (!matcher.find()) {
                throw new IllegalStateException(binary + " --version says: " + line);
            }
            return new Version(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)),
                    Integer.parseInt(matcher.group(3)));
        } catch (IOException e) {
            throw new UncheckedIOException("no redis-server for the tests: cannot run " + binary, e);
        }
    }

    private static Process launch(String binary, Version version, Path directory, int port, String[] arguments) {
        List<String> command = new ArrayList<>(List.of(binary, "--port", String.valueOf(port), "--bind", "127.0.0.1",
                "--save", "", "--appendonly", "no", "--daemonize", "no", "--loglevel", "warning"));
        if (version.isAtLeast(7, 0)) {
            command.addAll(List.of("--enable-debug-command", "yes"));
        }
        command.addAll(List.of(arguments));
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve(LOG).toFile());
            // SORT ALPHA follows the locale; the order of bytes is the one without.
            builder.environment().put("LC_ALL", "C");
            Process process = builder.start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                process.destroyForcibly();
                TemporaryDirectory.delete(directory);
            }));
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException("no redis-server for the tests: cannot run " + binary, e);
        }
    }

    /** False when the process ended, which is what a port taken by somebody else in the meantime comes to. */
    private static boolean awaitPong(Process process, int port) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (process.isAlive() && System.nanoTime() < deadline) {
            try (RespClient client = RespClient.connect(port)) {
                if (client.call("PING").wire().equals("+PONG\r\n") && process.isAlive()) {
                    return true;
                }
            } catch (UncheckedIOException notYet) {
                Thread.onSpinWait();
            }
            try {
                TimeUnit.MILLISECONDS.sleep(5);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return false;
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A version of redis-server. */
    public record Version(int major, int minor, int patch) {
        /** True for this version and every later one. */
        public boolean isAtLeast(int otherMajor, int otherMinor) {
            return major > otherMajor || major == otherMajor && minor >= otherMinor;
        }

        @Override
        public String toString() {
            return major + "." + minor + "." + patch;
        }
    }

    private static final class Holder {
        static final RedisForTests SHARED = start();
    }
}
