package dev.respql.engine;

import dev.respql.command.Command;
import dev.respql.command.CommandException;
import dev.respql.config.KeyspaceEvents;
import dev.respql.protocol.Reply;
import dev.respql.store.KeyName;
import dev.respql.store.Tx;
import dev.respql.value.Bytes;
import dev.respql.value.NotANumber;
import dev.respql.value.Numbers;
import java.util.ArrayList;
import java.util.List;

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
    private List<KeyName> keys;
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

    /** All keys that the call may touch: {@link #keys} and what the command finds beside them. */
    public List<KeyName> touchedKeys() {
        List<KeyName> more = command.moreKeys(this);
        if (more.isEmpty()) {
            return keys();
        }
        List<KeyName> all = new ArrayList<>(keys());
        all.addAll(more);
        return all;
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
        if (!these.isEmpty()) {
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

    void tx(Tx unitOfWork) {
        this.tx = unitOfWork;
        this.raised = List.of();
    }

    Reply reply() {
        return reply;
    }

    void reply(Reply itsReply) {
        this.reply = itsReply;
    }

    /** Whether the client wants no reply to this call (CLIENT REPLY OFF or SKIP). */
    boolean silent() {
        return silent;
    }

    /**
     * A command at intake has run: its reply goes by the protocol and the reply mode that it has set, and MONITOR shows
     * the database that it left the client in.
     */
    void ranAtIntake() {
        db = client.db();
        respVersion = client.respVersion();
        silent = client.silent();
    }

    /** Time spent in the command's own code. */
    long nanos() {
        return nanos;
    }

    void nanos(long spent) {
        this.nanos = spent;
    }
}
