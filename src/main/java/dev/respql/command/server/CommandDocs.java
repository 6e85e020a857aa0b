package dev.respql.command.server;

import dev.respql.command.Argument;
import dev.respql.command.Command;
import dev.respql.command.Command.Documentation;
import dev.respql.protocol.Reply;
import java.util.ArrayList;
import java.util.List;

/** What COMMAND DOCS answers for one command. */
final class CommandDocs {
    private CommandDocs() {
    }

    static Reply of(Command command) {
        Documentation documentation = command.documentation();
        List<Reply> entries = new ArrayList<>();
        put(entries, "summary", documentation.summary());
        put(entries, "since", documentation.since());
        put(entries, "group", command.group().wireName());
        if (!documentation.complexity().isEmpty()) {
            put(entries, "complexity", documentation.complexity());
        }
        if (documentation.deprecatedSince() != null) {
            entries.add(Reply.bulk("doc_flags"));
            entries.add(new Reply.SetOf(List.of(new Reply.Simple("deprecated"))));
            put(entries, "deprecated_since", documentation.deprecatedSince());
            put(entries, "replaced_by", documentation.replacedBy());
        }
        List<Argument> arguments = command.arguments();
        if (!arguments.isEmpty()) {
            entries.add(Reply.bulk("arguments"));
            entries.add(arguments(arguments, new KeySpecs(command.keySpecs().size())));
        }
        if (!command.subcommands().isEmpty()) {
            List<Reply> subcommands = new ArrayList<>();
            for (Command subcommand : command.subcommands().values()) {
                subcommands.add(Reply.bulk(subcommand.fullName()));
                subcommands.add(of(subcommand));
            }
            entries.add(Reply.bulk("subcommands"));
            entries.add(new Reply.MapOf(subcommands));
        }
        return new Reply.MapOf(entries);
    }

    /** Gives key arguments their specifications: the first the first, and so on. */
    private static final class KeySpecs {
        private final int count;
        private int next;

        KeySpecs(int count) {
            this.count = count;
        }

        int next() {
            return Math.min(next++, count - 1);
        }
    }

    private static Reply arguments(List<Argument> arguments, KeySpecs keySpecs) {
        return new Reply.Array(arguments.stream().map(argument -> argument(argument, keySpecs)).toList());
    }

    private static Reply argument(Argument argument, KeySpecs keySpecs) {
        List<Reply> entries = new ArrayList<>();
        put(entries, "name", argument.name());
        put(entries, "type", argument.type().wireName());
        if (argument.type() == Argument.Type.KEY) {
            entries.add(Reply.bulk("key_spec_index"));
            entries.add(Reply.integer(keySpecs.next()));
        }
        if (argument.token() != null) {
            put(entries, "token", argument.token());
        }
        List<Reply> flags = new ArrayList<>();
        add(flags, argument.optional(), "optional");
        add(flags, argument.multiple(), "multiple");
        add(flags, argument.multipleToken(), "multiple_token");
        if (!flags.isEmpty()) {
            entries.add(Reply.bulk("flags"));
            entries.add(new Reply.SetOf(flags));
        }
        if (!argument.arguments().isEmpty()) {
            entries.add(Reply.bulk("arguments"));
            entries.add(arguments(argument.arguments(), keySpecs));
        }
        return new Reply.MapOf(entries);
    }

    private static void add(List<Reply> flags, boolean is, String name) {
        if (is) {
            flags.add(new Reply.Simple(name));
        }
    }

    private static void put(List<Reply> entries, String name, String text) {
        entries.add(Reply.bulk(name));
        entries.add(Reply.bulk(text));
    }
}
