package dev.respql.script.lua;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaValue;

/**
 * What the scripts of one environment share: the globals, the metatable of strings, the running coroutine and the
 * limits. One thread at a time; nothing of one run is left for the next once {@link #reset} was called.
 */
public final class Machine implements Memory {
    /** Told in regular intervals, from the thread of the script; what it throws, no pcall of the script catches. */
    @FunctionalInterface
    public interface Watch {
        void check();
    }

    /** Instructions, or comparable steps of builtins, between two looks at the watch. */
    private static final int STEPS_PER_CHECK = 20_000;
    /** Bytes that are copied or looked at in the time of a step, roughly. */
    private static final int BYTES_PER_STEP = 64;
    private static final int STRING_WEIGHT = 40;

    private final long memoryLimit;
    /** The table of globals. */
    public final Table globals;
    private final Coroutine main;
    private final Table stringMetatable;
    Coroutine running;
    private Watch watch = () -> { };
    private int steps = STEPS_PER_CHECK;
    private long allocated;
    private long held;
    private long limit;
    private long nextMeasure;
    private final List<LuaValue> roots = new ArrayList<>();
    private final RandomNumbers random = new RandomNumbers();

    /** Scripts may hold {@code memoryLimit} bytes, by a rough count of strings, tables, closures and coroutines. */
    public Machine(long memoryLimit) {
        this.memoryLimit = memoryLimit;
        this.nextMeasure = Long.MAX_VALUE;
        this.globals = new Table(this);
        this.main = new Coroutine(this);
        this.running = main;
        BaseLib.install(this);
        globals.setRaw("coroutine", CoroutineLib.create(this));
        globals.setRaw("math", MathLib.create(this));
        globals.setRaw("string", StringLib.create(this));
        globals.setRaw("table", TableLib.create(this));
        stringMetatable = new Table(this);
        stringMetatable.setRaw("__index", globals.getRaw(Strings.of("string")));
    }

    public RandomNumbers random() {
        return random;
    }

    public Table stringMetatable() {
        return stringMetatable;
    }

    /** A value that scripts cannot reach through the globals, but whose size counts as theirs. */
    public void addRoot(LuaValue value) {
        roots.add(value);
    }

    /**
     * Forgets all of the script that ran, and begins to count for the next.
     *
     * @param given how many bytes the script is given as arguments, which it may hold besides
     */
    public void reset(Watch watch, long given) {
        allocated = 0;
        resume(watch, given);
        nextMeasure = limit;
    }

    /** The same, but what was allocated counts on: functions may keep values from run to run. */
    public void resume(Watch watch, long given) {
        this.watch = watch;
        main.reset();
        main.status = Coroutine.Status.RUNNING;
        running = main;
        steps = STEPS_PER_CHECK;
        allocated += given;
        held = 0;
        limit = memoryLimit + given;
        random.reset();
    }

    /**
     * Compiles a chunk.
     *
     * @param name what errors call it
     * @param memory is told what that takes
     * @throws ScriptError if it is no Lua
     */
    public static Chunk compile(byte[] source, String name, Memory memory) {
        return new Chunk(Emitter.compile(source, name, name, memory));
    }

    /** The function of a chunk, fresh, with its globals in a table. */
    public Closure load(Chunk chunk, Table globals) {
        return new Closure(chunk.proto(), globals);
    }

    /**
     * Calls a function from outside and returns its first result.
     *
     * @throws ScriptError what the script raised
     */
    public LuaValue call(LuaValue function, LuaValue... arguments) {
        try {
            return running.callOne(function, arguments);
        } catch (StackOverflowError e) {
            throw new ScriptError("stack overflow");
        }
    }

    /** Where the innermost call is, or its caller if it is one of a builtin; null outside of any call. */
    public Position position() {
        Frame call = running.frame;
        if (call != null && call.closure == null) {
            call = call.previous;
        }
        return call == null ? null : call.closure == null ? new Position("=[C]", -1)
                : new Position("@" + call.closure.proto.chunk, call.line());
    }

    /** A line of a source, named as in C Lua's debug information: {@code @user_script}. */
    public record Position(String source, int line) {
        @Override
        public String toString() {
            return source + ":" + line;
        }
    }

    // ---- limits

    boolean isMain(Coroutine coroutine) {
        return coroutine == main;
    }

    /** What {@code collectgarbage("count")} answers: what was allocated since it was last measured. */
    double allocatedKilobytes() {
        return allocated / 1024.0;
    }

    /** Counts a step. */
    void step() {
        if (--steps < 0) {
            checkWatch();
        }
    }

    /** Counts the steps of a builtin that works in a loop of its own. */
    public void steps(int count) {
        steps -= count;
        if (steps < 0) {
            checkWatch();
        }
    }

    private void checkWatch() {
        do {
            steps += STEPS_PER_CHECK;
            watch.check();
        } while (steps < 0);
    }

    @Override
    public void read(long bytes) {
        steps((int) (bytes / BYTES_PER_STEP));
    }

    @Override
    public void allocate(long bytes) {
        allocated += bytes;
        if (bytes >= BYTES_PER_STEP) {
            steps((int) Math.min(bytes / BYTES_PER_STEP, STEPS_PER_CHECK));
        }
        if (allocated > nextMeasure) {
            measure(bytes);
        }
    }

    /** Looks how much of what was allocated is still reachable; the garbage of a long loop must not end it. */
    private void measure(long more) {
        if (more < limit) {
            Meter meter = new Meter();
            roots.forEach(meter);
            meter.accept(globals);
            meter.accept(main);
            meter.accept(running);
            allocated = meter.total() + running.held() + held + more;
            steps(meter.visited());
        }
        if (allocated > limit) {
            nextMeasure = limit;
            throw new ScriptError("not enough memory");
        }
        nextMeasure = allocated + Math.max(limit / 8, limit - allocated);
    }

    /** Whether what is reachable was found to be too much. */
    public boolean isExhausted() {
        return allocated > limit;
    }

    /** To be called before so many bytes are put in a buffer that lives as long as the run. */
    public void hold(long bytes) {
        held += bytes;
        allocate(bytes);
    }

    /** Walks through all that is reachable. */
    private static final class Meter implements Consumer<LuaValue> {
        private final Set<LuaValue> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        private final Set<Proto> code = Collections.newSetFromMap(new IdentityHashMap<>());
        private final Deque<LuaValue> pending = new ArrayDeque<>();
        private long bytes;

        @Override
        public void accept(LuaValue value) {
            boolean sized = value instanceof LuaString || value instanceof Table || value instanceof Closure
                    || value instanceof Builtin || value instanceof Coroutine;
            if (sized && seen.add(value)) {
                pending.add(value);
            }
        }

        int visited() {
            return seen.size();
        }

        long total() {
            while (!pending.isEmpty()) {
                LuaValue value = pending.poll();
                if (value instanceof LuaString) {
                    bytes += STRING_WEIGHT + ((LuaString) value).m_length;
                } else if (value instanceof Table) {
                    bytes += ((Table) value).weight();
                    ((Table) value).eachReference(this);
                } else if (value instanceof Coroutine) {
                    bytes += ((Coroutine) value).weight();
                    ((Coroutine) value).eachReference(this);
                } else if (value instanceof Builtin) {
                    bytes += Closure.WEIGHT;
                    accept(((Builtin) value).captured);
                } else {
                    closure((Closure) value);
                }
            }
            return bytes;
        }

        private void closure(Closure closure) {
            bytes += Closure.WEIGHT + (long) UpValue.WEIGHT * closure.upvalues.length;
            for (UpValue upvalue : closure.upvalues) {
                accept(upvalue.get());
            }
            if (code.add(closure.proto)) {
                bytes += closure.proto.weight();
                closure.proto.eachConstant(this);
            }
        }
    }

    /** A string of bytes just made, which must not be changed any more; it is counted. */
    public LuaString string(byte[] bytes) {
        allocate(STRING_WEIGHT + bytes.length);
        return Strings.of(bytes);
    }

    // ---- values

    /** The number that a value is, or that the text of a string is; else null. */
    public static Num toNumber(LuaValue value) {
        return value instanceof Num ? (Num) value : value instanceof LuaString ? NumberText.parse((LuaString) value) : null;
    }

    /** The string that a string or number is; else null. */
    static LuaString toText(LuaValue value) {
        return value instanceof LuaString ? (LuaString) value : value instanceof Num ? ((Num) value).strvalue() : null;
    }

    /** Null if the value has none. */
    Table metatable(LuaValue value) {
        return value instanceof Table ? ((Table) value).metatable() : value instanceof LuaString ? stringMetatable : null;
    }

    /** NIL if there is none. */
    LuaValue metamethod(LuaValue value, LuaString name) {
        Table metatable = metatable(value);
        return metatable == null ? LuaValue.NIL : metatable.getRaw(name);
    }

    // ---- errors

    /** An error at the current position of the script, if the innermost call is one of a script's functions. */
    ScriptError error(Coroutine coroutine, String message) {
        return new ScriptError(coroutine.where(0) + message);
    }

    /** The error {@code attempt to <action> local 'x' (a nil value)}; {@code register} may be a constant. */
    ScriptError typeError(Coroutine coroutine, LuaValue value, int register, String action) {
        Frame frame = coroutine.frame;
        FunctionName name = frame == null || frame.closure == null || register < 0 || register >= Op.CONSTANT ? null
                : FunctionName.ofRegister(frame.closure.proto, frame.pc - 1, register);
        String what = name == null ? "a " + value.typename() + " value"
                : name.kind() + " '" + name.name() + "' (a " + value.typename() + " value)";
        return error(coroutine, "attempt to " + action + " " + what);
    }
}
