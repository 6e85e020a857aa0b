package dev.respql.script;

/** A script or library that cannot be loaded. The message is the text of the error reply, its code included. */
public final class ScriptException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ScriptException(String errorText) {
        super(errorText, null, false, false);
    }
}
