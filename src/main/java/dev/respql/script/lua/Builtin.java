package dev.respql.script.lua;

import org.luaj.vm2.LuaFunction;
import org.luaj.vm2.LuaValue;

/** A function of a library, written in Java. Immutable; what it keeps between calls is in the {@link Machine}. */
public final class Builtin extends LuaFunction {
    /** What a builtin does: reads its arguments from the frame, pushes its results there, and says how many. */
    @FunctionalInterface
    public interface Body {
        int run(Frame frame);
    }

    final Body body;
    /** A value that lives as long as the function; null if there is none. */
    final LuaValue captured;

    public Builtin(Body body) {
        this(body, null);
    }

    /** A function that keeps a value alive, which counts as memory of the script. */
    Builtin(Body body, LuaValue captured) {
        this.body = body;
        this.captured = captured;
    }
}
