package dev.respql.store;

import dev.respql.sql.SqlLink;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The unit of work: what one batch reads and changes. Commands see only this. It keeps every key that was read in an
 * identity map and buffers what is written, so that later commands see it and it goes out in a few statements. Used by
 * one lane's thread, for one attempt at one batch.
 */
public final class Tx {
    /** What is neither key nor value and is written in the same transaction. Used by the unit of work's thread. */
    public interface Participant {
        /** Queues what is to be written; may be called several times. */
        void flush(SqlLink link);

        void committed();

        /** Also where it is not known whether the commit took place. */
        void rolledBack();
    }

    private final SqlLink link;
    private final RowCache cache;
    private final LongSupplier clock;
    private long now = -1;
    private final Keys keys;
    private final Strings strings;
    private final Hashes hashes;
    private final Lists lists;
    private final Sets sets;
    private final Zsets zsets;
    private final WatchedKeys watchedKeys;
    private final ScriptSources scripts;
    private final FunctionSources functions;
    private final Map<ValueType, ValueStore> stores = new EnumMap<>(ValueType.class);
    private final List<Runnable> afterCommit = new ArrayList<>();
    private final List<Runnable> onRollback = new ArrayList<>();
    private final Set<Participant> participants = new LinkedHashSet<>();
    private final Map<Class<?>, Prefetch.Reading> readings = new HashMap<>();
    private List<KeyName> touched = List.of();
    private List<KeyName> touchedBefore = List.of();
    private boolean needsSnapshot;
    private boolean readsOnlyWhatWasHinted;

    /**
     * @param cache what was committed on the same connection before
     * @param clock says the time for all that happens in this unit of work, in milliseconds since 1970. It is asked once,
     *     when the first row has been read, and so after the unit of work has waited for its locks
     */
    public Tx(SqlLink link, RowCache cache, LongSupplier clock) {
        this.link = link;
        this.cache = cache;
        this.clock = clock;
        this.keys = new Keys(this);
        this.strings = new Strings(this);
        this.hashes = new Hashes(this);
        this.lists = new Lists(this);
        this.sets = new Sets(this);
        this.zsets = new Zsets(this);
        this.watchedKeys = new WatchedKeys(this);
        this.scripts = new ScriptSources(this);
        this.functions = new FunctionSources(this);
        stores.put(ValueType.STRING, strings);
        stores.put(ValueType.HASH, hashes);
        stores.put(ValueType.LIST, lists);
        stores.put(ValueType.SET, sets);
        stores.put(ValueType.ZSET, zsets);
    }

    /** Milliseconds since 1970, the same throughout the unit of work. */
    public long now() {
        if (now < 0) {
            now = clock.getAsLong();
        }
        return now;
    }

    public Keys keys() {
        return keys;
    }

    public Strings strings() {
        return strings;
    }

    public Hashes hashes() {
        return hashes;
    }

    public Lists lists() {
        return lists;
    }

    public Sets sets() {
        return sets;
    }

    public Zsets zsets() {
        return zsets;
    }

    public ScriptSources scripts() {
        return scripts;
    }

    public FunctionSources functions() {
        return functions;
    }

    public WatchedKeys watchedKeys() {
        return watchedKeys;
    }

    /** Runs something once this unit of work has been committed; never if it is not. */
    public void afterCommit(Runnable action) {
        afterCommit.add(action);
    }

    /** Takes something back that was done outside of the database, if this unit of work is not committed. */
    public void onRollback(Runnable undoing) {
        onRollback.add(undoing);
    }

    /** Has something else written in the same transaction. */
    public void enlist(Participant participant) {
        participants.add(participant);
    }

    /** Queues the reading of what was hinted. Once it was sent, {@link #fetched} must follow. */
    public void queue(Prefetch prefetch) {
        strings.queueFetch(link, prefetch.strings(), prefetch.longestString());
        long mostMembers = prefetch.mostMembers();
        long longest = prefetch.longest();
        prefetch.members().forEach((type, wanted) -> members(type).queueFetch(link, wanted, longest));
        prefetch.wholes().forEach((type, wanted) -> members(type).queueFetchAll(link, wanted, mostMembers, longest));
        lists.queueFetch(link, prefetch.left(), true, longest);
        lists.queueFetch(link, prefetch.right(), false, longest);
        lists.queueFetch(link, prefetch.indexes(), longest);
        keys.queueFetch(link, prefetch.headersOnly());
        zsets.queueRanks(link, prefetch.ranks());
        zsets.queueEnds(link, prefetch.lowest(), false);
        zsets.queueEnds(link, prefetch.highest(), true);
        zsets.queueRanges(link, prefetch.ascending(), false);
        zsets.queueRanges(link, prefetch.descending(), true);
        zsets.queueCounts(link, prefetch.counts());
        prefetch.readings().forEach((type, reading) -> {
            readings.put(type, reading);
            reading.queue(link);
        });
    }

    /** What was queued of hints has been read, and nothing has been changed since. */
    public void fetched() {
        zsets.fetched();
    }

    private MemberStore<?> members(ValueType type) {
        return (MemberStore<?>) stores.get(type);
    }

    /** Reads at once what will be asked for one by one, so that it costs one exchange with the database. */
    public void fetch(Consumer<Prefetch> announcement) {
        Prefetch prefetch = new Prefetch();
        announcement.accept(prefetch);
        lateRead();
        queue(prefetch);
        link.send();
        fetched();
    }

    /** What was hinted of this kind; if nothing was, what {@code create} makes, this time and each time after. */
    public <R extends Prefetch.Reading> R reading(Class<R> type, Supplier<R> create) {
        return type.cast(readings.computeIfAbsent(type, t -> create.get()));
    }

    /** Reads at once what was not hinted. */
    public void read(Prefetch.Reading reading) {
        lateRead();
        reading.queue(link);
        link.send();
    }

    /** Queues everything that is pending; it goes out with the next exchange, at the latest with the commit. */
    public void flush() {
        keys.flush(link);
        for (ValueStore store : stores.values()) {
            store.flush(link);
        }
        for (Participant participant : participants) {
            participant.flush(link);
        }
    }

    /**
     * The commit took place: what was to run after it is run, in order. To be called once. Something that fails keeps
     * nothing else from being run; the first failure is thrown at the end.
     */
    public void committed() {
        Throwable failure = failureOf(this::keep, null);
        for (Participant participant : participants) {
            failure = failureOf(participant::committed, failure);
        }
        for (Runnable action : afterCommit) {
            failure = failureOf(action, failure);
        }
        throwUnchecked(failure);
    }

    /** Runs something; the failure that there was before, else what it fails with, else null. */
    private static Throwable failureOf(Runnable action, Throwable before) {
        try {
            action.run();
            return before;
        } catch (RuntimeException | Error e) {
            return before == null ? e : before;
        }
    }

    private static void throwUnchecked(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw (RuntimeException) failure;
        }
    }

    private void keep() {
        try {
            keys.keep(cache);
            for (ValueStore store : stores.values()) {
                store.keep(cache);
            }
        } catch (RuntimeException e) {
            cache.clear();
            throw e;
        }
    }

    /**
     * There was no commit, as far as is known: what was done outside of the database is taken back, last things first.
     * As in {@link #committed}, all of it is, whatever fails.
     */
    public void rolledBack() {
        cache.clear();
        Throwable failure = null;
        for (int i = onRollback.size() - 1; i >= 0; i--) {
            failure = failureOf(onRollback.get(i), failure);
        }
        for (Participant participant : participants) {
            failure = failureOf(participant::rolledBack, failure);
        }
        throwUnchecked(failure);
    }

    /** What takes part in this unit of work, as the only one of its kind; it is enlisted when it is first asked for. */
    public <P extends Participant> P participant(Class<P> kind, Supplier<P> create) {
        for (Participant participant : participants) {
            if (kind.isInstance(participant)) {
                return kind.cast(participant);
            }
        }
        P created = create.get();
        enlist(created);
        return created;
    }

    /** Takes note that a key is not what it was. */
    void touch(Slot slot) {
        if (slot != null && !slot.touched) {
            slot.touched = true;
            touched = touched.isEmpty() ? new ArrayList<>(4) : touched;
            touched.add(slot.name);
        }
    }

    /** The keys that were changed, created or deleted since this was last asked. */
    public List<KeyName> takeTouched() {
        newlyTouched();
        List<KeyName> taken = touchedBefore;
        touchedBefore = List.of();
        return taken;
    }

    /** Those keys of {@link #takeTouched}, which will still tell of them, that this was not asked for before. */
    public List<KeyName> newlyTouched() {
        List<KeyName> taken = touched;
        if (!taken.isEmpty()) {
            touched = List.of();
            keys.untouch(taken);
            if (touchedBefore.isEmpty()) {
                touchedBefore = taken;
            } else {
                touchedBefore = new ArrayList<>(touchedBefore);
                touchedBefore.addAll(taken);
            }
        }
        return taken;
    }

    ValueStore store(ValueType type) {
        return stores.get(type);
    }

    SqlLink link() {
        return link;
    }

    RowCache cache() {
        return cache;
    }

    /** To be called before each statement that was not announced by a hint. */
    SqlLink lateRead() {
        if (needsSnapshot || readsOnlyWhatWasHinted) {
            throw SnapshotNeeded.INSTANCE;
        }
        return link;
    }

    /**
     * Says whether, for the time being, nothing may be read but what was hinted, since other writers could have changed
     * the rest meanwhile: reading more throws {@link SnapshotNeeded}.
     */
    public void onlyHinted(boolean only) {
        readsOnlyWhatWasHinted = only && link.hasOtherWriters();
    }

    /** Says that what was read so far came from one snapshot that is gone: reading more throws {@link SnapshotNeeded}. */
    public void snapshotEnded() {
        needsSnapshot = link.hasOtherWriters();
    }
}
