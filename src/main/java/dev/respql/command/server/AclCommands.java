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
import dev.respql.config.Config;
import dev.respql.engine.Call;
import dev.respql.protocol.Reply;
import dev.respql.value.Bytes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * ACL, as far as it can be told without users: there is one, {@code default}, who may do everything and whose password
 * is the parameter {@code requirepass}.
 */
public final class AclCommands {
    /** All categories, in Redis's order. */
    private static final List<String> CATEGORIES = List.of("keyspace", "read", "write", "set", "sortedset", "list",
            "hash", "string", "bitmap", "hyperloglog", "geo", "stream", "pubsub", "admin", "fast", "slow", "blocking",
            "dangerous", "connection", "transaction", "scripting");
    private static final String DEFAULT_USER = "default";
    private static final int DEFAULT_BITS = 256;
    private static final int MAX_BITS = 4096;
    private static final SecureRandom RANDOM = new SecureRandom();

    private AclCommands() {
    }

    public static List<Command> all() {
        return List.of(Command.named("acl").group(Group.SERVER).arity(-2)
                .summary("Tells of users and their rights.")
                .since("6.0.0").complexity("Depends on the subcommand.")
                .subcommand(define("cat").arity(-2)
                        .summary("Returns the categories of commands, or the commands of one category.")
                        .since("6.0.0").complexity("O(N) where N is the number of commands.")
                        .syntax("[categoryname]"),
                        AclCommands::cat)
                .subcommand(define("genpass").arity(-2)
                        .summary("Returns a new password, of 256 random bits if not told how many.")
                        .since("6.0.0").complexity("O(1)").syntax("[bits]"),
                        AclCommands::generatePassword)
                .subcommand(define("getuser").arity(3).flags(ADMIN)
                        .summary("Returns the rights of a user.")
                        .since("6.0.0").complexity("O(1)").syntax("username"),
                        AclCommands::user)
                .subcommand(define("list").arity(2).flags(ADMIN)
                        .summary("Returns the users and their rights as lines of a configuration.")
                        .since("6.0.0").complexity("O(1)"),
                        AclCommands::list)
                .subcommand(define("users").arity(2).flags(ADMIN)
                        .summary("Returns the names of the users.")
                        .since("6.0.0").complexity("O(1)"), call ->
                        Reply.array(Reply.bulk(DEFAULT_USER)))
                .subcommand(define("whoami").arity(2)
                        .summary("Returns the name of the connection's user.")
                        .since("6.0.0").complexity("O(1)"), call ->
                        Reply.bulk(DEFAULT_USER))
                .subcommand(Help.since("6.0.0", Group.SERVER), Help::reply)
                .container());
    }

    private static Command.Builder define(String name) {
        return Command.named(name).group(Group.SERVER).flags(NOSCRIPT, LOADING, STALE).hint(Hint.NOTHING);
    }

    /** A command's categories in Redis's order. */
    static List<String> categories(Command command) {
        return CATEGORIES.stream().filter(command.aclCategories()::contains).toList();
    }

    private static Reply cat(Call call) {
        if (call.count() == 2) {
            return new Reply.Array(CATEGORIES.stream().map(Reply::bulk).toList());
        }
        checkAtMostThree(call);
        String category = call.text(2).toLowerCase(Locale.ROOT);
        if (!CATEGORIES.contains(category)) {
            throw new CommandException("ERR Unknown category '" + call.text(2) + "'");
        }
        return new Reply.Array(CommandCommands.withSubcommands(call.node().commands())
                .filter(command -> command.aclCategories().contains(category))
                .map(command -> Reply.bulk(command.fullName())).toList());
    }

    private static Reply generatePassword(Call call) {
        checkAtMostThree(call);
        long bits = call.count() == 3 ? call.number(2) : DEFAULT_BITS;
        if (bits < 1 || bits > MAX_BITS) {
            throw new CommandException("ERR ACL GENPASS argument must be the number of bits for the output password,"
                    + " a positive number up to " + MAX_BITS);
        }
        byte[] random = new byte[MAX_BITS / 8];
        RANDOM.nextBytes(random);
        int digits = (int) (bits + 3) / 4;
        return Reply.bulk(HexFormat.of().formatHex(random).substring(0, digits));
    }

    private static void checkAtMostThree(Call call) {
        if (call.count() > 3) {
            throw new CommandException("ERR unknown subcommand or wrong number of arguments for '" + call.text(1)
                    + "'. Try ACL HELP.");
        }
    }

    private static Reply list(Call call) {
        List<String> hashes = passwordHashes(call);
        String password = hashes.isEmpty() ? "nopass" : "#" + hashes.get(0);
        return Reply.array(Reply.bulk("user " + DEFAULT_USER + " on " + password + " ~* &* +@all"));
    }

    private static Reply user(Call call) {
        if (!call.text(2).equals(DEFAULT_USER)) {
            return Reply.NULL;
        }
        List<String> hashes = passwordHashes(call);
        List<Reply> flags = new ArrayList<>(List.of(Reply.bulk("on")));
        if (hashes.isEmpty()) {
            flags.add(Reply.bulk("nopass"));
        }
        return new Reply.MapOf(List.of(
                Reply.bulk("flags"), new Reply.SetOf(flags),
                Reply.bulk("passwords"), new Reply.Array(hashes.stream().map(Reply::bulk).toList()),
                Reply.bulk("commands"), Reply.bulk("+@all"),
                Reply.bulk("keys"), Reply.bulk("~*"),
                Reply.bulk("channels"), Reply.bulk("&*"),
                Reply.bulk("selectors"), Reply.EMPTY_ARRAY));
    }

    /** The SHA-256 of the password; none where there is no password. */
    private static List<String> passwordHashes(Call call) {
        String password = call.node().config().get(Config.REQUIREPASS);
        if (password.isEmpty()) {
            return List.of();
        }
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(Bytes.of(password));
            return List.of(HexFormat.of().formatHex(hash));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
