package dev.respql.config;

/** A parameter, a configuration file or a combination of them that cannot be used. Nothing was changed. */
public final class ConfigException extends RuntimeException {
    private final String reason;

    /** A complaint about a value; whoever knows which parameter it was given to adds that. */
    public ConfigException(String reason) {
        this(reason, reason);
    }

    ConfigException(String message, String reason) {
        super(message, null, false, false);
        this.reason = reason;
    }

    /**
     * The complaint alone, such as "argument must be 'yes' or 'no'". {@link #getMessage()} says whose it is as well;
     * of {@link Config#set} and {@link Config#rewrite} it is the error reply that Redis gives, without "ERR ".
     * Neither holds a value, which may be a password.
     */
    public String reason() {
        return reason;
    }
}
