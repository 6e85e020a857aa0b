package dev.respql.script.lua;

import java.io.ByteArrayOutputStream;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaValue;

/** The library {@code table}. */
final class TableLib {
    private static final LuaValue NIL = LuaValue.NIL;

    private TableLib() {
    }

    static Table create(Machine machine) {
        return new Library(new Table(machine))
                .add("concat", TableLib::concat)
                .add("foreach", TableLib::forEach)
                .add("foreachi", TableLib::forEachIndex)
                .add("getn", frame -> frame.result(frame.checkTable(1).border()))
                .add("insert", TableLib::insert)
                .add("maxn", TableLib::largestKey)
                .add("remove", TableLib::remove)
                .add("setn", frame -> {
                    frame.checkTable(1);
                    throw frame.error("'setn' is obsolete");
                })
                .add("sort", TableLib::sort)
                .table();
    }

    private static int concat(Frame frame) {
        LuaString separator = frame.optString(2, Strings.EMPTY);
        Table table = frame.checkTable(1);
        int from = frame.optInt(3, 1);
        int to = frame.isNothing(4) ? table.border() : frame.checkInt(4);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (long i = from; i <= to; i++) {
            LuaValue value = table.getRaw((int) i);
            LuaString text = Machine.toText(value);
            if (text == null) {
                throw frame.error("invalid value (" + value.typename() + ") at index " + i + " in table for 'concat'");
            }
            append(frame, out, text);
            if (i < to) {
                append(frame, out, separator);
            }
        }
        return frame.result(Strings.of(out.toByteArray()));
    }

    private static void append(Frame frame, ByteArrayOutputStream out, LuaString text) {
        frame.machine.step();
        frame.hold(text.m_length + 1L);
        out.write(text.m_bytes, text.m_offset, text.m_length);
    }

    private static int forEach(Frame frame) {
        Table table = frame.checkTable(1);
        LuaValue function = frame.checkFunction(2);
        LuaValue key = NIL;
        for (;;) {
            int at = table.nextPosition(table.positionOf(key));
            if (at < 0) {
                return 0;
            }
            key = table.keyAt(at);
            LuaValue result = frame.call(function, key, table.valueAt(at));
            if (result != NIL) {
                return frame.result(result);
            }
        }
    }

    private static int forEachIndex(Frame frame) {
        Table table = frame.checkTable(1);
        LuaValue function = frame.checkFunction(2);
        int size = table.border();
        for (int i = 1; i <= size; i++) {
            LuaValue result = frame.call(function, Num.of(i), table.getRaw(i));
            if (result != NIL) {
                return frame.result(result);
            }
        }
        return 0;
    }

    private static int insert(Frame frame) {
        Table table = frame.checkTable(1);
        int end = table.border() + 1;
        int position = end;
        if (frame.count() == 3) {
            position = frame.checkInt(2);
            end = Math.max(end, position);
            BaseLib.checkWritable(table);
            for (int i = end; i > position; i--) {
                frame.machine.step();
                table.setRaw(i, table.getRaw(i - 1));
            }
        } else if (frame.count() != 2) {
            throw frame.error("wrong number of arguments to 'insert'");
        }
        BaseLib.checkWritable(table);
        table.setRaw(position, frame.arg(frame.count()));
        return 0;
    }

    private static int largestKey(Frame frame) {
        Table table = frame.checkTable(1);
        double largest = 0;
        for (int at = table.nextPosition(-1); at >= 0; at = table.nextPosition(at)) {
            LuaValue key = table.keyAt(at);
            if (key instanceof Num && ((Num) key).value > largest) {
                largest = ((Num) key).value;
            }
        }
        return frame.result(largest);
    }

    private static int remove(Frame frame) {
        Table table = frame.checkTable(1);
        int end = table.border();
        int position = frame.optInt(2, end);
        if (position < 1 || position > end) {
            return 0;
        }
        LuaValue removed = table.getRaw(position);
        BaseLib.checkWritable(table);
        for (int i = position; i < end; i++) {
            frame.machine.step();
            table.setRaw(i, table.getRaw(i + 1));
        }
        table.setRaw(end, NIL);
        return frame.result(removed);
    }

    private static int sort(Frame frame) {
        Table table = frame.checkTable(1);
        int size = table.border();
        LuaValue order = frame.isNothing(2) ? NIL : frame.checkFunction(2);
        new Sort(frame, table, order).sort(1, size);
        return 0;
    }

    /** The quicksort of C Lua, step by step: what an unstable order or a bad comparison leads to is visible. */
    private record Sort(Frame frame, Table table, LuaValue order) {
        void sort(int from, int to) {
            int low = from;
            int high = to;
            while (low < high) {
                swapIfLess(high, low);
                if (high - low == 1) {
                    return;
                }
                int middle = (low + high) / 2;
                if (!swapIfLess(middle, low)) {
                    swapIfLess(high, middle);
                }
                if (high - low == 2) {
                    return;
                }
                LuaValue pivot = table.getRaw(middle);
                swap(middle, high - 1);
                int split = partition(low, high, pivot);
                swap(high - 1, split);
                if (split - low < high - split) {
                    sort(low, split - 1);
                    low = split + 1;
                } else {
                    sort(split + 1, high);
                    high = split - 1;
                }
            }
        }

        private int partition(int low, int high, LuaValue pivot) {
            int up = low;
            int down = high - 1;
            for (;;) {
                while (less(table.getRaw(++up), pivot)) {
                    if (up > high) {
                        throw frame.error("invalid order function for sorting");
                    }
                }
                while (less(pivot, table.getRaw(--down))) {
                    if (down < low) {
                        throw frame.error("invalid order function for sorting");
                    }
                }
                if (down < up) {
                    return up;
                }
                swap(up, down);
            }
        }

        private boolean swapIfLess(int later, int earlier) {
            if (!less(table.getRaw(later), table.getRaw(earlier))) {
                return false;
            }
            swap(later, earlier);
            return true;
        }

        private void swap(int i, int j) {
            BaseLib.checkWritable(table);
            LuaValue value = table.getRaw(i);
            table.setRaw(i, table.getRaw(j));
            table.setRaw(j, value);
        }

        private boolean less(LuaValue a, LuaValue b) {
            frame.machine.step();
            return order == NIL ? Interpreter.less(frame.coroutine, a, b) : Interpreter.isTrue(frame.call(order, a, b));
        }
    }
}
