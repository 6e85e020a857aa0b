package dev.respql.command.connection;

import static dev.respql.command.Flag.FAST;
import static dev.respql.command.Flag.LOADING;
import static dev.respql.command.Flag.STALE;

import dev.respql.command.Command;
import dev.respql.command.CommandException;
import dev.respql.command.Group;
import dev.respql.engine.Call;
import dev.respql.protocol.Reply;
import java.util.List;

/** PING, ECHO, SELECT: commands about the connection itself. */
public final class ConnectionCommands {
    private ConnectionCommands() {
    }

    public static List<Command> all() {
        return List.of(
                Command.named("ping").group(Group.CONNECTION).arity(-1).flags(FAST)
                        .summary("Answers PONG, or the message it was given.")
                        .since("1.0.0").complexity("O(1)").syntax("[message]")
                        .atIntake()
                        .runs(ConnectionCommands::ping),
                Command.named("select").group(Group.CONNECTION).arity(2).flags(LOADING, STALE, FAST)
                        .summary("Changes the database that the connection works on.")
                        .since("1.0.0").complexity("O(1)").syntax("index")
                        .atIntake()
                        .runs(ConnectionCommands::select));
    }

    private static Reply ping(Call call) {
        if (call.count() > 2) {
            throw CommandException.wrongArity("ping");
        }
        return call.count() == 2 ? Reply.bulk(call.bytes(1)) : new Reply.Simple("PONG");
    }

    private static Reply select(Call call) {
        long db = call.number(1);
        if (db < 0 || db >= call.node().config().number("databases")) {
            throw new CommandException("ERR DB index is out of range");
        }
        call.client().db((int) db);
        return Reply.OK;
    }
}
