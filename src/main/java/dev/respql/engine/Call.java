package dev.respql.engine;

import dev.respql.command.Command;
import dev.respql.command.CommandException;
import dev.respql.command.Flag;
import dev.respql.config.KeyspaceEvents;
import dev.respql.protocol.Reply;
import dev.respql.store.KeyName;
import dev.respql.store.Prefetch;
import dev.respql.store.Tx;
import dev.respql.value.Bytes;
import dev.respql.value.NotANumber;
import dev.respql.value.Numbers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * One call of a command by a client: its arguments and what it may use. The database, protocol and reply mode are those
 * that the client had when the call was taken from its queue, or that a command at intake has set. Used by its lane's
 * thread.
 */
public final class Call {
    private final Node node;
    private final Client client;
    private final Command command;
    private final byte[][] arguments;
    private int db;
    private int respVersion;
    private boolean silent;
    private final boolean caching;
    private List<KeyName> keys;
    private List<Call> parts = List.of();
    private Call whole;
    /** What a part was found to use while it ran; another run of the batch locks it in the common order. */
    private List<KeyName> foundKeys = List.of();
    private Transaction transaction;
    private List<KeyName> watched = List.of();
    private int dbBefore;
    private KeyName readyKey;
    private boolean ranAtIntake;
    private boolean left;
    private KeyLocks locks;
    private Tx tx;
    private Reply reply;
    private List<Delivery> deliveries = List.of();
    private List<KeyEvents.Raised> raised = List.of();
    private long nanos;

    Call(Node node, Client client, Command command, byte[][] arguments) {
        this.node = node;
        this.client = client;
        this.command = command;
        this.arguments = arguments;
        this.db = client.db();
        this.respVersion = client.respVersion();
        client.callTaken();
        this.silent = client.silent();
        this.caching = client.caching();
    }

    // ---- arguments; 0 is the command's name

    public int count() {
        return arguments.length;
    }

    /** The bytes of an argument; must not be changed. */
    public byte[] bytes(int index) {
        return arguments[index];
    }

    /** All arguments with the command's name; must not be changed. */
    public byte[][] arguments() {
        return arguments;
    }

    /** An argument as text, one character a byte. */
    public String text(int index) {
        return Bytes.text(arguments[index]);
    }

    /** Whether an argument is this (upper-case) word, in any case. */
    public boolean is(int index, String word) {
        return Bytes.equalsIgnoreCase(arguments[index], word);
    }

    /** @throws CommandException {@code value is not an integer or out of range} */
    public long number(int index) {
        try {
            return Numbers.toLong(arguments[index]);
        } catch (NotANumber e) {
            throw CommandException.notAnInteger();
        }
    }

    /** An argument that names a key of the client's database. */
    public KeyName key(int index) {
        // Mostly the only key, which locking and prefetching have asked for: one object and one hash are enough.
        if (keys != null && !keys.isEmpty() && keys.get(0).bytes() == arguments[index]) {
            return keys.get(0);
        }
        return new KeyName(db, arguments[index]);
    }

    /** All keys that the command names, as its key specifications find them. */
    public List<KeyName> keys() {
        if (keys == null) {
            keys = new ArrayList<>(4);
            command.keyPositions(arguments, position -> keys.add(key(position)));
        }
        return keys;
    }

    /** All keys that the call may touch: {@link #keys} and what the command, or a run before, finds beside them. */
    public List<KeyName> touchedKeys() {
        List<KeyName> more = command.moreKeys(this);
        if (more.isEmpty() && foundKeys.isEmpty()) {
            return keys();
        }
        List<KeyName> all = new ArrayList<>(keys());
        all.addAll(more);
        all.addAll(foundKeys);
        return all;
    }

    // ---- calls that are made of others, or are part of one

    /** Whether this is part of another call (EXEC, a script), all of which is run without a break. */
    public boolean isPart() {
        return whole != null;
    }

    /** What the client had queued, for EXEC; null where that was not between MULTI and EXEC. */
    public Transaction transaction() {
        return transaction;
    }

    /**
     * Takes what the client has queued, to be run as parts of this call, and ends the queueing. At intake.
     *
     * @return false where the client has not said MULTI
     */
    public boolean takeTransaction() {
        transaction = client.transaction();
        if (transaction == null) {
            return false;
        }
        watched = client.watches().stream().map(Watches.Watch::key).toList();
        dbBefore = client.db();
        if (!transaction.isBroken()) {
            parts = new ArrayList<>(transaction.size());
            for (Transaction.Queued queued : transaction.queue()) {
                Call part = new Call(node, client, queued.command(), queued.arguments());
                part.whole = this;
                parts.add(part);
                // What a transaction that may not take place does to the connection waits; which keys it is about cannot.
                if (queued.command().atIntake() && (watched.isEmpty() || queued.command().name().equals("select"))) {
                    part.runAtIntake();
                }
            }
        }
        client.endTransaction();
        return true;
    }

    /** The transaction does not take place: what it has done to the connection at intake is undone. */
    public void dropTransaction() {
        client.db(dbBefore);
    }

    /** Runs the parts of this call, in order; their replies. */
    public List<Reply> runParts() {
        List<Reply> replies = new ArrayList<>(parts.size());
        for (Call part : parts) {
            if (!part.ranAtIntake) {
                if (!watched.isEmpty()) {
                    // HELLO has waited as well, and counts from its turn on.
                    part.respVersion = client.respVersion();
                }
                if (part.command.atIntake()) {
                    // It may tell of the connection, which is still in the transaction.
                    client.during(transaction, command, () -> Batch.apply(part));
                    part.respVersion = client.respVersion();
                } else {
                    Batch.apply(part);
                }
            }
            replies.add(part.respVersion == respVersion
                    ? part.reply : new Reply.InVersion(part.respVersion, part.reply));
        }
        return replies;
    }

    /** The parts that are known before the call runs. */
    List<Call> parts() {
        return parts;
    }

    /** A call that is run as part of this one, which is running. */
    Call part(Command itsCommand, byte[][] itsArguments, int itsDb, int itsRespVersion) {
        Call part = new Call(this, itsCommand, itsArguments);
        part.whole = this;
        part.tx = tx;
        part.locks = locks;
        part.db = itsDb;
        part.respVersion = itsRespVersion;
        return part;
    }

    /** Whether this is a part of a call that may write: what it reads now, a later part may change. */
    boolean isPartOfWriter() {
        return whole != null && whole.writes();
    }

    /** This part is going to use a key that the whole call has not named. */
    void found(KeyName key) {
        whole.foundKeys = whole.foundKeys.isEmpty() ? new ArrayList<>() : whole.foundKeys;
        whole.foundKeys.add(key);
    }

    /** Takes the locks for a part that nobody knew of before. */
    void lockMore() {
        if (locks != null) {
            locks.takeMore(this, client.lane().link());
        }
    }

    /** The same call for one key that it has waited for. */
    Call servedBy(KeyName key) {
        Call again = new Call(this, command, arguments);
        again.readyKey = key;
        return again;
    }

    private Call(Call like, Command command, byte[][] arguments) {
        this.node = like.node;
        this.client = like.client;
        this.command = command;
        this.arguments = arguments;
        this.db = like.db;
        this.respVersion = like.respVersion;
        this.silent = like.silent;
        this.caching = like.caching;
    }

    // ---- waiting

    /**
     * The keys at which a blocking call is to look: all that it names, or, when one of them has just been given
     * something, only that one.
     */
    public List<KeyName> lookingAt(List<KeyName> named) {
        return readyKey == null ? named : List.of(readyKey);
    }

    /** Whether the call has waited and is being run again. */
    public boolean hasWaited() {
        Blocked blocked = client.blocked();
        return readyKey != null || blocked != null && blocked.call() == this;
    }

    /**
     * Waits until everything that is committed by then is on the disk.
     *
     * @param reply what the call answers then
     * @return what the command returns as its reply
     */
    public Reply awaitDurable(Reply reply) {
        Reply waiting = await(List.of(), 0, reply);
        if (waiting == Reply.NONE) {
            tx.afterCommit(() -> client.lane().endWhenDurable(client.blocked(), reply));
        }
        return waiting;
    }

    /**
     * The call found nothing and waits until one of these keys has something for it: then it is run again.
     *
     * @param millis the longest time to wait; 0: no end
     * @param onTimeout the reply when the time is over; at once where a call must not wait (inside MULTI)
     * @return what the command returns as its reply
     */
    public Reply await(List<KeyName> awaited, long millis, Reply onTimeout) {
        if (isPart()) {
            return onTimeout;
        }
        if (readyKey == null) {
            client.lane().block(this, awaited, millis, onTimeout);
        }
        return Reply.NONE;
    }

    // ---- surroundings

    public Command command() {
        return command;
    }

    public int db() {
        return db;
    }

    /** 2 or 3. */
    public int respVersion() {
        return respVersion;
    }

    public Client client() {
        return client;
    }

    public Node node() {
        return node;
    }

    /** The unit of work; not to be touched by commands that run at intake. */
    public Tx tx() {
        return tx;
    }

    /**
     * Raises a keyspace event, in the order in which Redis does; costs nothing while nobody asks for events.
     *
     * @param eventClass one of {@link dev.respql.config.KeyspaceEvents}
     */
    public void event(int eventClass, String event, KeyName key) {
        node.keyEvents().raise(this, eventClass, event, key);
    }

    /** Raises the event "del" if a key that existed does not exist any more. */
    public void eventIfGone(KeyName key) {
        if (node.keyEvents().on() && tx.keys().missing(key)) {
            event(KeyspaceEvents.GENERIC, "del", key);
        }
    }

    /**
     * Raises the event of a command that stores what it finds, or "del" where it found nothing.
     *
     * @param existed whether there was something under that key before
     * @param stored whether there is something now
     */
    public void eventOfStored(int eventClass, String event, KeyName key, boolean existed, boolean stored) {
        if (stored) {
            event(eventClass, event, key);
        } else if (existed) {
            event(KeyspaceEvents.GENERIC, "del", key);
        }
    }

    /**
     * Raises the event "keymiss" if the key does not exist that the call has looked for. For commands that write; for
     * those that read it is done.
     */
    public void missed(KeyName key) {
        if (node.keyEvents().on() && tx.keys().missing(key)) {
            event(KeyspaceEvents.KEY_MISS, "keymiss", key);
        }
    }

    /** Has published messages sent behind the reply; to be called after the commit. */
    void deliver(List<Delivery> these) {
        if (whole != null) {
            whole.deliver(these);
        } else if (!these.isEmpty()) {
            deliveries = deliveries.isEmpty() ? new ArrayList<>() : deliveries;
            deliveries.addAll(these);
        }
    }

    // ---- the engine's side

    void raised(KeyEvents.Raised event) {
        raised = raised.isEmpty() ? new ArrayList<>() : raised;
        raised.add(event);
    }

    /** The events raised since this was last called. */
    List<KeyEvents.Raised> takeRaised() {
        List<KeyEvents.Raised> taken = raised;
        raised = List.of();
        return taken;
    }

    List<Delivery> deliveries() {
        return deliveries;
    }

    /** The locks of the batch, to which the call may add; null where it needs none. */
    void locks(KeyLocks ofBatch) {
        locks = ofBatch;
        parts.forEach(part -> part.locks(ofBatch));
    }

    void tx(Tx unitOfWork) {
        this.tx = unitOfWork;
        this.raised = List.of();
        for (Call part : parts) {
            part.tx(unitOfWork);
        }
    }

    Reply reply() {
        return reply;
    }

    void reply(Reply itsReply) {
        this.reply = itsReply;
    }

    /** Whether the call, or a part of it, may change keys or what its client wants to hear of. */
    boolean writes() {
        return command.mayWrite() && !node.isReadOnly() || command.changesClient() || !watched.isEmpty() || anyPart(Call::writes);
    }

    /** Whether no other call may run beside this one. */
    boolean isExclusive() {
        return command.exclusive() || anyPart(Call::isExclusive);
    }

    /** Whether the hints name everything that the call reads. */
    boolean isHinted() {
        return command.hinted() && !anyPart(part -> !part.isHinted());
    }

    /** Whether later calls of its client must not be looked at before this one has run. */
    boolean changesClient() {
        return command.changesClient() || command.waits() || !watched.isEmpty()
                || anyPart(part -> part.command.changesClient());
    }

    private boolean anyPart(Predicate<Call> test) {
        for (Call part : parts) {
            if (!part.ranAtIntake && test.test(part)) {
                return true;
            }
        }
        return false;
    }

    void announce(Prefetch prefetch) {
        command.hint().announce(this, prefetch);
        for (Call part : parts) {
            if (!part.ranAtIntake) {
                part.announce(prefetch);
            }
        }
    }

    /** The keys that the client's transaction depends on, for EXEC. */
    List<KeyName> watched() {
        return watched;
    }

    /** Runs the code of a command that concerns only the connection. */
    void runAtIntake() {
        runApart();
        ranAtIntake();
    }

    /** Runs the code of a command that needs no unit of work outside of a batch. */
    void runApart() {
        try {
            Batch.apply(this);
        } catch (RuntimeException e) {
            node.report("a command failed: " + command, e);
            reply = new Reply.Error("ERR internal error");
        }
    }

    /** Whether the batch that is under way has run the call, whose reply waits for the commit. */
    boolean awaitsCommit() {
        return reply != null && tx != null;
    }

    /** Whether taking the call in has changed its client already, so that it can no longer be refused. */
    boolean hasBegun() {
        return parts.stream().anyMatch(part -> part.ranAtIntake)
                || reply == null && command.name().equals("discard");
    }

    /** Takes the call, which has not run, out of the batch that is under way: it is answered in another way. */
    void leave() {
        left = true;
        // For as long as the batch lasts it would keep all that the batch has read.
        tx(null);
    }

    /** Whether the call was taken out of its batch, and must not run. */
    boolean hasLeft() {
        return left;
    }

    /** Whether the client wants no reply to this call (CLIENT REPLY OFF or SKIP). */
    boolean silent() {
        return silent;
    }

    /**
     * A command at intake has run: its reply goes by the protocol and the reply mode that it has set, and MONITOR shows
     * the database that it left the client in.
     */
    private void ranAtIntake() {
        ranAtIntake = true;
        db = client.db();
        respVersion = client.respVersion();
        silent = client.silent();
    }

    /** Whether CLIENT CACHING went before the call. */
    boolean caching() {
        return caching;
    }

    /** Time spent in the command's own code. */
    long nanos() {
        return nanos;
    }

    void nanos(long spent) {
        this.nanos = spent;
    }
}
