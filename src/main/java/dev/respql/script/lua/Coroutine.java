package dev.respql.script.lua;

import java.util.Arrays;
import java.util.function.Consumer;
import org.luaj.vm2.LuaValue;

/**
 * A coroutine, also the one that a script begins in: a stack of values and of calls. Calls from script to script do not
 * use the Java stack, so a yield only leaves the interpreter; no coroutine ever needs a thread.
 */
public final class Coroutine extends LuaValue {
    enum Status {
        SUSPENDED, RUNNING, NORMAL, DEAD
    }

    /** Calls that go through Java (metamethods, pcall, callbacks of builtins) within each other. */
    private static final int MAXIMUM_JAVA_DEPTH = 200;
    /** Calls within each other, of all kinds, as in C Lua. */
    private static final int MAXIMUM_DEPTH = 20_000;
    private static final int FIRST_STACK = 64;
    private static final int SLOT_WEIGHT = 8;
    private static final int FRAME_WEIGHT = 96;
    private static final int KEPT_FRAMES = 100;
    /** What a new coroutine takes, roughly, in bytes. */
    private static final int WEIGHT = 1024;
    /** Room that a builtin finds on the stack. */
    private static final int BUILTIN_SLOTS = 20;
    static final int ALL = -1;
    /** What the body of a builtin answers to suspend the coroutine instead of returning. */
    static final int YIELD = -1;

    final Machine machine;
    LuaValue[] stack = new LuaValue[FIRST_STACK];
    /** Behind the last value, where that is not known from the code. */
    int top;
    /** The innermost call; null before the first. */
    Frame frame;
    private final Frame firstFrame;
    private int depth;
    private int frames = 1;
    /** The one that runs again when this one yields or ends. */
    private Coroutine resumer;
    int javaDepth;
    /** The Java depth at which it was resumed; deeper down it cannot yield. */
    private int resumedAt = -1;
    private UpValue openUpvalues;
    Status status = Status.SUSPENDED;

    Coroutine(Machine machine) {
        this.machine = machine;
        this.firstFrame = new Frame(this, null);
        machine.allocate(WEIGHT);
        Arrays.fill(stack, NIL);
    }

    @Override
    public int type() {
        return TTHREAD;
    }

    @Override
    public String typename() {
        return "thread";
    }

    // ---- the stack

    void push(LuaValue value) {
        if (top == stack.length) {
            ensure(1);
        }
        stack[top++] = value;
    }

    /** Makes room for so many values behind the top. */
    void ensure(int slots) {
        int needed = top + slots;
        if (needed > stack.length) {
            int size = Math.max(needed, stack.length * 2);
            machine.allocate((long) SLOT_WEIGHT * (size - stack.length));
            int old = stack.length;
            stack = Arrays.copyOf(stack, size);
            Arrays.fill(stack, old, size, NIL);
            for (UpValue open = openUpvalues; open != null; open = open.next) {
                open.array = stack;
            }
        }
    }

    /** Whether a builtin may push so many values. */
    boolean hasRoomFor(int values) {
        return values <= 8000 && top - frame.base + values <= 8000;
    }

    UpValue upvalue(int index) {
        UpValue above = null;
        UpValue open = openUpvalues;
        while (open != null && open.index > index) {
            above = open;
            open = open.next;
        }
        if (open != null && open.index == index) {
            return open;
        }
        UpValue fresh = new UpValue(stack, index);
        fresh.next = open;
        if (above == null) {
            openUpvalues = fresh;
        } else {
            above.next = fresh;
        }
        return fresh;
    }

    /** Gives each variable from a stack slot on a cell of its own. */
    void closeUpvalues(int from) {
        while (openUpvalues != null && openUpvalues.index >= from) {
            UpValue open = openUpvalues;
            openUpvalues = open.next;
            open.close();
        }
    }


    long weight() {
        return WEIGHT + (long) SLOT_WEIGHT * stack.length + (long) FRAME_WEIGHT * frames;
    }

    void countFrame() {
        machine.allocate(FRAME_WEIGHT);
        frames++;
    }

    /** Bytes that builtins hold in calls under way, here and where this coroutine was resumed from. */
    long held() {
        long held = resumer == null ? 0 : resumer.held();
        for (Frame call = frame; call != null; call = call.previous) {
            held += call.held;
        }
        return held;
    }

    void eachReference(Consumer<LuaValue> visitor) {
        for (LuaValue value : stack) {
            visitor.accept(value);
        }
        for (Frame call = frame; call != null; call = call.previous) {
            if (call.closure != null) {
                visitor.accept(call.closure);
            }
        }
        if (resumer != null) {
            visitor.accept(resumer);
        }
    }

    /** Forgets all values and calls, to be used anew. */
    void reset() {
        closeUpvalues(0);
        if (stack.length > FIRST_STACK * 16) {
            stack = new LuaValue[FIRST_STACK];
        }
        Arrays.fill(stack, NIL);
        top = 0;
        firstFrame.forget(KEPT_FRAMES);
        frames = Math.min(frames, KEPT_FRAMES);
        frame = null;
        depth = 0;
        javaDepth = 0;
    }

    // ---- calls

    private Frame enter(int function) {
        if (++depth > MAXIMUM_DEPTH) {
            depth--;
            throw machine.error(this, "stack overflow");
        }
        Frame entered = frame == null ? firstFrame : frame.next();
        entered.function = function;
        entered.closure = null;
        entered.entry = false;
        entered.tailCalls = 0;
        entered.held = 0;
        frame = entered;
        return entered;
    }

    /**
     * Begins the call of a value whose arguments lie behind it, up to the top. A builtin is run to its end, and its
     * results put in the place of the value.
     *
     * @return the frame of a script's function, which is then to be interpreted; null if there is nothing left to do
     */
    Frame begin(int function, int wanted) {
        LuaValue called = stack[function];
        if (called instanceof Closure) {
            return beginClosure((Closure) called, function, wanted);
        }
        if (called instanceof Builtin) {
            ensure(BUILTIN_SLOTS);
            Frame entered = enter(function);
            entered.base = function + 1;
            entered.end = top;
            entered.wanted = wanted;
            int results = ((Builtin) called).body.run(entered);
            if (results == YIELD) {
                return null;
            }
            finish(top - results, results);
            return null;
        }
        LuaValue handler = machine.metamethod(called, Metamethod.CALL);
        if (handler.type() != TFUNCTION) {
            throw machine.typeError(this, called, function - (frame == null ? 0 : frame.base), "call");
        }
        ensure(1);
        System.arraycopy(stack, function, stack, function + 1, top - function);
        top++;
        stack[function] = handler;
        return begin(function, wanted);
    }

    private Frame beginClosure(Closure closure, int function, int wanted) {
        Proto proto = closure.proto;
        int arguments = top - function - 1;
        ensure(proto.registers + proto.parameters);
        Frame entered = enter(function);
        int base = function + 1;
        LuaValue[] slots = stack;
        if (proto.vararg) {
            base = spreadArguments(proto, base, arguments);
            slots = stack;
            arguments = proto.parameters + (proto.wantsArg ? 1 : 0);
        } else if (arguments > proto.parameters) {
            arguments = proto.parameters;
        }
        Arrays.fill(slots, base + arguments, base + proto.registers, NIL);
        entered.closure = closure;
        entered.base = base;
        entered.pc = 0;
        entered.wanted = wanted;
        top = base + proto.registers;
        return entered;
    }

    /** Moves the named arguments behind all others, which stay where {@code ...} looks for them. */
    private int spreadArguments(Proto proto, int first, int arguments) {
        int count = Math.max(arguments, proto.parameters);
        Arrays.fill(stack, first + arguments, first + count, NIL);
        int base = first + count;
        for (int i = 0; i < proto.parameters; i++) {
            stack[base + i] = stack[first + i];
            stack[first + i] = NIL;
        }
        if (proto.wantsArg) {
            int extra = count - proto.parameters;
            Table arg = new Table(machine, extra, 1);
            for (int i = 0; i < extra; i++) {
                arg.setRaw(i + 1, stack[first + proto.parameters + i]);
            }
            arg.setRaw("n", Num.of(extra));
            stack[base + proto.parameters] = arg;
        }
        return base;
    }

    /** A tail call: the frame just begun takes the place of its caller on the stack. */
    Frame replaceCaller(Frame entered) {
        Frame caller = entered.previous;
        closeUpvalues(caller.base);
        int shift = entered.function - caller.function;
        System.arraycopy(stack, entered.function, stack, caller.function, top - entered.function);
        caller.closure = entered.closure;
        caller.base = entered.base - shift;
        caller.pc = 0;
        caller.tailCalls++;
        top -= shift;
        frame = caller;
        depth--;
        return caller;
    }

    /** Ends the innermost call: moves its results, which lie at {@code from}, to where its caller looks for them. */
    void finish(int from, int count) {
        Frame ended = frame;
        int target = ended.function;
        int wanted = ended.wanted;
        LuaValue[] slots = stack;
        if (count == 1 && wanted == 1) {
            slots[target] = slots[from];
        } else if (wanted == ALL) {
            System.arraycopy(slots, from, slots, target, count);
            top = target + count;
        } else {
            int moved = Math.min(count, wanted);
            System.arraycopy(slots, from, slots, target, moved);
            if (wanted > moved) {
                Arrays.fill(slots, target + moved, target + wanted, NIL);
            }
        }
        frame = ended.previous;
        depth--;
    }

    /**
     * Calls a value whose arguments lie behind it, up to the top, to the end; results go to its place. If all are
     * wanted, the top is behind them afterwards.
     */
    void call(int function, int wanted) {
        if (++javaDepth >= MAXIMUM_JAVA_DEPTH) {
            if (javaDepth == MAXIMUM_JAVA_DEPTH) {
                throw machine.error(this, "C stack overflow");
            }
            if (javaDepth >= MAXIMUM_JAVA_DEPTH + MAXIMUM_JAVA_DEPTH / 8) {
                throw new ScriptError("error in error handling");
            }
        }
        Frame entered = begin(function, wanted);
        if (entered != null) {
            entered.entry = true;
            Interpreter.run(this);
        }
        javaDepth--;
    }

    /** Calls a value and returns its first result; the stack is as before. */
    LuaValue callOne(LuaValue function, LuaValue... arguments) {
        int mark = top;
        ensure(arguments.length + 2);
        stack[top++] = function;
        for (LuaValue argument : arguments) {
            stack[top++] = argument;
        }
        call(mark, 1);
        LuaValue result = stack[mark];
        top = mark;
        return result;
    }

    /** Goes back to an earlier call after an error. */
    void unwind(Frame to, int javaDepth) {
        int calls = 0;
        for (Frame call = frame; call != to; call = call.previous) {
            calls++;
        }
        frame = to;
        depth -= calls;
        this.javaDepth = javaDepth;
    }

    // ---- coroutines

    /**
     * Runs this coroutine until it yields or ends: with the values on its stack, of which the first is its function if it
     * has not begun yet. What it hands over lies on its stack then, up to the top.
     *
     * @return where the values handed over begin
     * @throws ScriptError what the coroutine raised; it is dead then
     */
    int resume(Coroutine resumer, int arguments) {
        int javaDepth = resumer.javaDepth + 1;
        this.resumer = resumer;
        status = Status.RUNNING;
        this.javaDepth = javaDepth;
        this.resumedAt = javaDepth;
        try {
            if (javaDepth >= MAXIMUM_JAVA_DEPTH) {
                throw new ScriptError("C stack overflow");
            }
            if (frame == null) {
                Frame entered = begin(top - arguments - 1, ALL);
                if (entered != null) {
                    entered.entry = true;
                    Interpreter.run(this);
                }
            } else {
                finish(top - arguments, arguments);
                if (frame != null) {
                    Interpreter.continueAfterCall(this);
                    Interpreter.run(this);
                }
            }
        } catch (ScriptError e) {
            status = Status.DEAD;
            throw e;
        } finally {
            this.resumer = null;
        }
        if (frame == null) {
            status = Status.DEAD;
            return 0;
        }
        status = Status.SUSPENDED;
        return frame.base;
    }

    boolean mayYield() {
        return javaDepth == resumedAt;
    }

    // ---- positions

    /** The position that a level of the stack is at, as it precedes messages; level 0 is the innermost call. */
    String where(int level) {
        Frame call = frameAt(level);
        return call == null || call.closure == null ? "" : call.closure.proto.chunk + ":" + call.line() + ": ";
    }

    /** The call at a level; null if there is none, or it was replaced by a tail call. */
    Frame frameAt(int level) {
        Frame call = frame;
        int left = level;
        while (left > 0 && call != null) {
            left--;
            if (call.closure != null) {
                left -= call.tailCalls;
            }
            call = call.previous;
        }
        return left == 0 ? call : null;
    }
}
