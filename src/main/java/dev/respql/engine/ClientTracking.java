package dev.respql.engine;

import java.util.Arrays;
import java.util.List;

/**
 * How a client that caches what it reads is told of changes (CLIENT TRACKING ON). Immutable but for one remark; for all
 * threads.
 */
public final class ClientTracking {
    private final long redirect;
    private final boolean broadcast;
    private final boolean optIn;
    private final boolean optOut;
    private final boolean noLoop;
    private final List<byte[]> prefixes;
    private volatile boolean redirectBroken;

    /**
     * @param redirect the client that gets the messages; 0: the client itself
     * @param broadcast whether it is told of all changes of keys with one of its prefixes, read or not
     * @param optIn whether it caches nothing but what follows CLIENT CACHING YES
     * @param optOut whether it caches everything but what follows CLIENT CACHING NO
     * @param noLoop whether it is not told of its own changes
     * @param prefixes of which none begins with another; empty unless for a broadcast
     */
    public ClientTracking(long redirect, boolean broadcast, boolean optIn, boolean optOut, boolean noLoop,
            List<byte[]> prefixes) {
        this.redirect = redirect;
        this.broadcast = broadcast;
        this.optIn = optIn;
        this.optOut = optOut;
        this.noLoop = noLoop;
        this.prefixes = prefixes.stream().sorted(Arrays::compareUnsigned).toList();
    }

    public long redirect() {
        return redirect;
    }

    public boolean broadcast() {
        return broadcast;
    }

    public boolean optIn() {
        return optIn;
    }

    public boolean optOut() {
        return optOut;
    }

    public boolean noLoop() {
        return noLoop;
    }

    /** In the order of their bytes. */
    public List<byte[]> prefixes() {
        return prefixes;
    }

    /** Whether a message could not be sent since the client was gone that was to get it. */
    public boolean redirectBroken() {
        return redirectBroken;
    }

    void redirectIsBroken() {
        redirectBroken = true;
    }

    /** Whether keys that are read are remembered. {@code caching}: whether CLIENT CACHING went before. */
    boolean remembers(boolean caching) {
        return !broadcast && (optIn ? caching : !(optOut && caching));
    }
}
