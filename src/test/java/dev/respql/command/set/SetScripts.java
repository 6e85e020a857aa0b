package dev.respql.command.set;

import dev.respql.testing.RunningServer;
import dev.respql.testing.SideBySide;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What every set command answers, in scripts for {@link SideBySide}. */
abstract class SetScripts {
    private RunningServer server;

    void server(RunningServer running) {
        this.server = running;
    }

    private void same(String script) {
        SideBySide.run(server, script);
    }

    @Test
    void addAndRemove() {
        same("""
                SADD s a b a c
                SADD s a d
                SCARD s
                SCARD nosuch
                SADD s "" "\\x00\\xff\\r\\n"
                SISMEMBER s ""
                SISMEMBER s "\\x00\\xff\\r\\n"
                SISMEMBER s nosuch
                SISMEMBER nosuch a
                SMISMEMBER s a nosuch "" b
                SMISMEMBER nosuch a b
                ~ SMEMBERS s
                SMEMBERS nosuch
                SREM s a nosuch a
                SADD s a
                SREM s "" "\\x00\\xff\\r\\n" a b c
                SREM s d d
                EXISTS s
                SREM s d
                SADD s 1
                TYPE s
                SMEMBERS s
                sAdD s 2
                """);
    }

    @Test
    void integersComeInOrder() {
        same("""
                SADD s 5 -3 100 0 9223372036854775807 -9223372036854775808 10
                SMEMBERS s
                SREM s 5
                SMEMBERS s
                SADD s 007
                ~ SMEMBERS s
                """);
    }

    @Test
    void otherTypes() {
        same("""
                SET x v
                SADD s 1 2 3
                SADD x a
                SREM x a
                SCARD x
                SISMEMBER x a
                SMISMEMBER x a b
                SMEMBERS x
                SMOVE x s 1
                SMOVE s x 1
                SMOVE s x nosuch
                SMOVE nosuch x a
                SMOVE x x a
                SPOP x
                SPOP x 0
                SPOP x -1
                SPOP x y
                SRANDMEMBER x
                SRANDMEMBER x 0
                SRANDMEMBER x y
                SINTER x
                SINTER s x
                SINTER nosuch x
                SINTER x nosuch
                SINTERCARD 2 nosuch x
                SINTERCARD 1 x LIMIT -1
                SUNION s x
                SDIFF s x
                SDIFF nosuch x
                SINTERSTORE s s x
                SINTERSTORE d nosuch x
                SUNIONSTORE s x s
                SDIFFSTORE s s x
                SSCAN x 0
                SSCAN x y
                SSCAN x 0 nonsense
                GET x
                SMEMBERS s
                GET s
                SUNIONSTORE x s
                SMEMBERS x
                SET s string
                SUNIONSTORE x s
                GET s
                """);
    }

    @Test
    void arguments() {
        same("""
                SADD
                SADD s
                SREM s
                SCARD
                SCARD s s
                SISMEMBER s
                SISMEMBER s a b
                SMISMEMBER s
                SMEMBERS
                SMEMBERS s s
                SMOVE s d
                SPOP
                SPOP s 1 2
                SPOP s a b
                SPOP s 1 2 3
                SRANDMEMBER
                SRANDMEMBER s 1 2
                SRANDMEMBER s a b
                SINTER
                SUNION
                SDIFF
                SINTERSTORE d
                SUNIONSTORE d
                SDIFFSTORE d
                SINTERCARD
                SINTERCARD 1
                SSCAN s
                EXISTS s
                """);
    }

    @Test
    void move() {
        same("""
                SADD a 1 2
                SADD b 2 3
                SMOVE a b 1
                SMOVE a b 2
                EXISTS a
                SMEMBERS b
                SMOVE a b 1
                SMOVE b b 1
                SMOVE b b 9
                SMOVE b c 9
                SMOVE b c 1
                SMEMBERS c
                SMEMBERS b
                SMOVE nosuch c 1
                SMOVE c d 1
                SMOVE d c 1
                SMEMBERS c
                EXISTS d
                """);
    }

    @Test
    void pop() {
        same("""
                SPOP nosuch
                SPOP nosuch 3
                SPOP nosuch 0
                SPOP nosuch -1
                SADD s 1
                SPOP s 0
                SPOP s -1
                SPOP s abc
                SPOP s 9223372036854775808
                SPOP s 1.0
                SPOP s
                EXISTS s
                SADD s 1 2 3
                SPOP s 3
                EXISTS s
                SADD s 1 2 3
                SPOP s 9223372036854775807
                SADD s 1
                SADD s 2
                SCARD s
                """);
    }

    @Test
    void randomMembers() {
        same("""
                SRANDMEMBER nosuch
                SRANDMEMBER nosuch 3
                SRANDMEMBER nosuch -3
                SADD s a
                SRANDMEMBER s
                SRANDMEMBER s 0
                SRANDMEMBER s 3
                SRANDMEMBER s -3
                SRANDMEMBER s abc
                SRANDMEMBER s 9223372036854775808
                SRANDMEMBER s -9223372036854775808
                SRANDMEMBER s 9223372036854775807
                SADD s b c
                ~ SRANDMEMBER s 3
                ~ SRANDMEMBER s 100
                SCARD s
                """);
    }

    @Test
    void algebra() {
        same("""
                SADD a 1 2 3 4 x
                SADD b 2 3 4 5 x y
                SADD c 3 x z
                ~ SINTER a
                ~ SINTER a b
                ~ SINTER a b c
                ~ SINTER a a
                ~ SINTER c b a c b
                SINTER a nosuch
                SINTER nosuch
                ~ SUNION a
                ~ SUNION a b c nosuch
                ~ SUNION nosuch a
                SUNION nosuch other
                ~ SDIFF a
                ~ SDIFF a b
                ~ SDIFF a b c
                ~ SDIFF b a nosuch
                SDIFF a a
                SDIFF a b a
                SDIFF nosuch a
                SINTERCARD 2 a b
                SINTERCARD 3 a b c
                SINTERCARD 3 a b c LIMIT 1
                SINTERCARD 2 a b LIMIT 3
                SINTERCARD 2 a b LIMIT 0
                SINTERCARD 2 a b LIMIT 100
                SINTERCARD 2 a nosuch
                SINTERCARD 1 a
                SINTERCARD 0 a
                SINTERCARD -1 a
                SINTERCARD x a
                SINTERCARD 3 a b
                SINTERCARD 2 a b LIMIT
                SINTERCARD 2 a b LIMIT -1
                SINTERCARD 2 a b LIMIT x
                SINTERCARD 2 a b nonsense
                SINTERCARD 2 a b LIMIT 1 nonsense
                SINTERCARD 2 a b limit 1 LIMIT 2
                SINTERCARD 1 a b
                """);
    }

    @Test
    void storedAlgebra() {
        same("""
                SADD a 1 2 3
                SADD b 2 3 4
                SINTERSTORE d a b
                SMEMBERS d
                SUNIONSTORE d a b
                SMEMBERS d
                SDIFFSTORE d a b
                SMEMBERS d
                SINTERSTORE a a b
                SMEMBERS a
                SUNIONSTORE a a b
                SMEMBERS a
                SDIFFSTORE b a b
                SMEMBERS b
                SINTERSTORE d a nosuch
                EXISTS d
                SADD d 1
                SDIFFSTORE d a a
                EXISTS d
                SADD d 1
                PEXPIREAT d 4102444800000
                SUNIONSTORE d d
                PEXPIRETIME d
                SMEMBERS d
                SUNIONSTORE d nosuch
                EXISTS d
                SET d string
                SUNIONSTORE d nosuch
                EXISTS d
                SET d string
                SUNIONSTORE d a
                TYPE d
                SREM d 1 2 3 4
                EXISTS d
                SUNIONSTORE d a
                DEL d
                EXISTS d
                """);
    }

    @Test
    void scan() {
        same("""
                SSCAN nosuch 0
                SSCAN nosuch x
                SSCAN nosuch 0 nonsense
                SADD s a b ab "" 1
                ~ SSCAN s 0

                ~ SSCAN s 0 MATCH a*
                ~ SSCAN s 0 MATCH *
                ~ SSCAN s 0 match *b count 100
                SSCAN s 0 MATCH nosuch
                SSCAN s 0 COUNT 0
                SSCAN s 0 COUNT x
                SSCAN s 0 COUNT
                SSCAN s 0 nonsense a
                SSCAN s abc
                SADD i 3 1 2
                SSCAN i 0
                SSCAN i 17 COUNT 1
                """);
    }

    @Test
    void keysChangeHands() {
        same("""
                SADD s 1 2
                PEXPIREAT s 4102444800000
                COPY s copy
                PEXPIRETIME copy
                SADD copy 3
                SMEMBERS s
                SMEMBERS copy
                RENAME copy s
                SMEMBERS s
                SADD s 4
                PEXPIRETIME s
                RENAME s other
                SADD s 9
                SMEMBERS other
                SMEMBERS s
                COPY other s REPLACE
                DEL other
                SMEMBERS s
                PEXPIREAT s 1
                SADD s 7
                SMEMBERS s
                COPY s t
                DEL t
                COPY s t
                SPOP t 9
                MOVE s 1
                SELECT 1
                SMEMBERS s
                """);
    }

    @Test
    void encodings() {
        same("""
                SADD i 1 2 3
                OBJECT ENCODING i
                SADD long %sx
                OBJECT ENCODING long
                """.formatted("v".repeat(64)));
    }

    /** As many commands on a few members as one batch takes, so that each sees what the others left in memory. */
    @Test
    void anythingGoesTogether() {
        for (long seed = 1; seed <= 4; seed++) {
            Random random = new Random(seed);
            StringBuilder script = new StringBuilder();
            for (int i = 0; i < 120; i++) {
                String key = "s" + random.nextInt(3);
                String member = "" + random.nextInt(6);
                script.append(switch (random.nextInt(12)) {
                    case 0, 1, 2, 3 -> "SADD " + key + " " + member;
                    case 4 -> "SREM " + key + " " + member;
                    case 5 -> "SISMEMBER " + key + " " + member;
                    case 6 -> "SMOVE " + key + " s0 " + member;
                    case 7 -> "SINTERSTORE " + key + " s0 s1";
                    case 8 -> "SUNIONSTORE " + key + " s1 s2";
                    case 9 -> "SDIFFSTORE " + key + " s0 " + key;
                    case 10 -> random.nextBoolean() ? "DEL " + key : "COPY " + key + " s1 REPLACE";
                    default -> "SMEMBERS " + key;
                }).append('\n');
            }
            same(script.toString());
        }
    }
}
