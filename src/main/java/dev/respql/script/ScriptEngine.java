package dev.respql.script;

import dev.respql.protocol.Reply;
import dev.respql.script.lua.Chunk;
import dev.respql.script.lua.Machine;
import dev.respql.script.lua.Memory;
import dev.respql.script.lua.ScriptError;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/**
 * Compiles and runs Lua scripts as Redis does. Thread-safe: each run takes an environment (globals and libraries, all of
 * them read-only to scripts) for itself and gives it back, so that there are as many as have run at the same time.
 * Nothing of a run is left in it for the next one.
 */
public final class ScriptEngine {
    private final long memoryLimit;
    private final String redisVersion;
    private final Queue<Environment> scriptEnvironments = new ConcurrentLinkedQueue<>();
    private final Queue<FunctionEnvironment> functionEnvironments = new ConcurrentLinkedQueue<>();

    /**
     * @param memoryLimit how many bytes a script may hold at a time, by a rough count; more gives it "not enough memory"
     * @param redisVersion what {@code redis.REDIS_VERSION} says, as in "7.2.4"
     */
    public ScriptEngine(long memoryLimit, String redisVersion) {
        this.memoryLimit = memoryLimit;
        this.redisVersion = redisVersion;
    }

    /**
     * Compiles the source of a script.
     *
     * @throws ScriptException if it is no Lua, or what it says of itself is wrong
     */
    public Script compile(byte[] source) {
        Shebang shebang = Shebang.ofScript(source);
        try {
            Chunk chunk = Machine.compile(shebang.code(source), Environment.SCRIPT_CHUNK, compileBudget());
            return new Script(this, sha(source), shebang.isPresent(), shebang.flags(), chunk);
        } catch (ScriptError e) {
            throw new ScriptException("ERR Error compiling script (new function): " + e.getMessage());
        }
    }

    /**
     * Loads a library of functions: runs its source, which registers them.
     *
     * @throws ScriptException if that fails, or nothing was registered
     */
    public FunctionLibrary load(byte[] source) {
        FunctionLibrary library = FunctionLibrary.compile(this, source);
        withEnvironment(functionEnvironments, this::newFunctionEnvironment, environment -> {
            library.describe(environment.load(library));
            return null;
        });
        return library;
    }

    /**
     * The name that the source of a library gives it.
     *
     * @throws ScriptException if its first line is none of a library
     */
    public static String libraryName(byte[] source) {
        return Shebang.ofLibrary(source).name();
    }

    /** What compiling may take, so that a huge source cannot take all there is. */
    Memory compileBudget() {
        long[] left = {memoryLimit};
        return bytes -> {
            left[0] -= bytes;
            if (left[0] < 0) {
                throw new ScriptError("not enough memory");
            }
        };
    }

    /** The SHA-1 by which a script is known. */
    public static String sha(byte[] source) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(source));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    Reply run(Script script, ScriptHost host, List<byte[]> keys, List<byte[]> arguments) {
        return withEnvironment(scriptEnvironments, this::newScriptEnvironment,
                environment -> environment.run(script, host, keys, arguments));
    }

    Reply call(FunctionLibrary library, String function, ScriptHost host, List<byte[]> keys, List<byte[]> arguments) {
        return withEnvironment(functionEnvironments, this::newFunctionEnvironment,
                environment -> environment.call(library, function, host, keys, arguments));
    }

    private Environment newScriptEnvironment() {
        return new Environment(memoryLimit, redisVersion);
    }

    private FunctionEnvironment newFunctionEnvironment() {
        return new FunctionEnvironment(memoryLimit, redisVersion);
    }

    @FunctionalInterface
    private interface Use<E extends Environment> {
        Reply in(E environment);
    }

    private static <E extends Environment> Reply withEnvironment(Queue<E> pool, Supplier<E> maker, Use<E> use) {
        E pooled = pool.poll();
        E environment = pooled == null ? maker.get() : pooled;
        try {
            return use.in(environment);
        } finally {
            if (environment.isUsable()) {
                pool.add(environment);
            }
        }
    }

    static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
