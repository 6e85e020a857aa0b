package dev.respql.script.lua;

import org.luaj.vm2.LuaValue;

/** A variable that closures share: while its function runs it is the stack slot, afterwards a cell of its own. */
final class UpValue {
    /** What one takes, roughly, in bytes. */
    static final int WEIGHT = 48;

    LuaValue[] array;
    int index;
    /** The next open upvalue further down the stack. */
    UpValue next;

    UpValue(LuaValue[] array, int index) {
        this.array = array;
        this.index = index;
    }

    LuaValue get() {
        return array[index];
    }

    void set(LuaValue value) {
        array[index] = value;
    }

    void close() {
        array = new LuaValue[] {array[index]};
        index = 0;
        next = null;
    }
}
