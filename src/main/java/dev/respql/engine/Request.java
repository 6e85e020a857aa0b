package dev.respql.engine;

/**
 * What the network hands to a lane: something that a client wants, in the order that it came.
 *
 * @param arguments of a {@link Kind#COMMAND}: the command and its arguments, at least one; else null
 * @param protocolError of a {@link Kind#PROTOCOL_ERROR}: the error to answer; else null
 */
record Request(Client client, Kind kind, byte[][] arguments, String protocolError) {
    enum Kind {
        COMMAND,
        /** The client speaks no RESP any more: the connection ends with an error. */
        PROTOCOL_ERROR,
        /** Nothing more will come: the connection ends once all that came before has been answered. */
        END,
        /** Nothing by itself: whatever held the client's requests up may be over. */
        LOOK_AGAIN
    }

    static Request command(Client client, byte[][] arguments) {
        return new Request(client, Kind.COMMAND, arguments, null);
    }

    static Request protocolError(Client client, String error) {
        return new Request(client, Kind.PROTOCOL_ERROR, null, error);
    }

    static Request end(Client client) {
        return new Request(client, Kind.END, null, null);
    }

    static Request lookAgain(Client client) {
        return new Request(client, Kind.LOOK_AGAIN, null, null);
    }

    /** What the request weighs in memory, in bytes, roughly. */
    long weight() {
        if (arguments == null) {
            return 0;
        }
        long weight = 64;
        for (byte[] argument : arguments) {
            weight += 24 + argument.length;
        }
        return weight;
    }
}
