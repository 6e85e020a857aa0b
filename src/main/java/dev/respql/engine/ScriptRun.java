package dev.respql.engine;

import dev.respql.command.Command;
import dev.respql.command.Flag;
import dev.respql.protocol.Reply;
import dev.respql.script.ScriptHost;
import dev.respql.script.ScriptKilledException;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of a script: the commands that it calls are parts of its own call. Used by the lane's thread, killed by any. */
final class ScriptRun implements ScriptHost {
    private static final Logger LOG = LoggerFactory.getLogger("script");

    private final Call call;
    private final Node node;
    private final String function;
    private final boolean readOnly;
    private final long busyAfterNanos;
    private final long startedAt = System.nanoTime();
    private final int dbBefore;
    private volatile boolean written;
    private volatile boolean killed;
    private volatile boolean aborted;

    /** @param function its name; null where a script is run */
    ScriptRun(Call call, String function, boolean readOnly, long busyAfterMillis) {
        this.call = call;
        this.node = call.node();
        this.function = function;
        this.readOnly = readOnly;
        this.busyAfterNanos = busyAfterMillis > 0 ? busyAfterMillis * 1_000_000 : Long.MAX_VALUE;
        this.dbBefore = call.client().db();
        call.client().db(call.db());
    }

    @Override
    public Reply call(byte[][] arguments, int respVersion) {
        Command command = node.commands().lookUp(arguments);
        Reply refusal = refusal(command, arguments);
        if (refusal != null) {
            return refusal;
        }
        // SELECT in a script is for the script only.
        Call part = call.part(command, arguments, call.client().db(), respVersion);
        part.lockMore();
        written |= command.is(Flag.WRITE);
        Batch.apply(part);
        node.observer().ran(part, 0);
        return part.reply();
    }

    private Reply refusal(Command command, byte[][] arguments) {
        if (command == null) {
            return new Reply.Error("ERR Unknown Redis command called from script");
        }
        if (!command.acceptsCount(arguments.length)) {
            return new Reply.Error("ERR Wrong number of args calling Redis command from script");
        }
        if (command.is(Flag.NOSCRIPT)) {
            return new Reply.Error("ERR This Redis command is not allowed from script");
        }
        if (command.is(Flag.WRITE) && readOnly) {
            return new Reply.Error("ERR Write commands are not allowed from read-only scripts.");
        }
        if (command.is(Flag.WRITE) && node.isReadOnly()) {
            return new Reply.Error("READONLY You can't write against a read only replica.");
        }
        return null;
    }

    @Override
    public Permission permission(byte[][] arguments) {
        Command command = node.commands().lookUp(arguments);
        return command == null || !command.acceptsCount(arguments.length) ? Permission.INVALID : Permission.ALLOWED;
    }

    @Override
    public void log(int level, byte[] text) {
        String line = new String(text, StandardCharsets.UTF_8);
        switch (level) {
            case 0 -> LOG.trace(line);
            case 1 -> LOG.debug(line);
            case 2 -> LOG.info(line);
            default -> LOG.warn(line);
        }
    }

    @Override
    public void checkpoint() {
        if (killed) {
            throw new ScriptKilledException("ERR Script killed by user with SCRIPT KILL...");
        }
        if (aborted) {
            throw new ScriptGivenUpException();
        }
        if (System.nanoTime() - startedAt > busyAfterNanos) {
            call.client().lane().answerBusy(call.client(), function == null ? "SCRIPT" : "FUNCTION");
        }
    }

    /** The name of the function; null where a script is run. */
    String function() {
        return function;
    }

    Call call() {
        return call;
    }

    long millis() {
        return (System.nanoTime() - startedAt) / 1_000_000;
    }

    /** Whether it has written, and so cannot be ended without breaking its promise to run as a whole. */
    boolean hasWritten() {
        return written;
    }

    void kill() {
        killed = true;
    }

    void abort() {
        aborted = true;
    }

    void end() {
        call.client().db(dbBefore);
    }
}
