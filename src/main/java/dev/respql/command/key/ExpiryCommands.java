package dev.respql.command.key;

import static dev.respql.command.Flag.FAST;
import static dev.respql.command.Flag.READONLY;
import static dev.respql.command.Flag.WRITE;
import static dev.respql.command.KeySpec.KeyFlag.ACCESS;
import static dev.respql.command.KeySpec.KeyFlag.RO;
import static dev.respql.command.KeySpec.KeyFlag.RW;
import static dev.respql.command.KeySpec.KeyFlag.UPDATE;

import dev.respql.command.Command;
import dev.respql.command.CommandException;
import dev.respql.command.CommandTable;
import dev.respql.command.ExpiryOption;
import dev.respql.command.Group;
import dev.respql.command.Hint;
import dev.respql.command.KeySpec;
import dev.respql.command.Options;
import dev.respql.config.KeyspaceEvents;
import dev.respql.engine.Call;
import dev.respql.protocol.Reply;
import dev.respql.store.KeyName;
import dev.respql.store.Keys;
import java.util.List;
import java.util.function.LongUnaryOperator;

/** When keys expire: EXPIRE, TTL and their variants in seconds and milliseconds, relative and absolute; PERSIST. */
public final class ExpiryCommands {
    private static final Reply NO_SUCH_KEY = Reply.integer(-2);
    private static final Reply NEVER = Reply.integer(-1);

    private ExpiryCommands() {
    }

    public static List<Command> all() {
        return List.of(
                expiring("expire", "Lets a key expire in so many seconds.", "1.0.0", "seconds", ExpiryOption.EX),
                expiring("pexpire", "Lets a key expire in so many milliseconds.", "2.6.0", "milliseconds",
                        ExpiryOption.PX),
                expiring("expireat", "Lets a key expire at a Unix time in seconds.", "1.2.0", "unix-time-seconds",
                        ExpiryOption.EXAT),
                expiring("pexpireat", "Lets a key expire at a Unix time in milliseconds.", "2.6.0",
                        "unix-time-milliseconds", ExpiryOption.PXAT),
                Command.named("persist").group(Group.GENERIC).arity(2).flags(WRITE, FAST)
                        .keys(KeySpec.at(1, RW, UPDATE))
                        .summary("Keeps a key from expiring.")
                        .since("2.2.0").complexity("O(1)").syntax("key")
                        .runs(ExpiryCommands::persist),
                asking("ttl", "Tells in how many seconds a key expires.", "1.0.0")
                        .tips("nondeterministic_output")
                        .runs(call -> answer(call, expiry -> seconds(left(call, expiry)))),
                asking("pttl", "Tells in how many milliseconds a key expires.", "2.6.0")
                        .tips("nondeterministic_output")
                        .runs(call -> answer(call, expiry -> left(call, expiry))),
                asking("expiretime", "Tells the Unix time in seconds at which a key expires.", "7.0.0")
                        .runs(call -> answer(call, ExpiryCommands::seconds)),
                asking("pexpiretime", "Tells the Unix time in milliseconds at which a key expires.", "7.0.0")
                        .runs(call -> answer(call, expiry -> expiry)));
    }

    private static Command expiring(String name, String summary, String since, String unit, ExpiryOption kind) {
        return Command.named(name).group(Group.GENERIC).arity(-3).flags(WRITE, FAST)
                .keys(KeySpec.at(1, RW, UPDATE))
                .summary(summary)
                .since(since).complexity("O(1)").syntax("key " + unit + " [NX | XX | GT | LT]")
                .runs(call -> expire(call, kind));
    }

    private static Command.Builder asking(String name, String summary, String since) {
        return Command.named(name).group(Group.GENERIC).arity(2).flags(READONLY, FAST)
                .keys(KeySpec.at(1, RO, ACCESS))
                .summary(summary)
                .since(since).complexity("O(1)").syntax("key")
                .hint(Hint.HEADERS);
    }

    /** On what conditions a new expiry takes the place of the old one: the options of EXPIRE. */
    private record Condition(boolean ifNone, boolean ifAny, boolean ifLater, boolean ifEarlier) {
        static Condition of(Call call) {
            boolean ifNone = false;
            boolean ifAny = false;
            boolean ifLater = false;
            boolean ifEarlier = false;
            Options options = new Options(call, 3);
            while (options.more()) {
                if (options.take("NX")) {
                    ifNone = true;
                } else if (options.take("XX")) {
                    ifAny = true;
                } else if (options.take("GT")) {
                    ifLater = true;
                } else if (options.take("LT")) {
                    ifEarlier = true;
                } else {
                    throw new CommandException("ERR Unsupported option "
                            + CommandTable.shown(call.bytes(options.next()), Integer.MAX_VALUE));
                }
            }
            if (ifNone && (ifAny || ifLater || ifEarlier)) {
                throw new CommandException(
                        "ERR NX and XX, GT or LT options at the same time are not compatible");
            }
            if (ifLater && ifEarlier) {
                throw new CommandException("ERR GT and LT options at the same time are not compatible");
            }
            return new Condition(ifNone, ifAny, ifLater, ifEarlier);
        }

        /** A key that never expires expires later than any other: {@link Keys#NEVER} is the greatest number. */
        boolean holds(long current, long wanted) {
            return !(ifNone && current != Keys.NEVER || ifAny && current == Keys.NEVER
                    || ifLater && wanted <= current || ifEarlier && wanted >= current);
        }
    }

    private static Reply expire(Call call, ExpiryOption kind) {
        Condition condition = Condition.of(call);
        long wanted = kind.any(call, 2);
        Keys keys = call.tx().keys();
        KeyName key = call.key(1);
        if (!keys.exists(key) || !condition.holds(keys.expiresAt(key), wanted)) {
            return Reply.ZERO;
        }
        if (wanted <= call.tx().now()) {
            keys.delete(key);
            call.event(KeyspaceEvents.GENERIC, "del", key);
        } else {
            keys.expireAt(key, wanted);
            call.event(KeyspaceEvents.GENERIC, "expire", key);
        }
        return Reply.ONE;
    }

    private static Reply persist(Call call) {
        Keys keys = call.tx().keys();
        boolean expires = keys.expiresAt(call.key(1)) != Keys.NEVER;
        if (expires) {
            keys.expireAt(call.key(1), Keys.NEVER);
            call.event(KeyspaceEvents.GENERIC, "persist", call.key(1));
        }
        return Reply.oneOrZero(expires);
    }

    /** What the key's expiry comes to, in milliseconds since 1970 first, or the number for keys that have none. */
    private static Reply answer(Call call, LongUnaryOperator tell) {
        Keys keys = call.tx().keys();
        long expiry = keys.expiresAt(call.key(1));
        if (expiry != Keys.NEVER) {
            return Reply.integer(tell.applyAsLong(expiry));
        }
        return keys.exists(call.key(1)) ? NEVER : NO_SUCH_KEY;
    }

    private static long left(Call call, long expiry) {
        return expiry - call.tx().now();
    }

    /** The nearest full second. */
    private static long seconds(long millis) {
        return millis / 1000 + (millis % 1000 >= 500 ? 1 : 0);
    }
}
