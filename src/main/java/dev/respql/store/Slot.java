package dev.respql.store;

/** What the unit of work knows of one key name. Used by one thread. */
final class Slot {
    final KeyName name;
    /** The space of the name's database. */
    final long space;
    /** The live header; null where the key does not exist. */
    Header header;
    /** A stored header that has expired; it goes when something else takes its name. */
    Header expired;

    Slot(KeyName name, long space) {
        this.name = name;
        this.space = space;
    }
}
