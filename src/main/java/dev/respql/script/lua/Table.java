package dev.respql.script.lua;

import java.util.Arrays;
import java.util.function.Consumer;
import org.luaj.vm2.LuaBoolean;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaValue;

/**
 * A table as C Lua 5.1 lays it out: an array part and a hash part of chained scatter with Brent's variation, which grow
 * when the hash part has no free node left. Scripts see that lay-out: it decides the order of {@code pairs} and what
 * {@code #} answers for a table with holes, so LuaJ's own table could not stand in. Accesses here are raw.
 */
public final class Table extends LuaValue {
    private static final int MAXIMUM_BITS = 26;
    private static final int MAXIMUM_ARRAY = 1 << MAXIMUM_BITS;
    private static final LuaValue[] NO_VALUES = {};
    /** The hash part of a table without one: a single node that is never free. */
    private static final LuaValue[] DUMMY = {NIL};
    private static final int[] DUMMY_NEXT = {-1};
    /** What an empty table and one element of it take, roughly, in bytes. */
    static final int WEIGHT = 64;
    static final int ELEMENT_WEIGHT = 24;

    private LuaValue[] array = NO_VALUES;
    private LuaValue[] keys = DUMMY;
    private LuaValue[] values = DUMMY;
    private int[] next = DUMMY_NEXT;
    /** Nodes from here on are in use. */
    private int lastFree;
    private Table metatable;
    private boolean readOnly;
    private final Memory memory;

    public Table(Memory memory) {
        this(memory, 0, 0);
    }

    /** With room for {@code arraySize} and {@code hashSize} elements. */
    public Table(Memory memory, int arraySize, int hashSize) {
        this.memory = memory;
        memory.allocate(WEIGHT);
        if (arraySize > 0) {
            setArray(arraySize);
        }
        if (hashSize > 0) {
            setNodes(hashSize);
        }
    }

    @Override
    public int type() {
        return TTABLE;
    }

    @Override
    public String typename() {
        return "table";
    }

    public Table metatable() {
        return metatable;
    }

    public void setMetatable(Table metatable) {
        this.metatable = metatable;
    }

    public boolean isReadOnly() {
        return readOnly;
    }

    /** Whether scripts may change it; what Java does to it is not checked. */
    public void setReadOnly(boolean readOnly) {
        this.readOnly = readOnly;
    }

    /** Bytes that the table itself takes, without what it refers to. */
    long weight() {
        return WEIGHT + (long) ELEMENT_WEIGHT * array.length + 2L * ELEMENT_WEIGHT * (next == DUMMY_NEXT ? 0 : keys.length);
    }

    /** Visits all keys and values, NIL among them, and the metatable. */
    public void eachReference(Consumer<LuaValue> visitor) {
        for (LuaValue value : array) {
            visitor.accept(value);
        }
        for (int i = 0; i < keys.length; i++) {
            visitor.accept(keys[i]);
            visitor.accept(values[i]);
        }
        if (metatable != null) {
            visitor.accept(metatable);
        }
    }

    // ---- reading

    /** The value at a key, NIL if there is none. */
    public LuaValue getRaw(LuaValue key) {
        if (key instanceof LuaString) {
            return getRaw((LuaString) key);
        }
        if (key instanceof Num) {
            double number = ((Num) key).value;
            int integer = (int) number;
            if (integer == number) {
                return getRaw(integer);
            }
        }
        int node = find(key);
        return node < 0 ? NIL : values[node];
    }

    public LuaValue getRaw(LuaString key) {
        LuaValue[] nodes = keys;
        int node = hash(key);
        do {
            LuaValue other = nodes[node];
            if (other == key || other instanceof LuaString && Strings.equal((LuaString) other, key)) {
                return values[node];
            }
            node = next[node];
        } while (node >= 0);
        return NIL;
    }

    public LuaValue getRaw(int key) {
        if (key > 0 && key <= array.length) {
            return array[key - 1];
        }
        int node = findNumber(key);
        return node < 0 ? NIL : values[node];
    }

    private int find(LuaValue key) {
        if (key instanceof Num) {
            return findNumber(((Num) key).value);
        }
        if (key instanceof LuaString) {
            int node = hash((LuaString) key);
            while (node >= 0 && !(keys[node] instanceof LuaString && Strings.equal((LuaString) keys[node], (LuaString) key))) {
                node = next[node];
            }
            return node;
        }
        int node = mainPosition(key);
        while (node >= 0 && keys[node] != key) {
            node = next[node];
        }
        return node;
    }

    private int findNumber(double key) {
        int node = hashNumber(key);
        while (node >= 0 && !(keys[node] instanceof Num && ((Num) keys[node]).value == key)) {
            node = next[node];
        }
        return node;
    }

    /** The border that {@code #} answers. */
    public int border() {
        int size = array.length;
        if (size > 0 && array[size - 1] == NIL) {
            int low = 0;
            int high = size;
            while (high - low > 1) {
                int middle = low + high >>> 1;
                if (array[middle - 1] == NIL) {
                    high = middle;
                } else {
                    low = middle;
                }
            }
            return low;
        }
        return next == DUMMY_NEXT ? size : searchBorder(size);
    }

    private int searchBorder(int from) {
        long low = from;
        long high = from + 1L;
        while (getRaw((int) high) != NIL) {
            low = high;
            high *= 2;
            if (high > Integer.MAX_VALUE - 2) {
                int i = 1;
                while (getRaw(i) != NIL) {
                    i++;
                }
                return i - 1;
            }
        }
        while (high - low > 1) {
            long middle = (low + high) / 2;
            if (getRaw((int) middle) == NIL) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return (int) low;
    }

    /** How many positions there are. */
    int capacity() {
        return array.length + values.length;
    }

    /** The first position behind the given one that holds a value, for {@link #keyAt}; -1 at the end, and to begin with. */
    public int nextPosition(int position) {
        int i = position + 1;
        for (; i < array.length; i++) {
            if (array[i] != NIL) {
                return i;
            }
        }
        for (int node = i - array.length; node < values.length; node++) {
            if (values[node] != NIL) {
                return array.length + node;
            }
        }
        return -1;
    }

    /**
     * Where a key is; -1, to begin a traversal, for NIL.
     *
     * @throws ScriptError if it is not in the table
     */
    int positionOf(LuaValue key) {
        if (key == NIL) {
            return -1;
        }
        if (key instanceof Num) {
            double number = ((Num) key).value;
            int integer = (int) number;
            if (integer == number && integer > 0 && integer <= array.length) {
                return integer - 1;
            }
        }
        int node = find(key);
        if (node < 0) {
            throw new ScriptError("invalid key to 'next'");
        }
        return array.length + node;
    }

    public LuaValue keyAt(int position) {
        return position < array.length ? Num.of(position + 1) : keys[position - array.length];
    }

    public LuaValue valueAt(int position) {
        return position < array.length ? array[position] : values[position - array.length];
    }

    // ---- writing

    /** Sets a key that must be neither NIL nor NaN. */
    public void setRaw(LuaValue key, LuaValue value) {
        if (key instanceof Num) {
            double number = ((Num) key).value;
            int integer = (int) number;
            if (integer == number && integer > 0 && integer <= array.length) {
                array[integer - 1] = value;
                return;
            }
        }
        int node = find(key);
        if (node >= 0) {
            values[node] = value;
        } else {
            insert(key, value);
        }
    }

    public void setRaw(int key, LuaValue value) {
        if (key > 0 && key <= array.length) {
            array[key - 1] = value;
        } else {
            setRaw(Num.of(key), value);
        }
    }

    /** The key's characters are its bytes. */
    public void setRaw(String key, LuaValue value) {
        setRaw(Strings.of(key), value);
    }

    /** Sees to it that the array part holds so many elements. */
    void ensureArray(int size) {
        if (size > array.length) {
            resize(size, next == DUMMY_NEXT ? 0 : keys.length);
        }
    }

    private void insert(LuaValue key, LuaValue value) {
        int main = mainPosition(key);
        if (values[main] != NIL || next == DUMMY_NEXT) {
            int free = freeNode();
            if (free < 0) {
                rehash(key);
                setRaw(key, value);
                return;
            }
            int other = mainPosition(keys[main]);
            if (other != main) {
                while (next[other] != main) {
                    other = next[other];
                }
                next[other] = free;
                keys[free] = keys[main];
                values[free] = values[main];
                next[free] = next[main];
                next[main] = -1;
            } else {
                next[free] = next[main];
                next[main] = free;
                main = free;
            }
        }
        keys[main] = key;
        values[main] = value;
    }

    private int freeNode() {
        while (--lastFree >= 0) {
            if (keys[lastFree] == NIL) {
                return lastFree;
            }
        }
        lastFree = 0;
        return -1;
    }

    private int mainPosition(LuaValue key) {
        int size = keys.length;
        if (key instanceof LuaString) {
            return hash((LuaString) key);
        }
        if (key instanceof Num) {
            return hashNumber(((Num) key).value);
        }
        if (key instanceof LuaBoolean) {
            return key == TRUE ? 1 & size - 1 : 0;
        }
        return Integer.remainderUnsigned(System.identityHashCode(key), size - 1 | 1);
    }

    private int hash(LuaString key) {
        if (key.m_length > Interpreter.LONG_STRING) {
            memory.read(key.m_length);
        }
        return Strings.hash(key, keys.length - 1);
    }

    private int hashNumber(double number) {
        if (number == 0) {
            return 0;
        }
        long bits = Double.doubleToRawLongBits(number);
        return Integer.remainderUnsigned((int) bits + (int) (bits >>> 32), keys.length - 1 | 1);
    }

    /** Sizes both parts anew for what is there and one more key. */
    private void rehash(LuaValue extra) {
        int[] counts = new int[MAXIMUM_BITS + 1];
        int total = 0;
        int integers = 0;
        for (int i = 0; i < array.length; i++) {
            if (array[i] != NIL) {
                counts[ceilLog2(i + 1)]++;
                integers++;
                total++;
            }
        }
        for (int node = 0; node < values.length; node++) {
            if (values[node] != NIL) {
                integers += count(keys[node], counts);
                total++;
            }
        }
        integers += count(extra, counts);
        total++;
        int sum = 0;
        int inArray = 0;
        int arraySize = 0;
        for (int i = 0, power = 1; i <= MAXIMUM_BITS && power / 2 < integers; i++, power *= 2) {
            if (counts[i] > 0) {
                sum += counts[i];
                if (sum > power / 2) {
                    arraySize = power;
                    inArray = sum;
                }
            }
            if (sum == integers) {
                break;
            }
        }
        resize(arraySize, total - inArray);
    }

    private static int count(LuaValue key, int[] counts) {
        if (key instanceof Num) {
            double number = ((Num) key).value;
            int integer = (int) number;
            if (integer == number && integer > 0 && integer <= MAXIMUM_ARRAY) {
                counts[ceilLog2(integer)]++;
                return 1;
            }
        }
        return 0;
    }

    private static int ceilLog2(int number) {
        return 32 - Integer.numberOfLeadingZeros(number - 1);
    }

    private void resize(int arraySize, int hashSize) {
        LuaValue[] oldArray = array;
        LuaValue[] oldKeys = keys;
        LuaValue[] oldValues = values;
        if (arraySize > oldArray.length) {
            setArray(arraySize);
        }
        setNodes(hashSize);
        if (arraySize < oldArray.length) {
            array = Arrays.copyOf(oldArray, arraySize);
            for (int i = arraySize; i < oldArray.length; i++) {
                if (oldArray[i] != NIL) {
                    setRaw(i + 1, oldArray[i]);
                }
            }
        }
        for (int node = oldKeys.length - 1; node >= 0; node--) {
            if (oldValues[node] != NIL) {
                setRaw(oldKeys[node], oldValues[node]);
            }
        }
    }

    private void setArray(int size) {
        int oldSize = array.length;
        memory.allocate((long) ELEMENT_WEIGHT * (size - oldSize));
        array = Arrays.copyOf(array, size);
        Arrays.fill(array, oldSize, size, NIL);
    }

    private void setNodes(int size) {
        if (size == 0) {
            keys = DUMMY;
            values = DUMMY;
            next = DUMMY_NEXT;
            lastFree = 0;
            return;
        }
        int bits = ceilLog2(size);
        if (bits > MAXIMUM_BITS) {
            throw new ScriptError("table overflow");
        }
        int nodes = 1 << bits;
        memory.allocate(2L * ELEMENT_WEIGHT * nodes);
        keys = new LuaValue[nodes];
        values = new LuaValue[nodes];
        next = new int[nodes];
        Arrays.fill(keys, NIL);
        Arrays.fill(values, NIL);
        Arrays.fill(next, -1);
        lastFree = nodes;
    }
}
