package dev.respql.store;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * The members at one end of a sorted set, or of a range of its scores, as far as they are known: without gaps from the
 * end to a last one. It is kept up to date while members come and go, so that pops and looks at the end need not ask the
 * database again. Used by one thread.
 */
final class ZsetEnd {
    private final ZsetRange.Scores range;
    private final NavigableSet<Scored> members;
    private final Comparator<Scored> order;
    /** How many members may still come in from the database. */
    private long awaited;
    /** What was read last: nothing is known beyond, unless it turned out that there is nothing more. */
    private Scored last;

    /**
     * @param highest which end it is
     * @param wanted how many members are being read, at least one; where fewer come, these are all there are
     */
    ZsetEnd(boolean highest, long wanted) {
        this(highest, ZsetRange.Scores.ALL, wanted);
    }

    /** As {@link #ZsetEnd(boolean, long)}, for the members with scores in a range. */
    ZsetEnd(boolean highest, ZsetRange.Scores range, long wanted) {
        this.range = range;
        order = highest ? Scored.ORDER.reversed() : Scored.ORDER;
        members = new TreeSet<>(order);
        awaited = wanted;
    }

    /** Takes in the next member from the end on that the database has. */
    void read(Scored member) {
        members.add(member);
        awaited--;
        last = member;
    }

    /** Whether the first {@code count} are known, or all where there are fewer. */
    boolean has(long count) {
        return awaited > 0 || members.size() >= count;
    }

    /** How many are known. */
    int size() {
        return members.size();
    }

    /** The place of the last member that was read; to be asked only where not all are known. */
    Place last() {
        return last.place();
    }

    /** Members from the end on, {@code count} of them after the first {@code skipped}, or fewer where there are no more. */
    List<Scored> list(long skipped, long count) {
        List<Scored> list = new ArrayList<>((int) Math.min(count, members.size()));
        long seen = 0;
        for (Scored member : members) {
            if (list.size() >= count) {
                break;
            }
            if (seen++ >= skipped) {
                list.add(member);
            }
        }
        return list;
    }

    void add(Scored member) {
        if (!range.has(member.score())) {
            return;
        }
        if (awaited > 0 || order.compare(member, last) <= 0) {
            members.add(member);
        }
    }

    void remove(Scored member) {
        members.remove(member);
    }
}
