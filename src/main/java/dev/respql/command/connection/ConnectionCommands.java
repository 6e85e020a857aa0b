package dev.respql.command.connection;

import static dev.respql.command.Flag.ALLOW_BUSY;
import static dev.respql.command.Flag.FAST;
import static dev.respql.command.Flag.LOADING;
import static dev.respql.command.Flag.NOSCRIPT;
import static dev.respql.command.Flag.NO_AUTH;
import static dev.respql.command.Flag.STALE;

import dev.respql.Version;
import dev.respql.command.Command;
import dev.respql.command.CommandException;
import dev.respql.command.CommandTable;
import dev.respql.command.Flag;
import dev.respql.command.Group;
import dev.respql.command.Options;
import dev.respql.engine.Call;
import dev.respql.engine.Client;
import dev.respql.engine.Node;
import dev.respql.protocol.Reply;
import dev.respql.value.Bytes;
import dev.respql.value.NotANumber;
import dev.respql.value.Numbers;
import java.util.List;

/** Commands about the connection itself; CLIENT has a file of its own. */
public final class ConnectionCommands {
    private static final Flag[] BEFORE_AUTHENTICATION = {NOSCRIPT, LOADING, STALE, FAST, NO_AUTH, ALLOW_BUSY};
    private static final Reply PONG = new Reply.Simple("PONG");
    private static final Reply SUBSCRIBERS_PONG = Reply.bulk("pong");
    private static final Reply EMPTY = Reply.bulk("");
    private static final Reply RESET = new Reply.Simple("RESET");
    private static final byte[] DEFAULT_USER = Bytes.of(Node.DEFAULT_USER);

    private ConnectionCommands() {
    }

    public static List<Command> all() {
        return List.of(
                Command.named("ping").group(Group.CONNECTION).arity(-1).flags(FAST)
                        .tips("request_policy:all_shards", "response_policy:all_succeeded")
                        .summary("Answers PONG, or the message it was given.")
                        .since("1.0.0").complexity("O(1)").syntax("[message]")
                        .atIntake()
                        .runs(ConnectionCommands::ping),
                Command.named("echo").group(Group.CONNECTION).arity(2).flags(LOADING, STALE, FAST)
                        .summary("Returns the message it was given.")
                        .since("1.0.0").complexity("O(1)").syntax("message")
                        .atIntake()
                        .runs(call -> Reply.bulk(call.bytes(1))),
                Command.named("quit").group(Group.CONNECTION).arity(-1).flags(BEFORE_AUTHENTICATION)
                        .summary("Closes the connection once all replies have been sent.")
                        .since("1.0.0").complexity("O(1)")
                        .deprecated("7.2.0", "just closing the connection")
                        .atIntake().notQueued()
                        .runs(ConnectionCommands::quit),
                Command.named("reset").group(Group.CONNECTION).arity(1).flags(BEFORE_AUTHENTICATION)
                        .summary("Makes the connection what it was when it was new.")
                        .since("6.2.0").complexity("O(1)")
                        .atIntake().notQueued()
                        .runs(ConnectionCommands::reset),
                Command.named("select").group(Group.CONNECTION).arity(2).flags(LOADING, STALE, FAST)
                        .summary("Changes the database that the connection works on.")
                        .since("1.0.0").complexity("O(1)").syntax("index")
                        .atIntake()
                        .runs(ConnectionCommands::select),
                Command.named("auth").group(Group.CONNECTION).arity(-2).flags(BEFORE_AUTHENTICATION)
                        .summary("Gives the server the password it asks for.")
                        .since("1.0.0").complexity("O(N) where N is the number of passwords defined for the user")
                        .syntax("[username] password")
                        .atIntake()
                        .runs(ConnectionCommands::auth),
                Command.named("hello").group(Group.CONNECTION).arity(-1).flags(BEFORE_AUTHENTICATION)
                        .summary("Chooses the protocol, and tells about the server.")
                        .since("6.0.0").complexity("O(1)")
                        .syntax("[protover [AUTH username password] [SETNAME clientname]]")
                        .atIntake()
                        .runs(ConnectionCommands::hello),
                ClientCommands.client());
    }

    private static Reply ping(Call call) {
        if (call.count() > 2) {
            throw CommandException.wrongArity("ping");
        }
        if (call.respVersion() == 2 && !call.client().subscriptions().isEmpty()) {
            return Reply.array(SUBSCRIBERS_PONG, call.count() == 2 ? Reply.bulk(call.bytes(1)) : EMPTY);
        }
        return call.count() == 2 ? Reply.bulk(call.bytes(1)) : PONG;
    }

    private static Reply quit(Call call) {
        call.client().closeAfterReplies();
        return Reply.OK;
    }

    private static Reply reset(Call call) {
        call.node().pubSub().unsubscribeAll(call.client());
        call.node().forgetWatches(call.client());
        call.node().tracking().forget(call.client());
        call.client().reset(!call.node().passwordRequired());
        return RESET;
    }

    private static Reply select(Call call) {
        long db = call.number(1);
        if (db != (int) db) {
            throw new CommandException("ERR value is out of range, value must between "
                    + Integer.MIN_VALUE + " and " + Integer.MAX_VALUE);
        }
        if (db < 0 || db >= call.node().config().number("databases")) {
            throw new CommandException("ERR DB index is out of range");
        }
        call.client().db((int) db);
        return Reply.OK;
    }

    private static Reply auth(Call call) {
        if (call.count() > 3) {
            throw CommandException.syntax();
        }
        if (call.count() == 3) {
            authenticate(call, call.bytes(1), call.bytes(2));
            return Reply.OK;
        }
        if (!call.node().passwordRequired()) {
            throw new CommandException("ERR AUTH <password> called without any password configured for the default"
                    + " user. Are you sure your configuration is correct?");
        }
        authenticate(call, DEFAULT_USER, call.bytes(1));
        return Reply.OK;
    }

    private static void authenticate(Call call, byte[] user, byte[] password) {
        if (!call.node().authenticates(user, password)) {
            throw new CommandException("WRONGPASS invalid username-password pair or user is disabled.");
        }
        call.client().authenticated(true);
    }

    private static Reply hello(Call call) {
        Client client = call.client();
        int version = call.count() > 1 ? protocolVersion(call.bytes(1)) : client.respVersion();
        int user = 0;
        String name = null;
        Options options = new Options(call, 2);
        while (options.more()) {
            if (options.take("AUTH", 2)) {
                user = options.next();
                options.next();
            } else if (options.take("SETNAME", 1)) {
                name = ClientCommands.name(call.bytes(options.next()));
            } else {
                throw new CommandException("ERR Syntax error in HELLO option '"
                        + CommandTable.shown(call.bytes(options.next()), Integer.MAX_VALUE) + "'");
            }
        }
        if (user > 0) {
            authenticate(call, call.bytes(user), call.bytes(user + 1));
        }
        if (!client.authenticated()) {
            throw new CommandException("NOAUTH HELLO must be called with the client already authenticated, otherwise"
                    + " the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select"
                    + " the RESP protocol version at the same time");
        }
        if (name != null) {
            client.name(name);
        }
        client.respVersion(version);
        return new Reply.MapOf(List.of(
                Reply.bulk("server"), Reply.bulk("redis"),
                Reply.bulk("version"), Reply.bulk(Version.REDIS),
                Reply.bulk("proto"), Reply.integer(version),
                Reply.bulk("id"), Reply.integer(client.id()),
                Reply.bulk("mode"), Reply.bulk("standalone"),
                Reply.bulk("role"), Reply.bulk("master"),
                Reply.bulk("modules"), Reply.EMPTY_ARRAY));
    }

    private static int protocolVersion(byte[] text) {
        long version;
        try {
            version = Numbers.toLong(text);
        } catch (NotANumber e) {
            throw new CommandException("ERR Protocol version is not an integer or out of range");
        }
        if (version != 2 && version != 3) {
            throw new CommandException("NOPROTO unsupported protocol version");
        }
        return (int) version;
    }
}
