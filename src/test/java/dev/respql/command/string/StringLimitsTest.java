package dev.respql.command.string;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.config.Config;
import dev.respql.sql.Database;
import dev.respql.sql.DatabaseSettings;
import dev.respql.sql.Row;
import dev.respql.sql.RowReader;
import dev.respql.sql.Rows;
import dev.respql.sql.SqlLink;
import dev.respql.sql.SqlStatement;
import dev.respql.store.KeyName;
import dev.respql.store.Prefetch;
import dev.respql.store.RowCache;
import dev.respql.store.Tx;
import dev.respql.testing.Backend;
import dev.respql.testing.Bytes;
import dev.respql.testing.EachBackend;
import dev.respql.testing.PostgresForTests;
import dev.respql.testing.RespClient;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** How long strings may become, and what long strings cost. */
class StringLimitsTest {
    private static final String TOO_LONG =
            "(error) ERR string exceeds maximum allowed size (proto-max-bulk-len)";
    private static final int MEGABYTE = 1 << 20;

    private String url;

    @AfterEach
    void dropDatabase() {
        if (url != null) {
            PostgresForTests.dropDatabase(url);
        }
    }

    @EachBackend(options = "proto-max-bulk-len=1048576")
    void nothingGrowsBeyondTheLongestBulkString(RespClient client) {
        byte[] longest = new byte[MEGABYTE];
        assertEquals("OK", client.call("SET", "k", longest).toString());
        assertEquals(TOO_LONG, client.call("APPEND", "k", "x").toString());
        assertEquals(TOO_LONG, client.call("SETRANGE", "k", MEGABYTE, "x").toString());
        assertEquals(TOO_LONG, client.call("SETRANGE", "k", MEGABYTE - 1, "xy").toString());
        assertEquals("(integer) " + MEGABYTE, client.call("APPEND", "k", "").toString());
        assertEquals("(integer) " + MEGABYTE, client.call("SETRANGE", "k", MEGABYTE, "").toString());
        assertEquals("(integer) " + MEGABYTE, client.call("SETRANGE", "k", MEGABYTE - 1, "x").toString());
        assertEquals("(integer) " + MEGABYTE, client.call("SETRANGE", "n", MEGABYTE - 2, "xy").toString());
        assertEquals("\"\\x00xy\"", client.call("GETRANGE", "n", -3, -1).toString());
    }

    @EachBackend(options = "proto-max-bulk-len=1048576")
    void lcsRefusesWhatWouldNeedALargeTable(RespClient client) {
        // Redis has four bytes for each pair of prefixes: 512 * 512 * 4 is one megabyte.
        client.call("SET", "a", "x".repeat(511));
        client.call("SET", "b", "x".repeat(512));
        assertEquals("(integer) 511", client.call("LCS", "a", "a", "LEN").toString());
        for (String option : new String[] {"LEN", "IDX"}) {
            assertEquals("(error) ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len",
                    client.call("LCS", "a", "b", option).toString());
        }
    }

    @EachBackend
    void whatDoesNotFitIntoTheHeapIsRefused(RespClient client) {
        long most = Math.min(Runtime.getRuntime().maxMemory() / 8, 512L * MEGABYTE);
        client.call("SET", "k", "v");
        String reply = client.call("SETRANGE", "k", most, "x").toString();
        assertTrue(reply.startsWith("(error) OOM ") || reply.equals(TOO_LONG), reply);
        assertEquals("\"v\"", client.call("GET", "k").toString());
    }

    @EachBackend
    void lengthAndPartsOfALongStringDoNotLoadIt(Backend backend, @TempDir Path directory) {
        byte[] value = new byte[MEGABYTE];
        Arrays.fill(value, (byte) 'v');
        value[0] = 'a';
        value[MEGABYTE - 1] = 'z';
        KeyName key = new KeyName(0, Bytes.of("k"));
        try (Database database = open(backend, directory); CountingLink link = new CountingLink(database.link())) {
            link.begin(SqlLink.Mode.WRITE);
            Tx writing = new Tx(link, RowCache.ofBytes(0), () -> 0);
            writing.strings().set(key, value);
            writing.flush();
            link.commit();

            link.begin(SqlLink.Mode.READ);
            Tx reading = new Tx(link, RowCache.ofBytes(0), () -> 0);
            Prefetch prefetch = new Prefetch();
            prefetch.string(key);
            reading.queue(prefetch);
            link.send();
            assertEquals(MEGABYTE, reading.strings().length(key));
            assertArrayEquals(Bytes.of("av"), reading.strings().range(key, 0, 1));
            assertArrayEquals(Bytes.of("vz"), reading.strings().range(key, MEGABYTE - 2, Long.MAX_VALUE));
            assertArrayEquals(new byte[0], reading.strings().range(key, MEGABYTE, Long.MAX_VALUE));
            assertEquals(4, link.bytesRead);
            assertArrayEquals(value, reading.strings().get(key));
            assertEquals(4 + MEGABYTE, link.bytesRead);
            link.commit();
        }
    }

    @EachBackend
    void oneUnitOfWorkHoldsOnlySomeLongStrings(Backend backend, @TempDir Path directory) {
        byte[] value = new byte[20 * MEGABYTE];
        KeyName[] keys = new KeyName[3];
        try (Database database = open(backend, directory); CountingLink link = new CountingLink(database.link())) {
            link.begin(SqlLink.Mode.WRITE);
            Tx tx = new Tx(link, RowCache.ofBytes(0), () -> 0);
            for (int i = 0; i < keys.length; i++) {
                keys[i] = new KeyName(0, Bytes.of("k" + i));
                tx.strings().set(keys[i], value);
            }
            assertEquals(value.length, tx.strings().length(keys[2]));
            assertEquals(0, link.bytesRead);
            for (KeyName key : keys) {
                assertArrayEquals(value, tx.strings().get(key));
                assertArrayEquals(value, tx.strings().get(key));
            }
            // The first two went out before the third came; one of them could be kept when it was read again.
            assertEquals(3L * value.length, link.bytesRead);
            tx.strings().set(keys[0], Bytes.of("short"));
            assertArrayEquals(Bytes.of("short"), tx.strings().get(keys[0]));
            tx.flush();
            link.commit();

            link.begin(SqlLink.Mode.READ);
            Tx reading = new Tx(link, RowCache.ofBytes(0), () -> 0);
            assertArrayEquals(Bytes.of("short"), reading.strings().get(keys[0]));
            assertEquals(value.length, reading.strings().length(keys[1]));
            assertEquals(value.length, reading.strings().length(keys[2]));
            link.commit();
        }
    }

    private Database open(Backend backend, Path directory) {
        Config config = Config.defaults();
        if (backend == Backend.SQLITE) {
            config.put(Config.DIR, directory.toString());
        } else {
            url = PostgresForTests.newDatabase();
            config.put(Config.URL, url);
        }
        return Database.open(DatabaseSettings.of(config, 1));
    }

    /** Counts the bytes of the values that come from the database. */
    private static final class CountingLink implements SqlLink {
        private final SqlLink link;
        private long bytesRead;

        CountingLink(SqlLink link) {
            this.link = link;
        }

        @Override
        public void begin(Mode mode) {
            link.begin(mode);
        }

        @Override
        public void lockKeys(long[] changed, long[] read) {
            link.lockKeys(changed, read);
        }

        @Override
        public long[] tryLockKeys(long[] changed) {
            return link.tryLockKeys(changed);
        }

        @Override
        public void lockAll() {
            link.lockAll();
        }

        @Override
        public void queue(SqlStatement statement, Rows rows, RowReader reader) {
            link.queue(statement, rows, row -> reader.read(new Counted(row)));
        }

        @Override
        public void send() {
            link.send();
        }

        @Override
        public void commit() {
            link.commit();
        }

        @Override
        public void rollback() {
            link.rollback();
        }

        @Override
        public boolean changedByOthers() {
            return false;
        }

        @Override
        public boolean hasOtherWriters() {
            return link.hasOtherWriters();
        }

        @Override
        public long nextId() {
            return link.nextId();
        }

        @Override
        public void close() {
            link.close();
        }

        private final class Counted implements Row {
            private final Row row;

            Counted(Row row) {
                this.row = row;
            }

            @Override
            public int ordinal() {
                return row.ordinal();
            }

            @Override
            public long number(int column) {
                return row.number(column);
            }

            @Override
            public long numberOr(int column, long whenNull) {
                return row.numberOr(column, whenNull);
            }

            @Override
            public double real(int column) {
                return row.real(column);
            }

            @Override
            public byte[] bytes(int column) {
                byte[] value = row.bytes(column);
                bytesRead += value == null ? 0 : value.length;
                return value;
            }
        }
    }
}
