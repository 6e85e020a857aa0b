package dev.respql.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.respql.testing.Await;
import dev.respql.testing.Backend;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What SQLite's lane remembers from batch to batch, and when it does not. */
class RowCacheTest {
    private static final int CLIENTS = 20;

    private RunningServer server;

    @BeforeEach
    void start() {
        server = RunningServer.start(Backend.SQLITE);
        try (RespClient client = server.connect()) {
            for (int i = 0; i < CLIENTS; i++) {
                client.call("SET", "string" + i, "1");
                client.call("HSET", "hash" + i, "field", "1", "other", "1");
                client.call("SADD", "set" + i, "member", "other");
                client.call("ZADD", "zset" + i, "1", "member", "2", "other");
                client.call("RPUSH", "list" + i, "element", "other");
            }
        }
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** Reads take no statement the second time; writes take those that write, and COMMIT. */
    @ParameterizedTest
    @CsvSource({"0, GET string", "0, STRLEN string", "0, EXISTS string", "0, TTL hash", "0, GET missing", "0, HGET hash field",
        "0, HGET hash missing", "0, HLEN hash", "0, SISMEMBER set member", "0, SISMEMBER set missing", "0, ZSCORE zset member",
        "0, LLEN list", "2, SET string 2", "2, INCR string", "2, HSET hash field 2", "0, SADD set member", "0, ZADD zset 1 member",
        "3, RPUSH list element"})
    void whatWasReadIsNotReadAgain(int statements, String command) throws Exception {
        try (OneBatch batch = new OneBatch(server.server(), CLIENTS)) {
            batch.run(i -> onOwnKey(command, i));
            assertEquals(statements, batch.furtherStatements(i -> onOwnKey(command, i)));
        }
    }

    private static Object[] onOwnKey(String command, int i) {
        Object[] words = command.split(" ");
        words[1] = words[1].toString() + i;
        return words;
    }

    @Test
    void whatIsChangedPastTheServerIsSeenSoon() throws Exception {
        try (RespClient client = server.connect(); Connection connection = server.openDatabase();
                Statement statement = connection.createStatement()) {
            assertEquals("1", client.call("GET", "string1").text());
            statement.execute("""
                    UPDATE strings SET value = CAST('changed' AS BLOB)
                    WHERE key_id = (SELECT id FROM all_keys WHERE name = 'string1')""");
            Await.until(() -> client.call("GET", "string1").text().equals("changed"));
        }
    }

    @Test
    void aFlushedOrSwappedDatabaseIsForgotten() {
        try (RespClient client = server.connect()) {
            assertEquals("1", client.call("GET", "string1").text());
            client.call("SWAPDB", "0", "1");
            assertEquals(true, client.call("GET", "string1").isNull());
            client.call("SELECT", "1");
            assertEquals("1", client.call("HGET", "hash1", "field").text());
            client.call("FLUSHDB");
            assertEquals(true, client.call("HGET", "hash1", "field").isNull());
        }
    }

    @Test
    void whatExpiresIsNotFoundThoughItIsRemembered() {
        try (RespClient client = server.connect()) {
            server.server().housekeeper().pause();
            client.call("PEXPIRE", "string1", "20");
            Await.until(() -> client.call("GET", "string1").isNull());
            assertEquals("1", client.call("APPEND", "string1", "x").text());
        }
    }

    /** One statement remains: how many keys have expired and are still there. */
    @Test
    void keysAreCountedOnce() throws Exception {
        try (OneBatch batch = new OneBatch(server.server(), CLIENTS)) {
            batch.run(i -> new Object[] {"DBSIZE"});
            assertEquals(CLIENTS, batch.furtherStatements(i -> new Object[] {"DBSIZE"}));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SET new 1", "SET string1 2", "DEL string1 hash1 nosuch", "RENAME string1 other", "RENAME string1 string2",
        "COPY string1 string2 REPLACE", "COPY set1 new", "MOVE string1 1", "SPOP set1 5", "PEXPIRE string1 1", "EXPIRE string1 -1",
        "MSET string1 1 new 2", "FLUSHDB", "SWAPDB 0 1", "SUNIONSTORE new set1 set2",
        "EVAL redis.call('DBSIZE')redis.call('SET','new','1')redis.call('DBSIZE') 0"})
    void theirNumberFollowsWhatHappensToThem(String command) throws Exception {
        server.server().housekeeper().pause();
        try (RespClient client = server.connect(); Connection connection = server.openDatabase();
                Statement statement = connection.createStatement()) {
            client.call("DBSIZE");
            client.call((Object[]) command.split(" "));
            Await.until(() -> !command.startsWith("PEXPIRE") || client.call("EXISTS", "string1").integer() == 0);
            try (ResultSet count = statement.executeQuery("SELECT count(*) FROM all_keys WHERE db = 0")) {
                count.next();
                assertEquals(count.getLong(1), client.call("DBSIZE").integer());
            }
        }
    }
}
