package dev.respql.command.hash;

import dev.respql.testing.RunningServer;
import dev.respql.testing.SideBySide;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What every hash command answers, in scripts for {@link SideBySide}. */
abstract class HashScripts {
    private RunningServer server;

    void server(RunningServer running) {
        this.server = running;
    }

    private void same(String script) {
        SideBySide.run(server, script);
    }

    @Test
    void setAndGet() {
        same("""
                HSET h a 1 b 2 a 3
                HGET h a
                HSET h a 4 c 5
                HGET h a
                HGET h nosuch
                HGET nosuch a
                HLEN h
                HLEN nosuch
                HSET h "" ""
                HGET h ""
                HSET h "\\x00\\xff\\r\\n" "\\xff\\x00"
                HGET h "\\x00\\xff\\r\\n"
                HEXISTS h ""
                HEXISTS h nosuch
                HEXISTS nosuch a
                HSTRLEN h a
                HSTRLEN h ""
                HSTRLEN h nosuch
                HSTRLEN nosuch a
                HMSET h a x z y
                HMGET h a nosuch z a ""
                HMGET nosuch a b
                HSETNX h a 9
                HSETNX h new 9
                HSETNX fresh a 1
                HMGET fresh a
                ~~ HGETALL h
                ~ HKEYS h
                ~ HVALS h
                HGETALL nosuch
                HKEYS nosuch
                HVALS nosuch
                TYPE h
                hset H a 1
                hGeT H a
                """);
    }

    @Test
    void delete() {
        same("""
                HSET h a 1 b 2 c 3
                HDEL h a a nosuch
                HGET h a
                HLEN h
                HSET h a again
                HDEL h b
                HSET h b back
                HMGET h a b c
                HDEL h a b c
                EXISTS h
                HDEL h a
                HDEL nosuch a
                HSET h x 1
                HLEN h
                ~~ HGETALL h
                DEL h
                HSETNX h y 2
                ~~ HGETALL h
                """);
    }

    @Test
    void otherTypes() {
        same("""
                SET s v
                HSET s a 1
                HSET s a
                HSET s a 1 b
                HMSET s a 1 b
                HMSET s a 1
                HSETNX s a 1
                HGET s a
                HMGET s a b
                HGETALL s
                HKEYS s
                HVALS s
                HLEN s
                HEXISTS s a
                HDEL s a
                HSTRLEN s a
                HINCRBY s a 1
                HINCRBY s a x
                HINCRBYFLOAT s a 1
                HINCRBYFLOAT s a x
                HINCRBYFLOAT s a inf
                HRANDFIELD s
                HRANDFIELD s 1
                HRANDFIELD s x
                HRANDFIELD s 1 nonsense
                HSCAN s 0
                HSCAN s x
                HSCAN s 0 nonsense
                GET s
                HSET h a 1
                GET h
                APPEND h x
                LPUSH h x
                SET h now-a-string
                GET h
                DEL h
                HSET h a 1
                HGETALL h
                """);
    }

    @Test
    void arguments() {
        same("""
                HSET
                HSET h
                HSET h a
                HSET h a 1 b
                HMSET h a
                HMSET h a 1 b
                HSETNX h a
                HSETNX h a 1 2
                HGET h
                HGET h a b
                HMGET h
                HGETALL
                HGETALL h h
                HKEYS
                HVALS
                HLEN
                HEXISTS h
                HDEL h
                HSTRLEN h
                HINCRBY h a
                HINCRBYFLOAT h a
                HRANDFIELD
                HSCAN h
                EXISTS h
                """);
    }

    @Test
    void integers() {
        same("""
                HINCRBY h n 5
                HINCRBY h n -7
                HGET h n
                HINCRBY h n abc
                HINCRBY h n 1.5
                HINCRBY h n ""
                HINCRBY h n 9223372036854775808
                HINCRBY h n 9223372036854775807
                HINCRBY h n 9223372036854775807
                HINCRBY h n 3
                HGET h n
                HSET h low -9223372036854775808 text abc float 1.5 blank " 1" plus +1 zero 00 empty ""
                HINCRBY h low -1
                HINCRBY h low 0
                HINCRBY h text 1
                HINCRBY h float 1
                HINCRBY h blank 1
                HINCRBY h plus 1
                HINCRBY h zero 1
                HINCRBY h empty 1
                ~~ HGETALL h
                HINCRBY fresh n x
                EXISTS fresh
                """);
    }

    @Test
    void floats() {
        same("""
                HINCRBYFLOAT h n 10.50
                HINCRBYFLOAT h n 0.1
                HINCRBYFLOAT h n -5.0e3
                HGET h n
                HINCRBYFLOAT h n abc
                HINCRBYFLOAT h n ""
                HINCRBYFLOAT h n nan
                HINCRBYFLOAT h n inf
                HINCRBYFLOAT h n -Infinity
                HINCRBYFLOAT h n " 1"
                HINCRBYFLOAT h n 1e5000
                HSET h text abc inf inf blank "1 " int 3000 empty ""
                HINCRBYFLOAT h text 1
                HINCRBYFLOAT h inf 1
                HINCRBYFLOAT h blank 1
                HINCRBYFLOAT h int 0.1
                HINCRBYFLOAT h empty 1
                HSET h big 1e4932
                HINCRBYFLOAT h big 1e4932
                HINCRBYFLOAT h zero -0
                HINCRBYFLOAT h tiny 1e-20
                ~~ HGETALL h
                HINCRBYFLOAT fresh n x
                EXISTS fresh
                """);
    }

    @Test
    void randomFields() {
        same("""
                HRANDFIELD nosuch
                HRANDFIELD nosuch 3
                HRANDFIELD nosuch -3
                HRANDFIELD nosuch 3 WITHVALUES
                HSET h a 1
                HRANDFIELD h
                HRANDFIELD h 0
                HRANDFIELD h 0 WITHVALUES
                HRANDFIELD h 5
                HRANDFIELD h -3
                HRANDFIELD h 1 withvalues
                HRANDFIELD h 5 WITHVALUES
                HRANDFIELD h -2 WITHVALUES
                HRANDFIELD h abc
                HRANDFIELD h 1.5
                HRANDFIELD h 9223372036854775808
                HRANDFIELD h -9223372036854775808
                HRANDFIELD h -9223372036854775808 WITHVALUES
                HRANDFIELD h 9223372036854775807
                HRANDFIELD h 9223372036854775807 WITHVALUES
                HRANDFIELD h 4611686018427387903 WITHVALUES
                HRANDFIELD h 4611686018427387904 WITHVALUES
                HRANDFIELD h -4611686018427387904 WITHVALUES
                HRANDFIELD h abc nonsense
                HRANDFIELD h 1 nonsense
                HRANDFIELD h 1 WITHVALUES nonsense
                HSET h b 2 c 3
                ~ HRANDFIELD h 3
                ~ HRANDFIELD h 4
                """);
    }

    @Test
    void scan() {
        same("""
                HSCAN nosuch 0
                HSCAN nosuch x
                HSCAN nosuch 0 nonsense
                HSCAN nosuch 0 COUNT 0
                HSET h a 1 b 2 ab 3 "" 4
                ~~ HSCAN h 0
                ~~ HSCAN h 17
                ~~ HSCAN h 0 COUNT 1
                ~~ HSCAN h 0 MATCH a*
                ~~ HSCAN h 0 MATCH *
                ~~ HSCAN h 0 match *b count 100
                HSCAN h 0 MATCH nosuch
                HSCAN h 0 COUNT 0
                HSCAN h 0 COUNT -1
                HSCAN h 0 COUNT x
                HSCAN h 0 COUNT
                HSCAN h 0 MATCH
                HSCAN h 0 MATCH a COUNT
                HSCAN h 0 nonsense a
                HSCAN h abc
                HSCAN h 1x
                ~~ HSCAN h -1
                HSCAN h 18446744073709551616
                ~~ HSCAN h 18446744073709551615
                """);
    }

    @Test
    void expiryIsKeptByChangesAndLostWithTheKey() {
        same("""
                HSET h a 1
                PEXPIREAT h 4102444800000
                HSET h a 2 b 3
                HINCRBY h n 1
                HDEL h a
                PEXPIRETIME h
                HDEL h b n
                PEXPIRETIME h
                HSET h a 1
                PEXPIRETIME h
                PEXPIREAT h 1
                HSET h z 1
                ~~ HGETALL h
                HLEN h
                """);
    }

    @Test
    void keysChangeHands() {
        same("""
                HSET h a 1 b 2
                COPY h copy
                HSET copy a 9
                ~~ HGETALL h
                ~~ HGETALL copy
                RENAME copy h
                ~~ HGETALL h
                HSET h c 3
                RENAME h other
                HSET h fresh 1
                ~~ HGETALL other
                ~~ HGETALL h
                COPY other h
                COPY other h REPLACE
                HDEL h a
                ~~ HGETALL h
                ~~ HGETALL other
                DEL other h
                COPY other h
                HSET h x 1
                COPY h y
                DEL y
                COPY h y
                HSET y more 1
                HLEN y
                MOVE y 1
                SELECT 1
                ~~ HGETALL y
                HSET y z 1
                SELECT 0
                FLUSHALL
                HLEN h
                """);
    }

    @Test
    void encodings() {
        same("""
                HSET h a 1
                OBJECT ENCODING h
                HSET long a %1$s
                OBJECT ENCODING long
                HSET longer a %1$sx
                OBJECT ENCODING longer
                HSET longfield %1$sx 1
                OBJECT ENCODING longfield
                """.formatted("v".repeat(64)));
    }

    /** As many commands on a few fields as one batch takes, so that each sees what the others left in memory. */
    @Test
    void anythingGoesTogether() {
        for (long seed = 1; seed <= 4; seed++) {
            Random random = new Random(seed);
            StringBuilder script = new StringBuilder();
            for (int i = 0; i < 120; i++) {
                String key = "h" + random.nextInt(3);
                String field = "f" + random.nextInt(4);
                script.append(switch (random.nextInt(11)) {
                    case 0, 1, 2 -> "HSET " + key + " " + field + " " + random.nextInt(10);
                    case 3 -> "HDEL " + key + " " + field + " f0";
                    case 4 -> "HGET " + key + " " + field;
                    case 5 -> "HMGET " + key + " f0 f1 f2 f3";
                    case 6 -> "HINCRBY " + key + " " + field + " 1";
                    case 7 -> "HLEN " + key;
                    case 8 -> "DEL " + key;
                    case 9 -> random.nextBoolean() ? "RENAME " + key + " h0" : "COPY " + key + " h1 REPLACE";
                    default -> "HEXISTS " + key + " " + field;
                }).append('\n');
            }
            same(script.toString());
        }
    }
}
