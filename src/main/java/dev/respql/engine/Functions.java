package dev.respql.engine;

import dev.respql.command.CommandException;
import dev.respql.script.FunctionLibrary;
import dev.respql.script.ScriptEngine;
import dev.respql.script.ScriptException;
import dev.respql.store.FunctionSources;
import dev.respql.store.Prefetch;
import dev.respql.store.Tx;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The libraries of functions that the database has, compiled. What is kept here holds as long as the database is in the
 * same generation, which is asked for with each batch where other nodes may change it. For all threads.
 */
public final class Functions {
    private static final Logger LOG = LoggerFactory.getLogger(Functions.class);

    private final ScriptEngine engine;
    private volatile Known known;
    /** What a unit of work has changed and not yet committed; there is only one, since it holds all locks. */
    private volatile Changed changed;

    private record Known(long generation, Libraries libraries) {
    }

    private record Changed(Tx by, Libraries libraries) {
    }

    /** A function and the library that has it. */
    public record Found(FunctionLibrary library, FunctionLibrary.Function function) {
    }

    Functions(ScriptEngine engine) {
        this.engine = engine;
    }

    /** Says that {@link #of} will be asked. */
    public void announce(Call call, Prefetch prefetch) {
        if (known == null || call.tx().functions().isShared()) {
            prefetch.reading(FunctionSources.class, call.tx()::functions);
        }
    }

    /** What a call has to see. */
    public Libraries of(Call call) {
        Changed pending = changed;
        if (pending != null && pending.by == call.tx()) {
            return pending.libraries;
        }
        FunctionSources sources = call.tx().functions();
        Known current = known;
        if (current == null || sources.isShared() && current.generation != sources.generation()) {
            current = compiled(sources.all(), current == null ? Libraries.NONE : current.libraries);
            known = current;
        }
        return current.libraries;
    }

    /** As of the last call that asked. */
    public Libraries lastKnown() {
        Known current = known;
        return current == null ? Libraries.NONE : current.libraries;
    }

    private Known compiled(FunctionSources.Stored stored, Libraries before) {
        Libraries.Edit edit = Libraries.NONE.edit();
        stored.sources().forEach((name, source) -> {
            FunctionLibrary same = before.byName.get(name);
            try {
                edit.add(same != null && Arrays.equals(same.source(), source) ? same : engine.load(source));
            } catch (ScriptException | CommandException e) {
                // As where a version before had a laxer compiler: the others are of use.
                LOG.warn("the library {} cannot be loaded: {}", name, e.getMessage());
            }
        });
        return new Known(stored.generation(), edit.done());
    }

    /** Compiles a library without keeping it. */
    public FunctionLibrary compile(byte[] source) {
        return engine.load(source);
    }

    /** Has these libraries take the place of those there are, for later calls of the batch and, once committed, for all. */
    public void change(Call call, Libraries to) {
        Libraries from = of(call);
        Tx tx = call.tx();
        FunctionSources sources = tx.functions();
        sources.generation();
        from.byName.keySet().stream().filter(name -> !to.byName.containsKey(name)).forEach(sources::delete);
        to.byName.forEach((name, library) -> {
            if (from.byName.get(name) != library) {
                sources.put(name, library.source());
            }
        });
        Known next = new Known(sources.advance(), to);
        Changed mine = new Changed(tx, to);
        changed = mine;
        tx.afterCommit(() -> {
            known = next;
            end(mine);
        });
        tx.onRollback(() -> {
            // It may have been committed after all.
            known = null;
            end(mine);
        });
    }

    private void end(Changed mine) {
        if (changed == mine) {
            changed = null;
        }
    }

    /** Libraries with different names and different functions, whose names do not depend on case. Immutable. */
    public static final class Libraries {
        private static final Libraries NONE = new Libraries(new TreeMap<>(), new HashMap<>());

        private final TreeMap<String, FunctionLibrary> byName;
        private final Map<String, Found> functions;

        private Libraries(TreeMap<String, FunctionLibrary> byName, Map<String, Found> functions) {
            this.byName = byName;
            this.functions = functions;
        }

        public static Libraries none() {
            return NONE;
        }

        /** In the order of their names. */
        public Collection<FunctionLibrary> all() {
            return byName.values();
        }

        public boolean has(String library) {
            return byName.containsKey(library);
        }

        /** How many functions all libraries have together. */
        public int functionCount() {
            return byName.values().stream().mapToInt(library -> library.functions().size()).sum();
        }

        /** The function with this name, in any case; or null. */
        public Found find(String function) {
            Found found = functions.get(function);
            return found == null ? functions.get(function.toLowerCase(Locale.ROOT)) : found;
        }

        /** Begins a changed copy. */
        public Edit edit() {
            return new Edit(new TreeMap<>(byName), new HashMap<>(functions));
        }

        /** A copy that is being changed. Used by one thread. */
        public static final class Edit {
            private final TreeMap<String, FunctionLibrary> byName;
            private final Map<String, Found> functions;

            private Edit(TreeMap<String, FunctionLibrary> byName, Map<String, Found> functions) {
                this.byName = byName;
                this.functions = functions;
            }

            public boolean has(String library) {
                return byName.containsKey(library);
            }

            /** Does nothing where there is no such library. */
            public Edit remove(String name) {
                FunctionLibrary library = byName.remove(name);
                if (library != null) {
                    functions.values().removeIf(found -> found.library == library);
                }
                return this;
            }

            /** @throws CommandException if another library has a function of the same name */
            public Edit add(FunctionLibrary library) {
                for (FunctionLibrary.Function function : library.functions()) {
                    if (functions.containsKey(function.name().toLowerCase(Locale.ROOT))) {
                        throw new CommandException("ERR Function " + function.name() + " already exists");
                    }
                }
                byName.put(library.name(), library);
                for (FunctionLibrary.Function function : library.functions()) {
                    functions.put(function.name().toLowerCase(Locale.ROOT), new Found(library, function));
                }
                return this;
            }

            public Libraries done() {
                return new Libraries(byName, functions);
            }
        }
    }
}
