package dev.respql.script;

import dev.respql.script.lua.Frame;
import dev.respql.script.lua.NullPointer;
import dev.respql.script.lua.Num;
import dev.respql.script.lua.NumberText;
import dev.respql.script.lua.ScriptError;
import dev.respql.script.lua.Table;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaValue;

/** One call of {@code cjson.encode}. */
final class JsonEncoder {
    private static final LuaValue NIL = LuaValue.NIL;
    /** By byte; null for one that stands for itself. */
    private static final byte[][] ESCAPES = new byte[256][];

    static {
        for (int c = 0; c < 32; c++) {
            ESCAPES[c] = ascii(String.format("\\u%04x", c));
        }
        ESCAPES[127] = ascii("\\u007f");
        ESCAPES['\b'] = ascii("\\b");
        ESCAPES['\t'] = ascii("\\t");
        ESCAPES['\n'] = ascii("\\n");
        ESCAPES['\f'] = ascii("\\f");
        ESCAPES['\r'] = ascii("\\r");
        ESCAPES['"'] = ascii("\\\"");
        ESCAPES['/'] = ascii("\\/");
        ESCAPES['\\'] = ascii("\\\\");
    }

    private final Frame frame;
    private final JsonLib settings;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Deque<Open> open = new ArrayDeque<>();

    JsonEncoder(Frame frame, JsonLib settings) {
        this.frame = frame;
        this.settings = settings;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** A table that is being written. Not on the Java stack, which a thousand of them might not fit. */
    private static final class Open {
        private final Table table;
        /** The largest index of an array; -1 for an object. */
        private final int length;
        private int at;

        Open(Table table, int length) {
            this.table = table;
            this.length = length;
            this.at = length > 0 ? 0 : -1;
        }
    }

    byte[] encode(LuaValue value) {
        append(value);
        while (!open.isEmpty()) {
            Open table = open.peek();
            if (table.length > 0) {
                nextItem(table);
            } else {
                nextField(table);
            }
        }
        return out.toByteArray();
    }

    private void append(LuaValue value) {
        frame.machine.steps(1);
        frame.hold(8);
        if (value instanceof LuaString) {
            string((LuaString) value);
        } else if (value instanceof Num) {
            number((Num) value);
        } else if (value == LuaValue.TRUE || value == LuaValue.FALSE) {
            out.writeBytes(ascii(value.tojstring()));
        } else if (value == NIL || value == NullPointer.INSTANCE) {
            out.writeBytes(ascii("null"));
        } else if (value instanceof Table) {
            begin((Table) value);
        } else {
            throw refuse(value, "type not supported");
        }
    }

    private ScriptError refuse(LuaValue value, String reason) {
        return frame.error("Cannot serialise " + value.typename() + ": " + reason);
    }

    private void string(LuaString text) {
        frame.hold(text.m_length);
        out.write('"');
        for (int i = 0; i < text.m_length; i++) {
            int c = text.m_bytes[text.m_offset + i] & 0xFF;
            if (ESCAPES[c] == null) {
                out.write(c);
            } else {
                out.writeBytes(ESCAPES[c]);
            }
        }
        out.write('"');
    }

    private void number(Num number) {
        double value = number.value;
        boolean invalid = Double.isNaN(value) || Double.isInfinite(value);
        if (invalid && settings.encodeInvalid == 0) {
            throw refuse(number, "must not be NaN or Inf");
        }
        if (invalid && settings.encodeInvalid == 2) {
            out.writeBytes(ascii("null"));
        } else if (Double.isNaN(value)) {
            out.writeBytes(ascii("nan"));
        } else {
            out.writeBytes(ascii(settings.precision == 14 ? NumberText.format(value)
                    : NumberText.formatG(value, settings.precision, false)));
        }
    }

    private void begin(Table table) {
        int depth = open.size() + 1;
        if (depth > Math.min(settings.encodeDepth, JsonLib.DEFAULT_DEPTH)) {
            throw frame.error("Cannot serialise, excessive nesting (" + depth + ")");
        }
        int length = arrayLength(table);
        out.write(length > 0 ? '[' : '{');
        open.push(new Open(table, length));
    }

    private void nextItem(Open array) {
        if (array.at == array.length) {
            out.write(']');
            open.pop();
            return;
        }
        if (array.at > 0) {
            out.write(',');
        }
        append(array.table.getRaw(++array.at));
    }

    private void nextField(Open object) {
        boolean first = object.at < 0;
        object.at = object.table.nextPosition(object.at);
        if (object.at < 0) {
            out.write('}');
            open.pop();
            return;
        }
        if (!first) {
            out.write(',');
        }
        key(object.table.keyAt(object.at));
        out.write(':');
        append(object.table.valueAt(object.at));
    }

    private void key(LuaValue key) {
        if (key instanceof Num) {
            out.write('"');
            number((Num) key);
            out.write('"');
        } else if (key instanceof LuaString) {
            string((LuaString) key);
        } else {
            throw refuse(key, "table key must be a number or string");
        }
    }

    /** The largest index of a table that has only indexes; -1 if it has other keys, or is too sparse. */
    private int arrayLength(Table table) {
        int largest = 0;
        int items = 0;
        for (int at = table.nextPosition(-1); at >= 0; at = table.nextPosition(at)) {
            LuaValue key = table.keyAt(at);
            double index = key instanceof Num ? ((Num) key).value : 0;
            if (index < 1 || index != Math.floor(index)) {
                return -1;
            }
            largest = index > largest ? (int) index : largest;
            items++;
        }
        if (settings.sparseRatio > 0 && largest > (long) items * settings.sparseRatio && largest > settings.sparseSafe) {
            if (settings.sparseConvert == 0) {
                throw refuse(table, "excessively sparse array");
            }
            return -1;
        }
        return largest;
    }
}
