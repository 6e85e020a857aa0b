package dev.respql.engine;

import dev.respql.value.Bytes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The password that clients must give. Only its digest is kept, and comparing takes the same time whatever was given.
 * Immutable.
 */
final class Password {
    /** Null where no password is asked for. */
    private final byte[] digest;

    /** @param text the password; empty: none is asked for, and any is right */
    Password(String text) {
        this.digest = text.isEmpty() ? null : digest(Bytes.of(text));
    }

    boolean isRequired() {
        return digest != null;
    }

    boolean matches(byte[] given) {
        return digest == null || MessageDigest.isEqual(digest, digest(given));
    }

    private static byte[] digest(byte[] password) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(password);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
