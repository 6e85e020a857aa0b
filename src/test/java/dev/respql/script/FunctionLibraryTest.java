package dev.respql.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.protocol.Reply;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Libraries of functions, with the texts that a redis-server 7.0.15 gave for the same sources. */
class FunctionLibraryTest {
    private final ScriptEngine engine = new ScriptEngine(16 << 20, "7.2.4");

    private FunctionLibrary load(String code) {
        return engine.load(bytes("#!lua name=lib\n" + code));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static Reply call(FunctionLibrary library, String function) {
        return library.call(function, new StubHost(), List.of(bytes("k")), List.of(bytes("a"), bytes("b")));
    }

    @Test
    void aFunctionGetsKeysAndArguments() {
        FunctionLibrary library = load("redis.register_function('f', function(keys, args) return {keys, args} end)");
        assertEquals("lib", library.name());
        assertEquals(List.of(new FunctionLibrary.Function("f", null, Set.of())), library.functions());
        Reply.Array reply = (Reply.Array) call(library, "f");
        assertEquals(1, ((Reply.Array) reply.items().get(0)).items().size());
        assertEquals(2, ((Reply.Array) reply.items().get(1)).items().size());
    }

    @Test
    void aFunctionIsDescribedByNamedArguments() {
        FunctionLibrary library = load("redis.register_function{function_name = 'f', callback = function() return 1 end,"
                + " flags = {'no-writes', 'allow-oom'}, description = 'text'} redis.register_function('g', function() end)");
        assertEquals(List.of(
                new FunctionLibrary.Function("f", "text", Set.of(ScriptFlag.NO_WRITES, ScriptFlag.ALLOW_OOM)),
                new FunctionLibrary.Function("g", null, Set.of())), library.functions());
        assertEquals(Reply.ONE, call(library, "f"));
        assertEquals(Reply.NULL, call(library, "g"));
    }

    @Test
    void errorsNameTheFunctionAndTheLine() {
        FunctionLibrary library = load("redis.register_function('f', function() error('x') end)\n"
                + "redis.register_function('g', function() x = 1 end)\n"
                + "redis.register_function('h', function() return x end)\n"
                + "redis.register_function('i', function() return redis.register_function('j', function() end) end)");
        assertEquals(new Reply.Error("ERR user_function:2: x script: f, on @user_function:2."), call(library, "f"));
        assertEquals(new Reply.Error("ERR user_function:3: Attempt to modify a readonly table script: g,"
                + " on @user_function:3."), call(library, "g"));
        assertEquals(new Reply.Error("ERR user_function:4: Script attempted to access nonexistent global variable 'x'"
                + " script: h, on @user_function:4."), call(library, "h"));
        assertEquals(new Reply.Error("ERR user_function:5: attempt to call field 'register_function' (a nil value)"
                + " script: i, on @user_function:5."), call(library, "i"));
    }

    @Test
    void functionsHaveTheLibrariesOfScripts() {
        FunctionLibrary library = load("local function sum(t) local s = 0 for _, v in ipairs(t) do s = s + v end return s end\n"
                + "redis.register_function('f', function() return cjson.encode({sum({1, 2}), redis.call('ping'),"
                + " string.rep('x', 3), #cmsgpack.pack(1), bit.band(3, 1), math.floor(1.5)}) end)");
        assertEquals("[3,\"ping\",\"xxx\",1,1,1]", new String(((Reply.Bulk) call(library, "f")).bytes(),
                StandardCharsets.ISO_8859_1));
    }

    @Test
    void theGlobalsOfFunctionsAreThoseOfRedis() {
        FunctionLibrary library = load("redis.register_function('f', function() local r = {} for k in pairs(_G) do"
                + " r[#r + 1] = k end table.sort(r) return table.concat(r, ' ') end)"
                + " redis.register_function('g', function() local r = {} for k in pairs(redis) do"
                + " r[#r + 1] = k end table.sort(r) return table.concat(r, ' ') end)");
        assertEquals("_G _VERSION assert bit cjson cmsgpack collectgarbage coroutine error gcinfo getmetatable ipairs load"
                + " loadstring math next pairs pcall rawequal rawget rawset redis select setmetatable string struct table"
                + " tonumber tostring type unpack xpcall",
                new String(((Reply.Bulk) call(library, "f")).bytes(), StandardCharsets.ISO_8859_1));
        assertEquals("LOG_DEBUG LOG_NOTICE LOG_VERBOSE LOG_WARNING REDIS_VERSION REDIS_VERSION_NUM REPL_ALL REPL_AOF"
                + " REPL_NONE REPL_REPLICA REPL_SLAVE acl_check_cmd call error_reply log pcall set_repl setresp sha1hex"
                + " status_reply", new String(((Reply.Bulk) call(library, "g")).bytes(), StandardCharsets.ISO_8859_1));
    }

    @Test
    void librariesDoNotSeeEachOther() {
        FunctionLibrary one = load("local n = 0 redis.register_function('f', function() n = n + 1 return n end)");
        FunctionLibrary two = load("local n = 10 redis.register_function('f', function() n = n + 1 return n end)");
        assertEquals(new Reply.Int(1), call(one, "f"));
        assertEquals(new Reply.Int(11), call(two, "f"));
        assertEquals(new Reply.Int(2), call(one, "f"));
    }

    @Test
    void whatALibraryKeepsIsBounded() {
        FunctionLibrary library = load("local t = {} redis.register_function('f', function()"
                + " t[#t + 1] = ('x'):rep(1e6) return #t end)");
        Reply reply = call(library, "f");
        for (int i = 0; i < 40 && !(reply instanceof Reply.Error); i++) {
            reply = call(library, "f");
        }
        assertTrue(((Reply.Error) reply).text().startsWith("ERR not enough memory"));
        assertEquals(new Reply.Int(1), call(library, "f"), "it begins anew");
    }

    @Test
    void garbageOfFunctionsDoesNotAddUp() {
        FunctionLibrary library = load("redis.register_function('f', function() return #('x'):rep(1e6) end)");
        for (int i = 0; i < 100; i++) {
            assertEquals(new Reply.Int(1_000_000), call(library, "f"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "x | ERR Missing library metadata",
        "#!lua\\nreturn 1 | ERR Library name was not given",
        "#!lua name=a b=c\\nx | ERR Invalid metadata value given: b=c",
        "#!lua name=a-b\\nx | ERR Library names can only contain letters, numbers, or underscores(_) and must be at least"
            + " one character long",
        "#!js name=a\\nx | ERR Engine 'js' not found",
        "#!lua name=a\\nfoo | ERR Error compiling function: user_function:2: '=' expected near '<eof>'",
        "#!lua name=a\\nreturn 1 | ERR No functions registered",
    })
    void metadataIsChecked(String source, String error) {
        assertEquals(error, assertThrows(ScriptException.class,
                () -> engine.load(bytes(source.replace("\\n", "\n")))).getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "redis.register_function() | wrong number of arguments to redis.register_function",
        "redis.register_function('a') | calling redis.register_function with a single argument is only applicable to Lua"
            + " table (representing named arguments).",
        "redis.register_function('a', 'b') | second argument to redis.register_function must be a function",
        "redis.register_function({}) | redis.register_function must get a function name argument",
        "redis.register_function{function_name='x'} | redis.register_function must get a callback argument",
        "redis.register_function{function_name='x', callback=5} | callback argument given to redis.register_function must"
            + " be a function",
        "redis.register_function{function_name='x', callback=function() end, flags={'zz'}} | unknown flag given",
        "redis.register_function{function_name='x', callback=function() end, flags='zz'} | flags argument to"
            + " redis.register_function must be a table representing function flags",
        "redis.register_function{function_name='x', callback=function() end, foo='zz'} | unknown argument given to"
            + " redis.register_function",
        "redis.register_function{function_name='x', callback=function() end, description={}} | description argument given"
            + " to redis.register_function must be a string",
        "redis.register_function('a-b', function() end) | Library names can only contain letters, numbers, or"
            + " underscores(_) and must be at least one character long",
        "redis.register_function('a', function() end) redis.register_function('a', function() end) | Function already"
            + " exists in the library",
        "redis.register_function('a', function() end, 1) | wrong number of arguments to redis.register_function",
        "return x | user_function:2: Script attempted to access nonexistent global variable 'x'",
        "x = 1 | user_function:2: Attempt to modify a readonly table",
        "redis.call('get') | user_function:2: Script attempted to access nonexistent global variable 'call'",
        "math.random() | user_function:2: Script attempted to access nonexistent global variable 'math'",
        "redis.setresp(3) | user_function:2: Script attempted to access nonexistent global variable 'setresp'",
    })
    void registrationIsChecked(String code, String error) {
        assertEquals("ERR Error registering functions: ERR " + error,
                assertThrows(ScriptException.class, () -> load(code)).getMessage());
    }
}
