package dev.respql.script.lua;

import java.io.ByteArrayOutputStream;
import org.luaj.vm2.LuaBoolean;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaValue;

/** The basic functions, as far as Redis leaves them to scripts: no print, dofile, loadfile, getfenv, setfenv. */
final class BaseLib {
    private static final LuaValue NIL = LuaValue.NIL;
    private static final int RADIX_DECIMAL = 10;
    private static final int NAME_LENGTH = 60;
    private static final int NAME_LENGTH_IN_SYNTAX_ERRORS = 80;

    private BaseLib() {
    }

    static void install(Machine machine) {
        Table globals = machine.globals;
        globals.setRaw("_G", globals);
        globals.setRaw("_VERSION", Strings.of("Lua 5.1"));
        Builtin next = new Builtin(BaseLib::next);
        Builtin step = new Builtin(BaseLib::ipairsStep);
        globals.setRaw("next", next);
        new Library(globals)
                .add("assert", BaseLib::assertTrue)
                .add("collectgarbage", BaseLib::collectGarbage)
                .add("error", BaseLib::error)
                .add("gcinfo", frame -> frame.result(machine.allocatedKilobytes()))
                .add("getmetatable", BaseLib::getMetatable)
                .add("ipairs", frame -> {
                    Table table = frame.checkTable(1);
                    frame.push(step);
                    frame.push(table);
                    frame.push(Num.ZERO);
                    return 3;
                })
                .add("load", BaseLib::load)
                .add("loadstring", BaseLib::loadString)
                .add("pairs", frame -> {
                    Table table = frame.checkTable(1);
                    frame.push(next);
                    frame.push(table);
                    frame.push(NIL);
                    return 3;
                })
                .add("pcall", BaseLib::protectedCall)
                .add("rawequal", frame -> {
                    frame.checkAny(1);
                    frame.checkAny(2);
                    return frame.result(Interpreter.rawEqual(frame.arg(1), frame.arg(2)));
                })
                .add("rawget", frame -> {
                    Table table = frame.checkTable(1);
                    frame.checkAny(2);
                    return frame.result(table.getRaw(frame.arg(2)));
                })
                .add("rawset", BaseLib::rawSet)
                .add("select", BaseLib::select)
                .add("setmetatable", BaseLib::setMetatable)
                .add("tonumber", BaseLib::toNumber)
                .add("tostring", frame -> {
                    frame.checkAny(1);
                    LuaValue handler = frame.machine.metamethod(frame.arg(1), Metamethod.TOSTRING);
                    return frame.result(handler != NIL ? frame.call(handler, frame.arg(1)) : toText(frame.arg(1)));
                })
                .add("type", frame -> {
                    frame.checkAny(1);
                    return frame.result(Strings.of(frame.arg(1).typename()));
                })
                .add("unpack", BaseLib::unpack)
                .add("xpcall", BaseLib::protectedCallWithHandler);
    }

    private static int assertTrue(Frame frame) {
        frame.checkAny(1);
        if (!Interpreter.isTrue(frame.arg(1))) {
            throw frame.error(Strings.text(frame.optString(2, Strings.of("assertion failed!"))));
        }
        return all(frame);
    }

    private static int all(Frame frame) {
        int count = frame.count();
        frame.coroutine.ensure(count);
        for (int i = 1; i <= count; i++) {
            frame.push(frame.arg(i));
        }
        return count;
    }

    private static int collectGarbage(Frame frame) {
        String option = Strings.text(frame.optString(1, Strings.of("collect")));
        switch (option) {
            case "count":
                return frame.result(frame.machine.allocatedKilobytes());
            case "step":
                return frame.result(true);
            case "stop": case "restart": case "collect":
                return frame.result(0);
            case "setpause": case "setstepmul":
                return frame.result(200);
            default:
                throw frame.badArgument(1, "invalid option '" + option + "'");
        }
    }

    private static int error(Frame frame) {
        LuaValue value = frame.arg(1);
        int level = frame.optInt(2, 1);
        LuaString text = Machine.toText(value);
        if (text != null && level > 0) {
            throw new ScriptError(frame.coroutine.where(level) + Strings.text(text));
        }
        throw new ScriptError(value);
    }

    private static int getMetatable(Frame frame) {
        frame.checkAny(1);
        Table metatable = frame.machine.metatable(frame.arg(1));
        if (metatable == null) {
            return frame.result(NIL);
        }
        LuaValue shown = metatable.getRaw(Metamethod.METATABLE);
        return frame.result(shown == NIL ? metatable : shown);
    }

    private static int setMetatable(Frame frame) {
        LuaValue metatable = frame.arg(2);
        Table table = frame.checkTable(1);
        if (frame.isMissing(2) || metatable != NIL && !(metatable instanceof Table)) {
            throw frame.badArgument(2, "nil or table expected");
        }
        if (frame.machine.metamethod(table, Metamethod.METATABLE) != NIL) {
            throw frame.error("cannot change a protected metatable");
        }
        checkWritable(table);
        table.setMetatable(metatable == NIL ? null : (Table) metatable);
        return frame.result(table);
    }

    static void checkWritable(Table table) {
        if (table.isReadOnly()) {
            throw new ScriptError("Attempt to modify a readonly table");
        }
    }

    private static int rawSet(Frame frame) {
        Table table = frame.checkTable(1);
        frame.checkAny(2);
        frame.checkAny(3);
        checkWritable(table);
        Interpreter.checkKey(frame.coroutine, frame.arg(2));
        table.setRaw(frame.arg(2), frame.arg(3));
        return frame.result(table);
    }

    private static int next(Frame frame) {
        Table table = frame.checkTable(1);
        int before = table.positionOf(frame.arg(2));
        int position = table.nextPosition(before);
        frame.machine.steps((position < 0 ? table.capacity() - before : position - before) >> 4);
        if (position < 0) {
            return frame.result(NIL);
        }
        frame.push(table.keyAt(position));
        frame.push(table.valueAt(position));
        return 2;
    }

    private static int ipairsStep(Frame frame) {
        int index = frame.checkInt(2) + 1;
        Table table = frame.checkTable(1);
        LuaValue value = table.getRaw(index);
        if (value == NIL) {
            return 0;
        }
        frame.push(Num.of(index));
        frame.push(value);
        return 2;
    }

    private static int select(Frame frame) {
        int count = frame.count();
        if (frame.arg(1) instanceof LuaString && Strings.text((LuaString) frame.arg(1)).startsWith("#")) {
            return frame.result(count - 1);
        }
        int from = frame.checkInt(1);
        if (from < 0) {
            from = count + from;
        } else if (from > count) {
            from = count;
        }
        if (from < 1) {
            throw frame.badArgument(1, "index out of range");
        }
        frame.coroutine.ensure(count);
        for (int i = from + 1; i <= count; i++) {
            frame.push(frame.arg(i));
        }
        return count - from;
    }

    private static int unpack(Frame frame) {
        Table table = frame.checkTable(1);
        int from = frame.optInt(2, 1);
        int to = frame.isNothing(3) ? table.border() : frame.checkInt(3);
        if (from > to) {
            return 0;
        }
        long count = (long) to - from + 1;
        if (count > Integer.MAX_VALUE || !frame.coroutine.hasRoomFor((int) count)) {
            throw frame.error("too many results to unpack");
        }
        frame.coroutine.ensure((int) count);
        for (int i = 0; i < count; i++) {
            frame.push(table.getRaw(from + i));
        }
        return (int) count;
    }

    private static int toNumber(Frame frame) {
        int radix = frame.optInt(2, RADIX_DECIMAL);
        if (radix == RADIX_DECIMAL) {
            frame.checkAny(1);
            Num number = Machine.toNumber(frame.arg(1));
            return frame.result(number == null ? NIL : number);
        }
        LuaString text = frame.checkString(1);
        if (radix < 2 || radix > 36) {
            throw frame.badArgument(2, "base out of range");
        }
        return frame.result(toInteger(text, radix));
    }

    /** As C's strtoul reads it: a sign is allowed, 0x too for 16, and what is too large is the largest. */
    private static LuaValue toInteger(LuaString text, int radix) {
        byte[] bytes = Strings.bytes(text);
        int at = 0;
        while (at < bytes.length && NumberText.isSpace(bytes[at])) {
            at++;
        }
        boolean negative = at < bytes.length && bytes[at] == '-';
        if (negative || at < bytes.length && bytes[at] == '+') {
            at++;
        }
        if (radix == 16 && at + 2 < bytes.length && bytes[at] == '0' && (bytes[at + 1] | 0x20) == 'x'
                && Character.digit(bytes[at + 2], 16) >= 0) {
            at += 2;
        }
        int from = at;
        long value = 0;
        boolean overflow = false;
        for (; at < bytes.length && bytes[at] > 0 && Character.digit(bytes[at], radix) >= 0; at++) {
            overflow |= Long.compareUnsigned(value, Long.divideUnsigned(-1L, radix)) > 0;
            long more = value * radix + Character.digit(bytes[at], radix);
            overflow |= Long.compareUnsigned(more, value * radix) < 0;
            value = more;
        }
        if (at == from) {
            return NIL;
        }
        while (at < bytes.length && NumberText.isSpace(bytes[at])) {
            at++;
        }
        if (at < bytes.length) {
            return NIL;
        }
        return Num.of(unsigned(overflow ? -1L : negative ? -value : value));
    }

    static double unsigned(long value) {
        return value >= 0 ? value : (double) (value >>> 1 | value & 1) * 2;
    }

    /** What {@code tostring} answers without a metamethod. */
    private static LuaString toText(LuaValue value) {
        if (value instanceof LuaString) {
            return (LuaString) value;
        }
        if (value instanceof Num) {
            return ((Num) value).strvalue();
        }
        if (value == NIL || value instanceof LuaBoolean) {
            return Strings.of(value.tojstring());
        }
        if (value instanceof NullPointer) {
            return Strings.of("userdata: (nil)");
        }
        return Strings.of(String.format("%s: 0x7f%010x", value.typename(), System.identityHashCode(value)));
    }

    // ---- chunks

    private static int load(Frame frame) {
        LuaValue reader = frame.checkFunction(1);
        String name = frame.isNothing(2) ? "=(load)" : Strings.text(frame.checkString(2));
        int depth = frame.coroutine.javaDepth;
        byte[] source;
        try {
            source = readAll(frame, reader);
        } catch (ScriptError e) {
            recover(frame, depth);
            return refused(frame, e);
        }
        return compile(frame, source, name);
    }

    private static byte[] readAll(Frame frame, LuaValue reader) {
        ByteArrayOutputStream source = new ByteArrayOutputStream();
        for (;;) {
            LuaValue piece = frame.call(reader);
            if (piece == NIL) {
                break;
            }
            LuaString text = Machine.toText(piece);
            if (text == null) {
                throw frame.error("reader function must return a string");
            }
            if (text.m_length == 0) {
                break;
            }
            frame.hold(text.m_length);
            frame.machine.step();
            source.write(text.m_bytes, text.m_offset, text.m_length);
        }
        return source.toByteArray();
    }

    private static int loadString(Frame frame) {
        LuaString source = frame.checkString(1);
        String name = Strings.text(frame.optString(2, source));
        return compile(frame, Strings.bytes(source), name);
    }

    private static int compile(Frame frame, byte[] source, String name) {
        try {
            frame.machine.steps(source.length);
            Chunk chunk = new Chunk(Emitter.compile(source, chunkName(name, NAME_LENGTH),
                    chunkName(name, NAME_LENGTH_IN_SYNTAX_ERRORS), frame::hold));
            return frame.result(frame.machine.load(chunk, frame.machine.globals));
        } catch (ScriptError e) {
            return refused(frame, e);
        }
    }

    private static int refused(Frame frame, ScriptError error) {
        frame.push(NIL);
        frame.push(error.value());
        return 2;
    }

    /** A source as messages name it: a given name, or the beginning of the source itself. */
    private static String chunkName(String name, int limit) {
        int nul = name.indexOf('\0');
        String text = nul < 0 ? name : name.substring(0, nul);
        if (text.startsWith("=")) {
            return text.substring(1, Math.min(text.length(), limit));
        }
        if (text.startsWith("@")) {
            String file = text.substring(1);
            int room = limit - 8;
            return file.length() > room ? "..." + file.substring(file.length() - room) : file;
        }
        int end = text.indexOf('\n');
        int carriage = text.indexOf('\r');
        int length = Math.min(end < 0 ? text.length() : end, carriage < 0 ? text.length() : carriage);
        int room = limit - 17;
        length = Math.min(length, room);
        return "[string \"" + text.substring(0, length) + (length < text.length() ? "..." : "") + "\"]";
    }

    // ---- protected calls

    /** As Redis's own pcall: of an error that is a table, its text counts, or else is given besides. */
    private static int protectedCall(Frame frame) {
        if (frame.count() == 0) {
            return failed(frame, frame.coroutine.javaDepth, Strings.of("attempt to call a boolean value"));
        }
        Coroutine co = frame.coroutine;
        int depth = co.javaDepth;
        int function = co.top;
        all(frame);
        try {
            co.call(function, Coroutine.ALL);
        } catch (ScriptError e) {
            LuaValue error = e.value();
            LuaValue text = error instanceof Table ? ((Table) error).getRaw(Strings.of("err")) : null;
            if (text == null || Machine.toText(text) != null) {
                return failed(frame, depth, text == null ? error : text);
            }
            failed(frame, depth, error);
            frame.push(text);
            return 3;
        } catch (StackOverflowError e) {
            return failed(frame, depth, Strings.of("stack overflow"));
        }
        return succeeded(co, function);
    }

    private static int succeeded(Coroutine co, int function) {
        int results = co.top - function;
        co.push(NIL);
        System.arraycopy(co.stack, function, co.stack, function + 1, results);
        co.stack[function] = LuaValue.TRUE;
        return results + 1;
    }

    /** Goes back to a builtin after an error in what it called. */
    private static void recover(Frame frame, int depth) {
        Coroutine co = frame.coroutine;
        frame.machine.running = co;
        co.unwind(frame, depth);
        co.closeUpvalues(frame.end);
        co.top = frame.end;
    }

    private static int failed(Frame frame, int depth, LuaValue error) {
        recover(frame, depth);
        frame.push(LuaValue.FALSE);
        frame.push(error);
        return 2;
    }

    private static int protectedCallWithHandler(Frame frame) {
        frame.checkAny(2);
        Coroutine co = frame.coroutine;
        int depth = co.javaDepth;
        int function = co.top;
        frame.push(frame.arg(1));
        try {
            co.call(function, Coroutine.ALL);
        } catch (ScriptError e) {
            return failed(frame, depth, handle(frame, e.value()));
        } catch (StackOverflowError e) {
            return failed(frame, depth, Strings.of("stack overflow"));
        }
        return succeeded(co, function);
    }

    /** The handler runs before the stack is unwound, so that it can tell where the error was. */
    private static LuaValue handle(Frame frame, LuaValue error) {
        try {
            return frame.call(frame.arg(2), error);
        } catch (ScriptError e) {
            return Strings.of("error in error handling");
        }
    }
}
