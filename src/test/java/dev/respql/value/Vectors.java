package dev.respql.value;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/** Recorded answers of real servers, in src/test/resources beside this package; each file says where it comes from. */
final class Vectors {
    private Vectors() {
    }

    /** The lines of a file but for its comments, each split at blanks; a line of nothing has one empty field. */
    static List<String[]> read(String file) {
        try (InputStream in = Vectors.class.getResourceAsStream(file)) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1).lines()
                    .filter(line -> !line.startsWith("#")).map(line -> line.split(" ")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The bytes of a field such as "x61ff". */
    static byte[] bytes(String field) {
        return HexFormat.of().parseHex(field.substring(1));
    }

    static String field(byte[] bytes) {
        return "x" + HexFormat.of().formatHex(bytes);
    }

    /** Bytes for a test, one a character. */
    static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
