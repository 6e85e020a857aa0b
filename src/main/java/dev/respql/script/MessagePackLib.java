package dev.respql.script;

import dev.respql.script.lua.Frame;
import dev.respql.script.lua.Library;
import dev.respql.script.lua.Machine;
import dev.respql.script.lua.Num;
import dev.respql.script.lua.Strings;
import dev.respql.script.lua.Table;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaValue;

/**
 * The library {@code cmsgpack}: MessagePack with the choices of lua-cmsgpack, as which table is an array, or which double
 * becomes a float. They are all there is to the format here, so a library for it would not have spared anything.
 */
final class MessagePackLib {
    private static final LuaValue NIL = LuaValue.NIL;
    private static final int MAXIMUM_NESTING = 16;

    private MessagePackLib() {
    }

    static Table create(Machine machine) {
        Table table = new Library(new Table(machine))
                .add("pack", MessagePackLib::pack)
                .add("unpack", frame -> unpack(frame, 0, 0))
                .add("unpack_limit", frame -> {
                    int limit = frame.checkInt(2);
                    return unpack(frame, limit, frame.optInt(3, 0));
                })
                .add("unpack_one", frame -> unpack(frame, 1, frame.optInt(2, 0)))
                .table();
        table.setRaw("_NAME", Strings.of("cmsgpack"));
        table.setRaw("_VERSION", Strings.of("lua-cmsgpack 0.4.0"));
        table.setRaw("_COPYRIGHT", Strings.of("Copyright (C) 2012, Salvatore Sanfilippo"));
        table.setRaw("_DESCRIPTION", Strings.of("MessagePack C implementation for Lua"));
        return table;
    }

    // ---- packing

    private static int pack(Frame frame) {
        if (frame.count() == 0) {
            throw frame.badArgument(0, "MessagePack pack needs input.");
        }
        Packer packer = new Packer(frame);
        for (int i = 1; i <= frame.count(); i++) {
            packer.pack(frame.arg(i), 0);
        }
        return frame.result(packer.out.toByteArray());
    }

    private static final class Packer {
        private final Frame frame;
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Packer(Frame frame) {
            this.frame = frame;
        }

        void pack(LuaValue value, int level) {
            frame.machine.steps(1);
            frame.hold(8);
            if (value instanceof LuaString) {
                string((LuaString) value);
            } else if (value instanceof Num) {
                number(((Num) value).value);
            } else if (value == LuaValue.TRUE || value == LuaValue.FALSE) {
                out.write(value == LuaValue.TRUE ? 0xC3 : 0xC2);
            } else if (value instanceof Table && level < MAXIMUM_NESTING) {
                table((Table) value, level);
            } else {
                out.write(0xC0);
            }
        }

        private void big(long value, int bytes) {
            for (int i = bytes - 1; i >= 0; i--) {
                out.write((int) (value >>> 8 * i));
            }
        }

        private void string(LuaString text) {
            int length = text.m_length;
            if (length < 32) {
                out.write(0xA0 | length);
            } else if (length <= 0xFF) {
                out.write(0xD9);
                big(length, 1);
            } else if (length <= 0xFFFF) {
                out.write(0xDA);
                big(length, 2);
            } else {
                out.write(0xDB);
                big(length, 4);
            }
            frame.hold(length);
            out.write(text.m_bytes, text.m_offset, length);
        }

        private void number(double number) {
            if (number >= -0x1p63 && number < 0x1p63 && (long) number == number) {
                integer((long) number);
            } else if ((float) number == number) {
                out.write(0xCA);
                big(Float.floatToRawIntBits((float) number), 4);
            } else {
                out.write(0xCB);
                big(Double.doubleToRawLongBits(number), 8);
            }
        }

        private void integer(long value) {
            if (value >= -32 && value <= 127) {
                out.write((int) value);
            } else if (value >= 0) {
                int power = value <= 0xFF ? 0 : value <= 0xFFFF ? 1 : value <= 0xFFFFFFFFL ? 2 : 3;
                out.write(0xCC + power);
                big(value, 1 << power);
            } else {
                int power = value >= Byte.MIN_VALUE ? 0 : value >= Short.MIN_VALUE ? 1 : value >= Integer.MIN_VALUE ? 2 : 3;
                out.write(0xD0 + power);
                big(value, 1 << power);
            }
        }

        private void table(Table table, int level) {
            if (isArray(table)) {
                int length = table.border();
                header(length, 0x90, 0xDC);
                for (int i = 1; i <= length; i++) {
                    pack(table.getRaw(i), level + 1);
                }
                return;
            }
            int size = 0;
            for (int at = table.nextPosition(-1); at >= 0; at = table.nextPosition(at)) {
                size++;
            }
            header(size, 0x80, 0xDE);
            for (int at = table.nextPosition(-1); at >= 0; at = table.nextPosition(at)) {
                pack(table.keyAt(at), level + 1);
                pack(table.valueAt(at), level + 1);
            }
        }

        private void header(int size, int small, int large) {
            if (size <= 15) {
                out.write(small | size);
            } else {
                out.write(size <= 0xFFFF ? large : large + 1);
                big(size, size <= 0xFFFF ? 2 : 4);
            }
        }

        /** Whether its keys are the integers from 1 on, none missing. */
        private static boolean isArray(Table table) {
            double largest = 0;
            int count = 0;
            for (int at = table.nextPosition(-1); at >= 0; at = table.nextPosition(at)) {
                LuaValue key = table.keyAt(at);
                double number = key instanceof Num ? ((Num) key).value : 0;
                if (number < 1 || number != Math.rint(number)) {
                    return false;
                }
                largest = Math.max(largest, number);
                count++;
            }
            return largest == count;
        }
    }

    // ---- unpacking

    /** Neither a limit nor an offset: all there is. */
    private static int unpack(Frame frame, int limit, int offset) {
        byte[] data = Strings.bytes(frame.checkString(1));
        if (offset < 0 || limit < 0) {
            throw frame.error("Invalid request to unpack with offset of " + offset + " and limit of " + data.length + ".");
        }
        if (offset > data.length) {
            throw frame.error("Start offset " + offset + " greater than input length " + data.length + ".");
        }
        boolean all = limit == 0 && offset == 0;
        Unpacker unpacker = new Unpacker(frame, data, offset);
        int count = 0;
        LuaValue[] values = new LuaValue[8];
        while (unpacker.at < data.length && (all || count < limit)) {
            frame.checkRoom(count + 1, "too many return values at once; use unpack_one or unpack_limit instead.");
            if (count == values.length) {
                values = Arrays.copyOf(values, count * 2);
            }
            values[count++] = unpacker.next();
        }
        if (!all) {
            frame.push(Num.of(unpacker.at == data.length ? -1 : unpacker.at));
        }
        for (int i = 0; i < count; i++) {
            frame.push(values[i]);
        }
        return all ? count : count + 1;
    }

    private static final class Unpacker {
        /** Redis allows some more; each level costs Java stack. */
        private static final int MAXIMUM_DEPTH = 1000;

        private final Frame frame;
        private final byte[] data;
        private int at;
        private int depth;

        Unpacker(Frame frame, byte[] data, int from) {
            this.frame = frame;
            this.data = data;
            this.at = from;
        }

        LuaValue next() {
            frame.machine.steps(1);
            int type = (int) read(1);
            if (type <= 0x7F) {
                return Num.of(type);
            }
            if (type >= 0xE0) {
                return Num.of((byte) type);
            }
            if (type < 0x90) {
                return map(type & 15);
            }
            if (type < 0xA0) {
                return array(type & 15);
            }
            if (type < 0xC0) {
                return string(type & 31);
            }
            switch (type) {
                case 0xC0:
                    return NIL;
                case 0xC2:
                    return LuaValue.FALSE;
                case 0xC3:
                    return LuaValue.TRUE;
                case 0xCA:
                    return Num.of((double) Float.intBitsToFloat((int) read(4)));
                case 0xCB:
                    return Num.of(Double.longBitsToDouble(read(8)));
                case 0xCC: case 0xCD: case 0xCE:
                    return Num.of((double) read(1 << type - 0xCC));
                case 0xD0:
                    return Num.of((byte) read(1));
                case 0xD1:
                    return Num.of((short) read(2));
                case 0xD2:
                    return Num.of((int) read(4));
                case 0xCF: case 0xD3:
                    return Num.of((double) read(8));
                case 0xD9: case 0xDA: case 0xDB:
                    return string(read(1 << type - 0xD9));
                case 0xDC: case 0xDD:
                    return array(read(2 << type - 0xDC));
                case 0xDE: case 0xDF:
                    return map(read(2 << type - 0xDE));
                default:
                    throw frame.error("Bad data format in input.");
            }
        }

        private void need(long bytes) {
            if (data.length - at < bytes) {
                throw frame.error("Missing bytes in input.");
            }
        }

        private long read(int bytes) {
            need(bytes);
            long value = 0;
            for (int i = 0; i < bytes; i++) {
                value = value << 8 | data[at++] & 0xFF;
            }
            return value;
        }

        private LuaString string(long length) {
            need(length);
            frame.machine.allocate(length);
            LuaString text = Strings.copyOf(data, at, (int) length);
            at += (int) length;
            return text;
        }

        private void enter(String what) {
            if (++depth > MAXIMUM_DEPTH) {
                throw frame.error("stack overflow (in function mp_decode_to_lua_" + what + ")");
            }
        }

        private Table array(long length) {
            enter("array");
            Table table = new Table(frame.machine);
            for (long i = 1; i <= length; i++) {
                table.setRaw((int) i, next());
            }
            depth--;
            return table;
        }

        private Table map(long size) {
            enter("hash");
            Table table = new Table(frame.machine);
            for (long i = 0; i < size; i++) {
                LuaValue key = next();
                LuaValue value = next();
                frame.checkKey(key);
                table.setRaw(key, value);
            }
            depth--;
            return table;
        }
    }
}
