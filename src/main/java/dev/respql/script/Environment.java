package dev.respql.script;

import dev.respql.protocol.Reply;
import dev.respql.script.lua.Builtin;
import dev.respql.script.lua.Frame;
import dev.respql.script.lua.Machine;
import dev.respql.script.lua.Memory;
import dev.respql.script.lua.Num;
import dev.respql.script.lua.ScriptError;
import dev.respql.script.lua.Strings;
import dev.respql.script.lua.Table;
import java.util.List;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaValue;

/** The globals and libraries that a script sees, all read-only but for KEYS and ARGV. For one run at a time. */
class Environment {
    static final String SCRIPT_CHUNK = "user_script";
    private static final LuaString KEYS = Strings.of("KEYS");
    private static final LuaString ARGV = Strings.of("ARGV");
    private static final String ERROR_HANDLER = "__redis__err__handler";

    final Machine machine;
    private final JsonLib json = new JsonLib();
    private ScriptHost host;
    private ReplyToLua toLua;

    Environment(long memoryLimit, String redisVersion) {
        this(memoryLimit, redisVersion, true);
    }

    /** @param forScripts else for functions, which have no KEYS, ARGV and less of the library {@code redis} */
    Environment(long memoryLimit, String redisVersion, boolean forScripts) {
        machine = new Machine(memoryLimit);
        Table globals = machine.globals;
        globals.setRaw("bit", BitLib.create(machine));
        globals.setRaw("cjson", json.create(machine));
        globals.setRaw("cmsgpack", MessagePackLib.create(machine));
        globals.setRaw("struct", StructLib.create(machine));
        globals.setRaw("redis", new RedisLib(this).create(redisVersion, forScripts));
        if (forScripts) {
            globals.setRaw(ERROR_HANDLER, new Builtin(this::handleError));
        }
        protect(globals);
        setReadOnly(globals);
        setReadOnly(machine.stringMetatable());
    }

    /** Lets reading an unknown name fail. */
    static void protect(Table globals) {
        Table metatable = new Table(Memory.UNLIMITED);
        metatable.setRaw("__index", new Builtin(frame -> {
            LuaString name = text(frame.arg(2));
            if (name == null) {
                throw frame.error("Second argument to luaProtectedTableError must be a string or number");
            }
            throw frame.error("Script attempted to access nonexistent global variable '" + cString(name) + "'");
        }));
        globals.setMetatable(metatable);
    }

    /** Recursively, metatables included. */
    static void setReadOnly(LuaValue value) {
        if (!(value instanceof Table) || ((Table) value).isReadOnly()) {
            return;
        }
        Table table = (Table) value;
        table.setReadOnly(true);
        table.eachReference(Environment::setReadOnly);
    }

    ScriptHost host() {
        return host;
    }

    ReplyToLua toLua() {
        return toLua;
    }

    Reply run(Script script, ScriptHost host, List<byte[]> keys, List<byte[]> arguments) {
        begin(host);
        machine.reset(host::checkpoint, weight(keys) + weight(arguments));
        try {
            machine.globals.setRaw(KEYS, strings(keys));
            machine.globals.setRaw(ARGV, strings(arguments));
            return reply(script.sha(), () -> machine.call(machine.load(script.chunk(), machine.globals)));
        } finally {
            machine.globals.setRaw(KEYS, LuaValue.NIL);
            machine.globals.setRaw(ARGV, LuaValue.NIL);
            end();
        }
    }

    /** Whether another run may follow. */
    boolean isUsable() {
        return true;
    }

    void begin(ScriptHost host) {
        this.host = host;
        this.toLua = new ReplyToLua(machine);
        json.reset();
    }

    /** Lets go of all that belonged to the run. */
    void end() {
        host = null;
        machine.resume(() -> { }, 0);
    }

    static long weight(List<byte[]> values) {
        long weight = 0;
        for (byte[] value : values) {
            weight += 64 + value.length;
        }
        return weight;
    }

    Table strings(List<byte[]> values) {
        Table table = new Table(machine);
        for (int i = 0; i < values.size(); i++) {
            table.setRaw(i + 1, Strings.of(values.get(i)));
        }
        return table;
    }

    @FunctionalInterface
    interface Code {
        LuaValue run();
    }

    /** What the code returns as a reply; an error of it with the place where it was raised, as {@code name} calls it. */
    Reply reply(String name, Code code) {
        try {
            LuaValue result = code.run();
            return new LuaToReply(machine, toLua.version()).convert(result);
        } catch (ScriptError e) {
            return new Reply.Error(errorText(e) + place(name));
        } catch (ScriptKilledException e) {
            return new Reply.Error(e.getMessage() + place(name));
        }
    }

    private String place(String name) {
        Machine.Position position = machine.position();
        return position == null ? "" : " script: " + name + ", on " + position + ".";
    }

    /** The text that an error is reported with; an error table says it in its field err. */
    static String errorText(ScriptError error) {
        LuaValue value = error.value();
        if (value instanceof Table) {
            LuaString text = text(((Table) value).getRaw(Strings.of("err")));
            return text == null ? "ERR unknown error" : Strings.text(text);
        }
        LuaString text = text(value);
        return "ERR " + (text != null ? Strings.text(text) : value == LuaValue.NIL ? "nil"
                : value.isboolean() ? value.tojstring() : value.typename());
    }

    /** Up to the first NUL, as C prints it. */
    private static String cString(LuaString name) {
        String text = Strings.text(name);
        int end = text.indexOf('\0');
        return end < 0 ? text : text.substring(0, end);
    }

    /** The text of a string or number, null for other values. */
    static LuaString text(LuaValue value) {
        return value instanceof LuaString ? (LuaString) value
                : value.type() == LuaValue.TNUMBER ? value.strvalue() : null;
    }

    /** What Redis has as a global function too: makes a table of an error, with the place where it was raised. */
    private int handleError(Frame frame) {
        LuaValue value = frame.arg(1);
        Table table;
        if (value instanceof Table) {
            table = (Table) value;
            if (table.isReadOnly()) {
                throw new ScriptError("Attempt to modify a readonly table");
            }
        } else {
            table = new Table(machine);
            table.setRaw("err", machine.string(ScriptEngine.latin1(errorText(new ScriptError(value)))));
        }
        Machine.Position position = machine.position();
        if (position != null) {
            table.setRaw("source", Strings.of(position.source()));
            table.setRaw("line", Num.of(position.line()));
        }
        return frame.result(table);
    }
}
