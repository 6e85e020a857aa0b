package dev.respql.engine;

import dev.respql.command.Command;
import dev.respql.command.CommandException;
import dev.respql.command.Flag;
import dev.respql.protocol.Reply;
import dev.respql.sql.DatabaseException;
import dev.respql.sql.SqlLink;
import dev.respql.store.KeyName;
import dev.respql.store.Prefetch;
import dev.respql.store.SnapshotNeeded;
import dev.respql.store.Tx;
import dev.respql.store.WrongTypeException;
import java.util.ArrayList;
import java.util.List;

/**
 * Calls that run as one transaction: lock, prefetch, apply in order, flush, commit. Replies are in the calls when
 * {@link #run} returns and may be sent then. A call that has none then did not run, because much had been answered
 * already ({@link ReplyBudget}); it belongs into another batch. While a script runs for long, calls behind it may leave the
 * batch ({@link Call#leave}). Used by a lane's thread, once.
 */
final class Batch {
    private static final int MAX_RETRIES = 20;
    private static final int PATIENCE = 3;
    static final String UNKNOWN_OUTCOME =
            "ERR the connection to the database broke while committing: whether this command took effect is not known";

    private final Node node;
    private final Lane lane;
    private final SqlLink link;
    private final List<Call> calls;
    /** Of the attempt under way. */
    private KeyChanges keyChanges;
    private int attempts;

    /**
     * @param lane on whose connection they run
     * @param planned calls in order; those that ran at intake have their reply already
     */
    Batch(Node node, Lane lane, List<Call> planned) {
        this.node = node;
        this.lane = lane;
        this.link = lane.link();
        this.calls = new ArrayList<>(planned.size());
        for (Call call : planned) {
            if (call.reply() == null) {
                calls.add(call);
            }
        }
    }

    void run() {
        if (!calls.isEmpty()) {
            runTogether(false, 0);
        }
    }

    /** @param lockReads whether the keys of calls that only read are locked, too, though their hints seemed to be enough */
    private void runTogether(boolean lockReads, int attempt) {
        try {
            attempt(lockReads);
        } catch (SnapshotNeeded e) {
            rollBack();
            if (lockReads) {
                throw new IllegalStateException("a batch that has locked what it reads needs no snapshot", e);
            }
            runTogether(true, attempt);
        } catch (RuntimeException e) {
            rollBack();
            recover(e, lockReads, attempt);
        }
    }

    private void rollBack() {
        link.rollback();
        calls.removeIf(Call::hasLeft);
    }

    /** After a rollback: retries, isolates the guilty call, or blames it. */
    private void recover(RuntimeException failure, boolean lockReads, int attempt) {
        DatabaseException database = failure instanceof DatabaseException d ? d : null;
        if (database != null && database.outcomeUnknown()) {
            node.stats().unknownOutcome();
            node.tracking().perhapsChanged();
            node.keysMayBeReady();
            outcomeUnknown();
            return;
        }
        if (database != null && (database.worthRetrying() || database.connectionLost()) && attempt < retries(database)) {
            node.stats().retried();
            runTogether(lockReads, attempt + 1);
            return;
        }
        String error = database == null ? "ERR internal error" : "ERR database error: " + database.getMessage();
        if (database != null && database.nobodysFault()) {
            // One by one they would fail as well, and each perhaps wait for it.
            node.report("a batch of " + calls.size() + " commands failed", failure);
            calls.forEach(call -> fail(call, error));
            return;
        }
        if (calls.size() == 1 && failure instanceof ScriptGivenUpException) {
            // As in Redis, which ends where it stands.
            calls.get(0).reply(Reply.NONE);
            node.kill(calls.get(0).client());
            return;
        }
        if (calls.size() == 1) {
            node.report("a command failed: " + calls.get(0).command(), failure);
            fail(calls.get(0), error);
            return;
        }
        node.stats().splitUp();
        runOneByOne(calls);
    }

    private void fail(Call call, String error) {
        call.reply(new Reply.Error(error));
        node.observer().ran(call, 0);
    }

    /** Who may have written is told so; those that only read may run again, and those that did not run yet wait. */
    private void outcomeUnknown() {
        List<Call> harmless = new ArrayList<>();
        for (Call call : calls) {
            if (call.reply() != null && call.writes()) {
                fail(call, UNKNOWN_OUTCOME);
            } else if (call.reply() != null) {
                harmless.add(call);
            }
        }
        runOneByOne(harmless);
    }

    private void runOneByOne(List<Call> some) {
        ReplyBudget budget = new ReplyBudget();
        // Of all of them before the first one runs: a call that has a reply counts as one that has run.
        some.forEach(call -> call.reply(null));
        for (Call call : some) {
            if (!call.hasLeft() && budget.allows(call.client())) {
                new Batch(node, lane, call).run();
                budget.spend(call.client(), call.reply());
            }
        }
    }

    private Batch(Node node, Lane lane, Call alone) {
        this.node = node;
        this.lane = lane;
        this.link = lane.link();
        this.calls = new ArrayList<>(List.of(alone));
    }

    private static int retries(DatabaseException failure) {
        return failure.connectionLost() ? 1 : MAX_RETRIES;
    }

    private SqlLink.Mode mode(boolean lockReads) {
        boolean hinted = true;
        for (Call call : calls) {
            if (call.writes()) {
                return SqlLink.Mode.WRITE;
            }
            hinted &= call.isHinted();
        }
        return hinted && !lockReads ? SqlLink.Mode.SINGLE : SqlLink.Mode.READ;
    }

    private void attempt(boolean lockReads) {
        Tx tx = lane.newTx();
        long[] times = new long[4];
        List<Call> ran = new ArrayList<>(calls.size());
        try {
            attempt(mode(lockReads), lockReads, tx, ran, times);
        } catch (RuntimeException | Error e) {
            if (e instanceof DatabaseException failure && failure.outcomeUnknown()) {
                keyChanges.outcomeUnknown();
            }
            takeBack(tx);
            throw e;
        }
        try {
            tx.committed();
            node.observer().ran(ran, times[1] - times[0], times[3] - times[2], System.nanoTime() - times[3]);
        } catch (RuntimeException e) {
            // What is committed must not run again.
            node.report("something failed after a commit", e);
        }
    }

    private void takeBack(Tx tx) {
        try {
            tx.rolledBack();
        } catch (RuntimeException e) {
            // What becomes of the batch depends on what it has failed of itself.
            node.report("something could not be taken back", e);
        }
    }

    private void attempt(SqlLink.Mode mode, boolean lockReads, Tx tx, List<Call> ran, long[] times) {
        times[0] = System.nanoTime();
        KeyLocks locks = new KeyLocks();
        if (attempts++ > PATIENCE) {
            // Batches that take locks on the way could go on getting into each other's.
            locks.takeAll();
        }
        keyChanges = new KeyChanges(node, link, locks);
        Prefetch prefetch = new Prefetch();
        boolean tracked = node.tracking().on() && link.hasOtherWriters();
        for (Call call : calls) {
            call.tx(tx);
            call.locks(mode == SqlLink.Mode.WRITE ? locks : null);
            call.reply(null);
            if (tracked) {
                node.tracking().expect(call);
            }
            if (node.prefetches()) {
                call.announce(prefetch);
            }
        }
        if (mode == SqlLink.Mode.SINGLE && prefetch.isAll()) {
            link.begin(prefetch.statements() > 1 ? SqlLink.Mode.READ : SqlLink.Mode.SINGLE);
            tx.queue(prefetch);
            link.commit();
            tx.fetched();
            tx.snapshotEnded();
        } else {
            link.begin(mode == SqlLink.Mode.SINGLE ? SqlLink.Mode.READ : mode);
            if (mode == SqlLink.Mode.WRITE) {
                lock(lockReads, prefetch, locks);
            }
            tx.queue(prefetch);
            link.send();
            tx.fetched();
        }
        times[1] = System.nanoTime();
        ReplyBudget budget = new ReplyBudget();
        for (Call call : calls) {
            if (call.hasLeft()) {
                continue;
            }
            if (budget.allows(call.client())) {
                // Who may read more than its hints name, as of the batch's locks.
                tx.onlyHinted(mode == SqlLink.Mode.WRITE && link.hasOtherWriters()
                        && !mayReadMore(call, lockReads, prefetch) && !locks.keep(call.touchedKeys()));
                apply(call);
                tx.onlyHinted(false);
                ran.add(call);
                budget.spend(call.client(), call.reply());
                keyChanges.tell(tx, ran);
                countLookups(call, tx);
            }
        }
        keyChanges.tellOthers(tx);
        times[2] = System.nanoTime();
        tx.flush();
        times[3] = System.nanoTime();
        link.commit();
    }

    private void countLookups(Call call, Tx tx) {
        if (call.command().is(Flag.READONLY)) {
            long found = 0;
            long missing = 0;
            for (KeyName key : call.keys()) {
                boolean exists = tx.keys().seen(key);
                found += exists ? 1 : 0;
                missing += exists ? 0 : 1;
            }
            node.stats().lookups(found, missing);
        }
    }

    /**
     * Locks the keys that calls may change, also those that they only read, which they may do in several statements; and,
     * less strictly, those of other calls that read in several statements, be it that their hints need several, or as
     * parts of a transaction. In one order on all nodes, so that no two batches wait for each other.
     */
    private void lock(boolean lockReads, Prefetch prefetch, KeyLocks locks) {
        if (!link.hasOtherWriters()) {
            return;
        }
        for (Call call : calls) {
            if (call.isExclusive()) {
                locks.takeAll();
            } else {
                addLocks(call, lockReads, prefetch, locks);
            }
        }
        locks.take(link);
    }

    private void addLocks(Call call, boolean lockReads, Prefetch prefetch, KeyLocks locks) {
        Command command = call.command();
        if (command.mayWrite()) {
            for (KeyName key : call.touchedKeys()) {
                locks.change(key);
                if (node.blocked().count() > 0 && link.hasOtherWriters()) {
                    KeyChanges.addWaiting(node, key, locks);
                }
            }
        } else if (command.locksKeys() || command.is(Flag.READONLY) && locksReads(call, lockReads, prefetch)) {
            call.touchedKeys().forEach(locks::read);
        }
        call.watched().forEach(locks::read);
        for (Call part : call.parts()) {
            addLocks(part, lockReads, prefetch, locks);
        }
    }

    private static boolean locksReads(Call call, boolean lockReads, Prefetch prefetch) {
        return lockReads || call.isPart() || !call.command().hinted() || prefetch.takesSeveral(call.touchedKeys());
    }

    /** Whether a call of a batch that writes may read what it has not hinted: it is locked, as parts always are. */
    private static boolean mayReadMore(Call call, boolean lockReads, Prefetch prefetch) {
        return call.writes() || call.command().locksKeys() || !call.parts().isEmpty()
                || locksReads(call, lockReads, prefetch);
    }

    /** Runs one call's code and takes its reply. */
    static void apply(Call call) {
        long started = System.nanoTime();
        KeyEvents events = call.node().keyEvents();
        boolean observed = call.tx() != null && events.on();
        if (observed) {
            events.observe(call);
        }
        try {
            call.reply(call.command().run(call));
        } catch (CommandException e) {
            call.reply(e.reply());
        } catch (WrongTypeException e) {
            call.reply(CommandException.wrongType().reply());
        }
        if (observed) {
            events.ran(call);
        }
        if (call.tx() != null && call.node().tracking().on()) {
            call.node().tracking().ran(call);
        }
        call.nanos(System.nanoTime() - started);
    }
}
