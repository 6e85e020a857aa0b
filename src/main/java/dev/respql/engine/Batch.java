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
import java.util.stream.LongStream;

/**
 * Calls that run as one transaction: lock, prefetch, apply in order, flush, commit. Replies are in the calls when
 * {@link #run} returns and may be sent then. A call that has none then did not run, because much had been answered
 * already ({@link ReplyBudget}); it belongs into another batch. Used by a lane's thread, once.
 */
final class Batch {
    private static final int MAX_RETRIES = 20;
    private static final String UNKNOWN_OUTCOME =
            "ERR the connection to the database broke while committing: whether this command took effect is not known";

    private final Node node;
    private final SqlLink link;
    private final List<Call> calls;

    /** @param planned calls in order; those that ran at intake have their reply already */
    Batch(Node node, SqlLink link, List<Call> planned) {
        this.node = node;
        this.link = link;
        this.calls = new ArrayList<>(planned.size());
        for (Call call : planned) {
            if (call.reply() == null) {
                calls.add(call);
            }
        }
    }

    void run() {
        if (!calls.isEmpty()) {
            runTogether(0);
        }
    }

    private void runTogether(int attempt) {
        try {
            attempt(mode());
        } catch (SnapshotNeeded e) {
            link.rollback();
            runAgain(SqlLink.Mode.READ, attempt);
        } catch (RuntimeException e) {
            link.rollback();
            recover(e, attempt);
        }
    }

    private void runAgain(SqlLink.Mode mode, int attempt) {
        try {
            attempt(mode);
        } catch (RuntimeException e) {
            link.rollback();
            recover(e, attempt);
        }
    }

    /** After a rollback: retries, isolates the guilty call, or blames it. */
    private void recover(RuntimeException failure, int attempt) {
        DatabaseException database = failure instanceof DatabaseException d ? d : null;
        if (database != null && database.outcomeUnknown()) {
            node.stats().unknownOutcome();
            for (Call call : calls) {
                call.reply(new Reply.Error(UNKNOWN_OUTCOME));
                node.observer().ran(call, 0);
            }
            return;
        }
        if (database != null && (database.worthRetrying() || database.connectionLost()) && attempt < retries(database)) {
            node.stats().retried();
            runTogether(attempt + 1);
            return;
        }
        if (calls.size() == 1) {
            node.report("a command failed: " + calls.get(0).command(), failure);
            calls.get(0).reply(new Reply.Error(database == null
                    ? "ERR internal error" : "ERR database error: " + database.getMessage()));
            node.observer().ran(calls.get(0), 0);
            return;
        }
        node.stats().splitUp();
        ReplyBudget budget = new ReplyBudget();
        for (Call call : calls) {
            call.reply(null);
            if (budget.allows(call.client())) {
                new Batch(node, link, call).run();
                budget.spend(call.client(), call.reply());
            }
        }
    }

    private Batch(Node node, SqlLink link, Call alone) {
        this.node = node;
        this.link = link;
        this.calls = List.of(alone);
    }

    private static int retries(DatabaseException failure) {
        return failure.connectionLost() ? 1 : MAX_RETRIES;
    }

    private SqlLink.Mode mode() {
        boolean hinted = true;
        for (Call call : calls) {
            Command command = call.command();
            if (command.is(Flag.WRITE) || command.changesClient()) {
                return SqlLink.Mode.WRITE;
            }
            hinted &= command.hinted();
        }
        return hinted ? SqlLink.Mode.SINGLE : SqlLink.Mode.READ;
    }

    private void attempt(SqlLink.Mode mode) {
        Tx tx = new Tx(link, node.now());
        try {
            attempt(mode, tx);
        } catch (RuntimeException | Error e) {
            tx.rolledBack();
            throw e;
        }
        tx.committed();
    }

    private void attempt(SqlLink.Mode mode, Tx tx) {
        long started = System.nanoTime();
        Prefetch prefetch = new Prefetch();
        for (Call call : calls) {
            call.tx(tx);
            call.reply(null);
            if (node.prefetches()) {
                call.command().hint().announce(call, prefetch);
            }
        }
        if (mode == SqlLink.Mode.SINGLE && prefetch.isAll()) {
            link.begin(prefetch.statements() > 1 ? SqlLink.Mode.READ : SqlLink.Mode.SINGLE);
            tx.queue(prefetch);
            link.commit();
            tx.snapshotEnded();
        } else {
            link.begin(mode == SqlLink.Mode.SINGLE ? SqlLink.Mode.READ : mode);
            if (mode == SqlLink.Mode.WRITE) {
                lock();
            }
            tx.queue(prefetch);
            link.send();
        }
        long fetched = System.nanoTime();
        long found = 0;
        long missing = 0;
        List<Call> ran = new ArrayList<>(calls.size());
        ReplyBudget budget = new ReplyBudget();
        for (Call call : calls) {
            if (!budget.allows(call.client())) {
                continue;
            }
            apply(call);
            ran.add(call);
            budget.spend(call.client(), call.reply());
            if (call.command().is(Flag.READONLY)) {
                for (KeyName key : call.keys()) {
                    boolean exists = tx.keys().seen(key);
                    found += exists ? 1 : 0;
                    missing += exists ? 0 : 1;
                }
            }
        }
        long applied = System.nanoTime();
        tx.flush();
        long flushed = System.nanoTime();
        link.commit();
        long committed = System.nanoTime();
        node.stats().lookups(found, missing);
        node.observer().ran(ran, fetched - started, flushed - applied, committed - flushed);
    }

    /**
     * Locks the keys of commands that write, also those that they only read, which they may do in several statements. In
     * one order on all nodes, so that no two batches wait for each other.
     */
    private void lock() {
        LongStream.Builder locks = LongStream.builder();
        for (Call call : calls) {
            if (call.command().exclusive()) {
                link.lockAll();
                return;
            }
            if (call.command().is(Flag.WRITE)) {
                for (KeyName key : call.touchedKeys()) {
                    locks.add(key.lock());
                }
            }
        }
        long[] ordered = locks.build().sorted().distinct().toArray();
        if (ordered.length > MAX_LOCKS) {
            link.lockAll();
        } else {
            link.lockKeys(ordered);
        }
    }

    /** PostgreSQL's table of locks is bounded: beyond this a batch takes everything instead. */
    private static final int MAX_LOCKS = 2 * Lane.MAX_CALLS;

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
        call.nanos(System.nanoTime() - started);
    }
}
