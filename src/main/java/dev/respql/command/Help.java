package dev.respql.command;

import dev.respql.engine.Call;
import dev.respql.protocol.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The HELP subcommand that every container command has: {@code .subcommand(Help.since("5.0.0", group), Help::reply)}.
 * Its lines follow from the syntax and the summaries of the other subcommands, in the layout that Redis gives them.
 */
public final class Help {
    private static final int LINE = 80;
    private static final String INDENT = "    ";

    private Help() {
    }

    /** Begins the definition of HELP for a container of this group; {@code version} of Redis that first had it. */
    public static Command.Builder since(String version, Group group) {
        return Command.named("help").group(group).arity(2).flags(Flag.LOADING, Flag.STALE)
                .summary("Returns a text about the subcommands.")
                .since(version).complexity("O(1)")
                .hint(Hint.NOTHING);
    }

    /** The code of HELP. */
    public static Reply reply(Call call) {
        Command container = call.node().commands().find(call.bytes(0));
        List<String> lines = new ArrayList<>();
        if (container.acceptsCount(1)) {
            lines.add("(no subcommand)");
            wrap(container.documentation().summary(), lines);
        }
        for (Command subcommand : container.subcommands().values()) {
            if (!subcommand.name().equals("help")) {
                String syntax = Syntax.shown(subcommand.documentation().syntax());
                lines.add((subcommand.name().toUpperCase(Locale.ROOT) + " " + syntax).strip());
                wrap(subcommand.documentation().summary(), lines);
            }
        }
        return reply(container, lines);
    }

    /** The same layout for a command that sees to its subcommands itself; {@code lines} without those of HELP. */
    public static Reply reply(Command container, List<String> lines) {
        List<Reply> reply = new ArrayList<>();
        reply.add(new Reply.Simple(container.name().toUpperCase(Locale.ROOT)
                + " <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"));
        for (String line : lines) {
            reply.add(new Reply.Simple(line));
        }
        reply.add(new Reply.Simple("HELP"));
        reply.add(new Reply.Simple(INDENT + "Print this help."));
        return new Reply.Array(reply);
    }

    private static void wrap(String text, List<String> lines) {
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ")) {
            if (line.length() > 0 && INDENT.length() + line.length() + 1 + word.length() > LINE) {
                lines.add(INDENT + line);
                line.setLength(0);
            }
            line.append(line.length() == 0 ? "" : " ").append(word);
        }
        lines.add(INDENT + line);
    }
}
