package dev.respql.oracle;

import dev.respql.testing.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;

/** A piece of a command line: appends random words to the arguments so far. */
@FunctionalInterface
interface Part {
    /** Some value of a string, field or element. */
    Part VALUE = word(Words::value);
    /** A field or member name. */
    Part MEMBER = word(Words::member);
    /** An integer, small or at an edge, sometimes none. */
    Part INTEGER = word(Words::integer);
    /** A small integer, positive or negative. */
    Part SMALL = word(Words::small);
    /** A floating-point number, sometimes none. */
    Part FLOAT = word(Words::floating);
    /** A glob pattern. */
    Part PATTERN = word(Words::pattern);
    /** The number of a database. */
    Part DATABASE = word(Words::database);
    /** A key of any kind. */
    Part ANY_KEY = word(Words::key);

    /** One of a thousand names, to make large collections of. */
    Part MANY_MEMBER = word(Words::manyMember);
    /** A position or score in a large collection. */
    Part FAR = word(Words::far);

    void append(Words words, List<byte[]> arguments);

    /** One word. */
    static Part word(Function<Words, byte[]> word) {
        return (words, arguments) -> arguments.add(word.apply(words));
    }

    /** A key mostly used for values of that kind, see {@link Words#key(String)}. */
    static Part key(String kind) {
        return word(words -> words.key(kind));
    }

    /** All of these, in this order. Here and below a {@code String} is that word itself. */
    static Part all(Object... parts) {
        List<Part> converted = convert(parts);
        return (words, arguments) -> converted.forEach(part -> part.append(words, arguments));
    }

    /** One of these. */
    static Part oneOf(Object... parts) {
        List<Part> converted = convert(parts);
        return (words, arguments) -> words.pick(converted).append(words, arguments);
    }

    /** All of these, in an order chosen each time. */
    static Part anyOrder(Object... parts) {
        List<Part> converted = convert(parts);
        return (words, arguments) -> {
            List<Part> shuffled = new ArrayList<>(converted);
            for (int i = shuffled.size(); i > 1; i--) {
                Collections.swap(shuffled, i - 1, words.below(i));
            }
            shuffled.forEach(part -> part.append(words, arguments));
        };
    }

    /** All of these or nothing, evenly. */
    static Part maybe(Object... parts) {
        return chance(50, parts);
    }

    /** All of these in {@code percent} of a hundred cases, else nothing. */
    static Part chance(int percent, Object... parts) {
        Part whole = all(parts);
        return (words, arguments) -> {
            if (words.chance(percent)) {
                whole.append(words, arguments);
            }
        };
    }

    /** All of these, again and again: from {@code least} to {@code most} times. */
    static Part many(int least, int most, Object... parts) {
        Part whole = all(parts);
        return (words, arguments) -> {
            for (int n = least + words.below(most - least + 1); n > 0; n--) {
                whole.append(words, arguments);
            }
        };
    }

    /** The number of keys, mostly the right one, and then the keys. */
    static Part counted(int least, int most, Part key) {
        return (words, arguments) -> {
            int count = least + words.below(most - least + 1);
            arguments.add(words.chance(6) ? words.small() : Bytes.of(count));
            for (int i = 0; i < count; i++) {
                key.append(words, arguments);
            }
        };
    }

    /** A duration ({@code EX 7200}) or a point in time ({@code PXAT 4102444800001}), with its keyword. */
    static Part expiry() {
        return oneOf(all("EX", seconds()), all("PX", milliseconds()), all("EXAT", word(words -> words.instant(1))),
                all("PXAT", word(words -> words.instant(1000))));
    }

    /** A duration in seconds. */
    static Part seconds() {
        return word(words -> words.duration(1));
    }

    /** A duration in milliseconds. */
    static Part milliseconds() {
        return word(words -> words.duration(1000));
    }

    private static List<Part> convert(Object[] parts) {
        return Arrays.stream(parts).map(part -> {
            if (part instanceof Part) {
                return (Part) part;
            }
            byte[] literal = Bytes.of(part);
            return word(words -> literal);
        }).toList();
    }
}
