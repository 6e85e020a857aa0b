package dev.respql.command.server;

import static dev.respql.command.Flag.ADMIN;
import static dev.respql.command.Flag.LOADING;
import static dev.respql.command.Flag.NOSCRIPT;
import static dev.respql.command.Flag.STALE;

import dev.respql.command.Command;
import dev.respql.command.CommandException;
import dev.respql.command.Group;
import dev.respql.command.Help;
import dev.respql.command.Hint;
import dev.respql.config.ConfigException;
import dev.respql.engine.Call;
import dev.respql.protocol.Reply;
import dev.respql.value.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** CONFIG: reading and changing parameters while the server runs. */
public final class ConfigCommands {
    private ConfigCommands() {
    }

    public static List<Command> all() {
        return List.of(Command.named("config").group(Group.SERVER).arity(-2)
                .summary("Reads and changes the server's configuration.")
                .since("2.0.0").complexity("Depends on the subcommand.")
                .subcommand(define("get").arity(-3)
                        .summary("Returns the parameters that match the patterns, with their values.")
                        .since("2.0.0").complexity("O(N) where N is the number of patterns.")
                        .syntax("parameter [parameter ...]"),
                        ConfigCommands::get)
                .subcommand(define("set").arity(-4)
                        .tips("request_policy:all_nodes", "response_policy:all_succeeded")
                        .summary("Changes parameters: all of them, or none where one is wrong.")
                        .since("2.0.0").complexity("O(N) where N is the number of parameters.")
                        .syntax("parameter value [parameter value ...]"),
                        ConfigCommands::set)
                .subcommand(define("resetstat").arity(2)
                        .summary("Sets the counts and times that INFO tells back to zero.")
                        .since("2.0.0").complexity("O(1)"), call -> {
                            call.node().stats().reset();
                            return Reply.OK;
                        })
                .subcommand(define("rewrite").arity(2)
                        .summary("Writes the configuration to the file that it was read from.")
                        .since("2.8.0").complexity("O(1)"),
                        ConfigCommands::rewrite)
                .subcommand(Help.since("5.0.0", Group.SERVER), Help::reply)
                .container());
    }

    private static Command.Builder define(String name) {
        return Command.named(name).group(Group.SERVER).flags(ADMIN, NOSCRIPT, LOADING, STALE).hint(Hint.NOTHING);
    }

    private static Reply get(Call call) {
        List<String> patterns = new ArrayList<>();
        for (int i = 2; i < call.count(); i++) {
            patterns.add(call.text(i));
        }
        List<Reply> found = new ArrayList<>();
        for (Map.Entry<String, String> parameter : call.node().config().matching(patterns)) {
            found.add(Reply.bulk(parameter.getKey()));
            found.add(Reply.bulk(Bytes.of(parameter.getValue())));
        }
        return new Reply.MapOf(found);
    }

    private static Reply set(Call call) {
        if (call.count() % 2 != 0) {
            throw CommandException.syntax();
        }
        List<Map.Entry<String, String>> pairs = new ArrayList<>();
        for (int i = 2; i < call.count(); i += 2) {
            pairs.add(Map.entry(call.text(i), new String(call.bytes(i + 1), StandardCharsets.UTF_8)));
        }
        try {
            call.node().config().set(pairs);
        } catch (ConfigException e) {
            throw new CommandException("ERR " + e.getMessage());
        }
        return Reply.OK;
    }

    private static Reply rewrite(Call call) {
        try {
            call.node().config().rewrite();
        } catch (ConfigException e) {
            throw new CommandException("ERR " + e.getMessage());
        }
        return Reply.OK;
    }
}
