package dev.respql.command.server;

import dev.respql.testing.EachBackend;
import dev.respql.testing.RunningServer;
import dev.respql.testing.SideBySide;

/** Which keys COMMAND GETKEYS finds, by which proxies and clients route. */
class CommandGetKeysTest {
    @EachBackend
    void findsKeysAsRedis(RunningServer server) {
        SideBySide.run(server, """
                COMMAND GETKEYS LMPOP 2 a b LEFT
                COMMAND GETKEYS LMPOP 0 a b LEFT
                COMMAND GETKEYS LMPOP x a b LEFT
                COMMAND GETKEYS LMPOP 9 a b LEFT
                COMMAND GETKEYS BLMPOP 0 2 a b LEFT
                COMMAND GETKEYS BZMPOP 0 1 a MIN
                COMMAND GETKEYS ZMPOP 1 a MIN
                COMMAND GETKEYS ZUNIONSTORE d 2 a b
                COMMAND GETKEYS ZUNION 2 a b
                COMMAND GETKEYS ZINTERCARD 2 a b LIMIT 1
                COMMAND GETKEYS SINTERCARD 2 a b LIMIT 1
                COMMAND GETKEYS ZRANGESTORE d s 0 1
                COMMAND GETKEYS BLPOP a b c 0
                COMMAND GETKEYS BLMOVE a b LEFT LEFT 0
                COMMAND GETKEYS SMOVE a b c
                COMMAND GETKEYS WATCH a b
                COMMAND GETKEYS EXEC
                COMMAND GETKEYS COPY a b DB 3
                COMMAND GETKEYS EVAL script 2 a b c
                COMMAND GETKEYS SORT a
                COMMAND GETKEYS SORT a BY w* GET x STORE d
                COMMAND GETKEYS SORT a STORE b STORE c
                COMMAND GETKEYS SORT a nonsense store d
                COMMAND GETKEYS SORT a BY STORE GET STORE LIMIT STORE STORE STORE
                COMMAND GETKEYS SORT_RO a
                COMMAND GETKEYS PUBLISH a b
                COMMAND GETKEYS SPUBLISH a b
                COMMAND GETKEYS SSUBSCRIBE a b
                COMMAND GETKEYS NONSENSE a
                COMMAND GETKEYS GET
                COMMAND GETKEYSANDFLAGS LMOVE a b LEFT LEFT
                COMMAND GETKEYSANDFLAGS ZUNIONSTORE d 2 a b
                COMMAND GETKEYSANDFLAGS SORT a STORE d
                COMMAND GETKEYSANDFLAGS SPOP a
                COMMAND GETKEYSANDFLAGS SET a b GET
                """);
    }
}
