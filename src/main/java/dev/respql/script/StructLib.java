package dev.respql.script;

import dev.respql.script.lua.Frame;
import dev.respql.script.lua.Library;
import dev.respql.script.lua.Machine;
import dev.respql.script.lua.Num;
import dev.respql.script.lua.Strings;
import dev.respql.script.lua.Table;
import java.io.ByteArrayOutputStream;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaValue;

/** The library {@code struct}: values to and from the layouts of C structures on x86-64. */
final class StructLib {
    private StructLib() {
    }

    static Table create(Machine machine) {
        return new Library(new Table(machine))
                .add("pack", StructLib::pack)
                .add("size", StructLib::size)
                .add("unpack", StructLib::unpack)
                .table();
    }

    /** Reads a format, one option after the other. */
    private static final class Format {
        private static final int MAXIMUM_INTEGER = 32;
        private static final int LARGEST_ALIGNMENT = 8;
        private static final int INT = 4;

        private final Frame frame;
        private final byte[] text;
        private int at;
        private boolean bigEndian;
        private int alignment = 1;

        Format(Frame frame) {
            this.frame = frame;
            this.text = Strings.bytes(frame.checkString(1));
        }

        boolean hasNext() {
            return peek() != 0;
        }

        private int peek() {
            return at < text.length ? text[at] & 0xFF : 0;
        }

        int next() {
            return text[at++] & 0xFF;
        }

        private int number(int otherwise) {
            if (!isDigit(peek())) {
                return otherwise;
            }
            long number = 0;
            while (isDigit(peek())) {
                number = number * 10 + peek() - '0';
                if (number > Integer.MAX_VALUE) {
                    throw frame.error("integral size overflow");
                }
                at++;
            }
            return (int) number;
        }

        private static boolean isDigit(int c) {
            return c >= '0' && c <= '9';
        }

        /** The bytes that a value of an option takes; 0 where the option does not say. */
        int size(int option) {
            switch (option) {
                case 'B': case 'b': case 'x':
                    return 1;
                case 'H': case 'h':
                    return 2;
                case 'f':
                    return 4;
                case 'L': case 'l': case 'T': case 'd':
                    return 8;
                case 'c':
                    return number(1);
                case 'I': case 'i': {
                    int size = number(INT);
                    if (size > MAXIMUM_INTEGER) {
                        throw frame.error("integral size " + size + " is larger than limit of " + MAXIMUM_INTEGER);
                    }
                    return size;
                }
                default:
                    return 0;
            }
        }

        int padding(int position, int option, int size) {
            if (size == 0 || option == 'c') {
                return 0;
            }
            int unit = Math.min(size, alignment);
            return unit - (position & unit - 1) & unit - 1;
        }

        /** Handles an option that stands for no value. */
        void control(int option) {
            switch (option) {
                case ' ':
                    return;
                case '>':
                    bigEndian = true;
                    return;
                case '<':
                    bigEndian = false;
                    return;
                case '!': {
                    int wanted = number(LARGEST_ALIGNMENT);
                    if (wanted <= 0 || (wanted & wanted - 1) != 0) {
                        throw frame.error("alignment " + wanted + " is not a power of 2");
                    }
                    alignment = wanted;
                    return;
                }
                default:
                    throw frame.badArgument(1, "invalid format option '" + (char) option + "'");
            }
        }

        void write(ByteArrayOutputStream out, long value, int size) {
            for (int i = 0; i < size; i++) {
                int place = bigEndian ? size - 1 - i : i;
                out.write(place < 8 ? (int) (value >>> 8 * place) : 0);
            }
        }

        long read(byte[] data, int position, int size) {
            long value = 0;
            for (int i = 0; i < size; i++) {
                value = value << 8 | data[position + (bigEndian ? i : size - 1 - i)] & 0xFF;
            }
            return value;
        }
    }

    private static int pack(Frame frame) {
        Format format = new Format(frame);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int argument = 2;
        while (format.hasNext()) {
            int option = format.next();
            int size = format.size(option);
            frame.machine.steps(1);
            for (int i = format.padding(out.size(), option, size); i > 0; i--) {
                out.write(0);
            }
            switch (option) {
                case 'b': case 'B': case 'h': case 'H': case 'l': case 'L': case 'T': case 'i': case 'I':
                    format.write(out, integer(number(frame, argument++)), size);
                    break;
                case 'x':
                    out.write(0);
                    break;
                case 'f':
                    format.write(out, Float.floatToRawIntBits((float) number(frame, argument++)) & 0xFFFFFFFFL, size);
                    break;
                case 'd':
                    format.write(out, Double.doubleToRawLongBits(number(frame, argument++)), size);
                    break;
                case 'c': case 's': {
                    LuaString text = frame.checkString(argument++);
                    int length = size == 0 ? text.m_length : size;
                    if (text.m_length < length) {
                        throw frame.badArgument(argument, "string too short");
                    }
                    frame.hold(length);
                    out.write(text.m_bytes, text.m_offset, length);
                    if (option == 's') {
                        out.write(0);
                    }
                    break;
                }
                default:
                    format.control(option);
            }
        }
        return frame.result(out.toByteArray());
    }

    private static double number(Frame frame, int argument) {
        if (frame.isMissing(argument)) {
            throw frame.badArgument(argument, "number expected, got nil");
        }
        return frame.checkNumber(argument);
    }

    /** As C casts it: negative numbers by way of a signed integer. */
    private static long integer(double number) {
        return number >= 0x1p63 ? number < 0x1p64 ? (long) (number - 0x1p63) ^ Long.MIN_VALUE : 0
                : number >= -0x1p63 ? (long) number : Long.MIN_VALUE;
    }

    private static int size(Frame frame) {
        Format format = new Format(frame);
        int total = 0;
        while (format.hasNext()) {
            int option = format.next();
            int size = format.size(option);
            total += format.padding(total, option, size);
            if (option == 's') {
                throw frame.badArgument(1, "option 's' has no fixed size");
            }
            if (option == 'c' && size == 0) {
                throw frame.badArgument(1, "option 'c0' has no fixed size");
            }
            if (!Character.isLetterOrDigit(option)) {
                format.control(option);
            }
            total += size;
        }
        return frame.result(total);
    }

    private static int unpack(Frame frame) {
        Format format = new Format(frame);
        byte[] data = Strings.bytes(frame.checkString(2));
        long start = frame.isNothing(3) ? 1 : frame.checkLong(3);
        if (start == 0) {
            throw frame.badArgument(3, "offset must be 1 or greater");
        }
        int position = start < 0 ? Integer.MAX_VALUE / 2 : (int) Math.min(start - 1, Integer.MAX_VALUE / 2);
        int results = 0;
        LuaValue last = LuaValue.NIL;
        while (format.hasNext()) {
            int option = format.next();
            int size = format.size(option);
            position += format.padding(position, option, size);
            checkData(frame, data, position, size);
            frame.checkRoom(2, "too many results");
            LuaValue value = null;
            switch (option) {
                case 'b': case 'B': case 'h': case 'H': case 'l': case 'L': case 'T': case 'i': case 'I':
                    value = number(format.read(data, position, size), size, option >= 'a');
                    break;
                case 'x':
                    break;
                case 'f':
                    value = Num.of((double) Float.intBitsToFloat((int) format.read(data, position, size)));
                    break;
                case 'd':
                    value = Num.of(Double.longBitsToDouble(format.read(data, position, size)));
                    break;
                case 'c':
                    if (size == 0) {
                        if (results == 0 || !(last instanceof Num)) {
                            throw frame.error("format 'c0' needs a previous size");
                        }
                        frame.pop();
                        results--;
                        double wanted = ((Num) last).value;
                        size = wanted >= 0 && wanted <= data.length ? (int) wanted : data.length + 1;
                        checkData(frame, data, position, size);
                    }
                    value = Strings.copyOf(data, position, size);
                    break;
                case 's': {
                    int end = position;
                    while (end < data.length && data[end] != 0) {
                        end++;
                    }
                    if (end == data.length) {
                        throw frame.error("unfinished string in data");
                    }
                    size = end - position + 1;
                    value = Strings.copyOf(data, position, size - 1);
                    break;
                }
                default:
                    format.control(option);
            }
            if (value != null) {
                frame.machine.allocate(size);
                frame.push(value);
                last = value;
                results++;
            }
            position += size;
        }
        frame.push(Num.of(position + 1));
        return results + 1;
    }

    private static void checkData(Frame frame, byte[] data, int position, int size) {
        if (size > data.length || position > data.length - size) {
            throw frame.badArgument(2, "data string too short");
        }
    }

    private static Num number(long bits, int size, boolean signed) {
        if (!signed) {
            return Num.of(bits >= 0 ? bits : (bits >>> 1 | bits & 1) * 2.0);
        }
        int unused = Math.max(64 - 8 * size, 0);
        return Num.of((double) (bits << unused >> unused));
    }
}
