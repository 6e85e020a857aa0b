package dev.respql.script;

import dev.respql.protocol.Reply;

/**
 * What a running script asks of its server. All methods are called on the thread that runs the script. What they throw
 * ends the script, whatever it tries: only {@link Reply.Error} is an error that the script can catch.
 */
public interface ScriptHost {
    /** Whether the script's user may run a command. */
    enum Permission {
        ALLOWED, DENIED,
        /** There is no such command, or its arguments are wrong. */
        INVALID
    }

    /**
     * Runs a command for {@code redis.call} and {@code redis.pcall}. Refusals ({@code ERR Unknown Redis command called
     * from script}, {@code This Redis command is not allowed from script} …) are replies as well.
     *
     * @param command its name and its arguments, at least the name
     * @param respVersion 2 or 3, as the script has chosen
     */
    Reply call(byte[][] command, int respVersion);

    /** Answers {@code redis.acl_check_cmd}. */
    Permission permission(byte[][] command);

    /**
     * Writes a line to the server's log for {@code redis.log}.
     *
     * @param level 0 debug, 1 verbose, 2 notice, 3 warning
     */
    void log(int level, byte[] text);

    /**
     * Called every some ten thousand steps of the script, a few hundred times a second: the place to look whether it runs
     * for too long, and to end it with a {@link ScriptKilledException}.
     */
    default void checkpoint() {
    }
}
