package dev.respql.sql;

import java.sql.SQLException;
import java.util.Set;

/** A statement, commit or connection that failed. */
public final class DatabaseException extends RuntimeException {
    private static final long serialVersionUID = 1;
    /** PostgreSQL: serialization failure, deadlock, lock table full for now. */
    private static final Set<String> TRANSIENT_STATES = Set.of("40001", "40P01");

    private final boolean connectionLost;
    private final boolean outcomeUnknown;
    private final boolean worthRetrying;

    private DatabaseException(SQLException cause, boolean connectionLost, boolean outcomeUnknown) {
        super(oneLine(cause.getMessage()), cause);
        this.connectionLost = connectionLost;
        this.outcomeUnknown = outcomeUnknown;
        this.worthRetrying = TRANSIENT_STATES.contains(String.valueOf(cause.getSQLState()));
    }

    /** @param committing whether the commit was on its way when the failure came */
    static DatabaseException of(SQLException cause, boolean committing) {
        String state = String.valueOf(cause.getSQLState());
        boolean lost = state.startsWith("08") || state.startsWith("57P");
        return new DatabaseException(cause, lost, committing && lost);
    }

    /** Whether the connection is of no more use. */
    public boolean connectionLost() {
        return connectionLost;
    }

    /** Whether the transaction may or may not have been committed: it must not be run again. */
    public boolean outcomeUnknown() {
        return outcomeUnknown;
    }

    /** Whether the same transaction may well succeed when it is run again at once. */
    public boolean worthRetrying() {
        return worthRetrying;
    }

    private static String oneLine(String message) {
        return message == null ? "no further message" : message.lines().findFirst().orElse("").strip();
    }
}
