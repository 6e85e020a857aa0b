package dev.respql.script.lua;

import java.util.Arrays;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaValue;

/** Runs the instructions of {@link Op}, and does what operators do with any values. */
final class Interpreter {
    private static final int MAXIMUM_METATABLES = 100;
    /** From so many bytes on, looking at a string counts. */
    static final int LONG_STRING = 1024;
    private static final LuaValue NIL = LuaValue.NIL;
    private static final LuaValue TRUE = LuaValue.TRUE;
    private static final LuaValue FALSE = LuaValue.FALSE;

    private Interpreter() {
    }

    /** Runs from the innermost call on, which is one of a script's function, until an entry call ends or it yields. */
    static void run(Coroutine co) {
        Machine machine = co.machine;
        Frame frame = co.frame;
        for (;;) {
            Proto proto = frame.closure.proto;
            long[] code = proto.code;
            LuaValue[] constants = proto.constants;
            UpValue[] upvalues = frame.closure.upvalues;
            int base = frame.base;
            LuaValue[] stack = co.stack;
            int pc = frame.pc;
            call:
            for (;;) {
                long i = code[pc++];
                frame.pc = pc;
                int a = base + Op.a(i);
                switch (Op.op(i)) {
                    case Op.MOVE:
                        stack[a] = stack[base + Op.b(i)];
                        continue;
                    case Op.LOADK:
                        stack[a] = constants[Op.d(i)];
                        continue;
                    case Op.LOADNIL:
                        Arrays.fill(stack, a, base + Op.b(i) + 1, NIL);
                        continue;
                    case Op.LOADBOOL:
                        stack[a] = Op.b(i) != 0 ? TRUE : FALSE;
                        pc += Op.c(i);
                        continue;
                    case Op.GETUPVAL:
                        stack[a] = upvalues[Op.b(i)].get();
                        continue;
                    case Op.SETUPVAL:
                        upvalues[Op.b(i)].set(stack[a]);
                        continue;
                    case Op.GETGLOBAL: {
                        LuaString name = (LuaString) constants[Op.d(i)];
                        Table globals = frame.closure.globals;
                        LuaValue value = globals.getRaw(name);
                        if (value == NIL) {
                            value = index(co, globals, name, -1);
                            stack = co.stack;
                        }
                        stack[a] = value;
                        continue;
                    }
                    case Op.SETGLOBAL:
                        setIndex(co, frame.closure.globals, constants[Op.d(i)], stack[a], -1);
                        stack = co.stack;
                        continue;
                    case Op.GETTABLE: {
                        LuaValue table = stack[base + Op.b(i)];
                        LuaValue key = operand(stack, constants, base, Op.c(i));
                        LuaValue value = table instanceof Table ? ((Table) table).getRaw(key) : NIL;
                        if (value == NIL) {
                            value = index(co, table, key, Op.b(i));
                            stack = co.stack;
                        }
                        stack[a] = value;
                        continue;
                    }
                    case Op.SETTABLE:
                        setIndex(co, stack[a], operand(stack, constants, base, Op.b(i)),
                                operand(stack, constants, base, Op.c(i)), Op.a(i));
                        stack = co.stack;
                        continue;
                    case Op.NEWTABLE:
                        stack[a] = new Table(machine, Op.b(i), Op.c(i));
                        continue;
                    case Op.SELF: {
                        LuaValue object = stack[base + Op.b(i)];
                        stack[a + 1] = object;
                        LuaValue value = index(co, object, operand(stack, constants, base, Op.c(i)), Op.b(i));
                        stack = co.stack;
                        stack[a] = value;
                        continue;
                    }
                    case Op.ADD: {
                        LuaValue left = operand(stack, constants, base, Op.b(i));
                        LuaValue right = operand(stack, constants, base, Op.c(i));
                        if (left instanceof Num && right instanceof Num) {
                            double sum = ((Num) left).value + ((Num) right).value;
                            if (sum == sum) {
                                stack[a] = Num.of(sum);
                                continue;
                            }
                        }
                        stack = arithmetic(co, i, a, left, right);
                        continue;
                    }
                    case Op.SUB: {
                        LuaValue left = operand(stack, constants, base, Op.b(i));
                        LuaValue right = operand(stack, constants, base, Op.c(i));
                        if (left instanceof Num && right instanceof Num) {
                            double difference = ((Num) left).value - ((Num) right).value;
                            if (difference == difference) {
                                stack[a] = Num.of(difference);
                                continue;
                            }
                        }
                        stack = arithmetic(co, i, a, left, right);
                        continue;
                    }
                    case Op.MUL: case Op.DIV: case Op.MOD: case Op.POW:
                        stack = arithmetic(co, i, a, operand(stack, constants, base, Op.b(i)),
                                operand(stack, constants, base, Op.c(i)));
                        continue;
                    case Op.UNM:
                        stack = negate(co, i, a, stack[base + Op.b(i)]);
                        continue;
                    case Op.NOT:
                        stack[a] = isTrue(stack[base + Op.b(i)]) ? FALSE : TRUE;
                        continue;
                    case Op.LEN: {
                        LuaValue value = length(co, stack[base + Op.b(i)], Op.b(i));
                        stack = co.stack;
                        stack[a] = value;
                        continue;
                    }
                    case Op.CONCAT: {
                        LuaValue value = concat(co, base + Op.b(i), base + Op.c(i));
                        stack = co.stack;
                        stack[a] = value;
                        continue;
                    }
                    case Op.JMP: {
                        int target = Op.d(i);
                        if (target < pc) {
                            machine.step();
                        }
                        pc = target;
                        continue;
                    }
                    case Op.EQ: {
                        LuaValue left = operand(stack, constants, base, Op.b(i));
                        LuaValue right = operand(stack, constants, base, Op.c(i));
                        if (equal(co, left, right) != (Op.a(i) != 0)) {
                            pc++;
                        }
                        stack = co.stack;
                        continue;
                    }
                    case Op.LT: {
                        LuaValue left = operand(stack, constants, base, Op.b(i));
                        LuaValue right = operand(stack, constants, base, Op.c(i));
                        if (less(co, left, right) != (Op.a(i) != 0)) {
                            pc++;
                        }
                        stack = co.stack;
                        continue;
                    }
                    case Op.LE: {
                        LuaValue left = operand(stack, constants, base, Op.b(i));
                        LuaValue right = operand(stack, constants, base, Op.c(i));
                        if (lessOrEqual(co, left, right) != (Op.a(i) != 0)) {
                            pc++;
                        }
                        stack = co.stack;
                        continue;
                    }
                    case Op.JMPIF:
                        if (isTrue(stack[a])) {
                            pc = Op.d(i);
                        }
                        continue;
                    case Op.JMPNOT:
                        if (!isTrue(stack[a])) {
                            pc = Op.d(i);
                        }
                        continue;
                    case Op.CALL: {
                        machine.step();
                        if (Op.b(i) != 0) {
                            co.top = a + Op.b(i);
                        }
                        Frame entered = co.begin(a, Op.c(i) - 1);
                        if (entered != null) {
                            frame = entered;
                            break call;
                        }
                        if (co.frame != frame) {
                            return;
                        }
                        stack = co.stack;
                        if (Op.c(i) != 0) {
                            co.top = base + proto.registers;
                        }
                        continue;
                    }
                    case Op.TAILCALL: {
                        machine.step();
                        if (Op.b(i) != 0) {
                            co.top = a + Op.b(i);
                        }
                        Frame entered = co.begin(a, Coroutine.ALL);
                        if (entered != null) {
                            frame = co.replaceCaller(entered);
                            break call;
                        }
                        if (co.frame != frame) {
                            return;
                        }
                        stack = co.stack;
                        continue;
                    }
                    case Op.RETURN: {
                        int count = Op.b(i) != 0 ? Op.b(i) - 1 : co.top - a;
                        co.closeUpvalues(base);
                        boolean entry = frame.entry;
                        boolean all = frame.wanted == Coroutine.ALL;
                        co.finish(a, count);
                        if (entry) {
                            return;
                        }
                        frame = co.frame;
                        if (!all) {
                            co.top = frame.base + frame.closure.proto.registers;
                        }
                        break call;
                    }
                    case Op.FORPREP:
                        prepareLoop(co, stack, a);
                        pc = Op.d(i);
                        continue;
                    case Op.FORLOOP: {
                        machine.step();
                        double step = ((Num) stack[a + 2]).value;
                        double index = ((Num) stack[a]).value + step;
                        double limit = ((Num) stack[a + 1]).value;
                        if (step > 0 ? index <= limit : limit <= index) {
                            Num value = Num.of(index);
                            stack[a] = value;
                            stack[a + 3] = value;
                            pc = Op.d(i);
                        }
                        continue;
                    }
                    case Op.TFORLOOP: {
                        iterate(co, a, Op.c(i));
                        co.top = base + proto.registers;
                        stack = co.stack;
                        if (stack[a + 3] != NIL) {
                            stack[a + 2] = stack[a + 3];
                        } else {
                            pc++;
                        }
                        continue;
                    }
                    case Op.SETLIST: {
                        int count = Op.b(i) != 0 ? Op.b(i) : co.top - a - 1;
                        Table table = (Table) stack[a];
                        table.ensureArray(Op.c(i) + count);
                        for (int item = count; item > 0; item--) {
                            table.setRaw(Op.c(i) + item, stack[a + item]);
                        }
                        co.top = base + proto.registers;
                        continue;
                    }
                    case Op.CLOSE:
                        co.closeUpvalues(a);
                        continue;
                    case Op.CLOSURE:
                        stack[a] = close(co, frame, proto.functions[Op.d(i)]);
                        continue;
                    case Op.VARARG: {
                        int available = base - frame.function - 1 - proto.parameters;
                        int count = Op.b(i) - 1;
                        if (count < 0) {
                            count = available;
                            co.top = a;
                            co.ensure(count);
                            stack = co.stack;
                            co.top = a + count;
                        }
                        int copied = Math.min(count, available);
                        System.arraycopy(stack, base - available, stack, a, copied);
                        if (count > copied) {
                            Arrays.fill(stack, a + copied, a + count, NIL);
                        }
                        continue;
                    }
                    default:
                        throw new IllegalStateException("no such instruction: " + Op.op(i));
                }
            }
        }
    }

    /** After a yield has come back: the top is where the call under way expects it. */
    static void continueAfterCall(Coroutine co) {
        Frame frame = co.frame;
        long call = frame.closure.proto.code[frame.pc - 1];
        if (Op.op(call) == Op.CALL && Op.c(call) != 0) {
            co.top = frame.base + frame.closure.proto.registers;
        }
    }

    private static LuaValue operand(LuaValue[] stack, LuaValue[] constants, int base, int operand) {
        return operand < Op.CONSTANT ? stack[base + operand] : constants[operand - Op.CONSTANT];
    }

    static boolean isTrue(LuaValue value) {
        return value != NIL && value != FALSE;
    }

    private static Closure close(Coroutine co, Frame frame, Proto proto) {
        co.machine.allocate(Closure.WEIGHT + (long) UpValue.WEIGHT * proto.upvalues.length);
        Closure closure = new Closure(proto, frame.closure.globals);
        for (int i = 0; i < proto.upvalues.length; i++) {
            Proto.Upvalue upvalue = proto.upvalues[i];
            closure.upvalues[i] = upvalue.fromRegister() ? co.upvalue(frame.base + upvalue.index())
                    : frame.closure.upvalues[upvalue.index()];
        }
        return closure;
    }

    private static void prepareLoop(Coroutine co, LuaValue[] stack, int a) {
        String[] names = {"initial value", "limit", "step"};
        for (int i = 0; i < 3; i++) {
            Num number = Machine.toNumber(stack[a + i]);
            if (number == null) {
                throw co.machine.error(co, "'for' " + names[i] + " must be a number");
            }
            stack[a + i] = number;
        }
        stack[a] = Num.of(((Num) stack[a]).value - ((Num) stack[a + 2]).value);
    }

    private static void iterate(Coroutine co, int a, int results) {
        LuaValue[] stack = co.stack;
        co.machine.step();
        stack[a + 5] = stack[a + 2];
        stack[a + 4] = stack[a + 1];
        stack[a + 3] = stack[a];
        co.top = a + 6;
        co.call(a + 3, results);
    }

    // ---- tables

    /** {@code value[key]} with metamethods; {@code register} holds the value, for errors. */
    static LuaValue index(Coroutine co, LuaValue value, LuaValue key, int register) {
        LuaValue from = value;
        int fromRegister = register;
        for (int i = 0; i < MAXIMUM_METATABLES; i++) {
            LuaValue handler;
            if (from instanceof Table) {
                Table table = (Table) from;
                LuaValue found = table.getRaw(key);
                if (found != NIL || table.metatable() == null) {
                    return found;
                }
                handler = table.metatable().getRaw(Metamethod.INDEX);
                if (handler == NIL) {
                    return NIL;
                }
            } else {
                handler = co.machine.metamethod(from, Metamethod.INDEX);
                if (handler == NIL) {
                    throw co.machine.typeError(co, from, fromRegister, "index");
                }
            }
            if (handler.type() == LuaValue.TFUNCTION) {
                return co.callOne(handler, from, key);
            }
            from = handler;
            fromRegister = -1;
        }
        throw co.machine.error(co, "loop in gettable");
    }

    /** {@code target[key] = value} with metamethods; {@code register} holds the target, for errors. */
    static void setIndex(Coroutine co, LuaValue target, LuaValue key, LuaValue value, int register) {
        LuaValue to = target;
        int toRegister = register;
        for (int i = 0; i < MAXIMUM_METATABLES; i++) {
            LuaValue handler;
            if (to instanceof Table) {
                Table table = (Table) to;
                if (table.isReadOnly()) {
                    throw co.machine.error(co, "Attempt to modify a readonly table");
                }
                Table metatable = table.metatable();
                handler = metatable == null ? NIL : metatable.getRaw(Metamethod.NEWINDEX);
                if (handler == NIL || table.getRaw(key) != NIL) {
                    checkKey(co, key);
                    table.setRaw(key, value);
                    return;
                }
            } else {
                handler = co.machine.metamethod(to, Metamethod.NEWINDEX);
                if (handler == NIL) {
                    throw co.machine.typeError(co, to, toRegister, "index");
                }
            }
            if (handler.type() == LuaValue.TFUNCTION) {
                co.callOne(handler, to, key, value);
                return;
            }
            to = handler;
            toRegister = -1;
        }
        throw co.machine.error(co, "loop in settable");
    }

    static void checkKey(Coroutine co, LuaValue key) {
        if (key == NIL) {
            throw co.machine.error(co, "table index is nil");
        }
        if (key instanceof Num && Double.isNaN(((Num) key).value)) {
            throw co.machine.error(co, "table index is NaN");
        }
    }

    // ---- operators

    private static LuaValue[] arithmetic(Coroutine co, long instruction, int target, LuaValue left, LuaValue right) {
        int op = Op.op(instruction);
        Num a = Machine.toNumber(left);
        Num b = Machine.toNumber(right);
        LuaValue result;
        if (a != null && b != null) {
            result = Num.of(Arithmetic.compute(op, a.value, b.value));
        } else {
            LuaValue handler = binaryHandler(co, left, right, Metamethod.of(op));
            if (handler == NIL) {
                throw a == null ? co.machine.typeError(co, left, Op.b(instruction), "perform arithmetic on")
                        : co.machine.typeError(co, right, Op.c(instruction), "perform arithmetic on");
            }
            result = co.callOne(handler, left, right);
        }
        co.stack[target] = result;
        return co.stack;
    }

    private static LuaValue[] negate(Coroutine co, long instruction, int target, LuaValue operand) {
        Num number = Machine.toNumber(operand);
        LuaValue result;
        if (number != null) {
            result = Num.of(Arithmetic.negate(number.value));
        } else {
            LuaValue handler = co.machine.metamethod(operand, Metamethod.UNM);
            if (handler == NIL) {
                throw co.machine.typeError(co, operand, Op.b(instruction), "perform arithmetic on");
            }
            result = co.callOne(handler, operand, operand);
        }
        co.stack[target] = result;
        return co.stack;
    }

    private static LuaValue binaryHandler(Coroutine co, LuaValue left, LuaValue right, LuaString name) {
        LuaValue handler = co.machine.metamethod(left, name);
        return handler != NIL ? handler : co.machine.metamethod(right, name);
    }

    private static LuaValue length(Coroutine co, LuaValue value, int register) {
        if (value instanceof Table) {
            return Num.of(((Table) value).border());
        }
        if (value instanceof LuaString) {
            return Num.of(((LuaString) value).m_length);
        }
        throw co.machine.typeError(co, value, register, "get length of");
    }

    static boolean rawEqual(LuaValue left, LuaValue right) {
        if (left == right) {
            return !(left instanceof Num) || ((Num) left).value == ((Num) left).value;
        }
        if (left instanceof LuaString) {
            return right instanceof LuaString && Strings.equal((LuaString) left, (LuaString) right);
        }
        return left instanceof Num && right instanceof Num && ((Num) left).value == ((Num) right).value;
    }

    static boolean equal(Coroutine co, LuaValue left, LuaValue right) {
        if (!(left instanceof Table && right instanceof Table) || left == right) {
            if (left instanceof LuaString && ((LuaString) left).m_length > LONG_STRING) {
                co.machine.read(((LuaString) left).m_length);
            }
            return rawEqual(left, right);
        }
        LuaValue handler = sharedHandler(co, left, right, Metamethod.EQ);
        return handler != NIL && isTrue(co.callOne(handler, left, right));
    }

    /** The metamethod that both operands of a comparison have; NIL if they have none, or different ones. */
    private static LuaValue sharedHandler(Coroutine co, LuaValue left, LuaValue right, LuaString name) {
        LuaValue handler = co.machine.metamethod(left, name);
        return handler != NIL && rawEqual(handler, co.machine.metamethod(right, name)) ? handler : NIL;
    }

    static boolean less(Coroutine co, LuaValue left, LuaValue right) {
        if (left instanceof Num && right instanceof Num) {
            return ((Num) left).value < ((Num) right).value;
        }
        if (left instanceof LuaString && right instanceof LuaString) {
            co.machine.read(((LuaString) left).m_length);
            return Strings.compare((LuaString) left, (LuaString) right) < 0;
        }
        LuaValue handler = left.type() == right.type() ? sharedHandler(co, left, right, Metamethod.LT) : NIL;
        if (handler == NIL) {
            throw comparisonError(co, left, right);
        }
        return isTrue(co.callOne(handler, left, right));
    }

    static boolean lessOrEqual(Coroutine co, LuaValue left, LuaValue right) {
        if (left instanceof Num && right instanceof Num) {
            return ((Num) left).value <= ((Num) right).value;
        }
        if (left instanceof LuaString && right instanceof LuaString) {
            co.machine.read(((LuaString) left).m_length);
            return Strings.compare((LuaString) left, (LuaString) right) <= 0;
        }
        if (left.type() != right.type()) {
            throw comparisonError(co, left, right);
        }
        LuaValue handler = sharedHandler(co, left, right, Metamethod.LE);
        if (handler != NIL) {
            return isTrue(co.callOne(handler, left, right));
        }
        handler = sharedHandler(co, left, right, Metamethod.LT);
        if (handler == NIL) {
            throw comparisonError(co, left, right);
        }
        return !isTrue(co.callOne(handler, right, left));
    }

    private static ScriptError comparisonError(Coroutine co, LuaValue left, LuaValue right) {
        String a = left.typename();
        String b = right.typename();
        return co.machine.error(co, a.equals(b) ? "attempt to compare two " + a + " values"
                : "attempt to compare " + a + " with " + b);
    }

    /** Joins the values of the stack from {@code first} to {@code last}, from the right. */
    private static LuaValue concat(Coroutine co, int first, int last) {
        LuaValue result = co.stack[last];
        int at = last;
        while (at > first) {
            int from = at;
            LuaString text = Machine.toText(result);
            if (text != null) {
                long length = text.m_length;
                while (from > first && Machine.toText(co.stack[from - 1]) != null) {
                    from--;
                    length += Machine.toText(co.stack[from]).m_length;
                }
                if (from < at) {
                    result = join(co, from, at, text, length);
                    at = from;
                    continue;
                }
            }
            LuaValue left = co.stack[at - 1];
            LuaValue handler = binaryHandler(co, left, result, Metamethod.CONCAT);
            if (handler == NIL) {
                int base = co.frame.base;
                throw Machine.toText(left) != null ? co.machine.typeError(co, result, at == last ? last - base : -1, "concatenate")
                        : co.machine.typeError(co, left, at - 1 - base, "concatenate");
            }
            result = co.callOne(handler, left, result);
            at--;
        }
        return result;
    }

    private static LuaString join(Coroutine co, int from, int to, LuaString end, long length) {
        if (length > Integer.MAX_VALUE - 16) {
            throw co.machine.error(co, "string length overflow");
        }
        co.machine.allocate(length);
        byte[] bytes = new byte[(int) length];
        int at = 0;
        for (int i = from; i < to; i++) {
            LuaString part = Machine.toText(co.stack[i]);
            System.arraycopy(part.m_bytes, part.m_offset, bytes, at, part.m_length);
            at += part.m_length;
        }
        System.arraycopy(end.m_bytes, end.m_offset, bytes, at, end.m_length);
        return Strings.of(bytes);
    }
}
