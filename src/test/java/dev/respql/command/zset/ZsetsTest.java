package dev.respql.command.zset;

import dev.respql.testing.EachBackend;
import dev.respql.testing.RunningServer;
import org.junit.jupiter.api.BeforeEach;

@EachBackend
class ZsetsTest extends ZsetScripts {
    @BeforeEach
    void start(RunningServer running) {
        server(running);
    }
}
