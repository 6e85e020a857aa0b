package dev.respql.command;

import dev.respql.command.connection.ConnectionCommands;
import dev.respql.command.key.KeyCommands;
import dev.respql.command.list.ListCommands;
import dev.respql.command.string.CounterCommands;
import dev.respql.command.string.LcsCommand;
import dev.respql.command.string.StringCommands;
import dev.respql.command.string.StringRangeCommands;

/** The families of commands that a server has. */
public final class Commands {
    private Commands() {
    }

    public static CommandTable table() {
        return CommandTable.of(
                ConnectionCommands.all(),
                KeyCommands.all(),
                StringCommands.all(),
                StringRangeCommands.all(),
                CounterCommands.all(),
                LcsCommand.all(),
                ListCommands.all());
    }
}
