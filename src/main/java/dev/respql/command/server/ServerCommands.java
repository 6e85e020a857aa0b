package dev.respql.command.server;

import static dev.respql.command.Flag.ADMIN;
import static dev.respql.command.Flag.ALLOW_BUSY;
import static dev.respql.command.Flag.FAST;
import static dev.respql.command.Flag.LOADING;
import static dev.respql.command.Flag.NOSCRIPT;
import static dev.respql.command.Flag.NO_MULTI;
import static dev.respql.command.Flag.READONLY;
import static dev.respql.command.Flag.STALE;

import dev.respql.Version;
import dev.respql.command.Command;
import dev.respql.command.CommandException;
import dev.respql.command.Group;
import dev.respql.command.Hint;
import dev.respql.engine.Call;
import dev.respql.protocol.Reply;
import dev.respql.value.Bytes;
import java.util.List;

/** TIME, LASTSAVE, ROLE, MONITOR, SHUTDOWN, LOLWUT: about the server as a whole. */
public final class ServerCommands {
    private static final String PICTURE = """
              ___________
             (___________)      SET sky blue
             |           |  <----------------
             |  k  |  v  |
             | ----+---- |      GET sky
             | sky |blue |  ---------------->
             (___________)         "blue"

            """;

    private ServerCommands() {
    }

    public static List<Command> all() {
        return List.of(
                define("time").arity(1).flags(LOADING, STALE, FAST).tips("nondeterministic_output")
                        .summary("Returns the time: seconds since 1970, and microseconds beyond.")
                        .since("2.6.0").complexity("O(1)")
                        .runs(ServerCommands::time),
                define("lastsave").arity(1).flags(LOADING, STALE, FAST).acl("admin", "dangerous")
                        .tips("nondeterministic_output")
                        .summary("Returns when the data was last saved as a whole, in seconds since 1970.")
                        .since("1.0.0").complexity("O(1)")
                        // Every commit is in the database; what Redis would have saved last is what it started with.
                        .runs(call -> Reply.integer(call.node().startedAt() / 1000)),
                define("role").arity(1).flags(NOSCRIPT, LOADING, STALE, FAST).acl("admin", "dangerous")
                        .summary("Returns the part that the server plays in replication.")
                        .since("2.8.12").complexity("O(1)")
                        .runs(call -> Reply.array(Reply.bulk("master"), Reply.ZERO, Reply.EMPTY_ARRAY)),
                define("monitor").arity(1).flags(ADMIN, NOSCRIPT, LOADING, STALE)
                        .summary("Shows the client every command that the server runs.")
                        .since("1.0.0").complexity("")
                        .atIntake()
                        .runs(ServerCommands::monitor),
                define("shutdown").arity(-1).flags(ADMIN, NOSCRIPT, LOADING, STALE, NO_MULTI, ALLOW_BUSY)
                        .summary("Stops the server. What has been answered is in the database already, so there is"
                                + " nothing that could be saved or not.")
                        .since("1.0.0").complexity("O(1)").syntax("[NOSAVE | SAVE] [NOW] [FORCE] [ABORT]")
                        .atIntake()
                        .runs(ServerCommands::shutdown),
                define("lolwut").arity(-1).flags(READONLY, FAST)
                        .summary("Returns a picture, and the version of the server.")
                        .since("5.0.0").complexity("").syntax("[VERSION version]")
                        .runs(ServerCommands::lolwut));
    }

    private static Command.Builder define(String name) {
        return Command.named(name).group(Group.SERVER).hint(Hint.NOTHING);
    }

    /** By the clock that all nodes share. */
    private static Reply time(Call call) {
        long now = call.node().database().micros();
        return Reply.array(Reply.bulk(Long.toString(now / 1_000_000)), Reply.bulk(Long.toString(now % 1_000_000)));
    }

    private static Reply monitor(Call call) {
        if (call.client().monitor()) {
            return Reply.NONE;
        }
        call.node().monitors().add(call.client());
        return Reply.OK;
    }

    private static Reply shutdown(Call call) {
        int save = 0;
        boolean abort = false;
        for (int i = 1; i < call.count(); i++) {
            if (call.is(i, "SAVE")) {
                save |= 1;
            } else if (call.is(i, "NOSAVE")) {
                save |= 2;
            } else if (call.is(i, "ABORT")) {
                abort = true;
            } else if (!call.is(i, "NOW") && !call.is(i, "FORCE")) {
                throw CommandException.syntax();
            }
        }
        if (save == 3 || abort && call.count() > 2) {
            throw CommandException.syntax();
        }
        if (abort) {
            // A shutdown that has begun here waits for nothing that it could be stopped from waiting for.
            throw new CommandException("ERR No shutdown in progress.");
        }
        call.client().closeAfterReplies();
        // A script that does not end would never let the shutdown begin.
        call.node().scripting().abort();
        call.client().afterReplies(call.node()::shutdown);
        return Reply.NONE;
    }

    private static Reply lolwut(Call call) {
        if (call.count() > 2 && call.is(1, "VERSION")) {
            for (int i = 2; i < call.count(); i++) {
                call.number(i);
            }
        }
        String text = PICTURE + "respql " + Version.RESPQL + ". Redis ver. " + Version.REDIS + "\n";
        return new Reply.Verbatim("txt", Bytes.of(text));
    }
}
