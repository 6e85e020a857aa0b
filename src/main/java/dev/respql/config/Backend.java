package dev.respql.config;

/** Where the data is kept. */
public enum Backend {
    /** A database file in the data directory. */
    SQLITE("sqlite", "SQLite"),
    /** A PostgreSQL server, named by a URL. */
    POSTGRESQL("postgresql", "PostgreSQL"),
    /** A database in this process's memory, gone when it ends. */
    MEMORY("memory", "memory");

    private final String parameter;
    private final String title;

    Backend(String parameter, String title) {
        this.parameter = parameter;
        this.title = title;
    }

    /** As the parameter "backend" and the command line name it. */
    public String parameter() {
        return parameter;
    }

    /** As people write it. */
    public String title() {
        return title;
    }

    static Backend of(String parameter) {
        for (Backend backend : values()) {
            if (backend.parameter.equals(parameter)) {
                return backend;
            }
        }
        throw new IllegalArgumentException(parameter);
    }
}
