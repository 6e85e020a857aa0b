package dev.respql.command.scripting;

import static dev.respql.command.Flag.MOVABLEKEYS;
import static dev.respql.command.Flag.NOSCRIPT;
import static dev.respql.command.Flag.NO_MANDATORY_KEYS;
import static dev.respql.command.Flag.READONLY;
import static dev.respql.command.Flag.SKIP_MONITOR;
import static dev.respql.command.Flag.STALE;
import static dev.respql.command.KeySpec.KeyFlag.ACCESS;
import static dev.respql.command.KeySpec.KeyFlag.RO;
import static dev.respql.command.KeySpec.KeyFlag.RW;
import static dev.respql.command.KeySpec.KeyFlag.UPDATE;

import dev.respql.command.Command;
import dev.respql.command.CommandException;
import dev.respql.command.Group;
import dev.respql.command.Hint;
import dev.respql.command.KeySpec;
import dev.respql.engine.Call;
import dev.respql.protocol.Reply;
import dev.respql.script.Script;
import dev.respql.script.ScriptException;
import dev.respql.script.ScriptFlag;
import dev.respql.value.Bytes;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Commands that run a script as one: EVAL and its like. */
public final class EvalCommands {
    /** Of a SHA-1 in hexadecimal digits. */
    private static final int SHA_LENGTH = 40;

    private EvalCommands() {
    }

    public static List<Command> all() {
        return List.of(
                writing("eval", "script", "2.6.0").summary("Runs a Lua script.")
                        .runs(call -> run(call, EvalCommands::source, false)),
                writing("evalsha", "sha1", "2.6.0").summary("Runs a Lua script that is known by its SHA-1.")
                        .runs(call -> runKnown(call, false)),
                reading("eval_ro", "script").summary("Runs a Lua script that does not write.")
                        .runs(call -> run(call, EvalCommands::source, true)),
                reading("evalsha_ro", "sha1").summary("Runs a Lua script that does not write and is known by its SHA-1.")
                        .runs(call -> runKnown(call, true)));
    }

    static Command.Builder writing(String name, String what, String since) {
        return command(name, what).since(since).keys(KeySpec.counted(2, RW, ACCESS, UPDATE))
                .hint(Hint.STRINGS).mayWrite();
    }

    static Command.Builder reading(String name, String what) {
        return command(name, what).since("7.0.0").flags(READONLY).keys(KeySpec.counted(2, RO, ACCESS));
    }

    private static Command.Builder command(String name, String what) {
        return Command.named(name).group(Group.SCRIPTING).arity(-3)
                .flags(NOSCRIPT, STALE, SKIP_MONITOR, NO_MANDATORY_KEYS, MOVABLEKEYS)
                .complexity("Depends on the script that is executed.")
                .syntax(what + " numkeys [key [key ...]] [arg [arg ...]]");
    }

    /**
     * How many keys a call names.
     *
     * @throws CommandException where that is no number, or there are not so many arguments
     */
    static int keyCount(Call call) {
        long count = call.number(2);
        if (count > call.count() - 3) {
            throw new CommandException("ERR Number of keys can't be greater than number of args");
        }
        if (count < 0) {
            throw new CommandException("ERR Number of keys can't be negative");
        }
        return (int) count;
    }

    /** As in Redis, what cannot be a SHA-1 is told before the number of keys is looked at. */
    private static Reply runKnown(Call call, boolean readOnly) {
        if (call.bytes(1).length != SHA_LENGTH) {
            throw unknown();
        }
        return run(call, EvalCommands::known, readOnly);
    }

    private static CommandException unknown() {
        return new CommandException("NOSCRIPT No matching script. Please use EVAL.");
    }

    private static Reply run(Call call, Function<Call, Script> which, boolean readOnly) {
        int keys = keyCount(call);
        List<byte[]> all = List.of(call.arguments());
        try {
            Script script = which.apply(call);
            if (readOnly && script.hasShebang() && !script.flags().contains(ScriptFlag.NO_WRITES)) {
                throw mayWrite();
            }
            boolean writesNot = readOnly || script.flags().contains(ScriptFlag.NO_WRITES);
            return call.node().scripting().run(call, script, writesNot,
                    all.subList(3, 3 + keys), all.subList(3 + keys, all.size()));
        } catch (ScriptException e) {
            throw new CommandException(e.getMessage());
        }
    }

    /** What a script or function is refused with that EVAL_RO or its like is to run, but that does not say that it only reads. */
    static CommandException mayWrite() {
        return new CommandException("ERR Can not execute a script with write flag using *_ro command.");
    }

    private static Script source(Call call) {
        return call.node().scripting().evaluated(call.bytes(1));
    }

    private static Script known(Call call) {
        Script script = call.node().scripting().find(call, Bytes.text(call.bytes(1)).toLowerCase(Locale.ROOT));
        if (script == null) {
            throw unknown();
        }
        return script;
    }
}
