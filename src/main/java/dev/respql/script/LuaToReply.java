package dev.respql.script;

import dev.respql.protocol.Reply;
import dev.respql.script.lua.Machine;
import dev.respql.script.lua.Num;
import dev.respql.script.lua.Strings;
import dev.respql.script.lua.Table;
import java.util.ArrayList;
import java.util.List;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaValue;

/** What a script returns, as a reply: numbers are cut to integers, lists end at nil, tables with known fields are more. */
final class LuaToReply {
    private static final LuaValue NIL = LuaValue.NIL;
    /** Redis allows some more; each level costs Java stack, here and where the reply is written. */
    private static final int MAXIMUM_DEPTH = 500;
    private static final LuaString ERR = Strings.of("err");
    private static final LuaString OK = Strings.of("ok");
    private static final LuaString DOUBLE = Strings.of("double");
    private static final LuaString MAP = Strings.of("map");
    private static final LuaString SET = Strings.of("set");
    private static final LuaString BIG_NUMBER = Strings.of("big_number");
    private static final LuaString VERBATIM = Strings.of("verbatim_string");

    private final Machine machine;
    private final int version;

    /** @param version the protocol version that the script has chosen, which decides what booleans are */
    LuaToReply(Machine machine, int version) {
        this.machine = machine;
        this.version = version;
    }

    Reply convert(LuaValue value) {
        return convert(value, 0);
    }

    private Reply convert(LuaValue value, int depth) {
        if (value instanceof LuaString) {
            return new Reply.Bulk(Strings.bytes((LuaString) value));
        }
        if (value instanceof Num) {
            return Reply.integer(toLong(((Num) value).value));
        }
        if (value == LuaValue.TRUE || value == LuaValue.FALSE) {
            boolean truth = value == LuaValue.TRUE;
            return version >= 3 ? new Reply.Bool(truth) : truth ? Reply.ONE : Reply.NULL;
        }
        return value instanceof Table ? table((Table) value, depth) : Reply.NULL;
    }

    private static long toLong(double value) {
        return value >= -0x1p63 && value < 0x1p63 ? (long) value : Long.MIN_VALUE;
    }

    private Reply table(Table table, int depth) {
        if (depth > MAXIMUM_DEPTH) {
            return new Reply.Error("ERR reached lua stack limit");
        }
        LuaValue value = table.getRaw(ERR);
        if (value instanceof LuaString) {
            return new Reply.Error(Strings.text((LuaString) value));
        }
        value = table.getRaw(OK);
        if (value instanceof LuaString) {
            return new Reply.Simple(Strings.text((LuaString) value).replace('\r', ' ').replace('\n', ' '));
        }
        value = table.getRaw(DOUBLE);
        if (value instanceof Num) {
            return new Reply.Dbl(((Num) value).value);
        }
        value = table.getRaw(MAP);
        if (value instanceof Table) {
            return new Reply.MapOf(pairs((Table) value, depth, true));
        }
        value = table.getRaw(SET);
        if (value instanceof Table) {
            return new Reply.SetOf(pairs((Table) value, depth, false));
        }
        value = table.getRaw(BIG_NUMBER);
        if (value instanceof LuaString) {
            return new Reply.BigNumber(Strings.text((LuaString) value).replace('\r', ' ').replace('\n', ' '));
        }
        value = table.getRaw(VERBATIM);
        if (value instanceof Table) {
            LuaValue text = ((Table) value).getRaw(Strings.of("string"));
            LuaValue format = ((Table) value).getRaw(Strings.of("format"));
            if (text instanceof LuaString && format instanceof LuaString) {
                return new Reply.Verbatim(threeLetters(Strings.text((LuaString) format)), Strings.bytes((LuaString) text));
            }
        }
        return list(table, depth);
    }

    private static String threeLetters(String format) {
        return (format + "   ").substring(0, 3);
    }

    private List<Reply> pairs(Table table, int depth, boolean withValues) {
        List<Reply> items = new ArrayList<>();
        for (int at = table.nextPosition(-1); at >= 0; at = table.nextPosition(at)) {
            count();
            items.add(convert(table.keyAt(at), depth + 1));
            if (withValues) {
                items.add(convert(table.valueAt(at), depth + 1));
            }
        }
        return items;
    }

    private Reply list(Table table, int depth) {
        List<Reply> items = new ArrayList<>();
        for (int i = 1;; i++) {
            LuaValue item = table.getRaw(i);
            if (item == NIL) {
                return items.isEmpty() ? Reply.EMPTY_ARRAY : new Reply.Array(items);
            }
            count();
            items.add(convert(item, depth + 1));
        }
    }

    /** A table that contains itself many times over would become an endless reply. */
    private void count() {
        machine.steps(1);
        machine.hold(Reply.OVERHEAD);
    }
}
