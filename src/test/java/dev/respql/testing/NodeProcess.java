package dev.respql.testing;

import dev.respql.Main;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A node in a process of its own, which can be killed as a machine that fails would. */
public final class NodeProcess implements AutoCloseable {
    private final Process process;
    private final Path directory;
    private final int port;

    private NodeProcess(Process process, Path directory, int port) {
        this.process = process;
        this.directory = directory;
        this.port = port;
    }

    /** Starts a node and returns when it serves; {@code options} as on the command line. */
    static NodeProcess start(String... options) {
        Path directory = TemporaryDirectory.create("respql-node-");
        try {
            int port;
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = socket.getLocalPort();
            }
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
                    "-cp", System.getProperty("java.class.path"), Main.class.getName(), "--port", String.valueOf(port)));
            command.addAll(List.of(options));
            Process process = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true)
                    .redirectOutput(new File(directory.toFile(), "node.log")).start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            NodeProcess node = new NodeProcess(process, directory, port);
            Await.until(node::answers);
            return node;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean answers() {
        if (!process.isAlive()) {
            throw new AssertionError("the node has ended with " + process.exitValue() + ": see " + directory);
        }
        try (RespClient client = connect()) {
            return client.call("PING").toString().equals("PONG");
        } catch (UncheckedIOException notYet) {
            return false;
        }
    }

    /** A new connection in RESP2; the caller closes it. */
    public RespClient connect() {
        return RespClient.connect(port);
    }

    public int port() {
        return port;
    }

    /** Ends the process without a chance to say anything; returns when it has ended. Further calls do nothing. */
    public void kill() {
        process.destroyForcibly();
        Await.until(() -> !process.isAlive());
    }

    @Override
    public void close() {
        kill();
        TemporaryDirectory.delete(directory);
    }
}
