package dev.respql.sql;

/**
 * One lane's connection to the database, in terms both dialects share. Statements are queued and go out together with
 * {@link #send} (on PostgreSQL in one round trip; SQLite runs them at once). Used by one thread. Every method may throw
 * a {@link DatabaseException}; then {@link #rollback} must follow.
 */
public interface SqlLink extends AutoCloseable {
    enum Mode {
        /** Every statement stands alone; more than one may see different states of the database. */
        SINGLE,
        /** All statements see one state of the database. */
        READ,
        WRITE
    }

    /** Begins a batch; a transaction starts with the first statement, and none is needed in mode {@code SINGLE}. */
    void begin(Mode mode);

    /**
     * In a {@code WRITE} batch: waits for and holds, until its end, the keys with these lock numbers, which come in
     * ascending order without repetition. A database with one writer needs no locks.
     *
     * @param changed keys that nobody else may hold
     * @param read keys, none of the others, that nobody else may hold in order to change them
     */
    void lockKeys(long[] changed, long[] read);

    /** As {@link #lockKeys(long[], long[])}, for keys that nobody else may hold. */
    default void lockKeys(long[] changed) {
        lockKeys(changed, new long[0]);
    }

    /**
     * In a {@code WRITE} batch that already holds keys: holds one more until its end, without waiting for it, since whoever
     * has it may wait for one of those.
     *
     * @param shared whether others may read the key meanwhile
     * @return false where somebody else holds it
     */
    default boolean tryLockKey(long lock, boolean shared) {
        return true;
    }

    /**
     * In a {@code WRITE} batch: holds, until its end, those keys that nobody else holds, without waiting for the others.
     * At once, and for work that can be done at any time: who holds all keys makes this one get none.
     *
     * @return the lock numbers that it has got, in the same order
     */
    long[] tryLockKeys(long[] changed);

    /** In a {@code WRITE} batch: holds everything, so that no other writer runs beside this one. */
    void lockAll();

    /** Queues a statement. Rows must not be changed afterwards; the reader is called by {@link #send} at the latest. */
    void queue(SqlStatement statement, Rows rows, RowReader reader);

    /** Runs what is queued. */
    void send();

    /** Runs what is queued and ends the batch; without a transaction only the former. */
    void commit();

    /** Gives up the batch, whatever state it is in. Reopens the connection where it was lost. Never throws. */
    void rollback();

    /** Whether statements of a {@code SINGLE} batch may see different states, since others write meanwhile. */
    boolean hasOtherWriters();

    /**
     * Whether somebody else has written since this was last asked, where nobody should: a person with {@code sqlite3},
     * say. Between two batches; false where others write anyway.
     */
    boolean changedByOthers();

    /** A number that no header had before. */
    long nextId();

    /** Runs one query at once and reads its rows. */
    default void query(SqlStatement statement, Rows rows, RowReader reader) {
        queue(statement, rows, reader);
        send();
    }

    @Override
    void close();
}
