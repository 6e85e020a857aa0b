package dev.respql.engine;

/**
 * What the network hands to a lane: a client's command, the protocol error that ends its connection, or (with neither)
 * word that the client should be looked at again.
 *
 * @param arguments the command and its arguments, at least one; null for the other kinds
 * @param protocolError the error to answer before closing, or null
 */
record Request(Client client, byte[][] arguments, String protocolError) {
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
