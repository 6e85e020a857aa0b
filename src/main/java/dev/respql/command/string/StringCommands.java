package dev.respql.command.string;

import static dev.respql.command.Flag.DENYOOM;
import static dev.respql.command.Flag.FAST;
import static dev.respql.command.Flag.READONLY;
import static dev.respql.command.Flag.WRITE;
import static dev.respql.command.KeySpec.KeyFlag.ACCESS;
import static dev.respql.command.KeySpec.KeyFlag.DELETE;
import static dev.respql.command.KeySpec.KeyFlag.INSERT;
import static dev.respql.command.KeySpec.KeyFlag.OW;
import static dev.respql.command.KeySpec.KeyFlag.RO;
import static dev.respql.command.KeySpec.KeyFlag.RW;
import static dev.respql.command.KeySpec.KeyFlag.UPDATE;
import static dev.respql.command.KeySpec.KeyFlag.VARIABLE_FLAGS;

import dev.respql.command.Command;
import dev.respql.command.CommandException;
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
import dev.respql.store.Prefetch;
import dev.respql.store.Strings;
import dev.respql.store.Tx;
import java.util.ArrayList;
import java.util.List;

/** Commands on whole strings: reading, setting, and both at once. */
public final class StringCommands {
    private static final String LIFETIME = "EX seconds | PX milliseconds | EXAT unix-time-seconds"
            + " | PXAT unix-time-milliseconds";

    private StringCommands() {
    }

    public static List<Command> all() {
        return List.of(
                Command.named("get").group(Group.STRING).arity(2).flags(READONLY, FAST)
                        .keys(KeySpec.at(1, RO, ACCESS))
                        .summary("Returns the string that a key holds.")
                        .since("1.0.0").complexity("O(1)").syntax("key")
                        .hint(Hint.STRINGS)
                        .runs(StringCommands::get),
                Command.named("mget").group(Group.STRING).arity(-2).flags(READONLY, FAST)
                        .keys(KeySpec.range(1, -1, 1, RO, ACCESS))
                        .tips("request_policy:multi_shard")
                        .summary("Returns the strings that several keys hold.")
                        .since("1.0.0").complexity("O(N) where N is the number of keys.").syntax("key [key ...]")
                        .hint(Hint.STRINGS)
                        .runs(StringCommands::mget),
                Command.named("getdel").group(Group.STRING).arity(2).flags(WRITE, FAST)
                        .keys(KeySpec.at(1, RW, ACCESS, DELETE))
                        .summary("Returns the string that a key holds, and deletes the key.")
                        .since("6.2.0").complexity("O(1)").syntax("key")
                        .hint(Hint.STRINGS)
                        .runs(StringCommands::getdel),
                Command.named("getex").group(Group.STRING).arity(-2).flags(WRITE, FAST)
                        .keys(KeySpec.at(1, RW, ACCESS, UPDATE))
                        .summary("Returns the string that a key holds, and changes when the key expires.")
                        .since("6.2.0").complexity("O(1)").syntax("key [" + LIFETIME + " | PERSIST]")
                        .hint(Hint.STRINGS)
                        .runs(StringCommands::getex),
                Command.named("getset").group(Group.STRING).arity(3).flags(WRITE, DENYOOM, FAST)
                        .keys(KeySpec.at(1, RW, ACCESS, UPDATE))
                        .summary("Makes a key a string, and returns the string that it held before.")
                        .since("1.0.0").complexity("O(1)").syntax("key value")
                        .deprecated("6.2.0", "`SET` with the `!GET` argument")
                        .hint(Hint.STRINGS)
                        .runs(StringCommands::getset),
                Command.named("set").group(Group.STRING).arity(-3).flags(WRITE, DENYOOM)
                        .keys(KeySpec.at(1, RW, ACCESS, UPDATE, VARIABLE_FLAGS))
                        .summary("Makes a key a string, whatever it held before.")
                        .since("1.0.0").complexity("O(1)")
                        .syntax("key value [NX | XX] [GET] [" + LIFETIME + " | KEEPTTL]")
                        .hint(StringCommands::announceSet)
                        .runs(StringCommands::set),
                Command.named("setnx").group(Group.STRING).arity(3).flags(WRITE, DENYOOM, FAST)
                        .keys(KeySpec.at(1, OW, INSERT))
                        .summary("Makes a key a string if it does not exist.")
                        .since("1.0.0").complexity("O(1)").syntax("key value")
                        .deprecated("2.6.12", "`SET` with the `NX` argument")
                        .hint(Hint.HEADERS)
                        .runs(StringCommands::setnx),
                Command.named("setex").group(Group.STRING).arity(4).flags(WRITE, DENYOOM)
                        .keys(KeySpec.at(1, OW, UPDATE))
                        .summary("Makes a key a string that expires after some seconds.")
                        .since("2.0.0").complexity("O(1)").syntax("key seconds value")
                        .deprecated("2.6.12", "`SET` with the `EX` argument")
                        .hint(Hint.HEADERS)
                        .runs(call -> setFor(call, ExpiryOption.EX)),
                Command.named("psetex").group(Group.STRING).arity(4).flags(WRITE, DENYOOM)
                        .keys(KeySpec.at(1, OW, UPDATE))
                        .summary("Makes a key a string that expires after some milliseconds.")
                        .since("2.6.0").complexity("O(1)").syntax("key milliseconds value")
                        .deprecated("2.6.12", "`SET` with the `PX` argument")
                        .hint(Hint.HEADERS)
                        .runs(call -> setFor(call, ExpiryOption.PX)),
                Command.named("mset").group(Group.STRING).arity(-3).flags(WRITE, DENYOOM)
                        .keys(KeySpec.range(1, -1, 2, OW, UPDATE))
                        .tips("request_policy:multi_shard", "response_policy:all_succeeded")
                        .summary("Makes several keys strings.")
                        .since("1.0.1").complexity("O(N) where N is the number of keys.")
                        .syntax("key value [key value ...]")
                        .hint(Hint.HEADERS)
                        .runs(StringCommands::mset),
                Command.named("msetnx").group(Group.STRING).arity(-3).flags(WRITE, DENYOOM)
                        .keys(KeySpec.range(1, -1, 2, OW, INSERT))
                        .summary("Makes several keys strings if none of them exists.")
                        .since("1.0.1").complexity("O(N) where N is the number of keys.")
                        .syntax("key value [key value ...]")
                        .hint(Hint.HEADERS)
                        .runs(StringCommands::msetnx));
    }

    private static Reply get(Call call) {
        return Reply.bulk(call.tx().strings().get(call.key(1)));
    }

    private static Reply mget(Call call) {
        List<KeyName> keys = call.keys();
        List<Reply> values = new ArrayList<>(keys.size());
        for (KeyName key : keys) {
            values.add(Reply.bulk(call.tx().strings().getIfString(key)));
        }
        return new Reply.Array(values);
    }

    private static Reply getdel(Call call) {
        KeyName key = call.key(1);
        byte[] value = call.tx().strings().get(key);
        call.missed(key);
        if (value != null) {
            delete(call, key);
        }
        return Reply.bulk(value);
    }

    private static Reply getex(Call call) {
        ExpiryOption expiry = null;
        int expiryArgument = 0;
        boolean persist = false;
        for (Options options = new Options(call, 2); options.more();) {
            ExpiryOption next = options.takeExpiry();
            if (next != null && !persist && (expiry == null || expiry == next)) {
                expiry = next;
                expiryArgument = options.next();
            } else if (next == null && expiry == null && options.take("PERSIST")) {
                persist = true;
            } else {
                throw CommandException.syntax();
            }
        }
        KeyName key = call.key(1);
        byte[] value = call.tx().strings().get(key);
        call.missed(key);
        // Redis looks at the time only where there is a key.
        if (value != null && expiry != null) {
            expireAt(call, key, expiry.positive(call, expiryArgument));
        } else if (value != null && persist && call.tx().keys().expiresAt(key) != Keys.NEVER) {
            call.tx().keys().expireAt(key, Keys.NEVER);
            call.event(KeyspaceEvents.GENERIC, "persist", key);
        }
        return Reply.bulk(value);
    }

    private static void expireAt(Call call, KeyName key, long deadline) {
        if (deadline <= call.tx().now()) {
            delete(call, key);
        } else {
            call.tx().keys().expireAt(key, deadline);
            call.event(KeyspaceEvents.GENERIC, "expire", key);
        }
    }

    private static void delete(Call call, KeyName key) {
        call.tx().keys().delete(key);
        call.event(KeyspaceEvents.GENERIC, "del", key);
    }

    private static void store(Call call, KeyName key, byte[] value) {
        call.tx().strings().set(key, value);
        call.event(KeyspaceEvents.STRING, "set", key);
    }

    /** As {@link Strings#set(KeyName, byte[], long)}. */
    private static void store(Call call, KeyName key, byte[] value, long deadline) {
        call.tx().strings().set(key, value, deadline);
        call.event(KeyspaceEvents.STRING, "set", key);
    }

    private static Reply getset(Call call) {
        KeyName key = call.key(1);
        byte[] old = call.tx().strings().get(key);
        call.missed(key);
        store(call, key, call.bytes(2));
        return Reply.bulk(old);
    }

    private static void announceSet(Call call, Prefetch prefetch) {
        for (int i = 3; i < call.count(); i++) {
            if (call.is(i, "GET")) {
                prefetch.string(call.keys().get(0));
                return;
            }
        }
        prefetch.header(call.keys().get(0));
    }

    private static Reply set(Call call) {
        if (call.count() > 3) {
            return set(call, SetOptions.of(call));
        }
        store(call, call.key(1), call.bytes(2));
        return Reply.OK;
    }

    private static Reply set(Call call, SetOptions options) {
        Tx tx = call.tx();
        KeyName key = call.key(1);
        long deadline = options.expiry() == null
                ? Keys.NEVER : options.expiry().positive(call, options.expiryArgument());
        byte[] old = null;
        if (options.get()) {
            old = tx.strings().get(key);
            call.missed(key);
        }
        boolean held = options.ifAbsent() && tx.keys().exists(key) || options.ifPresent() && !tx.keys().exists(key);
        if (!held) {
            if (options.keepTtl()) {
                deadline = tx.keys().expiresAt(key);
            }
            if (deadline <= tx.now()) {
                setToExpired(call, key);
            } else {
                store(call, key, call.bytes(2), deadline);
                if (options.expiry() != null) {
                    call.event(KeyspaceEvents.GENERIC, "expire", key);
                }
            }
        }
        return options.get() ? Reply.bulk(old) : held ? Reply.NULL : Reply.OK;
    }

    /** The key would be gone before anybody could see it; what is told of it is as if it had been there. */
    private static void setToExpired(Call call, KeyName key) {
        if (!call.tx().keys().delete(key)) {
            call.event(KeyspaceEvents.NEW_KEY, "new", key);
        }
        call.event(KeyspaceEvents.STRING, "set", key);
        call.event(KeyspaceEvents.GENERIC, "expire", key);
        call.event(KeyspaceEvents.EXPIRED, "expired", key);
    }

    private static Reply setnx(Call call) {
        KeyName key = call.key(1);
        if (call.tx().keys().exists(key)) {
            return Reply.ZERO;
        }
        store(call, key, call.bytes(2));
        return Reply.ONE;
    }

    /** SETEX and PSETEX. */
    private static Reply setFor(Call call, ExpiryOption unit) {
        store(call, call.key(1), call.bytes(3), unit.positive(call, 2));
        call.event(KeyspaceEvents.GENERIC, "expire", call.key(1));
        return Reply.OK;
    }

    private static Reply mset(Call call) {
        setPairs(call, pairs(call));
        return Reply.OK;
    }

    private static Reply msetnx(Call call) {
        List<KeyName> keys = pairs(call);
        for (KeyName key : keys) {
            if (call.tx().keys().exists(key)) {
                return Reply.ZERO;
            }
        }
        setPairs(call, keys);
        return Reply.ONE;
    }

    /** The keys of MSET, each of which has a value behind it. */
    private static List<KeyName> pairs(Call call) {
        if (call.count() % 2 == 0) {
            throw CommandException.wrongArity(call.command().fullName());
        }
        return call.keys();
    }

    private static void setPairs(Call call, List<KeyName> keys) {
        for (int i = 0; i < keys.size(); i++) {
            store(call, keys.get(i), call.bytes(2 * i + 2));
        }
    }
}
