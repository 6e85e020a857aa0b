package dev.respql.network;

import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** Redis's protected mode: a server without a password serves nobody from other machines. Stateless. */
final class ProtectedMode {
    static final String DENIED = "-DENIED respql is in protected mode: it has no password, so it takes connections from "
            + "this machine only. To let others in, set one (--requirepass, or CONFIG SET requirepass from this machine), "
            + "or, where nobody else can reach it, CONFIG SET protected-mode no.";

    private ProtectedMode() {
    }

    static boolean isFromOutside(SocketAddress address) {
        return address instanceof InetSocketAddress internet && internet.getAddress() != null
                && !internet.getAddress().isLoopbackAddress();
    }
}
