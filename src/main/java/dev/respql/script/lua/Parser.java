package dev.respql.script.lua;

import java.util.ArrayList;
import java.util.List;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaValue;

/** Reads the grammar of Lua 5.1 by recursive descent, resolves names, and words errors as C Lua does. */
final class Parser {
    private static final int MAXIMUM_DEPTH = 200;
    private static final int MAXIMUM_LOCALS = 200;
    private static final int MAXIMUM_UPVALUES = 60;
    private static final int UNARY_PRIORITY = 8;
    private static final LuaString SELF = Strings.of("self");
    private static final LuaString ARG = Strings.of("arg");

    private final Lexer lexer;
    private int token;
    private LuaString string;
    private Num number;
    /** The token behind the current one, once it has been looked at; else 0. */
    private int ahead;
    private LuaString aheadString;
    private Num aheadNumber;
    /** The line of the last token that was consumed. */
    private int lastLine = 1;
    private int depth;
    private Scope scope;

    /** What is known of a function while it is being read. */
    private static final class Scope {
        final Scope outer;
        final Ast.Function function = new Ast.Function();
        final List<Ast.Local> active = new ArrayList<>();
        int loops;

        Scope(Scope outer) {
            this.outer = outer;
        }

        Ast.Local local(LuaString name) {
            for (int i = active.size() - 1; i >= 0; i--) {
                if (active.get(i).name.equals(name)) {
                    return active.get(i);
                }
            }
            return null;
        }
    }

    private Parser(Lexer lexer) {
        this.lexer = lexer;
    }

    /**
     * Reads a whole chunk.
     *
     * @throws ScriptError if it is no Lua
     */
    static Ast.Function parse(Lexer lexer) {
        return new Parser(lexer).chunk();
    }

    private Ast.Function chunk() {
        scope = new Scope(null);
        scope.function.vararg = true;
        advance();
        scope.function.body = block();
        check(Lexer.END_OF_SOURCE);
        return scope.function;
    }

    // ---- tokens

    private void advance() {
        lastLine = lexer.line;
        if (ahead != 0) {
            token = ahead;
            string = aheadString;
            number = aheadNumber;
            ahead = 0;
        } else {
            token = lexer.next();
            string = lexer.string;
            number = lexer.number;
        }
    }

    private int lookAhead() {
        ahead = lexer.next();
        aheadString = lexer.string;
        aheadNumber = lexer.number;
        return ahead;
    }

    private ScriptError error(String message) {
        return lexer.error(message, token);
    }

    private boolean accept(int wanted) {
        if (token != wanted) {
            return false;
        }
        advance();
        return true;
    }

    private void check(int wanted) {
        if (token != wanted) {
            throw error("'" + Lexer.text(wanted) + "' expected");
        }
    }

    private void expect(int wanted) {
        check(wanted);
        advance();
    }

    private void expectMatch(int wanted, int opener, int line) {
        if (accept(wanted)) {
            return;
        }
        if (line == lexer.line) {
            check(wanted);
        }
        throw error("'" + Lexer.text(wanted) + "' expected (to close '" + Lexer.text(opener) + "' at line " + line + ")");
    }

    private LuaString name() {
        check(Lexer.NAME);
        LuaString name = string;
        advance();
        return name;
    }

    private void enter() {
        if (++depth > MAXIMUM_DEPTH) {
            throw lexer.error("chunk has too many syntax levels", 0);
        }
    }

    private void leave() {
        depth--;
    }

    // ---- names

    private Ast.Local declare(LuaString name) {
        Ast.Local local = new Ast.Local(name);
        activate(local);
        return local;
    }

    private void activate(Ast.Local local) {
        checkLocals(1);
        scope.active.add(local);
    }

    private void checkLocals(int more) {
        if (scope.active.size() + more > MAXIMUM_LOCALS) {
            throw limit(scope, MAXIMUM_LOCALS, "local variables");
        }
    }

    private ScriptError limit(Scope in, int limit, String what) {
        String where = in.function.line == 0 ? "main function" : "function at line " + in.function.line;
        return lexer.error(where + " has more than " + limit + " " + what, 0);
    }

    private Ast.Expr variable(LuaString name) {
        Ast.Local local = scope.local(name);
        if (local != null) {
            return new Ast.LocalExpr(local);
        }
        int index = upvalue(scope, name);
        return index >= 0 ? new Ast.UpvalueExpr(index, lastLine) : new Ast.Global(name, lastLine);
    }

    /** The index of an upvalue of that name, made if an enclosing function has such a variable; -1 for a global. */
    private int upvalue(Scope inner, LuaString name) {
        List<Ast.Upvalue> upvalues = inner.function.upvalues;
        if (inner.outer == null) {
            return -1;
        }
        Ast.Local local = inner.outer.local(name);
        int outerIndex = local == null ? upvalue(inner.outer, name) : -1;
        if (local == null && outerIndex < 0) {
            return -1;
        }
        for (int i = 0; i < upvalues.size(); i++) {
            if (upvalues.get(i).local() == local && upvalues.get(i).outerIndex() == outerIndex) {
                return i;
            }
        }
        if (upvalues.size() == MAXIMUM_UPVALUES) {
            throw limit(inner, MAXIMUM_UPVALUES, "upvalues");
        }
        if (local != null) {
            local.captured = true;
        }
        upvalues.add(new Ast.Upvalue(name, local, outerIndex));
        return upvalues.size() - 1;
    }

    // ---- statements

    private boolean atBlockEnd() {
        return token == Lexer.END_OF_SOURCE || token == Lexer.END || token == Lexer.ELSE || token == Lexer.ELSEIF
                || token == Lexer.UNTIL;
    }

    /** A block with a scope of its own. */
    private Ast.Block block() {
        int outer = scope.active.size();
        Ast.Block block = statements();
        dropLocals(outer);
        return block;
    }

    private Ast.Block statements() {
        enter();
        List<Ast.Stat> statements = new ArrayList<>();
        boolean last = false;
        while (!last && !atBlockEnd()) {
            Ast.Stat statement = statement();
            statements.add(statement);
            last = statement instanceof Ast.Return || statement instanceof Ast.Break;
            accept(';');
        }
        leave();
        return new Ast.Block(statements);
    }

    private void dropLocals(int to) {
        scope.active.subList(to, scope.active.size()).clear();
    }

    private Ast.Stat statement() {
        int line = lexer.line;
        switch (token) {
            case Lexer.IF:
                return ifStatement(line);
            case Lexer.WHILE:
                return whileStatement(line);
            case Lexer.DO: {
                advance();
                Ast.Block block = block();
                expectMatch(Lexer.END, Lexer.DO, line);
                return new Ast.Do(block);
            }
            case Lexer.FOR:
                return forStatement(line);
            case Lexer.REPEAT:
                return repeatStatement(line);
            case Lexer.FUNCTION:
                return functionStatement(line);
            case Lexer.LOCAL:
                advance();
                return accept(Lexer.FUNCTION) ? localFunction() : localStatement();
            case Lexer.RETURN:
                return returnStatement();
            case Lexer.BREAK:
                advance();
                if (scope.loops == 0) {
                    throw error("no loop to break");
                }
                return new Ast.Break(lastLine);
            default:
                return expressionStatement();
        }
    }

    private Ast.Stat ifStatement(int line) {
        List<Ast.Branch> branches = new ArrayList<>();
        Ast.Block otherwise = null;
        do {
            advance();
            Ast.Expr condition = expression();
            int conditionLine = lastLine;
            expect(Lexer.THEN);
            branches.add(new Ast.Branch(condition, block(), conditionLine));
        } while (token == Lexer.ELSEIF);
        if (accept(Lexer.ELSE)) {
            otherwise = block();
        }
        expectMatch(Lexer.END, Lexer.IF, line);
        return new Ast.If(branches, otherwise);
    }

    private Ast.Stat whileStatement(int line) {
        advance();
        Ast.Expr condition = expression();
        int conditionLine = lastLine;
        expect(Lexer.DO);
        Ast.Block body = loopBody();
        expectMatch(Lexer.END, Lexer.WHILE, line);
        return new Ast.While(condition, body, conditionLine);
    }

    private Ast.Block loopBody() {
        scope.loops++;
        Ast.Block body = block();
        scope.loops--;
        return body;
    }

    private Ast.Stat repeatStatement(int line) {
        advance();
        int outer = scope.active.size();
        scope.loops++;
        Ast.Block body = statements();
        expectMatch(Lexer.UNTIL, Lexer.REPEAT, line);
        Ast.Expr condition = expression();
        scope.loops--;
        dropLocals(outer);
        return new Ast.Repeat(body, condition, lastLine);
    }

    private Ast.Stat forStatement(int line) {
        advance();
        LuaString first = name();
        Ast.Stat loop;
        if (token == '=') {
            loop = numericFor(first, line);
        } else if (token == ',' || token == Lexer.IN) {
            loop = genericFor(first, line);
        } else {
            throw error("'=' or 'in' expected");
        }
        expectMatch(Lexer.END, Lexer.FOR, line);
        return loop;
    }

    private Ast.Stat numericFor(LuaString name, int line) {
        advance();
        Ast.Expr from = expression();
        expect(',');
        Ast.Expr to = expression();
        Ast.Expr step = accept(',') ? expression() : new Ast.Constant(Num.ONE);
        int prepareLine = lastLine;
        expect(Lexer.DO);
        int outer = hideControlVariables();
        Ast.Local variable = declare(name);
        Ast.Block body = loopBody();
        dropLocals(outer);
        return new Ast.NumericFor(variable, from, to, step, body, prepareLine, line);
    }

    private Ast.Stat genericFor(LuaString first, int line) {
        List<Ast.Local> variables = new ArrayList<>(List.of(new Ast.Local(first)));
        while (accept(',')) {
            variables.add(new Ast.Local(name()));
        }
        expect(Lexer.IN);
        int callLine = lexer.line;
        List<Ast.Expr> values = expressions();
        int prepareLine = lastLine;
        expect(Lexer.DO);
        int outer = hideControlVariables();
        variables.forEach(this::activate);
        Ast.Block body = loopBody();
        dropLocals(outer);
        return new Ast.GenericFor(variables, values, body, prepareLine, callLine);
    }

    /** The three that a loop keeps for itself count against the limit of locals. */
    private int hideControlVariables() {
        int outer = scope.active.size();
        for (int i = 0; i < 3; i++) {
            declare(Emitter.CONTROL_VARIABLE);
        }
        return outer;
    }

    private Ast.Stat functionStatement(int line) {
        advance();
        Ast.Expr target = variable(name());
        boolean method = false;
        while (!method && (token == '.' || token == ':')) {
            method = token == ':';
            int indexLine = lastLine;
            advance();
            target = new Ast.Index(target, new Ast.Constant(name()), indexLine);
        }
        return new Ast.FunctionStat(target, functionBody(method, line), line);
    }

    private Ast.Stat localFunction() {
        Ast.Local local = declare(name());
        return new Ast.LocalFunction(local, functionBody(false, lexer.line));
    }

    private Ast.Stat localStatement() {
        List<Ast.Local> names = new ArrayList<>();
        do {
            names.add(new Ast.Local(name()));
            checkLocals(names.size());
        } while (accept(','));
        List<Ast.Expr> values = accept('=') ? expressions() : List.of();
        names.forEach(this::activate);
        return new Ast.LocalStat(names, values, lastLine);
    }

    private Ast.Stat returnStatement() {
        advance();
        List<Ast.Expr> values = atBlockEnd() || token == ';' ? List.of() : expressions();
        return new Ast.Return(values, lastLine);
    }

    private Ast.Stat expressionStatement() {
        Ast.Expr first = suffixedExpression();
        if (first instanceof Ast.Call || first instanceof Ast.MethodCall) {
            return new Ast.CallStat(first);
        }
        List<Ast.Expr> targets = new ArrayList<>();
        targets.add(target(first));
        while (accept(',')) {
            targets.add(target(suffixedExpression()));
            if (targets.size() > MAXIMUM_DEPTH - depth) {
                throw limit(scope, MAXIMUM_DEPTH - depth, "variables in assignment");
            }
        }
        expect('=');
        return new Ast.Assign(targets, expressions(), lastLine);
    }

    private Ast.Expr target(Ast.Expr expression) {
        if (expression instanceof Ast.LocalExpr || expression instanceof Ast.UpvalueExpr
                || expression instanceof Ast.Global || expression instanceof Ast.Index) {
            return expression;
        }
        throw error("syntax error");
    }

    // ---- expressions

    private List<Ast.Expr> expressions() {
        List<Ast.Expr> list = new ArrayList<>(2);
        do {
            list.add(expression());
        } while (accept(','));
        return list;
    }

    private Ast.Expr expression() {
        return expression(0);
    }

    /** An expression of operators that bind tighter than {@code limit}. */
    private Ast.Expr expression(int limit) {
        enter();
        Ast.Expr left;
        if (token == Lexer.NOT || token == '-' || token == '#') {
            int operator = token;
            advance();
            Ast.Expr operand = expression(UNARY_PRIORITY);
            left = operator == Lexer.NOT ? Folding.not(operand, lastLine)
                    : operator == '-' ? Folding.minus(operand, lastLine) : new Ast.Unary(Op.LEN, operand, lastLine);
        } else {
            left = simpleExpression();
        }
        for (;;) {
            int operator = token;
            int priority = leftPriority(operator);
            if (priority <= limit) {
                break;
            }
            advance();
            Ast.Expr right = expression(rightPriority(operator));
            left = binary(operator, left, right);
        }
        leave();
        return left;
    }

    private static int leftPriority(int operator) {
        switch (operator) {
            case Lexer.OR:
                return 1;
            case Lexer.AND:
                return 2;
            case '<': case '>': case Lexer.LESS_EQUAL: case Lexer.GREATER_EQUAL: case Lexer.NOT_EQUAL: case Lexer.EQUAL:
                return 3;
            case Lexer.CONCAT:
                return 5;
            case '+': case '-':
                return 6;
            case '*': case '/': case '%':
                return 7;
            case '^':
                return 10;
            default:
                return 0;
        }
    }

    /** Lower than the left one for what associates to the right. */
    private static int rightPriority(int operator) {
        return operator == Lexer.CONCAT ? 4 : operator == '^' ? 9 : leftPriority(operator);
    }

    private Ast.Expr binary(int operator, Ast.Expr left, Ast.Expr right) {
        switch (operator) {
            case Lexer.OR:
                return Folding.or(left, right);
            case Lexer.AND:
                return Folding.and(left, right);
            case Lexer.CONCAT:
                return new Ast.Concat(left, right, lastLine);
            case Lexer.EQUAL:
                return new Ast.Comparison(Op.EQ, true, false, left, right, lastLine);
            case Lexer.NOT_EQUAL:
                return new Ast.Comparison(Op.EQ, false, false, left, right, lastLine);
            case '<':
                return new Ast.Comparison(Op.LT, true, false, left, right, lastLine);
            case Lexer.LESS_EQUAL:
                return new Ast.Comparison(Op.LE, true, false, left, right, lastLine);
            case '>':
                return new Ast.Comparison(Op.LT, true, true, left, right, lastLine);
            case Lexer.GREATER_EQUAL:
                return new Ast.Comparison(Op.LE, true, true, left, right, lastLine);
            default:
                return Folding.arithmetic(Op.ADD + "+-*/%^".indexOf(operator), left, right, lastLine);
        }
    }

    private Ast.Expr simpleExpression() {
        Ast.Expr result;
        switch (token) {
            case Lexer.NUMBER:
                result = new Ast.Constant(number);
                break;
            case Lexer.STRING:
                result = new Ast.Constant(string);
                break;
            case Lexer.NIL:
                result = new Ast.Constant(LuaValue.NIL);
                break;
            case Lexer.TRUE:
                result = new Ast.Constant(LuaValue.TRUE);
                break;
            case Lexer.FALSE:
                result = new Ast.Constant(LuaValue.FALSE);
                break;
            case Lexer.DOTS:
                if (!scope.function.vararg) {
                    throw error("cannot use '...' outside a vararg function");
                }
                scope.function.wantsArg = false;
                result = new Ast.Vararg(lastLine);
                break;
            case '{':
                return table();
            case Lexer.FUNCTION:
                advance();
                return functionBody(false, lexer.line);
            default:
                return suffixedExpression();
        }
        advance();
        return result;
    }

    private Ast.Expr suffixedExpression() {
        Ast.Expr result = primaryExpression();
        for (;;) {
            switch (token) {
                case '.': {
                    advance();
                    LuaString name = name();
                    result = new Ast.Index(result, new Ast.Constant(name), lastLine);
                    break;
                }
                case '[':
                    result = new Ast.Index(result, bracketedKey(), lastLine);
                    break;
                case ':': {
                    advance();
                    LuaString name = name();
                    int selfLine = lastLine;
                    int line = lexer.line;
                    result = new Ast.MethodCall(result, name, selfLine, arguments(), line);
                    break;
                }
                case '(':
                case '{':
                case Lexer.STRING: {
                    int line = lexer.line;
                    result = new Ast.Call(result, arguments(), line);
                    break;
                }
                default:
                    return result;
            }
        }
    }

    private Ast.Expr bracketedKey() {
        advance();
        Ast.Expr key = expression();
        expect(']');
        return key;
    }

    private Ast.Expr primaryExpression() {
        if (token == Lexer.NAME) {
            return variable(name());
        }
        if (token == '(') {
            int line = lexer.line;
            advance();
            Ast.Expr inner = expression();
            expectMatch(')', '(', line);
            return new Ast.Paren(inner);
        }
        throw error("unexpected symbol");
    }

    private List<Ast.Expr> arguments() {
        int line = lexer.line;
        switch (token) {
            case '(': {
                if (line != lastLine) {
                    throw error("ambiguous syntax (function call x new statement)");
                }
                advance();
                List<Ast.Expr> arguments = token == ')' ? List.of() : expressions();
                expectMatch(')', '(', line);
                return arguments;
            }
            case '{':
                return List.of(table());
            case Lexer.STRING: {
                Ast.Expr argument = new Ast.Constant(string);
                advance();
                return List.of(argument);
            }
            default:
                throw error("function arguments expected");
        }
    }

    private Ast.TableExpr table() {
        int line = lexer.line;
        int startLine = lastLine;
        expect('{');
        List<Ast.Item> items = new ArrayList<>();
        while (token != '}') {
            Ast.Expr key = null;
            if (token == Lexer.NAME && lookAhead() == '=') {
                key = new Ast.Constant(name());
                expect('=');
            } else if (token == '[') {
                key = bracketedKey();
                expect('=');
            }
            Ast.Expr value = expression();
            items.add(new Ast.Item(key, value, lastLine));
            if (!accept(',') && !accept(';')) {
                break;
            }
        }
        expectMatch('}', '{', line);
        return new Ast.TableExpr(items, startLine);
    }

    private Ast.FunctionExpr functionBody(boolean method, int line) {
        scope = new Scope(scope);
        Ast.Function function = scope.function;
        function.line = line;
        expect('(');
        if (method) {
            function.parameters.add(declare(SELF));
        }
        parameters(function);
        expect(')');
        function.body = statements();
        function.lastLine = lexer.line;
        expectMatch(Lexer.END, Lexer.FUNCTION, line);
        scope = scope.outer;
        return new Ast.FunctionExpr(function, lastLine);
    }

    private void parameters(Ast.Function function) {
        if (token == ')') {
            return;
        }
        do {
            if (token == Lexer.NAME) {
                function.parameters.add(declare(name()));
            } else if (token == Lexer.DOTS) {
                advance();
                function.vararg = true;
                function.wantsArg = true;
                function.arg = declare(ARG);
            } else {
                throw error("<name> or '...' expected");
            }
        } while (!function.vararg && accept(','));
    }
}
