package dev.respql.script;

import dev.respql.protocol.Reply;
import dev.respql.script.lua.Frame;
import dev.respql.script.lua.Library;
import dev.respql.script.lua.Machine;
import dev.respql.script.lua.Num;
import dev.respql.script.lua.ScriptError;
import dev.respql.script.lua.Strings;
import dev.respql.script.lua.Table;
import dev.respql.value.Numbers;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaValue;

/** The library {@code redis}: how a script talks to its server. Its errors are tables, as replies of commands are. */
final class RedisLib {
    private static final int HIGHEST_LOG_LEVEL = 3;
    /** A command may wait for the database: the host is asked after some of them. */
    private static final int STEPS_PER_CALL = 1000;
    private static final int MAXIMUM_LOG_LINE = 1024;
    /** How many times longer than to copy it a byte takes to be digested. */
    private static final int SHA_COST = 16;

    private final Environment environment;
    private final Machine machine;

    RedisLib(Environment environment) {
        this.environment = environment;
        this.machine = environment.machine;
    }

    Table create(String redisVersion, boolean forScripts) {
        Library library = new Library(new Table(machine));
        constants(library.table(), redisVersion);
        library.table().setRaw("REPL_NONE", Num.of(0));
        library.table().setRaw("REPL_AOF", Num.of(1));
        library.table().setRaw("REPL_SLAVE", Num.of(2));
        library.table().setRaw("REPL_REPLICA", Num.of(2));
        library.table().setRaw("REPL_ALL", Num.of(3));
        if (forScripts) {
            library.add("breakpoint", frame -> frame.result(false))
                    .add("debug", frame -> 0)
                    .add("replicate_commands", frame -> frame.result(true));
        }
        return library
                .add("acl_check_cmd", this::aclCheck)
                .add("call", frame -> call(frame, true))
                .add("error_reply", this::errorReply)
                .add("log", this::log)
                .add("pcall", frame -> call(frame, false))
                .add("set_repl", this::setReplication)
                .add("setresp", this::setVersion)
                .add("sha1hex", this::sha)
                .add("status_reply", this::statusReply)
                .table();
    }

    /** What a library may already use while it is loaded. */
    Table createForLoad(String redisVersion) {
        Library library = new Library(new Table(machine));
        constants(library.table(), redisVersion);
        return library.add("log", this::log).table();
    }

    private static void constants(Table table, String redisVersion) {
        String[] levels = {"LOG_DEBUG", "LOG_VERBOSE", "LOG_NOTICE", "LOG_WARNING"};
        for (int i = 0; i < levels.length; i++) {
            table.setRaw(levels[i], Num.of(i));
        }
        table.setRaw("REDIS_VERSION", Strings.of(redisVersion));
        int number = 0;
        for (String part : redisVersion.split("\\.")) {
            number = number << 8 | Integer.parseInt(part);
        }
        table.setRaw("REDIS_VERSION_NUM", Num.of(number));
    }

    // ---- commands

    private int call(Frame frame, boolean raise) {
        byte[][] command = command(frame, raise);
        if (command == null) {
            return 1;
        }
        LuaValue result;
        machine.steps(STEPS_PER_CALL);
        Reply reply = environment.host().call(command, environment.toLua().version());
        result = environment.toLua().convert(reply);
        if (raise && reply instanceof Reply.Error) {
            throw new ScriptError(result);
        }
        return frame.result(result);
    }

    /** The arguments; null if they are wrong and the error was pushed instead of raised. */
    private byte[][] command(Frame frame, boolean raise) {
        String wrong = null;
        byte[][] command = new byte[frame.count()][];
        for (int i = 0; i < command.length && wrong == null; i++) {
            command[i] = argument(frame.arg(i + 1));
            wrong = command[i] == null ? "ERR Lua redis lib command arguments must be strings or integers" : null;
        }
        if (command.length == 0) {
            wrong = "ERR Please specify at least one argument for this redis lib call";
        }
        if (wrong == null) {
            return command;
        }
        Table error = error(wrong);
        if (raise) {
            throw new ScriptError(error);
        }
        frame.push(error);
        return null;
    }

    /** Numbers are printed as Redis 7.2 prints them. */
    private static byte[] argument(LuaValue value) {
        if (value instanceof LuaString) {
            return Strings.bytes((LuaString) value);
        }
        if (!(value instanceof Num)) {
            return null;
        }
        double number = ((Num) value).value;
        return number == 0 ? new byte[] {'0'} : Numbers.formatDouble(number);
    }

    private int aclCheck(Frame frame) {
        ScriptHost.Permission permission = environment.host().permission(command(frame, true));
        if (permission == ScriptHost.Permission.INVALID) {
            throw raise("ERR Invalid command passed to redis.acl_check_cmd()");
        }
        return frame.result(permission == ScriptHost.Permission.ALLOWED);
    }

    // ---- replies

    private Table error(String text) {
        return single("err", machine.string(ScriptEngine.latin1(text)));
    }

    private ScriptError raise(String text) {
        return new ScriptError(error(text));
    }

    private Table single(String key, LuaValue value) {
        Table table = new Table(machine);
        table.setRaw(key, value);
        return table;
    }

    private int errorReply(Frame frame) {
        if (frame.count() != 1 || !(frame.arg(1) instanceof LuaString)) {
            return frame.result(error("ERR wrong number or type of arguments"));
        }
        String text = Strings.text((LuaString) frame.arg(1));
        String message = text.startsWith("-") ? text.substring(1) : text;
        String trimmed = trim(message);
        return frame.result(error(message.indexOf(' ') < 0 ? "ERR " + trimmed : trimmed));
    }

    /** Without line breaks at its ends. */
    private static String trim(String message) {
        int from = 0;
        int to = message.length();
        while (from < to && (message.charAt(from) == '\r' || message.charAt(from) == '\n')) {
            from++;
        }
        while (to > from && (message.charAt(to - 1) == '\r' || message.charAt(to - 1) == '\n')) {
            to--;
        }
        return message.substring(from, to);
    }

    private int statusReply(Frame frame) {
        if (frame.count() != 1 || !(frame.arg(1) instanceof LuaString)) {
            return frame.result(error("ERR wrong number or type of arguments"));
        }
        return frame.result(single("ok", frame.arg(1)));
    }

    // ---- settings and the rest

    private int setVersion(Frame frame) {
        if (frame.count() != 1) {
            throw raise("ERR redis.setresp() requires one argument.");
        }
        LuaString text = Environment.text(frame.arg(1));
        double version = text == null ? 0 : frame.checkNumber(1);
        if (version != 2 && version != 3) {
            throw raise("ERR RESP version must be 2 or 3.");
        }
        environment.toLua().setVersion((int) version);
        return 0;
    }

    private int setReplication(Frame frame) {
        if (frame.count() != 1) {
            throw raise("ERR redis.set_repl() requires two arguments.");
        }
        int flags = frame.arg(1) instanceof Num ? (int) ((Num) frame.arg(1)).value : 0;
        if ((flags & ~3) != 0) {
            throw raise("ERR Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or REPL_NONE.");
        }
        return 0;
    }

    private int sha(Frame frame) {
        if (frame.count() != 1) {
            throw raise("ERR wrong number of arguments");
        }
        LuaString text = Environment.text(frame.arg(1));
        byte[] bytes = text == null ? new byte[0] : Strings.bytes(text);
        machine.read(SHA_COST * (long) bytes.length);
        return frame.result(Strings.of(ScriptEngine.sha(bytes)));
    }

    private int log(Frame frame) {
        if (frame.count() < 2) {
            throw raise("ERR redis.log() requires two arguments or more.");
        }
        if (!(frame.arg(1) instanceof Num)) {
            throw raise("ERR First argument must be a number (log level).");
        }
        int level = (int) ((Num) frame.arg(1)).value;
        if (level < 0 || level > HIGHEST_LOG_LEVEL) {
            throw raise("ERR Invalid debug level.");
        }
        StringBuilder line = new StringBuilder();
        for (int i = 2; i <= frame.count(); i++) {
            LuaString text = Environment.text(frame.arg(i));
            if (text != null && line.length() < MAXIMUM_LOG_LINE) {
                line.append(line.length() == 0 ? "" : " ").append(Strings.text(text));
            }
        }
        if (environment.host() != null) {
            line.setLength(Math.min(line.length(), MAXIMUM_LOG_LINE));
            environment.host().log(level, ScriptEngine.latin1(line.toString()));
        }
        return 0;
    }
}
