package dev.respql.script.lua;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.luaj.vm2.LuaString;

/** Source text to tokens, by the rules of Lua 5.1 (no goto, no {@code \x} escapes) and with its error texts. */
final class Lexer {
    /** A token that is one character has that character as its kind; all others are above. */
    static final int AND = 257;
    static final int BREAK = 258;
    static final int DO = 259;
    static final int ELSE = 260;
    static final int ELSEIF = 261;
    static final int END = 262;
    static final int FALSE = 263;
    static final int FOR = 264;
    static final int FUNCTION = 265;
    static final int IF = 266;
    static final int IN = 267;
    static final int LOCAL = 268;
    static final int NIL = 269;
    static final int NOT = 270;
    static final int OR = 271;
    static final int REPEAT = 272;
    static final int RETURN = 273;
    static final int THEN = 274;
    static final int TRUE = 275;
    static final int UNTIL = 276;
    static final int WHILE = 277;
    static final int CONCAT = 278;
    static final int DOTS = 279;
    static final int EQUAL = 280;
    static final int GREATER_EQUAL = 281;
    static final int LESS_EQUAL = 282;
    static final int NOT_EQUAL = 283;
    static final int NUMBER = 284;
    static final int NAME = 285;
    static final int STRING = 286;
    static final int END_OF_SOURCE = 287;

    private static final String[] TEXTS = {"and", "break", "do", "else", "elseif", "end", "false", "for", "function", "if",
        "in", "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while", "..", "...", "==", ">=",
        "<=", "~=", "<number>", "<name>", "<string>", "<eof>"};
    private static final Map<LuaString, Integer> RESERVED = new HashMap<>();

    static {
        for (int token = AND; token <= WHILE; token++) {
            RESERVED.put(Strings.of(TEXTS[token - AND]), token);
        }
    }

    /** What becomes of a token, in syntax tree and code, takes about so many bytes. */
    private static final int TOKEN_WEIGHT = 100;

    private final byte[] source;
    private final Memory memory;
    private final String chunk;
    private int at;
    private int current;
    /** As written, quotes included and escapes replaced: what errors quote. */
    private final ByteArrayOutputStream buffer = new ByteArrayOutputStream();

    /** The line that has been read up to, from 1. */
    int line = 1;
    /** Of the token last returned. */
    LuaString string;
    Num number;

    /** {@code chunk} is the name of the source in errors; {@code memory} is told what tokens and their code will take. */
    Lexer(byte[] source, String chunk, Memory memory) {
        this.memory = memory;
        this.source = source;
        this.chunk = chunk;
        current = source.length > 0 ? source[0] & 0xFF : -1;
    }

    /** An error at the current line; {@code token} is what it is near to, 0 for nothing. */
    ScriptError error(String message, int token) {
        String where = chunk + ":" + line + ": " + message;
        return new ScriptError(token == 0 ? where : where + " near '" + quote(token) + "'");
    }

    private String quote(int token) {
        if (token == NAME || token == STRING || token == NUMBER) {
            String text = buffer.toString(StandardCharsets.ISO_8859_1);
            int nul = text.indexOf('\0');
            return nul < 0 ? text : text.substring(0, nul);
        }
        return text(token);
    }

    static String text(int token) {
        if (token >= AND) {
            return TEXTS[token - AND];
        }
        return token < ' ' || token == 127 ? "char(" + token + ")" : String.valueOf((char) token);
    }

    int next() {
        memory.allocate(TOKEN_WEIGHT);
        buffer.reset();
        for (;;) {
            switch (current) {
                case -1:
                    return END_OF_SOURCE;
                case '\n':
                case '\r':
                    skipNewline();
                    continue;
                case '-':
                    advance();
                    if (current != '-') {
                        return '-';
                    }
                    advance();
                    skipComment();
                    continue;
                case '[': {
                    int level = bracketLevel();
                    if (level >= 0) {
                        readLongString(level, true);
                        return STRING;
                    }
                    if (level == -1) {
                        return '[';
                    }
                    throw error("invalid long string delimiter", STRING);
                }
                case '=':
                    return either('=', '=', EQUAL);
                case '<':
                    return either('<', '=', LESS_EQUAL);
                case '>':
                    return either('>', '=', GREATER_EQUAL);
                case '~':
                    return either('~', '=', NOT_EQUAL);
                case '"':
                case '\'':
                    readString();
                    return STRING;
                case '.':
                    keep();
                    if (current == '.') {
                        keep();
                        return current == '.' ? take(DOTS) : CONCAT;
                    }
                    if (!isDigit(current)) {
                        return '.';
                    }
                    readNumber();
                    return NUMBER;
                default:
                    if (NumberText.isSpace(current)) {
                        advance();
                    } else if (isDigit(current)) {
                        readNumber();
                        return NUMBER;
                    } else if (isLetter(current)) {
                        return readName();
                    } else {
                        int c = current;
                        advance();
                        return c;
                    }
            }
        }
    }

    private int take(int token) {
        keep();
        return token;
    }

    private int either(int single, int second, int pair) {
        advance();
        if (current != second) {
            return single;
        }
        advance();
        return pair;
    }

    private void advance() {
        at++;
        current = at < source.length ? source[at] & 0xFF : -1;
    }

    private void keep() {
        buffer.write(current);
        advance();
    }

    private boolean isNewline() {
        return current == '\n' || current == '\r';
    }

    private void skipNewline() {
        int first = current;
        advance();
        if (isNewline() && current != first) {
            advance();
        }
        line++;
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isLetter(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_';
    }

    private void skipComment() {
        if (current == '[') {
            int level = bracketLevel();
            buffer.reset();
            if (level >= 0) {
                readLongString(level, false);
                buffer.reset();
                return;
            }
        }
        while (current >= 0 && !isNewline()) {
            advance();
        }
    }

    /** The number of equals signs in a long bracket; -1 for a bracket alone, less for a malformed one. */
    private int bracketLevel() {
        int bracket = current;
        int count = 0;
        keep();
        while (current == '=') {
            keep();
            count++;
        }
        return current == bracket ? count : -count - 1;
    }

    private void readLongString(int level, boolean wanted) {
        keep();
        if (isNewline()) {
            skipNewline();
        }
        for (;;) {
            switch (current) {
                case -1:
                    throw error(wanted ? "unfinished long string" : "unfinished long comment", END_OF_SOURCE);
                case ']':
                    if (bracketLevel() == level) {
                        keep();
                        int delimiter = 2 + level;
                        string = Strings.copyOf(buffer.toByteArray(), delimiter, buffer.size() - 2 * delimiter);
                        return;
                    }
                    break;
                case '\n':
                case '\r':
                    buffer.write('\n');
                    skipNewline();
                    break;
                default:
                    keep();
            }
        }
    }

    private void readString() {
        int quote = current;
        keep();
        while (current != quote) {
            if (current < 0) {
                throw error("unfinished string", END_OF_SOURCE);
            }
            if (isNewline()) {
                throw error("unfinished string", STRING);
            }
            if (current == '\\') {
                advance();
                readEscape();
            } else {
                keep();
            }
        }
        keep();
        string = Strings.copyOf(buffer.toByteArray(), 1, buffer.size() - 2);
    }

    private void readEscape() {
        int escaped = "abfnrtv".indexOf(current);
        if (escaped >= 0 && current >= 0) {
            buffer.write("\u0007\b\f\n\r\t\u000b".charAt(escaped));
            advance();
        } else if (isNewline()) {
            buffer.write('\n');
            skipNewline();
        } else if (isDigit(current)) {
            int code = 0;
            for (int i = 0; i < 3 && isDigit(current); i++) {
                code = code * 10 + current - '0';
                advance();
            }
            if (code > 255) {
                throw error("escape sequence too large", STRING);
            }
            buffer.write(code);
        } else if (current >= 0) {
            keep();
        }
    }

    private void readNumber() {
        while (isDigit(current) || current == '.') {
            keep();
        }
        if (current == 'e' || current == 'E') {
            keep();
            if (current == '+' || current == '-') {
                keep();
            }
        }
        while (isDigit(current) || isLetter(current)) {
            keep();
        }
        byte[] text = buffer.toByteArray();
        number = NumberText.parse(text, 0, text.length);
        if (number == null) {
            throw error("malformed number", NUMBER);
        }
    }

    private int readName() {
        while (isLetter(current) || isDigit(current)) {
            keep();
        }
        LuaString name = Strings.of(buffer.toByteArray());
        Integer reserved = RESERVED.get(name);
        if (reserved != null) {
            return reserved;
        }
        string = name;
        return NAME;
    }
}
