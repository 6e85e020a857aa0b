package dev.respql.testing;

import dev.respql.store.Invariants;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * What must hold in the database after every storage test: sizes in headers equal the rows, list positions are
 * contiguous, rank blocks add up, nothing is orphaned. {@link EachBackend} calls this after each test that passed.
 */
public final class InvariantCheck {
    private InvariantCheck() {
    }

    /** Throws an {@link AssertionError} that names the key when something is off. */
    public static void check(RunningServer server) {
        try (Connection connection = server.openDatabase()) {
            List<String> violations = Invariants.violations(connection);
            if (!violations.isEmpty()) {
                throw new AssertionError("the database is not in order:\n" + String.join("\n", violations));
            }
        } catch (SQLException e) {
            throw new AssertionError("the database cannot be checked", e);
        }
    }
}
