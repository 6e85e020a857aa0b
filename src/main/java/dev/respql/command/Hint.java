package dev.respql.command;

import dev.respql.engine.Call;
import dev.respql.store.KeyName;
import dev.respql.store.Prefetch;

/**
 * What a command will read, told before it runs, so that one statement fetches it for a whole batch. A hint is a matter
 * of speed, never of correctness: what was not hinted is read when it is needed.
 */
@FunctionalInterface
public interface Hint {
    void announce(Call call, Prefetch prefetch);

    /** Nothing: the command answers from what the server knows by itself. */
    Hint NOTHING = (call, prefetch) -> {
    };

    /** The headers of all keys. */
    Hint HEADERS = (call, prefetch) -> {
        for (KeyName key : call.touchedKeys()) {
            prefetch.header(key);
        }
    };

    /** The headers of all keys and, where they are strings, their values. */
    Hint STRINGS = (call, prefetch) -> {
        for (KeyName key : call.touchedKeys()) {
            prefetch.string(key);
        }
    };
}
