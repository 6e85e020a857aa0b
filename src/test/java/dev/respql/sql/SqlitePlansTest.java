package dev.respql.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.testing.Backend;
import dev.respql.testing.RunningServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How SQLite would run every statement of the stores: none goes over rows that it could look up. */
class SqlitePlansTest {
    /** These are meant to go over all rows: of a table, of one that is never large, or of what a subquery has found. */
    private static final Set<String> MEANT_TO = Set.of("ZsetBlocks.BUILD", "WatchedKeys.MARK_EMPTIED",
            "WatchedKeys.MARK_EXCHANGED", "ScriptSources.DELETE",
            "FunctionSources.ALL", "Keys.DUE");
    /** The tables of few rows, and what a statement makes up. */
    private static final String FEW_ROWS = "(d|databases|dropped_keys|dropped_spaces|function_generation|CONSTANT ROW|[elm])";

    @Test
    void everyRowThatIsReadIsLookedUp() throws Exception {
        Map<String, SqlStatement> statements = StoreStatements.all();
        assertTrue(statements.size() > 80, () -> statements.size() + " statements");
        List<String> bad = new ArrayList<>();
        try (RunningServer server = RunningServer.start(Backend.SQLITE);
                Connection connection = server.openDatabase(); Statement session = connection.createStatement()) {
            for (Map.Entry<String, SqlStatement> named : statements.entrySet()) {
                List<String> plan = plan(session, named.getValue());
                if (!MEANT_TO.contains(named.getKey()) && plan.stream().anyMatch(SqlitePlansTest::goesOverRows)) {
                    bad.add(named.getKey() + ":\n" + String.join("\n", plan));
                }
            }
        }
        assertEquals(List.of(), bad, () -> String.join("\n", bad));
    }

    private static boolean goesOverRows(String step) {
        return step.startsWith("SCAN ") && !step.matches("SCAN " + FEW_ROWS + "( .*)?") || step.contains("AUTOMATIC");
    }

    private static List<String> plan(Statement session, SqlStatement statement) throws SQLException {
        List<String> plan = new ArrayList<>();
        try (ResultSet steps = session.executeQuery("EXPLAIN QUERY PLAN " + statement.sqliteText())) {
            while (steps.next()) {
                plan.add(steps.getString("detail"));
            }
        }
        return plan;
    }
}
