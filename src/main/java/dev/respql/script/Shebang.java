package dev.respql.script;

import dev.respql.value.InlineArguments;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The first line of a script or library, {@code #!lua name=… flags=…}.
 *
 * @param length where the line ends; the line break belongs to the code, so that its lines are counted from the shebang
 */
record Shebang(boolean isPresent, String name, Set<ScriptFlag> flags, int length) {
    private static final String ENGINE = "#!lua";

    /** Of a script, which may have none, and may have flags only. */
    static Shebang ofScript(byte[] source) {
        Set<ScriptFlag> flags = EnumSet.noneOf(ScriptFlag.class);
        if (!startsShebang(source)) {
            return new Shebang(false, null, flags, 0);
        }
        int end = lineEnd(source);
        if (end < 0) {
            throw new ScriptException("ERR Invalid script shebang");
        }
        List<String> parts = split(source, end);
        if (parts == null) {
            throw new ScriptException("ERR Invalid engine in script shebang");
        }
        if (!parts.get(0).equals(ENGINE)) {
            throw new ScriptException("ERR Unexpected engine in script shebang: " + parts.get(0));
        }
        for (String part : parts.subList(1, parts.size())) {
            if (!part.startsWith("flags=")) {
                throw new ScriptException("ERR Unknown lua shebang option: " + part);
            }
            for (String name : part.substring("flags=".length()).split(",", -1)) {
                if (part.length() == "flags=".length()) {
                    break;
                }
                ScriptFlag flag = ScriptFlag.of(name);
                if (flag == null) {
                    throw new ScriptException("ERR Unexpected flag in script shebang: " + name);
                }
                flags.add(flag);
            }
        }
        return new Shebang(true, null, flags, end);
    }

    /** Of a library of functions, which must have one with a name. */
    static Shebang ofLibrary(byte[] source) {
        int end = startsShebang(source) ? lineEnd(source) : -1;
        if (end < 0) {
            throw new ScriptException(startsShebang(source) ? "ERR Invalid library metadata" : "ERR Missing library metadata");
        }
        List<String> parts = split(source, end);
        if (parts == null) {
            throw new ScriptException("ERR Invalid library metadata");
        }
        String name = null;
        for (String part : parts.subList(1, parts.size())) {
            if (!part.startsWith("name=")) {
                throw new ScriptException("ERR Invalid metadata value given: " + part);
            }
            if (name != null) {
                throw new ScriptException("ERR Invalid metadata value, name argument was given multiple times");
            }
            name = part.substring("name=".length());
        }
        if (name == null) {
            throw new ScriptException("ERR Library name was not given");
        }
        checkName(name);
        String engine = parts.get(0).substring(2);
        if (!engine.equalsIgnoreCase("lua")) {
            throw new ScriptException("ERR Engine '" + engine + "' not found");
        }
        return new Shebang(true, name, Set.of(), end);
    }

    /** Of a library or a function. */
    static void checkName(String name) {
        if (!isName(name)) {
            throw new ScriptException("ERR Library names can only contain letters, numbers, or underscores(_) and must be"
                    + " at least one character long");
        }
    }

    static boolean isName(String name) {
        return name.matches("[A-Za-z0-9_]+");
    }

    byte[] code(byte[] source) {
        return length == 0 ? source : Arrays.copyOfRange(source, length, source.length);
    }

    private static boolean startsShebang(byte[] source) {
        return source.length >= 2 && source[0] == '#' && source[1] == '!';
    }

    private static int lineEnd(byte[] source) {
        for (int i = 0; i < source.length; i++) {
            if (source[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    /** The words of the line, quotes honoured as in an inline command; null if they are not balanced. */
    private static List<String> split(byte[] source, int end) {
        List<byte[]> words = InlineArguments.split(Arrays.copyOf(source, end));
        if (words == null || words.isEmpty()) {
            return null;
        }
        List<String> texts = new ArrayList<>();
        words.forEach(word -> texts.add(new String(word, StandardCharsets.ISO_8859_1)));
        return texts;
    }
}
