package dev.respql.bus;

import dev.respql.sql.ConnectionSource;
import dev.respql.sql.Database;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Everything that the bus writes to PostgreSQL, each a transaction of one statement on a connection of its own. Used by
 * one thread, but for {@link #disconnect}.
 */
final class Notifier {
    private static final String NOW = "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)";
    private static final String HEARTBEAT = "UPDATE nodes SET heartbeat_at = " + NOW + " WHERE id = ?";
    private static final String REGISTER = "INSERT INTO nodes (id, heartbeat_at) VALUES (?, " + NOW + ")";
    private static final String OTHERS = "SELECT id FROM nodes WHERE id <> ?";
    private static final String DROP_STALE = "DELETE FROM nodes WHERE heartbeat_at < " + NOW + " - ?";
    private static final String DROP_INTERESTS = """
            DELETE FROM interests WHERE NOT EXISTS (SELECT 1 FROM nodes WHERE nodes.id = interests.node)""";
    private static final String DROP_WATCHES = """
            DELETE FROM watched_keys WHERE NOT EXISTS (SELECT 1 FROM nodes WHERE nodes.id = watched_keys.node)""";
    private static final String DROP_MESSAGES = "DELETE FROM messages WHERE sent_at < " + NOW + " - ?";
    private static final String TELL = "SELECT pg_notify('respql_' || ?, ?)";
    private static final String TELL_ALL = "SELECT pg_notify('respql_' || id, ?) FROM nodes WHERE id <> ?";
    private static final String IS_CHANGES_WANTED = """
            SELECT 1 FROM interests WHERE kind = ? AND hash = ? AND name = ? AND node <> ? LIMIT 1""";
    private static final String LEAVE = """
            WITH mine AS (DELETE FROM interests WHERE node = ?), watched AS (DELETE FROM watched_keys WHERE node = ?)
            DELETE FROM nodes WHERE id = ?""";

    /**
     * Finds the nodes that want each message, and sends each of them its own, in order, several to a notification. The
     * same notification twice in a transaction would arrive once, so each has a number.
     */
    private static final String SEND = """
            WITH wanted AS (
                SELECT DISTINCT p.message, x.node
                FROM unnest(?::int4[], ?::int4[], ?::int8[], ?::bytea[]) AS p(message, kind, hash, name)
                CROSS JOIN LATERAL (
                    SELECT node FROM interests
                    WHERE kind = p.kind AND hash = p.hash AND name = p.name
                    UNION ALL
                    SELECT node FROM interests
                    WHERE p.kind = %1$d AND kind = %2$d AND prefix = substr(p.name, 1, length(prefix))
                ) x
                WHERE x.node <> ?
            ), stored AS (
                INSERT INTO messages (node, number, body, sent_at)
                SELECT ?, l.number, l.body, %3$s
                FROM unnest(?::int4[], ?::int8[], ?::bytea[]) AS l(message, number, body)
                WHERE l.message IN (SELECT message FROM wanted)
            ), placed AS (
                SELECT w.node, t.i, t.item, sum(length(t.item) + 1) OVER (PARTITION BY w.node ORDER BY t.i) / %4$d AS part
                FROM unnest(?::text[]) WITH ORDINALITY AS t(item, i)
                JOIN wanted w ON w.message = t.i
            )
            SELECT pg_notify('respql_' || node, ? || part || ' ' || string_agg(item, ',' ORDER BY i))
            FROM placed GROUP BY node, part ORDER BY node, part
            """.formatted(Interest.Kind.CHANNEL.code(), Interest.Kind.PATTERN.code(), NOW, Notifier.LONGEST_PART);

    /** PostgreSQL takes less than 8,000 bytes; a part is as long as this and one message at most. */
    private static final int LONGEST_PART = 3_900;
    /** What is longer goes through the table of messages: three bytes become four. */
    private static final int LONGEST_MESSAGE = LONGEST_PART / 4 * 3;
    private static final long KEEP_MESSAGES_MILLIS = 60_000;

    private final Database database;
    private final long id;
    private volatile ConnectionSource.Lease lease;
    private long rounds;
    private long longMessages;

    Notifier(Database database, long id) {
        this.database = database;
        this.id = id;
    }

    /** Says that this node lives; false where there is no such node. */
    boolean heartbeat() throws SQLException {
        try (PreparedStatement statement = prepare(HEARTBEAT)) {
            statement.setLong(1, id);
            return statement.executeUpdate() > 0;
        }
    }

    void register() throws SQLException {
        try (PreparedStatement statement = prepare(REGISTER)) {
            statement.setLong(1, id);
            statement.executeUpdate();
        }
    }

    /** Removes the nodes that have been silent for so long, and what they leave behind. */
    void dropStale(long millis) throws SQLException {
        if (deleteOlder(DROP_STALE, millis) > 0) {
            for (String orphans : List.of(DROP_INTERESTS, DROP_WATCHES)) {
                try (PreparedStatement statement = prepare(orphans)) {
                    statement.executeUpdate();
                }
            }
        }
        deleteOlder(DROP_MESSAGES, KEEP_MESSAGES_MILLIS);
    }

    private int deleteOlder(String text, long millis) throws SQLException {
        try (PreparedStatement statement = prepare(text)) {
            statement.setLong(1, millis);
            return statement.executeUpdate();
        }
    }

    Set<Long> otherNodes() throws SQLException {
        Set<Long> others = new HashSet<>();
        try (PreparedStatement statement = prepare(OTHERS)) {
            statement.setLong(1, id);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    others.add(rows.getLong(1));
                }
            }
        }
        return others;
    }

    void tell(long node, Notice.Kind kind) throws SQLException {
        try (PreparedStatement statement = prepare(TELL)) {
            statement.setLong(1, node);
            statement.setString(2, kind + " " + id);
            statement.execute();
        }
    }

    void tellAll(Notice.Kind kind) throws SQLException {
        try (PreparedStatement statement = prepare(TELL_ALL)) {
            statement.setString(1, kind + " " + id);
            statement.setLong(2, id);
            statement.execute();
        }
    }

    /** Takes this node, its interests and what its clients watch away, and tells the others. */
    void leave() throws SQLException {
        try (PreparedStatement statement = prepare(LEAVE)) {
            for (int parameter = 1; parameter <= 3; parameter++) {
                statement.setLong(parameter, id);
            }
            statement.executeUpdate();
        }
        tellAll(Notice.Kind.BYE);
    }

    /** Sends messages, in order, to all nodes that are interested in them. */
    void send(List<Message> all) throws SQLException {
        List<Message> messages = wanted(all);
        if (messages.isEmpty()) {
            return;
        }
        Probes probes = new Probes();
        String[] items = new String[messages.size()];
        List<Integer> longOnes = new ArrayList<>();
        List<Long> numbers = new ArrayList<>();
        List<byte[]> bodies = new ArrayList<>();
        for (int i = 0; i < items.length; i++) {
            probes.add(i + 1, messages.get(i).interests());
            byte[] body = MessageCodec.encode(messages.get(i));
            if (body.length <= LONGEST_MESSAGE) {
                items[i] = Base64.getEncoder().encodeToString(body);
            } else {
                longOnes.add(i + 1);
                numbers.add(++longMessages);
                bodies.add(body);
                items[i] = "@" + longMessages;
            }
        }
        try (PreparedStatement statement = prepare(SEND)) {
            int parameter = probes.bind(statement, 1);
            statement.setLong(parameter++, id);
            statement.setLong(parameter++, id);
            parameter = bind(statement, parameter, "int4", longOnes.toArray());
            parameter = bind(statement, parameter, "int8", numbers.toArray());
            parameter = bind(statement, parameter, "bytea", bodies.toArray(new byte[0][]));
            parameter = bind(statement, parameter, "text", items);
            statement.setString(parameter, Notice.Kind.MESSAGES + " " + id + " " + ++rounds + ".");
            statement.execute();
        }
    }

    /** Without changes of keys if nobody wants to hear of any: there are many, and mostly nobody does. */
    private List<Message> wanted(List<Message> all) throws SQLException {
        if (all.stream().noneMatch(Message.KeysChanged.class::isInstance)) {
            return all;
        }
        try (PreparedStatement statement = prepare(IS_CHANGES_WANTED)) {
            statement.setInt(1, Interest.CHANGES.kind().code());
            statement.setLong(2, Interest.CHANGES.hash());
            statement.setBytes(3, Interest.CHANGES.name().bytes());
            statement.setLong(4, id);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? all : all.stream().filter(m -> !(m instanceof Message.KeysChanged)).toList();
            }
        }
    }

    private static int bind(PreparedStatement statement, int parameter, String type, Object[] values)
            throws SQLException {
        statement.setArray(parameter, statement.getConnection().createArrayOf(type, values));
        return parameter + 1;
    }

    private PreparedStatement prepare(String text) throws SQLException {
        ConnectionSource.Lease open = lease;
        if (open == null) {
            open = database.lease();
            try (Statement statement = open.connection().createStatement()) {
                // Nothing that is written here outlives the nodes. The messages of one statement are joined by number.
                statement.execute("SET synchronous_commit = off; SET enable_hashjoin = on");
            }
            lease = open;
        }
        return open.connection().prepareStatement(text);
    }

    /** Gives the connection up, whatever happens on it; the next statement opens another. For any thread. */
    void disconnect() {
        ConnectionSource.Lease open = lease;
        lease = null;
        if (open != null) {
            open.abort();
        }
    }

    /** Which interests go with which message. */
    private static final class Probes {
        private final List<Integer> messages = new ArrayList<>();
        private final List<Integer> kinds = new ArrayList<>();
        private final List<Long> hashes = new ArrayList<>();
        private final List<byte[]> names = new ArrayList<>();

        void add(int message, Set<Interest> interests) {
            for (Interest interest : interests) {
                messages.add(message);
                kinds.add(interest.kind().code());
                hashes.add(interest.hash());
                names.add(interest.name().bytes());
            }
        }

        int bind(PreparedStatement statement, int first) throws SQLException {
            int parameter = Notifier.bind(statement, first, "int4", messages.toArray());
            parameter = Notifier.bind(statement, parameter, "int4", kinds.toArray());
            parameter = Notifier.bind(statement, parameter, "int8", hashes.toArray());
            return Notifier.bind(statement, parameter, "bytea", names.toArray(new byte[0][]));
        }
    }
}
