package dev.respql.command.string;

import dev.respql.testing.Bytes;
import dev.respql.testing.RunningServer;
import dev.respql.testing.SideBySide;
import dev.respql.value.InlineArguments;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What every string command answers, in scripts for {@link SideBySide}. */
abstract class StringScripts {
    /** A time far from now, in seconds. */
    private static final String FAR = "4102444800";

    private RunningServer server;

    void server(RunningServer running) {
        this.server = running;
    }

    private void same(String script) {
        SideBySide.run(server, script.replace("FAR", FAR));
    }

    @Test
    void setAndGet() {
        same("""
                GET k
                SET k v
                GET k
                SET k ""
                GET k
                STRLEN k
                SET "" "\\x00\\xff\\r\\n"
                GET ""
                SET k 0123
                GET k
                SET k
                SET
                GET
                GET k k
                get k
                sEt k w xX gEt
                GET k
                """);
    }

    @Test
    void setIfAbsentOrPresent() {
        same("""
                SET k v XX
                GET k
                SET k v NX
                SET k w NX
                GET k
                SET k w XX
                GET k
                SET k x NX NX
                SET k x XX XX
                SET k x NX XX
                SET k x XX NX
                SET n v NX GET
                SET n w NX GET
                SET n w GET NX
                GET n
                SET m v XX GET
                EXISTS m
                SET n w XX GET
                GET n
                SET n x GET GET
                SET o x GET
                GET o
                """);
    }

    @Test
    void setWithOptionsThatAreWrong() {
        same("""
                SET k v nonsense
                SET k v NX nonsense
                SET k v ""
                SET k v PERSIST
                SET k v EX
                SET k v PX 10 EX 20
                SET k v EX 10 KEEPTTL
                SET k v KEEPTTL EX 10
                SET k v KEEPTTL PXAT
                SET k v EX 10 20
                SET k v EX abc nonsense
                SET k v EX abc
                SET k v EX ""
                SET k v EX 1.5
                SET k v EX 0
                SET k v PX 0
                SET k v EXAT 0
                SET k v PXAT 0
                SET k v EX -1
                SET k v EX 9223372036854775807
                SET k v EX 9223372036854775
                SET k v EX 9223372036854776
                SET k v PX 9223372036854775807
                SET k v EXAT 9223372036854775807
                SET k v EXAT 9223372036854776
                SET k v PXAT 9223372036854775808
                EXISTS k
                SET k v
                SET k w NX EX abc
                SET k w XX EX 0
                SET k w GET EX 0
                GET k
                """);
    }

    @Test
    void setWithExpiry() {
        same("""
                SET k v EXAT FAR
                PEXPIRETIME k
                SET k v PXAT FAR123
                PEXPIRETIME k
                SET k w KEEPTTL
                PEXPIRETIME k
                GET k
                SET k w KEEPTTL KEEPTTL NX
                SET k w
                PEXPIRETIME k
                SET k w KEEPTTL
                PEXPIRETIME k
                SET k w EXAT 1 EXAT FAR
                PEXPIRETIME k
                SET k w PXAT FAR001 PXAT FAR002 GET
                PEXPIRETIME k
                SET k w EXAT 4202444800 NX
                PEXPIRETIME k
                SET n v KEEPTTL
                PEXPIRETIME n
                SET n v EXAT 9223372036854775
                PEXPIRETIME n
                INCRBY n 5
                APPEND k x
                SETRANGE k 0 y
                PEXPIRETIME k
                SET c 1 EXAT FAR
                INCR c
                INCRBYFLOAT c 0.5
                PEXPIRETIME c
                GETSET c 3
                PEXPIRETIME c
                SET c 1 EXAT FAR
                MSET c 2
                PEXPIRETIME c
                SETEX c FAR 1
                SETNX c 2
                MSETNX c 3 d 4
                GET c
                SET c 2
                TTL c
                """);
    }

    @Test
    void setWithExpiryInThePast() {
        same("""
                SET k v EXAT 1
                GET k
                EXISTS k
                APPEND k x
                SET k w PXAT 1
                GET k
                SET k v
                SET k w EXAT 1 GET
                EXISTS k
                SET k v NX PXAT 1
                INCR k
                SET k w NX EXAT 1
                GET k
                SET k w XX EXAT 1
                SET k w XX EXAT 1
                EXISTS k
                SET k 5
                SET k 6 EXAT 1
                SET k 7
                GET k
                """);
    }

    @Test
    void setexAndPsetex() {
        same("""
                SETEX k 100000 v
                GET k
                SETEX k abc v
                SETEX k 0 v
                SETEX k -1 v
                SETEX k 9223372036854775 v
                SETEX k 9223372036854775807 v
                SETEX k 9223372036854775808 v
                SETEX k 100000
                SETEX k 100000 v NX
                PSETEX k 100000000 w
                GET k
                PSETEX k 0 v
                PSETEX k -5 v
                PSETEX k x v
                PSETEX k 9223372036854775807 v
                GET k
                """);
    }

    @Test
    void setnx() {
        same("""
                SETNX k v
                SETNX k w
                GET k
                DEL k
                SETNX k ""
                SETNX k w
                GET k
                """);
    }

    @Test
    void getset() {
        same("""
                GETSET k v
                GETSET k w
                GETSET k ""
                GETSET k x
                GET k
                GETSET k
                """);
    }

    @Test
    void getdel() {
        same("""
                GETDEL k
                SET k v
                GETDEL k
                GET k
                GETDEL k
                SET k ""
                GETDEL k
                EXISTS k
                SET k 5
                GETDEL k
                INCR k
                GET k
                """);
    }

    @Test
    void getex() {
        same("""
                GETEX k
                GETEX k EX abc
                GETEX k EX 0
                GETEX k EX
                GETEX k nonsense
                EXISTS k
                SET k v
                GETEX k
                GETEX k EXAT FAR
                PEXPIRETIME k
                GETEX k
                PEXPIRETIME k
                GETEX k PXAT FAR500
                PEXPIRETIME k
                GETEX k PERSIST
                PEXPIRETIME k
                GETEX k PERSIST PERSIST
                GETEX k EXAT 1 EXAT FAR
                PEXPIRETIME k
                GETEX k EX abc
                GETEX k EX 0
                GETEX k PX -1
                GETEX k EX 9223372036854775807
                GETEX k PX 9223372036854775807
                GETEX k EX
                GETEX k EX 10 PERSIST
                GETEX k PERSIST EX 10
                GETEX k PERSIST EX
                GETEX k EX 10 PX 10
                GETEX k KEEPTTL
                GETEX k NX
                GETEX k GET
                PEXPIRETIME k
                GETEX k EXAT 1
                EXISTS k
                GET k
                SET k w
                GETEX k PXAT 1
                APPEND k x
                GET k
                """);
    }

    @Test
    void mgetAndMset() {
        same("""
                MGET a
                MSET a 1 b 2 c 3
                MGET a b c missing a
                MSET a 1 b
                MSET a
                MSET
                MGET
                MSET a 4 a 5 a 6
                MGET a
                MSET d "" "" x
                MGET d ""
                MSETNX e 1 f 2
                MSETNX f 3 g 4
                MSETNX g 5 f 6
                MGET e f g
                MSETNX h 1 h 2
                GET h
                MSETNX h
                MSETNX i 1 j
                EXISTS i
                """);
    }

    @Test
    void append() {
        same("""
                APPEND k abc
                APPEND k ""
                APPEND k "\\x00\\xff"
                GET k
                APPEND n ""
                EXISTS n
                GET n
                SET n 10
                APPEND n 5
                INCR n
                APPEND n
                """);
    }

    @Test
    void ranges() {
        StringBuilder script = new StringBuilder("SET k abcde\nSET e \"\"\n");
        String[] indexes = {"0", "1", "4", "5", "6", "-1", "-2", "-5", "-6", "-100", "100", "2147483647", "2147483648",
            "9223372036854775807", "-9223372036854775808"};
        for (String start : indexes) {
            for (String end : indexes) {
                script.append("GETRANGE k ").append(start).append(' ').append(end).append('\n');
            }
            script.append("GETRANGE e ").append(start).append(" -1\nSUBSTR k ").append(start).append(" 2\n");
            script.append("GETRANGE missing 0 ").append(start).append('\n');
        }
        same(script + """
                GETRANGE k a 1
                GETRANGE k 0 b
                GETRANGE missing 0 9223372036854775808
                GETRANGE k 0
                SUBSTR k 0 1.5
                STRLEN k
                STRLEN e
                STRLEN missing
                """);
    }

    @Test
    void setrange() {
        same("""
                SETRANGE k 0 ""
                SETRANGE k 5 ""
                EXISTS k
                SETRANGE k 3 abc
                GET k
                SETRANGE k 0 xy
                GET k
                SETRANGE k 5 123
                GET k
                SETRANGE k 8 ""
                SETRANGE k 100 ""
                SETRANGE k 10 z
                GET k
                SETRANGE n 0 12
                INCR n
                SETRANGE k abc v
                SETRANGE k -1 v
                SETRANGE k -1 ""
                SETRANGE k 9223372036854775808 v
                SETRANGE k 536870912 ""
                SETRANGE k 536870912 v
                SETRANGE k 536870911 vw
                SETRANGE k 9223372036854775807 v
                SETRANGE missing 536870912 v
                EXISTS missing
                GET k
                SETRANGE k 0
                """);
    }

    @Test
    void integers() {
        StringBuilder script = new StringBuilder();
        String[] values = {"0", "1", "-1", "9223372036854775806", "9223372036854775807", "-9223372036854775807",
            "-9223372036854775808", "9223372036854775808", "01", "+1", "-0", "\" 1\"", "\"1 \"", "\"\"", "abc", "1.0",
            "\"1\\x00\""};
        for (String value : values) {
            for (String command : new String[] {"INCR k", "DECR k", "INCRBY k 1", "INCRBY k -1", "DECRBY k 1",
                "INCRBY k " + value, "DECRBY k " + value}) {
                script.append("SET k ").append(value).append('\n').append(command).append("\nGET k\n");
            }
            script.append("DEL k\nINCRBY k ").append(value).append("\nDEL k\nDECRBY k ").append(value)
                    .append("\nEXISTS k\nDEL k\n");
        }
        same(script + """
                DEL k
                INCR k
                INCR k
                DECR k
                DECR new
                INCR k 1
                INCRBY k
                """);
    }

    @Test
    void floats() {
        StringBuilder script = new StringBuilder();
        String[] values = {"0", "-0", "0.1", "3.0e3", "5.0e-3", "1e17", "-1e-17", "1e400", "1e5000", "-1e5000", "inf",
            "-inf", "nan", "0x1p3", "abc", "\"\"", "\" 1\"", "\"1 \"", "9007199254740993", "123456789.123456789"};
        for (String value : values) {
            script.append("DEL k\nINCRBYFLOAT k ").append(value).append("\nGET k\n");
            script.append("INCRBYFLOAT k 0.2\nGET k\n");
            script.append("SET k ").append(value).append("\nINCRBYFLOAT k 1\nGET k\n");
        }
        same(script + """
                SET k 10
                INCRBYFLOAT k 1
                INCR k
                INCRBYFLOAT k 0.5
                INCR k
                INCRBYFLOAT k
                """);
    }

    @Test
    void longestCommonSubsequence() {
        same("""
                MSET a ohmytext b mynewtext c "" d xyz
                LCS a b
                LCS a b LEN
                LCS a b IDX
                LCS a b IDX MINMATCHLEN 4
                LCS a b IDX MINMATCHLEN 4 WITHMATCHLEN
                LCS a b IDX WITHMATCHLEN
                LCS a b idx minmatchlen 2 minmatchlen 3
                LCS a b IDX MINMATCHLEN -5
                LCS a b WITHMATCHLEN
                LCS a b MINMATCHLEN 4
                LCS a b LEN WITHMATCHLEN
                LCS a b LEN IDX
                LCS a b LEN IDX nonsense
                LCS a b nonsense
                LCS a b MINMATCHLEN
                LCS a b MINMATCHLEN x
                LCS a b LEN IDX MINMATCHLEN x
                LCS a c
                LCS c c IDX
                LCS a missing
                LCS missing missing LEN
                LCS missing b IDX
                LCS a d
                LCS a d IDX
                LCS a a
                LCS a a IDX WITHMATCHLEN
                LCS a
                """);
    }

    /** One pipeline that goes to and fro between states of a key, as a batch does in the identity map. */
    @Test
    void oneKeyThroughAllItsStates() {
        same("""
                SET k v
                APPEND k w
                GET k
                DEL k
                GET k
                SET k x
                GET k
                STRLEN k
                GETRANGE k -1 -1
                DEL k
                DEL k
                SETNX k 1
                INCR k
                GETDEL k
                INCR k
                SET k 5 EXAT FAR
                DECR k
                DEL k
                SET k 7
                PEXPIRETIME k
                SET k 8 EXAT 1
                INCR k
                MSET k 1 k 2 l 3
                MGET k l k
                GETEX k EXAT 1
                MGET k l
                SETRANGE k 2 x
                GETSET k y
                SET k z XX GET
                MSETNX k 1 m 2
                LCS k l
                DEL k l
                MSETNX k 1 m 2
                APPEND m 0
                INCR m
                GET m
                """);
    }

    /** DBSIZE flushes what is pending, so that what comes after it changes rows that have been written. */
    @Test
    void oneKeyAcrossFlushes() {
        same("""
                SET k v
                DBSIZE
                APPEND k w
                DBSIZE
                GET k
                DEL k
                DBSIZE
                SET k x
                DBSIZE
                SET k y EXAT FAR
                DBSIZE
                SET k z
                DBSIZE
                PEXPIRETIME k
                GETDEL k
                DBSIZE
                SETNX k 1
                INCR k
                DBSIZE
                INCR k
                INCR k
                GETDEL k
                SET k 4
                DBSIZE
                GET k
                """);
    }

    @Test
    void keysOfAnotherType() {
        same("""
                RPUSH h v w
                GET h
                MGET h missing
                STRLEN h
                APPEND h x
                GETRANGE h 0 1
                GETRANGE h -1 -1
                GETRANGE h 2 1
                GETRANGE h a b
                SUBSTR h 0 1
                SETRANGE h 0 x
                SETRANGE h 0 ""
                SETRANGE h 536870912 x
                SETRANGE h -1 x
                INCR h
                DECR h
                INCRBY h x
                INCRBY h 1
                DECRBY h -9223372036854775808
                INCRBYFLOAT h x
                GETDEL h
                GETSET h v
                GETEX h
                GETEX h EX abc
                GETEX h nonsense
                SETNX h v
                MSETNX a 1 h 2
                EXISTS a
                LCS h h
                LCS a h nonsense
                LCS h a LEN IDX
                SET h v GET
                SET h v NX
                SET h v NX GET
                SET h v GET EX 0
                SET h v GET nonsense
                LRANGE h 0 -1
                SET h v XX
                GET h
                DEL h
                RPUSH h v w
                EXPIREAT h FAR
                SET h v KEEPTTL
                PEXPIRETIME h
                DEL h
                RPUSH h v w
                EXPIREAT h FAR
                SET h v
                PEXPIRETIME h
                DEL h
                RPUSH h v w
                MSET h v
                GET h
                DEL h
                RPUSH h v w
                SET h v EXAT 1
                EXISTS h
                RPUSH h v w
                SETEX h FAR v
                GET h
                DEL h
                RPUSH h x
                LRANGE h 0 -1
                """);
    }

    @Test
    void databasesAreApart() {
        same("""
                SET k 1
                SELECT 1
                GET k
                INCR k
                APPEND k 0
                SELECT 0
                INCR k
                SELECT 1
                GET k
                DEL k
                SELECT 0
                GET k
                """);
    }

    /** Values around the length up to which they are read ahead, and one that travels in several pieces. */
    @Test
    void longValues() {
        List<List<byte[]>> commands = new ArrayList<>();
        for (int length : new int[] {65_535, 65_536, 65_537, 300_000}) {
            byte[] value = new byte[length];
            new Random(length).nextBytes(value);
            commands.add(command("SET", "k", value));
            for (String line : new String[] {"STRLEN k", "GETRANGE k 0 9", "GETRANGE k 65530 65545",
                "GETRANGE k -10 -1", "GETRANGE k 290000 9223372036854775807", "GETRANGE k 10 5", "MGET k k missing",
                "GETRANGE k 0 -1", "INCR k", "INCRBYFLOAT k 1", "SETRANGE k 65534 abcd", "STRLEN k", "APPEND k xyz",
                "GETRANGE k -20 -1", "GET k", "SETNX k v", "GETEX k", "LCS k missing LEN", "LCS k k",
                "SETRANGE k 70000 \"\"", "GETSET k v", "GET k", "SETRANGE k 100000 x", "GETRANGE k -5 100000",
                "GETDEL k", "STRLEN k"}) {
                commands.add(InlineArguments.split(Bytes.latin1(line)));
            }
        }
        SideBySide.run(server, commands);
    }

    private static List<byte[]> command(Object... words) {
        return Arrays.stream(words).map(Bytes::of).toList();
    }
}
