package dev.respql.store;

import static dev.respql.sql.SqlStatement.bytes;
import static dev.respql.sql.SqlStatement.integer;
import static dev.respql.sql.SqlStatement.number;
import static dev.respql.sql.SqlStatement.real;

import dev.respql.sql.Row;
import dev.respql.sql.RowReader;
import dev.respql.sql.Rows;
import dev.respql.sql.SqlLink;
import dev.respql.sql.SqlStatement;
import dev.respql.store.ZsetBlocks.Start;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * Sorted sets in a unit of work. Ranks count from 0 at the lowest score. Every method throws
 * {@link WrongTypeException} for a key of another type. Used by one thread.
 */
public final class Zsets extends MemberStore<Double> {
    /** So many rows are skipped by the index alone; where more are to be skipped, the blocks tell where to begin. */
    private static final long SKIPPED_BY_INDEX = 4 * ZsetBlocks.BLOCK_SIZE;
    /** Up to so many members are removed or stored one by one, more by their range. */
    private static final int MOVED_ONE_BY_ONE = 8 * ZsetBlocks.BLOCK_SIZE;
    /** How often what was read ahead of one sorted set follows a change, before reading anew is cheaper. */
    private static final int MOST_FOLLOWED = 10_000;

    private static final VarHandle DOUBLE =
            MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);

    private static final MemberStatements SQL = new MemberStatements("zsets", "member", "coalesce(t.whole, t.member)",
            ", t.score", real("score"), bytes("whole"));

    /** The name of a member {@code z}; what tells that it is long is in the index already. */
    private static final String NAME = """
            CASE WHEN length(z.member) < %d THEN z.member ELSE (SELECT w.whole FROM zsets w
                WHERE w.key_id = z.key_id AND w.hash = z.hash AND w.member = z.member) END""".formatted(ShortForm.LONG);

    private static final SqlStatement FETCH_LOWEST = fetchEnd("ASC");
    private static final SqlStatement FETCH_HIGHEST = fetchEnd("DESC");

    private static final SqlStatement FETCH_ASCENDING = fetchRange("ASC");
    private static final SqlStatement FETCH_DESCENDING = fetchRange("DESC");

    private static final SqlStatement FETCH_RANK = SqlStatement.of("""
            SELECT n.i, m.hash, m.score, %s
            FROM {rows} CROSS JOIN databases d
            LEFT JOIN {keys k WHERE k.space = d.space AND k.name = n.name}
            LEFT JOIN {zsets m WHERE m.key_id = k.id AND m.hash = n.hash AND m.member = n.member}
            WHERE d.number = n.db
            """.formatted(ZsetBlocks.rank("m.key_id", "m.score", "m.member")), integer("db"), bytes("name"),
            number("hash"), bytes("member"), real("first_score"), bytes("first_member"));

    private static final SqlStatement FETCH_PLACE = SqlStatement.of("""
            SELECT n.i, %s
            FROM {rows} CROSS JOIN databases d
            LEFT JOIN {keys k WHERE k.space = d.space AND k.name = n.name}
            WHERE d.number = n.db
            """.formatted(ZsetBlocks.rank("k.id", "n.score", "n.member")), integer("db"), bytes("name"),
            real("score"), bytes("member"), real("first_score"), bytes("first_member"));

    private static final SqlStatement RANK = SqlStatement.of("""
            SELECT n.i, %s FROM {rows}
            """.formatted(ZsetBlocks.rank("n.key_id", "n.score", "n.member")), number("key_id"), real("score"),
            bytes("member"), real("first_score"), bytes("first_member"));

    private static final SqlStatement ASCENDING = range(false, "ASC");
    private static final SqlStatement DESCENDING = range(false, "DESC");
    private static final SqlStatement ASCENDING_UP_TO = range(true, "ASC");
    private static final SqlStatement DESCENDING_UP_TO = range(true, "DESC");

    private static final SqlStatement DELETE_UP_TO = SqlStatement.of("""
            DELETE FROM zsets WHERE key_id + 0 = ? AND (score, member) >= (?, ?) AND (score, member) < (?, ?)
            """, number("key_id"), real("score"), bytes("member"), real("end_score"), bytes("end_member"));

    private static final SqlStatement COPY_RANGE = SqlStatement.of("""
            INSERT INTO zsets (key_id, hash, member, whole, score)
            SELECT ?, hash, member, whole, score FROM zsets
            WHERE key_id + 0 = ? AND (score, member) >= (?, ?)
            ORDER BY score, member LIMIT ? OFFSET ?
            """, number("target"), number("source"), real("score"), bytes("member"), number("count"),
            number("offset"));

    private static final SqlStatement LONG = SqlStatement.of("""
            SELECT 1 FROM zsets WHERE key_id = ? AND length(member) > %d LIMIT 1
            """.formatted(Encodings.MAX_SMALL_LENGTH), number("key_id"));

    private static SqlStatement fetchEnd(String direction) {
        return SqlStatement.of("""
                SELECT n.i, e.name, e.score
                FROM {rows} CROSS JOIN LATERAL (
                    SELECT %1$s AS name, z.score FROM zsets z
                    WHERE z.key_id + 0 = (SELECT k.id + 0 FROM keys k
                        WHERE k.space = (SELECT d.space FROM databases d WHERE d.number = n.db) AND k.name = n.name)
                    ORDER BY z.score %2$s, z.member %2$s LIMIT n.count) e
                """.formatted(NAME, direction), integer("db"), bytes("name"), number("count"));
    }

    /** Where the number of the header is known already, {@code key_id} gives it, and nothing is looked up. */
    private static SqlStatement fetchRange(String direction) {
        return SqlStatement.of("""
                SELECT n.i, e.name, e.score
                FROM {rows} CROSS JOIN LATERAL (
                    SELECT %1$s AS name, z.score FROM zsets z
                    WHERE z.key_id + 0 = coalesce(n.key_id, (SELECT k.id + 0 FROM keys k
                        WHERE k.space = (SELECT d.space FROM databases d WHERE d.number = n.db) AND k.name = n.name))
                        AND z.score >= n.lowest AND z.score <= n.highest
                    ORDER BY z.score %2$s, z.member %2$s LIMIT n.count) e
                """.formatted(NAME, direction), integer("db"), bytes("name"), number("key_id"), real("lowest"),
                real("highest"), number("count"));
    }

    private static SqlStatement range(boolean upTo, String direction) {
        String text = """
                SELECT %1$s, z.score FROM zsets z
                WHERE z.key_id + 0 = ? AND (z.score, z.member) >= (?, ?)%2$s
                ORDER BY z.score %3$s, z.member %3$s LIMIT ? OFFSET ?
                """.formatted(NAME, upTo ? " AND (z.score, z.member) < (?, ?)" : "", direction);
        return upTo
                ? SqlStatement.of(text, number("key_id"), real("score"), bytes("member"), real("end_score"),
                        bytes("end_member"), number("count"), number("offset"))
                : SqlStatement.of(text, number("key_id"), real("score"), bytes("member"), number("count"),
                        number("offset"));
    }

    /** What is known of a sorted set beside its members. */
    private static final class View {
        /** The size that blocks were made for last. */
        private long countedSize;
        /** How many more members there are at which places since then; only where there may be blocks. */
        private NavigableMap<Place, Integer> moves = new TreeMap<>();
        private ZsetEnd lowest;
        private ZsetEnd highest;
        /** Ranks that were read ahead; none once anything has changed. */
        private final Map<ByteKey, Long> ranks = new HashMap<>();
        /** Ranges that were read ahead, and how many members come before which places. */
        private final Map<Direction, ZsetEnd> ranges = new HashMap<>(0);
        private final NavigableMap<Place, Long> places = new TreeMap<>();
        private int followed;

        private View(long countedSize) {
            this.countedSize = countedSize;
        }

        private ZsetEnd end(boolean isHighest) {
            return isHighest ? highest : lowest;
        }

        private void end(boolean isHighest, ZsetEnd end) {
            if (isHighest) {
                highest = end;
            } else {
                lowest = end;
            }
        }

        private void forget() {
            lowest = null;
            highest = null;
            ranks.clear();
            ranges.clear();
            places.clear();
        }

        /** A member has come or, where {@code more} is negative, gone. */
        private void follow(Scored member, int more) {
            ranks.clear();
            follow(lowest, member, more);
            follow(highest, member, more);
            int others = ranges.size() + places.size();
            if (others == 0) {
                return;
            }
            followed += others;
            if (followed > MOST_FOLLOWED) {
                ranges.clear();
                places.clear();
                return;
            }
            ranges.values().forEach(range -> follow(range, member, more));
            places.tailMap(member.place(), false).replaceAll((place, count) -> count + more);
        }

        private static void follow(ZsetEnd end, Scored member, int more) {
            if (end != null && more > 0) {
                end.add(member);
            } else if (end != null) {
                end.remove(member);
            }
        }

        /** How many members come before a place, or null where that is not known. */
        private Long before(Place place) {
            return place.equals(Place.FIRST) ? (Long) 0L : places.get(place);
        }
    }

    /** A range as it is read from one end. */
    private record Direction(ZsetRange.Scores range, boolean descending) {
    }

    /** What is being read ahead of a range: its members, or else how many members come before places of it. */
    private record Fetched(KeyName key, Direction direction, ZsetEnd members, Map<Place, Long> places) {
    }

    /** From a place up to, but without, another; {@code to} is null for the end of the order. */
    private record Span(Place from, Place to) {
        private static final Span ALL = new Span(Place.FIRST, null);

        private boolean isEmpty() {
            return to != null && from.compareTo(to) >= 0;
        }
    }

    /** Ranks that follow each other; none where {@code count} is not positive. */
    private record Ranks(long first, long count) {
    }

    private final Map<Header, View> views = new HashMap<>();
    /** Sorted sets whose blocks may have to follow changes. */
    private final Set<Header> touched = new LinkedHashSet<>();
    private final List<Fetched> fetched = new ArrayList<>();

    Zsets(Tx tx) {
        super(tx, ValueType.ZSET, SQL);
    }

    // ---- members

    /** Number of members; 0 where there is no such key. */
    public long size(KeyName key) {
        Header header = live(key);
        return header == null ? 0 : header.size;
    }

    /** The member's score, or null where there is no such member. */
    public Double score(KeyName key, byte[] member) {
        Header header = live(key);
        return header == null ? null : get(header, member);
    }

    /** Reads these members at once, so that asking for them one by one costs nothing more. */
    public void load(KeyName key, List<byte[]> members) {
        Header header = live(key);
        if (header != null) {
            load(header, members);
        }
    }

    /**
     * Gives a member a score, creating the sorted set where it is missing; the score may not be NaN. Like a listpack of
     * Redis, a small sorted set has no negative zero.
     */
    public void put(KeyName key, byte[] member, double score) {
        Header header = liveOrNew(key);
        boolean small = header.size < Encodings.MAX_SMALL_SIZE && member.length <= Encodings.MAX_SMALL_LENGTH;
        put(header, member, (Double) (score == 0 && small ? 0 : score));
    }

    /** Removes a member, and the key with its last one; whether it was there. */
    public boolean remove(KeyName key, byte[] member) {
        Header header = live(key);
        return header != null && remove(header, member) != null;
    }

    // ---- ranks

    /** How many members come before this one, or null where it is not there. */
    public Long rank(KeyName key, byte[] member) {
        Header header = live(key);
        Double score = header == null ? null : get(header, member);
        if (score == null) {
            return null;
        }
        Long known = view(header).ranks.get(new ByteKey(member));
        return known != null ? known : (Long) ranks(header, List.of(Place.of(member, score)))[0];
    }

    /** How many members a range has. */
    public long count(KeyName key, ZsetRange range) {
        Header header = live(key);
        Span span = header == null ? null : span(header, range);
        if (span == null) {
            return 0;
        }
        return Math.max(0, ranks(header, span, false, 0, -1).count);
    }

    // ---- ranges

    /**
     * The members of a range in order, or against it.
     *
     * @param skip how many are left out at the start; nothing is returned where it is negative
     * @param limit how many are returned at most; all where it is negative
     */
    public List<Scored> range(KeyName key, ZsetRange range, boolean descending, long skip, long limit) {
        Header header = live(key);
        Span span = header == null || skip < 0 || limit == 0 ? null : span(header, range);
        if (span == null) {
            return List.of();
        }
        return skip <= SKIPPED_BY_INDEX
                ? read(header, range, span, descending, skip, limit < 0 ? Long.MAX_VALUE : limit)
                : read(header, ranks(header, span, descending, skip, limit), descending);
    }

    /**
     * The members from one rank to another, both included, or against the order from one rank from above to another.
     * Negative ranks count from the other end.
     */
    public List<Scored> range(KeyName key, long start, long stop, boolean descending) {
        Header header = live(key);
        return header == null ? List.of() : read(header, ranks(header, start, stop, descending), descending);
    }

    /** Removes the members of a range, and the key with its last one; how many there were. */
    public long removeRange(KeyName key, ZsetRange range) {
        Header header = live(key);
        Span span = header == null ? null : span(header, range);
        if (span == null) {
            return 0;
        }
        List<Scored> some = read(header, range, span, false, 0, MOVED_ONE_BY_ONE + 1);
        if (some.size() <= MOVED_ONE_BY_ONE) {
            removeEach(header, some);
            return some.size();
        }
        long count = ranks(header, span, false, 0, -1).count;
        removeSpan(header, span, count);
        return count;
    }

    /** Removes the members from one rank to another, both included, negative ones counting from above; how many. */
    public long removeRange(KeyName key, long start, long stop) {
        Header header = live(key);
        if (header == null) {
            return 0;
        }
        Ranks ranks = ranks(header, start, stop, false);
        if (ranks.count <= MOVED_ONE_BY_ONE) {
            removeEach(header, read(header, ranks, false));
        } else {
            long end = ranks.first + ranks.count;
            removeSpan(header, new Span(read(header, new Ranks(ranks.first, 1), false).get(0).place(),
                    end == header.size ? null : read(header, new Ranks(end, 1), false).get(0).place()), ranks.count);
        }
        return Math.max(0, ranks.count);
    }

    /** Removes and returns the members with the lowest or highest scores, those first, and the key with the last one. */
    public List<Scored> pop(KeyName key, boolean highest, long count) {
        Header header = live(key);
        if (header == null || count == 0) {
            return List.of();
        }
        long wanted = Math.min(count, header.size);
        if (wanted <= MOVED_ONE_BY_ONE) {
            List<Scored> popped = end(header, highest, wanted).list(0, wanted);
            removeEach(header, popped);
            return popped;
        }
        List<Scored> popped = read(header, Span.ALL, highest, 0, wanted);
        Place last = popped.get(popped.size() - 1).place();
        removeSpan(header, highest ? new Span(last, null) : new Span(Place.FIRST, last.next()), wanted);
        return popped;
    }

    // ---- members by chance, and one after the other

    /** Up to {@code count} different members by random choice; none where there is no such key. */
    public List<Scored> choose(KeyName key, long count) {
        Header header = live(key);
        return header == null ? List.of() : scored(choose(header, count));
    }

    /** So many members, each drawn at random from all; none where there is no such key. */
    public List<Scored> draw(KeyName key, int count) {
        Header header = live(key);
        return header == null ? List.of() : scored(draw(header, count));
    }

    /** One step of a scan; see {@link MemberScan}. */
    public MemberScan<Double> scan(KeyName key, long cursor, long count) {
        Header header = live(key);
        return header == null ? new MemberScan<>(0, List.of()) : MemberScan.step(this, header, cursor, count);
    }

    static List<Scored> scored(List<Member<Double>> members) {
        return members.stream().map(member -> new Scored(member.name(), member.value())).toList();
    }

    // ---- storing

    /** Makes the key a sorted set of these members, over whatever was there; without any, there is no key. */
    public void replace(KeyName key, List<Scored> members) {
        tx.keys().delete(key);
        if (members.isEmpty()) {
            return;
        }
        boolean small = members.size() <= Encodings.MAX_SMALL_SIZE
                && members.stream().allMatch(member -> member.member().length <= Encodings.MAX_SMALL_LENGTH);
        Header header = liveOrNew(key);
        for (Scored member : members) {
            put(header, member.member(), (Double) (member.score() == 0 && small ? 0 : member.score()));
        }
    }

    /** Makes {@code target} a sorted set of what {@link #range(KeyName, ZsetRange, boolean, long, long)} returns; its size. */
    public long storeRange(KeyName target, KeyName key, ZsetRange range, boolean descending, long skip, long limit) {
        Header header = live(key);
        Span span = header == null || skip < 0 || limit == 0 ? null : span(header, range);
        return store(target, header, span == null ? new Ranks(0, 0) : ranks(header, span, descending, skip, limit));
    }

    /** Makes {@code target} a sorted set of what {@link #range(KeyName, long, long, boolean)} returns; its size. */
    public long storeRange(KeyName target, KeyName key, long start, long stop, boolean descending) {
        Header header = live(key);
        return store(target, header, header == null ? new Ranks(0, 0) : ranks(header, start, stop, descending));
    }

    private long store(KeyName target, Header source, Ranks ranks) {
        if (ranks.count <= MOVED_ONE_BY_ONE) {
            replace(target, ranks.count <= 0 ? List.of() : read(source, ranks, false));
            return Math.max(0, ranks.count);
        }
        settle(source);
        Start start = start(source, ranks.first);
        long id = tx.link().nextId();
        tx.link().queue(COPY_RANGE, Rows.of(COPY_RANGE).next().set(0, id).set(1, source.id)
                .set(2, start.place().score()).set(3, start.place().key()).set(4, ranks.count)
                .set(5, ranks.first - start.rank()), RowReader.NONE);
        createdDirectly(target, id, ranks.count);
        return ranks.count;
    }

    // ---- combinations

    /** Refuses keys that can be no part of a {@link Combination}: {@link WrongTypeException}. */
    public void checkInputs(List<KeyName> keys) {
        keys.forEach(key -> Combiner.header(tx, key));
    }

    /** What comes out, in the order of a sorted set. */
    public List<Scored> combine(Combination combination) {
        List<Scored> members = new ArrayList<>();
        new Combiner(tx, combination).run(members::add);
        members.sort(Scored.ORDER);
        return members;
    }

    /** How many members come out; counts no further than to {@code limit}. */
    public long count(Combination combination, long limit) {
        long[] count = new long[1];
        new Combiner(tx, combination).run(member -> ++count[0] < limit);
        return count[0];
    }

    /** Makes {@code target} a sorted set of what comes out, which is never in memory as a whole if it is large; its size. */
    public long store(KeyName target, Combination combination) {
        List<Scored> some = new ArrayList<>();
        long[] idAndSize = new long[2];
        new Combiner(tx, combination).run(member -> {
            some.add(member);
            if (some.size() > MOVED_ONE_BY_ONE) {
                idAndSize[0] = idAndSize[0] == 0 ? tx.link().nextId() : idAndSize[0];
                idAndSize[1] += insert(idAndSize[0], some);
            }
            return true;
        });
        if (idAndSize[0] == 0) {
            replace(target, some);
            return some.size();
        }
        long size = idAndSize[1] + insert(idAndSize[0], some);
        createdDirectly(target, idAndSize[0], size);
        return size;
    }

    /** Writes rows at once, of a value that is not there yet, and empties the list; how many there were. */
    private long insert(long id, List<Scored> members) {
        Rows rows = Rows.of(SQL.insert);
        for (Scored member : members) {
            rows.next().set(0, id).set(1, MemberHash.of(member.member())).set(2, Place.key(member.member()));
            bind(rows, 3, member.member(), member.score());
        }
        tx.link().query(SQL.insert, rows, RowReader.NONE);
        long count = members.size();
        members.clear();
        return count;
    }

    /** Puts a value whose rows have been written over whatever the key had. */
    private void createdDirectly(KeyName key, long id, long size) {
        Header header = tx.keys().create(key, ValueType.ZSET, id);
        touched.add(header);
        view(header);
        createdDirectly(header, size);
    }

    // ---- what goes through to the database

    @Override
    Double read(Row row, int column) {
        return row.real(column);
    }

    @Override
    byte[] toBytes(Double score) {
        byte[] bytes = new byte[Double.BYTES];
        DOUBLE.set(bytes, 0, (double) score);
        return bytes;
    }

    @Override
    Double ofBytes(byte[] bytes) {
        return (double) DOUBLE.get(bytes, 0);
    }

    @Override
    void bind(Rows rows, int column, byte[] member, Double score) {
        rows.set(column, (double) score).set(column + 1, ShortForm.isLong(member) ? member : null);
    }

    @Override
    byte[] column(byte[] member) {
        return Place.key(member);
    }

    @Override
    long deletedAtOnce() {
        // Others may have blocks.
        return Math.min(super.deletedAtOnce(), ZsetBlocks.KEPT_FROM - 1);
    }

    @Override
    Comparator<Member<Double>> order(List<Member<Double>> members) {
        return Comparator.comparing(member -> Place.of(member.name(), member.value()));
    }

    @Override
    Double put(Header header, byte[] member, Double score) {
        Double before = super.put(header, member, score);
        if (before != null) {
            moved(header, new Scored(member, before), -1);
        }
        moved(header, new Scored(member, score), 1);
        return before;
    }

    @Override
    Double remove(Header header, byte[] member) {
        Double before = super.remove(header, member);
        if (before != null && header.size > 0) {
            moved(header, new Scored(member, before), -1);
        }
        return before;
    }

    private void moved(Header header, Scored member, int more) {
        View view = view(header);
        view.follow(member, more);
        if (view.countedSize >= ZsetBlocks.KEPT_FROM) {
            view.moves.merge(member.place(), more, (some, others) -> some + others == 0 ? null : (Integer) (some + others));
        }
        touched.add(header);
    }

    private void removeEach(Header header, List<Scored> members) {
        for (Scored member : members) {
            learn(header, member.member(), member.score());
            remove(header, member.member());
        }
    }

    private void removeSpan(Header header, Span span, long count) {
        if (count == header.size) {
            tx.keys().drop(header);
            return;
        }
        settle(header);
        Place to = span.to != null ? span.to : read(header, Span.ALL, true, 0, 1).get(0).place().next();
        SqlLink link = tx.link();
        link.queue(DELETE_UP_TO, Rows.of(DELETE_UP_TO).next().set(0, header.id).set(1, span.from.score())
                .set(2, span.from.key()).set(3, to.score()).set(4, to.key()), RowReader.NONE);
        if (header.size >= ZsetBlocks.KEPT_FROM) {
            ZsetBlocks.followRemoval(link, header.id, span.from, to, count);
        }
        view(header).forget();
        touched.add(header);
        changedDirectly(header, -count);
    }

    @Override
    void flush(SqlLink link) {
        super.flush(link);
        if (touched.isEmpty()) {
            return;
        }
        Map<Header, NavigableMap<Place, Integer>> followed = new LinkedHashMap<>();
        List<Long> uncounted = new ArrayList<>();
        List<Header> counted = new ArrayList<>();
        for (Header header : touched) {
            View view = view(header);
            boolean mayHaveBlocks = view.countedSize >= ZsetBlocks.KEPT_FROM;
            boolean follow = mayHaveBlocks && header.size >= ZsetBlocks.KEPT_FROM
                    && ZsetBlocks.worthFollowing(view.moves.size(), header.size);
            if (follow && !view.moves.isEmpty()) {
                followed.put(header, view.moves);
                view.moves = new TreeMap<>();
            } else if (!follow) {
                view.moves.clear();
                if (mayHaveBlocks) {
                    uncounted.add(header.id);
                }
                if (header.size >= ZsetBlocks.NEEDED_FROM) {
                    counted.add(header);
                }
            }
            view.countedSize = header.size;
        }
        touched.clear();
        ZsetBlocks.delete(link, uncounted);
        counted.forEach(header -> ZsetBlocks.build(link, header.id, header.size));
        if (!followed.isEmpty()) {
            ZsetBlocks.follow(link, followed);
        }
    }

    @Override
    void drop(Header header) {
        super.drop(header);
        touched.remove(header);
        views.remove(header);
    }

    @Override
    void copy(Header source, Header target) {
        super.copy(source, target);
        if (source.size >= ZsetBlocks.KEPT_FROM) {
            ZsetBlocks.copy(tx.link(), source.id, target.id);
        }
    }

    @Override
    String encoding(Header header) {
        return header.size <= Encodings.MAX_SMALL_SIZE && !isAny(LONG, header) ? "listpack" : "skiplist";
    }

    /** Queues the reading of members at one end, so many of each key. Headers must have been queued before. */
    void queueEnds(SqlLink link, Map<KeyName, Long> counts, boolean isHighest) {
        if (counts.isEmpty()) {
            return;
        }
        SqlStatement statement = isHighest ? FETCH_HIGHEST : FETCH_LOWEST;
        Rows rows = Rows.of(statement);
        List<KeyName> keys = List.copyOf(counts.keySet());
        for (KeyName key : keys) {
            rows.next().set(0, key.db()).set(1, key.stored()).set(2, counts.get(key));
        }
        link.queue(statement, rows, row -> {
            KeyName key = keys.get(row.ordinal());
            Header header = tx.keys().live(key);
            if (header != null && header.type == ValueType.ZSET) {
                View view = view(header);
                if (view.end(isHighest) == null) {
                    view.end(isHighest, new ZsetEnd(isHighest, counts.get(key)));
                }
                view.end(isHighest).read(new Scored(row.bytes(2), row.real(3)));
            }
        });
    }

    /** Queues the reading of ranges, so many members of each. Headers must have been queued before. */
    void queueRanges(SqlLink link, Map<Prefetch.Ranged, Long> counts, boolean descending) {
        if (counts.isEmpty()) {
            return;
        }
        SqlStatement statement = descending ? FETCH_DESCENDING : FETCH_ASCENDING;
        Rows rows = Rows.of(statement);
        List<ZsetEnd> ends = new ArrayList<>(counts.size());
        counts.forEach((one, count) -> {
            KeyName key = one.key();
            if (mayBeRead(key)) {
                ZsetEnd end = new ZsetEnd(descending, one.range(), count);
                rows.next().set(0, key.db()).set(1, key.stored())
                        .set(2, tx.keys().knows(key) ? tx.keys().live(key).id : Rows.NULL)
                        .set(3, one.range().lowest()).set(4, one.range().highest()).set(5, count);
                ends.add(end);
                fetched.add(new Fetched(key, new Direction(one.range(), descending), end, Map.of()));
            }
        });
        if (!ends.isEmpty()) {
            link.queue(statement, rows, row -> ends.get(row.ordinal()).read(new Scored(row.bytes(2), row.real(3))));
        }
    }

    /** Queues the reading of what it takes to count ranges. Headers must have been queued before. */
    void queueCounts(SqlLink link, Set<Prefetch.Ranged> counts) {
        Map<KeyName, Set<Place>> wanted = new LinkedHashMap<>();
        for (Prefetch.Ranged one : counts) {
            Span span = span(one.range());
            Set<Place> places = wanted.computeIfAbsent(one.key(), key -> new LinkedHashSet<>());
            // Nothing comes before the first place, and before the end there are all.
            if (!span.from.equals(Place.FIRST)) {
                places.add(span.from);
            }
            if (span.to != null) {
                places.add(span.to);
            }
        }
        Rows ofKnown = Rows.of(RANK);
        Rows ofOthers = Rows.of(FETCH_PLACE);
        List<Map.Entry<Place, Map<Place, Long>>> known = new ArrayList<>();
        List<Map.Entry<Place, Map<Place, Long>>> others = new ArrayList<>();
        wanted.forEach((key, places) -> {
            if (!mayBeRead(key)) {
                return;
            }
            Header header = tx.keys().knows(key) ? tx.keys().live(key) : null;
            Map<Place, Long> found = new HashMap<>();
            fetched.add(new Fetched(key, null, null, found));
            for (Place place : places) {
                if (header != null) {
                    place(ofKnown, header, place);
                } else {
                    ofOthers.next().set(0, key.db()).set(1, key.stored()).set(2, place.score()).set(3, place.key())
                            .set(4, Place.FIRST.score()).set(5, Place.FIRST.key());
                }
                (header != null ? known : others).add(Map.entry(place, found));
            }
        });
        queueCounts(link, RANK, ofKnown, known);
        queueCounts(link, FETCH_PLACE, ofOthers, others);
    }

    private static void queueCounts(SqlLink link, SqlStatement statement, Rows rows,
            List<Map.Entry<Place, Map<Place, Long>>> places) {
        if (!places.isEmpty()) {
            link.queue(statement, rows, row -> {
                Map.Entry<Place, Map<Place, Long>> one = places.get(row.ordinal());
                one.getValue().put(one.getKey(), row.number(2));
            });
        }
    }

    /** Whether it makes sense to read ahead of a key: not where there is nothing, nor where the database lags behind. */
    private boolean mayBeRead(KeyName key) {
        if (!tx.keys().knows(key)) {
            return true;
        }
        Header header = tx.keys().live(key);
        return header != null && header.type == ValueType.ZSET && !isPending(header);
    }

    /** Takes in ranges that were read ahead. Also the empty ones, of which no row has told. */
    void fetched() {
        for (Fetched one : fetched) {
            Header header = tx.keys().knows(one.key) ? tx.keys().live(one.key) : null;
            if (header != null && header.type == ValueType.ZSET) {
                View view = view(header);
                view.places.putAll(one.places);
                if (one.members != null) {
                    view.ranges.put(one.direction, one.members);
                }
            }
        }
        fetched.clear();
    }

    /** Queues the reading of scores and ranks. Headers must have been queued before. */
    void queueRanks(SqlLink link, Set<Wanted> hinted) {
        if (hinted.isEmpty()) {
            return;
        }
        List<Wanted> wanted = new ArrayList<>(hinted.size());
        for (Wanted one : hinted) {
            if (!isKnown(one)) {
                wanted.add(one);
            }
        }
        queueRanksOfKnown(link, hinted);
        if (wanted.isEmpty()) {
            return;
        }
        Rows rows = Rows.of(FETCH_RANK);
        for (Wanted one : wanted) {
            byte[] member = one.member().bytes();
            rows.next().set(0, one.key().db()).set(1, one.key().stored()).set(2, MemberHash.of(member))
                    .set(3, Place.key(member)).set(4, Place.FIRST.score()).set(5, Place.FIRST.key());
        }
        link.queue(FETCH_RANK, rows, row -> {
            Wanted one = wanted.get(row.ordinal());
            Header header = tx.keys().live(one.key());
            if (header != null && header.type == ValueType.ZSET) {
                boolean isThere = row.numberOr(2, -1) >= 0;
                learnRecent(header, one.member(), isThere ? (Double) row.real(3) : null);
                view(header).ranks.put(one.member(), row.number(4));
            }
        });
    }

    /** The ranks of members of which the scores are known; of a rank alone the plan is simpler. */
    private void queueRanksOfKnown(SqlLink link, Set<Wanted> hinted) {
        Rows rows = Rows.of(RANK);
        List<Wanted> known = new ArrayList<>();
        for (Wanted one : hinted) {
            Header header = isKnown(one) ? tx.keys().live(one.key()) : null;
            Double score = header == null || header.type != ValueType.ZSET ? null : get(header, one.member().bytes());
            if (score != null && !isPending(header) && !view(header).ranks.containsKey(one.member())) {
                known.add(one);
                place(rows, header, Place.of(one.member().bytes(), score));
            }
        }
        if (!known.isEmpty()) {
            link.queue(RANK, rows, row -> {
                Wanted one = known.get(row.ordinal());
                view(tx.keys().live(one.key())).ranks.put(one.member(), row.number(2));
            });
        }
    }

    // ---- reading

    private View view(Header header) {
        return views.computeIfAbsent(header, h -> new View(h.storedSize));
    }

    /** What a range is in this sorted set; null where nothing can be in it. */
    private Span span(Header header, ZsetRange range) {
        Span span = range instanceof ZsetRange.Scores scores ? scores.isEmpty() ? null : span(scores)
                : span(header, (ZsetRange.Names) range);
        return span == null || span.isEmpty() ? null : span;
    }

    private static Span span(ZsetRange.Scores range) {
        // Whatever the members are, those of a score come before the first place of the next score.
        return new Span(Place.before(range.lowest()), range.highest() == Double.POSITIVE_INFINITY ? null
                : Place.before(Math.nextUp(range.highest())));
    }

    private Span span(Header header, ZsetRange.Names range) {
        ZsetRange.Limit min = range.min();
        ZsetRange.Limit max = range.max();
        if (min == ZsetRange.Limit.HIGHEST || max == ZsetRange.Limit.LOWEST) {
            return null;
        }
        Place from = Place.FIRST;
        if (min != ZsetRange.Limit.LOWEST) {
            Place place = Place.of(min.name(), end(header, false, 1).list(0, 1).get(0).score());
            from = min.without() ? place.next() : place;
        }
        Place to = null;
        if (max != ZsetRange.Limit.HIGHEST) {
            Place place = Place.of(max.name(), end(header, true, 1).list(0, 1).get(0).score());
            to = max.without() ? place : place.next();
        }
        return new Span(from, to);
    }

    /** The members at one end, at least {@code count} of them, of which there are so many. */
    private ZsetEnd end(Header header, boolean isHighest, long count) {
        View view = view(header);
        ZsetEnd end = view.end(isHighest);
        if (end == null || !end.has(count)) {
            ZsetEnd read = new ZsetEnd(isHighest, count);
            read(header, Span.ALL, isHighest, 0, count).forEach(read::read);
            view.end(isHighest, read);
            return read;
        }
        return end;
    }

    private Ranks ranks(Header header, long start, long stop, boolean descending) {
        long first = Math.max(0, start < 0 ? start + header.size : start);
        long last = Math.min(header.size - 1, stop < 0 ? Math.max(-1, stop + header.size) : stop);
        return new Ranks(descending ? header.size - 1 - last : first, last - first + 1);
    }

    private Ranks ranks(Header header, Span span, boolean descending, long skip, long limit) {
        long[] ranks = ranks(header, span);
        long count = Math.min(ranks[1] - ranks[0] - skip, limit < 0 ? Long.MAX_VALUE : limit);
        return new Ranks(descending ? ranks[1] - skip - count : ranks[0] + skip, count);
    }

    private long[] ranks(Header header, Span span) {
        return span.to == null
                ? new long[] {ranks(header, List.of(span.from))[0], header.size}
                : ranks(header, List.of(span.from, span.to));
    }

    /** How many members come before each of these places. */
    private long[] ranks(Header header, List<Place> places) {
        View view = view(header);
        long[] ranks = new long[places.size()];
        int known = 0;
        for (int i = 0; i < ranks.length; i++) {
            Long before = view.before(places.get(i));
            ranks[i] = before == null ? 0 : before;
            known += before == null ? 0 : 1;
        }
        if (known == ranks.length) {
            return ranks;
        }
        settle(header);
        Rows rows = Rows.of(RANK);
        places.forEach(place -> place(rows, header, place));
        tx.link().query(RANK, rows, row -> ranks[row.ordinal()] = row.number(2));
        return ranks;
    }

    private static void place(Rows rows, Header header, Place place) {
        rows.next().set(0, header.id).set(1, place.score()).set(2, place.key())
                .set(3, Place.FIRST.score()).set(4, Place.FIRST.key());
    }

    private List<Scored> read(Header header, Ranks ranks, boolean descending) {
        if (ranks.count <= 0) {
            return List.of();
        }
        long before = ranks.first;
        long after = header.size - ranks.first - ranks.count;
        View view = view(header);
        List<Scored> members;
        boolean fromHighest = false;
        if (view.lowest != null && view.lowest.has(before + ranks.count)) {
            members = view.lowest.list(before, ranks.count);
        } else if (view.highest != null && view.highest.has(after + ranks.count)) {
            members = view.highest.list(after, ranks.count);
            fromHighest = true;
        } else if (before <= after && before <= SKIPPED_BY_INDEX) {
            members = read(header, Span.ALL, false, before, ranks.count);
        } else if (after <= SKIPPED_BY_INDEX) {
            members = read(header, Span.ALL, true, after, ranks.count);
            fromHighest = true;
        } else {
            settle(header);
            Start start = start(header, before);
            members = read(header, new Span(start.place(), null), false, before - start.rank(), ranks.count);
        }
        if (descending != fromHighest) {
            Collections.reverse(members);
        }
        return members;
    }

    /** As below, for the span that a range is; what was read ahead of it is not read again. */
    private List<Scored> read(Header header, ZsetRange range, Span span, boolean descending, long skip, long limit) {
        ZsetEnd known = range instanceof ZsetRange.Scores scores
                ? view(header).ranges.get(new Direction(scores, descending)) : null;
        if (known == null) {
            return read(header, span, descending, skip, limit);
        }
        List<Scored> members = known.list(skip, limit);
        if (!known.has(limit == Long.MAX_VALUE ? limit : skip + limit)) {
            Span rest = descending ? new Span(span.from, known.last()) : new Span(known.last().next(), span.to);
            members.addAll(read(header, rest, descending, Math.max(0, skip - known.size()),
                    limit == Long.MAX_VALUE ? limit : limit - members.size()));
        }
        return members;
    }

    private List<Scored> read(Header header, Span span, boolean descending, long skip, long limit) {
        settle(header);
        boolean upTo = span.to != null;
        SqlStatement statement = upTo ? descending ? DESCENDING_UP_TO : ASCENDING_UP_TO
                : descending ? DESCENDING : ASCENDING;
        Rows rows = Rows.of(statement).next()
                .set(0, header.id).set(1, span.from.score()).set(2, span.from.key());
        if (upTo) {
            rows.set(3, span.to.score()).set(4, span.to.key());
        }
        List<Scored> members = new ArrayList<>();
        tx.link().query(statement, rows.set(upTo ? 5 : 3, limit).set(upTo ? 6 : 4, skip),
                row -> members.add(new Scored(row.bytes(1), row.real(2))));
        return members;
    }

    private Start start(Header header, long rank) {
        return header.size < ZsetBlocks.NEEDED_FROM ? new Start(Place.FIRST, 0)
                : ZsetBlocks.find(tx.link(), header.id, rank);
    }

    /** Before a read by range: sees to it that the database has what there is, and that it may be asked at all. */
    private void settle(Header header) {
        tx.lateRead();
        if (isPending(header)) {
            tx.flush();
        }
    }
}
