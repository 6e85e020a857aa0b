package dev.respql.script;

import dev.respql.protocol.Reply;
import dev.respql.script.lua.Chunk;
import dev.respql.script.lua.Machine;
import dev.respql.script.lua.ScriptError;
import java.util.List;
import java.util.Set;

/**
 * A library of functions, as FUNCTION LOAD gets it. Immutable; its functions may run on several threads at once. Its
 * source is run once in each environment that calls it, so variables of its own live as long as such an environment.
 */
public final class FunctionLibrary {
    /** The engine that all libraries are written for. */
    public static final String ENGINE = "LUA";

    private final ScriptEngine engine;
    private final String name;
    private final byte[] source;
    private final Chunk chunk;
    private List<Function> functions = List.of();

    private FunctionLibrary(ScriptEngine engine, String name, byte[] source, Chunk chunk) {
        this.engine = engine;
        this.name = name;
        this.source = source;
        this.chunk = chunk;
    }

    static FunctionLibrary compile(ScriptEngine engine, byte[] source) {
        Shebang shebang = Shebang.ofLibrary(source);
        try {
            return new FunctionLibrary(engine, shebang.name(), source,
                    Machine.compile(shebang.code(source), FunctionEnvironment.CHUNK, engine.compileBudget()));
        } catch (ScriptError e) {
            throw new ScriptException("ERR Error compiling function: " + e.getMessage());
        }
    }

    /** Once, while it is loaded for the first time. */
    void describe(List<Function> registered) {
        functions = registered;
    }

    public String name() {
        return name;
    }

    /** As it was loaded; not to be changed. */
    public byte[] source() {
        return source;
    }

    /** In the order of their registration. */
    public List<Function> functions() {
        return functions;
    }

    Chunk chunk() {
        return chunk;
    }

    /**
     * Runs a function of this library to its end on the calling thread.
     *
     * @return what it returned, or its error; what the host threw, except {@link ScriptKilledException}, passes through
     */
    public Reply call(String function, ScriptHost host, List<byte[]> keys, List<byte[]> arguments) {
        return engine.call(this, function, host, keys, arguments);
    }

    /** A function as it was registered; {@code description} is null if there is none. */
    public record Function(String name, String description, Set<ScriptFlag> flags) {
    }
}
