package dev.respql.command;

import dev.respql.value.Bytes;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** All commands of a server, looked up by name without regard to case. Immutable; shared by all threads. */
public final class CommandTable {
    private static final int MAX_NAME_IN_ERROR = 128;

    private final Map<String, Command> byName = new TreeMap<>();
    private final Command[] slots;

    public CommandTable(Collection<Command> commands) {
        for (Command command : commands) {
            if (byName.put(command.name(), command) != null) {
                throw new IllegalArgumentException("two commands are named " + command.name());
            }
        }
        int size = Integer.highestOneBit(byName.size() * 4) * 2;
        slots = new Command[size];
        for (Command command : byName.values()) {
            int slot = slot(Bytes.of(command.name()));
            while (slots[slot] != null) {
                slot = (slot + 1) & (size - 1);
            }
            slots[slot] = command;
        }
    }

    /** All commands, by name. */
    public Collection<Command> commands() {
        return byName.values();
    }

    /** The command of that name, or null. */
    public Command find(byte[] name) {
        for (int slot = slot(name); slots[slot] != null; slot = (slot + 1) & (slots.length - 1)) {
            if (Bytes.equalsIgnoreCase(name, slots[slot].name())) {
                return slots[slot];
            }
        }
        return null;
    }

    /** The command named {@code get} or {@code config|get}, or null. */
    public Command findByFullName(String fullName) {
        String[] parts = fullName.toLowerCase(Locale.ROOT).split("\\|", 2);
        Command command = byName.get(parts[0]);
        return command == null || parts.length == 1 ? command : command.subcommands().get(parts[1]);
    }

    /**
     * The command (or subcommand) that a request calls, with the right number of arguments.
     *
     * @throws CommandException with Redis's words where there is no such command or the number is wrong
     */
    public Command resolve(byte[][] arguments) {
        Command command = lookUp(arguments);
        if (command == null) {
            Command container = find(arguments[0]);
            throw container == null ? unknown(arguments)
                    : new CommandException("ERR unknown subcommand '" + shown(arguments[1], MAX_NAME_IN_ERROR) + "'. Try "
                            + container.name().toUpperCase(Locale.ROOT) + " HELP.");
        }
        if (!command.acceptsCount(arguments.length)) {
            throw CommandException.wrongArity(command.fullName());
        }
        return command;
    }

    /** The command (or subcommand) that a request calls, whatever the number of arguments; null where there is none. */
    public Command lookUp(byte[][] arguments) {
        Command command = find(arguments[0]);
        return command == null || command.subcommands().isEmpty() || arguments.length == 1
                ? command : command.subcommands().get(Bytes.text(arguments[1]).toLowerCase(Locale.ROOT));
    }

    private static CommandException unknown(byte[][] arguments) {
        StringBuilder shownArguments = new StringBuilder();
        for (int i = 1; i < arguments.length && shownArguments.length() < MAX_NAME_IN_ERROR; i++) {
            int room = MAX_NAME_IN_ERROR - shownArguments.length();
            shownArguments.append('\'').append(shown(arguments[i], room)).append("' ");
        }
        return new CommandException(
                "ERR unknown command '" + shown(arguments[0], MAX_NAME_IN_ERROR) + "', with args beginning with: " + shownArguments);
    }

    /** As Redis shows a word in an error: up to a zero byte, and not too long. */
    public static String shown(byte[] word, int longest) {
        String text = Bytes.text(word);
        int zero = text.indexOf('\0');
        return text.substring(0, Math.min(zero < 0 ? text.length() : zero, longest));
    }

    private int slot(byte[] name) {
        int hash = 0;
        for (byte b : name) {
            hash = hash * 31 + (b | 0x20);
        }
        return (hash ^ (hash >>> 15)) & (slots.length - 1);
    }

    /** Gathers the commands of several families. */
    @SafeVarargs
    public static CommandTable of(List<Command>... families) {
        return new CommandTable(List.of(families).stream().flatMap(List::stream).toList());
    }
}
