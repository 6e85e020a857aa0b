package dev.respql.script.lua;

import org.luaj.vm2.LuaFunction;

/** A function of a script with the variables that it captured. */
public final class Closure extends LuaFunction {
    /** What a closure takes, roughly, in bytes. */
    static final int WEIGHT = 48;

    final Proto proto;
    final UpValue[] upvalues;
    /** Where its globals are. */
    final Table globals;

    Closure(Proto proto, Table globals) {
        this.proto = proto;
        this.globals = globals;
        this.upvalues = new UpValue[proto.upvalues.length];
    }
}
