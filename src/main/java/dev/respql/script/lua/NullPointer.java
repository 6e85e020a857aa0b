package dev.respql.script.lua;

import org.luaj.vm2.LuaValue;

/** The light userdata that is a null pointer: what cjson decodes {@code null} to. */
public final class NullPointer extends LuaValue {
    public static final NullPointer INSTANCE = new NullPointer();

    private NullPointer() {
    }

    @Override
    public int type() {
        return TLIGHTUSERDATA;
    }

    @Override
    public String typename() {
        return "userdata";
    }
}
