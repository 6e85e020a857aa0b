package dev.respql.script;

import dev.respql.script.lua.Frame;
import dev.respql.script.lua.NullPointer;
import dev.respql.script.lua.Num;
import dev.respql.script.lua.NumberText;
import dev.respql.script.lua.ScriptError;
import dev.respql.script.lua.Strings;
import dev.respql.script.lua.Table;
import java.io.ByteArrayOutputStream;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaValue;

/** One call of {@code cjson.decode}, as lenient and with the error texts of lua-cjson. A NUL ends the text. */
final class JsonDecoder {
    /** Kinds of tokens, by the names that errors give them. */
    private enum Token {
        T_OBJ_BEGIN, T_OBJ_END, T_ARR_BEGIN, T_ARR_END, T_STRING, T_NUMBER, T_BOOLEAN, T_NULL, T_COLON, T_COMMA, T_END,
        T_ERROR
    }

    private final Frame frame;
    private final JsonLib settings;
    private final byte[] text;
    private int at;
    private int depth;

    private Token token;
    /** Where the token begins, or where in it the error is. */
    private int tokenAt;
    private LuaValue value;
    private String problem;

    JsonDecoder(Frame frame, JsonLib settings) {
        this.frame = frame;
        this.settings = settings;
        this.text = Strings.bytes(frame.checkString(1));
    }

    LuaValue decode() {
        if (text.length >= 2 && (text[0] == 0 || text[1] == 0)) {
            throw frame.error("JSON parser does not support UTF-16 or UTF-32");
        }
        next();
        LuaValue decoded = value();
        next();
        if (token != Token.T_END) {
            throw expected("the end");
        }
        return decoded;
    }

    private ScriptError expected(String what) {
        String found = token == Token.T_ERROR ? problem : token.name();
        return frame.error("Expected " + what + " but found " + found + " at character " + (tokenAt + 1));
    }

    // ---- grammar

    private LuaValue value() {
        switch (token) {
            case T_STRING: case T_NUMBER: case T_BOOLEAN: case T_NULL:
                return value;
            case T_OBJ_BEGIN:
                return object();
            case T_ARR_BEGIN:
                return array();
            default:
                throw expected("value");
        }
    }

    private void enter() {
        if (++depth > Math.min(settings.decodeDepth, JsonLib.DEFAULT_DEPTH)) {
            throw frame.error("Found too many nested data structures (" + depth + ") at character " + at);
        }
    }

    private Table object() {
        enter();
        Table table = new Table(frame.machine);
        next();
        if (token != Token.T_OBJ_END) {
            for (;;) {
                if (token != Token.T_STRING) {
                    throw expected("object key string");
                }
                LuaValue key = value;
                next();
                if (token != Token.T_COLON) {
                    throw expected("colon");
                }
                next();
                table.setRaw(key, value());
                next();
                if (token == Token.T_OBJ_END) {
                    break;
                }
                if (token != Token.T_COMMA) {
                    throw expected("comma or object end");
                }
                next();
            }
        }
        depth--;
        return table;
    }

    private Table array() {
        enter();
        Table table = new Table(frame.machine);
        next();
        if (token != Token.T_ARR_END) {
            for (int i = 1;; i++) {
                table.setRaw(i, value());
                next();
                if (token == Token.T_ARR_END) {
                    break;
                }
                if (token != Token.T_COMMA) {
                    throw expected("comma or array end");
                }
                next();
            }
        }
        depth--;
        return table;
    }

    // ---- tokens

    private int peek(int ahead) {
        return at + ahead < text.length ? text[at + ahead] & 0xFF : 0;
    }

    private void set(Token kind, LuaValue of) {
        token = kind;
        value = of;
    }

    private void fail(String what) {
        token = Token.T_ERROR;
        tokenAt = at;
        problem = what;
    }

    private void next() {
        frame.machine.steps(1);
        while (peek(0) == ' ' || peek(0) == '\t' || peek(0) == '\n' || peek(0) == '\r') {
            at++;
        }
        frame.machine.read(at - tokenAt);
        tokenAt = at;
        int c = peek(0);
        int single = "{}[]:,".indexOf(c);
        if (c == 0) {
            set(Token.T_END, null);
        } else if (single >= 0) {
            at++;
            set(new Token[] {Token.T_OBJ_BEGIN, Token.T_OBJ_END, Token.T_ARR_BEGIN, Token.T_ARR_END, Token.T_COLON,
                Token.T_COMMA}[single], null);
        } else if (c == '"') {
            string();
        } else if (c == '-' || c >= '0' && c <= '9') {
            if (settings.decodeInvalid == 0 && isInvalidNumber()) {
                fail("invalid number");
            } else {
                number();
            }
        } else if (startsWith("true")) {
            at += 4;
            set(Token.T_BOOLEAN, LuaValue.TRUE);
        } else if (startsWith("false")) {
            at += 5;
            set(Token.T_BOOLEAN, LuaValue.FALSE);
        } else if (startsWith("null")) {
            at += 4;
            set(Token.T_NULL, NullPointer.INSTANCE);
        } else if (settings.decodeInvalid != 0 && "+fintIN".indexOf(c) >= 0 && isInvalidNumber()) {
            number();
        } else {
            fail("invalid token");
        }
    }

    private boolean startsWith(String word) {
        for (int i = 0; i < word.length(); i++) {
            if (peek(i) != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Whether C reads here as a number what JSON does not allow. */
    private boolean isInvalidNumber() {
        if (peek(0) == '+') {
            return true;
        }
        int first = peek(0) == '-' ? 1 : 0;
        int c = peek(first);
        if (c == '0') {
            int second = peek(first + 1);
            return (second | 0x20) == 'x' || second >= '0' && second <= '9';
        }
        return c > '9' && (isWord(first, "inf") || isWord(first, "nan"));
    }

    private boolean isWord(int from, String lower) {
        for (int i = 0; i < lower.length(); i++) {
            if ((peek(from + i) | 0x20) != lower.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private void number() {
        NumberText.Scanner number = new NumberText.Scanner(text, at, text.length);
        if (number.end < 0) {
            fail("invalid number");
            return;
        }
        at = number.end;
        set(Token.T_NUMBER, Num.of(number.value));
    }

    private void string() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        at++;
        while (peek(0) != '"') {
            int c = peek(0);
            if (c == 0) {
                fail("unexpected end of string");
                return;
            }
            if (c == '\\') {
                int escaped = "\"\\/btnfru".indexOf(peek(1));
                if (peek(1) == 'u') {
                    if (!unicode(out)) {
                        fail("invalid unicode escape code");
                        return;
                    }
                    continue;
                }
                if (escaped < 0 || peek(1) == 0) {
                    fail("invalid escape code");
                    return;
                }
                c = "\"\\/\b\t\n\f\r".charAt(escaped);
                at++;
            }
            out.write(c);
            at++;
        }
        at++;
        LuaString string = frame.machine.string(out.toByteArray());
        set(Token.T_STRING, string);
    }

    /** An escape with a code, or two of them that make a surrogate pair, as UTF-8. */
    private boolean unicode(ByteArrayOutputStream out) {
        int code = hex(2);
        int length = 6;
        if (code < 0) {
            return false;
        }
        if ((code & 0xF800) == 0xD800) {
            if ((code & 0x400) != 0 || peek(6) != '\\' || peek(7) != 'u') {
                return false;
            }
            int low = hex(8);
            if (low < 0 || (low & 0xFC00) != 0xDC00) {
                return false;
            }
            code = ((code & 0x3FF) << 10 | low & 0x3FF) + 0x10000;
            length = 12;
        }
        writeUtf8(out, code);
        at += length;
        return true;
    }

    private int hex(int from) {
        int code = 0;
        for (int i = 0; i < 4; i++) {
            int digit = Character.digit(peek(from + i), 16);
            if (digit < 0 || peek(from + i) > 127) {
                return -1;
            }
            code = code << 4 | digit;
        }
        return code;
    }

    private static void writeUtf8(ByteArrayOutputStream out, int code) {
        if (code < 0x80) {
            out.write(code);
        } else if (code < 0x800) {
            out.write(0xC0 | code >> 6);
            out.write(0x80 | code & 0x3F);
        } else if (code < 0x10000) {
            out.write(0xE0 | code >> 12);
            out.write(0x80 | code >> 6 & 0x3F);
            out.write(0x80 | code & 0x3F);
        } else {
            out.write(0xF0 | code >> 18);
            out.write(0x80 | code >> 12 & 0x3F);
            out.write(0x80 | code >> 6 & 0x3F);
            out.write(0x80 | code & 0x3F);
        }
    }
}
