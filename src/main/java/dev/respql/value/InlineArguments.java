package dev.respql.value;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Splits a line that a person typed, an inline command or a line of a configuration file, into its arguments, as
 * Redis does. Thread-safe.
 */
public final class InlineArguments {
    private final byte[] line;
    private int at;

    private InlineArguments(byte[] line) {
        this.line = line;
    }

    /**
     * The arguments of a line, without its line end; the empty list when it is blank.
     * <p>
     * Arguments are separated by blanks. In double quotes, {@code \n \r \t \b \a} and {@code \xHH} are what they are in
     * C, and any other byte after a backslash stands for itself; in single quotes only {@code \'} is special. A quote
     * may open within an argument, but what follows a closing quote must be a blank. As in Redis a zero byte outside
     * quotes ends the line, and a vertical tab or form feed separates arguments only beside another blank.
     *
     * @return null for unbalanced quotes, to which the caller answers with its own error text
     */
    public static List<byte[]> split(byte[] line) {
        return new InlineArguments(line).split();
    }

    private List<byte[]> split() {
        List<byte[]> arguments = new ArrayList<>();
        while (true) {
            while (Bytes.isSpace(peek(0))) {
                at++;
            }
            if (peek(0) == 0) {
                return arguments;
            }
            byte[] argument = argument();
            if (argument == null) {
                return null;
            }
            arguments.add(argument);
        }
    }

    /** The byte some places ahead; 0 beyond the end, as in a C string. */
    private byte peek(int ahead) {
        return at + ahead < line.length ? line[at + ahead] : 0;
    }

    private byte[] argument() {
        ByteArrayOutputStream argument = new ByteArrayOutputStream();
        while (true) {
            byte b = peek(0);
            switch (b) {
                case ' ', '\n', '\r', '\t', 0:
                    return argument.toByteArray();
                case '"', '\'':
                    at++;
                    boolean closed = b == '"' ? doubleQuoted(argument) : singleQuoted(argument);
                    return closed && (peek(0) == 0 || Bytes.isSpace(peek(0))) ? argument.toByteArray() : null;
                default:
                    argument.write(b);
                    at++;
            }
        }
    }

    private boolean doubleQuoted(ByteArrayOutputStream argument) {
        for (; peek(0) != 0; at++) {
            byte b = peek(0);
            if (b == '"') {
                at++;
                return true;
            }
            if (b != '\\' || peek(1) == 0) {
                argument.write(b);
                continue;
            }
            at++;
            int high = peek(0) == 'x' ? Bytes.hexDigit(peek(1)) : -1;
            int low = high >= 0 ? Bytes.hexDigit(peek(2)) : -1;
            if (low >= 0) {
                argument.write(high << 4 | low);
                at += 2;
            } else {
                argument.write(switch (peek(0)) {
                    case 'n' -> '\n';
                    case 'r' -> '\r';
                    case 't' -> '\t';
                    case 'b' -> '\b';
                    case 'a' -> 7;
                    default -> peek(0);
                });
            }
        }
        return false;
    }

    private boolean singleQuoted(ByteArrayOutputStream argument) {
        for (; peek(0) != 0; at++) {
            byte b = peek(0);
            if (b == '\'') {
                at++;
                return true;
            }
            if (b == '\\' && peek(1) == '\'') {
                at++;
            }
            argument.write(peek(0));
        }
        return false;
    }
}
