package dev.respql.script;

import dev.respql.protocol.Reply;
import dev.respql.protocol.RespWriter;
import dev.respql.testing.RedisForTests;
import dev.respql.testing.RespClient;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Runs the same scripts in a real redis-server and in respql's runtime, each on an empty database. */
final class Comparison implements AutoCloseable {
    static final List<byte[]> KEYS = List.of(bytes("key:1"), bytes("key:2"));
    static final List<byte[]> ARGUMENTS = List.of(bytes("argument"), bytes("17"), bytes("\u00c3\u00a9\0\u00ff"));

    private final RespClient oracle;
    private final RespClient data;
    private final OracleHost host;
    private final int version;
    final ScriptEngine engine;

    /** @param version the protocol version of the client that runs the scripts */
    Comparison(RedisForTests redis, int version) {
        this.version = version;
        this.engine = new ScriptEngine(64 << 20, redis.version().toString());
        this.oracle = redis.connect();
        this.data = redis.connect();
        this.host = new OracleHost(data);
        oracle.call("HELLO", String.valueOf(version));
    }

    /** What redis-server replies, one character a byte. */
    String oracle(String script) {
        oracle.call("FLUSHALL");
        List<byte[]> command = new ArrayList<>(List.of(bytes("EVAL"), bytes(script), bytes(String.valueOf(KEYS.size()))));
        command.addAll(KEYS);
        command.addAll(ARGUMENTS);
        return oracle.call(command).wire();
    }

    /** What respql's runtime replies, one character a byte. */
    String respql(String script) {
        oracle.call("FLUSHALL");
        host.version(script.contains("setresp(3)") ? 3 : 2);
        return wire(reply(script));
    }

    private Reply reply(String script) {
        try {
            return engine.compile(bytes(script)).run(host, KEYS, ARGUMENTS);
        } catch (ScriptException e) {
            return new Reply.Error(e.getMessage());
        }
    }

    private String wire(Reply reply) {
        RespWriter writer = new RespWriter(UnpooledByteBufAllocator.DEFAULT);
        writer.version(version);
        reply.writeTo(writer);
        StringBuilder wire = new StringBuilder();
        for (ByteBuf buffer : writer.take()) {
            wire.append(buffer.toString(StandardCharsets.ISO_8859_1));
            buffer.release();
        }
        return wire.toString();
    }

    private static byte[] bytes(String latin1) {
        return latin1.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        oracle.close();
        data.close();
    }
}
