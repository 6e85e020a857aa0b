package dev.respql.sql;

import java.sql.SQLException;
import java.util.Set;
import java.util.regex.Pattern;

/** A statement, commit or connection that failed. */
public final class DatabaseException extends RuntimeException {
    private static final long serialVersionUID = 1;
    /** PostgreSQL: serialization failure, deadlock, out of shared memory, which is a table of locks that is full for now. */
    private static final Set<String> TRANSIENT_STATES = Set.of("40001", "40P01", "53200");
    /** PostgreSQL: resources used up, operator intervention, trouble with the system around it, a standby. */
    private static final Pattern NOBODYS_STATES = Pattern.compile("08...|53...|57P..|58...|25006");
    /** SQLite: BUSY, LOCKED, READONLY, IOERR, FULL, CANTOPEN. */
    private static final Set<Integer> NOBODYS_CODES = Set.of(5, 6, 8, 10, 13, 14);

    private final boolean connectionLost;
    private final boolean outcomeUnknown;
    private final boolean worthRetrying;
    private final boolean nobodysFault;

    private DatabaseException(SQLException cause, boolean committing) {
        super(oneLine(cause.getMessage()), cause);
        String state = String.valueOf(cause.getSQLState());
        this.connectionLost = state.startsWith("08") || state.startsWith("57P");
        this.outcomeUnknown = committing && connectionLost;
        this.worthRetrying = TRANSIENT_STATES.contains(state);
        // The code's low byte is its kind, the rest says more; PostgreSQL has no such codes.
        this.nobodysFault = NOBODYS_STATES.matcher(state).matches()
                || NOBODYS_CODES.contains(cause.getErrorCode() & 0xff);
    }

    /** @param committing whether the commit was on its way when the failure came */
    static DatabaseException of(SQLException cause, boolean committing) {
        return new DatabaseException(cause, committing);
    }

    /** What a batch fails with that cannot go on beside another one, and is to run again. */
    public static DatabaseException conflict(String what) {
        return new DatabaseException(new SQLException(what, "40001"), false);
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

    /**
     * Whether the database is in no state to serve just now, whatever it is asked for: it cannot be reached, its disk is
     * full or broken, another process holds it. To run the commands of a batch one by one would not help.
     */
    public boolean nobodysFault() {
        return nobodysFault;
    }

    private static String oneLine(String message) {
        return message == null ? "no further message" : message.lines().findFirst().orElse("").strip();
    }
}
