package dev.respql.store;

/**
 * Thrown where a batch that was thought to need one statement reads once more while others may write: it is to be run
 * again from its beginning in a transaction of its own. Nothing has been changed or answered by then.
 */
public final class SnapshotNeeded extends RuntimeException {
    private static final long serialVersionUID = 1;
    static final SnapshotNeeded INSTANCE = new SnapshotNeeded();

    private SnapshotNeeded() {
        super("a second statement needs a snapshot", null, false, false);
    }
}
