package dev.respql.sql;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.CachedQuery;
import org.postgresql.core.Query;
import org.postgresql.core.QueryExecutor;

/**
 * What one PostgreSQL connection has prepared: texts of several statements that travel together. There are endless
 * sequences of statements, and pgjdbc prepares each statement of each text for itself, with a plan of its own in the
 * database's memory. So all texts are made to share what is prepared of a statement: a sequence that was never seen costs
 * the database nothing, and its memory is bounded by the number of statements. Used by one thread.
 */
final class PreparedTexts {
    /** So many texts are kept, those used last; others are put together again when they are needed. */
    private static final int MOST = 256;

    private final BaseConnection connection;
    private final Map<List<SqlStatement>, PreparedStatement> texts = new LinkedHashMap<>(2 * MOST, 0.75f, true) {
        private static final long serialVersionUID = 1;

        /** It is not closed: that would unprepare the statements that it shares with others. */
        @Override
        protected boolean removeEldestEntry(Map.Entry<List<SqlStatement>, PreparedStatement> eldest) {
            return size() > MOST;
        }
    };
    private final Map<SqlStatement, Query> shared = new HashMap<>();

    PreparedTexts(BaseConnection connection) {
        this.connection = connection;
    }

    /** These statements joined in this order. */
    PreparedStatement of(List<SqlStatement> statements) throws SQLException {
        PreparedStatement text = texts.get(statements);
        if (text == null) {
            text = prepare(statements);
            texts.put(List.copyOf(statements), text);
        }
        return text;
    }

    private PreparedStatement prepare(List<SqlStatement> statements) throws SQLException {
        StringBuilder joined = new StringBuilder();
        for (SqlStatement statement : statements) {
            joined.append(joined.isEmpty() ? "" : ";\n").append(statement.postgresText());
        }
        String text = joined.toString();
        // What the driver makes of a text lies in a cache until a statement takes it from there.
        QueryExecutor executor = connection.getQueryExecutor();
        CachedQuery parsed = executor.borrowQuery(text);
        Query[] parts = parsed.query.getSubqueries();
        if (parts == null) {
            shared.putIfAbsent(statements.get(0), parsed.query);
        } else if (parts.length == statements.size()) {
            for (int i = 0; i < parts.length; i++) {
                Query known = shared.putIfAbsent(statements.get(i), parts[i]);
                parts[i] = known == null ? parts[i] : known;
            }
        }
        executor.releaseQuery(parsed);
        return connection.prepareStatement(text);
    }
}
