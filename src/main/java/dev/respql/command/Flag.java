package dev.respql.command;

import java.util.Locale;

/** What Redis says of a command in {@code COMMAND INFO}; names as there. */
public enum Flag {
    WRITE, READONLY, DENYOOM, ADMIN, PUBSUB, NOSCRIPT, BLOCKING, LOADING, STALE, SKIP_MONITOR, SKIP_SLOWLOG, FAST,
    NO_AUTH, MAY_REPLICATE, NO_ASYNC_LOADING, NO_MULTI, MOVABLEKEYS, ALLOW_BUSY, NO_MANDATORY_KEYS;

    /** The flag's name on the wire. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
