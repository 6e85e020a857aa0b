package dev.respql.script.lua;

import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaValue;

/** An error of the script, which its pcall can catch: any value, most often a string. Cheap: it has no Java stack trace. */
public final class ScriptError extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient LuaValue error;

    public ScriptError(LuaValue value) {
        super(null, null, false, false);
        this.error = value;
    }

    /** One byte a character. */
    public ScriptError(String latin1) {
        this(Strings.of(latin1));
    }

    /** What the script raised. */
    public LuaValue value() {
        return error;
    }

    @Override
    public String getMessage() {
        return error instanceof LuaString ? Strings.text((LuaString) error) : error.typename();
    }
}
