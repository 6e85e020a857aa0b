package dev.respql.store;

/**
 * A member of a hash, set or sorted set with what it has there: a field's value, a score. Nobody may change the bytes.
 */
public record Member<V>(byte[] name, V value) {
}
