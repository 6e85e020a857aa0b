package dev.respql.store;

/** A key holds a value of another type than the one that was asked for. Thrown before anything has been changed. */
public final class WrongTypeException extends RuntimeException {
    private static final long serialVersionUID = 1;
    static final WrongTypeException INSTANCE = new WrongTypeException();

    private WrongTypeException() {
        super("wrong type", null, false, false);
    }
}
