package dev.respql.engine;

import dev.respql.Version;
import dev.respql.config.Config;
import dev.respql.config.Parameter;
import dev.respql.protocol.Reply;
import dev.respql.script.Script;
import dev.respql.script.ScriptEngine;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The compiled scripts of a node, the most recently used ones, and those that are running. For all threads. */
public final class Scripting {
    /** As many as Redis keeps of scripts that came by EVAL. */
    private static final int MOST_COMPILED = 500;
    private static final int SHARE_OF_HEAP = 4;

    private final ScriptEngine engine =
            new ScriptEngine(Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP, Version.REDIS);
    private final Parameter busyAfterMillis;
    private volatile boolean closing;
    private final Set<ScriptRun> running = ConcurrentHashMap.newKeySet();
    private final Map<String, Known> compiled = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
            return size() > MOST_COMPILED;
        }
    };

    /** @param stored whether the database has it, for all nodes, so that it goes when it goes there */
    private record Known(Script script, boolean stored) {
    }

    Scripting(Config config) {
        this.busyAfterMillis = config.parameter(Config.BUSY_REPLY_THRESHOLD);
    }

    public ScriptEngine engine() {
        return engine;
    }

    /** EVAL: the script with this source, compiled now or before. */
    public Script evaluated(byte[] source) {
        String sha = ScriptEngine.sha(source);
        Script script = inMemory(sha);
        if (script == null) {
            script = engine.compile(source);
            keep(script, false);
        }
        return script;
    }

    /** EVALSHA: the script with this SHA-1 (lower-case digits), or null. */
    public Script find(Call call, String sha) {
        Known known;
        synchronized (compiled) {
            known = compiled.get(sha);
        }
        if (known != null && (!known.stored || call.node().bus().alone())) {
            return known.script;
        }
        byte[] source = call.tx().scripts().find(sha);
        if (source == null) {
            return null;
        }
        if (known == null) {
            known = new Known(engine.compile(source), true);
            keep(known.script, true);
        }
        return known.script;
    }

    /** SCRIPT LOAD: compiles a script and keeps it for EVALSHA on all nodes. */
    public Script load(Call call, byte[] source) {
        String sha = ScriptEngine.sha(source);
        Script known = inMemory(sha);
        Script script = known == null ? engine.compile(source) : known;
        boolean stored = !call.node().isReadOnly();
        if (stored) {
            call.tx().scripts().add(sha, source);
        }
        // At once, for the next call of the same batch; if the commit fails it is known to this node only.
        keep(script, false);
        call.tx().afterCommit(() -> keep(script, stored));
        return script;
    }

    /** SCRIPT FLUSH: forgets all scripts. */
    public void flush(Call call) {
        if (!call.node().isReadOnly()) {
            call.tx().scripts().clear();
        }
        synchronized (compiled) {
            compiled.clear();
        }
    }

    private Script inMemory(String sha) {
        synchronized (compiled) {
            Known known = compiled.get(sha);
            return known == null ? null : known.script;
        }
    }

    private void keep(Script script, boolean stored) {
        synchronized (compiled) {
            compiled.put(script.sha(), new Known(script, stored));
        }
    }

    /**
     * Runs a script as part of a call.
     *
     * @param readOnly whether it may not write
     */
    public Reply run(Call call, Script script, boolean readOnly, List<byte[]> keys, List<byte[]> arguments) {
        return run(call, null, readOnly, host -> script.run(host, keys, arguments));
    }

    /** Code that needs a host to call commands by. */
    @FunctionalInterface
    public interface Code {
        Reply run(dev.respql.script.ScriptHost host);
    }

    /**
     * Runs a function as part of a call.
     *
     * @param function its name; null for a script
     * @param readOnly whether it may not write
     */
    public Reply run(Call call, String function, boolean readOnly, Code code) {
        ScriptRun run = new ScriptRun(call, function, readOnly, busyAfterMillis.number());
        running.add(run);
        if (closing) {
            run.abort();
        }
        try {
            return code.run(run);
        } finally {
            running.remove(run);
            run.end();
        }
    }

    /** What SCRIPT KILL and FUNCTION KILL come to. */
    public enum Kill { NOTHING_RUNS, OTHER_KIND_RUNS, HAS_WRITTEN, KILLED }

    /** Ends functions, or else scripts, that run and have written nothing. */
    public Kill kill(boolean functions) {
        Kill result = Kill.NOTHING_RUNS;
        for (ScriptRun run : running) {
            // In Redis's order: one that has written is not to be killed, by whatever name.
            Kill outcome = run.hasWritten() ? Kill.HAS_WRITTEN
                    : functions != (run.function() != null) ? Kill.OTHER_KIND_RUNS : Kill.KILLED;
            if (outcome == Kill.KILLED) {
                run.kill();
            }
            result = outcome.compareTo(result) > 0 ? outcome : result;
        }
        return result;
    }

    /**
     * A script or function that runs for long enough to be told about.
     *
     * @param function its name; null for a script
     * @param command what its client has called
     */
    public record Busy(String function, List<byte[]> command, long millis) {
    }

    /** The one that has run for longest; null where none runs. */
    public Busy longest() {
        Busy longest = null;
        for (ScriptRun run : running) {
            if (longest == null || run.millis() > longest.millis) {
                longest = new Busy(run.function(), List.of(run.call().arguments()), run.millis());
            }
        }
        return longest;
    }

    /** The server is being shut down: whatever runs for long fails, now and later, and what it has written is rolled back. */
    public void abort() {
        closing = true;
        running.forEach(ScriptRun::abort);
    }
}
