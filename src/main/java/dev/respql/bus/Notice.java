package dev.respql.bus;

import java.util.List;

/**
 * One notification of PostgreSQL.
 *
 * @param sender the node that sent it
 * @param messages those of {@link Kind#MESSAGES}; else none
 */
record Notice(Kind kind, long sender, List<Message> messages) {
    /** What it says; also the first word of its payload. */
    enum Kind {
        MESSAGES,
        /** I am new here: answer as soon as you know me. */
        HELLO,
        /** I know you, and my interests are stored. */
        KNOWN,
        /** I am leaving. */
        BYE,
        /** I may have failed to send something. */
        MISSED
    }

    /** The channel on which a node listens. */
    static String channel(long node) {
        return "respql_" + node;
    }
}
