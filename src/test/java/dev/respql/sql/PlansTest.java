package dev.respql.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.testing.Backend;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * How PostgreSQL would run every statement of the stores, whatever it believes of the tables: a plan that suits small
 * tables, or values of few members each, is kept for large ones. Each look-up must use all columns that it gives.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PlansTest {
    /** These are meant to go over all rows: of a sorted set's members, to count them, of a table that is never large, and to empty one. */
    private static final Set<String> MEANT_TO = Set.of("ZsetBlocks.BUILD", "WatchedKeys.MARK_EMPTIED",
            "WatchedKeys.MARK_EXCHANGED",
            "ScriptSources.DELETE");
    private static final String TABLES = "keys, strings, lists, hashes, sets, zsets, zset_blocks";

    private static RunningServer server;
    private static Map<String, SqlStatement> statements;

    @BeforeAll
    static void start() throws Exception {
        server = RunningServer.start(Backend.POSTGRESQL);
        server.server().housekeeper().pause();
        statements = StoreStatements.all();
        assertTrue(statements.size() > 80, () -> statements.size() + " statements");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    @Order(1)
    void whenNothingIsKnown() throws SQLException {
        check("nothing is known", true);
    }

    /** One hash, set and sorted set among many that have one member each. */
    @Test
    void whenMostValuesHaveOneMember() throws SQLException {
        execute("""
                INSERT INTO keys (space, name, id, scan_position, type, size, version)
                    SELECT 0, convert_to('k' || i, 'UTF8'), i, i, 2, 1, 0 FROM generate_series(1, 20000) i;
                INSERT INTO strings SELECT i, '' FROM generate_series(1, 20000) i;
                INSERT INTO lists SELECT i, 0, '' FROM generate_series(1, 20000) i;
                INSERT INTO hashes SELECT i, i * 7919, '', '' FROM generate_series(1, 20000) i;
                INSERT INTO sets SELECT i, i * 7919, '' FROM generate_series(1, 20000) i;
                INSERT INTO zsets SELECT i, i * 7919, '', NULL, 0 FROM generate_series(1, 20000) i;
                INSERT INTO zset_blocks SELECT i, 0, 0, '', 1 FROM generate_series(1, 20000) i;
                ANALYZE %s""".formatted(TABLES));
        check("most values have one member", true);
        execute("TRUNCATE " + TABLES);
    }

    /**
     * And when it has counted one row in each table. What changes rows may then be planned otherwise, until the next
     * {@code DISCARD PLANS}.
     */
    @Test
    void whenThereIsOneRowOfEach() throws SQLException {
        try (RespClient client = server.connect()) {
            for (Object[] command : new Object[][] {{"SET", "s", "v"}, {"HSET", "h", "f", "v"}, {"SADD", "t", "m"},
                {"ZADD", "z", 1, "m"}, {"RPUSH", "l", "e"}}) {
                client.call(command);
            }
            execute("ANALYZE " + TABLES);
            check("there is one row of each", false);
            client.call("FLUSHALL");
        }
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection = server.openDatabase(); Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void check(String state, boolean changesToo) throws SQLException {
        List<String> bad = new ArrayList<>();
        try (Connection connection = server.openDatabase(); Statement session = connection.createStatement()) {
            session.execute(PostgresDatabase.LANE_SETTINGS.formatted("on"));
            for (Map.Entry<String, SqlStatement> named : statements.entrySet()) {
                String plan = plan(session, named.getValue());
                boolean isCheckedNow = changesToo || plan.lines().noneMatch(line -> line.matches("(Update|Delete) on .*"));
                if (isCheckedNow && goesOverRows(plan) && !MEANT_TO.contains(named.getKey())) {
                    bad.add(named.getKey() + ":\n" + plan);
                }
            }
        }
        assertEquals(List.of(), bad, () -> state + "\n" + String.join("\n", bad));
    }

    /** What gives away that rows are read which are not wanted. */
    private static boolean goesOverRows(String plan) {
        String withoutSmall = plan.replaceAll(
                "Seq Scan on (databases|dropped_keys|dropped_spaces|function_generation|functions)", "");
        return plan.contains("Join Filter:") || withoutSmall.contains("Seq Scan on") || plan.contains("Filter: (hash")
                || plan.contains("Filter: (name") || plan.contains("Filter: (ROW(");
    }

    private static String plan(Statement session, SqlStatement statement) throws SQLException {
        StringBuilder types = new StringBuilder();
        StringBuilder values = new StringBuilder();
        int number = 0;
        String text = statement.postgresText();
        for (SqlStatement.Column column : statement.columns()) {
            types.append(number == 0 ? "" : ", ").append(column.type().postgresName())
                    .append(statement.overRows() ? "[]" : "");
            values.append(number++ == 0 ? "" : ", ").append("NULL");
        }
        for (int i = 1; i <= number; i++) {
            text = text.replaceFirst("\\?", "\\$" + i);
        }
        session.execute("PREPARE tried" + (number == 0 ? "" : "(" + types + ")") + " AS " + text);
        StringBuilder plan = new StringBuilder();
        try (ResultSet lines = session.executeQuery("EXPLAIN (COSTS OFF) EXECUTE tried"
                + (number == 0 ? "" : "(" + values + ")"))) {
            while (lines.next()) {
                plan.append(lines.getString(1)).append('\n');
            }
        }
        session.execute("DEALLOCATE tried");
        return plan.toString();
    }
}
