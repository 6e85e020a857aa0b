package dev.respql.engine;

import dev.respql.value.Bytes;

/** The kinds of client that CLIENT LIST and CLIENT KILL tell apart. Masters and replicas never connect to respql. */
public enum ClientType {
    NORMAL, MASTER, REPLICA, PUBSUB;

    /** The type of that name, in any case, or null; "slave" is an older name of replica. */
    public static ClientType named(byte[] name) {
        for (ClientType type : values()) {
            if (Bytes.equalsIgnoreCase(name, type.name())) {
                return type;
            }
        }
        return Bytes.equalsIgnoreCase(name, "slave") ? REPLICA : null;
    }
}
