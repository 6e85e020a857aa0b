package dev.respql.command.set;

import dev.respql.testing.EachBackend;
import dev.respql.testing.RunningServer;
import org.junit.jupiter.api.BeforeEach;

@EachBackend
class SetsTest extends SetScripts {
    @BeforeEach
    void start(RunningServer running) {
        server(running);
    }
}
