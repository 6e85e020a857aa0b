package dev.respql.script;

import dev.respql.protocol.Reply;
import dev.respql.script.lua.Chunk;
import java.util.List;
import java.util.Set;

/** A compiled script, as EVAL and SCRIPT LOAD get it. Immutable; may run on several threads at once. */
public final class Script {
    private final ScriptEngine engine;
    private final String sha;
    private final boolean declared;
    private final Set<ScriptFlag> flags;
    private final Chunk chunk;

    Script(ScriptEngine engine, String sha, boolean declared, Set<ScriptFlag> flags, Chunk chunk) {
        this.engine = engine;
        this.sha = sha;
        this.declared = declared;
        this.flags = flags;
        this.chunk = chunk;
    }

    /** The SHA-1 of the source, 40 lower-case hexadecimal digits. */
    public String sha() {
        return sha;
    }

    /** Whether the source begins with {@code #!lua}; only then do its {@link #flags} count, even if there are none. */
    public boolean hasShebang() {
        return declared;
    }

    public Set<ScriptFlag> flags() {
        return flags;
    }

    Chunk chunk() {
        return chunk;
    }

    /**
     * Runs the script to its end on the calling thread.
     *
     * @return what it returned, or its error; what the host threw, except {@link ScriptKilledException}, passes through
     */
    public Reply run(ScriptHost host, List<byte[]> keys, List<byte[]> arguments) {
        return engine.run(this, host, keys, arguments);
    }
}
