package dev.respql;

import dev.respql.config.Config;
import dev.respql.sql.Database;
import dev.respql.sql.DatabaseSettings;
import dev.respql.store.Invariants;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** {@code respql check}: reads a database and reports what must not be. */
final class Check {
    private Check() {
    }

    /**
     * Checks the database that the configuration names; a server may be using it meanwhile.
     *
     * @return whether everything holds; what does not is printed
     */
    static boolean run(Config config, PrintStream out) {
        try (Connection connection = Database.connectForReading(DatabaseSettings.of(config, 0))) {
            List<String> violations = Invariants.violations(connection);
            violations.forEach(out::println);
            out.println(violations.isEmpty() ? "everything is in order" : violations.size() + " violations");
            return violations.isEmpty();
        } catch (SQLException e) {
            throw new StartupException("cannot read the database: " + e.getMessage(), e);
        }
    }
}
