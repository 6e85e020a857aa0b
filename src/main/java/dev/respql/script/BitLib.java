package dev.respql.script;

import dev.respql.script.lua.Machine;
import dev.respql.script.lua.Table;

final class BitLib {
    private BitLib() {
    }

    static Table create(Machine machine) {
        return new Table(machine);
    }

    static void reset(Machine machine) {
    }
}
