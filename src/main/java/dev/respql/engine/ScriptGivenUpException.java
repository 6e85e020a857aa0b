package dev.respql.engine;

/** Ends a script since the server is being shut down: what it has done is rolled back, and nobody is told what it came to. */
final class ScriptGivenUpException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ScriptGivenUpException() {
        super("a script was given up, since the server is being shut down", null, false, false);
    }
}
