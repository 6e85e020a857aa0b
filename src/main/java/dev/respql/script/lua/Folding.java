package dev.respql.script.lua;

import org.luaj.vm2.LuaValue;

/** Computes operations on constants at compile time: those that C Lua computes then, so that zeros and NaNs agree. */
final class Folding {
    private Folding() {
    }

    static Ast.Expr arithmetic(int operator, Ast.Expr left, Ast.Expr right, int line) {
        Num a = number(left);
        Num b = number(right);
        boolean divides = operator == Op.DIV || operator == Op.MOD;
        if (a != null && b != null && !(divides && b.value == 0)) {
            double result = Arithmetic.compute(operator, a.value, b.value);
            if (!Double.isNaN(result)) {
                return new Ast.Constant(Num.of(result));
            }
        }
        return new Ast.Arithmetic(operator, left, right, line);
    }

    static Ast.Expr minus(Ast.Expr operand, int line) {
        Num number = number(operand);
        return number != null ? new Ast.Constant(Num.of(-number.value)) : new Ast.Unary(Op.UNM, operand, line);
    }

    static Ast.Expr not(Ast.Expr operand, int line) {
        Ast.Expr inner = Ast.withoutParentheses(operand);
        if (inner instanceof Ast.Constant) {
            return new Ast.Constant(isTrue(inner) ? LuaValue.FALSE : LuaValue.TRUE);
        }
        return new Ast.Not(operand, line);
    }

    static Ast.Expr and(Ast.Expr left, Ast.Expr right) {
        Ast.Expr inner = Ast.withoutParentheses(left);
        return inner instanceof Ast.Constant && isTrue(inner) ? new Ast.Paren(right) : new Ast.And(left, right);
    }

    static Ast.Expr or(Ast.Expr left, Ast.Expr right) {
        Ast.Expr inner = Ast.withoutParentheses(left);
        return inner instanceof Ast.Constant && !isTrue(inner) ? new Ast.Paren(right) : new Ast.Or(left, right);
    }

    private static boolean isTrue(Ast.Expr constant) {
        return Interpreter.isTrue(((Ast.Constant) constant).value());
    }

    private static Num number(Ast.Expr expression) {
        Ast.Expr inner = Ast.withoutParentheses(expression);
        return inner instanceof Ast.Constant && ((Ast.Constant) inner).value() instanceof Num
                ? (Num) ((Ast.Constant) inner).value() : null;
    }
}
