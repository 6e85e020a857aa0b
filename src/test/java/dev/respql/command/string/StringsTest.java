package dev.respql.command.string;

import dev.respql.testing.EachBackend;
import dev.respql.testing.RunningServer;
import org.junit.jupiter.api.BeforeEach;

@EachBackend
class StringsTest extends StringScripts {
    @BeforeEach
    void start(RunningServer running) {
        server(running);
    }
}
