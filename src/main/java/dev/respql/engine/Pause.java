package dev.respql.engine;

import dev.respql.command.Command;
import dev.respql.command.Flag;

/** CLIENT PAUSE: whether commands have to wait, and until when. Safe for use by all threads. */
final class Pause {
    /** Milliseconds since 1970 by this node's own clock; 0: there is no pause. */
    private volatile long until;
    private volatile boolean writesOnly;

    /** Begins a pause. If there is one already, the later end holds, and the one that holds more back. */
    synchronized void begin(long end, boolean onlyWrites) {
        boolean extended = millisLeft() > 0;
        writesOnly = onlyWrites && (!extended || writesOnly);
        until = extended ? Math.max(until, end) : end;
    }

    synchronized void end() {
        until = 0;
    }

    /** 0 where there is no pause. */
    long millisLeft() {
        long end = until;
        return end == 0 ? 0 : Math.max(0, end - System.currentTimeMillis());
    }

    /** Whether this command has to wait; what Redis would send to replicas counts as writing. */
    boolean holds(Command command) {
        return millisLeft() > 0 && (!writesOnly || command.is(Flag.WRITE) || command.is(Flag.MAY_REPLICATE));
    }
}
