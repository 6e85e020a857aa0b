package dev.respql.command.scripting;

import static dev.respql.command.Flag.ALLOW_BUSY;
import static dev.respql.command.Flag.NOSCRIPT;
import static dev.respql.command.Flag.STALE;

import dev.respql.command.Command;
import dev.respql.command.CommandException;
import dev.respql.command.Group;
import dev.respql.command.Help;
import dev.respql.engine.Call;
import dev.respql.engine.Scripting;
import dev.respql.protocol.Reply;
import dev.respql.script.ScriptException;
import dev.respql.value.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** SCRIPT: the scripts that EVALSHA knows, and the one that runs. */
public final class ScriptCommands {
    private ScriptCommands() {
    }

    public static List<Command> all() {
        return List.of(Command.named("script").group(Group.SCRIPTING).arity(-2)
                .summary("A container for commands about Lua scripts.")
                .since("2.6.0").complexity("Depends on subcommand.")
                .subcommand(subcommand("load", 3).flags(NOSCRIPT, STALE).mayWrite()
                        .tips("request_policy:all_nodes", "response_policy:all_succeeded")
                        .summary("Keeps a script for EVALSHA, on all nodes.")
                        .since("2.6.0").complexity("O(N) with N being the length in bytes of the script body.")
                        .syntax("script"), ScriptCommands::load)
                .subcommand(subcommand("exists", -3).flags(NOSCRIPT)
                        .tips("request_policy:all_shards", "response_policy:agg_logical_and")
                        .summary("Tells which scripts EVALSHA knows.")
                        .since("2.6.0").complexity("O(N) with N being the number of scripts to check (so checking a single"
                                + " script is an O(1) operation).").syntax("sha1 [sha1 ...]"), ScriptCommands::exist)
                .subcommand(subcommand("flush", -2).flags(NOSCRIPT).mayWrite()
                        .tips("request_policy:all_nodes", "response_policy:all_succeeded")
                        .summary("Forgets all scripts.")
                        .since("2.6.0").complexity("O(N) with N being the number of scripts in cache")
                        .syntax("[ASYNC | SYNC]"), ScriptCommands::flush)
                .subcommand(subcommand("kill", 2).flags(NOSCRIPT, ALLOW_BUSY).atIntake().answersWhileBusy()
                        .tips("request_policy:all_shards", "response_policy:one_succeeded")
                        .summary("Ends the script that runs, if it has written nothing.")
                        .since("2.6.0").complexity("O(1)"), call -> kill(call, false))
                .subcommand(subcommand("debug", 3).flags(NOSCRIPT)
                        .summary("Would debug a script; is refused.")
                        .since("3.2.0").complexity("O(1)").syntax("<YES | SYNC | NO>"), ScriptCommands::debug)
                .subcommand(Help.since("5.0.0", Group.SCRIPTING), Help::reply)
                .container());
    }

    private static Command.Builder subcommand(String name, int arity) {
        return Command.named(name).group(Group.SCRIPTING).arity(arity);
    }

    private static Reply load(Call call) {
        try {
            return Reply.bulk(call.node().scripting().load(call, call.bytes(2)).sha());
        } catch (ScriptException e) {
            throw new CommandException(e.getMessage());
        }
    }

    private static Reply exist(Call call) {
        List<Reply> found = new ArrayList<>();
        for (int i = 2; i < call.count(); i++) {
            String sha = Bytes.text(call.bytes(i)).toLowerCase(Locale.ROOT);
            found.add(call.node().scripting().find(call, sha) == null ? Reply.ZERO : Reply.ONE);
        }
        return new Reply.Array(found);
    }

    private static Reply flush(Call call) {
        if (call.count() > 3 || call.count() == 3 && !call.is(2, "SYNC") && !call.is(2, "ASYNC")) {
            throw new CommandException("ERR SCRIPT FLUSH only support SYNC|ASYNC option");
        }
        call.node().scripting().flush(call);
        return Reply.OK;
    }

    /** SCRIPT KILL and FUNCTION KILL. */
    static Reply kill(Call call, boolean functions) {
        return switch (call.node().scripting().kill(functions)) {
            case OTHER_KIND_RUNS -> throw new CommandException("BUSY Redis is busy running a script. You can only call "
                    + (functions ? "SCRIPT" : "FUNCTION") + " KILL or SHUTDOWN NOSAVE.");
            case NOTHING_RUNS -> throw new CommandException("NOTBUSY No scripts in execution right now.");
            case HAS_WRITTEN -> throw new CommandException("UNKILLABLE Sorry the script already executed write commands"
                    + " against the dataset. You can either wait the script termination or kill the server in a hard way"
                    + " using the SHUTDOWN NOSAVE command.");
            case KILLED -> Reply.OK;
        };
    }

    private static Reply debug(Call call) {
        if (call.is(2, "NO")) {
            return Reply.OK;
        }
        throw new CommandException(call.is(2, "YES") || call.is(2, "SYNC")
                ? "ERR scripts cannot be debugged here" : "ERR Use SCRIPT DEBUG YES/SYNC/NO");
    }
}
