package dev.respql.command.server;

import static dev.respql.command.Flag.ADMIN;
import static dev.respql.command.Flag.LOADING;
import static dev.respql.command.Flag.NOSCRIPT;
import static dev.respql.command.Flag.STALE;

import dev.respql.command.Command;
import dev.respql.command.CommandException;
import dev.respql.command.Group;
import dev.respql.command.Help;
import dev.respql.engine.Call;
import dev.respql.protocol.Reply;
import dev.respql.store.KeyName;
import dev.respql.store.ValueSizes;
import dev.respql.value.Bytes;
import dev.respql.value.Glob;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * DEBUG, as far as test suites of clients call it. As in Redis it is refused unless the server was started with
 * {@code enable-debug-command}, and it is one command that sees to its subcommands itself.
 */
public final class DebugCommand {
    private static final Logger LOG = LoggerFactory.getLogger(DebugCommand.class);
    private static final String NOT_ALLOWED = "ERR DEBUG command not allowed. If the enable-debug-command option is set"
            + " to \"local\", you can run it from a local connection, otherwise you need to set this option in the"
            + " configuration file, and then restart the server.";
    private static final List<String> HELP = List.of(
            "ERROR <message>",
            "    Answer this error.",
            "LOG <message>",
            "    Write this to the server's log.",
            "OBJECT <key>",
            "    Tell how a value is kept.",
            "PROTOCOL <type>",
            "    Answer a value of a type: string, integer, double, bignum, null, array, set,",
            "    map, verbatim, true or false.",
            "RELOAD",
            "    Do nothing: the data is in the database already.",
            "SET-ACTIVE-EXPIRE <0|1>",
            "    Remove expired keys only when they are asked for (0), or in the background",
            "    as well (1).",
            "SLEEP <seconds>",
            "    Keep the lane of this connection busy for so long; with SQLite that is the",
            "    whole server.",
            "STRINGMATCH-LEN <pattern> <text>",
            "    Tell whether the text matches the glob pattern.");

    private DebugCommand() {
    }

    public static List<Command> all() {
        return List.of(Command.named("debug").group(Group.SERVER).arity(-2).flags(ADMIN, NOSCRIPT, LOADING, STALE)
                .summary("Serves tests.")
                .since("1.0.0").complexity("Depends on the subcommand.")
                .runs(DebugCommand::debug));
    }

    private static Reply debug(Call call) {
        if (!isAllowed(call)) {
            throw new CommandException(NOT_ALLOWED);
        }
        return switch (call.text(1).toLowerCase(Locale.ROOT) + " " + (call.count() - 2)) {
            case "error 1" -> new Reply.Error(call.text(2));
            case "help 0" -> Help.reply(call.command(), HELP);
            case "log 1" -> {
                LOG.info("DEBUG LOG: {}", call.text(2));
                yield Reply.OK;
            }
            case "object 1" -> object(call);
            case "protocol 1" -> protocol(call);
            case "reload 0" -> Reply.OK;
            case "set-active-expire 1" -> {
                call.node().activeExpire(!call.text(2).equals("0"));
                yield Reply.OK;
            }
            case "sleep 1" -> sleep(call.text(2));
            case "stringmatch-len 2" -> Reply.oneOrZero(Glob.matches(call.bytes(2), call.bytes(3), false));
            default -> throw new CommandException("ERR unknown subcommand or wrong number of arguments for '"
                    + call.text(1) + "'. Try DEBUG HELP.");
        };
    }

    private static boolean isAllowed(Call call) {
        return switch (call.node().config().get("enable-debug-command")) {
            case "yes" -> true;
            case "local" -> call.client().remoteAddress().matches("127\\..*|\\[(0:0:0:0:0:0:0:|::)1].*");
            default -> false;
        };
    }

    /** Nothing here has an address or is shared; the length is that of the rows. */
    private static Reply object(Call call) {
        KeyName key = call.key(2);
        if (!call.tx().keys().exists(key)) {
            throw CommandException.noSuchKey();
        }
        return new Reply.Simple("Value at:0x0 refcount:1 encoding:" + call.tx().keys().encoding(key)
                + " serializedlength:" + new ValueSizes(call.tx()).bytes(key, 0) + " lru:0 lru_seconds_idle:0");
    }

    /** What is no number of seconds counts as none, as in Redis. */
    private static Reply sleep(String seconds) {
        double wanted;
        try {
            wanted = Double.parseDouble(seconds);
        } catch (NumberFormatException e) {
            wanted = 0;
        }
        try {
            TimeUnit.NANOSECONDS.sleep((long) (wanted * 1e9));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Reply.OK;
    }

    private static Reply protocol(Call call) {
        return switch (call.text(2).toLowerCase(Locale.ROOT)) {
            case "string" -> Reply.bulk("Hello World");
            case "integer" -> Reply.integer(12345);
            case "double" -> new Reply.Dbl(3.141);
            case "bignum" -> new Reply.BigNumber("1234567999999999999999999999999999999");
            case "null" -> Reply.NULL;
            case "array" -> Reply.array(Reply.ZERO, Reply.ONE, Reply.integer(2));
            case "set" -> new Reply.SetOf(List.of(Reply.ZERO, Reply.ONE, Reply.integer(2)));
            case "map" -> new Reply.MapOf(List.of(Reply.ZERO, new Reply.Bool(false), Reply.ONE, new Reply.Bool(true),
                    Reply.integer(2), new Reply.Bool(false)));
            case "verbatim" -> new Reply.Verbatim("txt", Bytes.of("This is a verbatim\nstring"));
            case "true" -> new Reply.Bool(true);
            case "false" -> new Reply.Bool(false);
            default -> throw new CommandException("ERR Wrong protocol type name. Please use one of the following:"
                    + " string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|true|false");
        };
    }
}
