package dev.respql.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * What must be true of a database at every moment between two transactions. Reads only, in one snapshot, so that a
 * server may be at work meanwhile. Stateless.
 */
public final class Invariants {
    /** So many violations of one kind are enough to see. */
    private static final int SHOWN_OF_A_KIND = 20;

    /**
     * One thing that must hold.
     *
     * @param what what is wrong where the query returns rows
     * @param query selects the key's space and name (null where there is none) and a detail
     */
    private record Invariant(String what, String query) {
    }

    private static final List<Invariant> ALL = List.of(
            new Invariant("a string without a value or of a size other than 1", """
                    SELECT k.space, k.name, k.size FROM keys k
                    LEFT JOIN strings s ON s.key_id = k.id
                    WHERE k.type = 1 AND (s.key_id IS NULL OR k.size <> 1)"""),
            sizeIsRows(ValueType.HASH, "hashes"),
            sizeIsRows(ValueType.LIST, "lists"),
            sizeIsRows(ValueType.SET, "sets"),
            sizeIsRows(ValueType.ZSET, "zsets"),
            new Invariant("a block of a sorted set whose size is not the number of its members", """
                    SELECT k.space, k.name, b.size
                    FROM (SELECT key_id, score, member, size,
                                 lead(score) OVER level AS end_score, lead(member) OVER level AS end_member
                          FROM zset_blocks
                          WINDOW level AS (PARTITION BY key_id, level ORDER BY score, member)) b
                    JOIN keys k ON k.id = b.key_id
                    WHERE b.size <> CASE WHEN b.end_member IS NULL
                        THEN (SELECT count(*) FROM zsets z
                              WHERE z.key_id + 0 = b.key_id + 0 AND (z.score, z.member) >= (b.score, b.member))
                        ELSE (SELECT count(*) FROM zsets z
                              WHERE z.key_id + 0 = b.key_id + 0 AND (z.score, z.member) >= (b.score, b.member)
                                  AND (z.score, z.member) < (b.end_score, b.end_member)) END"""),
            new Invariant("a sorted set whose blocks do not add up to its size", """
                    SELECT k.space, k.name, sum(b.size) FROM keys k
                    JOIN zset_blocks b ON b.key_id = k.id
                    GROUP BY k.space, k.name, k.size, b.level
                    HAVING sum(b.size) <> k.size"""),
            new Invariant("a group of a sorted set that begins within a block", """
                    SELECT k.space, k.name, g.score FROM keys k
                    JOIN zset_blocks g ON g.key_id = k.id AND g.level = 1
                    LEFT JOIN zset_blocks b ON b.key_id = k.id AND b.level = 0
                        AND b.score = g.score AND b.member = g.member
                    WHERE b.key_id IS NULL"""),
            new Invariant("a large sorted set without blocks, or a small one with blocks", """
                    SELECT k.space, k.name, b.blocks FROM keys k
                    LEFT JOIN (SELECT key_id, count(*) AS blocks FROM zset_blocks GROUP BY key_id) b
                        ON b.key_id = k.id
                    WHERE k.type = %d AND CASE WHEN b.blocks IS NULL THEN k.size >= %d ELSE k.size < %d END"""
                    .formatted(ValueType.ZSET.code(), ZsetBlocks.NEEDED_FROM, ZsetBlocks.KEPT_FROM)),
            new Invariant("positions of a list that are not contiguous", """
                    SELECT k.space, k.name, max(l.position) - min(l.position) + 1 FROM keys k
                    JOIN lists l ON l.key_id = k.id
                    GROUP BY k.space, k.name, k.size
                    HAVING max(l.position) - min(l.position) + 1 <> k.size"""),
            new Invariant("a key of a type that does not exist", """
                    SELECT space, name, type FROM keys WHERE type NOT BETWEEN 1 AND 6"""),
            new Invariant("a key whose name is long and not there as a whole, or the other way round", """
                    SELECT space, name, length(whole) FROM keys
                    WHERE (whole IS NULL) = (length(name) >= %1$d) OR length(whole) < %1$d""".formatted(ShortForm.LONG)),
            new Invariant("a value that two keys have", """
                    SELECT space, name, id FROM keys
                    WHERE id IN (SELECT id FROM keys GROUP BY id HAVING count(*) > 1)"""),
            noneTwice("a field of a hash that is there twice", "hashes", "field"),
            noneTwice("a member of a set that is there twice", "sets", "member"),
            new Invariant("a key that no database holds and no sweeper will remove", """
                    SELECT k.space, k.name, k.id FROM keys k
                    WHERE k.space NOT IN (SELECT space FROM databases)
                        AND k.space NOT IN (SELECT space FROM dropped_spaces)"""),
            noOrphans("strings", ValueType.STRING),
            noOrphans("hashes", ValueType.HASH),
            noOrphans("lists", ValueType.LIST),
            noOrphans("sets", ValueType.SET),
            noOrphans("zsets", ValueType.ZSET),
            noOrphans("zset_blocks", ValueType.ZSET));

    private Invariants() {
    }

    /**
     * What is wrong in the database, one line each, naming the key; empty where everything holds.
     *
     * @param connection to either dialect; its auto-commit mode is switched off
     */
    public static List<String> violations(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        boolean postgres = connection.getMetaData().getDatabaseProductName().equals("PostgreSQL");
        List<String> violations = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            if (postgres) {
                statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
                // Statistics may be missing or old, and nobody waits for one large table times another.
                statement.execute("SET LOCAL enable_nestloop = off");
            }
            for (Invariant invariant : ALL) {
                try (ResultSet rows = statement.executeQuery(invariant.query + " LIMIT " + SHOWN_OF_A_KIND)) {
                    while (rows.next()) {
                        violations.add(invariant.what + ": " + shown(rows));
                    }
                }
            }
        } finally {
            connection.rollback();
        }
        return violations;
    }

    private static String shown(ResultSet row) throws SQLException {
        byte[] name = row.getBytes(2);
        return (name == null ? "" : "key " + dev.respql.value.Bytes.printable(name) + " in space " + row.getLong(1) + ", ")
                + "found " + row.getString(3);
    }

    private static Invariant sizeIsRows(ValueType type, String table) {
        return new Invariant("a " + type.wireName() + " whose size is not the number of its rows, or that is empty", """
                SELECT k.space, k.name, coalesce(r.rows, 0) FROM keys k
                LEFT JOIN (SELECT key_id, count(*) AS rows FROM %s GROUP BY key_id) r ON r.key_id = k.id
                WHERE k.type = %d AND (r.rows IS NULL OR r.rows <> k.size)""".formatted(table, type.code()));
    }

    /** On PostgreSQL no unique index sees to it. */
    private static Invariant noneTwice(String what, String table, String column) {
        return new Invariant(what, """
                SELECT k.space, k.name, r.rows FROM keys k
                JOIN (SELECT key_id, count(*) AS rows FROM %1$s GROUP BY key_id, hash, %2$s HAVING count(*) > 1) r
                    ON r.key_id = k.id""".formatted(table, column));
    }

    /** EXCEPT, since PostgreSQL goes over all keys anew for each row that is to be {@code NOT IN} more than a few. */
    private static Invariant noOrphans(String table, ValueType type) {
        return new Invariant("rows in " + table + " of no key, which no sweeper will remove", """
                SELECT 0, NULL, o.key_id FROM (
                    SELECT key_id FROM %s
                    EXCEPT SELECT id FROM keys WHERE type = %d
                    EXCEPT SELECT key_id FROM dropped_keys) o""".formatted(table, type.code()));
    }
}
