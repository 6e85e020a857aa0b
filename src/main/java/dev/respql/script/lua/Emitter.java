package dev.respql.script.lua;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaValue;

/** Turns the syntax tree of one function into instructions, with registers used as C Lua 5.1 uses them. */
final class Emitter {
    /** What the three registers that a loop keeps for itself are called; no name of a script is the same. */
    static final LuaString CONTROL_VARIABLE = Strings.of("(for control)");
    private static final int MAXIMUM_REGISTERS = 250;
    private static final int ITEMS_PER_FLUSH = 50;
    private static final int ALL = -1;

    private final String chunk;
    private final Proto proto;
    private long[] code = new long[32];
    private int[] lines = new int[32];
    private int pc;
    private final List<LuaValue> constants = new ArrayList<>();
    private final Map<LuaValue, Integer> constantIndexes = new HashMap<>();
    private final List<Proto> functions = new ArrayList<>();
    private final List<Proto.Local> finished = new ArrayList<>();
    /** The variables in scope, in the order of their registers, and the instructions from which on they are. */
    private final List<Ast.Local> active = new ArrayList<>();
    private final List<Integer> activeFrom = new ArrayList<>();
    private int free;
    private int highest = 2;
    private Loop loop;

    /** A list of jumps whose target is not known yet. */
    private static final class Jumps {
        private final List<Integer> from = new ArrayList<>(2);
    }

    private static final class Loop {
        final Loop outer;
        final int activeOutside;
        final Jumps breaks = new Jumps();

        Loop(Loop outer, int activeOutside) {
            this.outer = outer;
            this.activeOutside = activeOutside;
        }
    }

    private Emitter(String chunk, Ast.Function function) {
        this.chunk = chunk;
        this.proto = new Proto(chunk, function);
    }

    /** Compiles a chunk; syntax errors may call it by a longer name than others. */
    static Proto compile(byte[] source, String chunk, String chunkInSyntaxErrors, Memory memory) {
        try {
            return emit(chunk, Parser.parse(new Lexer(source, chunkInSyntaxErrors, memory)));
        } catch (StackOverflowError e) {
            throw new ScriptError(chunkInSyntaxErrors + ": chunk has too many syntax levels");
        }
    }

    private static Proto emit(String chunk, Ast.Function function) {
        return new Emitter(chunk, function).function(function);
    }

    private Proto function(Ast.Function function) {
        function.parameters.forEach(parameter -> activate(parameter, reserve(1, function.line)));
        if (function.arg != null) {
            activate(function.arg, reserve(1, function.line));
        }
        statements(function.body);
        emit(Op.abc(Op.RETURN, 0, 1, 0), function.lastLine);
        deactivate(0);
        proto.registers = highest;
        proto.code = Arrays.copyOf(code, pc);
        proto.lines = Arrays.copyOf(lines, pc);
        proto.constants = constants.toArray(new LuaValue[0]);
        proto.functions = functions.toArray(new Proto[0]);
        proto.locals = finished.toArray(new Proto.Local[0]);
        proto.upvalues = function.upvalues.stream()
                .map(upvalue -> new Proto.Upvalue(upvalue.name(), upvalue.local() != null,
                        upvalue.local() != null ? upvalue.local().register : upvalue.outerIndex()))
                .toArray(Proto.Upvalue[]::new);
        return proto;
    }

    // ---- instructions, registers, constants

    private int emit(long instruction, int line) {
        if (pc == code.length) {
            code = Arrays.copyOf(code, pc * 2);
            lines = Arrays.copyOf(lines, pc * 2);
        }
        code[pc] = instruction;
        lines[pc] = line;
        return pc++;
    }

    private int reserve(int count, int line) {
        int first = free;
        free += count;
        if (free > MAXIMUM_REGISTERS) {
            throw new ScriptError(chunk + ":" + line + ": function or expression too complex");
        }
        highest = Math.max(highest, free);
        return first;
    }

    private int constant(LuaValue value) {
        Integer known = constantIndexes.putIfAbsent(value, constants.size());
        if (known != null) {
            return known;
        }
        if (constants.size() == Op.CONSTANT) {
            throw new ScriptError("constant table overflow");
        }
        constants.add(value);
        return constants.size() - 1;
    }

    private void jump(Jumps jumps, int op, int a, int line) {
        jumps.from.add(emit(Op.ad(op, a, -1), line));
    }

    private void land(Jumps jumps) {
        land(jumps, pc);
    }

    private void land(Jumps jumps, int target) {
        for (int from : jumps.from) {
            long instruction = code[from];
            code[from] = Op.ad(Op.op(instruction), Op.a(instruction), target);
        }
    }

    private void activate(Ast.Local local, int register) {
        local.register = register;
        active.add(local);
        activeFrom.add(pc);
    }

    private void deactivate(int to) {
        for (int i = active.size() - 1; i >= to; i--) {
            Ast.Local local = active.remove(i);
            finished.add(new Proto.Local(local.name, local.register, activeFrom.remove(i), pc));
        }
    }

    /** The first register that is no local's. */
    private int temporaries() {
        return active.isEmpty() ? 0 : active.get(active.size() - 1).register + 1;
    }

    private void closeUpvalues(int activeOutside, int line) {
        for (int i = activeOutside; i < active.size(); i++) {
            if (active.get(i).captured) {
                emit(Op.abc(Op.CLOSE, active.get(activeOutside).register, 0, 0), line);
                return;
            }
        }
    }

    // ---- statements

    private void block(Ast.Block block) {
        int outside = active.size();
        int registers = free;
        statements(block);
        leave(outside, registers);
    }

    private void leave(int outside, int registers) {
        closeUpvalues(outside, line());
        deactivate(outside);
        free = registers;
    }

    private int line() {
        return pc == 0 ? proto.line : lines[pc - 1];
    }

    private void statements(Ast.Block block) {
        for (Ast.Stat statement : block.statements()) {
            statement(statement);
            free = temporaries();
        }
    }

    private void statement(Ast.Stat statement) {
        if (statement instanceof Ast.LocalStat) {
            local((Ast.LocalStat) statement);
        } else if (statement instanceof Ast.CallStat) {
            call(((Ast.CallStat) statement).call(), 0);
        } else if (statement instanceof Ast.Assign) {
            assign((Ast.Assign) statement);
        } else if (statement instanceof Ast.If) {
            branches((Ast.If) statement);
        } else if (statement instanceof Ast.Return) {
            returnValues((Ast.Return) statement);
        } else if (statement instanceof Ast.NumericFor) {
            numericFor((Ast.NumericFor) statement);
        } else if (statement instanceof Ast.GenericFor) {
            genericFor((Ast.GenericFor) statement);
        } else if (statement instanceof Ast.LocalFunction) {
            Ast.LocalFunction local = (Ast.LocalFunction) statement;
            activate(local.name(), reserve(1, local.function().line()));
            into(local.function(), local.name().register);
        } else if (statement instanceof Ast.FunctionStat) {
            Ast.FunctionStat function = (Ast.FunctionStat) statement;
            Target target = target(function.target(), false);
            store(target, function.function(), function.line());
        } else if (statement instanceof Ast.While) {
            whileLoop((Ast.While) statement);
        } else if (statement instanceof Ast.Repeat) {
            repeatLoop((Ast.Repeat) statement);
        } else if (statement instanceof Ast.Do) {
            block(((Ast.Do) statement).block());
        } else {
            int line = ((Ast.Break) statement).line();
            closeUpvalues(loop.activeOutside, line);
            jump(loop.breaks, Op.JMP, 0, line);
        }
    }

    private void local(Ast.LocalStat local) {
        int first = free;
        pushExactly(local.values(), local.names().size(), local.line());
        for (int i = 0; i < local.names().size(); i++) {
            activate(local.names().get(i), first + i);
        }
    }

    private void branches(Ast.If statement) {
        Jumps end = new Jumps();
        int last = statement.branches().size() - 1;
        for (int i = 0; i <= last; i++) {
            Ast.Branch branch = statement.branches().get(i);
            Jumps skip = new Jumps();
            jumpUnless(branch.condition(), skip, branch.line());
            block(branch.body());
            if (i < last || statement.otherwise() != null) {
                jump(end, Op.JMP, 0, line());
            }
            land(skip);
        }
        if (statement.otherwise() != null) {
            block(statement.otherwise());
        }
        land(end);
    }

    private void whileLoop(Ast.While statement) {
        int start = pc;
        Jumps exit = new Jumps();
        jumpUnless(statement.condition(), exit, statement.line());
        loop = new Loop(loop, active.size());
        block(statement.body());
        // An empty body has no line of its own.
        emit(Op.ad(Op.JMP, 0, start), Math.max(line(), statement.line()));
        land(exit);
        endLoop();
    }

    private void endLoop() {
        land(loop.breaks);
        loop = loop.outer;
    }

    private void repeatLoop(Ast.Repeat statement) {
        int start = pc;
        int outside = active.size();
        int registers = free;
        loop = new Loop(loop, outside);
        statements(statement.body());
        Jumps exit = new Jumps();
        jumpIf(statement.condition(), exit, statement.line());
        closeUpvalues(outside, statement.line());
        emit(Op.ad(Op.JMP, 0, start), statement.line());
        land(exit);
        leave(outside, registers);
        endLoop();
    }

    private void numericFor(Ast.NumericFor statement) {
        int registers = free;
        int outside = active.size();
        pushExactly(List.of(statement.from(), statement.to(), statement.step()), 3, statement.prepareLine());
        activateControl(registers);
        Jumps toTest = new Jumps();
        jump(toTest, Op.FORPREP, registers, statement.prepareLine());
        int start = pc;
        loop = new Loop(loop, active.size());
        activate(statement.variable(), reserve(1, statement.line()));
        statements(statement.body());
        leave(outside + 3, registers + 3);
        land(toTest);
        emit(Op.ad(Op.FORLOOP, registers, start), statement.line());
        endLoop();
        leave(outside, registers);
    }

    private void activateControl(int register) {
        for (int i = 0; i < 3; i++) {
            activate(new Ast.Local(CONTROL_VARIABLE), register + i);
        }
    }

    private void genericFor(Ast.GenericFor statement) {
        int registers = free;
        int outside = active.size();
        int variables = statement.variables().size();
        pushExactly(statement.values(), 3, statement.prepareLine());
        activateControl(registers);
        Jumps toCall = new Jumps();
        jump(toCall, Op.JMP, 0, statement.prepareLine());
        int start = pc;
        loop = new Loop(loop, active.size());
        int first = reserve(Math.max(variables, 3), statement.line());
        for (int i = 0; i < variables; i++) {
            activate(statement.variables().get(i), first + i);
        }
        free = first + variables;
        statements(statement.body());
        leave(outside + 3, registers + 3);
        land(toCall);
        emit(Op.abc(Op.TFORLOOP, registers, 0, variables), statement.line());
        emit(Op.ad(Op.JMP, 0, start), statement.line());
        endLoop();
        leave(outside, registers);
    }

    private void returnValues(Ast.Return statement) {
        List<Ast.Expr> values = statement.values();
        int line = statement.line();
        if (values.size() == 1 && isCall(values.get(0))) {
            int base = call(values.get(0), ALL);
            long call = code[pc - 1];
            code[pc - 1] = Op.abc(Op.TAILCALL, Op.a(call), Op.b(call), 0);
            emit(Op.abc(Op.RETURN, base, 0, 0), line);
        } else if (values.size() == 1 && !(values.get(0) instanceof Ast.Vararg)) {
            emit(Op.abc(Op.RETURN, register(values.get(0)), 2, 0), line);
        } else {
            int first = free;
            boolean open = pushAll(values);
            emit(Op.abc(Op.RETURN, first, open ? 0 : values.size() + 1, 0), line);
        }
    }

    // ---- assignment

    /** Where to assign to: {@code table} and {@code key} are operands of an {@link Ast.Index}. */
    private record Target(Ast.Expr expression, int table, int key) {
    }

    private Target target(Ast.Expr expression, boolean copyLocals) {
        if (!(expression instanceof Ast.Index)) {
            return new Target(expression, 0, 0);
        }
        Ast.Index index = (Ast.Index) expression;
        int table = copyLocals ? push(index.table()) : register(index.table());
        Ast.Expr key = simplify(index.key());
        return new Target(expression, table, copyLocals && key instanceof Ast.LocalExpr ? push(key) : operand(key));
    }

    private void assign(Ast.Assign statement) {
        List<Ast.Expr> targets = statement.targets();
        List<Ast.Expr> values = statement.values();
        int count = targets.size();
        Target[] prepared = new Target[count];
        for (int i = 0; i < count; i++) {
            boolean assignsLocalsLater = targets.subList(i + 1, count).stream().anyMatch(Ast.LocalExpr.class::isInstance);
            prepared[i] = target(targets.get(i), assignsLocalsLater);
        }
        if (count == 1 && values.size() == 1) {
            store(prepared[0], values.get(0), statement.line());
            return;
        }
        int first = free;
        pushExactly(values, count, statement.line());
        for (int i = count - 1; i >= 0; i--) {
            storeRegister(prepared[i], first + i, statement.line());
        }
    }

    private void store(Target target, Ast.Expr value, int line) {
        if (target.expression() instanceof Ast.LocalExpr) {
            into(value, ((Ast.LocalExpr) target.expression()).local().register);
        } else if (target.expression() instanceof Ast.Index) {
            emit(Op.abc(Op.SETTABLE, target.table(), target.key(), operand(value)), line);
        } else {
            storeRegister(target, register(value), line);
        }
    }

    private void storeRegister(Target target, int register, int line) {
        Ast.Expr expression = target.expression();
        if (expression instanceof Ast.LocalExpr) {
            emit(Op.abc(Op.MOVE, ((Ast.LocalExpr) expression).local().register, register, 0), line);
        } else if (expression instanceof Ast.UpvalueExpr) {
            emit(Op.abc(Op.SETUPVAL, register, ((Ast.UpvalueExpr) expression).index(), 0), line);
        } else if (expression instanceof Ast.Global) {
            emit(Op.ad(Op.SETGLOBAL, register, constant(((Ast.Global) expression).name())), line);
        } else {
            emit(Op.abc(Op.SETTABLE, target.table(), target.key(), register), line);
        }
    }

    // ---- expressions

    private static boolean isCall(Ast.Expr expression) {
        return expression instanceof Ast.Call || expression instanceof Ast.MethodCall;
    }

    private static boolean isMulti(Ast.Expr expression) {
        return isCall(expression) || expression instanceof Ast.Vararg;
    }

    /** Drops parentheses that change nothing. */
    private static Ast.Expr simplify(Ast.Expr expression) {
        Ast.Expr inner = Ast.withoutParentheses(expression);
        return isMulti(inner) ? expression : inner;
    }

    /** Pushes exactly so many values: nil for missing ones, and what is too much is computed and dropped. */
    private void pushExactly(List<Ast.Expr> values, int wanted, int line) {
        int first = free;
        for (int i = 0; i < values.size(); i++) {
            Ast.Expr value = values.get(i);
            if (i == values.size() - 1 && isMulti(value) && i < wanted) {
                pushMulti(value, wanted - i);
            } else {
                push(value);
            }
        }
        int missing = first + wanted - free;
        if (missing > 0) {
            int from = reserve(missing, line);
            emit(Op.abc(Op.LOADNIL, from, from + missing - 1, 0), line);
        }
        free = first + wanted;
    }

    /** Pushes all values; true if the last one stands for any number of values, up to the top. */
    private boolean pushAll(List<Ast.Expr> values) {
        for (int i = 0; i < values.size(); i++) {
            Ast.Expr value = values.get(i);
            if (i == values.size() - 1 && isMulti(value)) {
                pushMulti(value, ALL);
                return true;
            }
            push(value);
        }
        return false;
    }

    private void pushMulti(Ast.Expr value, int wanted) {
        if (value instanceof Ast.Vararg) {
            int line = ((Ast.Vararg) value).line();
            int first = reserve(Math.max(wanted, 0), line);
            emit(Op.abc(Op.VARARG, first, wanted + 1, 0), line);
        } else {
            int base = call(value, wanted);
            free = base;
            reserve(Math.max(wanted, 0), line());
        }
    }

    /** Emits a call whose function is at the first free register, which is returned and where results go. */
    private int call(Ast.Expr expression, int wanted) {
        int base = free;
        List<Ast.Expr> arguments;
        int line;
        if (expression instanceof Ast.MethodCall) {
            Ast.MethodCall call = (Ast.MethodCall) expression;
            arguments = call.arguments();
            line = call.line();
            reserve(2, line);
            int object = operandInto(call.object(), base);
            int mark = free;
            emit(Op.abc(Op.SELF, base, object, operand(new Ast.Constant(call.name()))), call.selfLine());
            free = mark;
        } else {
            Ast.Call call = (Ast.Call) expression;
            arguments = call.arguments();
            line = call.line();
            push(call.function());
        }
        boolean open = pushAll(arguments);
        int count = open ? ALL : free - base - 1;
        emit(Op.abc(Op.CALL, base, count + 1, wanted + 1), line);
        free = base;
        return base;
    }

    private int push(Ast.Expr expression) {
        int register = reserve(1, line());
        into(expression, register);
        return register;
    }

    /** A register with the value: the local's own, else a temporary. */
    private int register(Ast.Expr expression) {
        Ast.Expr simple = simplify(expression);
        return simple instanceof Ast.LocalExpr ? ((Ast.LocalExpr) simple).local().register : push(simple);
    }

    /** A register or a constant. */
    private int operand(Ast.Expr expression) {
        Ast.Expr simple = simplify(expression);
        return simple instanceof Ast.Constant ? Op.CONSTANT + constant(((Ast.Constant) simple).value()) : register(simple);
    }

    /** A register with the value, which is {@code temporary} unless it is in one already. */
    private int operandInto(Ast.Expr expression, int temporary) {
        Ast.Expr simple = simplify(expression);
        if (simple instanceof Ast.LocalExpr) {
            return ((Ast.LocalExpr) simple).local().register;
        }
        into(simple, temporary);
        return temporary;
    }

    /** Computes a value into a register: a temporary just reserved, or a local's. Leaves no temporary behind. */
    private void into(Ast.Expr expression, int target) {
        int mark = free;
        Ast.Expr simple = simplify(expression);
        if (simple instanceof Ast.Constant) {
            load(((Ast.Constant) simple).value(), target);
        } else if (simple instanceof Ast.LocalExpr) {
            int from = ((Ast.LocalExpr) simple).local().register;
            if (from != target) {
                emit(Op.abc(Op.MOVE, target, from, 0), line());
            }
        } else if (simple instanceof Ast.UpvalueExpr) {
            Ast.UpvalueExpr upvalue = (Ast.UpvalueExpr) simple;
            emit(Op.abc(Op.GETUPVAL, target, upvalue.index(), 0), upvalue.line());
        } else if (simple instanceof Ast.Global) {
            Ast.Global global = (Ast.Global) simple;
            emit(Op.ad(Op.GETGLOBAL, target, constant(global.name())), global.line());
        } else if (simple instanceof Ast.Not) {
            Ast.Not not = (Ast.Not) simple;
            emit(Op.abc(Op.NOT, target, operandInto(not.operand(), scratch(target)), 0), not.line());
        } else if (simple instanceof Ast.Unary) {
            Ast.Unary unary = (Ast.Unary) simple;
            emit(Op.abc(unary.operator(), target, operandInto(unary.operand(), scratch(target)), 0), unary.line());
        } else if (simple instanceof Ast.Index) {
            Ast.Index index = (Ast.Index) simple;
            int table = operandInto(index.table(), scratch(target));
            emit(Op.abc(Op.GETTABLE, target, table, operand(index.key())), index.line());
        } else if (simple instanceof Ast.Arithmetic) {
            Ast.Arithmetic arithmetic = (Ast.Arithmetic) simple;
            Ast.Expr left = simplify(arithmetic.left());
            int first = left instanceof Ast.Constant ? operand(left) : operandInto(left, scratch(target));
            emit(Op.abc(arithmetic.operator(), target, first, operand(arithmetic.right())), arithmetic.line());
        } else if (simple instanceof Ast.FunctionExpr) {
            Ast.FunctionExpr function = (Ast.FunctionExpr) simple;
            functions.add(emit(chunk, function.function()));
            emit(Op.ad(Op.CLOSURE, target, functions.size() - 1), function.line());
        } else if (simple instanceof Ast.Vararg) {
            emit(Op.abc(Op.VARARG, target, 2, 0), ((Ast.Vararg) simple).line());
        } else if (simple instanceof Ast.Paren) {
            into(((Ast.Paren) simple).inner(), target);
        } else if (simple instanceof Ast.Comparison) {
            Jumps yes = new Jumps();
            jumpIf(simple, yes, line());
            emit(Op.abc(Op.LOADBOOL, target, 0, 1), line());
            land(yes);
            emit(Op.abc(Op.LOADBOOL, target, 1, 0), line());
        } else {
            viaTemporary(simple, target);
        }
        free = mark;
    }

    /** A temporary: the target itself if it is one. */
    private int scratch(int target) {
        return target >= temporaries() ? target : reserve(1, line());
    }

    /** What writes its register before it has read all that it reads, or must be at the top of the stack. */
    private void viaTemporary(Ast.Expr expression, int target) {
        int register = target == free - 1 && target >= temporaries() ? target : reserve(1, line());
        if (isCall(expression)) {
            free = register;
            call(expression, 1);
            reserve(1, line());
        } else if (expression instanceof Ast.Concat) {
            free = register;
            concat((Ast.Concat) expression, register);
        } else if (expression instanceof Ast.TableExpr) {
            table((Ast.TableExpr) expression, register);
        } else {
            boolean and = expression instanceof Ast.And;
            Jumps end = new Jumps();
            jumpWithValue(and ? ((Ast.And) expression).left() : ((Ast.Or) expression).left(), register, !and, end);
            into(and ? ((Ast.And) expression).right() : ((Ast.Or) expression).right(), register);
            land(end);
        }
        if (register != target) {
            emit(Op.abc(Op.MOVE, target, register, 0), line());
        }
    }

    /** Jumps, with the expression's value in a register, if its truth is {@code when}, and goes on behind otherwise. */
    private void jumpWithValue(Ast.Expr expression, int register, boolean when, Jumps jumps) {
        Ast.Expr simple = simplify(expression);
        boolean and = simple instanceof Ast.And;
        if (!and && !(simple instanceof Ast.Or)) {
            into(simple, register);
            jump(jumps, when ? Op.JMPIF : Op.JMPNOT, register, line());
            return;
        }
        Ast.Expr left = and ? ((Ast.And) simple).left() : ((Ast.Or) simple).left();
        Ast.Expr right = and ? ((Ast.And) simple).right() : ((Ast.Or) simple).right();
        if (when == and) {
            Jumps behind = new Jumps();
            condition(left, !when, behind, line());
            jumpWithValue(right, register, when, jumps);
            land(behind);
        } else {
            jumpWithValue(left, register, when, jumps);
            jumpWithValue(right, register, when, jumps);
        }
    }

    private void load(LuaValue value, int target) {
        if (value == LuaValue.NIL) {
            emit(Op.abc(Op.LOADNIL, target, target, 0), line());
        } else if (value == LuaValue.TRUE || value == LuaValue.FALSE) {
            emit(Op.abc(Op.LOADBOOL, target, value == LuaValue.TRUE ? 1 : 0, 0), line());
        } else {
            emit(Op.ad(Op.LOADK, target, constant(value)), line());
        }
    }

    /** A chain of concatenations, which associates to the right, is one instruction. */
    private void concat(Ast.Concat expression, int target) {
        int first = free;
        Ast.Expr rest = expression;
        int line = 0;
        while (rest instanceof Ast.Concat) {
            push(((Ast.Concat) rest).left());
            line = ((Ast.Concat) rest).line();
            rest = simplify(((Ast.Concat) rest).right());
        }
        int last = push(rest);
        emit(Op.abc(Op.CONCAT, target, first, last), line);
        free = first;
        reserve(1, line);
    }

    /** Builds a table in the last temporary; items of its list are gathered right behind it. */
    private void table(Ast.TableExpr expression, int register) {
        int listed = 0;
        List<Ast.Item> items = expression.items();
        for (Ast.Item item : items) {
            listed += item.key() == null ? 1 : 0;
        }
        boolean openEnd = !items.isEmpty() && items.get(items.size() - 1).key() == null
                && isMulti(items.get(items.size() - 1).value());
        emit(Op.abc(Op.NEWTABLE, register, roundedSize(listed - (openEnd ? 1 : 0)), roundedSize(items.size() - listed)),
                expression.line());
        int stored = 0;
        int pending = 0;
        int base = free;
        for (int i = 0; i < items.size(); i++) {
            Ast.Item item = items.get(i);
            if (item.key() != null) {
                int mark = free;
                int key = operand(item.key());
                emit(Op.abc(Op.SETTABLE, register, key, operand(item.value())), item.line());
                free = mark;
                continue;
            }
            if (openEnd && i == items.size() - 1) {
                pushMulti(item.value(), ALL);
                emit(Op.abc(Op.SETLIST, register, 0, stored), line());
                return;
            }
            push(item.value());
            if (++pending == ITEMS_PER_FLUSH) {
                emit(Op.abc(Op.SETLIST, register, pending, stored), line());
                stored += pending;
                pending = 0;
                free = base;
            }
        }
        if (pending > 0) {
            emit(Op.abc(Op.SETLIST, register, pending, stored), line());
        }
    }

    /** C Lua keeps the sizes of a new table in a byte, as numbers with three bits after the leading one, rounded up. */
    private static int roundedSize(int size) {
        int shift = 0;
        int rounded = size;
        while (rounded >= 16) {
            rounded = rounded + 1 >> 1;
            shift++;
        }
        return Math.min(rounded << shift, Op.CONSTANT);
    }

    // ---- conditions

    private void jumpIf(Ast.Expr condition, Jumps jumps, int line) {
        condition(condition, true, jumps, line);
    }

    private void jumpUnless(Ast.Expr condition, Jumps jumps, int line) {
        condition(condition, false, jumps, line);
    }

    /** Jumps if the condition's truth is {@code when}, and goes on behind otherwise. */
    private void condition(Ast.Expr condition, boolean when, Jumps jumps, int line) {
        int mark = free;
        Ast.Expr simple = simplify(condition);
        if (simple instanceof Ast.Constant) {
            if (((Ast.Constant) simple).value().toboolean() == when) {
                jump(jumps, Op.JMP, 0, line);
            }
        } else if (simple instanceof Ast.Not) {
            condition(((Ast.Not) simple).operand(), !when, jumps, line);
        } else if (simple instanceof Ast.And) {
            both(((Ast.And) simple).left(), ((Ast.And) simple).right(), when, !when, jumps, line);
        } else if (simple instanceof Ast.Or) {
            both(((Ast.Or) simple).left(), ((Ast.Or) simple).right(), when, when, jumps, line);
        } else if (simple instanceof Ast.Comparison) {
            Ast.Comparison comparison = (Ast.Comparison) simple;
            int left = operand(comparison.left());
            int right = operand(comparison.right());
            int truth = comparison.wanted() == when ? 1 : 0;
            emit(Op.abc(comparison.operator(), truth, comparison.swapped() ? right : left,
                    comparison.swapped() ? left : right), comparison.line());
            jump(jumps, Op.JMP, 0, comparison.line());
        } else {
            jump(jumps, when ? Op.JMPIF : Op.JMPNOT, register(simple), line);
        }
        free = mark;
    }

    /** {@code direct}: the left side alone can decide for the jump, else it can only decide against it. */
    private void both(Ast.Expr left, Ast.Expr right, boolean when, boolean direct, Jumps jumps, int line) {
        if (direct) {
            condition(left, when, jumps, line);
            condition(right, when, jumps, line);
        } else {
            Jumps behind = new Jumps();
            condition(left, !when, behind, line);
            condition(right, when, jumps, line);
            land(behind);
        }
    }
}
