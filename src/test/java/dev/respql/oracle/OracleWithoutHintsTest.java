package dev.respql.oracle;

import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.respql.testing.EachBackend;
import dev.respql.testing.RunningServer;
import dev.respql.testing.WithoutHints;
import org.junit.jupiter.api.Test;

/** The histories of {@link OracleTest} when nothing is read ahead: hints are for speed only. */
@EachBackend
@WithoutHints
class OracleWithoutHintsTest {
    @Test
    void answersAsRedis(RunningServer server) {
        assertFalse(server.server().node().prefetches());
        OracleTest.run("respql without hints on " + server.backend(), Target.of(server::flushAll, server::port), 3);
    }
}
