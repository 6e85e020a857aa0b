package dev.respql.script;

import dev.respql.protocol.Reply;
import dev.respql.script.lua.Builtin;
import dev.respql.script.lua.Closure;
import dev.respql.script.lua.Frame;
import dev.respql.script.lua.Machine;
import dev.respql.script.lua.Memory;
import dev.respql.script.lua.ScriptError;
import dev.respql.script.lua.Strings;
import dev.respql.script.lua.Table;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaValue;

/**
 * The globals and libraries that functions see. While a library is being loaded they are next to nothing
 * ({@code redis.register_function} and {@code redis.log}); once it is loaded, they are those of scripts.
 */
final class FunctionEnvironment extends Environment {
    static final String CHUNK = "user_function";
    private static final LuaString INDEX = Strings.of("__index");
    private static final long LOAD_STEPS_NANOS = 500_000_000L;

    /** What the code of libraries takes as its table of globals: empty, with one of the two tables behind it. */
    private final Table globals = new Table(Memory.UNLIMITED);
    private final Table behind = new Table(Memory.UNLIMITED);
    private final Table loadGlobals;
    /** The functions of each library that was loaded here. */
    private final Map<FunctionLibrary, Map<String, Closure>> loaded = new WeakHashMap<>();
    private Registration registration;
    private boolean exhausted;

    /** What is registered while a library is loaded. */
    private static final class Registration {
        final Map<String, Closure> closures = new HashMap<>();
        final List<FunctionLibrary.Function> functions = new ArrayList<>();
    }

    FunctionEnvironment(long memoryLimit, String redisVersion) {
        super(memoryLimit, redisVersion, false);
        Table redis = new RedisLib(this).createForLoad(redisVersion);
        redis.setRaw("register_function", new Builtin(this::register));
        protect(redis);
        loadGlobals = new Table(Memory.UNLIMITED);
        loadGlobals.setRaw("redis", redis);
        protect(loadGlobals);
        setReadOnly(loadGlobals);
        globals.setMetatable(behind);
        behind.setRaw(INDEX, machine.globals);
        setReadOnly(globals);
        machine.reset(() -> { }, 0);
    }

    /**
     * Runs the source of a library.
     *
     * @throws ScriptException if that fails or registers nothing
     */
    List<FunctionLibrary.Function> load(FunctionLibrary library) {
        begin(null);
        long deadline = System.nanoTime() + LOAD_STEPS_NANOS;
        machine.resume(() -> {
            if (System.nanoTime() - deadline > 0) {
                throw new ScriptKilledException("ERR FUNCTION LOAD timeout");
            }
        }, 0);
        registration = new Registration();
        behind.setRaw(INDEX, loadGlobals);
        try {
            machine.call(machine.load(library.chunk(), globals));
        } catch (ScriptError e) {
            throw new ScriptException("ERR Error registering functions: " + errorText(e));
        } catch (ScriptKilledException e) {
            throw new ScriptException("ERR Error registering functions: " + e.getMessage());
        } finally {
            behind.setRaw(INDEX, machine.globals);
            end();
        }
        if (registration.functions.isEmpty()) {
            throw new ScriptException("ERR No functions registered");
        }
        loaded.put(library, registration.closures);
        registration.closures.values().forEach(machine::addRoot);
        return List.copyOf(registration.functions);
    }

    Reply call(FunctionLibrary library, String function, ScriptHost host, List<byte[]> keys, List<byte[]> arguments) {
        if (!loaded.containsKey(library)) {
            try {
                load(library);
            } catch (ScriptException e) {
                return new Reply.Error(e.getMessage());
            }
        }
        begin(host);
        machine.resume(host::checkpoint, weight(keys) + weight(arguments));
        Closure closure = loaded.get(library).get(function);
        try {
            return reply(function, () -> machine.call(closure, strings(keys), strings(arguments)));
        } finally {
            exhausted = machine.isExhausted();
            end();
        }
    }

    /** Once its libraries keep more than they may, others must be loaded elsewhere. */
    @Override
    boolean isUsable() {
        return !exhausted;
    }

    // ---- redis.register_function

    private int register(Frame frame) {
        String name;
        LuaValue callback;
        String description = null;
        Set<ScriptFlag> flags = EnumSet.noneOf(ScriptFlag.class);
        if (frame.count() < 1 || frame.count() > 2) {
            throw error("wrong number of arguments to redis.register_function");
        }
        if (frame.count() == 2) {
            name = name(frame.arg(1), "first argument to redis.register_function must be a string");
            callback = frame.arg(2);
            if (!(callback instanceof Closure)) {
                throw error("second argument to redis.register_function must be a function");
            }
        } else {
            if (!(frame.arg(1) instanceof Table)) {
                throw error("calling redis.register_function with a single argument is only applicable to Lua table"
                        + " (representing named arguments).");
            }
            Table named = (Table) frame.arg(1);
            checkNames(named);
            LuaValue nameValue = named.getRaw(Strings.of("function_name"));
            LuaValue descriptionValue = named.getRaw(Strings.of("description"));
            callback = named.getRaw(Strings.of("callback"));
            name = nameValue == LuaValue.NIL ? null
                    : name(nameValue, "function_name argument given to redis.register_function must be a string");
            description = descriptionValue == LuaValue.NIL ? null
                    : name(descriptionValue, "description argument given to redis.register_function must be a string");
            if (callback != LuaValue.NIL && !(callback instanceof Closure)) {
                throw error("callback argument given to redis.register_function must be a function");
            }
            readFlags(named.getRaw(Strings.of("flags")), flags);
            if (name == null) {
                throw error("redis.register_function must get a function name argument");
            }
            if (callback == LuaValue.NIL) {
                throw error("redis.register_function must get a callback argument");
            }
        }
        if (!Shebang.isName(name)) {
            throw error("Library names can only contain letters, numbers, or underscores(_) and must be at least one"
                    + " character long");
        }
        if (registration.closures.putIfAbsent(name, (Closure) callback) != null) {
            throw error("Function already exists in the library");
        }
        registration.functions.add(new FunctionLibrary.Function(name, description, flags));
        return 0;
    }

    private static final Set<String> ARGUMENTS = Set.of("function_name", "description", "callback", "flags");

    private void checkNames(Table named) {
        for (int at = named.nextPosition(-1); at >= 0; at = named.nextPosition(at)) {
            if (!(named.keyAt(at) instanceof LuaString)) {
                throw error("named argument key given to redis.register_function is not a string");
            }
            if (!ARGUMENTS.contains(Strings.text((LuaString) named.keyAt(at)))) {
                throw error("unknown argument given to redis.register_function");
            }
        }
    }

    private String name(LuaValue value, String otherwise) {
        LuaString text = text(value);
        if (text == null) {
            throw error(otherwise);
        }
        return Strings.text(text);
    }

    private void readFlags(LuaValue value, Set<ScriptFlag> flags) {
        if (value == LuaValue.NIL) {
            return;
        }
        if (!(value instanceof Table)) {
            throw error("flags argument to redis.register_function must be a table representing function flags");
        }
        for (int i = 1; ((Table) value).getRaw(i) != LuaValue.NIL; i++) {
            LuaString text = text(((Table) value).getRaw(i));
            ScriptFlag flag = text == null ? null : ScriptFlag.of(Strings.text(text));
            if (flag == null) {
                throw error("unknown flag given");
            }
            flags.add(flag);
        }
    }

    private ScriptError error(String text) {
        Table table = new Table(machine);
        table.setRaw("err", Strings.of("ERR " + text));
        return new ScriptError(table);
    }
}
