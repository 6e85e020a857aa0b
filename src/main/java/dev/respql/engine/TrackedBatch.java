package dev.respql.engine;

import dev.respql.sql.SqlLink;
import dev.respql.store.ByteKey;
import dev.respql.store.KeyName;
import dev.respql.store.Tx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * What one unit of work reads for clients that track, and changes: found out call by call, so that who reads after a change
 * is not told of it; told after the commit, so that who reads the old value meanwhile, on another lane, is. Used by the
 * batch's thread.
 */
final class TrackedBatch implements Tx.Participant {
    private static final Set<Long> NOBODY = Set.of();

    /** @param key null stands for all keys; {@code due}: the clients that had a copy when the call ran */
    private record Change(Call call, ByteKey key, Set<Long> due) {
    }

    /** A key that was changed here, and perhaps read afterwards. */
    private static final class Changed {
        private final Set<Long> readersSince = new LinkedHashSet<>();
        private final Set<Long> told = new HashSet<>();
        private Change last;
    }

    private final Tracking tracking;
    private final TrackedKeys keys;
    /** Those who are remembered as readers of a key, but have not read it yet. */
    private final Map<ByteKey, Set<Long>> expected = new HashMap<>();
    private final Map<ByteKey, Changed> changed = new LinkedHashMap<>();
    private final Map<ByteKey, Long> changedBy = new LinkedHashMap<>();
    private final List<Change> changes = new ArrayList<>();
    private boolean flushed;

    private TrackedBatch(Tracking tracking) {
        this.tracking = tracking;
        this.keys = tracking.keys();
    }

    static TrackedBatch of(Tx tx, Tracking tracking) {
        return tx.participant(TrackedBatch.class, () -> new TrackedBatch(tracking));
    }

    void expect(ByteKey key, Client client) {
        if (keys.add(key, client.id())) {
            expected.computeIfAbsent(key, k -> new HashSet<>()).add(client.id());
        }
    }

    void read(ByteKey key, Client client) {
        expected.getOrDefault(key, new HashSet<>()).remove(client.id());
        keys.add(key, client.id());
        Changed before = flushed ? changed.computeIfAbsent(key, k -> new Changed()) : changed.get(key);
        if (before != null) {
            before.readersSince.add(client.id());
        }
    }

    void changed(Call call, List<KeyName> touched) {
        for (KeyName name : touched) {
            ByteKey key = new ByteKey(name.bytes());
            changedBy.put(key, call.client().id());
            Set<Long> due = new LinkedHashSet<>(readers(key));
            Changed it = changed.computeIfAbsent(key, k -> new Changed());
            it.readersSince.clear();
            it.told.addAll(due);
            it.last = new Change(call, key, due);
            changes.add(it.last);
        }
    }

    void flushed(Call call) {
        flushed = true;
        changed.clear();
        changes.add(new Change(call, null, NOBODY));
    }

    /** Who has a copy, as far as this unit of work has come. */
    private Set<Long> readers(ByteKey key) {
        Changed before = changed.get(key);
        if (before != null || flushed) {
            return before == null ? NOBODY : before.readersSince;
        }
        Set<Long> readers = new LinkedHashSet<>();
        LongStream.of(keys.readers(key)).forEach(readers::add);
        readers.removeAll(expected.getOrDefault(key, NOBODY));
        return readers;
    }

    @Override
    public void flush(SqlLink link) {
        // Nothing of this is in the database.
    }

    @Override
    public void committed() {
        if (flushed) {
            keys.clear();
            changed.forEach((key, it) -> it.readersSince.forEach(id -> keys.add(key, id)));
        }
        for (Change change : changes) {
            List<Delivery> deliveries = new ArrayList<>();
            if (change.key == null) {
                deliveries.addAll(tracking.toAll());
            } else {
                Changed it = changed.get(change.key);
                if (it != null && it.last == change) {
                    addReadersMeanwhile(change, it);
                }
                long[] ids = change.due.stream().mapToLong(Long::longValue).toArray();
                tracking.invalidate(ids, change.key, change.call.client().id(), deliveries);
            }
            change.call.deliver(deliveries);
        }
        tracking.broadcast(changedBy);
        end();
    }

    /** Adds those of other lanes who have read the key since, and may have read what it was. */
    private void addReadersMeanwhile(Change last, Changed it) {
        for (long id : keys.removeAllBut(it.readersSince, last.key)) {
            if (!it.told.contains(id) && !expected.getOrDefault(last.key, NOBODY).contains(id)) {
                last.due.add(id);
            }
        }
    }

    @Override
    public void rolledBack() {
        end();
    }

    private void end() {
        expected.forEach((key, ids) -> ids.forEach(id -> keys.remove(key, id)));
        tracking.trim();
    }
}
