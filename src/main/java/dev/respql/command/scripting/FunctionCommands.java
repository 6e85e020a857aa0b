package dev.respql.command.scripting;

import static dev.respql.command.Flag.ALLOW_BUSY;
import static dev.respql.command.Flag.DENYOOM;
import static dev.respql.command.Flag.NOSCRIPT;
import static dev.respql.command.Flag.WRITE;

import dev.respql.command.Command;
import dev.respql.command.CommandException;
import dev.respql.command.CommandTable;
import dev.respql.command.Group;
import dev.respql.command.Help;
import dev.respql.command.Hint;
import dev.respql.engine.Call;
import dev.respql.engine.Functions;
import dev.respql.engine.Functions.Libraries;
import dev.respql.engine.Scripting;
import dev.respql.protocol.Reply;
import dev.respql.script.FunctionLibrary;
import dev.respql.script.ScriptEngine;
import dev.respql.script.ScriptException;
import dev.respql.script.ScriptFlag;
import dev.respql.value.Bytes;
import dev.respql.value.Glob;
import java.util.ArrayList;
import java.util.List;

/** FUNCTION: the libraries of functions; FCALL and FCALL_RO, which call them. */
public final class FunctionCommands {
    private static final String ENGINE_TIP = "request_policy:all_shards";
    private static final String SUCCESS_TIP = "response_policy:all_succeeded";

    private FunctionCommands() {
    }

    public static List<Command> all() {
        return List.of(
                EvalCommands.writing("fcall", "function", "7.0.0").summary("Calls a function.")
                        .complexity("Depends on the function that is executed.")
                        .hint((call, prefetch) -> {
                            Hint.STRINGS.announce(call, prefetch);
                            call.node().functions().announce(call, prefetch);
                        })
                        .runs(call -> call(call, false)),
                EvalCommands.reading("fcall_ro", "function").summary("Calls a function that does not write.")
                        .complexity("Depends on the function that is executed.")
                        .runs(call -> call(call, true)),
                container());
    }

    private static Command container() {
        return Command.named("function").group(Group.SCRIPTING).arity(-2)
                .summary("A container for commands about functions.")
                .since("7.0.0").complexity("Depends on subcommand.")
                .subcommand(changing("load", -3).flags(DENYOOM)
                        .summary("Loads a library of functions.")
                        .complexity("O(1) (considering compilation time is redundant)")
                        .syntax("[REPLACE] function-code"), FunctionCommands::load)
                .subcommand(changing("delete", 3)
                        .summary("Deletes a library and its functions.")
                        .complexity("O(1)").syntax("library-name"), FunctionCommands::delete)
                .subcommand(changing("flush", -2)
                        .summary("Deletes all libraries.")
                        .complexity("O(N) where N is the number of functions deleted")
                        .syntax("[ASYNC | SYNC]"), FunctionCommands::flush)
                .subcommand(changing("restore", -3).flags(DENYOOM)
                        .summary("Loads the libraries of a dump.")
                        .complexity("O(N) where N is the number of functions on the payload")
                        .syntax("serialized-value [FLUSH | APPEND | REPLACE]"), FunctionCommands::restore)
                .subcommand(subcommand("dump", 2)
                        .summary("Returns all libraries in one piece, for FUNCTION RESTORE.")
                        .complexity("O(N) where N is the number of functions"), FunctionCommands::dump)
                .subcommand(subcommand("list", -2).tips("nondeterministic_output_order")
                        .summary("Lists the libraries and their functions.")
                        .complexity("O(N) where N is the number of functions")
                        .syntax("[LIBRARYNAME library-name-pattern] [WITHCODE]"), FunctionCommands::list)
                .subcommand(subcommand("kill", 2).flags(ALLOW_BUSY).atIntake().answersWhileBusy()
                        .tips(ENGINE_TIP, "response_policy:one_succeeded")
                        .summary("Ends the function that runs, if it has written nothing.")
                        .complexity("O(1)"), call -> ScriptCommands.kill(call, true))
                .subcommand(subcommand("stats", 2).flags(ALLOW_BUSY).answersWhileBusy()
                        .tips("nondeterministic_output", ENGINE_TIP, "response_policy:special")
                        .summary("Tells which function runs, and how many there are.")
                        .complexity("O(1)"), FunctionCommands::stats)
                .subcommand(Help.since("7.0.0", Group.SCRIPTING), Help::reply)
                .container();
    }

    private static Command.Builder subcommand(String name, int arity) {
        return Command.named(name).group(Group.SCRIPTING).arity(arity).flags(NOSCRIPT).since("7.0.0");
    }

    /** One that changes the libraries, beside which nothing may run. */
    private static Command.Builder changing(String name, int arity) {
        return subcommand(name, arity).flags(WRITE).exclusive().tips(ENGINE_TIP, SUCCESS_TIP);
    }

    // ---- calling

    private static Reply call(Call call, boolean readOnly) {
        Functions.Found found = call.node().functions().of(call).find(call.text(1));
        if (found == null) {
            throw new CommandException("ERR Function not found");
        }
        int keys = keyCount(call);
        boolean writesNot = found.function().flags().contains(ScriptFlag.NO_WRITES);
        if (readOnly && !writesNot) {
            throw EvalCommands.mayWrite();
        }
        List<byte[]> all = List.of(call.arguments());
        String name = found.function().name();
        return call.node().scripting().run(call, name, writesNot, host -> found.library().call(name, host,
                all.subList(3, 3 + keys), all.subList(3 + keys, all.size())));
    }

    private static int keyCount(Call call) {
        try {
            call.number(2);
        } catch (CommandException e) {
            throw new CommandException("ERR Bad number of keys provided");
        }
        return EvalCommands.keyCount(call);
    }

    // ---- changing

    private static Reply load(Call call) {
        boolean replace = false;
        int last = call.count() - 1;
        for (int i = 2; i < last; i++) {
            if (!call.is(i, "REPLACE")) {
                throw new CommandException("ERR Unknown option given: " + CommandTable.shown(call.bytes(i), Integer.MAX_VALUE));
            }
            replace = true;
        }
        Libraries.Edit edit = call.node().functions().of(call).edit();
        FunctionLibrary library = compile(call, edit, call.bytes(last), replace);
        call.node().functions().change(call, edit.remove(library.name()).add(library).done());
        return Reply.bulk(library.name());
    }

    private static FunctionLibrary compile(Call call, Libraries.Edit others, byte[] source, boolean replace) {
        try {
            String name = ScriptEngine.libraryName(source);
            if (!replace && others.has(name)) {
                throw new CommandException("ERR Library '" + name + "' already exists");
            }
            return call.node().functions().compile(source);
        } catch (ScriptException e) {
            throw new CommandException(e.getMessage());
        }
    }

    private static Reply delete(Call call) {
        Libraries libraries = call.node().functions().of(call);
        if (!libraries.has(call.text(2))) {
            throw new CommandException("ERR Library not found");
        }
        call.node().functions().change(call, libraries.edit().remove(call.text(2)).done());
        return Reply.OK;
    }

    private static Reply flush(Call call) {
        if (call.count() > 3) {
            throw wrongArguments(call.text(1));
        }
        if (call.count() == 3 && !call.is(2, "SYNC") && !call.is(2, "ASYNC")) {
            throw new CommandException("ERR FUNCTION FLUSH only supports SYNC|ASYNC option");
        }
        Libraries libraries = call.node().functions().of(call);
        if (!libraries.all().isEmpty()) {
            call.node().functions().change(call, Libraries.none());
        }
        return Reply.OK;
    }

    private static Reply restore(Call call) {
        if (call.count() > 4) {
            throw wrongArguments(call.text(1));
        }
        boolean flush = call.count() == 4 && call.is(3, "FLUSH");
        boolean replace = call.count() == 4 && call.is(3, "REPLACE");
        if (call.count() == 4 && !flush && !replace && !call.is(3, "APPEND")) {
            throw new CommandException(
                    "ERR Wrong restore policy given, value should be either FLUSH, APPEND or REPLACE.");
        }
        Libraries.Edit restored = Libraries.none().edit();
        for (byte[] source : FunctionPayload.read(call.bytes(2))) {
            restored.add(compile(call, restored, source, false));
        }
        Libraries before = flush ? Libraries.none() : call.node().functions().of(call);
        Libraries.Edit edit = before.edit();
        for (FunctionLibrary library : restored.done().all()) {
            if (edit.has(library.name()) && !replace) {
                throw new CommandException("ERR Library " + library.name() + " already exists");
            }
            edit.remove(library.name());
        }
        restored.done().all().forEach(edit::add);
        call.node().functions().change(call, edit.done());
        return Reply.OK;
    }

    private static CommandException wrongArguments(String subcommand) {
        return new CommandException("ERR unknown subcommand or wrong number of arguments for '" + subcommand
                + "'. Try FUNCTION HELP.");
    }

    // ---- telling

    private static Reply dump(Call call) {
        return Reply.bulk(FunctionPayload.write(
                call.node().functions().of(call).all().stream().map(FunctionLibrary::source).toList()));
    }

    private static Reply list(Call call) {
        byte[] pattern = null;
        boolean withCode = false;
        for (int i = 2; i < call.count(); i++) {
            if (!withCode && call.is(i, "WITHCODE")) {
                withCode = true;
            } else if (pattern == null && call.is(i, "LIBRARYNAME")) {
                if (++i == call.count()) {
                    throw new CommandException("ERR library name argument was not given");
                }
                pattern = call.bytes(i);
            } else {
                throw new CommandException("ERR Unknown argument " + call.text(i));
            }
        }
        List<Reply> libraries = new ArrayList<>();
        for (FunctionLibrary library : call.node().functions().of(call).all()) {
            if (pattern == null || Glob.matches(pattern, Bytes.of(library.name()), true)) {
                libraries.add(described(library, withCode));
            }
        }
        return new Reply.Array(libraries);
    }

    private static Reply described(FunctionLibrary library, boolean withCode) {
        List<Reply> functions = new ArrayList<>();
        for (FunctionLibrary.Function function : library.functions()) {
            functions.add(new Reply.MapOf(List.of(
                    Reply.bulk("name"), Reply.bulk(function.name()),
                    Reply.bulk("description"), function.description() == null ? Reply.NULL
                            : Reply.bulk(Bytes.of(function.description())),
                    Reply.bulk("flags"), new Reply.SetOf(function.flags().stream()
                            .map(flag -> new Reply.Simple(flag.text())).toList()))));
        }
        List<Reply> described = new ArrayList<>(List.of(
                Reply.bulk("library_name"), Reply.bulk(library.name()),
                Reply.bulk("engine"), Reply.bulk(FunctionLibrary.ENGINE),
                Reply.bulk("functions"), new Reply.Array(functions)));
        if (withCode) {
            described.add(Reply.bulk("library_code"));
            described.add(Reply.bulk(library.source()));
        }
        return new Reply.MapOf(described);
    }

    private static Reply stats(Call call) {
        Scripting.Busy running = call.node().scripting().longest();
        if (running != null && running.function() == null && call.tx() == null) {
            throw new CommandException(
                    "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.");
        }
        // While a function runs, there is no asking the database.
        Libraries libraries = call.tx() == null ? call.node().functions().lastKnown() : call.node().functions().of(call);
        return new Reply.MapOf(List.of(
                Reply.bulk("running_script"), running == null || running.function() == null ? Reply.NULL
                        : new Reply.MapOf(List.of(
                                Reply.bulk("name"), Reply.bulk(running.function()),
                                Reply.bulk("command"), Reply.bulks(running.command()),
                                Reply.bulk("duration_ms"), Reply.integer(running.millis()))),
                Reply.bulk("engines"), new Reply.MapOf(List.of(
                        Reply.bulk(FunctionLibrary.ENGINE), new Reply.MapOf(List.of(
                                Reply.bulk("libraries_count"), Reply.integer(libraries.all().size()),
                                Reply.bulk("functions_count"), Reply.integer(libraries.functionCount())))))));
    }
}
