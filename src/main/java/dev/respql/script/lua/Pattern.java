package dev.respql.script.lua;

import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaValue;

/** Matches one pattern of Lua 5.1 against one string. A pattern ends at its first NUL, as in C Lua. */
final class Pattern {
    private static final int MAXIMUM_CAPTURES = 32;
    private static final int MAXIMUM_DEPTH = 1000;
    private static final int UNFINISHED = -1;
    private static final int POSITION = -2;
    private static final int FAILED = -1;

    private final Frame frame;
    private final byte[] text;
    private final int textFrom;
    private final int textEnd;
    private final byte[] pattern;
    private final int patternEnd;
    private final int[] captureStart = new int[MAXIMUM_CAPTURES];
    private final int[] captureLength = new int[MAXIMUM_CAPTURES];
    private int captures;
    private int depth;

    Pattern(Frame frame, LuaString text, LuaString pattern) {
        this.frame = frame;
        this.text = text.m_bytes;
        this.textFrom = text.m_offset;
        this.textEnd = text.m_offset + text.m_length;
        this.pattern = Strings.bytes(pattern);
        int end = 0;
        while (end < this.pattern.length && this.pattern[end] != 0) {
            end++;
        }
        this.patternEnd = end;
        frame.machine.read(end);
    }

    /**
     * Matches from a position of the text on, with the pattern from {@code patternFrom} on.
     *
     * @return the position behind the match, -1 if there is none
     */
    int match(int from, int patternFrom) {
        captures = 0;
        depth = 0;
        int end = run(textFrom + from, patternFrom);
        return end == FAILED ? FAILED : end - textFrom;
    }

    boolean startsWithAnchor() {
        return at(0) == '^';
    }

    private int at(int p) {
        return p < patternEnd ? pattern[p] & 0xFF : 0;
    }

    private int textAt(int s) {
        return s < textEnd ? text[s] & 0xFF : 0;
    }

    private int run(int from, int patternFrom) {
        if (++depth > MAXIMUM_DEPTH) {
            throw frame.error("pattern too complex");
        }
        int result = runHere(from, patternFrom);
        depth--;
        return result;
    }

    private int runHere(int from, int patternFrom) {
        int s = from;
        int p = patternFrom;
        for (;;) {
            frame.machine.step();
            switch (at(p)) {
                case 0:
                    return s;
                case '(':
                    return at(p + 1) == ')' ? open(s, p + 2, POSITION) : open(s, p + 1, UNFINISHED);
                case ')':
                    return close(s, p + 1);
                case '$':
                    if (at(p + 1) == 0) {
                        return s == textEnd ? s : FAILED;
                    }
                    break;
                case '%': {
                    int next = at(p + 1);
                    if (next == 'b') {
                        s = balance(s, p + 2);
                        p += 4;
                    } else if (next == 'f') {
                        int end = setEnd(p);
                        s = frontier(s, p + 2, end);
                        p = end;
                    } else if (next >= '0' && next <= '9') {
                        s = backReference(s, next);
                        p += 2;
                    } else {
                        break;
                    }
                    if (s == FAILED) {
                        return FAILED;
                    }
                    continue;
                }
                default:
            }
            int end = classEnd(p);
            boolean matches = s < textEnd && single(text[s] & 0xFF, p, end);
            switch (at(end)) {
                case '?': {
                    if (matches) {
                        int result = run(s + 1, end + 1);
                        if (result != FAILED) {
                            return result;
                        }
                    }
                    p = end + 1;
                    break;
                }
                case '*':
                    return expandMost(s, p, end);
                case '+':
                    return matches ? expandMost(s + 1, p, end) : FAILED;
                case '-':
                    return expandLeast(s, p, end);
                default:
                    if (!matches) {
                        return FAILED;
                    }
                    s++;
                    p = end;
            }
        }
    }

    private int setEnd(int p) {
        if (at(p + 2) != '[') {
            throw frame.error("missing '[' after '%f' in pattern");
        }
        return classEnd(p + 2);
    }

    private int frontier(int s, int set, int setEnd) {
        int before = s == textFrom ? 0 : text[s - 1] & 0xFF;
        return inSet(before, set, setEnd - 1) || !inSet(textAt(s), set, setEnd - 1) ? FAILED : s;
    }

    private int classEnd(int from) {
        int p = from;
        int c = at(p++);
        if (c == '%') {
            if (at(p) == 0) {
                throw frame.error("malformed pattern (ends with '%')");
            }
            return p + 1;
        }
        if (c != '[') {
            return p;
        }
        if (at(p) == '^') {
            p++;
        }
        do {
            if (at(p) == 0) {
                throw frame.error("malformed pattern (missing ']')");
            }
            if (at(p++) == '%' && at(p) != 0) {
                p++;
            }
        } while (at(p) != ']');
        frame.machine.read(p - from);
        return p + 1;
    }

    private boolean single(int c, int p, int end) {
        switch (at(p)) {
            case '.':
                return true;
            case '%':
                return inClass(c, at(p + 1));
            case '[':
                return inSet(c, p, end - 1);
            default:
                return at(p) == c;
        }
    }

    /** {@code last} is where the closing bracket is. */
    private boolean inSet(int c, int from, int last) {
        frame.machine.read(last - from);
        int p = from;
        boolean found = true;
        if (at(p + 1) == '^') {
            found = false;
            p++;
        }
        while (++p < last) {
            if (at(p) == '%') {
                p++;
                if (inClass(c, at(p))) {
                    return found;
                }
            } else if (at(p + 1) == '-' && p + 2 < last) {
                p += 2;
                if (at(p - 2) <= c && c <= at(p)) {
                    return found;
                }
            } else if (at(p) == c) {
                return found;
            }
        }
        return !found;
    }

    private static boolean inClass(int c, int name) {
        boolean result;
        switch (name | 0x20) {
            case 'a':
                result = isLetter(c);
                break;
            case 'c':
                result = c < ' ' || c == 127;
                break;
            case 'd':
                result = isDigit(c);
                break;
            case 'l':
                result = c >= 'a' && c <= 'z';
                break;
            case 'p':
                result = c > ' ' && c < 127 && !isLetter(c) && !isDigit(c);
                break;
            case 's':
                result = NumberText.isSpace(c);
                break;
            case 'u':
                result = c >= 'A' && c <= 'Z';
                break;
            case 'w':
                result = isLetter(c) || isDigit(c);
                break;
            case 'x':
                result = NumberText.Scanner.hex(c) >= 0;
                break;
            case 'z':
                result = c == 0;
                break;
            default:
                return name == c;
        }
        if (!isLetter(name)) {
            return name == c;
        }
        return (name & 0x20) != 0 ? result : !result;
    }

    private static boolean isLetter(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private int expandMost(int s, int p, int end) {
        int count = 0;
        while (s + count < textEnd && single(text[s + count] & 0xFF, p, end)) {
            count++;
        }
        frame.machine.steps(count);
        for (; count >= 0; count--) {
            int result = run(s + count, end + 1);
            if (result != FAILED) {
                return result;
            }
        }
        return FAILED;
    }

    private int expandLeast(int from, int p, int end) {
        for (int s = from;; s++) {
            int result = run(s, end + 1);
            if (result != FAILED) {
                return result;
            }
            if (s >= textEnd || !single(text[s] & 0xFF, p, end)) {
                return FAILED;
            }
        }
    }

    private int open(int s, int p, int kind) {
        if (captures >= MAXIMUM_CAPTURES) {
            throw frame.error("too many captures");
        }
        captureStart[captures] = s;
        captureLength[captures] = kind;
        captures++;
        int result = run(s, p);
        if (result == FAILED) {
            captures--;
        }
        return result;
    }

    private int close(int s, int p) {
        int capture = captures - 1;
        while (capture >= 0 && captureLength[capture] != UNFINISHED) {
            capture--;
        }
        if (capture < 0) {
            throw frame.error("invalid pattern capture");
        }
        captureLength[capture] = s - captureStart[capture];
        int result = run(s, p);
        if (result == FAILED) {
            captureLength[capture] = UNFINISHED;
        }
        return result;
    }

    private int balance(int s, int p) {
        if (at(p) == 0 || at(p + 1) == 0) {
            throw frame.error("unbalanced pattern");
        }
        if (textAt(s) != at(p) || s >= textEnd) {
            return FAILED;
        }
        int open = 1;
        for (int i = s + 1; i < textEnd; i++) {
            int c = text[i] & 0xFF;
            if (c == at(p + 1)) {
                if (--open == 0) {
                    frame.machine.steps(i - s);
                    return i + 1;
                }
            } else if (c == at(p)) {
                open++;
            }
        }
        frame.machine.steps(textEnd - s);
        return FAILED;
    }

    private int backReference(int s, int digit) {
        int capture = digit - '1';
        if (capture < 0 || capture >= captures || captureLength[capture] == UNFINISHED) {
            throw frame.error("invalid capture index");
        }
        int length = captureLength[capture];
        if (length < 0 || textEnd - s < length) {
            return FAILED;
        }
        for (int i = 0; i < length; i++) {
            if (text[captureStart[capture] + i] != text[s + i]) {
                return FAILED;
            }
        }
        return s + length;
    }

    // ---- captures

    int captures() {
        return captures;
    }

    LuaString whole(int from, int end) {
        return part(textFrom + from, end - from);
    }

    /** A capture; the whole match as the first one if the pattern has none. */
    LuaValue capture(int number, int from, int end) {
        if (number >= captures) {
            if (number != 0) {
                throw frame.error("invalid capture index");
            }
            return whole(from, end);
        }
        int length = captureLength[number];
        if (length == UNFINISHED) {
            throw frame.error("unfinished capture");
        }
        if (length == POSITION) {
            return Num.of(captureStart[number] - textFrom + 1);
        }
        return part(captureStart[number], length);
    }

    private LuaString part(int from, int length) {
        frame.machine.allocate(length);
        return Strings.copyOf(text, from, length);
    }

    /** Pushes all captures, or the whole match if there are none and {@code wholeIfNone}. */
    int pushCaptures(int from, int end, boolean wholeIfNone) {
        int count = captures == 0 && wholeIfNone ? 1 : captures;
        for (int i = 0; i < count; i++) {
            frame.push(capture(i, from, end));
        }
        return count;
    }
}
