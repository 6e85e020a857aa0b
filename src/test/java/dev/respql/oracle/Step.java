package dev.respql.oracle;

import dev.respql.testing.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * One command of a history.
 *
 * @param batch      steps in a row with the same number are sent in one piece, before any of their replies is read
 * @param connection which of the run's connections sends it
 * @param arguments  the command, its name first
 * @param rule       how the two replies are compared
 */
record Step(int batch, int connection, List<byte[]> arguments, ReplyRule rule) {
    /** The command's name in upper case. */
    String name() {
        return new String(arguments.get(0), StandardCharsets.ISO_8859_1).toUpperCase(Locale.ROOT);
    }

    /** An argument in upper case, or an empty text when there are not so many. */
    String word(int index) {
        return index >= arguments.size() ? ""
                : new String(arguments.get(index), StandardCharsets.ISO_8859_1).toUpperCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return Bytes.command(arguments);
    }
}
