package dev.respql.engine;

import dev.respql.command.Command;
import dev.respql.config.Config;
import dev.respql.config.Parameter;
import dev.respql.value.Bytes;

/** Keeps passwords out of MONITOR and the slow log, as Redis does. */
final class Secrets {
    private static final byte[] REDACTED = Bytes.of("(redacted)");

    private Secrets() {
    }

    /** The arguments of a call with each secret replaced; the same array where there is none. */
    static byte[][] hide(Command command, byte[][] arguments, Config config) {
        return switch (command.fullName()) {
            case "auth" -> redact(arguments, 1, arguments.length);
            case "hello" -> hideHello(arguments);
            case "config|set" -> hideParameters(arguments, config);
            case "acl|setuser" -> redact(arguments, 2, arguments.length);
            default -> arguments;
        };
    }

    private static byte[][] hideHello(byte[][] arguments) {
        for (int i = 2; i < arguments.length; i++) {
            if (Bytes.equalsIgnoreCase(arguments[i], "AUTH")) {
                return redact(arguments, i + 1, Math.min(i + 3, arguments.length));
            }
        }
        return arguments;
    }

    private static byte[][] hideParameters(byte[][] arguments, Config config) {
        byte[][] hidden = arguments;
        for (int i = 2; i + 1 < arguments.length; i += 2) {
            if (config.find(Bytes.text(arguments[i])).filter(Parameter::isSecret).isPresent()) {
                hidden = redact(hidden, i + 1, i + 2);
            }
        }
        return hidden;
    }

    private static byte[][] redact(byte[][] arguments, int from, int to) {
        byte[][] redacted = arguments.clone();
        for (int i = from; i < to; i++) {
            redacted[i] = REDACTED;
        }
        return redacted;
    }
}
