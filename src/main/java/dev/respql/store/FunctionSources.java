package dev.respql.store;

import static dev.respql.sql.SqlStatement.bytes;

import dev.respql.sql.RowReader;
import dev.respql.sql.Rows;
import dev.respql.sql.SqlLink;
import dev.respql.sql.SqlStatement;
import dev.respql.value.Bytes;
import java.util.Map;
import java.util.TreeMap;

/**
 * The sources of libraries of functions, and the number of their generation, which every change increments. Who changes
 * something must hold all locks. Used by one thread, for one unit of work.
 */
public final class FunctionSources implements Prefetch.Reading {
    private static final SqlStatement GENERATION = SqlStatement.of("SELECT generation FROM function_generation");

    private static final SqlStatement ALL = SqlStatement.of("""
            SELECT g.generation, f.library, f.source FROM function_generation g LEFT JOIN functions f ON true
            """);

    private static final SqlStatement PUT = SqlStatement.of("""
            INSERT INTO functions (library, source) SELECT n.library, n.source FROM {rows} WHERE true
            ON CONFLICT (library) DO UPDATE SET source = excluded.source
            """, bytes("library"), bytes("source"));

    private static final SqlStatement DELETE = SqlStatement.of("""
            DELETE FROM functions WHERE library = ?
            """, bytes("library"));

    private static final SqlStatement ADVANCE = SqlStatement.of("""
            UPDATE function_generation SET generation = generation + 1
            """);

    private final Tx tx;
    private long generation = -1;

    FunctionSources(Tx tx) {
        this.tx = tx;
    }

    /** All sources by the names of their libraries, as they were in this generation. */
    public record Stored(long generation, Map<String, byte[]> sources) {
    }

    /** Whether somebody else may change them. */
    public boolean isShared() {
        return tx.link().hasOtherWriters();
    }

    /** The generation that this unit of work sees, its own changes included. */
    public long generation() {
        if (generation < 0) {
            tx.read(this);
        }
        return generation;
    }

    @Override
    public void queue(SqlLink link) {
        link.queue(GENERATION, Rows.NONE, row -> generation = row.number(1));
    }

    public Stored all() {
        Map<String, byte[]> sources = new TreeMap<>();
        tx.lateRead().query(ALL, Rows.NONE, row -> {
            generation = row.number(1);
            byte[] library = row.bytes(2);
            if (library != null) {
                sources.put(Bytes.text(library), row.bytes(3));
            }
        });
        return new Stored(generation, sources);
    }

    public void put(String library, byte[] source) {
        tx.link().queue(PUT, Rows.of(PUT).next().set(0, Bytes.of(library)).set(1, source), RowReader.NONE);
    }

    public void delete(String library) {
        tx.link().queue(DELETE, Rows.of(DELETE).next().set(0, Bytes.of(library)), RowReader.NONE);
    }

    /** Begins the next generation, once what makes it up has been changed; its number. */
    public long advance() {
        long next = generation() + 1;
        tx.link().queue(ADVANCE, Rows.NONE, RowReader.NONE);
        generation = next;
        return next;
    }
}
