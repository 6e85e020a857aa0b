package dev.respql.store;

/** Hears what becomes of keys in a unit of work, while it happens. Called by the unit of work's thread. */
public interface KeyObserver {
    /** A key that did not exist exists. */
    void created(KeyName key);

    /** A key has been given the value of another, over whatever it had. */
    void replaced(KeyName key);

    /** A key that existed does not exist any more. */
    void dropped(KeyName key);

    /** The row of a key has been removed whose time had come. */
    void expired(KeyName key);
}
