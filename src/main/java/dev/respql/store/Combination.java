package dev.respql.store;

import java.util.List;

/**
 * What sorted sets and sets give when taken together. The members of a set have the score 1. Immutable.
 *
 * @param keys the inputs; one key may stand there more than once, and missing ones are empty
 * @param weights what the scores of each input are multiplied with
 * @param aggregate how a member's score comes from its scores in several inputs; without meaning for differences, in
 *     which members keep the score that they have in the first input
 */
public record Combination(Operation operation, List<KeyName> keys, List<Double> weights, Aggregate aggregate) {
    /** Which members remain. */
    public enum Operation {
        /** Those of any input. */
        UNION,
        /** Those that are in every input. */
        INTERSECTION,
        /** Those that are in the first input and in no other. */
        DIFFERENCE
    }

    /** How two scores become one. */
    public enum Aggregate {
        SUM, MIN, MAX;

        double of(double one, double other) {
            return switch (this) {
                // Opposite infinities are nothing.
                case SUM -> zeroIfNaN(one + other);
                case MIN -> other < one ? other : one;
                case MAX -> other > one ? other : one;
            };
        }
    }

    static double zeroIfNaN(double score) {
        return Double.isNaN(score) ? 0 : score;
    }
}
