package dev.respql.store;

import static dev.respql.sql.SqlStatement.bytes;
import static dev.respql.sql.SqlStatement.integer;
import static dev.respql.sql.SqlStatement.number;

import dev.respql.sql.Row;
import dev.respql.sql.RowReader;
import dev.respql.sql.Rows;
import dev.respql.sql.SqlLink;
import dev.respql.sql.SqlStatement;
import dev.respql.sql.SqlStatement.Column;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Lists in a unit of work. The rows of a list have contiguous positions, from whatever its first one is, so that an index
 * is a position and both ends grow freely. Indexes here count from 0 and exist. Every method throws
 * {@link WrongTypeException} for a key of another type. Used by one thread.
 */
public final class Lists extends ValueStore {
    private static final int DELETED_AT_ONCE = 64;
    /** The column of what is fetched that has the position; the value follows. */
    private static final int POSITION = 2 + Keys.HEADER_COLUMN_COUNT;
    /** Rows on the move are parked this far away, since positions are unique row by row. */
    private static final long ASIDE = 1L << 60;

    private static final SqlStatement FETCH_LEFT = fetch(
            "l.position < (SELECT min(f.position) FROM lists f WHERE f.key_id = k.id) + n.count", number("count"));
    private static final SqlStatement FETCH_RIGHT = fetch(
            "l.position > (SELECT max(f.position) FROM lists f WHERE f.key_id = k.id) - n.count", number("count"));

    /** The columns are indexes of which negative ones count from the end; {@code bound} is one behind the last. */
    private static final SqlStatement FETCH_INDEXES = fetch("""
            l.position >= (SELECT min(f.position) FROM lists f WHERE f.key_id = k.id)
                    + CASE WHEN n.first < 0 THEN n.first + k.size ELSE n.first END
                AND l.position <= (SELECT min(f.position) FROM lists f WHERE f.key_id = k.id)
                    + CASE WHEN n.last >= 0 THEN n.last
                           WHEN n.last + k.size < n.bound THEN n.last + k.size ELSE n.bound - 1 END""",
            number("first"), number("last"), number("bound"));

    private static final SqlStatement FIRST = SqlStatement.of("""
            SELECT min(position) FROM lists WHERE key_id = ?
            """, number("key_id"));

    private static final SqlStatement POINT = SqlStatement.of("""
            SELECT value FROM lists WHERE key_id = ? AND position = ?
            """, number("key_id"), number("position"));

    private static final SqlStatement RANGE = SqlStatement.of("""
            SELECT value FROM lists WHERE key_id = ? AND position BETWEEN ? AND ? ORDER BY position
            """, number("key_id"), number("first"), number("last"));

    private static final SqlStatement ELEMENTS = SqlStatement.of("""
            SELECT position, value FROM lists WHERE key_id = ? AND position BETWEEN ? AND ? AND length(value) <= ?
            """, number("key_id"), number("first"), number("last"), number("longest"));

    private static final SqlStatement FIND_FORWARD = SqlStatement.of("""
            SELECT position FROM lists WHERE key_id = ? AND position BETWEEN ? AND ? AND value = ?
            ORDER BY position LIMIT ?
            """, number("key_id"), number("first"), number("last"), bytes("value"), number("count"));

    private static final SqlStatement FIND_BACKWARD = SqlStatement.of("""
            SELECT position FROM lists WHERE key_id = ? AND position BETWEEN ? AND ? AND value = ?
            ORDER BY position DESC LIMIT ?
            """, number("key_id"), number("first"), number("last"), bytes("value"), number("count"));

    private static final SqlStatement INSERT = SqlStatement.of("""
            INSERT INTO lists (key_id, position, value) SELECT n.key_id, n.position, n.value FROM {rows}
            """, number("key_id"), number("position"), bytes("value"));

    private static final SqlStatement UPDATE = SqlStatement.of("""
            UPDATE lists SET value = n.value FROM {rows}
            WHERE lists.key_id = n.key_id AND lists.position = n.position
            """, number("key_id"), number("position"), bytes("value"));

    private static final SqlStatement DELETE = SqlStatement.of("""
            DELETE FROM lists USING {rows} WHERE lists.key_id = n.key_id AND lists.position = n.position
            """, number("key_id"), number("position"));

    private static final SqlStatement DELETE_RANGE = SqlStatement.of("""
            DELETE FROM lists WHERE key_id = ? AND position BETWEEN ? AND ?
            """, number("key_id"), number("first"), number("last"));

    private static final SqlStatement DELETE_ALL = SqlStatement.of("""
            DELETE FROM lists USING {rows} WHERE lists.key_id = n.key_id
            """, number("key_id"));

    private static final SqlStatement MOVE = SqlStatement.of("""
            UPDATE lists SET position = position + ? WHERE key_id = ? AND position BETWEEN ? AND ?
            """, number("by"), number("key_id"), number("first"), number("last"));

    private static final SqlStatement MOVE_EACH = SqlStatement.of("""
            UPDATE lists SET position = lists.position + n.by FROM {rows}
            WHERE lists.key_id = n.key_id AND lists.position BETWEEN n.first AND n.last
            """, number("by"), number("key_id"), number("first"), number("last"));

    /** What the elements take in Redis's listpack: a header and a trailer of a byte or so each. */
    private static final SqlStatement BYTES = SqlStatement.of("""
            SELECT sum(length(value) + 2) FROM lists WHERE key_id = ?
            """, number("key_id"));

    private static final SqlStatement COPY = SqlStatement.of("""
            INSERT INTO lists (key_id, position, value) SELECT ?, position, value FROM lists WHERE key_id = ?
            """, number("target"), number("source"));

    private static SqlStatement fetch(String which, Column... columns) {
        return SqlStatement.of("""
                SELECT n.i, %s, l.position, CASE WHEN length(l.value) <= n.longest THEN l.value END
                FROM {rows} CROSS JOIN databases d
                LEFT JOIN {keys k WHERE k.space = d.space AND k.name = n.name}
                LEFT JOIN {lists l WHERE l.key_id = k.id AND %s}
                WHERE d.number = n.db
                """.formatted(Keys.HEADER_COLUMNS, which), Stream.concat(
                Stream.of(integer("db"), bytes("name"), number("longest")), Stream.of(columns)).toArray(Column[]::new));
    }

    /** What is known of one position: the element now there (null: none) and whether there is a row. */
    private static final class Element {
        private byte[] value;
        private boolean stored;

        private Element(byte[] value, boolean stored) {
            this.value = value;
            this.stored = stored;
        }
    }

    private static final class Elements {
        private final Map<Long, Element> known = new HashMap<>();
        private final Map<Long, Element> changed = new LinkedHashMap<>();
    }

    private final Tx tx;
    private final Set<Header> changed = new LinkedHashSet<>();
    private final List<Header> droppedSmall = new ArrayList<>();
    private final List<Header> droppedLarge = new ArrayList<>();

    Lists(Tx tx) {
        this.tx = tx;
    }

    /** Number of elements; 0 where there is no such key. */
    public long size(KeyName key) {
        Header header = live(key);
        return header == null ? 0 : header.size;
    }

    /** Adds an element at an end, creating the list where it is missing; the new size. */
    public long push(KeyName key, boolean left, byte[] value) {
        Header header = live(key);
        if (header == null) {
            header = tx.keys().create(key, ValueType.LIST);
            header.size = 0;
            header.first = 0;
        }
        Elements elements = elements(header);
        long first = first(header);
        long position = left ? first - 1 : first + header.size;
        if (left) {
            header.first--;
        }
        Element element = elements.known.computeIfAbsent(position, p -> new Element(null, false));
        element.value = value;
        resize(header, 1);
        changed(header, position, element);
        return header.size;
    }

    /** Takes the element at an end, and the key with the last one; null where there is no such key. */
    public byte[] pop(KeyName key, boolean left) {
        Header header = live(key);
        if (header == null) {
            return null;
        }
        Elements elements = elements(header);
        long position = left ? first(header) : first(header) + header.size - 1;
        Element element = element(header, position);
        byte[] value = element.value;
        element.value = null;
        changed(header, position, element);
        if (left) {
            header.first++;
        }
        resize(header, -1);
        return value;
    }

    public byte[] get(KeyName key, long index) {
        Header header = live(key);
        return element(header, first(header) + index).value;
    }

    public void set(KeyName key, long index, byte[] value) {
        Header header = live(key);
        long position = first(header) + index;
        Element element = element(header, position);
        element.value = value;
        changed(header, position, element);
    }

    /** The elements from one index to another, both included. */
    public List<byte[]> range(KeyName key, long from, long to) {
        Header header = live(key);
        long first = first(header);
        List<byte[]> range = known(header, first + from, first + to);
        if (range != null) {
            return range;
        }
        settle(header);
        range = new ArrayList<>();
        List<byte[]> read = range;
        tx.lateRead().query(RANGE, Rows.of(RANGE).next().set(0, header.id).set(1, first + from).set(2, first + to),
                row -> read.add(row.bytes(1)));
        return read;
    }

    /** What is at these positions, or null where it is not all in memory. */
    private static List<byte[]> known(Header header, long from, long to) {
        Map<Long, Element> known = elements(header).known;
        if (to - from >= known.size()) {
            return null;
        }
        List<byte[]> values = new ArrayList<>((int) (to - from) + 1);
        for (long position = from; position <= to; position++) {
            Element element = known.get(position);
            if (element == null) {
                return null;
            }
            values.add(element.value);
        }
        return values;
    }

    /** Keeps the elements from one index to another; deletes the key where none are left ({@code from > to}). */
    public void trim(KeyName key, long from, long to) {
        Header header = live(key);
        if (from > to) {
            tx.keys().delete(key);
            return;
        }
        settle(header);
        long first = first(header);
        long last = first + header.size - 1;
        deleteRange(header, first, first + from - 1);
        deleteRange(header, first + to + 1, last);
        header.first = first + from;
        header.value = null;
        resize(header, to - from + 1 - header.size);
    }

    /** Inserts a value beside the first element that equals {@code pivot}; false where there is none. */
    public boolean insert(KeyName key, boolean before, byte[] pivot, byte[] value) {
        Header header = live(key);
        List<Long> found = find(header, pivot, true, 0, header.size - 1, 1);
        if (found.isEmpty()) {
            return false;
        }
        long index = before ? found.get(0) : found.get(0) + 1;
        long first = first(header);
        long position = first + index;
        if (index <= header.size / 2) {
            header.first = first - 1;
            position--;
            move(header, first, position, -1);
        } else {
            move(header, position, first + header.size - 1, 1);
        }
        header.value = null;
        Element element = new Element(value, false);
        elements(header).known.put(position, element);
        resize(header, 1);
        changed(header, position, element);
        return true;
    }

    /** Removes up to {@code count} elements that equal {@code value}, from the left or the right; how many there were. */
    public long remove(KeyName key, byte[] value, boolean left, long count) {
        Header header = live(key);
        List<Long> found = find(header, value, left, 0, header.size - 1, count);
        if (found.isEmpty()) {
            return 0;
        }
        if (found.size() == header.size) {
            tx.keys().delete(key);
            return found.size();
        }
        long first = first(header);
        long[] removed = found.stream().mapToLong(index -> first + index).sorted().toArray();
        Rows rows = Rows.of(DELETE);
        Rows moves = Rows.of(MOVE_EACH);
        for (int i = 0; i < removed.length; i++) {
            rows.next().set(0, header.id).set(1, removed[i]);
            long next = i + 1 < removed.length ? removed[i + 1] : first + header.size;
            if (removed[i] + 1 < next) {
                moves.next().set(0, ASIDE - i - 1).set(1, header.id).set(2, removed[i] + 1).set(3, next - 1);
            }
        }
        tx.link().queue(DELETE, rows, RowReader.NONE);
        queueUnlessEmpty(tx.link(), MOVE_EACH, moves);
        long remaining = header.size - removed.length;
        if (removed[0] < first + remaining) {
            queueMove(header, removed[0] + ASIDE, first + remaining - 1 + ASIDE, -ASIDE);
        }
        header.value = null;
        resize(header, -found.size());
        return found.size();
    }

    /** Indexes of up to {@code count} elements between two indexes that equal {@code value}, in the given direction. */
    public List<Long> find(KeyName key, byte[] value, boolean forward, long from, long to, long count) {
        return find(live(key), value, forward, from, to, count);
    }

    private List<Long> find(Header header, byte[] value, boolean forward, long from, long to, long count) {
        settle(header);
        long first = first(header);
        List<Long> found = new ArrayList<>();
        SqlStatement statement = forward ? FIND_FORWARD : FIND_BACKWARD;
        tx.lateRead().query(statement, Rows.of(statement).next()
                .set(0, header.id).set(1, first + from).set(2, first + to).set(3, value).set(4, count),
                row -> found.add(row.number(1) - first));
        return found;
    }

    private Header live(KeyName key) {
        return tx.keys().live(key, ValueType.LIST);
    }

    /** The position of index 0. */
    private long first(Header header) {
        if (header.first == Header.UNKNOWN) {
            tx.lateRead().query(FIRST, Rows.of(FIRST).next().set(0, header.id), row -> header.first = row.number(1));
            header.slot.kept = false;
        }
        return header.first;
    }

    private Element element(Header header, long position) {
        Elements elements = elements(header);
        Element element = elements.known.get(position);
        if (element == null) {
            Element read = new Element(null, true);
            tx.lateRead().query(POINT, Rows.of(POINT).next().set(0, header.id).set(1, position),
                    row -> read.value = row.bytes(1));
            elements.known.put(position, read);
            element = read;
        }
        return element;
    }

    private void resize(Header header, long by) {
        header.size += by;
        tx.keys().changed(header, Header.SIZE_CHANGED);
        if (header.size == 0) {
            tx.keys().drop(header);
        }
    }

    /** Sends out what is pending where this list has something pending, for a statement that reads many of its rows. */
    private void settle(Header header) {
        if (!header.stored || !elements(header).changed.isEmpty()) {
            tx.flush();
        }
    }

    private void deleteRange(Header header, long first, long last) {
        if (first <= last) {
            tx.link().queue(DELETE_RANGE, Rows.of(DELETE_RANGE).next().set(0, header.id).set(1, first).set(2, last),
                    RowReader.NONE);
        }
    }

    private void move(Header header, long first, long last, long by) {
        if (first <= last) {
            queueMove(header, first, last, ASIDE);
            queueMove(header, first + ASIDE, last + ASIDE, by - ASIDE);
        }
    }

    private void queueMove(Header header, long first, long last, long by) {
        tx.link().queue(MOVE, Rows.of(MOVE).next().set(0, by).set(1, header.id).set(2, first).set(3, last),
                RowReader.NONE);
    }

    /** Queues the reading of this many elements at the ends of lists, together with their keys' headers. */
    void queueFetch(SqlLink link, Map<KeyName, Long> wanted, boolean left, long longest) {
        if (wanted.isEmpty()) {
            return;
        }
        List<KeyName> names = new ArrayList<>();
        wanted.forEach((name, count) -> {
            if (!tx.keys().knows(name)) {
                names.add(name);
            } else if (count > 1) {
                queueFetch(link, tx.keys().live(name), count, left, longest);
            }
        });
        if (names.isEmpty()) {
            return;
        }
        SqlStatement statement = left ? FETCH_LEFT : FETCH_RIGHT;
        Rows rows = Rows.of(statement);
        for (KeyName name : names) {
            rows.next().set(0, name.db()).set(1, name.stored()).set(2, longest).set(3, wanted.get(name));
        }
        link.queue(statement, rows, row -> {
            Header header = fetched(names.get(row.ordinal()), row);
            if (header != null) {
                // Rows come in any order; the outermost one tells where the list begins.
                long first = left ? row.number(POSITION) : row.number(POSITION) - header.size + 1;
                begins(header, first, left);
                learn(header, row);
            }
        });
    }

    /** As above, for a key of which the header is known. */
    private void queueFetch(SqlLink link, Header header, long count, boolean left, long longest) {
        if (header != null && header.type == ValueType.LIST && header.first != Header.UNKNOWN) {
            long first = left ? header.first : header.first + Math.max(0, header.size - count);
            long last = left ? header.first + count - 1 : header.first + header.size - 1;
            link.queue(ELEMENTS, Rows.of(ELEMENTS).next().set(0, header.id).set(1, first).set(2, last).set(3, longest),
                    row -> elements(header).known.putIfAbsent(row.number(1), new Element(row.bytes(2), true)));
        }
    }

    /** Queues the reading of elements by their indexes, together with their keys' headers. */
    void queueFetch(SqlLink link, Set<Prefetch.Indexes> hinted, long longest) {
        if (hinted.isEmpty()) {
            return;
        }
        List<Prefetch.Indexes> wanted = hinted.stream().filter(one -> !tx.keys().knows(one.key())).toList();
        if (wanted.isEmpty()) {
            return;
        }
        Rows rows = Rows.of(FETCH_INDEXES);
        for (Prefetch.Indexes one : wanted) {
            // What counts from the end has its bound there.
            long bound = one.first() < 0 ? Long.MAX_VALUE : one.first() + Prefetch.MOST_ELEMENTS;
            rows.next().set(0, one.key().db()).set(1, one.key().stored()).set(2, longest)
                    .set(3, one.first()).set(4, one.last()).set(5, bound);
        }
        link.queue(FETCH_INDEXES, rows, row -> {
            Prefetch.Indexes one = wanted.get(row.ordinal());
            Header header = fetched(one.key(), row);
            if (header != null) {
                long index = Math.max(0, one.first() < 0 ? one.first() + header.size : one.first());
                begins(header, row.number(POSITION) - index, true);
                learn(header, row);
            }
        });
    }

    /** The live list that a row begins with, unless the row has no element. */
    private Header fetched(KeyName key, Row row) {
        Header header = tx.keys().read(key, row, 2);
        return header != null && header.type == ValueType.LIST && row.numberOr(POSITION, Long.MIN_VALUE) != Long.MIN_VALUE
                ? header : null;
    }

    /** Takes note that the list begins at a position, or else (as rows come in any order) before or behind it. */
    private static void begins(Header header, long first, boolean orBefore) {
        header.first = header.first == Header.UNKNOWN ? first
                : orBefore ? Math.min(header.first, first) : Math.max(header.first, first);
    }

    private static void learn(Header header, Row row) {
        byte[] value = row.bytes(POSITION + 1);
        if (value != null) {
            elements(header).known.put(row.number(POSITION), new Element(value, true));
        }
    }

    @Override
    void flush(SqlLink link) {
        flushDropped(link);
        if (changed.isEmpty()) {
            return;
        }
        Rows inserts = Rows.of(INSERT);
        Rows updates = Rows.of(UPDATE);
        Rows deletes = Rows.of(DELETE);
        for (Header header : changed) {
            Elements elements = elements(header);
            elements.changed.forEach((position, element) -> {
                if (element.value == null) {
                    if (element.stored) {
                        deletes.next().set(0, header.id).set(1, position);
                    }
                } else {
                    (element.stored ? updates : inserts).next()
                            .set(0, header.id).set(1, position).set(2, element.value);
                }
                element.stored = element.value != null;
            });
            elements.changed.clear();
        }
        changed.clear();
        queueUnlessEmpty(link, DELETE, deletes);
        queueUnlessEmpty(link, UPDATE, updates);
        queueUnlessEmpty(link, INSERT, inserts);
    }

    private void flushDropped(SqlLink link) {
        if (droppedSmall.isEmpty() && droppedLarge.isEmpty()) {
            return;
        }
        Rows small = Rows.of(DELETE_ALL);
        for (Header header : droppedSmall) {
            small.next().set(0, header.id);
        }
        queueUnlessEmpty(link, DELETE_ALL, small);
        droppedSmall.clear();
        Sweeper.bury(link, droppedLarge);
        droppedLarge.clear();
    }

    private static void queueUnlessEmpty(SqlLink link, SqlStatement statement, Rows rows) {
        if (!rows.isEmpty()) {
            link.queue(statement, rows, RowReader.NONE);
        }
    }

    @Override
    void drop(Header header) {
        changed.remove(header);
        header.value = null;
        if (header.stored) {
            (header.storedSize <= DELETED_AT_ONCE ? droppedSmall : droppedLarge).add(header);
        }
    }

    @Override
    void copy(Header source, Header target) {
        tx.flush();
        tx.link().queue(COPY, Rows.of(COPY).next().set(0, target.id).set(1, source.id), RowReader.NONE);
        target.value = null;
    }

    private void changed(Header header, long position, Element element) {
        if (header.slot != null) {
            elements(header).changed.put(position, element);
            changed.add(header);
            tx.touch(header.slot);
        }
    }

    private static Elements elements(Header header) {
        if (header.value == null) {
            header.value = new Elements();
        }
        return (Elements) header.value;
    }

    @Override
    String encoding(Header header) {
        if (header.size > Encodings.MAX_LISTPACK_BYTES) {
            return "quicklist";
        }
        settle(header);
        long[] bytes = {0};
        tx.lateRead().query(BYTES, Rows.of(BYTES).next().set(0, header.id), row -> bytes[0] = row.number(1));
        return bytes[0] <= Encodings.MAX_LISTPACK_BYTES ? "listpack" : "quicklist";
    }
}
