package dev.respql.store;

import dev.respql.sql.SqlLink;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Gathers what a batch's commands will read. A batch can hint far more than the heap has room for, and nobody knows how
 * much of it there is: so the more is hinted, the less may a value have, in bytes or in members, to be read ahead; what
 * has more is read when its command runs. Used by one thread.
 */
public final class Prefetch {
    /** So many elements of one list, or members of one sorted set, are read ahead at most. */
    static final long MOST_ELEMENTS = 1000;
    /** So many elements of lists, and members of small values and of sorted sets, are read ahead in one batch. */
    private static final long MOST_ROWS = Math.min(100_000, HeapShare.BYTES / 256);
    /** All values of fields and elements together that are read ahead have no more bytes, as far as that is possible. */
    private static final long MOST_BYTES = HeapShare.BYTES / 2;
    private static final long SHORT = 128;
    private static final long FEWEST_MEMBERS = 8;
    private static final long LONG = 8 * 1024;
    /** No list is so long. Sums with a greater index might leave the range of PostgreSQL's numbers. */
    private static final long FARTHEST_INDEX = 1L << 50;

    /** The kinds of statements, a bit each; from the last two bits on, one for each type. */
    private static final int STRING = 1;
    private static final int LEFT = 1 << 1;
    private static final int RIGHT = 1 << 2;
    private static final int INDEXES = 1 << 3;
    private static final int HEADER = 1 << 4;
    private static final int RANK = 1 << 5;
    private static final int LOWEST = 1 << 6;
    private static final int HIGHEST = 1 << 7;
    private static final int ASCENDING = 1 << 8;
    private static final int DESCENDING = 1 << 9;
    private static final int COUNT = 1 << 10;
    private static final int MEMBERS = 1 << 12;
    private static final int WHOLES = 1 << 20;
    /** Those whose statement does not read the header, too. */
    private static final int WITHOUT_HEADER = HEADER | RANK | LOWEST | HIGHEST | ASCENDING | DESCENDING | COUNT;

    /** Elements of a list from one index to another, both included; negative ones count from the end. */
    record Indexes(KeyName key, long first, long last) {
    }

    /** Those members of a sorted set that have scores in a range. */
    record Ranged(KeyName key, ZsetRange.Scores range) {
    }

    private final Set<KeyName> strings = new LinkedHashSet<>();
    private final Map<ValueType, Set<MemberStore.Wanted>> members = new EnumMap<>(ValueType.class);
    private final Map<ValueType, Map<KeyName, Long>> wholes = new EnumMap<>(ValueType.class);
    private final Map<KeyName, Long> left = new LinkedHashMap<>();
    private final Map<KeyName, Long> right = new LinkedHashMap<>();
    private final Set<Indexes> indexes = new LinkedHashSet<>();
    /** Elements of lists and members of sorted sets by their places: how many are read ahead. */
    private long placed;
    private final Set<MemberStore.Wanted> ranks = new LinkedHashSet<>();
    private final Map<KeyName, Long> lowest = new LinkedHashMap<>();
    private final Map<KeyName, Long> highest = new LinkedHashMap<>();
    private final Map<Ranged, Long> ascending = new LinkedHashMap<>();
    private final Map<Ranged, Long> descending = new LinkedHashMap<>();
    private final Set<Ranged> counts = new LinkedHashSet<>();
    /** Which kinds of statements read something of a key; without {@link #HEADER}. */
    private final Map<KeyName, Integer> kinds = new HashMap<>();
    private final Set<KeyName> headers = new LinkedHashSet<>();
    private final Map<Class<?>, Reading> readings = new LinkedHashMap<>();
    private boolean more;

    /** Something to be read that is neither key nor value. Used by the unit of work's thread. */
    @FunctionalInterface
    public interface Reading {
        /** Queues one statement, and keeps what it finds. */
        void queue(SqlLink link);
    }

    /** The key's header will be read. */
    public void header(KeyName key) {
        headers.add(key);
    }

    /** The key's header and, where it is a string, its value will be read. */
    public void string(KeyName key) {
        strings.add(key);
        reads(key, STRING);
    }

    /** The key's header and this field's value will be read. */
    public void field(KeyName key, byte[] field) {
        member(ValueType.HASH, key, field);
    }

    /** The key's header and whether its set has this member will be read. */
    public void member(KeyName key, byte[] member) {
        member(ValueType.SET, key, member);
    }

    /** The key's header and all fields of its hash will be read; those of a large one are not read ahead. */
    public void fields(KeyName key) {
        whole(ValueType.HASH, key, MemberStore.SMALL);
    }

    /** The key's header and all members of its set will be read; those of a large one are not read ahead. */
    public void members(KeyName key) {
        whole(ValueType.SET, key, MemberStore.SMALL);
    }

    /** The key's header and the first elements of its list will be read, these many beside what was hinted before. */
    public void left(KeyName key, long elements) {
        if (fromEnd(left, key, elements)) {
            reads(key, LEFT);
        }
    }

    /** The key's header and the last elements of its list will be read, these many beside what was hinted before. */
    public void right(KeyName key, long elements) {
        if (fromEnd(right, key, elements)) {
            reads(key, RIGHT);
        }
    }

    /**
     * The key's header and the elements of its list from one index to another will be read, both included; negative ones
     * count from the end. Long ranges are not read ahead.
     */
    public void elements(KeyName key, long from, long to) {
        long first = Math.max(-FARTHEST_INDEX, Math.min(FARTHEST_INDEX, from));
        long last = Math.max(-FARTHEST_INDEX, Math.min(FARTHEST_INDEX, to));
        long count = first < 0 ? last < 0 ? last - first + 1 : -first
                : last < 0 ? MOST_ELEMENTS : last - first + 1;
        boolean isLong = first < -MOST_ELEMENTS || count > MOST_ELEMENTS || placed + count > MOST_ROWS;
        if (isLong || count <= 0) {
            headers.add(key);
            more |= isLong;
        } else if (indexes.add(new Indexes(key, first, last))) {
            placed += count;
            reads(key, INDEXES);
        }
    }

    /** The key's header and this member's score will be read. */
    public void score(KeyName key, byte[] member) {
        member(ValueType.ZSET, key, member);
    }

    /** The key's header and, where its sorted set is small, all members with their scores will be read. */
    public void scores(KeyName key) {
        whole(ValueType.ZSET, key, MemberStore.SMALL);
    }

    /** The key's header and this member's score and rank will be read. */
    public void rank(KeyName key, byte[] member) {
        ranks.add(new MemberStore.Wanted(key, new ByteKey(member)));
        headers.add(key);
        reads(key, RANK);
    }

    /** The key's header and the members with the lowest scores will be read, these many beside what was hinted before. */
    public void lowest(KeyName key, long members) {
        fromEnd(lowest, key, members);
        headers.add(key);
        reads(key, LOWEST);
    }

    /** The key's header and the members with the highest scores will be read, these many beside what was hinted before. */
    public void highest(KeyName key, long members) {
        fromEnd(highest, key, members);
        headers.add(key);
        reads(key, HIGHEST);
    }

    /**
     * The key's header and members of its sorted set in a range of scores will be read, in order or against it; see
     * {@link Zsets#range(KeyName, ZsetRange, boolean, long, long)}. Of long ranges the first members are read ahead where
     * there is no limit, and none where there is.
     */
    public void range(KeyName key, ZsetRange.Scores range, boolean isDescending, long skip, long limit) {
        headers.add(key);
        if (range.isEmpty() || skip < 0 || limit == 0) {
            return;
        }
        Map<Ranged, Long> wanted = isDescending ? descending : ascending;
        Ranged one = new Ranged(key, range);
        long before = wanted.getOrDefault(one, 0L);
        // One more than are read ahead elsewhere, to see whether these are all.
        long count = limit < 0 ? MOST_ELEMENTS + 1 : Math.max(skip, limit) > MOST_ELEMENTS ? Long.MAX_VALUE : skip + limit;
        if (limit > 0 && count > MOST_ELEMENTS || skip > MOST_ELEMENTS || placed + count - before > MOST_ROWS) {
            more = true;
        } else if (count > before) {
            wanted.put(one, count);
            placed += count - before;
            reads(key, isDescending ? DESCENDING : ASCENDING);
        }
    }

    /** The key's header and how many members its sorted set has in a range of scores will be read. */
    public void count(KeyName key, ZsetRange.Scores range) {
        headers.add(key);
        if (!range.isEmpty()) {
            counts.add(new Ranged(key, range));
            reads(key, COUNT);
        }
    }

    /** What else will be read: one object for the whole batch, to be found again with {@link Tx#reading}. */
    public <R extends Reading> R reading(Class<R> type, Supplier<R> create) {
        return type.cast(readings.computeIfAbsent(type, t -> create.get()));
    }

    /** Takes in that so many more are wanted from one end; false where only the header is read ahead. */
    private boolean fromEnd(Map<KeyName, Long> counts, KeyName key, long wanted) {
        long before = counts.getOrDefault(key, 0L);
        long count = Math.min(MOST_ELEMENTS, before + wanted);
        if (placed + count - before > MOST_ROWS) {
            headers.add(key);
            more = true;
            return before > 0;
        }
        counts.put(key, count);
        placed += count - before;
        return true;
    }

    private void member(ValueType type, KeyName key, byte[] member) {
        members.computeIfAbsent(type, t -> new LinkedHashSet<>())
                .add(new MemberStore.Wanted(key, new ByteKey(member)));
        reads(key, MEMBERS << type.ordinal());
    }

    /** The key's header and some field of its hash will be read, any one; of a hash of few fields all are read ahead. */
    public void anyField(KeyName key) {
        whole(ValueType.HASH, key, MemberDraws.FEW);
    }

    /** The key's header and some member of its set will be read, any one; of a set of few members all are read ahead. */
    public void anyMember(KeyName key) {
        whole(ValueType.SET, key, MemberDraws.FEW);
    }

    /** The key's header and some member of its sorted set will be read, any one; of one of few members all are read ahead. */
    public void anyScore(KeyName key) {
        whole(ValueType.ZSET, key, MemberDraws.FEW);
    }

    private void whole(ValueType type, KeyName key, long most) {
        wholes.computeIfAbsent(type, t -> new LinkedHashMap<>()).merge(key, most, Math::max);
        reads(key, WHOLES << type.ordinal());
    }

    private void reads(KeyName key, int kind) {
        kinds.merge(key, kind, (some, more) -> some | more);
    }

    /** More will be read than can be hinted: these reads are to see the same state of the database as what was hinted. */
    public void more() {
        more = true;
    }

    /** Whether what was hinted is all that will be read. */
    public boolean isAll() {
        return !more;
    }

    /** Whether what is read of these keys takes several statements, which need not see the same state of the database. */
    public boolean takesSeveral(List<KeyName> keys) {
        int all = 0;
        for (KeyName key : keys) {
            int ofKey = kinds.getOrDefault(key, 0);
            all |= (ofKey & ~WITHOUT_HEADER) == 0 ? ofKey | HEADER : ofKey;
        }
        return Integer.bitCount(all) > 1;
    }

    /** How many statements will read it all. */
    public int statements() {
        return (strings.isEmpty() ? 0 : 1) + members.size() + wholes.size() + (left.isEmpty() ? 0 : 1) + (right.isEmpty() ? 0 : 1)
                + (indexes.isEmpty() ? 0 : 1) + (ranks.isEmpty() ? 0 : 1) + (lowest.isEmpty() ? 0 : 1) + (highest.isEmpty() ? 0 : 1)
                + (ascending.isEmpty() ? 0 : 1) + (descending.isEmpty() ? 0 : 1) + (counts.isEmpty() ? 0 : 1)
                + (headersOnly().isEmpty() ? 0 : 1) + readings.size();
    }

    Map<Class<?>, Reading> readings() {
        return readings;
    }

    Collection<KeyName> strings() {
        return strings;
    }

    Map<ValueType, Set<MemberStore.Wanted>> members() {
        return members;
    }

    /** The keys whose small values are wanted as a whole, with the number of members up to which they are small. */
    Map<ValueType, Map<KeyName, Long>> wholes() {
        return wholes;
    }

    /** Up to how many members a value is worth being read ahead as a whole. */
    long mostMembers() {
        long values = 0;
        for (Map<KeyName, Long> ofType : wholes.values()) {
            values += ofType.size();
        }
        return values == 0 ? MemberStore.SMALL : Math.max(FEWEST_MEMBERS, MOST_ROWS / values);
    }

    /** Up to how many bytes a string is worth being read ahead. */
    long longestString() {
        return strings.isEmpty() ? HeapShare.BYTES : HeapShare.BYTES / strings.size();
    }

    Map<KeyName, Long> left() {
        return left;
    }

    Map<KeyName, Long> right() {
        return right;
    }

    Set<Indexes> indexes() {
        return indexes;
    }

    /** Up to how many bytes the value of a field or an element is worth being read ahead. */
    long longest() {
        long values = placed + members.getOrDefault(ValueType.HASH, Set.of()).size()
                + wholes.getOrDefault(ValueType.HASH, Map.of()).size() * Math.min(MemberStore.SMALL, mostMembers());
        return values == 0 ? LONG : Math.max(SHORT, Math.min(LONG, MOST_BYTES / values));
    }

    Set<MemberStore.Wanted> ranks() {
        return ranks;
    }

    Map<KeyName, Long> lowest() {
        return lowest;
    }

    Map<KeyName, Long> highest() {
        return highest;
    }

    /** Ranges of scores from the lowest up, with the number of members wanted. */
    Map<Ranged, Long> ascending() {
        return ascending;
    }

    /** Ranges of scores from the highest down, with the number of members wanted. */
    Map<Ranged, Long> descending() {
        return descending;
    }

    Set<Ranged> counts() {
        return counts;
    }

    /** The keys of which only the header is wanted. */
    List<KeyName> headersOnly() {
        return headers.isEmpty() ? List.of() : headers.stream()
                .filter(key -> (kinds.getOrDefault(key, 0) & ~WITHOUT_HEADER) == 0).toList();
    }
}
