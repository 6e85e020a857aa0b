package dev.respql.script.lua;

import org.luaj.vm2.LuaString;

/** The names of metamethods. */
final class Metamethod {
    static final LuaString INDEX = Strings.of("__index");
    static final LuaString NEWINDEX = Strings.of("__newindex");
    static final LuaString CALL = Strings.of("__call");
    static final LuaString EQ = Strings.of("__eq");
    static final LuaString LT = Strings.of("__lt");
    static final LuaString LE = Strings.of("__le");
    static final LuaString LEN = Strings.of("__len");
    static final LuaString UNM = Strings.of("__unm");
    static final LuaString CONCAT = Strings.of("__concat");
    static final LuaString TOSTRING = Strings.of("__tostring");
    static final LuaString METATABLE = Strings.of("__metatable");
    private static final LuaString[] ARITHMETIC = {Strings.of("__add"), Strings.of("__sub"), Strings.of("__mul"),
        Strings.of("__div"), Strings.of("__mod"), Strings.of("__pow")};

    private Metamethod() {
    }

    /** Of {@link Op#ADD} to {@link Op#POW}. */
    static LuaString of(int op) {
        return ARITHMETIC[op - Op.ADD];
    }
}
