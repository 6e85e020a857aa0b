package dev.respql.script.lua;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaValue;

/** The library {@code string}; {@code string.dump} dumps nothing, since there is no bytecode to load. */
final class StringLib {
    private static final LuaValue NIL = LuaValue.NIL;
    private static final String PATTERN_CHARACTERS = "^$*+?.([%-";

    private StringLib() {
    }

    static Table create(Machine machine) {
        Table table = new Library(new Table(machine))
                .add("byte", StringLib::bytes)
                .add("char", StringLib::fromBytes)
                .add("dump", frame -> {
                    frame.checkFunction(1);
                    throw frame.error("unable to dump given function");
                })
                .add("find", frame -> find(frame, true))
                .add("format", frame -> new StringFormat(frame).run())
                .add("gmatch", StringLib::matches)
                .add("gsub", StringLib::substitute)
                .add("len", frame -> frame.result(frame.checkString(1).m_length))
                .add("lower", frame -> changeCase(frame, 'A', 'Z', 'a' - 'A'))
                .add("match", frame -> find(frame, false))
                .add("rep", StringLib::repeat)
                .add("reverse", StringLib::reverse)
                .add("sub", StringLib::part)
                .add("upper", frame -> changeCase(frame, 'a', 'z', 'A' - 'a'))
                .table();
        table.setRaw("gfind", table.getRaw(Strings.of("gmatch")));
        return table;
    }

    /** A position from 1; from the end if negative; 0 if that is before the beginning. */
    private static long position(long position, int length) {
        long fromStart = position < 0 ? position + length + 1 : position;
        return Math.max(fromStart, 0);
    }

    private static int bytes(Frame frame) {
        LuaString text = frame.checkString(1);
        long from = position(frame.isNothing(2) ? 1 : frame.checkLong(2), text.m_length);
        long to = position(frame.isNothing(3) ? from : frame.checkLong(3), text.m_length);
        from = Math.max(from, 1);
        to = Math.min(to, text.m_length);
        if (from > to) {
            return 0;
        }
        int count = (int) (to - from + 1);
        frame.checkRoom(count, "string slice too long");
        frame.coroutine.ensure(count);
        for (int i = 0; i < count; i++) {
            frame.push(Num.of(text.m_bytes[text.m_offset + (int) from - 1 + i] & 0xFF));
        }
        return count;
    }

    private static int fromBytes(Frame frame) {
        byte[] bytes = new byte[frame.count()];
        for (int i = 0; i < bytes.length; i++) {
            int code = frame.checkInt(i + 1);
            if (code < 0 || code > 255) {
                throw frame.badArgument(i + 1, "invalid value");
            }
            bytes[i] = (byte) code;
        }
        return frame.result(bytes);
    }

    private static int changeCase(Frame frame, int from, int to, int difference) {
        LuaString text = frame.checkString(1);
        frame.machine.allocate(text.m_length);
        byte[] bytes = Arrays.copyOfRange(text.m_bytes, text.m_offset, text.m_offset + text.m_length);
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] >= from && bytes[i] <= to) {
                bytes[i] += (byte) difference;
            }
        }
        return frame.result(Strings.of(bytes));
    }

    private static int repeat(Frame frame) {
        LuaString text = frame.checkString(1);
        int count = frame.checkInt(2);
        long length = (long) Math.max(count, 0) * text.m_length;
        frame.machine.allocate(length);
        if (length > Integer.MAX_VALUE - 16) {
            throw new ScriptError("not enough memory");
        }
        byte[] bytes = new byte[(int) length];
        for (int at = 0; at < bytes.length; at += text.m_length) {
            System.arraycopy(text.m_bytes, text.m_offset, bytes, at, text.m_length);
        }
        return frame.result(Strings.of(bytes));
    }

    private static int reverse(Frame frame) {
        LuaString text = frame.checkString(1);
        frame.machine.allocate(text.m_length);
        byte[] bytes = new byte[text.m_length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = text.m_bytes[text.m_offset + bytes.length - 1 - i];
        }
        return frame.result(Strings.of(bytes));
    }

    private static int part(Frame frame) {
        LuaString text = frame.checkString(1);
        long from = Math.max(position(frame.checkLong(2), text.m_length), 1);
        long to = Math.min(position(frame.isNothing(3) ? -1 : frame.checkLong(3), text.m_length), text.m_length);
        if (from > to) {
            return frame.result(Strings.EMPTY);
        }
        int length = (int) (to - from + 1);
        frame.machine.allocate(length);
        return frame.result(Strings.copyOf(text.m_bytes, text.m_offset + (int) from - 1, length));
    }

    // ---- patterns

    private static int find(Frame frame, boolean positions) {
        LuaString text = frame.checkString(1);
        LuaString pattern = frame.checkString(2);
        long start = position(frame.isNothing(3) ? 1 : frame.checkLong(3), text.m_length) - 1;
        int from = (int) Math.min(Math.max(start, 0), text.m_length);
        frame.machine.read(pattern.m_length);
        if (positions && (Interpreter.isTrue(frame.arg(4)) || isPlain(pattern))) {
            int at = indexOf(frame, text, pattern, from);
            if (at < 0) {
                return frame.result(NIL);
            }
            frame.push(Num.of(at + 1));
            frame.push(Num.of(at + pattern.m_length));
            return 2;
        }
        Pattern matcher = new Pattern(frame, text, pattern);
        boolean anchored = matcher.startsWithAnchor();
        for (int at = from; at <= text.m_length; at++) {
            int end = matcher.match(at, anchored ? 1 : 0);
            if (end >= 0) {
                if (!positions) {
                    return matcher.pushCaptures(at, end, true);
                }
                frame.push(Num.of(at + 1));
                frame.push(Num.of(end));
                return 2 + matcher.pushCaptures(at, end, false);
            }
            if (anchored) {
                break;
            }
        }
        return frame.result(NIL);
    }

    private static boolean isPlain(LuaString pattern) {
        for (int i = 0; i < pattern.m_length; i++) {
            int c = pattern.m_bytes[pattern.m_offset + i];
            if (c == 0) {
                return true;
            }
            if (PATTERN_CHARACTERS.indexOf(c) >= 0) {
                return false;
            }
        }
        return true;
    }

    private static int indexOf(Frame frame, LuaString text, LuaString wanted, int from) {
        int length = wanted.m_length;
        for (int at = from; at <= text.m_length - length; at++) {
            frame.machine.step();
            int i = 0;
            while (i < length && text.m_bytes[text.m_offset + at + i] == wanted.m_bytes[wanted.m_offset + i]) {
                i++;
            }
            frame.machine.steps(i);
            if (i == length) {
                return at;
            }
        }
        return -1;
    }

    private static int matches(Frame frame) {
        return frame.result(new Matches(frame.checkString(1), frame.checkString(2)).function());
    }

    /** The iterator of {@code gmatch}. */
    private static final class Matches {
        private final LuaString text;
        private final LuaString pattern;
        private int from;

        Matches(LuaString text, LuaString pattern) {
            this.text = text;
            this.pattern = pattern;
        }

        LuaValue function() {
            return new Builtin(this::next, text);
        }

        private int next(Frame frame) {
            Pattern matcher = new Pattern(frame, text, pattern);
            for (int at = from; at <= text.m_length; at++) {
                int end = matcher.match(at, 0);
                if (end >= 0) {
                    from = end == at ? end + 1 : end;
                    return matcher.pushCaptures(at, end, true);
                }
            }
            return 0;
        }
    }

    private static int substitute(Frame frame) {
        LuaString text = frame.checkString(1);
        LuaString pattern = frame.checkString(2);
        LuaValue replacement = frame.arg(3);
        int type = replacement.type();
        if (type != LuaValue.TNUMBER && type != LuaValue.TSTRING && type != LuaValue.TFUNCTION && type != LuaValue.TTABLE) {
            throw frame.badArgument(3, "string/function/table expected");
        }
        Pattern matcher = new Pattern(frame, text, pattern);
        boolean anchored = matcher.startsWithAnchor();
        int limit = frame.optInt(4, text.m_length + 1);
        ByteArrayOutputStream out = new ByteArrayOutputStream(text.m_length + 16);
        int at = 0;
        int count = 0;
        while (count < limit) {
            int end = matcher.match(at, anchored ? 1 : 0);
            if (end >= 0) {
                count++;
                LuaString value = replacementFor(frame, matcher, replacement, text, at, end);
                frame.hold(value.m_length);
                out.write(value.m_bytes, value.m_offset, value.m_length);
            }
            if (end > at) {
                at = end;
            } else if (at < text.m_length) {
                out.write(text.m_bytes[text.m_offset + at]);
                at++;
            } else {
                break;
            }
            if (anchored) {
                break;
            }
        }
        frame.machine.allocate(text.m_length);
        out.write(text.m_bytes, text.m_offset + at, text.m_length - at);
        frame.push(Strings.of(out.toByteArray()));
        frame.push(Num.of(count));
        return 2;
    }

    private static LuaString replacementFor(Frame frame, Pattern matcher, LuaValue replacement, LuaString text, int from,
            int end) {
        LuaValue value;
        if (replacement instanceof Table) {
            value = Interpreter.index(frame.coroutine, replacement, matcher.capture(0, from, end), -1);
        } else if (replacement.type() == LuaValue.TFUNCTION) {
            LuaValue[] captures = new LuaValue[Math.max(matcher.captures(), 1)];
            for (int i = 0; i < captures.length; i++) {
                captures[i] = matcher.capture(i, from, end);
            }
            value = frame.call(replacement, captures);
        } else {
            return expand(frame, matcher, Machine.toText(replacement), from, end);
        }
        if (!Interpreter.isTrue(value)) {
            return Strings.copyOf(text.m_bytes, text.m_offset + from, end - from);
        }
        if (Machine.toText(value) == null) {
            throw frame.error("invalid replacement value (a " + value.typename() + ")");
        }
        return Machine.toText(value);
    }

    /** A replacement text with {@code %0} to {@code %9} replaced by captures. */
    private static LuaString expand(Frame frame, Pattern matcher, LuaString replacement, int from, int end) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] bytes = Strings.bytes(replacement);
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] != '%') {
                out.write(bytes[i]);
                continue;
            }
            i++;
            int c = i < bytes.length ? bytes[i] : 0;
            if (c < '0' || c > '9') {
                out.write(c);
                continue;
            }
            LuaString capture = c == '0' ? matcher.whole(from, end) : Machine.toText(matcher.capture(c - '1', from, end));
            frame.hold(capture.m_length);
            out.write(capture.m_bytes, capture.m_offset, capture.m_length);
        }
        return Strings.of(out.toByteArray());
    }
}
