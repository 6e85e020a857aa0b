package dev.respql.command;

import dev.respql.command.Argument.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads the syntax of a command in the notation of Redis's manual, as in
 * {@code key [NX | XX] [GET] [EX seconds | PX milliseconds | KEEPTTL]}: capitals are words to be typed as they are,
 * {@code [ ]} is optional, {@code < | >} is a choice, and {@code key [key ...]} can be repeated. What a value is follows
 * from its name ({@code seconds} is an integer); where the name misleads, the syntax says it: {@code increment:double}.
 */
final class Syntax {
    private static final Pattern PARTS = Pattern.compile("[\\[\\]<>|]|\\.\\.\\.|[^\\s\\[\\]<>|]+");
    private static final Pattern TYPED = Pattern.compile("(.+):(key|string|integer|double|pattern|unix-time)");
    private static final Set<String> INTEGERS = Set.of("bit", "bits", "client-id", "count", "cursor", "db", "decrement",
            "destination-db", "end", "frequency", "increment", "index", "index1", "index2", "len", "limit",
            "milliseconds", "min-match-len", "ms", "num-matches", "numkeys", "numlocal", "numreplicas", "offset",
            "port", "protover", "rank", "seconds", "slot", "start", "stop", "ttl", "version", "weight");
    private static final Set<String> DOUBLES =
            Set.of("height", "latitude", "longitude", "radius", "score", "timeout", "width");
    private static final Map<String, Type> TYPES = Map.of("key", Type.KEY, "string", Type.STRING, "integer",
            Type.INTEGER, "double", Type.DOUBLE, "pattern", Type.PATTERN, "unix-time", Type.UNIX_TIME);

    /** A piece of the text: a word, a group in brackets, or something that can be repeated. */
    private sealed interface Node {
        record Word(String text) implements Node {
            boolean isToken() {
                return text.chars().noneMatch(Character::isLowerCase);
            }
        }

        /** {@code repeated}: it ends with "...". */
        record Group(boolean optional, List<List<Node>> alternatives, boolean repeated) implements Node {
        }

        record Repeat(List<Node> nodes) implements Node {
        }
    }

    private final List<String> parts;
    private final boolean hasKeys;
    private int position;

    private Syntax(String text, boolean hasKeys) {
        this.parts = PARTS.matcher(text).results().map(part -> part.group()).collect(Collectors.toList());
        this.hasKeys = hasKeys;
    }

    /** The arguments of a command. */
    static List<Argument> arguments(String text, boolean hasKeys) {
        Syntax syntax = new Syntax(text, hasKeys);
        List<Argument> arguments = syntax.arguments(syntax.sequence(), true);
        if (syntax.position < syntax.parts.size()) {
            throw new IllegalArgumentException("unbalanced brackets in: " + text);
        }
        return arguments;
    }

    /** The text for people, without the types. */
    static String shown(String text) {
        return Pattern.compile(TYPED.pattern().replace("(.+)", "([^\\s\\[\\]<>|]+)")).matcher(text).replaceAll("$1");
    }

    // ---- text to nodes

    private List<Node> sequence() {
        List<Node> nodes = new ArrayList<>();
        while (position < parts.size()) {
            String part = parts.get(position);
            switch (part) {
                case "[", "<" -> {
                    position++;
                    add(group(part.equals("[")), nodes);
                }
                case "]", ">", "|", "..." -> {
                    return nodes;
                }
                default -> {
                    position++;
                    nodes.add(new Node.Word(part));
                }
            }
        }
        return nodes;
    }

    private Node.Group group(boolean optional) {
        List<List<Node>> alternatives = new ArrayList<>();
        boolean repeated = false;
        while (true) {
            List<Node> sequence = sequence();
            if (!sequence.isEmpty()) {
                alternatives.add(sequence);
            }
            String end = position < parts.size() ? parts.get(position++) : "";
            if (end.equals(optional ? "]" : ">")) {
                return new Node.Group(optional, alternatives, repeated);
            }
            if (end.equals("...")) {
                repeated = true;
            } else if (!end.equals("|")) {
                throw new IllegalArgumentException("unbalanced brackets in: " + String.join(" ", parts));
            }
        }
    }

    /** Adds a group; one that says that what stands before it can be repeated becomes one with that. */
    private static void add(Node.Group group, List<Node> nodes) {
        if (group.repeated && group.alternatives.size() == 1) {
            List<Node> content = group.alternatives.get(0);
            int first = nodes.size() - content.size();
            if (first >= 0 && nodes.subList(first, nodes.size()).equals(content)) {
                nodes.subList(first, nodes.size()).clear();
                nodes.add(new Node.Repeat(content));
                return;
            }
        }
        nodes.add(group);
    }

    // ---- nodes to arguments

    /** @param atTop whether the nodes are all that there is, not what is in some brackets */
    private List<Argument> arguments(List<Node> nodes, boolean atTop) {
        List<Argument> arguments = new ArrayList<>();
        int i = 0;
        while (i < nodes.size()) {
            if (!(nodes.get(i) instanceof Node.Word word) || !word.isToken()) {
                arguments.add(argument(nodes.get(i++)));
                continue;
            }
            int end = i + 1;
            while (end < nodes.size() && isValue(nodes.get(end))) {
                end++;
            }
            boolean isBlock = end - i > 2 && (atTop || i == 0 && end == nodes.size());
            if (isBlock) {
                arguments.add(Argument.group(word.text.toLowerCase(Locale.ROOT), Type.BLOCK,
                        arguments(nodes.subList(i + 1, end), false)).withToken(word.text));
                i = end;
            } else if (i + 1 < nodes.size() && takesToken(nodes.get(i + 1))) {
                arguments.add(argument(nodes.get(i + 1)).withToken(word.text));
                i += 2;
            } else {
                arguments.add(Argument.pureToken(word.text));
                i++;
            }
        }
        return arguments;
    }

    /** Whether it is a value or several of them, with nothing to be typed as it is. */
    private static boolean isValue(Node node) {
        return node instanceof Node.Word word && !word.isToken()
                || node instanceof Node.Repeat repeat && repeat.nodes.stream().allMatch(Syntax::isValue);
    }

    private static boolean takesToken(Node next) {
        return isValue(next) || next instanceof Node.Group group && !group.optional;
    }

    private Argument argument(Node node) {
        if (node instanceof Node.Word word) {
            return word.isToken() ? Argument.pureToken(word.text) : value(word.text);
        }
        if (node instanceof Node.Repeat repeat) {
            Argument once = asOne(repeat.nodes);
            return once.repeated(once.token() != null);
        }
        Node.Group group = (Node.Group) node;
        Argument one = group.alternatives.size() == 1 ? asOne(group.alternatives.get(0)) : choice(group.alternatives);
        if (group.repeated) {
            one = one.repeated(one.token() != null);
        }
        return group.optional ? one.asOptional() : one;
    }

    private Argument choice(List<List<Node>> alternatives) {
        List<Argument> choices = alternatives.stream().map(this::asOne).toList();
        return Argument.group(choices.stream().map(Argument::name).collect(Collectors.joining("_")), Type.ONEOF,
                choices);
    }

    private Argument asOne(List<Node> nodes) {
        List<Argument> arguments = arguments(nodes, false);
        return arguments.size() == 1 ? arguments.get(0)
                : Argument.group(arguments.isEmpty() ? "" : arguments.get(0).name(), Type.BLOCK, arguments);
    }

    private Argument value(String text) {
        Matcher typed = TYPED.matcher(text);
        return typed.matches() ? Argument.value(typed.group(1), TYPES.get(typed.group(2)))
                : Argument.value(text, type(text));
    }

    private Type type(String name) {
        if (hasKeys && name.matches(".*key\\d*|source|destination|src|dst")) {
            return Type.KEY;
        }
        if (name.equals("pattern")) {
            return Type.PATTERN;
        }
        if (name.startsWith("unix-time")) {
            return Type.UNIX_TIME;
        }
        return INTEGERS.contains(name) ? Type.INTEGER : DOUBLES.contains(name) ? Type.DOUBLE : Type.STRING;
    }
}
