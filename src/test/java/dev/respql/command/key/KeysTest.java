package dev.respql.command.key;

import dev.respql.testing.EachBackend;
import dev.respql.testing.RunningServer;
import org.junit.jupiter.api.BeforeEach;

@EachBackend
class KeysTest extends KeyScripts {
    @BeforeEach
    void start(RunningServer running) {
        server(running);
    }
}
