package dev.respql.script.lua;

/** Is told what a script costs, and stops it where that is too much. */
public interface Memory {
    /** Counts nothing: for what is made once, before scripts run. */
    Memory UNLIMITED = bytes -> { };

    /**
     * To be called before so many bytes are allocated.
     *
     * @throws ScriptError if the script has too much already
     */
    void allocate(long bytes);

    /** To be called when so many bytes are looked at without any being allocated; the time counts. */
    default void read(long bytes) {
    }
}
