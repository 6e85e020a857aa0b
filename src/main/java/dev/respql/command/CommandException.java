package dev.respql.command;

import dev.respql.protocol.Reply;

/**
 * A command's refusal: its message is the error reply, code first. Thrown before the command has changed anything.
 * Carries no stack trace, since it is part of normal service. The errors that many commands share stand here.
 */
public final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public CommandException(String reply) {
        super(reply, null, false, false);
    }

    public Reply.Error reply() {
        return new Reply.Error(getMessage());
    }

    public static CommandException syntax() {
        return new CommandException("ERR syntax error");
    }

    public static CommandException notAnInteger() {
        return new CommandException("ERR value is not an integer or out of range");
    }

    public static CommandException notAFloat() {
        return new CommandException("ERR value is not a valid float");
    }

    public static CommandException outOfRange() {
        return new CommandException("ERR value is out of range, must be positive");
    }

    public static CommandException noSuchKey() {
        return new CommandException("ERR no such key");
    }

    public static CommandException wrongType() {
        return new CommandException("WRONGTYPE Operation against a key holding the wrong kind of value");
    }

    /** {@code name} is the full name of the command, as in {@code config|get}. */
    public static CommandException wrongArity(String name) {
        return new CommandException("ERR wrong number of arguments for '" + name + "' command");
    }
}
