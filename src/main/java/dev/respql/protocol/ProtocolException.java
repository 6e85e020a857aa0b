package dev.respql.protocol;

/** A request that is not RESP. The message is the text of Redis's error; the connection is closed after it is sent. */
public final class ProtocolException extends Exception {
    ProtocolException(String message) {
        super(message, null, false, false);
    }
}
