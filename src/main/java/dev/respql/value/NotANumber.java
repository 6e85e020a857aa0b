package dev.respql.value;

/**
 * Says that a text is not the number that was asked for. Preallocated and without a stack trace, so that throwing it
 * costs no allocation; the command that asked decides on the error text.
 */
public final class NotANumber extends RuntimeException {
    /** The only instance; safe to throw from any thread. */
    public static final NotANumber INSTANCE = new NotANumber();

    private NotANumber() {
        super("not a number", null, false, false);
    }
}
