package dev.respql.command.hash;

import dev.respql.testing.EachBackend;
import dev.respql.testing.RunningServer;
import org.junit.jupiter.api.BeforeEach;

@EachBackend
class HashesTest extends HashScripts {
    @BeforeEach
    void start(RunningServer running) {
        server(running);
    }
}
