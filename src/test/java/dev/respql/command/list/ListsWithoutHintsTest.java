package dev.respql.command.list;

import dev.respql.testing.EachBackend;
import dev.respql.testing.RunningServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** Nothing is read ahead: hints are for speed only. */
@EachBackend
class ListsWithoutHintsTest extends ListScripts {
    private static final String SWITCH = "respql.noPrefetch";

    @BeforeAll
    static void switchHintsOff() {
        System.setProperty(SWITCH, "true");
    }

    @AfterAll
    static void switchHintsOn() {
        System.clearProperty(SWITCH);
    }

    @BeforeEach
    void start(RunningServer running) {
        server(running);
    }
}
