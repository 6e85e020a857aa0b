package dev.respql.oracle;

import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.respql.testing.EachBackend;
import dev.respql.testing.RunningServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The histories of {@link OracleTest} when nothing is read ahead: hints are for speed only. */
@EachBackend
class OracleWithoutHintsTest {
    private static final String SWITCH = "respql.noPrefetch";

    @BeforeAll
    static void switchHintsOff() {
        System.setProperty(SWITCH, "true");
    }

    @AfterAll
    static void switchHintsOn() {
        System.clearProperty(SWITCH);
    }

    @Test
    void answersAsRedis(RunningServer server) {
        assertFalse(server.server().node().prefetches());
        OracleTest.run("respql without hints on " + server.backend(), Target.of(server::flushAll, server::port), 3);
    }
}
