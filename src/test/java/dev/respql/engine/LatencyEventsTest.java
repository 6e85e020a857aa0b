package dev.respql.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.respql.engine.LatencyEvents.Sample;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is kept of events that took long. */
class LatencyEventsTest {
    private final LatencyEvents events = new LatencyEvents();

    @Test
    void keepsTheLongestOfEachSecond() {
        events.add(LatencyEvents.COMMIT, 5, 100);
        events.add(LatencyEvents.COMMIT, 9, 100);
        events.add(LatencyEvents.COMMIT, 7, 100);
        events.add(LatencyEvents.COMMIT, 3, 101);
        assertEquals(List.of(new Sample(100, 9), new Sample(101, 3)), events.of("commit").samples());
        assertEquals(new Sample(101, 3), events.of("commit").latest());
        assertEquals(9, events.of("commit").maxMillis());
    }

    @Test
    void forgetsAllButTheLast160SamplesAndRemembersTheLongest() {
        for (int i = 0; i < 200; i++) {
            events.add("command", 1000 - i, i);
        }
        List<Sample> samples = events.of("command").samples();
        assertEquals(160, samples.size());
        assertEquals(new Sample(40, 960), samples.get(0));
        assertEquals(new Sample(199, 801), samples.get(159));
        assertEquals(1000, events.of("command").maxMillis());
    }

    @Test
    void eventsAreForgottenByName() {
        events.add("a", 1, 1);
        events.add("b", 1, 1);
        events.add("c", 1, 1);
        assertEquals(1, events.forget(List.of("a", "a", "nosuch")));
        assertNull(events.of("a"));
        assertEquals(List.of("b", "c"), events.all().stream().map(LatencyEvents.History::event).toList());
        assertEquals(2, events.forgetAll());
        assertEquals(List.of(), events.all());
    }
}
