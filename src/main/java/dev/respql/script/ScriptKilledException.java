package dev.respql.script;

/** Ends a running script from {@link ScriptHost}; no pcall of the script catches it. Its text becomes the script's error. */
public final class ScriptKilledException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** {@code errorText} begins with the code of the error, as in {@code ERR Script killed by user with SCRIPT KILL...} */
    public ScriptKilledException(String errorText) {
        super(errorText, null, false, false);
    }
}
