package dev.respql.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.testing.Backend;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProtectedModeTest {
    @Test
    void onlyLoopbackAddressesAreFromInside() {
        assertFalse(ProtectedMode.isFromOutside(new InetSocketAddress("127.0.0.1", 1)));
        assertFalse(ProtectedMode.isFromOutside(new InetSocketAddress("::1", 1)));
        assertTrue(ProtectedMode.isFromOutside(new InetSocketAddress("192.0.2.1", 1)));
    }

    @Test
    void refusesOtherAddressesUntilThereIsAPassword() throws Exception {
        Optional<String> own = ownAddress();
        try (RunningServer server = RunningServer.start(Backend.SQLITE, "bind=0.0.0.0");
                RespClient inside = RespClient.connect(server.port())) {
            assertEquals("PONG", inside.call("PING").text());
            if (own.isPresent()) {
                try (RespClient outside = RespClient.connect(own.get(), server.port())) {
                    assertTrue(new String(outside.readUntilClosed()).startsWith("-DENIED "));
                }
            }
            inside.call("CONFIG", "SET", "requirepass", "secret");
            if (own.isPresent()) {
                try (RespClient outside = RespClient.connect(own.get(), server.port())) {
                    assertEquals("OK", outside.call("AUTH", "secret").text());
                }
            }
        }
    }

    /** An address of this machine that is not a loopback address; a machine without a network has none. */
    private static Optional<String> ownAddress() throws Exception {
        return NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
                .map(InetAddress::getHostAddress).findFirst();
    }
}
