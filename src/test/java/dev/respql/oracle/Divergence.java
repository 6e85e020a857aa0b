package dev.respql.oracle;

/**
 * The first point of a history at which the two servers differ.
 *
 * @param at      the number of steps before it; the length of the history when only the data at the end differs
 * @param command the name of the command, or "data set"
 * @param kind    the same for differences that are likely the same mistake: the command, and both errors if any
 * @param text    the command, both replies and what is wrong, on several lines
 */
record Divergence(int at, String command, String kind, String text) {
}
