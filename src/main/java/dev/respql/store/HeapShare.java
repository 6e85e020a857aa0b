package dev.respql.store;

/** How much of the heap one unit of work may fill with values of one kind: so many lanes have one each. */
final class HeapShare {
    /** In bytes. */
    static final long BYTES = Math.min(32L << 20, Runtime.getRuntime().maxMemory() / 16);

    private HeapShare() {
    }
}
