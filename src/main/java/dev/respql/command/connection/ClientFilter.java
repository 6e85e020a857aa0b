package dev.respql.command.connection;

import dev.respql.command.CommandException;
import dev.respql.command.Options;
import dev.respql.engine.Call;
import dev.respql.engine.Client;
import dev.respql.engine.ClientType;
import dev.respql.engine.Node;
import dev.respql.value.Bytes;
import dev.respql.value.NotANumber;
import dev.respql.value.Numbers;

/** Which clients CLIENT KILL means; null and 0 stand for any. */
record ClientFilter(long id, ClientType type, String address, String localAddress, boolean othersOnly) {
    /** {@code CLIENT KILL address}, which may mean the client itself. */
    static ClientFilter address(String address) {
        return new ClientFilter(0, null, address, null, false);
    }

    /**
     * The filters from the third argument on; of one that comes twice the last counts.
     *
     * @throws CommandException for an unknown filter, or a value that it does not take
     */
    static ClientFilter parse(Call call) {
        long id = 0;
        ClientType type = null;
        String address = null;
        String localAddress = null;
        boolean othersOnly = true;
        Options options = new Options(call, 2);
        while (options.more()) {
            if (options.take("ID", 1)) {
                id = id(call.bytes(options.next()));
            } else if (options.take("TYPE", 1)) {
                type = type(call.bytes(options.next()));
            } else if (options.take("ADDR", 1)) {
                address = call.text(options.next());
            } else if (options.take("LADDR", 1)) {
                localAddress = call.text(options.next());
            } else if (options.take("USER", 1)) {
                checkUser(call.text(options.next()));
            } else if (options.take("SKIPME", 1)) {
                othersOnly = yes(call, options.next());
            } else {
                throw CommandException.syntax();
            }
        }
        return new ClientFilter(id, type, address, localAddress, othersOnly);
    }

    boolean matches(Client client, Client caller) {
        return (id == 0 || client.id() == id)
                && (type == null || client.type() == type)
                && (address == null || client.remoteAddress().equals(address))
                && (localAddress == null || client.localAddress().equals(localAddress))
                && !(othersOnly && client == caller);
    }

    /** @throws CommandException where there is no such type */
    static ClientType type(byte[] name) {
        ClientType type = ClientType.named(name);
        if (type == null) {
            throw new CommandException("ERR Unknown client type '" + Bytes.text(name) + "'");
        }
        return type;
    }

    private static long id(byte[] text) {
        try {
            long id = Numbers.toLong(text);
            if (id > 0) {
                return id;
            }
        } catch (NotANumber e) {
            // Answered as an id out of range is.
        }
        throw new CommandException("ERR client-id should be greater than 0");
    }

    /** Every client is the default user's, so a user that exists excludes nobody. */
    private static void checkUser(String name) {
        if (!name.equals(Node.DEFAULT_USER)) {
            throw new CommandException("ERR No such user '" + name + "'");
        }
    }

    private static boolean yes(Call call, int index) {
        if (call.is(index, "YES")) {
            return true;
        }
        if (call.is(index, "NO")) {
            return false;
        }
        throw CommandException.syntax();
    }
}
