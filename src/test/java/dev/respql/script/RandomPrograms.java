package dev.respql.script;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Writes Lua programs at random: all statements and operators, closures, varargs and metatables, with errors in many places.
 * Each ends, and reports what it has computed, the texts of errors and the order of tables included.
 */
final class RandomPrograms {
    private static final int MAXIMUM_DEPTH = 4;
    private static final String PRELUDE = """
            local out = {}
            local function show(v, deep)
                if type(v) ~= 'table' then
                    return (type(v) == 'function' or type(v) == 'thread') and type(v) or tostring(v)
                end
                if deep then return 'table' end
                local r = {}
                for k, w in pairs(v) do r[#r + 1] = show(k, true) .. '=' .. show(w, true) end
                return '{' .. table.concat(r, ' ') .. '}#' .. #v
            end
            local function put(...) for i = 1, select('#', ...) do out[#out + 1] = show((select(i, ...))) end end
            local budget = 1000
            local function spent() budget = budget - 1 return budget < 0 end
            local function copy(x) local r = {} for k, v in pairs(x) do r[k] = v end return r end
            local meta = {__add = function(a, b) return 'added' end, __concat = function(a, b) return 'joined' end,
                __index = function(t, k) return k end, __call = function(self, ...) return select('#', ...), ... end,
                __eq = function() return true end, __lt = function() return false end, __unm = function() return 'minus' end}
            local a, b, c, d, e = 1, 2.5, 'x', nil, true
            local t, u, m = {1, 2, 3, k = 'v'}, {}, setmetatable({}, meta)
            local f = function(...) return ... end
            local g = function(x, y, ...) a = x return y, select('#', ...), x end
            """;

    private final Random random;
    private final StringBuilder out = new StringBuilder(PRELUDE);
    private final List<String> names = new ArrayList<>(List.of("a", "b", "c", "d", "e", "t", "u", "m", "f", "g"));
    private int depth;
    private int fresh;
    private boolean vararg = true;
    private boolean inLoop;

    private RandomPrograms(long seed) {
        this.random = new Random(seed);
    }

    static String program(long seed) {
        RandomPrograms writer = new RandomPrograms(seed);
        for (int i = 0; i < 12; i++) {
            writer.guarded();
        }
        writer.line("put(a, b, c, d, e, t, u)");
        writer.line("return out");
        return writer.out.toString();
    }

    private int any(int bound) {
        return random.nextInt(bound);
    }

    private String pick(String... choices) {
        return choices[any(choices.length)];
    }

    private void line(String text) {
        out.append("  ".repeat(depth)).append(text).append('\n');
    }

    /** Statements whose error is caught, mostly. */
    private void guarded() {
        if (any(8) == 0) {
            statement();
            return;
        }
        line("put(pcall(function(...)");
        boolean outerLoop = inLoop;
        inLoop = false;
        block(2 + any(3));
        inLoop = outerLoop;
        line("end" + (any(2) == 0 ? ", " + expression(2) : "") + "))");
    }

    private void block(int statements) {
        int outer = names.size();
        depth++;
        for (int i = 0; i < statements; i++) {
            statement();
        }
        depth--;
        names.subList(outer, names.size()).clear();
    }

    private String name() {
        return names.get(any(names.size()));
    }

    private void statement() {
        if (depth > MAXIMUM_DEPTH) {
            line("put(" + expression(2) + ")");
            return;
        }
        switch (any(16)) {
            case 0: case 1: {
                String values = expressions(1 + any(2));
                String local = "l" + fresh++;
                if (any(3) == 0) {
                    String second = "l" + fresh++;
                    line("local " + local + ", " + second + " = " + values);
                    names.add(second);
                } else {
                    line("local " + local + " = " + values);
                }
                names.add(local);
                break;
            }
            case 2: case 3:
                line(target() + " = " + expression(3));
                break;
            case 4:
                line(target() + ", " + target() + (any(2) == 0 ? ", " + target() : "") + " = " + expressions(1 + any(3)));
                break;
            case 5:
                line("if " + expression(3) + " then");
                block(1 + any(2));
                if (any(2) == 0) {
                    line("elseif " + expression(2) + " then");
                    block(1);
                }
                if (any(2) == 0) {
                    line("else");
                    block(1 + any(2));
                }
                line("end");
                break;
            case 6: {
                String i = "i" + fresh++;
                line("for " + i + " = " + pick("1, 3", "3, 1, -1", "0, 1, 0.25", "1, 0", "tonumber(" + expression(1) + ") or 1, 2", "1, #t")
                        + " do");
                loop(i);
                line("end");
                break;
            }
            case 7: {
                String k = "k" + fresh++;
                String v = "v" + fresh++;
                line("for " + k + ", " + v + " in " + pick("pairs(copy(t))", "ipairs(copy(t))",
                        "pairs(copy(" + expression(1) + "))", "next, copy(t)", "ipairs({" + expressions(2) + "})", "t") + " do");
                names.add(k);
                loop(v);
                names.remove(k);
                line("end");
                break;
            }
            case 8: {
                String i = "n" + fresh++;
                line("local " + i + " = 0");
                line(any(2) == 0 ? "while " + i + " < 3 do" : "repeat");
                boolean repeat = out.toString().endsWith("repeat\n");
                line("  " + i + " = " + i + " + 1");
                loop(i);
                line(repeat ? "until " + i + " >= 3 or " + expression(1) : "end");
                names.add(i);
                break;
            }
            case 9: {
                String function = "f" + fresh++;
                boolean outerVararg = vararg;
                boolean outerLoop = inLoop;
                vararg = any(2) == 0;
                inLoop = false;
                line("local function " + function + "(p" + fresh + ", q" + fresh + (vararg ? ", ..." : "") + ")");
                names.add("p" + fresh);
                names.add("q" + fresh++);
                line("  if spent() then return end");
                block(1 + any(2));
                line("  return " + expressions(1 + any(2)));
                names.remove(names.size() - 1);
                names.remove(names.size() - 1);
                vararg = outerVararg;
                inLoop = outerLoop;
                line("end");
                names.add(function);
                break;
            }
            case 10:
                line("do");
                block(1 + any(3));
                line("end");
                break;
            case 11:
                guarded();
                break;
            case 12:
                if (inLoop) {
                    line("if " + expression(1) + " then break end");
                    break;
                }
                line("put(" + call() + ")");
                break;
            case 13:
                line("if " + expression(1) + " then error(" + pick("'e1'", "'e2', 2", "'e3', 0", "type(" + expression(1) + ")",
                        "{err = 'E ' .. type(a)}") + ") end");
                break;
            case 14: {
                String call = call();
                line(Character.isLetter(call.charAt(0)) && !call.startsWith("not ") ? call : "local _ = " + call);
                break;
            }
            default:
                line("put(" + expressions(1 + any(3)) + ")");
        }
    }

    private void loop(String variable) {
        boolean outerLoop = inLoop;
        inLoop = true;
        names.add(variable);
        block(1 + any(2));
        names.remove(variable);
        inLoop = outerLoop;
    }

    private String target() {
        switch (any(5)) {
            case 0:
                return "t[" + key() + "]";
            case 1:
                return "u." + pick("k", "x", "y");
            case 2:
                return name() + pick("", ".k", "[1]");
            default:
                return pick("a", "b", "c", "d", "e");
        }
    }

    private String key() {
        return pick("1", "2", "'k'", "#t", "#t + 1", "a", "c", "1.5", "-1", "'x' .. type(a)", "true", "nil", "#u + 1");
    }

    private String expressions(int count) {
        StringBuilder list = new StringBuilder(expression(3));
        for (int i = 1; i < count; i++) {
            list.append(", ").append(expression(2));
        }
        return list.toString();
    }

    private String call() {
        switch (any(9)) {
            case 0:
                return "f(" + expressions(1 + any(2)) + ")";
            case 1:
                return "g(" + expressions(1 + any(3)) + ")";
            case 2:
                return name() + "(" + expression(1) + ")";
            case 3:
                return "m(" + expressions(1) + ")";
            case 4:
                return "(" + pick("c", "'ab'", expression(1)) + "):" + pick("reverse()", "upper()", "len()", "sub(2)", "byte()",
                        "find('b')", "nosuch()");
            case 5:
                return "select(" + pick("1", "2", "'#'", "-1") + ", " + expressions(2) + ")";
            case 6:
                return pick("math.floor", "tostring", "tonumber", "type", "#", "-", "not ") + "(" + expression(2) + ")";
            case 7:
                return "(function(...) local x, y = ... return " + pick("x", "y, x", "...", "select('#', ...)", "x and y")
                        + " end)(" + expressions(1 + any(2)) + ")";
            default:
                return pick("unpack(t)", "next(t)", "table.concat(t)", "#t", "rawget(t, 'k')", "string.format('%s', "
                        + expression(1) + ")", "t.k:upper()", "coroutine.wrap(function(...) return coroutine.yield(...) end)("
                        + expression(1) + ")");
        }
    }

    private String expression(int budget) {
        if (budget <= 0 || any(4) == 0) {
            return pick(name(), name(), name(), "1", "0", "-1", "2.5", "'x'", "'10'", "nil", "true", "false", "''", "t.k", "t[1]",
                    "u.x", "t[#t]", "m.z", "1e15", "0.1", vararg ? "..." : "3", "#t");
        }
        switch (any(12)) {
            case 0: case 1:
                return expression(budget - 1) + " " + pick("+", "-", "*", "/", "%", "^") + " " + expression(budget - 1);
            case 2:
                return expression(budget - 1) + " .. " + expression(budget - 1);
            case 3:
                return expression(budget - 1) + " " + pick("<", ">", "<=", ">=", "==", "~=") + " " + expression(budget - 1);
            case 4: case 5:
                return expression(budget - 1) + pick(" and ", " or ") + expression(budget - 1);
            case 6:
                return pick("not ", "- ", "#") + expression(budget - 1);
            case 7:
                return "(" + expression(budget - 1) + ")";
            case 8:
                return "{" + expression(budget - 1) + ", k = " + expression(budget - 1) + pick("", ", " + expression(budget - 1),
                        ", ['x'] = 1, [2] = 5") + "}";
            case 9: {
                boolean outerVararg = vararg;
                vararg = false;
                String result = "function(x) if spent() then return end return " + expression(budget - 1) + " end";
                vararg = outerVararg;
                return "(" + result + ")" + pick("", "(1)", "(nil)");
            }
            default: {
                String call = call();
                return call.startsWith("#") || call.startsWith("-") ? "(" + call + ")" : call;
            }
        }
    }
}
