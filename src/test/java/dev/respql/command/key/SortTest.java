package dev.respql.command.key;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.respql.store.KeyName;
import dev.respql.testing.Await;
import dev.respql.testing.Backend;
import dev.respql.testing.Bytes;
import dev.respql.testing.EachBackend;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import dev.respql.testing.SideBySide;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

@EachBackend
class SortTest {
    @Test
    void limits(RespClient client) {
        client.call("RPUSH", "l", 3, 1, 2);
        sorts(client, "[\"2\", \"3\"]", 1, Long.MAX_VALUE);
        sorts(client, "[\"2\", \"3\"]", 1, -1);
        sorts(client, "[\"1\", \"2\"]", Long.MIN_VALUE, 2);
        sorts(client, "[]", 1, 0);
        sorts(client, "[]", 3, Long.MAX_VALUE);
        sorts(client, "[]", Long.MAX_VALUE, Long.MAX_VALUE);
    }

    @Test
    void sortsAsRedis(RunningServer server) {
        SideBySide.run(server, """
                RPUSH l 3 1 2 10
                SORT l
                SORT l DESC
                sort l asc
                SORT l ALPHA
                SORT l ALPHA DESC
                SORT l LIMIT 1 2
                SORT l DESC LIMIT -1 2
                SORT l LIMIT 0 0
                SORT l LIMIT x 2
                SORT l LIMIT 1
                SORT l LIMIT 0 9223372036854775808
                MSET w3 1 w1 2 w2 3 w10 0
                SORT l BY w*
                SORT l BY w* DESC GET # GET w* GET none*
                SORT l BY none*
                SORT l BY nosort
                SORT l BY nosort DESC LIMIT 1 2
                SORT l BY w* BY nosort
                HSET h1 f 5 g x
                HSET h2 f 4
                SORT l BY h*->f GET h*->f GET h*->g GET #
                SORT l BY h*-> GET #
                SORT l BY l* GET l* GET w*->f
                SORT l GET * GET ""
                # what a number is
                RPUSH blanks 1 " 3" "\\t2"
                SORT blanks
                RPUSH trailing 1 "3 "
                SORT trailing
                RPUSH onlyblank 1 " "
                SORT onlyblank
                RPUSH zeros 1 "3\\x00x" "\\x00"
                SORT zeros
                RPUSH odd 0x10 2 1e1 inf -inf "" +3 .5 5.
                SORT odd
                RPUSH nan 1 nan
                SORT nan
                RPUSH huge 1 1e400
                SORT huge
                RPUSH words b a
                SORT words
                SORT words BY w*
                SORT words ALPHA BY none*
                # where it is stored
                SORT l STORE d
                LRANGE d 0 -1
                SORT l DESC STORE l
                LRANGE l 0 -1
                SORT l GET none* STORE d
                LRANGE d 0 -1
                SORT none STORE d
                EXISTS d
                SET s v
                SORT l STORE s
                TYPE s
                SORT l LIMIT 9 1 STORE s
                EXISTS s
                ZADD z 3 1 2 2 1 3
                SORT z
                SORT z BY nosort
                SORT z BY nosort DESC LIMIT 0 2
                SORT z DESC STORE z
                TYPE z
                LRANGE z 0 -1
                SADD t 3 1 2
                SORT t DESC
                SORT t BY nosort STORE d
                LRANGE d 0 -1
                EXPIREAT d 4102444800
                SORT t STORE d
                EXPIRETIME d
                # what is refused
                SORT_RO t
                SORT_RO t DESC LIMIT 0 1 GET #
                SORT_RO t STORE d
                SORT_RO none
                SORT t nonsense
                SORT t BY
                SORT t GET
                SORT t STORE
                SORT
                SET string v
                SORT string
                SORT string BY nosort
                SORT_RO string
                HSET hash f v
                SORT hash
                SORT hash STORE d
                LRANGE d 0 -1
                """);
    }

    private static void sorts(RespClient client, String expected, long first, long count) {
        assertEquals(expected, client.call("SORT", "l", "LIMIT", first, count).toString());
    }

    /** While somebody else holds the lock of the key that it stores in, it waits. */
    @Test
    void locksWhereItStores(RunningServer server, RespClient client) throws SQLException {
        if (server.backend() != Backend.POSTGRESQL) {
            return;
        }
        client.call("RPUSH", "l", 3, 1, 2);
        for (String options : new String[] {"STORE dst", "BY store STORE dst", "GET # GET Store STORE dst",
            "STORE a store dst", "STORE store STORE dst LIMIT 0 10", "BY store DESC STORE dst"}) {
            try (Connection connection = server.openDatabase(); Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                long lock = new KeyName(0, Bytes.latin1("dst")).lock();
                statement.execute("SELECT pg_advisory_xact_lock(" + lock + ")");
                client.sendInline("SORT l " + options);
                Await.until(() -> waiting(statement));
                connection.commit();
            }
            assertEquals(options.startsWith("GET") ? 6 : 3, client.read().integer(), options);
        }
    }

    private static boolean waiting(Statement statement) {
        try (ResultSet result = statement.executeQuery("""
                SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database
                WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted""")) {
            return result.next();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
