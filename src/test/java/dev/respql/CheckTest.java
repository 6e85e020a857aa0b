package dev.respql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.respql.config.Config;
import dev.respql.testing.Backend;
import dev.respql.testing.Bytes;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code respql check} finds every kind of damage, names the key, and ends with 1. */
class CheckTest {
    private static final String STRING = "a string without a value or of a size other than 1: ";
    private static final String SIZE = "a %s whose size is not the number of its rows, or that is empty: ";
    private static final String LIST = SIZE.formatted("list");
    private static final String POSITIONS = "positions of a list that are not contiguous: ";
    private static final String BLOCK = "a block of a sorted set whose size is not the number of its members: ";
    private static final String SUM = "a sorted set whose blocks do not add up to its size: ";
    private static final String GROUP = "a group of a sorted set that begins within a block: ";
    private static final String BLOCKS = "a large sorted set without blocks, or a small one with blocks: ";
    private static final String LONG_NAME = "a key whose name is long and not there as a whole, or the other way round: ";
    private static final String ORPHANS = "rows in %s of no key, which no sweeper will remove: found ";
    /** The value of the key that a parameter names. */
    private static final String VALUE = "(SELECT id FROM keys WHERE name = ?)";
    /** Enough members for a sorted set to have blocks. */
    private static final int LARGE = 2500;

    @ParameterizedTest
    @EnumSource
    void namesTheKeyWhoseRowsAreOff(Backend backend) throws SQLException {
        try (Checked database = new Checked(backend)) {
            database.call("SET", "s", "v").call("SET", "t", "v");
            for (String list : List.of("l", "m", "n")) {
                database.call("RPUSH", list, "a", "b", "c");
            }
            database.damage("UPDATE keys SET size = 2 WHERE name = ?", "s", STRING + "key \"s\" in space 0, found 2");
            database.damage("DELETE FROM strings WHERE key_id = " + VALUE, "t", STRING + "key \"t\" in space 0, found 1");
            database.damage("UPDATE keys SET size = 4 WHERE name = ?", "l", LIST + "key \"l\" in space 0, found 3",
                    POSITIONS + "key \"l\" in space 0, found 3");
            database.damage("UPDATE lists SET position = position + 7 WHERE key_id = " + VALUE
                            + " AND position = (SELECT max(position) FROM lists WHERE key_id = " + VALUE + ")", "m",
                    POSITIONS + "key \"m\" in space 0, found 10");
            database.damage("DELETE FROM lists WHERE key_id = " + VALUE
                            + " AND position = (SELECT min(position) + 1 FROM lists WHERE key_id = " + VALUE + ")", "n",
                    LIST + "key \"n\" in space 0, found 2");
            for (String type : List.of("hash", "set", "zset")) {
                String table = type.equals("hash") ? "hashes" : type + "s";
                String size = SIZE.formatted(type);
                for (String key : List.of(type, type + "2", type + "3")) {
                    database.call(type.equals("hash") ? "HSET" : type.equals("set") ? "SADD" : "ZADD", key, 1, 2, 3, 4);
                }
                int rows = type.equals("set") ? 4 : 2;
                database.damage("UPDATE keys SET size = size + 1 WHERE name = ?", type,
                        size + "key \"" + type + "\" in space 0, found " + rows);
                database.damage("DELETE FROM " + table + " WHERE key_id = " + VALUE
                                + " AND hash = (SELECT min(hash) FROM " + table + " WHERE key_id = " + VALUE + ")", type + "2",
                        size + "key \"" + type + "2\" in space 0, found " + (rows - 1));
                database.damage("UPDATE keys SET size = 0 WHERE name = ?", type + "3",
                        size + "key \"" + type + "3\" in space 0, found " + rows);
                database.damage("DELETE FROM " + table + " WHERE key_id = " + VALUE, type + "3",
                        size + "key \"" + type + "3\" in space 0, found 0");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void namesTheSortedSetWhoseBlocksAreOff(Backend backend) throws SQLException {
        try (Checked database = new Checked(backend)) {
            for (String key : List.of("a", "b", "c", "d")) {
                Object[] zadd = new Object[2 + 2 * LARGE];
                zadd[0] = "ZADD";
                zadd[1] = key;
                for (int i = 0; i < LARGE; i++) {
                    zadd[2 + 2 * i] = i;
                    zadd[3 + 2 * i] = "m" + i;
                }
                database.call(zadd);
            }
            database.call("ZADD", "small", 1, "m", 2, "n");
            String firstGroup = " WHERE level = 1 AND score < 0 AND key_id = " + VALUE;
            long group = database.number("SELECT size FROM zset_blocks" + firstGroup, "a");
            database.damage("UPDATE zset_blocks SET size = size + 1" + firstGroup, "a",
                    BLOCK + "key \"a\" in space 0, found " + (group + 1), SUM + "key \"a\" in space 0, found " + (LARGE + 1));
            String around = "SELECT size FROM zset_blocks WHERE level = %d AND score <= 1000 AND key_id = " + VALUE
                    + " ORDER BY score DESC LIMIT 1";
            database.damage("DELETE FROM zsets WHERE score = 1000 AND key_id = " + VALUE, "b",
                    SIZE.formatted("zset") + "key \"b\" in space 0, found " + (LARGE - 1),
                    BLOCK + "key \"b\" in space 0, found " + database.number(around.formatted(0), "b"),
                    BLOCK + "key \"b\" in space 0, found " + database.number(around.formatted(1), "b"));
            database.damage("UPDATE zset_blocks SET score = -0.5" + firstGroup, "c",
                    GROUP + "key \"c\" in space 0, found -0.5");
            database.damage("DELETE FROM zset_blocks WHERE key_id = " + VALUE, "d", BLOCKS + "key \"d\" in space 0, found null");
            database.damage("INSERT INTO zset_blocks (key_id, level, score, member, size) SELECT key_id, 0, score, member, 2"
                            + " FROM zsets WHERE score = 1 AND key_id = " + VALUE, "small",
                    BLOCKS + "key \"small\" in space 0, found 1");
        }
    }

    @ParameterizedTest
    @EnumSource
    void namesTheKeyThatCannotBe(Backend backend) throws SQLException {
        try (Checked database = new Checked(backend)) {
            database.call("SET", "type", 1).call("SET", "short", 1).call("SET", "one", 1).call("SET", "two", 1)
                    .call("SET", "lost", 1).call("HSET", "other", "f", "v");
            long type = database.id("type");
            long one = database.id("one");
            long two = database.id("two");
            long other = database.id("other");
            database.damage("UPDATE keys SET type = 9 WHERE name = ?", "type",
                    "a key of a type that does not exist: key \"type\" in space 0, found 9", ORPHANS.formatted("strings") + type);
            database.damage("UPDATE keys SET whole = ? WHERE name = ?", "short", LONG_NAME + "key \"short\" in space 0, found 5");
            database.damage("UPDATE keys SET id = " + one + " WHERE name = ?", "two",
                    "a value that two keys have: key \"one\" in space 0, found " + one,
                    "a value that two keys have: key \"two\" in space 0, found " + one, ORPHANS.formatted("strings") + two);
            database.damage("UPDATE keys SET space = 999 WHERE name = ?", "lost",
                    "a key that no database holds and no sweeper will remove: key \"lost\" in space 999, found "
                            + database.id("lost"));
            database.damage("UPDATE keys SET type = 4 WHERE name = ?", "other",
                    SIZE.formatted("set") + "key \"other\" in space 0, found 0", ORPHANS.formatted("hashes") + other);
        }
    }

    @ParameterizedTest
    @EnumSource
    void findsRowsThatBelongToNoKey(Backend backend) throws SQLException {
        try (Checked database = new Checked(backend)) {
            Map<String, Object[]> values = Map.of("strings", new Object[] {"SET", "strings", "v"},
                    "hashes", new Object[] {"HSET", "hashes", "f", "v"}, "lists", new Object[] {"RPUSH", "lists", "e"},
                    "sets", new Object[] {"SADD", "sets", "m"}, "zsets", new Object[] {"ZADD", "zsets", 1, "m"});
            for (Map.Entry<String, Object[]> value : values.entrySet()) {
                database.call(value.getValue());
                database.damage("DELETE FROM keys WHERE name = ?", value.getKey(),
                        ORPHANS.formatted(value.getKey()) + database.id(value.getKey()));
            }
            database.damage("INSERT INTO zset_blocks (key_id, level, score, member, size) VALUES (77777, 0, 1, ?, 1)", "m",
                    ORPHANS.formatted("zset_blocks") + 77777);
            // What the sweeper is yet to remove is in order.
            database.call("SADD", "dropped", "m").call("DEL", "dropped").call("SADD", "flushed", "m").call("SELECT", 1)
                    .call("SADD", "flushed", "m").call("FLUSHDB");
            database.damage("DELETE FROM keys WHERE name = ?", "nosuch");
        }
    }

    /** Only on PostgreSQL, whose index would bound what a member may be, no unique index stands against it. */
    @Test
    void namesTheKeyThatHasAMemberTwice() throws SQLException {
        try (Checked database = new Checked(Backend.POSTGRESQL)) {
            database.call("SADD", "s", "a", "b").call("HSET", "h", "f", "v");
            database.damage("INSERT INTO sets SELECT * FROM sets WHERE key_id = " + VALUE, "s",
                    SIZE.formatted("set") + "key \"s\" in space 0, found 4",
                    "a member of a set that is there twice: key \"s\" in space 0, found 2",
                    "a member of a set that is there twice: key \"s\" in space 0, found 2");
            database.damage("UPDATE keys SET size = 4 WHERE name = ?", "s");
            database.damage("INSERT INTO hashes SELECT * FROM hashes WHERE key_id = " + VALUE, "h",
                    SIZE.formatted("hash") + "key \"h\" in space 0, found 2",
                    "a field of a hash that is there twice: key \"h\" in space 0, found 2");
        }
    }

    @Test
    void saysWhereThereIsNoDatabase(@TempDir Path directory) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status = new Main(new PrintStream(OutputStream.nullOutputStream()), new PrintStream(err, true), Map.of(),
                Server::start).run("check", "--dir", directory.toString());
        assertEquals(Main.CANNOT_START, status);
        assertEquals("respql: there is no database " + directory.resolve("respql.db") + System.lineSeparator(), err.toString());
    }

    /** A server whose database is damaged behind its back, and checked as from the command line. */
    private static final class Checked implements AutoCloseable {
        private final RunningServer server;
        private final RespClient client;
        private List<String> known = List.of("everything is in order");

        Checked(Backend backend) {
            server = RunningServer.start(backend);
            server.server().housekeeper().pause();
            client = server.connect();
        }

        Checked call(Object... command) {
            Reply reply = client.call(command);
            assertFalse(reply.isError(), reply::toString);
            return this;
        }

        long id(String key) throws SQLException {
            return number("SELECT id FROM keys WHERE name = ?", key);
        }

        long number(String query, String key) throws SQLException {
            try (Connection connection = server.openDatabase(); PreparedStatement statement = prepare(connection, query, key);
                    ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }

        /** Runs this with the key's name for each parameter; it makes the check find these beside what it found before. */
        void damage(String sql, String key, String... expected) throws SQLException {
            assertEquals(known, check(), "before anything was done to " + key);
            try (Connection connection = server.openDatabase(); PreparedStatement statement = prepare(connection, sql, key)) {
                statement.execute();
            }
            List<String> now = check();
            List<String> added = new ArrayList<>(now);
            known.forEach(added::remove);
            assertEquals(Stream.of(expected).sorted().toList(), added.stream().sorted().toList(), sql);
            known = now;
        }

        private static PreparedStatement prepare(Connection connection, String sql, String key) throws SQLException {
            PreparedStatement statement = connection.prepareStatement(sql);
            for (int i = 1; i <= statement.getParameterMetaData().getParameterCount(); i++) {
                statement.setBytes(i, Bytes.of(key));
            }
            return statement;
        }

        /** What is printed, without the line that counts. */
        private List<String> check() {
            Config config = server.server().node().config();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            String[] arguments = config.databaseUrl().map(url -> new String[] {"check", "--url", url.jdbc()})
                    .orElseGet(() -> new String[] {"check", "--dir", config.dir().toString()});
            int status = new Main(new PrintStream(out, true), new PrintStream(err, true), Map.of(), Server::start).run(arguments);
            assertEquals("", err.toString());
            List<String> lines = new ArrayList<>(out.toString().lines().toList());
            boolean inOrder = lines.equals(List.of("everything is in order"));
            assertEquals(inOrder ? Main.OK : Main.CANNOT_START, status, out::toString);
            if (!inOrder) {
                String last = lines.remove(lines.size() - 1);
                assertEquals(lines.size() + " violations", last);
            }
            return lines;
        }

        @Override
        public void close() {
            client.close();
            server.close();
        }
    }
}
