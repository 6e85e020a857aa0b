package dev.respql.command.string;

import dev.respql.command.CommandException;
import dev.respql.command.ExpiryOption;
import dev.respql.command.Options;
import dev.respql.engine.Call;

/**
 * What is behind the value of SET. An option may be repeated; of two times the last one counts, as in Redis.
 *
 * @param ifAbsent NX
 * @param ifPresent XX
 * @param expiry null for none
 * @param expiryArgument where the time is
 */
record SetOptions(boolean ifAbsent, boolean ifPresent, boolean get, boolean keepTtl, ExpiryOption expiry,
        int expiryArgument) {

    /** @throws CommandException {@code syntax error} for what is unknown, incomplete or contradicts what came before */
    static SetOptions of(Call call) {
        boolean ifAbsent = false;
        boolean ifPresent = false;
        boolean get = false;
        boolean keepTtl = false;
        ExpiryOption expiry = null;
        int expiryArgument = 0;
        for (Options options = new Options(call, 3); options.more();) {
            ExpiryOption next = options.takeExpiry();
            if (next != null && !keepTtl && (expiry == null || expiry == next)) {
                expiry = next;
                expiryArgument = options.next();
            } else if (next != null) {
                throw CommandException.syntax();
            } else if (!ifPresent && options.take("NX")) {
                ifAbsent = true;
            } else if (!ifAbsent && options.take("XX")) {
                ifPresent = true;
            } else if (options.take("GET")) {
                get = true;
            } else if (expiry == null && options.take("KEEPTTL")) {
                keepTtl = true;
            } else {
                throw CommandException.syntax();
            }
        }
        return new SetOptions(ifAbsent, ifPresent, get, keepTtl, expiry, expiryArgument);
    }
}
