package dev.respql.store;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * What stands for bytes of any length in an index, whose entries PostgreSQL bounds to some 2,700 bytes. It begins as the
 * bytes themselves do and so has their order, but for those that are alike for long. It is stored, so it must never change.
 */
final class ShortForm {
    /** Of so many bytes and more only the beginning is kept, and a digest of the whole. */
    static final int LONG = 1024;
    private static final int DIGEST_BYTES = 32;
    /** Short forms have at least so many of the bytes at their beginning, as far as there are so many. */
    static final int EXACT = LONG - DIGEST_BYTES;

    private ShortForm() {
    }

    static boolean isLong(byte[] bytes) {
        return bytes.length >= LONG;
    }

    /** The bytes themselves; of long ones just so many as make the short form long, so that the two kinds never meet. */
    static byte[] of(byte[] bytes) {
        if (!isLong(bytes)) {
            return bytes;
        }
        byte[] form = Arrays.copyOf(bytes, LONG);
        System.arraycopy(sha256().digest(bytes), 0, form, EXACT, DIGEST_BYTES);
        return form;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
