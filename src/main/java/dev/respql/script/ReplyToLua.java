package dev.respql.script;

import dev.respql.protocol.Reply;
import dev.respql.script.lua.Machine;
import dev.respql.script.lua.Num;
import dev.respql.script.lua.Strings;
import dev.respql.script.lua.Table;
import dev.respql.value.Numbers;
import java.util.List;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaValue;

/** What a command answered, as a script sees it by the protocol version that it has chosen. */
final class ReplyToLua {
    private static final LuaString OK = Strings.of("ok");
    private static final LuaString ERR = Strings.of("err");
    private static final LuaString ALREADY_COUNTED = Strings.of("ignore_error_stats_update");

    private final Machine machine;
    private int version = 2;

    ReplyToLua(Machine machine) {
        this.machine = machine;
    }

    /** 2, or 3 after {@code redis.setresp(3)}. */
    int version() {
        return version;
    }

    void setVersion(int version) {
        this.version = version;
    }

    LuaValue convert(Reply reply) {
        if (reply instanceof Reply.Bulk) {
            return machine.string(((Reply.Bulk) reply).bytes());
        }
        if (reply instanceof Reply.Int) {
            return Num.of((double) ((Reply.Int) reply).value());
        }
        if (reply instanceof Reply.Simple) {
            return single(OK, string(((Reply.Simple) reply).text()));
        }
        if (reply instanceof Reply.Array) {
            return list(((Reply.Array) reply).items());
        }
        if (reply instanceof Reply.Error) {
            return error(((Reply.Error) reply).text());
        }
        if (reply instanceof Reply.Versioned) {
            Reply.Versioned versioned = (Reply.Versioned) reply;
            return convert(version >= 3 ? versioned.resp3() : versioned.resp2());
        }
        if (reply instanceof Reply.Push) {
            return list(((Reply.Push) reply).items());
        }
        return version >= 3 ? convert3(reply) : convert2(reply);
    }

    /** An error that a command replied with. */
    Table error(String text) {
        Table table = single(ERR, string(text));
        table.setRaw(ALREADY_COUNTED, LuaValue.TRUE);
        return table;
    }

    private LuaValue convert2(Reply reply) {
        if (reply instanceof Reply.MapOf) {
            return list(((Reply.MapOf) reply).keysAndValues());
        }
        if (reply instanceof Reply.SetOf) {
            return list(((Reply.SetOf) reply).items());
        }
        if (reply instanceof Reply.Dbl) {
            return machine.string(Numbers.formatDouble(((Reply.Dbl) reply).value()));
        }
        if (reply instanceof Reply.Bool) {
            return ((Reply.Bool) reply).value() ? Num.ONE : Num.ZERO;
        }
        if (reply instanceof Reply.Verbatim) {
            return machine.string(((Reply.Verbatim) reply).bytes());
        }
        if (reply instanceof Reply.BigNumber) {
            return string(((Reply.BigNumber) reply).digits());
        }
        return LuaValue.FALSE;
    }

    private LuaValue convert3(Reply reply) {
        if (reply instanceof Reply.MapOf) {
            return map(((Reply.MapOf) reply).keysAndValues());
        }
        if (reply instanceof Reply.SetOf) {
            Table members = new Table(machine);
            for (Reply item : ((Reply.SetOf) reply).items()) {
                LuaValue member = convert(item);
                if (member != LuaValue.NIL) {
                    members.setRaw(member, LuaValue.TRUE);
                }
            }
            return single(Strings.of("set"), members);
        }
        if (reply instanceof Reply.Dbl) {
            return single(Strings.of("double"), Num.of(((Reply.Dbl) reply).value()));
        }
        if (reply instanceof Reply.Bool) {
            return LuaValue.valueOf(((Reply.Bool) reply).value());
        }
        if (reply instanceof Reply.Verbatim) {
            Reply.Verbatim verbatim = (Reply.Verbatim) reply;
            Table text = new Table(machine);
            text.setRaw("format", string(verbatim.format()));
            text.setRaw("string", machine.string(verbatim.bytes()));
            return single(Strings.of("verbatim_string"), text);
        }
        if (reply instanceof Reply.BigNumber) {
            return single(Strings.of("big_number"), string(((Reply.BigNumber) reply).digits()));
        }
        return LuaValue.NIL;
    }

    private LuaValue map(List<? extends Reply> keysAndValues) {
        Table map = new Table(machine);
        for (int i = 0; i < keysAndValues.size(); i += 2) {
            LuaValue key = convert(keysAndValues.get(i));
            LuaValue value = convert(keysAndValues.get(i + 1));
            if (key != LuaValue.NIL) {
                map.setRaw(key, value);
            }
        }
        return single(Strings.of("map"), map);
    }

    private Table list(List<? extends Reply> items) {
        Table list = new Table(machine);
        for (int i = 0; i < items.size(); i++) {
            list.setRaw(i + 1, convert(items.get(i)));
        }
        return list;
    }

    private Table single(LuaString key, LuaValue value) {
        Table table = new Table(machine);
        table.setRaw(key, value);
        return table;
    }

    private LuaString string(String text) {
        return machine.string(ScriptEngine.latin1(text));
    }
}
