package dev.respql.command.connection;

import static dev.respql.command.Flag.ADMIN;
import static dev.respql.command.Flag.LOADING;
import static dev.respql.command.Flag.NOSCRIPT;
import static dev.respql.command.Flag.STALE;

import dev.respql.command.Command;
import dev.respql.command.CommandException;
import dev.respql.command.Flag;
import dev.respql.command.Group;
import dev.respql.command.Help;
import dev.respql.command.Hint;
import dev.respql.engine.Call;
import dev.respql.engine.Client;
import dev.respql.engine.ClientType;
import dev.respql.engine.Node;
import dev.respql.protocol.Reply;
import dev.respql.value.Bytes;
import dev.respql.value.NotANumber;
import dev.respql.value.Numbers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** CLIENT: what a connection says of itself, and what one sees and does of others. */
final class ClientCommands {
    private static final Flag[] OWN = {NOSCRIPT, LOADING, STALE};
    private static final Flag[] ALL_CLIENTS = {ADMIN, NOSCRIPT, LOADING, STALE};

    private ClientCommands() {
    }

    static Command client() {
        return Command.named("client").group(Group.CONNECTION).arity(-2)
                .summary("A container for commands on connections.")
                .since("2.4.0").complexity("Depends on subcommand.")
                .subcommand(subcommand("caching").arity(3).flags(OWN)
                        .summary("Says of the next command whether the client caches what it reads.")
                        .since("6.0.0").syntax("<YES | NO>"), TrackingCommands::caching)
                .subcommand(subcommand("getname").arity(2).flags(OWN)
                        .summary("Returns the name that the connection was given.")
                        .since("2.6.9"), call -> Reply.bulk(orNull(call.client().name())))
                .subcommand(subcommand("getredir").arity(2).flags(OWN)
                        .summary("Returns the client that is told of changes for the connection.")
                        .since("6.0.0"), TrackingCommands::redirect)
                .subcommand(subcommand("id").arity(2).flags(OWN)
                        .summary("Returns the connection's number on this node.")
                        .since("5.0.0"), call -> Reply.integer(call.client().id()))
                .subcommand(subcommand("info").arity(2).flags(OWN).tips("nondeterministic_output")
                        .summary("Returns what CLIENT LIST shows of the connection itself.")
                        .since("6.2.0"), call -> verbatim(ClientLine.of(call.client(), call.db()) + '\n'))
                .subcommand(subcommand("kill").arity(-3).flags(ALL_CLIENTS)
                        .summary("Closes connections, by address or by filters.")
                        .since("2.4.0").complexity("O(N) where N is the number of client connections")
                        .syntax("<ip:port | <[ID client-id] | [TYPE <NORMAL | MASTER | SLAVE | REPLICA | PUBSUB>]"
                                + " | [USER username] | [ADDR ip:port] | [LADDR ip:port] | [SKIPME <YES | NO>]"
                                + " [[ID client-id] ...]>>"), ClientCommands::kill)
                .subcommand(subcommand("list").arity(-2).flags(ALL_CLIENTS).tips("nondeterministic_output")
                        .summary("Lists the connections, one a line.")
                        .since("2.4.0").complexity("O(N) where N is the number of client connections")
                        .syntax("[TYPE <NORMAL | MASTER | REPLICA | PUBSUB>] [ID client-id [client-id ...]]"),
                        ClientCommands::list)
                .subcommand(subcommand("no-evict").arity(3).flags(ALL_CLIENTS)
                        .summary("Sets whether the connection is spared when clients are closed for want of memory.")
                        .since("7.0.0").syntax("<ON | OFF>"), call -> {
                            call.client().noEvict(on(call));
                            return Reply.OK;
                        })
                .subcommand(subcommand("no-touch").arity(3).flags(OWN)
                        .summary("Sets whether the connection's commands leave the times of access as they are.")
                        .since("7.2.0").syntax("<ON | OFF>"), call -> {
                            call.client().noTouch(on(call));
                            return Reply.OK;
                        })
                .subcommand(subcommand("pause").arity(-3).flags(ALL_CLIENTS)
                        .summary("Lets commands of all clients wait, or only those that write.")
                        .since("2.9.50").syntax("milliseconds [WRITE | ALL]"), ClientCommands::pause)
                .subcommand(subcommand("reply").arity(3).flags(OWN)
                        .summary("Sets whether the connection gets replies.")
                        .since("3.2.0").syntax("<ON | OFF | SKIP>"), ClientCommands::reply)
                .subcommand(subcommand("setinfo").arity(4).flags(OWN)
                        .summary("Tells which client library the connection is of.")
                        .since("7.2.0").syntax("<LIB-NAME libname | LIB-VER libver>"), ClientCommands::setInfo)
                .subcommand(subcommand("setname").arity(3).flags(OWN)
                        .summary("Gives the connection a name.")
                        .since("2.6.9").syntax("connection-name"), call -> {
                            call.client().name(name(call.bytes(2)));
                            return Reply.OK;
                        })
                .subcommand(Command.named("tracking").group(Group.CONNECTION).arity(-3).flags(OWN)
                        .summary("Sets whether the connection is told of changes to what it has read.")
                        .since("6.0.0").complexity("O(1). Some options may introduce additional complexity.")
                        .syntax("<ON | OFF> [REDIRECT client-id] [PREFIX prefix [PREFIX prefix ...]] [BCAST] [OPTIN]"
                                + " [OPTOUT] [NOLOOP]")
                        .hint(Hint.NOTHING).changesClient(), TrackingCommands::tracking)
                .subcommand(subcommand("trackinginfo").arity(2).flags(OWN)
                        .summary("Returns how the connection is told of changes to what it has read.")
                        .since("6.2.0"), TrackingCommands::info)
                .subcommand(subcommand("unblock").arity(-3).flags(ALL_CLIENTS)
                        .summary("Ends the waiting of a client.")
                        .since("5.0.0").complexity("O(log N) where N is the number of client connections")
                        .syntax("client-id [TIMEOUT | ERROR]"), ClientCommands::unblock)
                .subcommand(subcommand("unpause").arity(2).flags(ALL_CLIENTS)
                        .summary("Lets commands that wait for the end of a pause go on.")
                        .since("6.2.0").complexity("O(N) Where N is the number of paused clients"), call -> {
                            call.node().unpause();
                            return Reply.OK;
                        })
                .subcommand(Help.since("5.0.0", Group.CONNECTION).atIntake(), Help::reply)
                .container();
    }

    private static Reply unblock(Call call) {
        if (call.count() > 4) {
            throw tooManyArguments(call);
        }
        boolean failed = call.count() == 4 && call.is(3, "ERROR");
        if (call.count() == 4 && !failed && !call.is(3, "TIMEOUT")) {
            throw new CommandException("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
        }
        return call.node().unblock(call.number(2), failed) ? Reply.ONE : Reply.ZERO;
    }

    private static CommandException tooManyArguments(Call call) {
        return new CommandException("ERR unknown subcommand or wrong number of arguments for '" + call.text(1)
                + "'. Try CLIENT HELP.");
    }

    private static Command.Builder subcommand(String name) {
        return Command.named(name).group(Group.CONNECTION).complexity("O(1)").atIntake();
    }

    /**
     * A name for a connection.
     *
     * @throws CommandException where it would break the lines of CLIENT LIST
     */
    static String name(byte[] text) {
        return attribute(text, "Client names");
    }

    private static String attribute(byte[] text, String what) {
        for (byte b : text) {
            if (b < '!' || b > '~') {
                throw new CommandException(
                        "ERR " + what + " cannot contain spaces, newlines or special characters.");
            }
        }
        return Bytes.text(text);
    }

    private static String orNull(String text) {
        return text.isEmpty() ? null : text;
    }

    private static boolean on(Call call) {
        if (call.is(2, "ON")) {
            return true;
        }
        if (call.is(2, "OFF")) {
            return false;
        }
        throw CommandException.syntax();
    }

    private static Reply setInfo(Call call) {
        String option = call.text(2);
        if (call.is(2, "LIB-NAME")) {
            call.client().libraryName(attribute(call.bytes(3), option));
        } else if (call.is(2, "LIB-VER")) {
            call.client().libraryVersion(attribute(call.bytes(3), option));
        } else {
            throw new CommandException("ERR Unrecognized option '" + option + "'");
        }
        return Reply.OK;
    }

    private static Reply reply(Call call) {
        if (call.is(2, "ON")) {
            call.client().repliesOn();
            return Reply.OK;
        }
        if (call.is(2, "OFF")) {
            call.client().repliesOff();
        } else if (call.is(2, "SKIP")) {
            call.client().skipNextReply();
        } else {
            throw CommandException.syntax();
        }
        return Reply.NONE;
    }

    private static Reply pause(Call call) {
        if (call.count() > 4) {
            throw tooManyArguments(call);
        }
        boolean writesOnly = call.count() == 4 && call.is(3, "WRITE");
        if (call.count() == 4 && !writesOnly && !call.is(3, "ALL")) {
            throw new CommandException("ERR CLIENT PAUSE mode must be WRITE or ALL");
        }
        long millis = timeout(call.bytes(2));
        long now = System.currentTimeMillis();
        if (millis > Long.MAX_VALUE - now) {
            throw new CommandException("ERR timeout is out of range");
        }
        call.node().pause(now + millis, writesOnly, call.client());
        return Reply.OK;
    }

    private static long timeout(byte[] text) {
        long millis;
        try {
            millis = Numbers.toLong(text);
        } catch (NotANumber e) {
            throw new CommandException("ERR timeout is not an integer or out of range");
        }
        if (millis < 0) {
            throw new CommandException("ERR timeout is negative");
        }
        return millis;
    }

    private static Reply kill(Call call) {
        boolean byAddress = call.count() == 3;
        ClientFilter filter = byAddress ? ClientFilter.address(call.text(2)) : ClientFilter.parse(call);
        List<Client> killed = call.node().clients().stream()
                .filter(client -> filter.matches(client, call.client())).toList();
        for (Client client : killed) {
            if (client == call.client()) {
                client.closeAfterReplies();
            } else {
                call.node().kill(client);
            }
        }
        if (!byAddress) {
            return Reply.integer(killed.size());
        }
        if (killed.isEmpty()) {
            throw new CommandException("ERR No such client");
        }
        return Reply.OK;
    }

    private static Reply list(Call call) {
        Node node = call.node();
        if (call.count() == 4 && call.is(2, "TYPE")) {
            ClientType type = ClientFilter.type(call.bytes(3));
            return lines(inOrder(node.clients().stream().filter(client -> client.type() == type)));
        }
        if (call.count() > 3 && call.is(2, "ID")) {
            List<Client> named = new ArrayList<>();
            for (int i = 3; i < call.count(); i++) {
                Client client = node.client(id(call.bytes(i)));
                if (client != null) {
                    named.add(client);
                }
            }
            return lines(named);
        }
        if (call.count() != 2) {
            throw CommandException.syntax();
        }
        return lines(inOrder(node.clients().stream()));
    }

    private static long id(byte[] text) {
        try {
            return Numbers.toLong(text);
        } catch (NotANumber e) {
            throw new CommandException("ERR Invalid client ID");
        }
    }

    private static List<Client> inOrder(Stream<Client> clients) {
        return clients.sorted(Comparator.comparingLong(Client::id)).toList();
    }

    private static Reply lines(List<Client> clients) {
        StringBuilder lines = new StringBuilder();
        for (Client client : clients) {
            lines.append(ClientLine.of(client)).append('\n');
        }
        return verbatim(lines.toString());
    }

    private static Reply verbatim(String text) {
        return new Reply.Verbatim("txt", Bytes.of(text));
    }
}
