package dev.respql.config;

import dev.respql.value.Bytes;
import dev.respql.value.Numbers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongUnaryOperator;
import java.util.stream.Collectors;

/**
 * What values a parameter takes: reads them as CONFIG SET and the configuration file give them, and writes the lines
 * of the file. Which texts are accepted, how they come back, and the complaints about the others are those of
 * redis-server.
 */
sealed interface Kind {
    /**
     * Reads a value.
     *
     * @param arguments one, unless {@link #takesSeveral()}
     * @param old what the parameter holds until now, from which some kinds keep a part; null for its default
     * @param add whether an earlier line of the same file has given this parameter a value
     * @throws ConfigException with Redis's reason
     */
    Value parse(List<String> arguments, Value old, boolean add);

    /** Whether CONFIG SET splits the value at each blank, and a line of the file may hold any number of arguments. */
    default boolean takesSeveral() {
        return false;
    }

    /** The lines that stand for a value in the file, without the parameter's name. */
    default List<Line> lines(Value value, Value initial) {
        return List.of(new Line(value.text(), value.text().equals(initial.text())));
    }

    /**
     * A line of the file.
     *
     * @param isDefault whether it may be left out
     */
    record Line(String text, boolean isDefault) {
    }

    /** yes or no. */
    record Flag() implements Kind {
        @Override
        public Value parse(List<String> arguments, Value old, boolean add) {
            return switch (arguments.get(0).toLowerCase(Locale.ROOT)) {
                case "yes" -> Value.number("yes", 1);
                case "no" -> Value.number("no", 0);
                default -> throw new ConfigException("argument must be 'yes' or 'no'");
            };
        }
    }

    /** An integer; {@code adjust} brings one within the limits to what is kept. */
    record Whole(long min, long max, LongUnaryOperator adjust) implements Kind {
        Whole(long min, long max) {
            this(min, max, LongUnaryOperator.identity());
        }

        @Override
        public Value parse(List<String> arguments, Value old, boolean add) {
            if (!Texts.isWhole(arguments.get(0))) {
                throw new ConfigException("argument couldn't be parsed into an integer");
            }
            long number = Long.parseLong(arguments.get(0));
            if (number < min || number > max) {
                throw new ConfigException("argument must be between " + min + " and " + max + " inclusive");
            }
            number = adjust.applyAsLong(number);
            return Value.number(Long.toString(number), number);
        }
    }

    /** File permissions, in octal digits. */
    record Permissions() implements Kind {
        @Override
        public Value parse(List<String> arguments, Value old, boolean add) {
            if (!arguments.get(0).matches("[0-7]{1,9}")) {
                throw new ConfigException("argument couldn't be parsed as an octal number");
            }
            int bits = Integer.parseInt(arguments.get(0), 8);
            if (bits > 0777) {
                throw new ConfigException("argument must be between 0 and 777 inclusive");
            }
            return Value.number(Integer.toOctalString(bits), bits);
        }
    }

    /** A number of bytes, with an optional unit, within limits that are read without a sign. */
    record Memory(long min, long max) implements Kind {
        @Override
        public Value parse(List<String> arguments, Value old, boolean add) {
            Long bytes = Texts.memory(arguments.get(0));
            if (bytes == null) {
                throw new ConfigException("argument must be a memory value");
            }
            if (Long.compareUnsigned(bytes, min) < 0 || Long.compareUnsigned(bytes, max) > 0) {
                throw new ConfigException("argument must be between " + Long.toUnsignedString(min) + " and "
                        + Long.toUnsignedString(max) + " inclusive");
            }
            return Value.number(Long.toUnsignedString(bytes), bytes);
        }

        @Override
        public List<Line> lines(Value value, Value initial) {
            return List.of(new Line(Texts.withUnit(value.number()), value.number() == initial.number()));
        }
    }

    /** A number of bytes or a percentage; as in Redis a percentage is kept as a negative number. */
    record MemoryOrPercent() implements Kind {
        @Override
        public Value parse(List<String> arguments, Value old, boolean add) {
            String text = arguments.get(0);
            boolean percent = text.endsWith("%");
            Long read = percent ? Texts.percent(text.substring(0, text.length() - 1)) : Texts.memory(text);
            if (read == null) {
                throw new ConfigException("argument must be a memory or percent value");
            }
            long number = percent ? -read : read;
            if (number < -100) {
                throw new ConfigException("percentage argument must be less or equal to 100");
            }
            return Value.number(number < 0 ? -number + "%" : Long.toString(number), number);
        }

        @Override
        public List<Line> lines(Value value, Value initial) {
            String text = value.number() < 0 ? value.text() : Texts.withUnit(value.number());
            return List.of(new Line(text, value.number() == initial.number()));
        }
    }

    /**
     * One name of a list.
     *
     * @param same names that mean another one, to which they are brought
     * @param optional whether there may be none, as the empty text
     */
    record Choice(List<String> names, Map<String, String> same, boolean optional) implements Kind {
        @Override
        public Value parse(List<String> arguments, Value old, boolean add) {
            String name = arguments.get(0).toLowerCase(Locale.ROOT);
            if (optional && name.isEmpty()) {
                return Value.number("", -1);
            }
            name = same.getOrDefault(name, name);
            return Value.number(name, Texts.place(name, names));
        }

        @Override
        public List<Line> lines(Value value, Value initial) {
            String text = value.text().isEmpty() ? "\"\"" : value.text();
            return List.of(new Line(text, value.text().equals(initial.text())));
        }
    }

    /** What a signal that ends the server is to do: any of the names, kept as bits in their order. */
    record ShutdownOptions() implements Kind {
        private static final List<String> NAMES = List.of("default", "save", "nosave", "now", "force");

        @Override
        public boolean takesSeveral() {
            return true;
        }

        @Override
        public Value parse(List<String> arguments, Value old, boolean add) {
            if (arguments.isEmpty()) {
                throw Texts.noneOf(NAMES);
            }
            int bits = 0;
            for (String argument : arguments) {
                // "default" stands for no option at all.
                bits |= 1 << Texts.place(argument.toLowerCase(Locale.ROOT), NAMES) & ~1;
            }
            if ((bits & 0b110) == 0b110) {
                throw new ConfigException("shutdown options SAVE and NOSAVE can't be used simultaneously");
            }
            int set = bits;
            String text = NAMES.stream().filter(name -> (set & 1 << NAMES.indexOf(name)) != 0)
                    .collect(Collectors.joining(" "));
            return Value.number(text.isEmpty() ? "default" : text, bits);
        }
    }

    /**
     * Any text.
     *
     * @param reader gives what else is to be kept, or null, and throws {@link ConfigException} for a text that it
     *     does not accept
     */
    record Text(Function<String, Object> reader) implements Kind {
        @Override
        public Value parse(List<String> arguments, Value old, boolean add) {
            return Value.detail(arguments.get(0), reader.apply(arguments.get(0)));
        }

        @Override
        public List<Line> lines(Value value, Value initial) {
            return List.of(new Line(Texts.quoted(value.text()), value.text().equals(initial.text())));
        }
    }

    /** Texts without blanks, as a list. */
    record Words(int atLeast, int atMost, String complaint) implements Kind {
        @Override
        public boolean takesSeveral() {
            return true;
        }

        @Override
        public Value parse(List<String> arguments, Value old, boolean add) {
            List<String> words = arguments.stream().filter(word -> !word.isEmpty()).toList();
            if (words.size() < atLeast || words.size() > atMost) {
                throw new ConfigException(complaint);
            }
            return Value.detail(String.join(" ", words), words);
        }

        @Override
        public List<Line> lines(Value value, Value initial) {
            boolean plain = value.text().matches("[A-Za-z0-9.:*%_ -]+");
            return List.of(new Line(plain ? value.text() : Texts.quoted(value.text()),
                    value.text().equals(initial.text())));
        }
    }

    /** When Redis would write a snapshot: pairs of seconds and changes, one line of the file each. */
    record SavePoints() implements Kind {
        private static final String COMPLAINT = "Invalid save parameters";

        @Override
        public boolean takesSeveral() {
            return true;
        }

        @Override
        public Value parse(List<String> arguments, Value old, boolean add) {
            List<String> pairs = new ArrayList<>();
            if (add && old.detail() instanceof List<?> earlier && !arguments.isEmpty()) {
                earlier.forEach(pair -> pairs.add((String) pair));
            }
            if (arguments.size() % 2 != 0) {
                throw new ConfigException(COMPLAINT);
            }
            for (int i = 0; i < arguments.size(); i += 2) {
                Long seconds = Texts.strtoll(arguments.get(i));
                Long changes = Texts.strtoll(arguments.get(i + 1));
                if (seconds == null || seconds < 1 || changes == null || changes < 0) {
                    throw new ConfigException(COMPLAINT);
                }
                pairs.add(seconds + " " + changes);
            }
            return Value.detail(String.join(" ", pairs), pairs);
        }

        @Override
        public List<Line> lines(Value value, Value initial) {
            boolean isDefault = value.text().equals(initial.text());
            List<?> pairs = (List<?>) value.detail();
            return pairs.isEmpty() ? List.of(new Line("\"\"", isDefault))
                    : pairs.stream().map(pair -> new Line((String) pair, isDefault)).toList();
        }
    }

    /** {@link OutputBufferLimits}: each kind of client with three numbers; kinds not named keep theirs. */
    record BufferLimits() implements Kind {
        @Override
        public boolean takesSeveral() {
            return true;
        }

        @Override
        public Value parse(List<String> arguments, Value old, boolean add) {
            if (arguments.size() % 4 != 0) {
                throw new ConfigException("Wrong number of arguments in buffer limit configuration.");
            }
            OutputBufferLimits limits = old == null ? OutputBufferLimits.NONE : (OutputBufferLimits) old.detail();
            for (int i = 0; i < arguments.size(); i += 4) {
                limits = with(limits, arguments.subList(i, i + 4));
            }
            return Value.detail(String.join(" ", each(limits, (name, limit) -> name + " "
                    + Long.toUnsignedString(limit.hard()) + " " + Long.toUnsignedString(limit.soft()) + " "
                    + limit.softSeconds())), limits);
        }

        private static OutputBufferLimits with(OutputBufferLimits limits, List<String> words) {
            String client = words.get(0).toLowerCase(Locale.ROOT);
            if (!List.of("normal", "slave", "replica", "pubsub").contains(client)) {
                throw new ConfigException("Invalid client class specified in buffer limit configuration.");
            }
            Long hard = Texts.memory(words.get(1));
            Long soft = Texts.memory(words.get(2));
            Long seconds = Texts.strtoll(words.get(3));
            if (hard == null || soft == null || seconds == null || seconds < 0) {
                throw new ConfigException("Error in hard, soft or soft_seconds setting in buffer limit configuration.");
            }
            OutputBufferLimits.Limit limit = new OutputBufferLimits.Limit(hard, soft, seconds);
            return switch (client) {
                case "normal" -> new OutputBufferLimits(limit, limits.replica(), limits.pubsub());
                case "pubsub" -> new OutputBufferLimits(limits.normal(), limits.replica(), limit);
                default -> new OutputBufferLimits(limits.normal(), limit, limits.pubsub());
            };
        }

        @Override
        public List<Line> lines(Value value, Value initial) {
            List<String> now = fileLines(value);
            List<String> usual = fileLines(initial);
            return now.stream().map(line -> new Line(line, usual.contains(line))).toList();
        }

        private static List<String> fileLines(Value value) {
            List<String> lines = each((OutputBufferLimits) value.detail(), (name, limit) -> name + " "
                    + Texts.withUnit(limit.hard()) + " " + Texts.withUnit(limit.soft()) + " " + limit.softSeconds());
            // CONFIG GET says slave, the file says replica.
            return lines.stream().map(line -> line.replace("slave", "replica")).toList();
        }

        private interface Layout {
            String of(String name, OutputBufferLimits.Limit limit);
        }

        private static List<String> each(OutputBufferLimits limits, Layout layout) {
            return List.of(layout.of("normal", limits.normal()), layout.of("slave", limits.replica()),
                    layout.of("pubsub", limits.pubsub()));
        }
    }

    /** Letters for classes of {@link KeyspaceEvents}, kept as their bits. */
    record EventClasses() implements Kind {
        @Override
        public Value parse(List<String> arguments, Value old, boolean add) {
            int events = KeyspaceEvents.parse(arguments.get(0));
            return Value.number(KeyspaceEvents.format(events), events);
        }

        @Override
        public List<Line> lines(Value value, Value initial) {
            return List.of(new Line(Texts.quoted(value.text()), value.text().equals(initial.text())));
        }
    }

    /** Percentiles, kept as a list of {@link Double}. */
    record Percentiles() implements Kind {
        private static final String NAME = "latency-tracking-info-percentiles";

        @Override
        public boolean takesSeveral() {
            return true;
        }

        @Override
        public Value parse(List<String> arguments, Value old, boolean add) {
            List<Double> percentiles = arguments.stream().map(Percentiles::percentile).toList();
            return Value.detail(percentiles.stream().map(Texts::sixDecimals).collect(Collectors.joining(" ")),
                    percentiles);
        }

        private static Double percentile(String text) {
            if (!text.matches("(?i)[+-]?((\\d+\\.?\\d*|\\.\\d+)(e[+-]?\\d+)?|inf|infinity)")) {
                throw new ConfigException("Invalid " + NAME + " parameters");
            }
            double percentile = text.matches("(?i).*inf.*") ? 101 : Double.parseDouble(text);
            if (Double.isInfinite(percentile)) {
                throw new ConfigException("Invalid " + NAME + " parameters");
            }
            if (percentile < 0 || percentile > 100) {
                throw new ConfigException(NAME + " parameters should sit between [0.0,100.0]");
            }
            return percentile;
        }

        @Override
        public List<Line> lines(Value value, Value initial) {
            String text = value.text().isEmpty() ? "\"\"" : value.text();
            return List.of(new Line(text, value.text().equals(initial.text())));
        }
    }

    /** Three numbers for Linux's choice of whom to kill when memory runs out. */
    record OomScores() implements Kind {
        @Override
        public boolean takesSeveral() {
            return true;
        }

        @Override
        public Value parse(List<String> arguments, Value old, boolean add) {
            if (arguments.size() != 3) {
                throw new ConfigException("wrong number of arguments");
            }
            List<Long> scores = new ArrayList<>();
            for (String argument : arguments) {
                Long score = Texts.strtoll(argument);
                if (score == null || score < -2000 || score > 2000) {
                    throw new ConfigException("Invalid oom-score-adj-values, elements must be between -2000 and 2000.");
                }
                scores.add(score);
            }
            return Value.detail(scores.stream().map(String::valueOf).collect(Collectors.joining(" ")), scores);
        }
    }

    /** NAME=VALUE, one a line of the file; kept as a map, to which each further one is added. Respql's own. */
    record NamedOptions() implements Kind {
        @Override
        public Value parse(List<String> arguments, Value old, boolean add) {
            Map<String, String> options = new LinkedHashMap<>();
            if (old != null) {
                asMap(old).forEach(options::put);
            }
            String argument = arguments.get(0);
            if (!argument.isEmpty()) {
                int equals = argument.indexOf('=');
                if (equals < 1) {
                    throw new ConfigException("argument must be NAME=VALUE");
                }
                options.put(argument.substring(0, equals), argument.substring(equals + 1));
            }
            return Value.detail(join(options), Collections.unmodifiableMap(options));
        }

        @Override
        public List<Line> lines(Value value, Value initial) {
            return asMap(value).entrySet().stream().map(option -> new Line(Texts.quoted(option.toString()), false))
                    .toList();
        }

        /** What CONFIG GET may show. */
        static String withoutSecrets(Value value) {
            Map<String, String> shown = new LinkedHashMap<>(asMap(value));
            shown.replaceAll((name, text) -> DatabaseUrl.isSecret(name) ? "***" : text);
            return join(shown);
        }

        private static String join(Map<String, String> options) {
            return options.entrySet().stream().map(Map.Entry::toString).collect(Collectors.joining(" "));
        }

        @SuppressWarnings("unchecked")
        static Map<String, String> asMap(Value value) {
            return (Map<String, String>) value.detail();
        }
    }

    /** How Redis reads and writes the parts of values. */
    final class Texts {
        private static final Map<String, Long> UNITS = Map.of("", 1L, "b", 1L, "k", 1000L, "kb", 1L << 10,
                "m", 1000_000L, "mb", 1L << 20, "g", 1000_000_000L, "gb", 1L << 30);

        private Texts() {
        }

        /** Whether it is a 64 bit integer in canonical form: no plus, no leading zeros, no blanks. */
        static boolean isWhole(String text) {
            return Numbers.isLong(Bytes.of(text));
        }

        /**
         * An integer as C's strtoll takes a whole text: blanks before, any sign, the empty text 0, beyond 64 bits the
         * limit; null if it is something else.
         */
        static Long strtoll(String text) {
            String number = text.stripLeading();
            if (number.isEmpty()) {
                return 0L;
            }
            try {
                return number.matches("[+-]?[0-9]+") ? Long.parseLong(number) : null;
            } catch (NumberFormatException e) {
                return number.startsWith("-") ? Long.MIN_VALUE : Long.MAX_VALUE;
            }
        }

        /**
         * Bytes with an optional unit, without a sign; null if it is something else. As in Redis the empty text is 0,
         * digits beyond 64 bits give the largest number, and a unit may push it over.
         */
        static Long memory(String text) {
            int digits = 0;
            while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
                digits++;
            }
            Long unit = UNITS.get(text.substring(digits).toLowerCase(Locale.ROOT));
            if (unit == null) {
                return null;
            }
            if (digits == 0) {
                return 0L;
            }
            try {
                return Long.parseUnsignedLong(text.substring(0, digits)) * unit;
            } catch (NumberFormatException e) {
                return -1L * unit;
            }
        }

        /** The digits before a '%', no more than the largest number; null if it is something else. */
        static Long percent(String digits) {
            return digits.matches("[0-9]+") ? strtoll(digits) : null;
        }

        /** Bytes for the file, in the largest unit that they are a multiple of. */
        static String withUnit(long bytes) {
            if (bytes > 0) {
                for (String unit : List.of("gb", "mb", "kb")) {
                    if (bytes % UNITS.get(unit) == 0) {
                        return bytes / UNITS.get(unit) + unit;
                    }
                }
            }
            return Long.toUnsignedString(bytes);
        }

        /** As C's %f, without the zeros at the end. */
        static String sixDecimals(double number) {
            String text = String.format(Locale.ROOT, "%.6f", number);
            return text.replaceAll("\\.?0+$", "");
        }

        static int place(String name, List<String> names) {
            int place = names.indexOf(name);
            if (place < 0) {
                throw noneOf(names);
            }
            return place;
        }

        static ConfigException noneOf(List<String> names) {
            return new ConfigException("argument(s) must be one of the following: " + String.join(", ", names));
        }

        static String quoted(String text) {
            return Bytes.printable(Bytes.of(text));
        }
    }

    /** A choice of these names. */
    static Kind choice(String... names) {
        return new Choice(Arrays.asList(names), Map.of(), false);
    }
}
