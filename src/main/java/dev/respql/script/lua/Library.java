package dev.respql.script.lua;

/** Builds a table of functions. */
public final class Library {
    private final Table table;

    /** Adds to an existing table. */
    public Library(Table table) {
        this.table = table;
    }

    /** A function by its name. */
    public Library add(String name, Builtin.Body body) {
        table.setRaw(name, new Builtin(body));
        return this;
    }

    public Table table() {
        return table;
    }
}
