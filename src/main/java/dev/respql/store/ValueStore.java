package dev.respql.store;

import dev.respql.sql.SqlLink;

/** The values of one type, beneath the unit of work. Used by one thread, for one unit of work. */
abstract class ValueStore {
    /** Queues what was changed since the last flush. */
    abstract void flush(SqlLink link);

    /** Takes note that a header of this type is gone; its stored rows are to be removed, now or by the sweeper. */
    abstract void drop(Header header);

    /** Gives {@code target}, a new header of this type, the same value as {@code source} has. */
    abstract void copy(Header source, Header target);

    /** After the commit: lets the next units of work have what this one has read and written beside headers. */
    void keep(RowCache cache) {
        // Most types have nothing.
    }

    /** Redis's name for the way in which it would keep this value, were it written as it is now. */
    abstract String encoding(Header header);
}
