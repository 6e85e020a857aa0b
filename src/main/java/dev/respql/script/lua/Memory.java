package dev.respql.script.lua;

/** Is told of what a script allocates, and raises "not enough memory" where it is too much. */
public interface Memory {
    /** Counts nothing: for what is made once, before scripts run. */
    Memory UNLIMITED = bytes -> { };

    /**
     * To be called before so many bytes are allocated.
     *
     * @throws ScriptError if the script has too much already
     */
    void allocate(long bytes);
}
