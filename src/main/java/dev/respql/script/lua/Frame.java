package dev.respql.script.lua;

import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaValue;

/**
 * One function call under way. Builtins use it to read their arguments, counted from 1 as in messages, and to push
 * their results; the checks raise C Lua's {@code bad argument #1 to 'f' (number expected, got nil)}. Frames are reused:
 * none may be kept beyond its call.
 */
public final class Frame {
    public final Coroutine coroutine;
    public final Machine machine;
    final Frame previous;
    private Frame next;

    /** Where the called value lies on the stack; results go there. */
    int function;
    /** The first register, or the first argument of a builtin. */
    int base;
    /** Behind the arguments of a builtin. */
    int end;
    /** The function of a script; null for a builtin. */
    Closure closure;
    /** The next instruction. */
    int pc;
    /** How many results the caller wants; -1 for all. */
    int wanted;
    /** The interpreter was entered for this call, and leaves when it returns. */
    boolean entry;
    int tailCalls;
    /** Bytes that the builtin has in buffers of its own. */
    long held;

    Frame(Coroutine coroutine, Frame previous) {
        this.coroutine = coroutine;
        this.machine = coroutine.machine;
        this.previous = previous;
    }

    Frame next() {
        if (next == null) {
            coroutine.countFrame();
            next = new Frame(coroutine, this);
        }
        return next;
    }

    /** Lets go of what earlier calls left here and further in, and of most of the frames. */
    void forget(int keep) {
        Frame last = this;
        for (int i = 1; last != null; last = last.next, i++) {
            last.closure = null;
            if (i == keep) {
                last.next = null;
            }
        }
    }

    int line() {
        return closure.proto.lines[pc - 1];
    }

    // ---- arguments

    /** How many arguments there are. */
    public int count() {
        return end - base;
    }

    /** NIL if there is no such argument. */
    public LuaValue arg(int number) {
        int index = base + number - 1;
        return index < end ? coroutine.stack[index] : LuaValue.NIL;
    }

    public boolean isMissing(int number) {
        return number > end - base;
    }

    /** Missing or nil. */
    public boolean isNothing(int number) {
        return arg(number) == LuaValue.NIL;
    }

    public void checkAny(int number) {
        if (isMissing(number)) {
            throw badArgument(number, "value expected");
        }
    }

    /** A string; a number is printed. */
    public LuaString checkString(int number) {
        LuaValue value = arg(number);
        if (value instanceof LuaString) {
            return (LuaString) value;
        }
        if (value instanceof Num) {
            return ((Num) value).strvalue();
        }
        throw badType(number, "string");
    }

    public LuaString optString(int number, LuaString otherwise) {
        return isNothing(number) ? otherwise : checkString(number);
    }

    /** A number; a string is read as one. */
    public double checkNumber(int number) {
        Num value = Machine.toNumber(arg(number));
        if (value == null) {
            throw badType(number, "number");
        }
        return value.value;
    }

    /** A number cut to a C {@code long}. */
    public long checkLong(int number) {
        return Arithmetic.toLong(checkNumber(number));
    }

    /** A number cut to a C {@code int}. */
    public int checkInt(int number) {
        return (int) checkLong(number);
    }

    public int optInt(int number, int otherwise) {
        return isNothing(number) ? otherwise : checkInt(number);
    }

    public Table checkTable(int number) {
        LuaValue value = arg(number);
        if (value instanceof Table) {
            return (Table) value;
        }
        throw badType(number, "table");
    }

    public LuaValue checkFunction(int number) {
        LuaValue value = arg(number);
        if (value.type() == LuaValue.TFUNCTION) {
            return value;
        }
        throw badType(number, "function");
    }

    /** The error for an argument of another type. */
    public ScriptError badType(int number, String expected) {
        return badArgument(number, expected + " expected, got " + (isMissing(number) ? "no value" : arg(number).typename()));
    }

    /** The error {@code bad argument #number to 'name' (message)}. */
    public ScriptError badArgument(int number, String message) {
        FunctionName name = FunctionName.of(this);
        int shown = number;
        if (name.kind().equals("method")) {
            shown--;
            if (shown == 0) {
                return error("calling '" + name.name() + "' on bad self (" + message + ")");
            }
        }
        return error("bad argument #" + shown + " to '" + name.name() + "' (" + message + ")");
    }

    /** An error of the builtin's own, with the position of its caller before it. */
    public ScriptError error(String message) {
        return new ScriptError(coroutine.where(1) + message);
    }

    // ---- results

    /** One result. */
    public int result(LuaValue value) {
        push(value);
        return 1;
    }

    public int result(double value) {
        push(Num.of(value));
        return 1;
    }

    public int result(boolean value) {
        push(value ? LuaValue.TRUE : LuaValue.FALSE);
        return 1;
    }

    /** A string just made: it is counted. */
    public int result(byte[] value) {
        push(machine.string(value));
        return 1;
    }

    /** One more result, behind those pushed before. */
    public void push(LuaValue value) {
        coroutine.push(value);
    }

    /** Takes back the result last pushed. */
    public void pop() {
        coroutine.top--;
    }

    /** Refuses to push more than C Lua's stack would hold. */
    public void checkRoom(int results, String message) {
        if (!coroutine.hasRoomFor(results)) {
            throw error("stack overflow (" + message + ")");
        }
    }

    /** Refuses nil and NaN as keys of a table. */
    public void checkKey(LuaValue key) {
        Interpreter.checkKey(coroutine, key);
    }

    // ---- limits

    /** To be called before so many bytes are put in a buffer that lives as long as the call. */
    public void hold(long bytes) {
        held += bytes;
        machine.allocate(bytes);
    }

    // ---- calls

    /** Calls a function with what is given and returns its first result. */
    public LuaValue call(LuaValue function, LuaValue... arguments) {
        return coroutine.callOne(function, arguments);
    }
}
