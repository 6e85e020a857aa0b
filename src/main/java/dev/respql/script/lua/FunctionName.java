package dev.respql.script.lua;

import org.luaj.vm2.LuaString;

/**
 * What errors call a value: found, as C Lua does, by looking through the instructions for the one that put it where it is.
 *
 * @param kind {@code local}, {@code global}, {@code field}, {@code method}, {@code upvalue}, or empty if there is no name
 */
record FunctionName(String kind, String name) {
    private static final FunctionName UNKNOWN = new FunctionName("", "?");

    /** The name by which the function of a frame was called. */
    static FunctionName of(Frame frame) {
        Frame caller = frame.previous;
        if (frame.closure != null && frame.tailCalls > 0 || caller == null || caller.closure == null) {
            return UNKNOWN;
        }
        long instruction = caller.closure.proto.code[caller.pc - 1];
        int op = Op.op(instruction);
        if (op != Op.CALL && op != Op.TAILCALL && op != Op.TFORLOOP) {
            return UNKNOWN;
        }
        FunctionName name = ofRegister(caller.closure.proto, caller.pc - 1, Op.a(instruction));
        return name == null ? UNKNOWN : name;
    }

    /** The name of what a register holds when an instruction runs; null if there is none. */
    static FunctionName ofRegister(Proto proto, int pc, int register) {
        LuaString local = proto.localName(register, pc);
        if (local != null) {
            return new FunctionName("local", Strings.text(local));
        }
        int setter = setter(proto, pc, register);
        if (setter < 0) {
            return null;
        }
        long instruction = proto.code[setter];
        switch (Op.op(instruction)) {
            case Op.GETGLOBAL:
                return new FunctionName("global", constant(proto, Op.CONSTANT + Op.d(instruction)));
            case Op.MOVE:
                return Op.b(instruction) < Op.a(instruction) ? ofRegister(proto, setter, Op.b(instruction)) : null;
            case Op.GETTABLE:
                return new FunctionName("field", constant(proto, Op.c(instruction)));
            case Op.GETUPVAL:
                return new FunctionName("upvalue", Strings.text(proto.upvalues[Op.b(instruction)].name()));
            case Op.SELF:
                return register == Op.a(instruction) ? new FunctionName("method", constant(proto, Op.c(instruction))) : null;
            default:
                return null;
        }
    }

    private static String constant(Proto proto, int operand) {
        if (operand >= Op.CONSTANT && proto.constants[operand - Op.CONSTANT] instanceof LuaString) {
            return Strings.text((LuaString) proto.constants[operand - Op.CONSTANT]);
        }
        return "?";
    }

    /** The last instruction before {@code end} that changes the register, forward jumps followed; -1 if there is none. */
    private static int setter(Proto proto, int end, int register) {
        int setter = -1;
        for (int pc = 0; pc < end; pc++) {
            long instruction = proto.code[pc];
            int a = Op.a(instruction);
            boolean changes;
            switch (Op.op(instruction)) {
                case Op.JMP: case Op.FORPREP: case Op.JMPIF: case Op.JMPNOT: {
                    if (Op.op(instruction) == Op.JMPIF || Op.op(instruction) == Op.JMPNOT) {
                        // C Lua's own test counts as a change, so that what "and" and "or" give has no name.
                        setter = a == register ? pc : setter;
                    }
                    int target = Op.d(instruction);
                    if (target > pc && target <= end) {
                        pc = target - 1;
                    }
                    changes = false;
                    break;
                }
                case Op.SETUPVAL: case Op.SETGLOBAL: case Op.SETTABLE: case Op.EQ: case Op.LT: case Op.LE:
                case Op.RETURN: case Op.SETLIST: case Op.CLOSE: case Op.FORLOOP:
                    changes = false;
                    break;
                case Op.LOADNIL:
                    changes = a <= register && register <= Op.b(instruction);
                    break;
                case Op.SELF:
                    changes = register == a || register == a + 1;
                    break;
                case Op.CALL: case Op.TAILCALL:
                    changes = register >= a;
                    break;
                case Op.TFORLOOP:
                    changes = register >= a + 2;
                    break;
                case Op.VARARG:
                    changes = register >= a && (Op.b(instruction) == 0 || register < a + Op.b(instruction) - 1);
                    break;
                default:
                    changes = register == a;
            }
            if (changes) {
                setter = pc;
            }
        }
        return setter;
    }
}
