package dev.respql.script.lua;

import java.util.Locale;
import org.luaj.vm2.LuaValue;

/** The library {@code coroutine}. */
final class CoroutineLib {
    private CoroutineLib() {
    }

    static Table create(Machine machine) {
        return new Library(new Table(machine))
                .add("create", frame -> frame.result(newCoroutine(frame)))
                .add("resume", CoroutineLib::resume)
                .add("running", frame -> frame.result(frame.machine.isMain(frame.coroutine) ? LuaValue.NIL : frame.coroutine))
                .add("status", frame -> frame.result(Strings.of(status(check(frame)))))
                .add("wrap", CoroutineLib::wrap)
                .add("yield", CoroutineLib::yield)
                .table();
    }

    private static Coroutine newCoroutine(Frame frame) {
        LuaValue function = frame.arg(1);
        if (!(function instanceof Closure)) {
            throw frame.badArgument(1, "Lua function expected");
        }
        Coroutine created = new Coroutine(frame.machine);
        created.push(function);
        return created;
    }

    private static Coroutine check(Frame frame) {
        if (frame.arg(1) instanceof Coroutine) {
            return (Coroutine) frame.arg(1);
        }
        throw frame.badArgument(1, "coroutine expected");
    }

    private static String status(Coroutine coroutine) {
        return coroutine.status.name().toLowerCase(Locale.ROOT);
    }

    private static int yield(Frame frame) {
        Coroutine co = frame.coroutine;
        if (!co.mayYield()) {
            throw co.machine.error(co, "attempt to yield across metamethod/C-call boundary");
        }
        return Coroutine.YIELD;
    }

    private static int resume(Frame frame) {
        Coroutine coroutine = check(frame);
        try {
            int from = run(frame, coroutine, 2);
            int count = coroutine.top - from;
            frame.push(LuaValue.TRUE);
            handOver(coroutine, from, frame);
            return count + 1;
        } catch (ScriptError e) {
            frame.push(LuaValue.FALSE);
            frame.push(e.value());
            return 2;
        }
    }

    private static int wrap(Frame frame) {
        Coroutine coroutine = newCoroutine(frame);
        return frame.result(new Wrapped(coroutine).function());
    }

    /** The function that resumes a coroutine, which hands its errors on. */
    private record Wrapped(Coroutine coroutine) {
        LuaValue function() {
            return new Builtin(this::call, coroutine);
        }

        private int call(Frame frame) {
            try {
                int from = run(frame, coroutine, 1);
                int count = coroutine.top - from;
                handOver(coroutine, from, frame);
                return count;
            } catch (ScriptError e) {
                LuaValue text = Machine.toText(e.value());
                throw text == null ? e : new ScriptError(Strings.of(frame.coroutine.where(1) + e.getMessage()));
            }
        }
    }

    /** Resumes with the arguments from a number on; the values it hands over lie on its stack from the result on. */
    private static int run(Frame frame, Coroutine coroutine, int firstArgument) {
        if (coroutine.status != Coroutine.Status.SUSPENDED) {
            throw new ScriptError("cannot resume " + (coroutine.status == Coroutine.Status.SUSPENDED ? "non-suspended"
                    : status(coroutine)) + " coroutine");
        }
        Coroutine caller = frame.coroutine;
        int count = Math.max(frame.count() - firstArgument + 1, 0);
        coroutine.ensure(count + 1);
        for (int i = 0; i < count; i++) {
            coroutine.push(frame.arg(firstArgument + i));
        }
        caller.status = Coroutine.Status.NORMAL;
        caller.machine.running = coroutine;
        try {
            return coroutine.resume(caller, count);
        } catch (StackOverflowError e) {
            coroutine.status = Coroutine.Status.DEAD;
            throw new ScriptError("stack overflow");
        } finally {
            caller.status = Coroutine.Status.RUNNING;
            caller.machine.running = caller;
        }
    }

    private static void handOver(Coroutine from, int first, Frame to) {
        int count = from.top - first;
        to.coroutine.ensure(count);
        for (int i = 0; i < count; i++) {
            to.push(from.stack[first + i]);
        }
        from.top = first;
    }
}
