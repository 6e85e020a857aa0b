package dev.respql.script.lua;

import java.util.ArrayList;
import java.util.List;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaValue;

/**
 * The syntax tree of a function, names already resolved. {@code line} is the line that errors of the node are reported
 * at, which is that of the last token read when C Lua's one-pass compiler emits the instruction.
 */
final class Ast {
    private Ast() {
    }

    // ---- variables

    /** A local variable of a function. */
    static final class Local {
        final LuaString name;
        /** Set when a function inside refers to it. */
        boolean captured;
        /** Set by the emitter. */
        int register;

        Local(LuaString name) {
            this.name = name;
        }
    }

    /** A variable of an enclosing function: either a local of the one directly around, or an upvalue of that one. */
    record Upvalue(LuaString name, Local local, int outerIndex) {
    }

    /** A function, or the whole chunk. */
    static final class Function {
        final List<Upvalue> upvalues = new ArrayList<>();
        final List<Local> parameters = new ArrayList<>();
        /** Has {@code ...}. */
        boolean vararg;
        /** Has {@code ...} among its parameters and uses it nowhere, so that the local "arg" is a table of it. */
        boolean wantsArg;
        Local arg;
        Block body;
        int line;
        int lastLine;
    }

    record Block(List<Stat> statements) {
    }

    // ---- expressions

    sealed interface Expr {
    }

    record Constant(LuaValue value) implements Expr {
    }

    record Vararg(int line) implements Expr {
    }

    record FunctionExpr(Function function, int line) implements Expr {
    }

    record LocalExpr(Local local) implements Expr {
    }

    record UpvalueExpr(int index, int line) implements Expr {
    }

    record Global(LuaString name, int line) implements Expr {
    }

    record Index(Expr table, Expr key, int line) implements Expr {
    }

    record Call(Expr function, List<Expr> arguments, int line) implements Expr {
    }

    record MethodCall(Expr object, LuaString name, int selfLine, List<Expr> arguments, int line) implements Expr {
    }

    /** {@code operator} is an arithmetic {@link Op}. */
    record Arithmetic(int operator, Expr left, Expr right, int line) implements Expr {
    }

    record Concat(Expr left, Expr right, int line) implements Expr {
    }

    /** Whether {@code left operator right}, or with the sides {@code swapped} once evaluated, is what is wanted. */
    record Comparison(int operator, boolean wanted, boolean swapped, Expr left, Expr right, int line) implements Expr {
    }

    record And(Expr left, Expr right) implements Expr {
    }

    record Or(Expr left, Expr right) implements Expr {
    }

    /** {@code operator} is {@link Op#UNM} or LEN. */
    record Unary(int operator, Expr operand, int line) implements Expr {
    }

    record Not(Expr operand, int line) implements Expr {
    }

    /** Parentheses: of several values, the first. */
    record Paren(Expr inner) implements Expr {
    }

    /** The expression within any parentheses. */
    static Expr withoutParentheses(Expr expression) {
        Expr inner = expression;
        while (inner instanceof Paren) {
            inner = ((Paren) inner).inner();
        }
        return inner;
    }

    /** An item of a table constructor; one without a key is the next of the list. */
    record Item(Expr key, Expr value, int line) {
    }

    record TableExpr(List<Item> items, int line) implements Expr {
    }

    // ---- statements

    sealed interface Stat {
    }

    record LocalStat(List<Local> names, List<Expr> values, int line) implements Stat {
    }

    record LocalFunction(Local name, FunctionExpr function) implements Stat {
    }

    record Assign(List<Expr> targets, List<Expr> values, int line) implements Stat {
    }

    /** {@code function a.b.c()}: the definition is reported at its first line. */
    record FunctionStat(Expr target, FunctionExpr function, int line) implements Stat {
    }

    record CallStat(Expr call) implements Stat {
    }

    record Do(Block block) implements Stat {
    }

    record While(Expr condition, Block body, int line) implements Stat {
    }

    record Repeat(Block body, Expr condition, int line) implements Stat {
    }

    record Branch(Expr condition, Block body, int line) {
    }

    record If(List<Branch> branches, Block otherwise) implements Stat {
    }

    record NumericFor(Local variable, Expr from, Expr to, Expr step, Block body, int prepareLine, int line) implements Stat {
    }

    record GenericFor(List<Local> variables, List<Expr> values, Block body, int prepareLine, int line) implements Stat {
    }

    record Return(List<Expr> values, int line) implements Stat {
    }

    record Break(int line) implements Stat {
    }
}
