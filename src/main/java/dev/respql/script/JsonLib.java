package dev.respql.script;

import dev.respql.script.lua.Frame;
import dev.respql.script.lua.Library;
import dev.respql.script.lua.Machine;
import dev.respql.script.lua.NullPointer;
import dev.respql.script.lua.Num;
import dev.respql.script.lua.Strings;
import dev.respql.script.lua.Table;
import java.util.List;
import org.luaj.vm2.LuaValue;

/** The library {@code cjson}, an instance of it with its settings. */
final class JsonLib {
    /** Also the greatest, whatever a script sets: each level costs Java stack. */
    static final int DEFAULT_DEPTH = 1000;
    private static final int DEFAULT_PRECISION = 14;
    private static final List<String> SWITCH = List.of("off", "on");
    private static final List<String> SWITCH_OR_NULL = List.of("off", "on", "null");

    // Settings. Switches are indexes into their list of names.
    int sparseConvert;
    int sparseRatio;
    int sparseSafe;
    int encodeDepth;
    int decodeDepth;
    int encodeInvalid;
    int decodeInvalid;
    int precision;
    private int keepBuffer;

    JsonLib() {
        reset();
    }

    /** Settings of one script are not those of the next. */
    void reset() {
        sparseConvert = 0;
        sparseRatio = 2;
        sparseSafe = 10;
        encodeDepth = DEFAULT_DEPTH;
        decodeDepth = DEFAULT_DEPTH;
        encodeInvalid = 0;
        decodeInvalid = 1;
        precision = DEFAULT_PRECISION;
        keepBuffer = 1;
    }

    Table create(Machine machine) {
        Table table = new Library(new Table(machine))
                .add("decode", frame -> {
                    checkCount(frame);
                    return frame.result(new JsonDecoder(frame, this).decode());
                })
                .add("decode_invalid_numbers", frame -> {
                    checkMost(frame, 1);
                    decodeInvalid = choice(frame, 1, decodeInvalid, SWITCH);
                    return 1;
                })
                .add("decode_max_depth", frame -> {
                    checkMost(frame, 1);
                    decodeDepth = integer(frame, 1, decodeDepth, 1, Integer.MAX_VALUE);
                    return 1;
                })
                .add("encode", frame -> {
                    checkCount(frame);
                    return frame.result(new JsonEncoder(frame, this).encode(frame.arg(1)));
                })
                .add("encode_invalid_numbers", frame -> {
                    checkMost(frame, 1);
                    encodeInvalid = choice(frame, 1, encodeInvalid, SWITCH_OR_NULL);
                    return 1;
                })
                .add("encode_keep_buffer", frame -> {
                    checkMost(frame, 1);
                    keepBuffer = choice(frame, 1, keepBuffer, SWITCH);
                    return 1;
                })
                .add("encode_max_depth", frame -> {
                    checkMost(frame, 1);
                    encodeDepth = integer(frame, 1, encodeDepth, 1, Integer.MAX_VALUE);
                    return 1;
                })
                .add("encode_number_precision", frame -> {
                    checkMost(frame, 1);
                    precision = integer(frame, 1, precision, 1, DEFAULT_PRECISION);
                    return 1;
                })
                .add("encode_sparse_array", frame -> {
                    checkMost(frame, 3);
                    sparseConvert = choice(frame, 1, sparseConvert, SWITCH);
                    sparseRatio = integer(frame, 2, sparseRatio, 0, Integer.MAX_VALUE);
                    sparseSafe = integer(frame, 3, sparseSafe, 0, Integer.MAX_VALUE);
                    return 3;
                })
                .add("new", frame -> frame.result(new JsonLib().create(frame.machine)))
                .table();
        table.setRaw("null", NullPointer.INSTANCE);
        table.setRaw("_NAME", Strings.of("cjson"));
        table.setRaw("_VERSION", Strings.of("2.1.0"));
        return table;
    }

    private static void checkCount(Frame frame) {
        if (frame.count() != 1) {
            throw frame.badArgument(1, "expected 1 argument");
        }
    }

    private static void checkMost(Frame frame, int most) {
        if (frame.count() > most) {
            throw frame.badArgument(most + 1, "found too many arguments");
        }
    }

    /** Reads a setting unless nil was given, and pushes what it is then. Errors name the first argument, whichever it is. */
    private static int integer(Frame frame, int argument, int current, int least, int most) {
        int setting = current;
        if (!frame.isNothing(argument)) {
            setting = frame.checkInt(argument);
            if (setting < least || setting > most) {
                throw frame.badArgument(1, "expected integer between " + least + " and " + most);
            }
        }
        frame.push(Num.of(setting));
        return setting;
    }

    /** The same for a setting that is one of some names; the first two may be given, and are pushed, as booleans. */
    private static int choice(Frame frame, int argument, int current, List<String> names) {
        LuaValue given = frame.arg(argument);
        int setting = current;
        if (given == LuaValue.TRUE || given == LuaValue.FALSE) {
            setting = given == LuaValue.TRUE ? 1 : 0;
        } else if (given != LuaValue.NIL) {
            String name = Strings.text(frame.checkString(argument));
            setting = names.indexOf(name);
            if (setting < 0) {
                throw frame.badArgument(argument, "invalid option '" + name + "'");
            }
        }
        frame.push(setting < 2 ? LuaValue.valueOf(setting == 1) : Strings.of(names.get(setting)));
        return setting;
    }
}
