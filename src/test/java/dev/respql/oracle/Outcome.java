package dev.respql.oracle;

import dev.respql.testing.Reply;

/**
 * What the two servers said to one command.
 *
 * @param expected   what redis-server said
 * @param actual     what respql said; null when nothing came
 * @param difference what is wrong with that, or null
 */
record Outcome(Reply expected, Reply actual, String difference) {
}
