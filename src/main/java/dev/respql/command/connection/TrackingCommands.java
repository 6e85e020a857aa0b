package dev.respql.command.connection;

import dev.respql.command.CommandException;
import dev.respql.command.Options;
import dev.respql.engine.Call;
import dev.respql.engine.ClientTracking;
import dev.respql.protocol.Reply;
import dev.respql.value.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The subcommands of CLIENT about client-side caching. */
final class TrackingCommands {
    private TrackingCommands() {
    }

    static Reply tracking(Call call) {
        long redirect = 0;
        boolean broadcast = false;
        boolean optIn = false;
        boolean optOut = false;
        boolean noLoop = false;
        List<byte[]> prefixes = new ArrayList<>();
        Options options = new Options(call, 3);
        while (options.more()) {
            if (options.take("REDIRECT", 1)) {
                redirect = redirect(call, options.next(), redirect);
            } else if (options.take("BCAST")) {
                broadcast = true;
            } else if (options.take("OPTIN")) {
                optIn = true;
            } else if (options.take("OPTOUT")) {
                optOut = true;
            } else if (options.take("NOLOOP")) {
                noLoop = true;
            } else if (options.take("PREFIX", 1)) {
                prefixes.add(call.bytes(options.next()));
            } else {
                throw CommandException.syntax();
            }
        }
        if (call.is(2, "OFF")) {
            call.node().tracking().change(call, null);
            call.client().caching(false);
            return Reply.OK;
        }
        if (!call.is(2, "ON")) {
            throw CommandException.syntax();
        }
        ClientTracking before = call.client().tracking();
        if (!broadcast && !prefixes.isEmpty()) {
            throw new CommandException("ERR PREFIX option requires BCAST mode to be enabled");
        }
        if (before != null && before.broadcast() != broadcast) {
            throw new CommandException("ERR You can't switch BCAST mode on/off before disabling tracking for this client,"
                    + " and then re-enabling it with a different mode.");
        }
        if (broadcast && (optIn || optOut)) {
            throw new CommandException("ERR OPTIN and OPTOUT are not compatible with BCAST");
        }
        if (optIn && optOut) {
            throw new CommandException("ERR You can't specify both OPTIN mode and OPTOUT mode");
        }
        if (before != null && (optIn && before.optOut() || optOut && before.optIn())) {
            throw new CommandException("ERR You can't switch OPTIN/OPTOUT mode before disabling tracking for this client,"
                    + " and then re-enabling it with a different mode.");
        }
        List<byte[]> all = broadcast ? together(before == null ? List.of() : before.prefixes(), prefixes) : List.of();
        call.node().tracking().change(call, new ClientTracking(redirect, broadcast, optIn, optOut, noLoop, all));
        return Reply.OK;
    }

    private static long redirect(Call call, int index, long before) {
        if (before != 0) {
            throw new CommandException("ERR A client can only redirect to a single other client");
        }
        long redirect = call.number(index);
        if (call.node().client(redirect) == null) {
            throw new CommandException("ERR The client ID you want redirect to does not exist");
        }
        return redirect;
    }

    /** No new prefixes stand for the empty one, which, only then, may come on top of others. */
    private static List<byte[]> together(List<byte[]> old, List<byte[]> more) {
        for (int i = 0; i < more.size(); i++) {
            for (byte[] existing : old) {
                refuseOverlap(more.get(i), existing, "an existing prefix");
            }
            for (byte[] other : more.subList(i + 1, more.size())) {
                refuseOverlap(more.get(i), other, "another provided prefix");
            }
        }
        List<byte[]> all = new ArrayList<>(old);
        if (!more.isEmpty()) {
            all.addAll(more);
        } else if (old.stream().noneMatch(prefix -> prefix.length == 0)) {
            all.add(new byte[0]);
        }
        return all;
    }

    private static void refuseOverlap(byte[] prefix, byte[] other, String what) {
        int length = Math.min(prefix.length, other.length);
        if (Arrays.equals(prefix, 0, length, other, 0, length)) {
            throw new CommandException("ERR Prefix '" + Bytes.text(prefix) + "' overlaps with " + what + " '"
                    + Bytes.text(other) + "'. Prefixes for a single client must not overlap.");
        }
    }

    static Reply caching(Call call) {
        ClientTracking tracking = call.client().tracking();
        if (tracking == null) {
            throw new CommandException("ERR CLIENT CACHING can be called only when the client is in tracking mode with"
                    + " OPTIN or OPTOUT mode enabled");
        }
        boolean yes = call.is(2, "YES");
        if (!yes && !call.is(2, "NO")) {
            throw CommandException.syntax();
        }
        if (yes && !tracking.optIn()) {
            throw new CommandException("ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.");
        }
        if (!yes && !tracking.optOut()) {
            throw new CommandException("ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.");
        }
        call.client().caching(true);
        return Reply.OK;
    }

    /** 0 where the client gets the messages itself, -1 where it does not track. */
    static Reply redirect(Call call) {
        ClientTracking tracking = call.client().tracking();
        return Reply.integer(tracking == null ? -1 : tracking.redirect());
    }

    static Reply info(Call call) {
        ClientTracking tracking = call.client().tracking();
        List<Reply> flags = new ArrayList<>();
        flags.add(Reply.bulk(tracking == null ? "off" : "on"));
        if (tracking != null) {
            boolean caching = call.client().caching();
            addIf(tracking.broadcast(), "bcast", flags);
            addIf(tracking.optIn(), "optin", flags);
            addIf(tracking.optIn() && caching, "caching-yes", flags);
            addIf(tracking.optOut(), "optout", flags);
            addIf(tracking.optOut() && caching, "caching-no", flags);
            addIf(tracking.noLoop(), "noloop", flags);
            addIf(tracking.redirectBroken(), "broken_redirect", flags);
        }
        return new Reply.MapOf(List.of(Reply.bulk("flags"), new Reply.SetOf(flags),
                Reply.bulk("redirect"), redirect(call),
                Reply.bulk("prefixes"), Reply.bulks(tracking == null ? List.of() : tracking.prefixes())));
    }

    private static void addIf(boolean is, String flag, List<Reply> flags) {
        if (is) {
            flags.add(Reply.bulk(flag));
        }
    }
}
