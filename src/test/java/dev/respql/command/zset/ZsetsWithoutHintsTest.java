package dev.respql.command.zset;

import dev.respql.testing.EachBackend;
import dev.respql.testing.RunningServer;
import dev.respql.testing.WithoutHints;
import org.junit.jupiter.api.BeforeEach;

/** Nothing is read ahead: hints are for speed only. */
@EachBackend
@WithoutHints
class ZsetsWithoutHintsTest extends ZsetScripts {
    @BeforeEach
    void start(RunningServer running) {
        server(running);
    }
}
