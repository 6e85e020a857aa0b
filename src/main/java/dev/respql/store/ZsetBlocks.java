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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The counts that make ranks cheap: the members of a large sorted set in blocks of a hundred or so, and these in groups
 * of some thousand members ({@code zset_blocks}). The rank of a place is the sum of the groups before its own, of the
 * blocks before its own in there, and of the members before it in its block.
 *
 * <p>Sizes are always exact; they change in the transaction that changes the members, under the key's lock. How large a
 * block is matters only for speed: it is split when it outgrows its level, and joined with a neighbour when it has
 * shrunk, at a cost that does not depend on the size of the set. Used by one thread, for one unit of work.
 */
final class ZsetBlocks {
    /** How many members a new block has. Only tests set it, to have many blocks in small sorted sets. */
    static final int BLOCK_SIZE = Integer.getInteger("respql.zsetBlockSize", 128);
    /** From this size on a sorted set has blocks. */
    static final long NEEDED_FROM = 4 * BLOCK_SIZE;
    /** Below this size it has none; in between it may have some. */
    static final long KEPT_FROM = 2 * BLOCK_SIZE;
    /** Where more than one in so many members has changed, counting anew is cheaper than following the changes. */
    private static final int WORTH_FOLLOWING = 16;
    /** Listing a block costs so little of what it costs to find one; fewer places are found one by one. */
    private static final int WORTH_LISTING = 8;

    private static final int BLOCK = 0;
    private static final int GROUP = 1;
    private static final int LEVELS = 2;
    private static final int BLOCKS_IN_GROUP = Math.max(4, BLOCK_SIZE / 2);
    /** How large a new block or group is. */
    private static final long[] SIZE = {BLOCK_SIZE, BLOCK_SIZE * BLOCKS_IN_GROUP};
    private static final int PAGE = BLOCKS_IN_GROUP;

    private static final SqlStatement FLOOR = SqlStatement.of("""
            SELECT n.i, f.score, f.member, f.size
            FROM {rows} CROSS JOIN LATERAL (
                SELECT b.score, b.member, b.size FROM zset_blocks b
                WHERE b.key_id = n.key_id AND b.level = n.level AND (b.score, b.member) <= (n.score, n.member)
                ORDER BY b.score DESC, b.member DESC LIMIT 1) f
            """, number("key_id"), integer("level"), real("score"), bytes("member"));

    private static final SqlStatement RESIZE = SqlStatement.of("""
            UPDATE zset_blocks SET size = n.size FROM {rows}
            WHERE zset_blocks.key_id = n.key_id AND zset_blocks.level = n.level
                AND zset_blocks.score = n.score AND zset_blocks.member = n.member
            """, number("key_id"), integer("level"), real("score"), bytes("member"), number("size"));

    private static final SqlStatement INSERT = SqlStatement.of("""
            INSERT INTO zset_blocks (key_id, level, score, member, size)
            SELECT n.key_id, n.level, n.score, n.member, n.size FROM {rows}
            """, number("key_id"), integer("level"), real("score"), bytes("member"), number("size"));

    private static final SqlStatement DELETE = SqlStatement.of("""
            DELETE FROM zset_blocks WHERE key_id = ? AND level = ? AND score = ? AND member = ?
            """, number("key_id"), integer("level"), real("score"), bytes("member"));

    private static final SqlStatement DELETE_BETWEEN = SqlStatement.of("""
            DELETE FROM zset_blocks
            WHERE key_id = ? AND level = ? AND (score, member) > (?, ?) AND (score, member) < (?, ?)
            """, number("key_id"), integer("level"), real("score"), bytes("member"), real("end_score"),
            bytes("end_member"));

    private static final SqlStatement DELETE_ALL = SqlStatement.of("""
            DELETE FROM zset_blocks USING {rows} WHERE zset_blocks.key_id = n.key_id
            """, number("key_id"));

    private static final SqlStatement BUILD = SqlStatement.of("""
            INSERT INTO zset_blocks (key_id, level, score, member, size)
            SELECT ?, l.level,
                   CASE WHEN m.place = 0 THEN ? ELSE m.score END, CASE WHEN m.place = 0 THEN ? ELSE m.member END,
                   CASE WHEN ? - m.place < l.size THEN ? - m.place ELSE l.size END
            FROM (SELECT z.score, z.member, row_number() OVER (ORDER BY z.score, z.member) - 1 AS place
                  FROM zsets z WHERE z.key_id + 0 = ?) m
            CROSS JOIN (SELECT %d AS level, %d AS size UNION ALL SELECT %d, %d) l
            WHERE m.place %% l.size = 0
            """.formatted(BLOCK, SIZE[BLOCK], GROUP, SIZE[GROUP]), number("key_id"), real("first_score"),
            bytes("first_member"), number("total"), number("same_total"), number("same_key_id"));

    private static final SqlStatement COPY = SqlStatement.of("""
            INSERT INTO zset_blocks (key_id, level, score, member, size)
            SELECT ?, level, score, member, size FROM zset_blocks WHERE key_id = ?
            """, number("target"), number("source"));

    private static final SqlStatement LIST = SqlStatement.of("""
            SELECT score, member, size FROM zset_blocks
            WHERE key_id = ? AND level = ? AND (score, member) >= (?, ?)
            ORDER BY score, member LIMIT ?
            """, number("key_id"), integer("level"), real("score"), bytes("member"), number("count"));

    private static final SqlStatement LIST_UP_TO = SqlStatement.of("""
            SELECT score, member, size FROM zset_blocks
            WHERE key_id = ? AND level = ? AND (score, member) >= (?, ?) AND (score, member) < (?, ?)
            ORDER BY score, member
            """, number("key_id"), integer("level"), real("score"), bytes("member"), real("end_score"),
            bytes("end_member"));

    /** A block, the one before it, and the one after it, each with whether a group begins there. */
    private static final String NEIGHBOURS = """
            SELECT b.score, b.member, b.size,
                   (SELECT count(*) FROM zset_blocks g
                    WHERE g.key_id = b.key_id AND g.level = b.level + 1 AND g.score = b.score AND g.member = b.member)
            FROM zset_blocks b
            WHERE b.key_id = ? AND b.level = ? AND (b.score, b.member) %s (?, ?)
            ORDER BY b.score %2$s, b.member %2$s LIMIT %3$d
            """;
    private static final SqlStatement SELF_AND_BEFORE = SqlStatement.of(NEIGHBOURS.formatted("<=", "DESC", 2),
            number("key_id"), integer("level"), real("score"), bytes("member"));
    private static final SqlStatement AFTER = SqlStatement.of(NEIGHBOURS.formatted(">", "ASC", 1),
            number("key_id"), integer("level"), real("score"), bytes("member"));

    private static final SqlStatement NTH_MEMBER = SqlStatement.of("""
            SELECT score, member FROM zsets
            WHERE key_id + 0 = ? AND (score, member) >= (?, ?)
            ORDER BY score, member LIMIT 1 OFFSET ?
            """, number("key_id"), real("score"), bytes("member"), number("offset"));

    /** A block or group of a sorted set, and its size; {@code was} is the one that the database has. */
    private static final class Block {
        private final long keyId;
        private final int level;
        private final Place from;
        private final long was;
        private long size;

        private Block(long keyId, int level, Place from, long size) {
            this.keyId = keyId;
            this.level = level;
            this.from = from;
            this.was = size;
            this.size = size;
        }

        private boolean hasOutgrown() {
            return size > 2 * SIZE[level];
        }

        /** Whether it has just shrunk so far, or a good deal further, that a neighbour may take it in. */
        private boolean hasShrunk() {
            long little = SIZE[level] / 4;
            long step = Math.max(1, little / 4);
            return size < little && (size == 0 || size / step < Math.min(was, little) / step);
        }

        private Rows into(Rows rows) {
            return rows.next().set(0, keyId).set(1, level).set(2, from.score()).set(3, from.key());
        }
    }

    /** How many more members there are in a block that is still to be found, and where it is to be put. */
    private record Change(long keyId, int level, int more, NavigableMap<Place, Block> blocks) {
    }

    /** A block as its neighbour sees it. */
    private record Neighbour(Block block, boolean beginsGroup) {
    }

    /**
     * A place at which counting may begin.
     *
     * @param rank how many members come before it
     */
    record Start(Place place, long rank) {
    }

    private ZsetBlocks() {
    }

    // ---- ranks

    /**
     * The SQL of how many members come before a place, which is given by three expressions; the input relation
     * {@code n} has the columns {@code first_score} and {@code first_member} of {@link Place#FIRST} for it.
     */
    static String rank(String keyId, String score, String member) {
        return """
                coalesce((SELECT CAST(sum(g.size) AS BIGINT) FROM zset_blocks g
                          WHERE g.key_id = %1$s AND g.level = 1 AND (g.score, g.member) < (%2$s, %3$s)), 0)
                + coalesce((SELECT CAST(sum(b.size) AS BIGINT) FROM zset_blocks b
                            WHERE b.key_id = %1$s AND b.level = 0
                                AND (b.score, b.member) >= (%2$s, %3$s) AND (b.score, b.member) < (%4$s, %5$s)), 0)
                + (SELECT count(*) FROM zsets z
                   WHERE z.key_id + 0 = %1$s + 0
                       AND (z.score, z.member) >= (coalesce(%4$s, n.first_score), coalesce(%5$s, n.first_member))
                       AND (z.score, z.member) < (%6$s, %7$s))
                """.formatted(keyId, floor(GROUP, "score", keyId, score, member),
                floor(GROUP, "member", keyId, score, member), floor(BLOCK, "score", keyId, score, member),
                floor(BLOCK, "member", keyId, score, member), score, member);
    }

    private static String floor(int level, String column, String keyId, String score, String member) {
        return "(SELECT f.%s FROM zset_blocks f WHERE f.key_id = %s AND f.level = %d AND (f.score, f.member) <= (%s, %s)"
                .formatted(column, keyId, level, score, member) + " ORDER BY f.score DESC, f.member DESC LIMIT 1)";
    }

    /** Where the block with the member of that rank begins; the first place of all where there are no blocks. */
    static Start find(SqlLink link, long keyId, long rank) {
        Start group = find(link, keyId, GROUP, new Start(Place.FIRST, 0), rank);
        return find(link, keyId, BLOCK, group, rank);
    }

    private static Start find(SqlLink link, long keyId, int level, Start from, long rank) {
        Start start = from;
        long next = from.rank;
        Place place = from.place;
        List<Block> page;
        do {
            page = list(link, keyId, level, place, PAGE);
            for (Block block : page) {
                if (next > rank) {
                    return start;
                }
                start = new Start(block.from, next);
                next += block.size;
                place = block.from.next();
            }
        } while (page.size() == PAGE);
        return start;
    }

    // ---- upkeep

    /** Queues the counting of a sorted set that has no blocks. Its rows must have been queued before. */
    static void build(SqlLink link, long keyId, long size) {
        link.queue(BUILD, Rows.of(BUILD).next().set(0, keyId).set(1, Place.FIRST.score()).set(2, Place.FIRST.key())
                .set(3, size).set(4, size).set(5, keyId), RowReader.NONE);
    }

    /** Queues the removal of all blocks of these sorted sets. */
    static void delete(SqlLink link, List<Long> keyIds) {
        if (keyIds.isEmpty()) {
            return;
        }
        Rows rows = Rows.of(DELETE_ALL);
        for (long keyId : keyIds) {
            rows.next().set(0, keyId);
        }
        link.queue(DELETE_ALL, rows, RowReader.NONE);
    }

    static void copy(SqlLink link, long source, long target) {
        link.queue(COPY, Rows.of(COPY).next().set(0, target).set(1, source), RowReader.NONE);
    }

    /**
     * Whether so many changes of places are better followed than counted anew.
     *
     * @param changes how many members came or went, at how many places
     */
    static boolean worthFollowing(int changes, long size) {
        return (long) changes * WORTH_FOLLOWING <= size;
    }

    /** Whether so many places are better found among all blocks of a level, of which there are so many, than one by one. */
    private static boolean worthListing(int places, long blocks) {
        return places >= WORTH_LISTING && (long) places * WORTH_LISTING >= blocks;
    }

    private static void queueList(SqlLink link, long keyId, int level, NavigableMap<Place, Block> blocks) {
        link.queue(LIST, place(LIST, keyId, level, Place.FIRST).set(4, Integer.MAX_VALUE), row -> {
            Block block = block(keyId, level, row);
            blocks.put(block.from, block);
        });
    }

    /**
     * Follows changes of members whose rows have been queued: how many more (or fewer, where negative) there are now at
     * which places of which sorted sets. Where a sorted set turns out to have no blocks, it gets them if it needs them.
     */
    static void follow(SqlLink link, Map<Header, NavigableMap<Place, Integer>> changes) {
        Map<Header, List<NavigableMap<Place, Block>>> found = new HashMap<>();
        Rows places = Rows.of(FLOOR);
        List<Change> single = new ArrayList<>();
        changes.forEach((header, ofHeader) -> {
            List<NavigableMap<Place, Block>> levels = List.of(new TreeMap<>(), new TreeMap<>());
            found.put(header, levels);
            for (int level = 0; level < LEVELS; level++) {
                NavigableMap<Place, Block> blocks = levels.get(level);
                if (worthListing(ofHeader.size(), header.size / SIZE[level])) {
                    queueList(link, header.id, level, blocks);
                    continue;
                }
                int itsLevel = level;
                ofHeader.forEach((place, count) -> {
                    places.next().set(0, header.id).set(1, itsLevel).set(2, place.score()).set(3, place.key());
                    single.add(new Change(header.id, itsLevel, count, blocks));
                });
            }
        });
        if (!places.isEmpty()) {
            link.queue(FLOOR, places, row -> {
                Change change = single.get(row.ordinal());
                change.blocks.computeIfAbsent(new Place(row.real(2), row.bytes(3)), from ->
                        new Block(change.keyId, change.level, from, row.number(4))).size += change.more;
            });
        }
        link.send();
        List<Block> resized = new ArrayList<>();
        changes.forEach((header, ofHeader) -> {
            List<NavigableMap<Place, Block>> levels = found.get(header);
            if (levels.get(BLOCK).isEmpty() && header.size >= NEEDED_FROM) {
                build(link, header.id, header.size);
                return;
            }
            for (int level = 0; level < LEVELS; level++) {
                NavigableMap<Place, Block> blocks = levels.get(level);
                if (worthListing(ofHeader.size(), header.size / SIZE[level]) && !blocks.isEmpty()) {
                    ofHeader.forEach((place, count) -> blocks.floorEntry(place).getValue().size += count);
                }
                resized.addAll(blocks.values());
            }
        });
        resized.removeIf(block -> block.size == block.was);
        resize(link, resized);
        tend(link, resized);
    }

    /**
     * Follows the removal of all members from one place up to, but without, another, whose rows are gone.
     *
     * @param removed how many there were
     */
    static void followRemoval(SqlLink link, long keyId, Place from, Place to, long removed) {
        List<Block> shrunk = new ArrayList<>();
        for (int level = 0; level < LEVELS; level++) {
            List<Place> floor = new ArrayList<>(1);
            link.query(FLOOR, place(FLOOR, keyId, level, from), row ->
                    floor.add(new Place(row.real(2), row.bytes(3))));
            if (floor.isEmpty()) {
                return;
            }
            List<Block> blocks = new ArrayList<>();
            int itsLevel = level;
            link.query(LIST_UP_TO, between(LIST_UP_TO, keyId, level, floor.get(0), to), row ->
                    blocks.add(block(keyId, itsLevel, row)));
            // The first one takes the others in.
            Block first = blocks.get(0);
            for (Block other : blocks.subList(1, blocks.size())) {
                first.size += other.size;
            }
            first.size -= removed;
            shrunk.add(first);
            link.queue(DELETE_BETWEEN, between(DELETE_BETWEEN, keyId, level, first.from, to), RowReader.NONE);
        }
        resize(link, shrunk);
        tend(link, shrunk);
    }

    private static void resize(SqlLink link, List<Block> blocks) {
        if (blocks.isEmpty()) {
            return;
        }
        Rows rows = Rows.of(RESIZE);
        for (Block block : blocks) {
            block.into(rows).set(4, block.size);
        }
        link.queue(RESIZE, rows, RowReader.NONE);
    }

    /** Splits and joins what needs it; blocks before groups, which consist of them. */
    private static void tend(SqlLink link, List<Block> resized) {
        for (int level = 0; level < LEVELS; level++) {
            for (Block block : resized) {
                if (block.level == level && block.hasOutgrown()) {
                    split(link, block);
                }
            }
            for (Block block : resized) {
                if (block.level == level && block.hasShrunk()) {
                    join(link, block.keyId, level, block.from);
                }
            }
        }
    }

    private static void split(SqlLink link, Block block) {
        long pieces = block.size / SIZE[block.level];
        long step = (block.size + pieces - 1) / pieces;
        List<Block> parts = block.level == BLOCK ? membersInSteps(link, block, step) : blocksInSteps(link, block, step);
        Rows inserts = Rows.of(INSERT);
        long rest = block.size;
        for (Block part : parts) {
            part.into(inserts).set(4, part.size);
            rest -= part.size;
        }
        block.size = rest;
        link.queue(INSERT, inserts, RowReader.NONE);
        resize(link, List.of(block));
    }

    /** What a block is to be split into, but for the first part. */
    private static List<Block> membersInSteps(SqlLink link, Block block, long step) {
        List<Block> parts = new ArrayList<>();
        List<Place> from = new ArrayList<>(List.of(block.from));
        for (long rest = block.size - step; rest > 0; rest -= step) {
            Place last = from.get(from.size() - 1);
            link.query(NTH_MEMBER, Rows.of(NTH_MEMBER).next().set(0, block.keyId).set(1, last.score())
                    .set(2, last.key()).set(3, step), row -> from.add(new Place(row.real(1), row.bytes(2))));
            parts.add(new Block(block.keyId, BLOCK, from.get(from.size() - 1), Math.min(step, rest)));
        }
        return parts;
    }

    /** What a group is to be split into, but for the first part. */
    private static List<Block> blocksInSteps(SqlLink link, Block group, long step) {
        List<Block> parts = new ArrayList<>();
        long seen = 0;
        long inPart = 0;
        Place place = group.from;
        while (seen < group.size) {
            List<Block> page = list(link, group.keyId, BLOCK, place, PAGE);
            for (Block block : page) {
                if (seen >= group.size) {
                    break;
                }
                if (inPart >= step) {
                    parts.add(new Block(group.keyId, GROUP, block.from, 0));
                    inPart = 0;
                }
                if (!parts.isEmpty()) {
                    parts.get(parts.size() - 1).size += block.size;
                }
                inPart += block.size;
                seen += block.size;
                place = block.from.next();
            }
        }
        return parts;
    }

    /** Makes one of a block and one of its neighbours, if the two are not too large and in one group. */
    private static void join(SqlLink link, long keyId, int level, Place from) {
        List<Neighbour> selfAndBefore = neighbours(link, SELF_AND_BEFORE, keyId, level, from);
        List<Neighbour> after = neighbours(link, AFTER, keyId, level, from);
        link.send();
        Neighbour self = selfAndBefore.get(0);
        if (!self.block.from.equals(from)) {
            return; // A neighbour has taken it in meanwhile.
        }
        if (!after.isEmpty()) {
            joinTwo(link, self, after.get(0));
        }
        if (self.block.size == self.block.was && selfAndBefore.size() > 1) {
            joinTwo(link, selfAndBefore.get(1), self);
        }
    }

    private static void joinTwo(SqlLink link, Neighbour one, Neighbour next) {
        if (next.beginsGroup || one.block.size + next.block.size > 2 * SIZE[one.block.level]) {
            return;
        }
        one.block.size += next.block.size;
        link.queue(DELETE, next.block.into(Rows.of(DELETE)), RowReader.NONE);
        resize(link, List.of(one.block));
    }

    private static List<Neighbour> neighbours(SqlLink link, SqlStatement statement, long keyId, int level,
            Place from) {
        List<Neighbour> neighbours = new ArrayList<>(2);
        link.queue(statement, place(statement, keyId, level, from),
                row -> neighbours.add(new Neighbour(block(keyId, level, row), row.number(4) > 0)));
        return neighbours;
    }

    private static List<Block> list(SqlLink link, long keyId, int level, Place from, int count) {
        List<Block> blocks = new ArrayList<>();
        link.query(LIST, place(LIST, keyId, level, from).set(4, count), row -> blocks.add(block(keyId, level, row)));
        return blocks;
    }

    private static Rows between(SqlStatement statement, long keyId, int level, Place from, Place to) {
        return place(statement, keyId, level, from).set(4, to.score()).set(5, to.key());
    }

    private static Rows place(SqlStatement statement, long keyId, int level, Place from) {
        return Rows.of(statement).next().set(0, keyId).set(1, level).set(2, from.score()).set(3, from.key());
    }

    private static Block block(long keyId, int level, Row row) {
        return new Block(keyId, level, new Place(row.real(1), row.bytes(2)), row.number(3));
    }
}
