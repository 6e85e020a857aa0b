package dev.respql.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.protocol.Reply;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Scripts that want to run for ever, take all memory, or leave something behind. Each must end with an error, and the
 * engine must serve the next script as if nothing had been. How soon they end is counted in checkpoints, not in time.
 */
class HostileScriptsTest {
    private static final long MEMORY = 4 << 20;

    private final ScriptEngine engine = new ScriptEngine(MEMORY, "7.2.4");

    private Reply run(String script, ScriptHost host) {
        return engine.compile(script.getBytes(StandardCharsets.ISO_8859_1)).run(host, List.of(), List.of());
    }

    private Reply run(String script) {
        return run(script, new StubHost());
    }

    private static String text(Reply reply) {
        return reply instanceof Reply.Error ? ((Reply.Error) reply).text()
                : new String(((Reply.Bulk) reply).bytes(), StandardCharsets.ISO_8859_1);
    }

    private void assertServesOn() {
        assertEquals("ok", text(run("local t = {} for i = 1, 1000 do t[i] = ('x'):rep(100) end return 'ok'")));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "while true do end",
        "repeat until false",
        "for i = 1, math.huge do end",
        "for i = 0/0, 1 do end while true do end",
        "while true do pcall(function() while true do end end) end",
        "pcall(function() while true do end end) while true do end",
        "while true do pcall(error, 'x') end",
        "xpcall(function() while true do end end, function() while true do end end)",
        "xpcall(function() error('x') end, function() while true do end end)",
        "coroutine.wrap(function() while true do end end)()",
        "while true do coroutine.resume(coroutine.create(function() while true do end end)) end",
        "local co = coroutine.wrap(function() while true do coroutine.yield() end end) while true do co() end",
        "local function f() return f() end f()",
        "local function f() pcall(f) f() end f()",
        "local function f() pcall(f) pcall(f) end f()",
        "setmetatable({}, {__index = function(t, k) while true do end end}).x = nil while true do end",
        "local t = setmetatable({}, {__tostring = function() while true do end end}) tostring(t)",
        "table.sort({3, 2, 1}, function() while true do end end)",
        "local t = {} for i = 1, 1e5 do t[i] = i % 7 end while true do table.sort(t) end",
        "('a'):gsub('a', function() while true do end end)",
        "load(function() return ' ' end)",
        "for x in function() return 1 end do end",
        "for w in ('x'):rep(1e6):gmatch('()') do while true do end end",
        "local s = ('a'):rep(40) return s:match(('a?'):rep(40) .. s)",
        "local s = ('a'):rep(1000) return s:match('(.-)(.-)(.-)(.-)(.-)(.-)b')",
        "local s = ('a'):rep(5000) return s:find(('a*'):rep(10) .. 'b')",
        "local s = ('a'):rep(5000) return s:gsub('.-b', '')",
        "local s = ('('):rep(1e5) return s:gsub('%b()', '')",
        "local s = ('a'):rep(1e6) while true do s:match('[' .. s .. ']*') end",
        "local s, p = ('a'):rep(1e6), ('a'):rep(5e5) .. 'b' while true do s:find(p, 1, true) end",
        "local s = ('a'):rep(5e5) while true do s:upper() end",
        "local s = ('a'):rep(5e5) while true do s:reverse() end",
        "local s = ('a'):rep(5e5) while true do s:sub(2) end",
        "local s = ('a'):rep(5e5) while true do s:byte(1, 100) s:find('b', 1, true) end",
        "local s, u = ('a'):rep(5e5), ('a'):rep(5e5) while true do local x = s == u end",
        "local s, u = ('a'):rep(5e5), ('a'):rep(5e5) while true do local x = s < u end",
        "local s, u, t = ('a'):rep(5e5), ('a'):rep(5e5), {} t[s] = 1 while true do local x = t[u] end",
        "local s = (' '):rep(5e5) while true do tonumber(s) end",
        "local s = (' '):rep(5e5) while true do pcall(cjson.decode, s) end",
        "local s = ('a'):rep(5e5) while true do redis.sha1hex(s) end",
        "local s = ('-- x\\n'):rep(1e5) while true do loadstring(s) end",
        "local t = {} for i = 1, 2e5 do t[i] = 1 end while true do table.concat(t) end",
        "local t = {} for i = 1, 1e5 do t[i] = 1 end while true do table.insert(t, 1, 1) table.remove(t, 1) end",
        "local t = {} for i = 1, 1e5 do t[i] = 1 end for i = 1, 1e5 - 1 do t[i] = nil end while true do next(t) end",
        "while true do redis.call('ping') end",
        "while true do redis.pcall('ping') end",
        "while true do redis.log(redis.LOG_DEBUG, 'x') end",
        "while true do cjson.encode({1, 2, 3}) end",
        "while true do cmsgpack.pack({1, 2, 3}) end",
        "while true do struct.pack('i', 1) end",
        "while true do bit.band(1, 2) end",
        "while true do math.random() end",
        "while true do string.format('%99.99f', 1e300) end",
        "local t = {} for i = 1, 30 do t = {t, t} end return cjson.encode(t)",
        "local t = {} for i = 1, 40 do t = {t, t} end return t",
        "local t = {} for i = 1, 40 do t = {map = {[t] = t}} end while true do end",
    })
    void endsWhenKilled(String script) {
        String error = text(run(script, new StubHost(20)));
        assertTrue(error.startsWith("ERR Script killed by user") || error.contains("not enough memory"), error);
        assertServesOn();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "local s = 'x' while true do s = s .. s end",
        "local s = 'x' while true do s = s:rep(2) end",
        "return ('x'):rep(1e9)",
        "return ('x'):rep(2e9)",
        "return (('x'):rep(1e6)):rep(1e6)",
        "local t = {} while true do t[#t + 1] = ('x'):rep(1e6) .. #t end",
        "local t = {} while true do t[#t + 1] = #t end",
        "local t = {} while true do t = {t} end",
        "local t = {} local i = 0 while true do i = i + 1 t['key' .. i] = i end",
        "local t = {} while true do t[#t + 1] = function() return t end end",
        "local t = {} while true do t[#t + 1] = coroutine.create(function() end) end",
        "local t = {} while true do t[#t + 1] = coroutine.wrap(function() end) end",
        "local t = {} while true do t[#t + 1] = ('x'):rep(1000):gmatch('.') end",
        "local t = {} while true do t[#t + 1] = loadstring('return 1, 2, 3') end",
        "local t = {} while true do t[#t + 1] = cjson.decode('[1,2,3]') end",
        "local t = {} while true do t[#t + 1] = cjson.new() end",
        "local t = {} for i = 1, 100 do t[i] = ('x'):rep(1e5) end return table.concat(t) .. table.concat(t)",
        "local s = ('x'):rep(1e6) return (s:gsub('x', s))",
        "local s = ('x'):rep(1e5) return (s:gsub('x', function() return s end))",
        "local s = ('x'):rep(1e6) return (('x'):rep(100):gsub('x', ('%0'):rep(1e6)))",
        "local s = ('x'):rep(5e6) return string.format('%s%s%s%s', s, s, s, s)",
        "local s = ('\"'):rep(5e6) return string.format('%q%q%q', s, s, s)",
        "local s = ('x'):rep(1e6) local t = {} for i = 1, 1000 do t[i] = s end return table.concat(t)",
        "local s = ('x'):rep(1e6) local t = {} for i = 1, 1000 do t[i] = s end return cjson.encode(t)",
        "local s = ('x'):rep(1e6) local t = {} for i = 1, 1000 do t[i] = s end return cmsgpack.pack(t)",
        "local s = ('x'):rep(1e6) return assert(load(function() return s end))",
        "return assert(loadstring('return {' .. ('1,'):rep(1e6) .. '}'))",
        "local function f() local t = {} for i = 1, 100 do t[i] = ('x'):rep(1000) end return f() + #t end return f()",
        "local t = {} for i = 1, 1000 do t[i] = coroutine.wrap(function() local function f() return 1 + f() end f() end) pcall(t[i]) end",
        "local t = setmetatable({}, {__index = function(t, k) return ('x'):rep(1e6) .. t[k + 1] end}) return t[1]",
        "return cmsgpack.unpack(('\\221\\255\\255\\255\\255'):rep(1000) .. ('\\1'):rep(1e6))",
        "local t = {} for i = 1, 23 do t = {t, t} end return t",
    })
    void memoryIsBounded(String script) {
        String error = text(run(script));
        assertTrue(error.contains("not enough memory") || error.contains("stack overflow")
                || error.contains("Missing bytes in input") || error.startsWith("ERR Script killed by user"), error);
        assertServesOn();
    }

    @Test
    void aScriptMayCatchThatMemoryRanOutAndGoOn() {
        assertEquals("false not enough memory", text(run("local ok, e = pcall(function()"
                + " local s = 'x' while true do s = s .. s end end) return tostring(ok) .. ' ' .. e")));
    }

    @Test
    void garbageDoesNotCount() {
        assertEquals("ok", text(run("for i = 1, 1000 do local s = ('x'):rep(1e5) .. i end return 'ok'",
                new StubHost(Integer.MAX_VALUE))));
    }

    @Test
    void argumentsDoNotCount() {
        byte[] large = new byte[(int) (2 * MEMORY)];
        Reply reply = engine.compile("return #(ARGV[1] .. 'x')".getBytes(StandardCharsets.ISO_8859_1))
                .run(new StubHost(), List.of(), List.of(large));
        assertTrue(text(reply).contains("not enough memory"), "a copy of them does");
        assertEquals(new Reply.Int(large.length), engine.compile("return #ARGV[1] + #(('x'):rep(1e6)) - 1e6"
                .getBytes(StandardCharsets.ISO_8859_1)).run(new StubHost(), List.of(), List.of(large)));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "local function f() return 1 + f() end return f()",
        "local t = setmetatable({}, {}) getmetatable(t).__index = function(t, k) return t[k .. 'x'] end return t.a",
        "local t = setmetatable({}, {}) getmetatable(t).__tostring = tostring return tostring(t)",
        "local t = setmetatable({}, {}) getmetatable(t).__call = t return t()",
        "local f f = function() return ('x'):gsub('x', f) end return f()",
        "local f f = function() table.sort({1, 2, 3}, f) end return f()",
        "local f f = function() coroutine.wrap(f)() end return f()",
        "local t = {} for i = 1, 2000 do t = {t} end return cjson.encode(t)",
        "return cjson.decode(('['):rep(1e5))",
        "return cmsgpack.unpack(('\\145'):rep(1e5))",
        "return loadstring('return ' .. ('('):rep(1e5))() or error('too many')",
        "return assert(loadstring('return ' .. ('{'):rep(1e5)))",
        "return assert(loadstring('return ' .. ('a+'):rep(1e5) .. 'a'))",
        "return assert(loadstring('return a' .. ('.b'):rep(1e5)))",
        "return assert(loadstring('return ' .. ('not '):rep(1e5) .. 'a'))",
        "return assert(loadstring(('do '):rep(1e5)))",
        "return assert(loadstring(('function a() '):rep(1e5)))",
        "return ('a'):rep(1e5):match(('a?'):rep(1e4))",
        "return ('('):rep(1e5):match(('(('):rep(1e4))",
    })
    void recursionIsBounded(String script) {
        assertInstanceOf(Reply.Error.class, run(script));
        assertServesOn();
    }

    @Test
    void aReplyNestedTooDeepEndsInAnError() {
        Reply reply = run("local t = {} t[1] = t return t");
        int depth = 0;
        while (reply instanceof Reply.Array) {
            reply = ((Reply.Array) reply).items().get(0);
            depth++;
        }
        assertEquals(new Reply.Error("ERR reached lua stack limit"), reply);
        assertTrue(depth > 100);
    }

    @Test
    void aHugeSourceIsRefused() {
        byte[] source = ("return {" + "1,".repeat(1 << 20) + "}").getBytes(StandardCharsets.ISO_8859_1);
        assertTrue(assertThrows(ScriptException.class, () -> engine.compile(source)).getMessage()
                .endsWith("not enough memory"));
    }

    @Test
    void whatTheHostThrowsEndsTheScriptAndPassesThrough() {
        ScriptHost host = new StubHost() {
            @Override
            public Reply call(byte[][] command, int respVersion) {
                throw new IllegalStateException("start again");
            }
        };
        for (String script : List.of("redis.call('x')", "pcall(redis.call, 'x') return 1", "redis.pcall('x') return 1",
                "xpcall(function() redis.call('x') end, function() end) return 1",
                "coroutine.resume(coroutine.create(function() redis.call('x') end)) return 1")) {
            assertThrows(IllegalStateException.class, () -> run(script, host));
        }
        assertServesOn();
    }

    @Test
    void noThreadsAreLeftBehind() {
        int before = Thread.activeCount();
        run("local t = {} for i = 1, 1000 do t[i] = coroutine.create(function() coroutine.yield() end) coroutine.resume(t[i]) end");
        assertEquals(before, Thread.activeCount());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "x = 1", "_G.x = 1", "rawset(_G, 'x', 1)", "string.x = 1", "getmetatable('').__index = {x = 1}",
        "getmetatable('').x = 1", "setmetatable(_G, {__index = {x = 1}})", "getmetatable(_G).__index = {x = 1}",
        "rawset(getmetatable(_G), '__index', nil)", "table.insert(string, 1)", "redis.x = 1",
        "setmetatable(string, {__index = function() return 1 end})", "cjson.x = 1",
        "for k in pairs(_G) do _G[k] = nil end", "loadstring('x = 1')()", "local f = function() x = 1 end f()",
        "coroutine.wrap(function() x = 1 end)()", "KEYS = 1", "redis.call = nil", "math.random = nil",
        "__redis__err__handler(string)", "__redis__err__handler(getmetatable(''))", "xpcall(error, __redis__err__handler) __redis__err__handler(_G)",
    })
    void nothingSharedCanBeChanged(String script) {
        assertTrue(text(run(script)).contains("Attempt to modify a readonly table"), script);
        assertServesOn();
    }

    @Test
    void nothingIsLeftForTheNextScript() {
        run("KEYS.x = 1 ARGV[1] = 2 cjson.encode_max_depth(1) cjson.encode_sparse_array(true) redis.setresp(3)"
                + " math.randomseed(1) coroutine.wrap(function() coroutine.yield() end)() error('x')");
        assertEquals("nil nil {\"a\":{}} 1000 false", text(run("return tostring(KEYS.x) .. ' ' .. tostring(ARGV[1]) .. ' '"
                + " .. cjson.encode({a = {}}) .. ' ' .. cjson.encode_max_depth() .. ' ' .. tostring(cjson.encode_sparse_array())")));
        assertEquals(Reply.ONE, run("return true"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"io", "os", "package", "require", "debug", "dofile", "loadfile", "luajava", "print", "module",
        "getfenv", "setfenv", "newproxy", "bit32", "rawlen", "arg"})
    void thereIsNoWayOut(String name) {
        assertTrue(text(run("return " + name)).contains("Script attempted to access nonexistent global variable"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"return loadstring('\\27Lua')", "return load(function() return '\\27LuaQ' end)",
        "return loadstring(string.dump(function() end))"})
    void bytecodeIsNotLoaded(String script) {
        Reply reply = run(script);
        assertTrue(reply == Reply.NULL || reply instanceof Reply.Error, () -> reply.toString());
    }
}
