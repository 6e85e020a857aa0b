package dev.respql.command.key;

import dev.respql.testing.RunningServer;
import dev.respql.testing.SideBySide;
import org.junit.jupiter.api.Test;

/** What commands on keys answer, in scripts for {@link SideBySide}: each runs command by command and as one batch. */
abstract class KeyScripts {
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
    void keysComeAndGo() {
        same("""
                EXISTS k
                TYPE k
                TOUCH k
                SET k v
                RPUSH l a b
                EXISTS k
                EXISTS k k nosuch l
                TOUCH k k nosuch l
                TYPE k
                TYPE l
                DEL k k
                DEL k
                EXISTS k
                SET k w
                DEL k nosuch l
                SET k x
                DEL k
                SET k y
                GET k
                UNLINK k nosuch k
                RPUSH k a
                TYPE k
                UNLINK k
                SET "" empty
                EXISTS ""
                DEL ""
                EXISTS ""
                DEL
                UNLINK
                EXISTS
                TOUCH
                TYPE
                TYPE a b
                """);
    }

    @Test
    void renames() {
        same("""
                RENAME nosuch k
                RENAME nosuch nosuch
                SET k v
                RENAME k k
                GET k
                RENAME k l
                EXISTS k
                GET l
                # a chain
                RENAME l m
                RENAME m n
                SET m other
                RENAME n m
                GET m
                EXISTS l n
                # two names change hands
                SET a 1
                SET b 2
                RENAME a t
                RENAME b a
                RENAME t b
                MGET a b t
                # what is written afterwards belongs to the new name
                RENAME a c
                INCR c
                SET a again
                MGET a c
                RENAME c a
                INCR a
                GET c
                DEL a
                RENAME b a
                GET a
                DEL a
                RENAME a b
                EXISTS a b
                RENAME a
                RENAME a b c
                """);
    }

    @Test
    void renamesOverOtherTypesAndExpiries() {
        same("""
                SET s v EXAT FAR
                RPUSH l a b
                SET plain w
                RENAME plain s
                EXPIRETIME s
                GET s
                SET e v PXAT FAR123
                RENAME e s
                PEXPIRETIME s
                RENAME l s
                TYPE s
                EXPIRETIME s
                LRANGE s 0 -1
                RPUSH s c
                RPUSH l z
                RENAME s l
                LRANGE l 0 -1
                SET s v
                RENAME s l
                GET l
                RPUSH x 1 2 3
                RENAME x y
                RPUSH y 4
                RPUSH x 5
                RENAME y x
                LRANGE x 0 -1
                LPOP x 4
                EXISTS x y
                RPUSH y 6
                RENAME y x
                LRANGE x 0 -1
                """);
    }

    @Test
    void renamesToFreeNames() {
        same("""
                RENAMENX nosuch k
                RENAMENX nosuch nosuch
                SET k v
                RENAMENX k k
                SET l w EXAT FAR
                RENAMENX k l
                GET l
                DEL l
                RENAMENX k l
                GET l
                EXPIRETIME l
                SET k x EXAT FAR
                RENAMENX l k
                RENAMENX k m
                EXPIRETIME m
                RENAMENX l k
                MGET k l m
                RENAMENX k
                """);
    }

    @Test
    void copies() {
        same("""
                COPY nosuch k
                COPY nosuch nosuch
                SET k v EXAT FAR
                COPY k k
                COPY k k REPLACE
                COPY k l
                EXPIRETIME l
                APPEND l w
                MGET k l
                COPY l k
                COPY l k REPLACE
                GET k
                APPEND k x
                MGET k l
                RPUSH list a b
                COPY list l
                COPY list l replace REPLACE
                EXPIRETIME l
                RPUSH l c
                LRANGE l 0 -1
                LRANGE list 0 -1
                COPY l list REPLACE
                DEL l
                LRANGE list 0 -1
                RPUSH list d
                COPY list l
                LPOP l
                LRANGE l 0 -1
                COPY nosuch l REPLACE
                COPY k l foo
                COPY k l DB
                COPY k l DB x
                COPY k l DB 16
                COPY k l DB -1
                COPY k l DB 99999999999
                COPY k l DB 9999999999999999999
                COPY nosuch l DB 16
                COPY k
                """);
    }

    @Test
    void copiesAndMovesToOtherDatabases() {
        same("""
                SET k v EXAT FAR
                COPY k k DB 0
                COPY k k DB 1
                COPY k k DB 1
                COPY k l DB 1 REPLACE
                COPY k l DB 1 DB 2 REPLACE
                SELECT 1
                MGET k l
                EXPIRETIME l
                SET k other
                MOVE k 0
                MOVE k 1
                MOVE nosuch 1
                MOVE nosuch 0
                MOVE k 2
                EXISTS k
                RPUSH list a b
                MOVE list 0
                RPUSH list c
                MOVE list 0
                SELECT 0
                LRANGE list 0 -1
                RPUSH list d
                MOVE list 2
                SELECT 2
                LRANGE list 0 -1
                MGET k l
                EXPIRETIME k
                MOVE list 1
                SELECT 1
                LRANGE list 0 -1
                MOVE k 16
                MOVE k -1
                MOVE k x
                MOVE k 99999999999
                MOVE nosuch x
                MOVE k
                """);
    }

    @Test
    void expires() {
        same("""
                EXPIREAT nosuch FAR
                TTL nosuch
                PTTL nosuch
                EXPIRETIME nosuch
                PEXPIRETIME nosuch
                PERSIST nosuch
                SET k v
                TTL k
                PTTL k
                EXPIRETIME k
                PEXPIRETIME k
                PERSIST k
                EXPIREAT k FAR
                EXPIRETIME k
                PEXPIRETIME k
                PEXPIREAT k FAR499
                EXPIRETIME k
                PEXPIREAT k FAR500
                EXPIRETIME k
                PEXPIRETIME k
                PERSIST k
                PERSIST k
                EXPIRETIME k
                EXPIREAT k FAR
                SET k w
                EXPIRETIME k
                # in the past: gone at once
                EXPIRE k 0
                EXISTS k
                SET k v
                EXPIRE k -1
                EXISTS k
                SET k v
                PEXPIRE k -9223372036854775808
                EXISTS k
                RPUSH l a
                EXPIREAT l 1
                EXISTS l
                RPUSH l b
                PEXPIREAT l 0
                RPUSH l c
                LRANGE l 0 -1
                PEXPIREAT l 9223372036854775807
                EXPIRETIME l
                EXPIRE l 9223372036854775807
                PEXPIRE l 9223372036854775807
                EXPIREAT l 9223372036854775807
                EXPIRE l -9223372036854775808
                EXPIREAT l -9223372036854775808
                EXPIRE nosuch 9223372036854775807
                EXPIRE nosuch x
                EXPIRE l x
                EXPIRE l 1.5
                EXPIRE l
                TTL
                TTL a b
                """);
    }

    @Test
    void expiresOnConditions() {
        same("""
                SET k v
                EXPIREAT k FAR XX
                EXPIREAT k FAR GT
                EXPIREAT k FAR gt xx
                EXPIREAT k FAR LT XX
                EXPIRETIME k
                EXPIREAT k FAR NX
                EXPIREAT k FAR NX
                PEXPIREAT k FAR000 GT
                PEXPIREAT k FAR000 LT
                PEXPIREAT k FAR001 LT
                PEXPIREAT k FAR001 GT
                PEXPIRETIME k
                PEXPIREAT k FAR000 GT XX
                PEXPIREAT k FAR000 LT xx
                PEXPIRETIME k
                PERSIST k
                PEXPIREAT k FAR000 LT
                PEXPIRETIME k
                EXPIRE k -1 NX
                EXPIRE k -1 GT
                EXISTS k
                EXPIRE k -1 LT
                EXISTS k
                EXPIRE nosuch 1 NX
                EXPIRE nosuch 1 NX XX
                SET k v
                EXPIRE k 10 NX XX
                EXPIRE k 10 NX GT
                EXPIRE k 10 LT NX
                EXPIRE k 10 GT LT
                EXPIRE k 10 XX NX GT LT
                EXPIRE k x NX XX
                EXPIRE k x NX
                EXPIRE k x foo
                EXPIRE k 10 GT LT foo
                EXPIRE k 10 foo
                EXPIRE k 10 "a\\x00b"
                EXPIRE k 10 ""
                TTL k
                """);
    }

    @Test
    void findsKeysByPattern() {
        same("""
                KEYS *
                SET one 1
                KEYS *
                KEYS one
                KEYS o*
                KEYS o?e
                KEYS [nop]ne
                KEYS [^o]ne
                KEYS two*
                KEYS onE
                KEYS \\\\one
                KEYS \\\\one*
                KEYS on
                KEYS one?
                KEYS ""
                DEL one
                SET "" empty
                KEYS ""
                KEYS *
                KEYS **
                KEYS ?
                SET "\\xff\\xff\\x00*" odd
                KEYS "\\xff*"
                KEYS "\\xff\\xff*\\\\*"
                KEYS "\\xff\\xff\\x00\\\\*"
                KEYS "\\xfe*"
                SELECT 1
                KEYS *
                KEYS ""
                MSET user:1 a user:2 b user:10 c users d use e User:1 f
                RPUSH user:3 a
                ~KEYS user:*
                ~KEYS *
                ~KEYS user:?
                ~KEYS user*[0-1]
                ~KEYS us*
                ~KEYS [uU]ser:1
                ~KEYS *1
                KEYS
                KEYS a b
                """);
    }

    @Test
    void scans() {
        same("""
                SCAN 0
                # which keys a number that no scan gave leads to depends on the server, as long as there are any
                SCAN 18446744073709551615
                SET one 1
                SCAN 0
                SCAN 0 MATCH o* COUNT 100
                SCAN 0 MATCH t* COUNT 100
                SCAN 0 COUNT 1000 TYPE string
                SCAN 0 COUNT 1000 TYPE STRING
                SCAN 0 COUNT 1000 TYPE list
                SCAN 0 COUNT 1000 TYPE nonsense
                SCAN 0 COUNT 1 COUNT 1000 MATCH t* MATCH *
                SCAN ""
                SCAN +0
                SCAN -0
                SCAN "0\\x00abc"
                SCAN 18446744073709551616
                SCAN 99999999999999999999
                SCAN -18446744073709551616
                SCAN " 0"
                SCAN "0 "
                SCAN x
                SCAN 1.5
                SCAN 0x1
                SCAN +
                SCAN -
                SCAN x COUNT 0
                SCAN 0 COUNT 0
                SCAN 0 COUNT -1
                SCAN 0 COUNT x
                SCAN 0 COUNT
                SCAN 0 MATCH
                SCAN 0 TYPE
                SCAN 0 foo bar
                SCAN 0 NOVALUES
                DEL one
                SET "" empty
                SCAN 0 MATCH *
                SCAN 0 MATCH ""
                SCAN 0 MATCH **
                SCAN
                MSET user:1 a user:2 b user:10 c users d use e User:1 f
                RPUSH user:3 a
                ~SCAN 0 COUNT 1000
                ~SCAN 0 COUNT 1000 MATCH user:*
                ~SCAN 0 COUNT 1000 MATCH user:* TYPE string
                ~SCAN 0 COUNT 1000 TYPE list
                """);
    }

    @Test
    void choosesTheOnlyKey() {
        same("""
                RANDOMKEY
                SET k v
                RANDOMKEY
                SELECT 1
                RANDOMKEY
                RANDOMKEY x
                """);
    }

    @Test
    void tellsEncodings() {
        same("""
                OBJECT ENCODING nosuch
                OBJECT FREQ nosuch
                OBJECT IDLETIME nosuch
                OBJECT REFCOUNT nosuch
                SET n 12
                OBJECT ENCODING n
                SET n -9223372036854775808
                OBJECT ENCODING n
                SET n 9223372036854775808
                OBJECT ENCODING n
                SET n 012
                OBJECT ENCODING n
                SET n ""
                OBJECT ENCODING n
                SET n 12345678901234567890123456789012345678901234
                OBJECT ENCODING n
                SET n 123456789012345678901234567890123456789012345
                OBJECT ENCODING n
                SET n 12
                INCR n
                OBJECT ENCODING n
                OBJECT FREQ n
                SET n "not a small integer"
                OBJECT REFCOUNT n
                CONFIG SET maxmemory-policy allkeys-lfu
                OBJECT IDLETIME n
                OBJECT IDLETIME nosuch
                CONFIG SET maxmemory-policy noeviction
                OBJECT IDLETIME n
                OBJECT
                OBJECT nonsense
                OBJECT encoding
                OBJECT ENCODING a b
                OBJECT help x
                """);
    }

    @Test
    void countsFlushesAndSwaps() {
        same("""
                DBSIZE
                MSET a 1 b 2 c 3
                DBSIZE
                DEL b nosuch
                DBSIZE
                EXPIRE c -1
                DBSIZE
                SELECT 1
                DBSIZE
                SET x y EXAT FAR
                # what is pending goes, too, and what comes later stays
                FLUSHDB
                EXISTS x
                SET x z
                DBSIZE
                SELECT 0
                GET a
                FLUSHDB ASYNC
                GET a
                DBSIZE
                FLUSHDB
                SET a again
                SELECT 1
                GET x
                SWAPDB 0 1
                GET a
                EXISTS x
                SET b 1
                SWAPDB 1 0
                SELECT 0
                MGET a b
                SWAPDB 0 0
                MGET a b
                SELECT 1
                GET x
                FLUSHALL SYNC
                DBSIZE
                SELECT 0
                DBSIZE
                SET k v
                FLUSHALL
                FLUSHALL async
                INCR k
                GET k
                SWAPDB a b
                SWAPDB 0 b
                SWAPDB 0 99
                SWAPDB -1 0
                SWAPDB 99999999999 0
                SWAPDB 0
                FLUSHDB foo
                FLUSHDB ASYNC SYNC
                FLUSHALL SYNC foo
                DBSIZE x
                GET k
                """);
    }
}
