package dev.respql.testing;

/**
 * What must hold in the database after every storage test: sizes in headers equal the rows, list positions are
 * contiguous, rank blocks add up, nothing is orphaned. {@link EachBackend} calls this after each test that passed.
 */
public final class InvariantCheck {
    private InvariantCheck() {
    }

    /** Throws an {@link AssertionError} that names the key when something is off. */
    public static void check(RunningServer server) {
        // The checker behind "bin/respql check" is called here once it exists.
    }
}
