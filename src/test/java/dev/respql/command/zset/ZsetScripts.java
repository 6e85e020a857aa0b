package dev.respql.command.zset;

import dev.respql.testing.RunningServer;
import dev.respql.testing.SideBySide;
import org.junit.jupiter.api.Test;

/**
 * What every sorted-set command answers, in scripts for {@link SideBySide}. Scores are such as all versions of Redis
 * print alike; the others are in {@link ZsetRepliesTest}.
 */
abstract class ZsetScripts {
    private RunningServer server;

    void server(RunningServer running) {
        this.server = running;
    }

    private void same(String script) {
        SideBySide.run(server, script);
    }

    @Test
    void addsAndRemoves() {
        same("""
                ZADD z 1 a 2 b 1.5 c
                ZADD z 1 a 3 b 4 d 4 d
                ZCARD z
                ZCARD nosuch
                ZSCORE z b
                ZSCORE z nosuch
                ZSCORE nosuch a
                ZMSCORE z a nosuch b a
                ZMSCORE nosuch a b
                ZADD z 0 "" -1 "\\x00\\xff\\r\\n"
                ZSCORE z ""
                ZSCORE z "\\x00\\xff\\r\\n"
                ZRANGE z 0 -1 WITHSCORES
                ZREM z a nosuch a
                ZREM nosuch a
                ZREM z "" "\\x00\\xff\\r\\n" b
                ZRANGE z 0 -1
                ZREM z c d
                EXISTS z
                TYPE z
                ZADD z 1 a
                TYPE z
                zAdD z 2 a
                ZSCORE z a
                """);
    }

    @Test
    void addsOnConditions() {
        same("""
                ZADD z XX 1 a
                EXISTS z
                ZADD z NX 1 a 2 b
                ZADD z NX 5 a 3 c
                ZADD z XX 5 a 9 nosuch
                ZADD z CH 5 a 6 b 7 e
                ZADD z GT 4 a 7 b
                ZADD z LT 4 a 8 b
                ZADD z GT CH 5 a 6 b 1 new
                ZADD z LT CH 4 a 7 b 1 newer
                ZADD z XX GT CH 9 a 9 nosuch
                ZADD z XX LT CH 1 a
                ZADD z ch xx lt 0 a
                ZADD z CH CH XX XX 1 a
                ZRANGE z 0 -1 WITHSCORES
                ZADD z NX XX 1 a
                ZADD z NX GT 1 a
                ZADD z NX LT 1 a
                ZADD z GT LT 1 a
                ZADD z NX GT LT XX 1 a
                ZADD z INCR 1 a
                ZADD z INCR 1.5 fresh
                ZADD z NX INCR 1 a
                ZADD z NX INCR 1 fresher
                ZADD z XX INCR 1 nosuch
                ZADD z XX INCR 1 a
                ZADD z GT INCR -1 a
                ZADD z GT INCR 1 a
                ZADD z LT INCR 1 a
                ZADD z LT INCR -1 a
                ZADD z CH INCR 0 a
                ZADD z INCR 1 a 2 b
                ZADD z NX XX INCR 1 a 2 b
                ZADD z INCR
                ZADD z INCR 1
                ZRANGE z 0 -1 WITHSCORES
                # a score may come several times in one call
                ZADD y CH 1 a 2 a 3 a
                ZADD y NX CH 4 a 1 b 2 b
                ZRANGE y 0 -1 WITHSCORES
                """);
    }

    @Test
    void infinitiesAndZeros() {
        same("""
                ZADD z inf i -inf n +inf j Infinity k -INFINITY m 0 zero
                ZRANGE z 0 -1 WITHSCORES
                ZINCRBY z 1 i
                ZINCRBY z -inf n
                ZINCRBY z -inf i
                ZINCRBY z inf n
                ZADD z INCR -inf i
                ZADD z INCR inf zero
                ZSCORE z i
                ZSCORE z n
                ZCOUNT z -inf +inf
                ZCOUNT z (-inf (+inf
                ZCOUNT z inf inf
                ZCOUNT z (inf inf
                ZRANGEBYSCORE z -inf (inf WITHSCORES
                ZRANGEBYSCORE z (-inf +inf WITHSCORES
                ZREVRANGEBYSCORE z +inf -inf
                ZADD z nan a
                ZADD z NaN a
                ZADD z 1e400 a
                ZADD z -1e400 a
                ZADD z 0x10 hex
                ZADD z 1e2 e
                ZADD z .5 half
                ZADD z 5. five
                ZADD z +3 three
                ZADD z " 1" a
                ZADD z "1 " a
                ZADD z "" a
                ZADD z 1a a
                ZADD z 1,5 a
                ZMSCORE z hex e half five three
                ZINCRBY z nan a
                ZINCRBY z x a
                ZINCRBY z 1 new
                ZINCRBY z -1 new
                ZSCORE z new
                DEL z
                ZADD z -0 a
                ZADD z 0 b
                ZADD z -0 b
                ZINCRBY z -0 a
                ZADD z CH -0 a 0 b
                ZSCORE z a
                ZRANGEBYSCORE z -0 0
                ZRANGEBYSCORE z 0 -0
                ZCOUNT z (-0 0
                ZRANK z b
                """);
    }

    @Test
    void ranks() {
        same("""
                ZADD z 1 a 2 b 2 c 3 d -1 e inf f
                ZRANK z a
                ZRANK z b
                ZRANK z c
                ZRANK z e
                ZRANK z f
                ZRANK z nosuch
                ZRANK nosuch a
                ZREVRANK z a
                ZREVRANK z c
                ZREVRANK z f
                ZREVRANK z nosuch
                ZREVRANK nosuch a
                ZADD z 10 a
                ZRANK z a
                ZREM z e
                ZRANK z b
                ZREVRANK z b
                ZCOUNT z 2 10
                ZCOUNT z (2 10
                ZCOUNT z 2 (10
                ZCOUNT z 10 2
                ZCOUNT z (2 (2
                ZCOUNT z 2 2
                ZCOUNT nosuch 0 1
                ZCOUNT z a 1
                ZCOUNT z 1 (
                ZCOUNT z nan 1
                ZCOUNT z ((1 2
                """);
    }

    @Test
    void rangesOfRanks() {
        same("""
                ZADD z 1 a 2 b 3 c 4 d 5 e
                ZRANGE z 0 -1
                ZRANGE z 0 -1 WITHSCORES
                ZRANGE z 1 2 withscores
                ZRANGE z -2 -1
                ZRANGE z -100 1
                ZRANGE z 3 100
                ZRANGE z 5 10
                ZRANGE z 2 1
                ZRANGE z -1 -2
                ZRANGE z -9223372036854775808 9223372036854775807
                ZRANGE z 0 0 REV
                ZRANGE z 0 2 REV WITHSCORES
                ZRANGE z -2 -1 REV
                ZREVRANGE z 0 1
                ZREVRANGE z 0 1 WITHSCORES
                ZREVRANGE z -1 -1
                ZREVRANGE z 3 100 WITHSCORES
                ZRANGE nosuch 0 -1
                ZRANGE nosuch 0 -1 WITHSCORES
                ZRANGE z 0 -1 LIMIT 0 1
                ZRANGE z 0 -1 LIMIT 0 -1
                ZRANGE z 0 -1 LIMIT 1 -1
                ZRANGE z 0 -1 REV REV
                ZRANGE z 0 -1 WITHSCORES WITHSCORES
                ZRANGE z a 1
                ZRANGE z 0 1.5
                ZRANGE z 0 -1 nonsense
                ZREVRANGE z 0 -1 REV
                ZREVRANGE z 0 -1 BYSCORE
                ZREVRANGE z 0 -1 LIMIT 0 1
                ZRANGE z 0
                ZREVRANGE z 0
                """);
    }

    @Test
    void rangesOfScores() {
        same("""
                ZADD z 1 a 2 b 2 c 3.5 d 5 e
                ZRANGEBYSCORE z 1 3
                ZRANGEBYSCORE z (1 3 WITHSCORES
                ZRANGEBYSCORE z 1 (2
                ZRANGEBYSCORE z -inf inf LIMIT 1 2
                ZRANGEBYSCORE z -inf inf WITHSCORES LIMIT 1 2
                ZRANGEBYSCORE z -inf inf LIMIT 1 2 WITHSCORES
                ZRANGEBYSCORE z -inf inf LIMIT 0 0
                ZRANGEBYSCORE z -inf inf LIMIT 2 -1
                ZRANGEBYSCORE z -inf inf LIMIT 2 -100
                ZRANGEBYSCORE z -inf inf LIMIT -1 2
                ZRANGEBYSCORE z -inf inf LIMIT -1 -1
                ZRANGEBYSCORE z -inf inf LIMIT 4 100
                ZRANGEBYSCORE z -inf inf LIMIT 5 100
                ZRANGEBYSCORE z -inf inf LIMIT 0 9223372036854775807
                ZRANGEBYSCORE z -inf inf LIMIT 9223372036854775807 1
                ZRANGEBYSCORE z -inf inf LIMIT 0 1 LIMIT 1 1
                ZRANGEBYSCORE z -inf inf LIMIT 0
                ZRANGEBYSCORE z -inf inf LIMIT a 1
                ZRANGEBYSCORE z -inf inf LIMIT 0 1.5
                ZRANGEBYSCORE z 3 1
                ZRANGEBYSCORE z 2 (2
                ZRANGEBYSCORE nosuch 0 1
                ZRANGEBYSCORE z a 1
                ZRANGEBYSCORE z 1 nan
                ZREVRANGEBYSCORE z 3 1
                ZREVRANGEBYSCORE z 1 3
                ZREVRANGEBYSCORE z (3.5 (1 WITHSCORES LIMIT 1 1
                ZREVRANGEBYSCORE z +inf -inf LIMIT 1 2
                ZREVRANGEBYSCORE z +inf -inf LIMIT 3 -1
                ZRANGE z 1 3 BYSCORE
                ZRANGE z (1 +inf BYSCORE WITHSCORES LIMIT 1 2
                ZRANGE z 3 1 BYSCORE
                ZRANGE z 3 1 BYSCORE REV
                ZRANGE z 3 (1 REV BYSCORE LIMIT 1 5 WITHSCORES
                ZRANGE z 1 3 BYSCORE LIMIT 0
                ZRANGE z 1 3 BYSCORE nonsense
                ZRANGE z 1 x BYSCORE
                ZRANGEBYSCORE z 1 3 BYSCORE
                ZRANGEBYSCORE z 1 3 REV
                """);
    }

    @Test
    void rangesOfNames() {
        same("""
                ZADD z 0 a 0 b 0 c 0 "" 0 "a\\x00" 0 "\\xff" 0 "\\xff\\xff" 0 ab 0 B
                ZRANGEBYLEX z - +
                ZRANGEBYLEX z [a [b
                ZRANGEBYLEX z (a (b
                ZRANGEBYLEX z [a (ab
                ZRANGEBYLEX z "(a\\x00" +
                ZRANGEBYLEX z "[\\xff" +
                ZRANGEBYLEX z "(\\xff" "[\\xff\\xff"
                ZRANGEBYLEX z [ +
                ZRANGEBYLEX z ( +
                ZRANGEBYLEX z - [
                ZRANGEBYLEX z - (
                ZRANGEBYLEX z + -
                ZRANGEBYLEX z + +
                ZRANGEBYLEX z - -
                ZRANGEBYLEX z [b [a
                ZRANGEBYLEX z (a (a
                ZRANGEBYLEX z [a [a
                ZRANGEBYLEX z - + LIMIT 1 2
                ZRANGEBYLEX z - + LIMIT 1 -1
                ZRANGEBYLEX z - + LIMIT -1 2
                ZRANGEBYLEX z - + LIMIT 0 0
                ZRANGEBYLEX z - + LIMIT 100 1
                ZRANGEBYLEX z - + WITHSCORES
                ZRANGEBYLEX z a +
                ZRANGEBYLEX z "" +
                ZRANGEBYLEX z -- +
                ZRANGEBYLEX z -inf +inf
                ZRANGEBYLEX nosuch - +
                ZREVRANGEBYLEX z + -
                ZREVRANGEBYLEX z [b (a LIMIT 0 2
                ZREVRANGEBYLEX z - +
                ZRANGE z [a [c BYLEX
                ZRANGE z [c [a BYLEX
                ZRANGE z [c [a BYLEX REV
                ZRANGE z + - REV BYLEX LIMIT 1 2
                ZRANGE z - + BYLEX WITHSCORES
                ZRANGE z - + BYLEX BYSCORE
                ZRANGE z 0 1 BYSCORE BYLEX
                ZLEXCOUNT z - +
                ZLEXCOUNT z [a [b
                ZLEXCOUNT z (a (b
                ZLEXCOUNT z + -
                ZLEXCOUNT z [b [a
                ZLEXCOUNT z "[\\xff" +
                ZLEXCOUNT nosuch - +
                ZLEXCOUNT z a b
                ZLEXCOUNT z - +x
                ZREMRANGEBYLEX z "[\\xff" +
                ZREMRANGEBYLEX z [a (b
                ZREMRANGEBYLEX z a b
                ZRANGEBYLEX z - +
                ZREMRANGEBYLEX z - +
                EXISTS z
                ZREMRANGEBYLEX z - +
                """);
    }

    @Test
    void storesRanges() {
        same("""
                ZADD z 1 a 2 b 2 c 3.5 d 5 e
                EXPIREAT z 4102444800
                ZRANGESTORE d z 1 3
                ZRANGE d 0 -1 WITHSCORES
                TTL d
                ZRANGESTORE d z 0 1 REV
                ZRANGE d 0 -1 WITHSCORES
                ZRANGESTORE d z (1 +inf BYSCORE LIMIT 1 2
                ZRANGE d 0 -1 WITHSCORES
                ZRANGESTORE d z +inf -inf BYSCORE REV LIMIT 0 2
                ZRANGE d 0 -1 WITHSCORES
                ZRANGESTORE d z 0 -1 WITHSCORES
                ZRANGESTORE d z 0 -1 LIMIT 0 1
                ZRANGESTORE d z 0 -1 nonsense
                ZRANGESTORE d z a 1
                ZRANGE d 0 -1
                ZRANGESTORE d z 10 20
                EXISTS d
                ZADD d 1 x
                ZRANGESTORE d nosuch 0 -1
                EXISTS d
                SET d string
                ZRANGESTORE d z 0 0
                TYPE d
                ZADD n 0 a 0 b 0 c
                ZRANGESTORE d n [b + BYLEX
                ZRANGE d 0 -1
                ZRANGESTORE d n + (a BYLEX REV LIMIT 0 1
                ZRANGE d 0 -1
                # over the source
                ZRANGESTORE z z 1 2
                ZRANGE z 0 -1 WITHSCORES
                EXPIRETIME z
                ZRANGESTORE z z 5 6
                EXISTS z
                SET s v
                ZRANGESTORE d s 0 -1
                ZRANGE d 0 -1
                ZRANGESTORE s n 0 -1
                ZRANGE s 0 -1
                ZRANGESTORE d n 0
                """);
    }

    @Test
    void removesRanges() {
        same("""
                ZADD z 1 a 2 b 3 c 4 d 5 e 6 f 7 g
                ZREMRANGEBYRANK z 0 0
                ZREMRANGEBYRANK z -1 -1
                ZREMRANGEBYRANK z 10 20
                ZREMRANGEBYRANK z 2 1
                ZREMRANGEBYRANK nosuch 0 -1
                ZREMRANGEBYRANK z a 1
                ZRANGE z 0 -1
                ZREMRANGEBYSCORE z (2 3
                ZREMRANGEBYSCORE z 100 200
                ZREMRANGEBYSCORE z (inf inf
                ZREMRANGEBYSCORE z a 1
                ZREMRANGEBYSCORE nosuch 0 1
                ZRANGE z 0 -1 WITHSCORES
                ZREMRANGEBYSCORE z -inf (5
                ZRANGE z 0 -1 WITHSCORES
                ZREMRANGEBYRANK z 0 -1
                EXISTS z
                ZADD z 1 a
                ZREMRANGEBYSCORE z -inf +inf
                EXISTS z
                """);
    }

    @Test
    void pops() {
        same("""
                ZADD z 1 a 2 b 3 c 4 d 5 e 6 f inf g
                ZPOPMIN z
                ZPOPMAX z
                ZPOPMIN z 2
                ZPOPMAX z 2
                ZPOPMIN z 0
                ZPOPMAX z 0
                ZPOPMIN z -1
                ZPOPMIN z x
                ZPOPMIN z 1 2
                ZPOPMAX z 1 2
                ZPOPMIN nosuch
                ZPOPMAX nosuch
                ZPOPMIN nosuch 2
                ZPOPMAX nosuch 0
                ZPOPMAX z 100
                EXISTS z
                ZADD z 1 a 1 b
                ZPOPMAX z
                ZPOPMIN z 9223372036854775807
                EXISTS z
                ZADD z 1 a 2 b 3 c
                ZADD y 1 x 2 y
                ZMPOP 1 nosuch MIN
                ZMPOP 2 nosuch z MIN
                ZMPOP 2 nosuch z MAX COUNT 1
                ZMPOP 3 nosuch z y min count 10
                ZMPOP 3 nosuch z y MAX COUNT 2
                EXISTS y z
                ZMPOP 2 y z MAX
                ZMPOP 0 z MIN
                ZMPOP -1 z MIN
                ZMPOP x z MIN
                ZMPOP 2 z MIN
                ZMPOP 1 z
                ZMPOP 1 z OTHER
                ZMPOP 1 z MIN COUNT 0
                ZMPOP 1 z MIN COUNT -1
                ZMPOP 1 z MIN COUNT x
                ZMPOP 1 z MIN COUNT
                ZMPOP 1 z MIN COUNT 1 COUNT 2
                ZMPOP 1 z MIN MAX
                SET s v
                ZADD z 1 a
                ZMPOP 2 s z MIN
                ZMPOP 2 z s MIN
                """);
    }

    @Test
    void choosesAtRandom() {
        same("""
                ZRANDMEMBER nosuch
                ZRANDMEMBER nosuch 5
                ZRANDMEMBER nosuch -5 WITHSCORES
                ZADD z 2 a
                ZRANDMEMBER z
                ZRANDMEMBER z 1
                ZRANDMEMBER z 5 WITHSCORES
                ZRANDMEMBER z -3
                ZRANDMEMBER z -3 WITHSCORES
                ZRANDMEMBER z 0
                ZRANDMEMBER z 0 WITHSCORES
                ZRANDMEMBER z x
                ZRANDMEMBER z 1 nonsense
                ZRANDMEMBER z 1 WITHSCORES more
                ZRANDMEMBER z -9223372036854775808
                ZRANDMEMBER z -4611686018427387905 WITHSCORES
                ZRANDMEMBER z 9223372036854775807
                ZADD z 1 b 3 c
                ~ ZRANDMEMBER z 10
                """);
    }

    @Test
    void combines() {
        same("""
                ZADD a 1 x 2 y 3 z
                ZADD b 10 y 20 z 30 w
                SADD s x z q
                ZUNION 2 a b
                ZUNION 2 a b WITHSCORES
                ZUNION 3 a b s WITHSCORES
                ZUNION 2 a b WEIGHTS 2 0.5 WITHSCORES
                ZUNION 2 a b WEIGHTS 1 -1 AGGREGATE MIN WITHSCORES
                ZUNION 2 a b AGGREGATE max WITHSCORES
                ZUNION 2 a b AGGREGATE SUM WITHSCORES WEIGHTS 1 2
                ZUNION 1 nosuch
                ZUNION 2 a a WITHSCORES
                ZINTER 2 a b
                ZINTER 2 a b WITHSCORES
                ZINTER 3 a b s WITHSCORES
                ZINTER 2 a nosuch
                ZINTER 2 a a WEIGHTS 1 2 WITHSCORES
                ZINTER 2 a b AGGREGATE MIN WITHSCORES
                ZDIFF 2 a b
                ZDIFF 2 a b WITHSCORES
                ZDIFF 2 a s WITHSCORES
                ZDIFF 2 a nosuch WITHSCORES
                ZDIFF 2 nosuch a
                ZDIFF 1 a WITHSCORES
                ZDIFF 2 a a
                ZINTERCARD 2 a b
                ZINTERCARD 2 a b LIMIT 1
                ZINTERCARD 2 a b LIMIT 0
                ZINTERCARD 2 a nosuch
                ZINTERCARD 2 a b LIMIT -1
                ZINTERCARD 2 a b LIMIT x
                ZINTERCARD 2 a b nonsense
                ZINTERCARD 0 a
                ZUNION 0 a
                ZUNION -1 a
                ZUNION x a
                ZUNION 2 a
                ZUNION 2 a b WEIGHTS 1
                ZUNION 2 a b WEIGHTS 1 x
                ZUNION 2 a b WEIGHTS 1 nan
                ZUNION 2 a b AGGREGATE
                ZUNION 2 a b AGGREGATE OTHER
                ZUNION 2 a b nonsense
                ZDIFF 2 a b WEIGHTS 1 2
                ZDIFF 0 a
                ZADD i inf x -inf y
                ZADD j -inf x -inf y
                ZUNION 2 i j WITHSCORES
                ZINTER 2 i j WITHSCORES WEIGHTS 0 1
                ZUNION 2 i j WITHSCORES WEIGHTS -1 1
                """);
    }

    @Test
    void storesCombinations() {
        same("""
                ZADD a 1 x 2 y 3 z
                ZADD b 10 y 20 z 30 w
                SADD s x z q
                ZADD d 1 old
                EXPIREAT d 4102444800
                ZUNIONSTORE d 2 a b
                ZRANGE d 0 -1 WITHSCORES
                TTL d
                ZUNIONSTORE d 3 a b s WEIGHTS 1 2 3 AGGREGATE MAX
                ZRANGE d 0 -1 WITHSCORES
                ZINTERSTORE d 2 a b
                ZRANGE d 0 -1 WITHSCORES
                ZINTERSTORE d 2 a s WEIGHTS 2 0
                ZRANGE d 0 -1 WITHSCORES
                ZDIFFSTORE d 2 a b
                ZRANGE d 0 -1 WITHSCORES
                ZDIFFSTORE d 2 a a
                EXISTS d
                ZINTERSTORE d 2 a nosuch
                EXISTS d
                SET d string
                ZINTERSTORE d 2 nosuch a
                EXISTS d
                SET d string
                ZUNIONSTORE d 1 s
                ZRANGE d 0 -1 WITHSCORES
                # over a source
                ZUNIONSTORE a 2 a b
                ZRANGE a 0 -1 WITHSCORES
                ZINTERSTORE b 2 b s
                ZRANGE b 0 -1 WITHSCORES
                ZDIFFSTORE a 2 a s
                ZRANGE a 0 -1 WITHSCORES
                ZUNIONSTORE d 2 a b WITHSCORES
                ZUNIONSTORE d 0 a
                ZUNIONSTORE d x a
                ZUNIONSTORE d 3 a b
                ZINTERSTORE d 2 a b WEIGHTS 1
                ZDIFFSTORE d 2 a b AGGREGATE SUM
                SET t v
                ZUNIONSTORE d 2 a t
                ZINTERSTORE d 2 nosuch t
                ZDIFFSTORE d 2 t a
                ZRANGE d 0 -1 WITHSCORES
                """);
    }

    @Test
    void otherTypes() {
        same("""
                SET x v
                ZADD z 1 a
                ZADD x 1 a
                ZADD x NX GT 1 a
                ZADD x nonsense a
                ZADD x INCR 1 a
                ZINCRBY x 1 a
                ZREM x a
                ZCARD x
                ZSCORE x a
                ZMSCORE x a b
                ZRANK x a
                ZREVRANK x a
                ZCOUNT x 0 1
                ZCOUNT x a 1
                ZLEXCOUNT x - +
                ZRANGE x 0 -1
                ZRANGE x 0 1 BYSCORE
                ZRANGE x - + BYLEX
                ZRANGESTORE d x 0 -1
                ZREVRANGE x 0 -1
                ZRANGEBYSCORE x 0 1
                ZREVRANGEBYSCORE x 1 0
                ZRANGEBYLEX x - +
                ZREVRANGEBYLEX x + -
                ZREMRANGEBYRANK x 0 1
                ZREMRANGEBYSCORE x 0 1
                ZREMRANGEBYLEX x - +
                ZPOPMIN x
                ZPOPMAX x 2
                ZPOPMAX x 0
                ZMPOP 1 x MIN
                ZRANDMEMBER x
                ZRANDMEMBER x 2
                ZUNION 2 z x
                ZINTER 2 z x
                ZINTER 2 nosuch x
                ZDIFF 2 z x
                ZINTERCARD 2 z x
                ZUNIONSTORE d 2 z x
                ZSCAN x 0
                GET z
                SADD z a
                HSET z a b
                LPUSH z a
                GET x
                SET z v
                ZCARD z
                """);
    }

    @Test
    void arguments() {
        same("""
                ZADD
                ZADD z
                ZADD z 1
                ZADD z 1 a 2
                ZADD z NX
                ZADD z NX 1
                ZADD z nonsense 1 a
                ZADD z 1 a x b
                EXISTS z
                ZINCRBY z 1
                ZINCRBY z 1 a b
                ZREM z
                ZCARD
                ZCARD z z
                ZSCORE z
                ZSCORE z a b
                ZMSCORE z
                ZRANK z
                ZREVRANK z
                ZCOUNT z 1
                ZCOUNT z 1 2 3
                ZLEXCOUNT z -
                ZRANGE z
                ZRANGESTORE d z
                ZRANGEBYSCORE z 1
                ZREVRANGEBYSCORE z 1
                ZRANGEBYLEX z -
                ZREVRANGEBYLEX z +
                ZREMRANGEBYRANK z 1
                ZREMRANGEBYSCORE z 1
                ZREMRANGEBYLEX z 1
                ZPOPMIN
                ZPOPMAX
                ZMPOP
                ZMPOP 1 z
                ZRANDMEMBER
                ZUNION
                ZUNION 1
                ZINTER 1
                ZDIFF 1
                ZINTERCARD 1
                ZUNIONSTORE d 1
                ZINTERSTORE d
                ZDIFFSTORE d 1
                ZSCAN z
                """);
    }

    @Test
    void scansSmallOnesAtOnce() {
        same("""
                ZSCAN nosuch 0
                ZADD z 1 a 2 b 3.5 c
                ~~ ZSCAN z 0
                ~~ ZSCAN z 0 COUNT 1
                ~~ ZSCAN z 0 MATCH [ab]
                ZSCAN z 0 MATCH nosuch*
                ZSCAN z x
                ZSCAN z 0 COUNT 0
                ZSCAN z 0 COUNT x
                ZSCAN z 0 NOVALUES
                ZSCAN z 0 TYPE zset
                """);
    }

    @Test
    void expiriesStay() {
        same("""
                ZADD z 1 a 2 b 3 c
                EXPIREAT z 4102444800
                ZADD z 4 d
                ZINCRBY z 1 a
                ZREM z b
                ZPOPMIN z
                ZREMRANGEBYRANK z 0 0
                EXPIRETIME z
                ZREM z d
                EXPIRETIME z
                ZADD z 1 a
                EXPIRETIME z
                EXPIREAT z 4102444800
                ZUNIONSTORE z 1 z
                EXPIRETIME z
                EXPIREAT z 1
                ZCARD z
                ZADD z 1 b
                ZRANGE z 0 -1
                EXPIRETIME z
                """);
    }

    /** What one batch makes of one key: everything is seen by what comes after it. */
    @Test
    void changesAreSeenAtOnce() {
        same("""
                ZADD z 1 a 2 b 3 c
                ZRANK z c
                ZADD z 0 c
                ZRANK z c
                ZRANGE z 0 0
                ZREM z c
                ZRANGE z 0 0
                ZPOPMIN z
                ZRANGE z 0 -1 WITHSCORES
                ZPOPMAX z
                ZRANGE z 0 -1
                ZADD z 5 e 4 d
                ZPOPMAX z
                ZADD z 6 f
                ZPOPMAX z
                ZPOPMIN z
                ZCARD z
                ZADD z 1 a
                RENAME z y
                ZADD y 2 b
                ZADD z 3 c
                COPY y x
                ZADD x 3 c
                ZRANGE x 0 -1
                ZRANGE y 0 -1
                ZRANGE z 0 -1
                DEL y
                ZADD y 9 i
                ZRANGE y 0 -1 WITHSCORES
                """);
    }

    @Test
    void encodings() {
        same("""
                ZADD z 1 a
                OBJECT ENCODING z
                ZADD z 1 "0123456789012345678901234567890123456789012345678901234567890123"
                OBJECT ENCODING z
                ZADD z 1 "01234567890123456789012345678901234567890123456789012345678901234"
                OBJECT ENCODING z
                """);
    }
}
