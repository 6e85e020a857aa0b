package dev.respql.store;

/**
 * Up to where Redis keeps values in its compact encodings, by its default configuration. Here every value is kept alike:
 * this only serves OBJECT ENCODING.
 */
final class Encodings {
    /** Elements of a hash, set or sorted set in a listpack ({@code hash-max-listpack-entries} and its kin). */
    static final int MAX_SMALL_SIZE = 128;
    /** Bytes of each of them ({@code hash-max-listpack-value} and its kin). */
    static final int MAX_SMALL_LENGTH = 64;
    /** Members of a set of integers ({@code set-max-intset-entries}). */
    static final int MAX_INTSET_SIZE = 512;
    /** Bytes of a list in a listpack ({@code list-max-listpack-size -2}). */
    static final int MAX_LISTPACK_BYTES = 8 * 1024;
    /** Bytes of a string that may be an integer. */
    static final int MAX_INT_LENGTH = 20;
    /** Bytes of a string that is kept beside its key ({@code embstr}). */
    static final int MAX_EMBEDDED_LENGTH = 44;

    private Encodings() {
    }
}
