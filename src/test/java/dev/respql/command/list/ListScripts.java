package dev.respql.command.list;

import dev.respql.testing.Bytes;
import dev.respql.testing.RunningServer;
import dev.respql.testing.SideBySide;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What every list command answers, in scripts for {@link SideBySide}; those that block are elsewhere. */
abstract class ListScripts {
    private RunningServer server;

    void server(RunningServer running) {
        this.server = running;
    }

    private void same(String script) {
        SideBySide.run(server, script);
    }

    @Test
    void indexesBeyondAllLists() {
        same("""
                RPUSH right a b c
                LPOP right
                LINDEX right 9223372036854775807
                LRANGE right 9223372036854775807 9223372036854775807
                LRANGE right 0 9223372036854775807
                LSET right 9223372036854775807 x
                LPUSH left a b c
                RPOP left
                RPOP left
                LINDEX left -9223372036854775808
                LRANGE left 0 -9223372036854775808
                LRANGE left -9223372036854775808 9223372036854775807
                LSET left -9223372036854775808 x
                """);
    }

    @Test
    void pushesAndPops() {
        same("""
                RPUSH l a b c
                LPUSH l z y
                LRANGE l 0 -1
                LLEN l
                LPUSHX l x
                RPUSHX l d e
                LPUSHX nosuch a
                RPUSHX nosuch a
                EXISTS nosuch
                LPOP l
                RPOP l
                LPOP l 2
                RPOP l 2
                LPOP l 0
                RPOP l 0
                LPOP l -1
                LPOP l x
                LPOP l 1 2
                LPOP nosuch
                LPOP nosuch 1
                LPOP nosuch 0
                LRANGE l 0 -1
                LPOP l 100
                EXISTS l
                LLEN l
                RPUSH l "" "\\x00\\xff\\r\\n" ""
                LRANGE l 0 -1
                LINDEX l 0
                LINDEX l -1
                LPOP l
                RPOP l 9223372036854775807
                TYPE l
                RPUSH l 1
                TYPE l
                rPuSh l 2
                """);
    }

    @Test
    void indexes() {
        same("""
                RPUSH l a b c d e f
                LINDEX l 0
                LINDEX l 5
                LINDEX l 6
                LINDEX l -1
                LINDEX l -6
                LINDEX l -7
                LINDEX l 9223372036854775807
                LINDEX l -9223372036854775808
                LINDEX l x
                LINDEX nosuch 0
                LINDEX nosuch x
                LRANGE l 1 2
                LRANGE l -2 -1
                LRANGE l -100 1
                LRANGE l 4 100
                LRANGE l 6 7
                LRANGE l 3 2
                LRANGE l -3 4
                LRANGE l 2 -2
                LRANGE l -1 0
                LRANGE l -9223372036854775808 9223372036854775807
                LRANGE l 0 9223372036854775807
                LRANGE l x 1
                LRANGE l 0 1.5
                LRANGE nosuch 0 -1
                LRANGE nosuch x -1
                LSET l 0 A
                LSET l -1 F
                LSET l 2 ""
                LSET l 6 x
                LSET l -7 x
                LSET l x x
                LSET nosuch 0 x
                LSET nosuch x x
                LRANGE l 0 -1
                LINDEX l 2
                """);
    }

    /** Where the first element has been popped, positions in the database are not indexes. */
    @Test
    void indexesFarBeyondAList() {
        same("""
                RPUSH l a b c
                LPOP l
                LINDEX l 9223372036854775807
                LINDEX l -9223372036854775808
                LRANGE l 9223372036854775806 9223372036854775807
                LRANGE l 9223372036854775807 -1
                LRANGE l 0 9223372036854775807
                LRANGE l 1 9223372036854775807
                LRANGE l -2 9223372036854775807
                LRANGE l -9223372036854775808 9223372036854775807
                LRANGE l -9223372036854775808 -9223372036854775808
                LSET l 9223372036854775807 x
                LSET l -9223372036854775808 x
                LPOS l b RANK 9223372036854775807
                LPOS l b RANK -9223372036854775807
                LPOS l b MAXLEN 9223372036854775807 COUNT 9223372036854775807
                LREM l 9223372036854775807 x
                LREM l -9223372036854775808 x
                LMPOP 1 l LEFT COUNT 9223372036854775807
                RPUSH l a b
                LPOP l
                LPOP l 9223372036854775807
                RPUSH l a b
                LPOP l
                LTRIM l 9223372036854775807 -1
                EXISTS l
                LPUSH l a b c
                LRANGE l 0 -9223372036854775808
                LRANGE l 0 -9223372036854775807
                LRANGE l 1 9223372036854775807
                LINDEX l -9223372036854775808
                LINDEX l 9223372036854775807
                """);
    }

    @Test
    void insertsRemovesAndTrims() {
        same("""
                RPUSH l a b a c a
                LINSERT l BEFORE a x
                LINSERT l AFTER c y
                LINSERT l after nosuch z
                LINSERT nosuch BEFORE a z
                LINSERT l BETWEEN a z
                LRANGE l 0 -1
                LREM l 1 a
                LRANGE l 0 -1
                LREM l -1 a
                LRANGE l 0 -1
                LREM l 0 a
                LREM l 0 nosuch
                LREM l x a
                LREM nosuch 0 a
                LRANGE l 0 -1
                RPUSH l 1 2 3 4 5 6
                LTRIM l 2 -3
                LRANGE l 0 -1
                LTRIM l -2 100
                LRANGE l 0 -1
                LTRIM l x 1
                LTRIM nosuch 0 1
                LTRIM l 5 10
                EXISTS l
                RPUSH l a a
                LREM l -5 a
                EXISTS l
                RPUSH l a b
                LTRIM l 1 0
                EXISTS l
                """);
    }

    @Test
    void positions() {
        same("""
                RPUSH l a b c a b c a
                LPOS l a
                LPOS l c
                LPOS l nosuch
                LPOS nosuch a
                LPOS l a RANK 2
                LPOS l a RANK -1
                LPOS l a RANK -3
                LPOS l a RANK 4
                LPOS l a COUNT 0
                LPOS l a COUNT 2
                LPOS l a COUNT 2 RANK -1
                LPOS l a RANK 2 COUNT 0
                LPOS l nosuch COUNT 0
                LPOS nosuch a COUNT 0
                LPOS l a MAXLEN 1
                LPOS l b MAXLEN 1
                LPOS l b MAXLEN 0
                LPOS l a COUNT 0 MAXLEN 4
                LPOS l a RANK -1 COUNT 0 MAXLEN 4
                LPOS l a RANK 0
                LPOS l a RANK x
                LPOS l a COUNT -1
                LPOS l a MAXLEN -1
                LPOS l a RANK 9223372036854775807
                LPOS l a nonsense 1
                LPOS l a COUNT
                """);
    }

    @Test
    void moves() {
        same("""
                RPUSH l a b c
                LMOVE l m LEFT RIGHT
                LMOVE l m RIGHT LEFT
                LMOVE m m LEFT RIGHT
                LMOVE m m left left
                LRANGE m 0 -1
                RPOPLPUSH m l
                RPOPLPUSH l l
                RPOPLPUSH nosuch l
                LMOVE nosuch l LEFT LEFT
                LMOVE l m UP LEFT
                LMOVE l m LEFT
                LRANGE l 0 -1
                LRANGE m 0 -1
                RPOPLPUSH m l
                EXISTS m
                SET s v
                RPOPLPUSH l s
                RPOPLPUSH s l
                LMOVE l s LEFT LEFT
                LRANGE l 0 -1
                LMPOP 1 nosuch LEFT
                LMPOP 2 nosuch l LEFT
                LMPOP 2 nosuch l RIGHT COUNT 10
                EXISTS l
                RPUSH l a b c
                LMPOP 1 l left count 2
                LMPOP 2 l s LEFT
                LMPOP 2 l s LEFT
                LMPOP 0 l LEFT
                LMPOP x l LEFT
                LMPOP 2 l LEFT
                LMPOP 1 l UP
                LMPOP 1 l LEFT COUNT 0
                LMPOP 1 l LEFT COUNT x
                LMPOP 1 l LEFT COUNT 1 COUNT 1
                LMPOP 1 l
                """);
    }

    @Test
    void otherTypes() {
        same("""
                SET x v
                LPUSH x a
                RPUSHX x a
                LPOP x
                RPOP x 0
                LLEN x
                LINDEX x 0
                LINDEX x y
                LRANGE x 0 -1
                LSET x 0 a
                LINSERT x BEFORE a b
                LREM x 0 a
                LTRIM x 0 1
                LPOS x a
                LMPOP 1 x LEFT
                GET x
                RPUSH l a
                GET l
                SADD l a
                ZADD l 1 a
                HSET l f v
                SET l v
                LLEN l
                """);
    }

    @Test
    void arguments() {
        same("""
                LPUSH
                LPUSH l
                RPUSHX l
                LPOP
                LLEN
                LLEN l l
                LINDEX l
                LINDEX l 0 1
                LRANGE l 0
                LSET l 0
                LINSERT l BEFORE a
                LREM l 0
                LTRIM l 0
                LPOS l
                LMOVE l m
                RPOPLPUSH l
                LMPOP 1
                """);
    }

    @Test
    void expiriesStay() {
        same("""
                RPUSH l a b c
                EXPIREAT l 4102444800
                RPUSH l d
                LPOP l
                LSET l 0 x
                LTRIM l 0 1
                LREM l 1 x
                LINSERT l BEFORE c z
                EXPIRETIME l
                LMOVE l m LEFT LEFT
                EXPIRETIME m
                RPUSH m 1 2
                LPOP l 10
                RPUSH l a
                EXPIRETIME l
                EXPIREAT l 1
                LLEN l
                RPUSHX l a
                RPUSH l b
                LRANGE l 0 -1
                """);
    }

    /** What one batch makes of one list: everything is seen by what comes after it. */
    @Test
    void changesAreSeenAtOnce() {
        same("""
                RPUSH l a b c d e f g h
                LRANGE l 1 3
                LPUSH l z
                LRANGE l 0 3
                LINDEX l 0
                LINDEX l -1
                LPOP l 3
                LRANGE l 0 -1
                RPUSH l i
                LRANGE l -3 -1
                LSET l 1 X
                LRANGE l 0 2
                LINSERT l AFTER X Y
                LRANGE l 0 -1
                LREM l 0 f
                LRANGE l 0 -1
                LTRIM l 1 3
                LRANGE l 0 -1
                LPUSH l first
                RPOP l
                LRANGE l 0 -1
                RENAME l m
                RPUSH l new
                RPUSH m last
                LRANGE l 0 -1
                LRANGE m 0 -1
                COPY m l REPLACE
                LPOP m
                LRANGE l 0 -1
                DEL l
                LPUSH l again
                LRANGE l 0 -1
                """);
    }

    /** Many steps at random on two lists, some of whose elements are too long to be read ahead. */
    @Test
    void longHistories() {
        for (int seed = 0; seed < 3; seed++) {
            Random random = new Random(seed);
            List<List<byte[]>> script = new ArrayList<>();
            for (int step = 0; step < 300; step++) {
                String key = random.nextInt(4) == 0 ? "m" : "l";
                String index = Integer.toString(random.nextInt(60) - 30);
                String other = Integer.toString(random.nextInt(60) - 30);
                byte[] value = Bytes.of("v" + random.nextInt(20));
                if (random.nextInt(20) == 0) {
                    value = new byte[20_000 + random.nextInt(3)];
                }
                script.add(switch (random.nextInt(16)) {
                    case 0, 1, 2 -> command("RPUSH", key, value, "w" + random.nextInt(20));
                    case 3, 4 -> command("LPUSH", key, value, "w" + random.nextInt(20));
                    case 5 -> command("LPOP", key);
                    case 6 -> command("RPOP", key, Integer.toString(random.nextInt(4)));
                    case 7 -> command("LSET", key, index, value);
                    case 8, 9, 10 -> command("LRANGE", key, index, other);
                    case 11 -> command("LINDEX", key, index);
                    case 12 -> command("LINSERT", key, random.nextBoolean() ? "BEFORE" : "AFTER", "w1", value);
                    case 13 -> command("LREM", key, Integer.toString(random.nextInt(3) - 1), value);
                    case 14 -> command("LMOVE", key, random.nextBoolean() ? "l" : "m",
                            random.nextBoolean() ? "LEFT" : "RIGHT", random.nextBoolean() ? "LEFT" : "RIGHT");
                    default -> random.nextInt(4) == 0 ? command("LTRIM", key, index, other) : command("LLEN", key);
                });
            }
            SideBySide.run(server, script);
        }
    }

    private static List<byte[]> command(Object... words) {
        List<byte[]> command = new ArrayList<>();
        for (Object word : words) {
            command.add(Bytes.of(word));
        }
        return command;
    }
}
