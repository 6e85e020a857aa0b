package dev.respql.command.server;

import static dev.respql.command.Flag.LOADING;
import static dev.respql.command.Flag.STALE;

import dev.respql.command.Command;
import dev.respql.command.CommandException;
import dev.respql.command.CommandTable;
import dev.respql.command.Group;
import dev.respql.command.Help;
import dev.respql.command.Hint;
import dev.respql.command.KeySpec;
import dev.respql.command.KeySpec.Begin;
import dev.respql.command.KeySpec.KeyFlag;
import dev.respql.command.key.SortCommands;
import dev.respql.engine.Call;
import dev.respql.protocol.Reply;
import dev.respql.value.Bytes;
import dev.respql.value.Glob;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** COMMAND: what the server tells of its commands, all of it read from the command table. */
public final class CommandCommands {
    private static final String UNORDERED = "nondeterministic_output_order";

    private CommandCommands() {
    }

    public static List<Command> all() {
        return List.of(define("command").arity(-1).tips(UNORDERED)
                .summary("Returns what there is to know of every command.")
                .since("2.8.13").complexity("O(N) where N is the number of commands.")
                .subcommand(define("count").arity(2)
                        .summary("Returns how many commands the server has.")
                        .since("2.8.13").complexity("O(1)"), call ->
                        Reply.integer(table(call).commands().size()))
                .subcommand(define("docs").arity(-2).tips(UNORDERED)
                        .summary("Returns the documentation of the named commands, or of all.")
                        .since("7.0.0").complexity("O(N) where N is the number of commands asked for.")
                        .syntax("[command-name ...]"),
                        CommandCommands::docs)
                .subcommand(define("getkeys").arity(-4)
                        .summary("Returns the keys of a command that is given with all its arguments.")
                        .since("2.8.13").complexity("O(N) where N is the number of arguments."),
                        call -> keys(call, CommandCommands::keyOnly))
                .subcommand(define("getkeysandflags").arity(-4)
                        .summary("Returns the keys of a command that is given with all its arguments, and what it"
                                + " does to them.")
                        .since("7.0.0").complexity("O(N) where N is the number of arguments."),
                        call -> keys(call, CommandCommands::keyAndFlags))
                .subcommand(define("info").arity(-2).tips(UNORDERED)
                        .summary("Returns what there is to know of the named commands, or of all.")
                        .since("2.8.13").complexity("O(N) where N is the number of commands asked for.")
                        .syntax("[command-name ...]"),
                        CommandCommands::info)
                .subcommand(define("list").arity(-2).tips(UNORDERED)
                        .summary("Returns the names of all commands, or of those that a filter lets through.")
                        .since("7.0.0").complexity("O(N) where N is the number of commands.")
                        .syntax("[FILTERBY <MODULE module-name | ACLCAT category | PATTERN pattern>]"),
                        CommandCommands::list)
                .subcommand(Help.since("5.0.0", Group.SERVER).acl("connection"), Help::reply)
                .runs(call -> allInfo(call)));
    }

    private static Command.Builder define(String name) {
        return Command.named(name).group(Group.SERVER).acl("connection").flags(LOADING, STALE).hint(Hint.NOTHING);
    }

    private static CommandTable table(Call call) {
        return call.node().commands();
    }

    private static Reply allInfo(Call call) {
        return new Reply.Array(table(call).commands().stream().map(CommandInfo::of).toList());
    }

    private static Reply info(Call call) {
        if (call.count() == 2) {
            return allInfo(call);
        }
        List<Reply> infos = new ArrayList<>();
        for (int i = 2; i < call.count(); i++) {
            Command command = table(call).findByFullName(call.text(i));
            infos.add(command == null ? Reply.NULL : CommandInfo.of(command));
        }
        return new Reply.Array(infos);
    }

    private static Reply docs(Call call) {
        List<Reply> docs = new ArrayList<>();
        BiConsumer<String, Command> add = (name, command) -> {
            if (command != null) {
                docs.add(Reply.bulk(name));
                docs.add(CommandDocs.of(command));
            }
        };
        if (call.count() == 2) {
            table(call).commands().forEach(command -> add.accept(command.fullName(), command));
        }
        for (int i = 2; i < call.count(); i++) {
            Command command = table(call).findByFullName(call.text(i));
            add.accept(command == null ? "" : command.fullName(), command);
        }
        return new Reply.MapOf(docs);
    }

    private static Reply list(Call call) {
        Predicate<Command> filter = command -> true;
        if (call.count() == 5 && call.is(2, "FILTERBY")) {
            String wanted = call.text(4);
            if (call.is(3, "MODULE")) {
                filter = command -> false;
            } else if (call.is(3, "ACLCAT")) {
                filter = command -> command.aclCategories().contains(wanted.toLowerCase(Locale.ROOT));
            } else if (call.is(3, "PATTERN")) {
                filter = command -> Glob.matches(call.bytes(4), Bytes.of(command.fullName()), true);
            } else {
                throw CommandException.syntax();
            }
        } else if (call.count() > 2) {
            throw CommandException.syntax();
        }
        return new Reply.Array(withSubcommands(table(call)).filter(filter)
                .map(command -> Reply.bulk(command.fullName())).toList());
    }

    /** Every command, each followed by its subcommands. */
    static Stream<Command> withSubcommands(CommandTable table) {
        return table.commands().stream()
                .flatMap(command -> Stream.concat(Stream.of(command), command.subcommands().values().stream()));
    }

    // ---- GETKEYS

    private record FoundKey(byte[] name, Set<KeyFlag> flags) {
    }

    private static Reply keyOnly(FoundKey key) {
        return Reply.bulk(key.name);
    }

    private static Reply keyAndFlags(FoundKey key) {
        return Reply.array(Reply.bulk(key.name), CommandInfo.flags(key.flags));
    }

    private static Reply keys(Call call, Function<FoundKey, Reply> show) {
        byte[][] arguments = Arrays.copyOfRange(call.arguments(), 2, call.count());
        Command command = table(call).lookUp(arguments);
        if (command == null) {
            throw new CommandException("ERR Invalid command specified");
        }
        if (command.keySpecs().stream().allMatch(spec -> spec.flags().contains(KeyFlag.NOT_KEY))) {
            throw new CommandException("ERR The command has no key arguments");
        }
        if (!command.acceptsCount(arguments.length)) {
            throw new CommandException("ERR Invalid number of arguments specified for command");
        }
        List<FoundKey> keys = new ArrayList<>();
        for (KeySpec spec : command.keySpecs()) {
            if (spec.flags().contains(KeyFlag.NOT_KEY)) {
                continue;
            }
            Set<KeyFlag> flags = flags(command, spec, arguments);
            boolean found = spec.positions(arguments, position -> keys.add(new FoundKey(arguments[position], flags)));
            // What follows a keyword need not be there.
            if (!found && spec.begin() instanceof Begin.Index) {
                throw new CommandException("ERR Invalid arguments specified for command");
            }
        }
        int store = command.name().equals("sort") ? SortCommands.storesAt(arguments) : 0;
        if (store > 0) {
            keys.add(new FoundKey(arguments[store], Set.of(KeyFlag.OW, KeyFlag.UPDATE)));
        }
        return new Reply.Array(keys.stream().map(show).toList());
    }

    /** What is done to the keys, which with some commands hangs on their arguments. */
    private static Set<KeyFlag> flags(Command command, KeySpec spec, byte[][] arguments) {
        if (!command.name().equals("set")) {
            return spec.flags();
        }
        boolean reads = Arrays.stream(arguments).skip(3).anyMatch(word -> Bytes.equalsIgnoreCase(word, "GET"));
        return reads ? Set.of(KeyFlag.RW, KeyFlag.ACCESS, KeyFlag.UPDATE) : Set.of(KeyFlag.OW, KeyFlag.UPDATE);
    }
}
