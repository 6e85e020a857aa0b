package dev.respql.script.lua;

import java.util.function.Consumer;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaValue;

/** A compiled function: its code and what errors need to know of its source. Never changed once made, so shareable. */
final class Proto {
    /** Where a closure finds an upvalue: in a register of the function around it, or among that one's upvalues. */
    record Upvalue(LuaString name, boolean fromRegister, int index) {
    }

    /** A local variable, which has its register for the instructions [from, to). */
    record Local(LuaString name, int register, int from, int to) {
    }

    final String chunk;
    final int line;
    final int lastLine;
    final int parameters;
    final boolean vararg;
    /** The register behind the parameters gets a table of the further arguments. */
    final boolean wantsArg;
    int registers;
    long[] code;
    int[] lines;
    LuaValue[] constants;
    Proto[] functions;
    Upvalue[] upvalues;
    Local[] locals;

    Proto(String chunk, Ast.Function function) {
        this.chunk = chunk;
        this.line = function.line;
        this.lastLine = function.lastLine;
        this.parameters = function.parameters.size();
        this.vararg = function.vararg;
        this.wantsArg = function.wantsArg;
    }

    /** Bytes that it takes with the functions inside, roughly. */
    long weight() {
        long weight = 200 + 12L * code.length + 8L * constants.length + 40L * (locals.length + upvalues.length);
        for (Proto inner : functions) {
            weight += inner.weight();
        }
        return weight;
    }

    void eachConstant(Consumer<LuaValue> visitor) {
        for (LuaValue constant : constants) {
            visitor.accept(constant);
        }
        for (Proto inner : functions) {
            inner.eachConstant(visitor);
        }
    }

    /** The local that has a register at an instruction; null if it is a temporary. */
    LuaString localName(int register, int pc) {
        for (Local local : locals) {
            if (local.register == register && local.from <= pc && pc < local.to) {
                return local.name;
            }
        }
        return null;
    }
}
