package dev.respql.command.list;

import dev.respql.testing.EachBackend;
import dev.respql.testing.RunningServer;
import org.junit.jupiter.api.BeforeEach;

@EachBackend
class ListsTest extends ListScripts {
    @BeforeEach
    void start(RunningServer running) {
        server(running);
    }
}
