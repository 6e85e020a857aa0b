package dev.respql.store;

/** Which members of a sorted set a command means. Immutable. */
public sealed interface ZsetRange {

    /** Those with scores from one to another. */
    record Scores(double min, boolean withoutMin, double max, boolean withoutMax) implements ZsetRange {
        /** All there are. */
        static final Scores ALL = new Scores(Double.NEGATIVE_INFINITY, false, Double.POSITIVE_INFINITY, false);

        /** Whether no score is in it. */
        public boolean isEmpty() {
            return lowest() > highest() || withoutMin && min == Double.POSITIVE_INFINITY
                    || withoutMax && max == Double.NEGATIVE_INFINITY;
        }

        /** The first score that is in it. */
        double lowest() {
            return withoutMin ? Math.nextUp(min) : min;
        }

        /** The last score that is in it. */
        double highest() {
            return withoutMax ? Math.nextDown(max) : max;
        }

        boolean has(double score) {
            return score >= lowest() && score <= highest();
        }
    }

    /**
     * Those with names from one to another. Meant for sorted sets with a single score, as in Redis; with several, it is
     * those between the first name at the lowest score and the last name at the highest.
     */
    record Names(Limit min, Limit max) implements ZsetRange {
    }

    /** One end of a range of names. */
    record Limit(byte[] name, boolean without) {
        /** Before every name. */
        public static final Limit LOWEST = new Limit(null, true);
        /** After every name. */
        public static final Limit HIGHEST = new Limit(null, true);
    }
}
