package dev.respql.script;

import dev.respql.protocol.Reply;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/**
 * Writes hostile scripts at random: they run for ever, grow, recurse, catch what they can, call all functions that there
 * are with values that nobody expects, and try to leave something behind. The same seed gives the same script.
 */
public final class HostilePrograms {
    private static final int MOST_STATEMENTS = 5;
    private static final int MOST_DEPTH = 3;
    private static final String PRELUDE = """
            math.randomseed(42)
            local s, n, t, u = 'x', 1, {1, 2, 3, k = 'v'}, {}
            local f = function(...) return ... end
            local co = coroutine.create(function(...) local x = ... while true do x = coroutine.yield(x) end end)
            local e = function(...) error(...) end
            local function show(...)
                local list = {}
                for i = 1, math.min(select('#', ...), 20) do
                    local v = (select(i, ...))
                    local kind = type(v)
                    list[i] = kind .. ':' .. (kind == 'string' and #v .. v:sub(1, 40) or kind == 'number' and tostring(v)
                        or kind == 'table' and tostring(#v) or kind == 'boolean' and tostring(v) or '')
                end
                return table.concat(list, ' ')
            end
            local out = 'begun'
            """;
    /** Calls that only read: a script that has written cannot be killed. */
    private static final List<String> COMMANDS = List.of("'GET', KEYS[1]", "'PING'", "'LRANGE', KEYS[1], 0, -1", "'KEYS', '*'",
            "'EXISTS', s", "'HGETALL', KEYS[2]", "'ECHO', s", "'nosuch', s", "'TYPE', KEYS[1]", "'SCAN', n", "'GET'",
            "'EVAL', 'return 1', 0", "'MULTI'", "'SUBSCRIBE', 'x'", "'CONFIG', 'GET', '*'", "unpack(t)", "s", "'MGET', unpack(t)");

    private final Random random;
    private final List<String> functions;
    private final StringBuilder out = new StringBuilder(PRELUDE);
    private int depth;

    private HostilePrograms(long seed, List<String> functions) {
        this.random = new Random(seed);
        this.functions = functions;
    }

    /** @param functions what scripts may call, such as {@code string.rep} */
    public static String program(long seed, List<String> functions) {
        HostilePrograms writer = new HostilePrograms(seed, functions);
        for (int i = writer.below(MOST_STATEMENTS); i >= 0; i--) {
            writer.statement();
        }
        writer.line("return " + writer.pick("out", "show(s, n, t, u)", "{s, n, out}", writer.value(), "{map = {x = s}}", "{t, {u, {s}}}"));
        return writer.out.toString();
    }

    /** The names of all functions that a script of this engine sees, those in libraries too; no clocks, no counts of memory. */
    public static List<String> functionsOf(ScriptEngine engine) {
        byte[] script = ScriptEngine.latin1("""
                local names = {}
                for name, value in pairs(_G) do
                    if type(value) == 'function' and name ~= 'gcinfo' and name ~= 'collectgarbage' then
                        names[#names + 1] = name
                    end
                    if type(value) == 'table' and name ~= '_G' then
                        for inner, v in pairs(value) do
                            if type(v) == 'function' and inner ~= 'clock' then names[#names + 1] = name .. '.' .. inner end
                        end
                    end
                end
                table.sort(names)
                return table.concat(names, ' ')""");
        Reply.Bulk names = (Reply.Bulk) engine.compile(script).run(new StubHost(), List.of(), List.of());
        return List.of(new String(names.bytes(), StandardCharsets.ISO_8859_1).split(" "));
    }

    private int below(int bound) {
        return random.nextInt(bound);
    }

    private String pick(String... choices) {
        return choices[below(choices.length)];
    }

    private String pick(List<String> choices) {
        return choices.get(below(choices.size()));
    }

    private void line(String text) {
        out.append("  ".repeat(depth)).append(text).append('\n');
    }

    private void block(String opening, String closing) {
        line(opening);
        depth++;
        for (int i = 1 + below(2); i > 0; i--) {
            statement();
        }
        depth--;
        line(closing);
    }

    private void statement() {
        if (depth > MOST_DEPTH) {
            line("out = show(" + call() + ")");
            return;
        }
        switch (below(18)) {
            case 0 -> block(pick("while true do", "while " + value() + " do", "for i = 1, math.huge do", "for i = " + number() + ", "
                    + number() + ", " + number() + " do", "for k, v in pairs(" + pick("t", "_G", value()) + ") do",
                    "for w in s:gmatch(" + value() + ") do"), "end");
            case 1 -> block("repeat", "until " + pick("false", "nil", value()));
            case 2, 3 -> block("out = show(pcall(function(...)", "end, " + value() + "))");
            case 4 -> block("xpcall(function()", "end, " + pick("f", "e", "function() while true do end end", "show", value()) + ")");
            case 5 -> {
                if (below(2) == 0) {
                    block("coroutine.wrap(function(...)", "end)()");
                } else {
                    block("coroutine.resume(coroutine.create(function(...)", "end), " + value() + ")");
                }
            }
            case 6 -> line(pick("s = s .. s", "s = s:rep(" + number() + ")", "s = " + value() + " .. s", "s = string.format('%s%s', s, s)",
                    "s = (s:gsub('.', '%0%0'))", "s = table.concat({s, s, s})", "s = cjson.encode({s, s})", "s = cmsgpack.pack(s, s)",
                    "s = s:upper():lower():reverse() .. s", "n = n * 2", "n = n + " + number()) + guard());
            case 7 -> line(pick("t = {t, t}", "t[#t + 1] = " + value(), "t[-1] = t", "t = {t}", "t[n] = s n = n + 1", "t[s] = t",
                    "u = setmetatable({}, {__index = " + pick("f", "t", "e", "u") + ", __call = f, __concat = f, __tostring = f})",
                    "t = setmetatable({}, t)", "u[1] = u", "t[#t + 1] = function() return t end", "t[#t + 1] = coroutine.wrap(f)",
                    "table.insert(t, 1, s)", "t = {unpack(t)}"));
            case 8 -> line(pick("_G", "string", "redis", "cjson", "math", "getmetatable('')", "getmetatable(_G)", "KEYS", "ARGV", "bit",
                    "table", "cmsgpack", "struct", "coroutine") + pick(".x", "[1]", ".rep", ".call", ".__index", ".encode") + " = "
                    + value());
            case 9 -> line(pick("rawset(", "setmetatable(", "table.insert(", "table.sort(", "table.remove(", "next(") + pick("_G",
                    "string", "redis", "getmetatable('')", "getmetatable(_G)", "KEYS", "ARGV") + ", " + value() + ", " + value() + ")");
            case 10 -> line(pick("nosuch = 1", "KEYS = nil", "f = e", "f = function(...) return f(...) end",
                    "f = function(...) return 1 + f(...) end", "f = function() pcall(f) return f() end",
                    "math.randomseed(" + number() + ")", "cjson.encode_max_depth(" + number() + ")",
                    "cjson.encode_sparse_array(true)", "cjson.decode_max_depth(" + number() + ")",
                    "cjson.encode_keep_buffer(false)", "cjson.encode_invalid_numbers(true)", "redis.setresp(3)",
                    "collectgarbage(" + pick("", "'count'", "'stop'", "s") + ")"));
            case 11 -> line("out = show(redis." + pick("call(", "pcall(") + pick(COMMANDS) + "))");
            case 12 -> line("out = show(pcall(redis.call, " + pick(COMMANDS) + "))");
            case 13 -> line("if math.random() > 0.5 then out = show(" + call() + ") end");
            case 14 -> line("local ok, g = pcall(loadstring, " + pick("s", "ARGV[1]", "'return ' .. s", "('return {'):rep(" + number()
                    + ")", "'x = 1'", "'while true do end'", "('a='):rep(1e4)") + ") if ok and g then out = show(pcall(g, s)) end");
            default -> line("out = show(" + (below(2) == 0 ? call() : "pcall(" + pick(functions) + ", " + value() + ", " + value()
                    + ", " + value() + ")") + ")");
        }
    }

    /** Nothing, or a bound that lets other statements have their turn. */
    private String guard() {
        return below(2) == 0 ? "" : " if type(s) == 'string' and #s > 1e6 then s = 'x' end";
    }

    private String call() {
        StringBuilder call = new StringBuilder(pick(functions)).append('(');
        for (int i = below(4); i > 0; i--) {
            call.append(value()).append(", ");
        }
        return call.append(value()).append(')').toString();
    }

    private String number() {
        return pick("0", "1", "-1", "3", "255", "1e3", "1e5", "1e7", "1e9", "2^31", "-2^31", "2^32", "2^53", "1e300", "math.huge",
                "-math.huge", "0/0", "0.5", "-0.5", "n", "#s", "#t");
    }

    private String value() {
        return switch (below(14)) {
            case 0, 1, 2 -> number();
            case 3 -> "('" + pick("x", "(", "[", "%", "%1", "\\0", "a?", ".-", "\\255\\221", "{", "[[", "\\\"", "%b()", " ", "1e", "\\145")
                    + "'):rep(" + pick("1", "10", "200", "1e4", "1e5", "1e6") + ")" + pick("", "", " .. s");
            case 4 -> pick("'%99.99f'", "'%d%s%q'", "'(.-)(.-)(.-)(.-)b'", "'i8d!4>s'", "'[1,{\"a\":null}]'", "'^'", "'%f[%a]'", "'%c'",
                    "'>I16'", "'c0'", "'__index'", "'k'", "''", "'LUA'", "'%5000d'", "'bbbbbbbbs'");
            case 5 -> pick("nil", "true", "false", "cjson.null");
            case 6 -> pick("t", "u", "{}", "{t, u}", "{s, [n] = t}", "KEYS", "ARGV", "_G", "string", "getmetatable('')", "{1, nil, 3}");
            case 7 -> pick("f", "e", "show", "print", "pcall", "error", "function() while true do end end", "next", "redis.call",
                    "function(a, b) return true end", "function() error({}) end", "coroutine.yield", "string.rep");
            case 8 -> pick("co", "coroutine.running()", "coroutine.wrap(f)", "coroutine.create(e)");
            case 9 -> pick("ARGV[1]", "ARGV[2]", "KEYS[1]");
            default -> pick("s", "n", "t", "f", "s", "'abc'");
        };
    }
}
