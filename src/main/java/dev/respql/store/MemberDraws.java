package dev.respql.store;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntFunction;
import java.util.function.IntSupplier;

/**
 * Random members of one value, at a cost that does not grow with it, each as likely as any other.
 *
 * <p>Few members, or a good part of them, are read and chosen from in memory. Else the space of hashes is cut into equal
 * ranges, a power of two of them, so that each holds four to eight rows on average. One range is taken at random, and of
 * it the row of a random rank below {@link #RANKS}; where the range has no such row, another is tried. So each row is
 * taken with the same probability, 1 / (ranges * RANKS), however uneven the ranges are. Only the rows of a range that
 * has more than RANKS rows (at an average of eight, one range in two hundred thousand) are a little less likely than
 * others.
 *
 * <p>What was drawn and not used yet serves the next command on the value in the same unit of work. Members that have no
 * row yet are drawn in proportion to their number; rows of members that have been removed are passed over. Used by one
 * thread.
 */
final class MemberDraws<V> {
    /** Values with up to so many members are read as a whole for a few of them. */
    static final int FEW = 64;
    private static final int ROWS_OF_A_RANGE = 4;
    private static final int RANKS = 24;
    private static final int MOST_RANGES = 512;
    /** After so many ranges, or neighbours, in vain a value is read as a whole: its rows are not those that its size promised. */
    private static final int PATIENCE = 4096;
    /** How many neighbours are read for the first to be taken away, and how many times as many each time more are. */
    private static final int FIRST_NEIGHBOURS = 16;
    private static final int MORE_NEIGHBOURS = 4;
    private static final int MOST_NEIGHBOURS = 1024;

    private final MemberStore<V> store;
    private final Header header;
    private final ArrayDeque<Member<V>> drawn = new ArrayDeque<>();
    private List<Member<V>> unstored = List.of();
    private int lastRanges;
    private final ArrayDeque<Member<V>> neighbours = new ArrayDeque<>();
    private int lastNeighbours;

    MemberDraws(MemberStore<V> store, Header header) {
        this.store = store;
        this.header = header;
    }

    /** Up to {@code count} different members, in no order. */
    List<Member<V>> choose(long count) {
        if (count >= header.size / 3 || isInMemory()) {
            return chooseOf(store.all(header), count);
        }
        return different(count, more -> next(drawn, () -> fetch(more)));
    }

    /**
     * Up to {@code count} different members that will be removed, in no order. They may be neighbours in the table, where
     * chance has put them, since what is removed will not be seen next to each other again: that takes a row or so for
     * each instead of some dozen. At least {@link #FIRST_NEIGHBOURS} are chosen from, so that a member with a wide gap
     * before it is hardly more likely than others.
     */
    List<Member<V>> take(long count) {
        if (count >= header.size / 3 || isInMemory()) {
            return chooseOf(store.all(header), count);
        }
        return different(count, more -> next(neighbours, this::fetchNeighbours));
    }

    /** Different members as they come; {@code next} is told how many more are wanted, and says null where it has none. */
    private List<Member<V>> different(long count, IntFunction<Member<V>> next) {
        unstored = store.unstored(header);
        Map<ByteKey, Member<V>> found = new LinkedHashMap<>();
        while (found.size() < count) {
            Member<V> member = next.apply((int) count - found.size());
            if (member == null) {
                return chooseOf(store.all(header), count);
            }
            found.put(new ByteKey(member.name()), member);
        }
        return new ArrayList<>(found.values());
    }

    private int fetchNeighbours() {
        lastNeighbours = lastNeighbours == 0
                ? FIRST_NEIGHBOURS : Math.min(MOST_NEIGHBOURS, MORE_NEIGHBOURS * lastNeighbours);
        long from = ThreadLocalRandom.current().nextLong(MemberHash.END);
        List<Member<V>> rows = new ArrayList<>(store.from(header, from, lastNeighbours));
        if (rows.size() < lastNeighbours) {
            rows.addAll(store.from(header, 0, lastNeighbours - rows.size()));
        }
        Collections.shuffle(rows, ThreadLocalRandom.current());
        neighbours.addAll(rows);
        return lastNeighbours;
    }

    /** So many members, each one drawn from all; none where there are none. */
    List<Member<V>> draw(int count) {
        unstored = store.unstored(header);
        List<Member<V>> draws = new ArrayList<>(count);
        List<Member<V>> all = count >= header.size / 8 || isInMemory() ? store.all(header) : null;
        while (draws.size() < count) {
            Member<V> member = all == null ? next(drawn, () -> fetch(count - draws.size())) : anyOf(all);
            if (member != null) {
                draws.add(member);
            } else if (all == null) {
                all = store.all(header);
            } else {
                return draws;
            }
        }
        return draws;
    }

    private boolean isInMemory() {
        return header.size <= FEW || store.isLoaded(header);
    }

    private static <V> Member<V> anyOf(List<Member<V>> members) {
        return members.isEmpty() ? null : members.get(ThreadLocalRandom.current().nextInt(members.size()));
    }

    /** Shuffles only as far as needed. */
    private static <V> List<Member<V>> chooseOf(List<Member<V>> all, long count) {
        if (count >= all.size()) {
            return all;
        }
        for (int i = 0; i < count; i++) {
            int other = ThreadLocalRandom.current().nextInt(i, all.size());
            Member<V> member = all.get(other);
            all.set(other, all.get(i));
            all.set(i, member);
        }
        return all.subList(0, (int) count);
    }

    /**
     * One member, or null where the rows are not what the header says.
     *
     * @param rows those that were read and not used yet
     * @param fetch reads more of them, and says how much it looked at
     */
    private Member<V> next(ArrayDeque<Member<V>> rows, IntSupplier fetch) {
        long place = ThreadLocalRandom.current().nextLong(header.size);
        if (place < unstored.size()) {
            return unstored.get((int) place);
        }
        for (int tried = 0; tried < PATIENCE;) {
            Member<V> row = rows.poll();
            if (row == null) {
                tried += fetch.getAsInt();
            } else {
                Member<V> member = store.now(header, row);
                if (member != null) {
                    return member;
                }
            }
        }
        return null;
    }

    /** Draws from some ranges, and from twice as many as before when it is asked again; from how many. */
    private int fetch(int wanted) {
        int count = (int) Math.min(MOST_RANGES, Math.max(4L * wanted + 4, 2L * lastRanges));
        lastRanges = count;
        long ranges = Long.highestOneBit(Math.max(1, header.size / ROWS_OF_A_RANGE));
        long width = MemberHash.END / ranges;
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long[] lows = random.longs(count, 0, ranges).map(range -> range * width).toArray();
        for (List<Member<V>> rows : store.ranges(header, lows, width)) {
            int rank = random.nextInt(Math.max(RANKS, rows.size()));
            if (rank < rows.size()) {
                drawn.add(rows.get(rank));
            }
        }
        return count;
    }
}
