package dev.respql.bus;

import static dev.respql.sql.SqlStatement.bytes;
import static dev.respql.sql.SqlStatement.integer;
import static dev.respql.sql.SqlStatement.number;

import dev.respql.sql.Rows;
import dev.respql.sql.SqlLink;
import dev.respql.sql.SqlStatement;
import dev.respql.store.Prefetch;
import dev.respql.store.Tx;
import dev.respql.value.Glob;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What clients of other nodes have subscribed to, as one unit of work finds it. Used by its thread; PostgreSQL only. */
public final class Audience implements Prefetch.Reading {
    /** The subscribers of a channel, and patterns that may match it. */
    private static final SqlStatement COUNT = SqlStatement.of("""
            SELECT n.i, x.kind, x.name, x.count, txid_snapshot_xmax(txid_current_snapshot())
            FROM {rows} CROSS JOIN LATERAL (
                SELECT kind, name, count FROM interests
                WHERE kind = n.kind AND hash = n.hash AND name = n.name AND node <> n.node
                UNION ALL
                SELECT kind, name, count FROM interests
                WHERE n.kind = %d AND kind = %d AND prefix = substr(n.name, 1, length(prefix)) AND node <> n.node
            ) x
            """.formatted(Interest.Kind.CHANNEL.code(), Interest.Kind.PATTERN.code()),
            integer("kind"), number("hash"), bytes("name"), number("node"));

    private static final SqlStatement NAMES = SqlStatement.of("""
            SELECT DISTINCT name FROM interests WHERE kind = ? AND node <> ?
            """, integer("kind"), number("node"));

    private final long node;
    private final Set<Interest> wanted = new LinkedHashSet<>();
    private final Map<Interest, Long> direct = new HashMap<>();
    private final Map<Interest, Long> byPattern = new HashMap<>();
    private final Map<Interest, Long> before = new HashMap<>();

    private Audience(Bus bus) {
        this.node = bus.id();
    }

    /** What the unit of work knows, and will know. */
    public static Audience of(Tx tx, Bus bus) {
        return tx.reading(Audience.class, () -> new Audience(bus));
    }

    /** Says that {@link #count} will be asked for this channel. */
    public static void announce(Prefetch prefetch, Bus bus, Interest channel) {
        prefetch.reading(Audience.class, () -> new Audience(bus)).wanted.add(channel);
    }

    /** How many messages to this channel or shard channel clients of other nodes would get. */
    public long count(Tx tx, Interest channel) {
        read(tx, Set.of(channel));
        return direct.getOrDefault(channel, 0L) + byPattern.getOrDefault(channel, 0L);
    }

    /** What was counted last for the channel was written before the transaction with this number. */
    public long before(Interest channel) {
        return before.getOrDefault(channel, Long.MAX_VALUE);
    }

    /** How many clients of other nodes have subscribed to just this channel or shard channel. */
    public long subscribers(Interest channel) {
        return direct.getOrDefault(channel, 0L);
    }

    /** Reads, in one statement, what is asked for next. */
    public void read(Tx tx, Collection<Interest> channels) {
        if (!direct.keySet().containsAll(channels)) {
            wanted.addAll(channels);
            tx.read(this);
        }
    }

    /** The names of everything of this kind that clients of other nodes have subscribed to. */
    public Set<Interest> subscribed(Tx tx, Interest.Kind kind) {
        Set<Interest> all = new HashSet<>();
        tx.read(link -> link.queue(NAMES, Rows.of(NAMES).next().set(0, kind.code()).set(1, node),
                row -> all.add(Interest.named(kind, row.bytes(1)))));
        return all;
    }

    @Override
    public void queue(SqlLink link) {
        List<Interest> channels = new ArrayList<>(wanted);
        Rows rows = Rows.of(COUNT);
        for (Interest channel : channels) {
            rows.next().set(0, channel.kind().code()).set(1, channel.hash()).set(2, channel.name().bytes()).set(3, node);
            direct.put(channel, 0L);
            byPattern.remove(channel);
        }
        wanted.clear();
        link.queue(COUNT, rows, row -> {
            Interest channel = channels.get(row.ordinal());
            before.put(channel, row.number(5));
            if (row.number(2) == channel.kind().code()) {
                direct.merge(channel, row.number(4), Long::sum);
            } else if (Glob.matches(row.bytes(3), channel.name().bytes(), false)) {
                byPattern.merge(channel, row.number(4), Long::sum);
            }
        });
    }
}
