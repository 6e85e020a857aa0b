package dev.respql.config;

import dev.respql.config.Definition.Trait;

/**
 * A parameter and its current value. Thread-safe; reading one costs a volatile read, so hot code keeps the parameter
 * that {@link Config#parameter} gave it and reads it as often as it likes.
 */
public final class Parameter {
    private final Definition definition;
    private final Value initial;
    private volatile Value value;
    /** Whether the value was given for this run alone, so that CONFIG REWRITE leaves the file's as it is. */
    private volatile boolean thisRunOnly;

    Parameter(Definition definition) {
        this.definition = definition;
        this.initial = definition.kind().parse(Config.arguments(definition.kind(), definition.initial()), null, false);
        this.value = initial;
        this.thisRunOnly = false;
    }

    /** The name, in small letters. */
    public String name() {
        return definition.name();
    }

    /** The older name of the same, such as "slave-priority"; null for none. */
    public String alias() {
        return definition.alias();
    }

    /**
     * The value as Redis writes it: sizes in bytes, flags as yes or no. It can be a secret and need not be what
     * CONFIG GET shows, see {@link Config#matching}.
     */
    public String text() {
        return value.text();
    }

    /**
     * The value of a parameter that is a number (in the unit that its help names), a size in bytes, or a set of flags
     * such as {@link KeyspaceEvents}; of a choice, its place in the list.
     */
    public long number() {
        return value.number();
    }

    /** Whether a parameter that is yes or no is yes. */
    public boolean flag() {
        return value.number() != 0;
    }

    /** The value that it has when nobody sets it. */
    public String initialText() {
        return initial.text();
    }

    /** One line for people on what it is for. */
    public String help() {
        return definition.help();
    }

    /** Whether it changes anything in respql; otherwise it is only accepted and remembered. */
    public boolean isEffective() {
        return definition.is(Trait.EFFECTIVE);
    }

    /** Whether CONFIG SET can change it. */
    public boolean isMutable() {
        return !definition.is(Trait.IMMUTABLE) && !definition.is(Trait.PROTECTED);
    }

    /** Whether its value is a secret, so that a CONFIG SET of it does not belong in MONITOR or the slow log. */
    public boolean isSecret() {
        return definition.is(Trait.SECRET);
    }

    @Override
    public String toString() {
        return definition.name();
    }

    Definition definition() {
        return definition;
    }

    Value value() {
        return value;
    }

    Value initial() {
        return initial;
    }

    boolean isThisRunOnly() {
        return thisRunOnly;
    }

    void assign(Value newValue, boolean forThisRunOnly) {
        value = newValue;
        thisRunOnly = forThisRunOnly;
    }
}
