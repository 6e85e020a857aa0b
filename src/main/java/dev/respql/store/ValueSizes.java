package dev.respql.store;

import static dev.respql.sql.SqlStatement.integer;
import static dev.respql.sql.SqlStatement.number;

import dev.respql.sql.Rows;
import dev.respql.sql.SqlLink;
import dev.respql.sql.SqlStatement;
import java.util.Map;

/** How many bytes keys take in the database, for MEMORY USAGE. Used by one thread, for one unit of work. */
public final class ValueSizes {
    /** What a row takes beside its names and values: its numbers, and what a database adds for itself, roughly. */
    private static final int ROW_BYTES = 40;
    private static final int SCORE_BYTES = 8;

    private static final Map<ValueType, SqlStatement> SAMPLES = Map.of(
            ValueType.STRING, sample("length(value)", "strings"),
            ValueType.HASH, sample("length(field) + length(value)", "hashes"),
            ValueType.LIST, sample("length(value)", "lists"),
            ValueType.SET, sample("length(member)", "sets"),
            ValueType.ZSET, sample("length(member) + " + SCORE_BYTES, "zsets"));

    private final Tx tx;

    public ValueSizes(Tx tx) {
        this.tx = tx;
    }

    /**
     * The bytes of an existing key's rows: names, members and values as they are, and a flat amount for each row. Of a
     * collection some elements are looked at, and the others taken to be like them.
     *
     * @param samples how many elements to look at; 0: all
     */
    public long bytes(KeyName key, long samples) {
        Header header = tx.keys().live(key);
        SqlLink link = tx.lateRead();
        tx.flush();
        SqlStatement statement = SAMPLES.get(header.type);
        long limit = samples == 0 ? Integer.MAX_VALUE : Math.min(samples, Integer.MAX_VALUE);
        long[] sampled = new long[2];
        link.query(statement, Rows.of(statement).next().set(0, header.id).set(1, limit), row -> {
            sampled[0] = row.number(1);
            sampled[1] = row.number(2);
        });
        double elementBytes = sampled[0] == 0 ? 0 : (double) sampled[1] / sampled[0];
        return ROW_BYTES + key.bytes().length + (long) (header.size * (ROW_BYTES + elementBytes));
    }

    private static SqlStatement sample(String length, String table) {
        return SqlStatement.of("""
                SELECT count(*), CAST(coalesce(sum(s.bytes), 0) AS BIGINT)
                FROM (SELECT %s AS bytes FROM %s WHERE key_id = ? LIMIT ?) s
                """.formatted(length, table), number("key_id"), integer("count"));
    }
}
