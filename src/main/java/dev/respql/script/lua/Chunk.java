package dev.respql.script.lua;

/** A compiled source. Immutable, so that it can be kept and run by several machines at once. */
public final class Chunk {
    private final Proto proto;

    Chunk(Proto proto) {
        this.proto = proto;
    }

    Proto proto() {
        return proto;
    }
}
