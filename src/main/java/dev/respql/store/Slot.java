package dev.respql.store;

/** What the unit of work knows of one key name. Used by one thread. */
final class Slot {
    final KeyName name;
    /** The space of the name's database. */
    final long space;
    /** Whether there is a row of this name. */
    boolean stored;
    /** Whether it is among those that {@link Tx#takeTouched} will tell. */
    boolean touched;
    /** Whether the {@link RowCache} has it as it is. */
    boolean kept;
    /** The live header; null where the key does not exist. */
    Header header;
    /** What the row holds where that has expired; it goes when something else takes the name. */
    Header expired;

    Slot(KeyName name, long space) {
        this.name = name;
        this.space = space;
    }
}
