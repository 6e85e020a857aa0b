package dev.respql.store;

import static dev.respql.sql.SqlStatement.bytes;

import dev.respql.sql.RowReader;
import dev.respql.sql.Rows;
import dev.respql.sql.SqlStatement;
import dev.respql.value.Bytes;

/** The sources of scripts that were loaded to be called by their SHA-1. Used by one thread, for one unit of work. */
public final class ScriptSources {
    private static final SqlStatement FIND = SqlStatement.of("""
            SELECT source FROM scripts WHERE sha = ?
            """, bytes("sha"));

    private static final SqlStatement INSERT = SqlStatement.of("""
            INSERT INTO scripts (sha, source) SELECT n.sha, n.source FROM {rows} WHERE true ON CONFLICT DO NOTHING
            """, bytes("sha"), bytes("source"));

    private static final SqlStatement DELETE = SqlStatement.of("DELETE FROM scripts");

    private final Tx tx;

    ScriptSources(Tx tx) {
        this.tx = tx;
    }

    /** The source with this SHA-1 (lower-case digits), or null. */
    public byte[] find(String sha) {
        byte[][] source = new byte[1][];
        tx.lateRead().query(FIND, Rows.of(FIND).next().set(0, Bytes.of(sha)), row -> source[0] = row.bytes(1));
        return source[0];
    }

    /** Keeps a source; no matter whether it is there already. */
    public void add(String sha, byte[] source) {
        tx.link().queue(INSERT, Rows.of(INSERT).next().set(0, Bytes.of(sha)).set(1, source), RowReader.NONE);
    }

    /** Forgets all. */
    public void clear() {
        tx.link().queue(DELETE, Rows.NONE, RowReader.NONE);
    }
}
