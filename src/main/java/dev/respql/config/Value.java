package dev.respql.config;

/**
 * One value of a parameter, immutable.
 *
 * @param text as CONFIG GET shows it
 * @param number the value of a number, memory size, flag (0 or 1) or set of flags; the place in the list of a choice
 * @param detail what else the parameter's {@link Kind} read; null when there is nothing
 */
record Value(String text, long number, Object detail) {
    static Value number(String text, long number) {
        return new Value(text, number, null);
    }

    static Value detail(String text, Object detail) {
        return new Value(text, 0, detail);
    }
}
