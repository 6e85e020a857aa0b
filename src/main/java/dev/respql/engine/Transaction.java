package dev.respql.engine;

import dev.respql.command.Command;
import java.util.ArrayList;
import java.util.List;

/** What a client has queued since MULTI. Used by its lane's thread; {@link #weight} may be asked for by any. */
public final class Transaction {
    record Queued(Command command, byte[][] arguments) {
    }

    private final List<Queued> queue = new ArrayList<>();
    private volatile long weight;
    private boolean broken;

    Transaction() {
    }

    void add(Command command, byte[][] arguments, long itsWeight) {
        queue.add(new Queued(command, arguments));
        weight += itsWeight;
    }

    List<Queued> queue() {
        return queue;
    }

    /** Roughly the bytes that the queue takes. */
    long weight() {
        return weight;
    }

    /** How many commands are queued. */
    public int size() {
        return queue.size();
    }

    /** A command could not be queued: EXEC will refuse. */
    void breakOff() {
        broken = true;
    }

    /** Whether a command could not be queued, so that none may run. */
    public boolean isBroken() {
        return broken;
    }
}
