package dev.respql.store;

import dev.respql.sql.Row;
import dev.respql.sql.Rows;
import dev.respql.value.NotANumber;
import dev.respql.value.Numbers;
import java.util.Comparator;
import java.util.List;

/**
 * Sets in a unit of work. Every method throws {@link WrongTypeException} for a key of another type, before anything has
 * been changed. Bytes that come from here or were handed over are shared and must not be changed.
 */
public final class Sets extends MemberStore<Sets.There> {
    /** What a member of a set has: it is there. */
    public enum There {
        IT_IS
    }

    private static final MemberStatements SQL = new MemberStatements("sets", "member", "");

    private static final byte[] NOTHING = {};

    private final SetAlgebra algebra;

    Sets(Tx tx) {
        super(tx, ValueType.SET, SQL);
        this.algebra = new SetAlgebra(this);
    }

    /** Adds a member, creating the set where it is missing; whether it is new. */
    public boolean add(KeyName key, byte[] member) {
        return put(liveOrNew(key), member, There.IT_IS) == null;
    }

    /** Removes a member, and the set with its last one; whether it was there. */
    public boolean remove(KeyName key, byte[] member) {
        Header header = live(key);
        return header != null && remove(header, member) != null;
    }

    public boolean contains(KeyName key, byte[] member) {
        Header header = live(key);
        return header != null && contains(header, member);
    }

    /** Number of members; 0 where there is no such key. */
    public long size(KeyName key) {
        Header header = live(key);
        return header == null ? 0 : header.size;
    }

    /** Reads these members at once, so that asking for them one by one costs nothing more. */
    public void load(KeyName key, List<byte[]> members) {
        Header header = live(key);
        if (header != null) {
            load(header, members);
        }
    }

    /** All members; none where there is no such key. Small sets are ordered, those of integers by number. */
    public List<byte[]> all(KeyName key) {
        Header header = live(key);
        return header == null ? List.of() : names(all(header));
    }

    /** One step of a scan; see {@link MemberScan}. */
    public MemberScan<There> scan(KeyName key, long cursor, long count) {
        Header header = live(key);
        return header == null ? new MemberScan<>(0, List.of()) : MemberScan.step(this, header, cursor, count);
    }

    /** Up to {@code count} different members by random choice; none where there is no such key. */
    public List<byte[]> choose(KeyName key, long count) {
        Header header = live(key);
        return header == null ? List.of() : names(choose(header, count));
    }

    /** So many members, each drawn at random from all; none where there is no such key. */
    public List<byte[]> draw(KeyName key, int count) {
        Header header = live(key);
        return header == null ? List.of() : names(draw(header, count));
    }

    /** Removes up to {@code count} members by random choice, and the set with its last one; those that it removed. */
    public List<byte[]> pop(KeyName key, long count) {
        Header header = live(key);
        if (header == null) {
            return List.of();
        }
        if (count >= header.size) {
            List<byte[]> popped = names(all(header));
            tx.keys().delete(key);
            return popped;
        }
        List<byte[]> popped = names(take(header, count));
        for (byte[] member : popped) {
            learn(header, member, There.IT_IS);
            remove(header, member);
        }
        return popped;
    }

    // ---- several sets; missing keys are empty sets

    /** Members that all sets have; not more than {@code limit} of them. */
    public List<byte[]> intersection(List<KeyName> keys, long limit) {
        return algebra.intersection(algebra.headers(keys), limit);
    }

    /** Members that any set has. */
    public List<byte[]> union(List<KeyName> keys) {
        return algebra.union(algebra.headers(keys));
    }

    /** Members of the first set that no other one has. */
    public List<byte[]> difference(List<KeyName> keys) {
        return algebra.difference(algebra.headers(keys));
    }

    /** Makes {@code target} the intersection, over whatever was there; no key where that is empty. Its size. */
    public long storeIntersection(KeyName target, List<KeyName> keys) {
        return algebra.storeIntersection(target, algebra.headers(keys));
    }

    /** As {@link #storeIntersection}, for the union. */
    public long storeUnion(KeyName target, List<KeyName> keys) {
        return algebra.storeUnion(target, algebra.headers(keys));
    }

    /** As {@link #storeIntersection}, for the difference. */
    public long storeDifference(KeyName target, List<KeyName> keys) {
        return algebra.storeDifference(target, algebra.headers(keys));
    }

    static List<byte[]> names(List<Member<There>> members) {
        return members.stream().map(Member::name).toList();
    }

    @Override
    There read(Row row, int column) {
        return There.IT_IS;
    }

    @Override
    byte[] toBytes(There value) {
        return NOTHING;
    }

    @Override
    There ofBytes(byte[] bytes) {
        return There.IT_IS;
    }

    @Override
    void bind(Rows rows, int column, byte[] member, There value) {
        // The member is all there is.
    }

    @Override
    Comparator<Member<There>> order(List<Member<There>> members) {
        if (!members.stream().allMatch(member -> Numbers.isLong(member.name()))) {
            return super.order(members);
        }
        return Comparator.comparingLong(member -> number(member.name()));
    }

    @Override
    String encoding(Header header) {
        if (header.size > Encodings.MAX_INTSET_SIZE) {
            return "hashtable";
        }
        List<byte[]> members = names(all(header));
        if (members.stream().allMatch(Numbers::isLong)) {
            return "intset";
        }
        return members.size() <= Encodings.MAX_SMALL_SIZE
                && members.stream().allMatch(member -> member.length <= Encodings.MAX_SMALL_LENGTH)
                ? "listpack" : "hashtable";
    }

    private static long number(byte[] member) {
        try {
            return Numbers.toLong(member);
        } catch (NotANumber e) {
            throw new IllegalArgumentException(e);
        }
    }
}
