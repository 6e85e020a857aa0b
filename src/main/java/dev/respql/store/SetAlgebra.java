package dev.respql.store;

import static dev.respql.sql.SqlStatement.number;

import dev.respql.sql.Rows;
import dev.respql.sql.SqlLink;
import dev.respql.sql.SqlStatement;
import dev.respql.sql.RowReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Set algebra. What is answered is found by going over one set, a page at a time, and asking for each page which of its
 * members the others have: an intersection costs as much as its smallest set, and no set is ever held in memory beside
 * the answer. What is stored and large never leaves the database. Used by one thread.
 */
final class SetAlgebra {
    private static final int PAGE = 1000;

    /**
     * The subqueries below stand in the place of a value, not of EXISTS: PostgreSQL runs such one for each row, through
     * the index, and does not consider joining whole sets by some plan that is good for small ones.
     */
    private static final SqlStatement COPY_COMMON = SqlStatement.of("""
            INSERT INTO sets (key_id, hash, member)
            SELECT ?, s.hash, s.member FROM sets s
            WHERE s.key_id = ? AND (SELECT o.key_id FROM sets o
                WHERE o.key_id = ? AND o.hash = s.hash AND o.member = s.member) IS NOT NULL
            """, number("target"), number("source"), number("other"));

    private static final SqlStatement COPY_OTHERS = SqlStatement.of("""
            INSERT INTO sets (key_id, hash, member)
            SELECT ?, s.hash, s.member FROM sets s
            WHERE s.key_id = ? AND (SELECT o.key_id FROM sets o
                WHERE o.key_id = ? AND o.hash = s.hash AND o.member = s.member) IS NULL
            """, number("target"), number("source"), number("other"));

    private static final SqlStatement KEEP_COMMON = SqlStatement.of("""
            DELETE FROM sets
            WHERE key_id = ? AND (SELECT o.key_id FROM sets o
                WHERE o.key_id = ? AND o.hash = sets.hash AND o.member = sets.member) IS NULL
            """, number("target"), number("other"));

    private static final SqlStatement REMOVE_COMMON = SqlStatement.of("""
            DELETE FROM sets
            WHERE key_id = ? AND (SELECT o.key_id FROM sets o
                WHERE o.key_id = ? AND o.hash = sets.hash AND o.member = sets.member) IS NOT NULL
            """, number("target"), number("other"));

    private static final SqlStatement COUNT = SqlStatement.of("""
            SELECT count(*) FROM sets WHERE key_id = ?
            """, number("key_id"));

    /** The number of no value: a set without members. */
    private static final long NOTHING = 0;

    private final Sets sets;

    SetAlgebra(Sets sets) {
        this.sets = sets;
    }

    /** The headers of these keys, null where a key is missing. Throws {@link WrongTypeException}. */
    List<Header> headers(List<KeyName> keys) {
        List<Header> headers = new ArrayList<>(keys.size());
        for (KeyName key : keys) {
            headers.add(sets.live(key));
        }
        return headers;
    }

    List<byte[]> intersection(List<Header> sources, long limit) {
        List<byte[]> common = new ArrayList<>();
        if (sources.contains(null)) {
            return common;
        }
        List<Header> bySize = bySize(sources);
        List<Header> others = bySize.subList(1, bySize.size());
        long cursor = 0;
        do {
            MemberScan<Sets.There> page = MemberScan.step(sets, bySize.get(0), cursor, PAGE);
            common.addAll(filter(Sets.names(page.members()), others, true));
            cursor = page.cursor();
        } while (cursor != 0 && common.size() < limit);
        return common.size() <= limit ? common : common.subList(0, (int) limit);
    }

    List<byte[]> union(List<Header> sources) {
        Set<ByteKey> union = new LinkedHashSet<>();
        for (Header source : distinct(sources)) {
            if (source.size <= MemberStore.SMALL) {
                sets.all(source).forEach(member -> union.add(new ByteKey(member.name())));
            } else {
                sets.forEach(source, member -> union.add(new ByteKey(member.name())));
            }
        }
        return union.stream().map(ByteKey::bytes).toList();
    }

    List<byte[]> difference(List<Header> sources) {
        List<byte[]> rest = new ArrayList<>();
        Header first = sources.get(0);
        List<Header> others = distinct(sources.subList(1, sources.size()));
        if (first == null || others.contains(first)) {
            return rest;
        }
        long cursor = 0;
        do {
            MemberScan<Sets.There> page = MemberScan.step(sets, first, cursor, PAGE);
            rest.addAll(filter(Sets.names(page.members()), others, false));
            cursor = page.cursor();
        } while (cursor != 0);
        return rest;
    }

    long storeIntersection(KeyName target, List<Header> sources) {
        if (sources.contains(null)) {
            return store(target, List.of());
        }
        List<Header> bySize = bySize(sources);
        if (bySize.get(0).size <= MemberStore.SMALL) {
            return store(target, intersection(sources, Long.MAX_VALUE));
        }
        Header made = begin(target);
        Header second = bySize.get(Math.min(1, bySize.size() - 1));
        run(COPY_COMMON, made.id, bySize.get(0).id, second.id);
        for (Header other : bySize.subList(Math.min(2, bySize.size()), bySize.size())) {
            run(KEEP_COMMON, made.id, other.id);
        }
        return end(made);
    }

    long storeUnion(KeyName target, List<Header> sources) {
        List<Header> distinct = distinct(sources);
        if (distinct.stream().mapToLong(source -> source.size).sum() <= MemberStore.SMALL) {
            return store(target, union(sources));
        }
        Header made = begin(target);
        for (Header source : distinct) {
            run(COPY_OTHERS, made.id, source.id, made.id);
        }
        return end(made);
    }

    long storeDifference(KeyName target, List<Header> sources) {
        Header first = sources.get(0);
        List<Header> others = distinct(sources.subList(1, sources.size()));
        if (first == null || others.contains(first) || first.size <= MemberStore.SMALL) {
            return store(target, difference(sources));
        }
        Header made = begin(target);
        run(COPY_OTHERS, made.id, first.id, others.isEmpty() ? NOTHING : others.get(0).id);
        for (Header other : others.subList(Math.min(1, others.size()), others.size())) {
            run(REMOVE_COMMON, made.id, other.id);
        }
        return end(made);
    }

    private long store(KeyName target, List<byte[]> members) {
        if (members.isEmpty()) {
            sets.tx.keys().delete(target);
            return 0;
        }
        Header made = sets.create(target);
        for (byte[] member : members) {
            sets.put(made, member, Sets.There.IT_IS);
        }
        return members.size();
    }

    /** Flushes, so that statements see all members, and then puts a new value over what the key had: rows come next. */
    private Header begin(KeyName target) {
        sets.tx.lateRead();
        sets.tx.flush();
        return sets.create(target);
    }

    private void run(SqlStatement statement, long... values) {
        Rows row = Rows.of(statement).next();
        for (int i = 0; i < values.length; i++) {
            row.set(i, values[i]);
        }
        sets.tx.link().queue(statement, row, RowReader.NONE);
    }

    private long end(Header made) {
        SqlLink link = sets.tx.link();
        long[] size = new long[1];
        link.query(COUNT, Rows.of(COUNT).next().set(0, made.id), row -> size[0] = row.number(1));
        sets.createdDirectly(made, size[0]);
        return size[0];
    }

    /** Those that all of the others have, or none of them. */
    private List<byte[]> filter(List<byte[]> members, List<Header> others, boolean wanted) {
        List<byte[]> left = members;
        for (Header other : others) {
            List<Sets.There> found = sets.current(other, left);
            List<byte[]> passed = new ArrayList<>(left.size());
            for (int i = 0; i < left.size(); i++) {
                if (found.get(i) != null == wanted) {
                    passed.add(left.get(i));
                }
            }
            left = passed;
        }
        return left;
    }

    private static List<Header> distinct(List<Header> sources) {
        return sources.stream().filter(Objects::nonNull).distinct().toList();
    }

    private static List<Header> bySize(List<Header> sources) {
        return sources.stream().distinct().sorted(Comparator.comparingLong(source -> source.size)).toList();
    }
}
