package dev.respql.command.set;

import dev.respql.testing.EachBackend;
import dev.respql.testing.RunningServer;
import dev.respql.testing.WithoutHints;
import org.junit.jupiter.api.BeforeEach;

/** Nothing is read ahead: hints are for speed only. */
@EachBackend
@WithoutHints
class SetsWithoutHintsTest extends SetScripts {
    @BeforeEach
    void start(RunningServer running) {
        server(running);
    }
}
