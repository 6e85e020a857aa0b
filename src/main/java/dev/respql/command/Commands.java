package dev.respql.command;

import dev.respql.command.connection.ConnectionCommands;
import dev.respql.command.hash.HashCommands;
import dev.respql.command.hash.HashCounterCommands;
import dev.respql.command.hash.WholeHashCommands;
import dev.respql.command.key.ExpiryCommands;
import dev.respql.command.key.KeyCommands;
import dev.respql.command.key.KeyspaceCommands;
import dev.respql.command.key.ObjectCommands;
import dev.respql.command.key.SortCommands;
import dev.respql.command.list.BlockingListCommands;
import dev.respql.command.list.ListCommands;
import dev.respql.command.pubsub.PublishCommands;
import dev.respql.command.pubsub.SubscriptionCommands;
import dev.respql.command.scripting.EvalCommands;
import dev.respql.command.scripting.FunctionCommands;
import dev.respql.command.scripting.ScriptCommands;
import dev.respql.command.server.AclCommands;
import dev.respql.command.server.CommandCommands;
import dev.respql.command.server.ConfigCommands;
import dev.respql.command.server.DatabaseCommands;
import dev.respql.command.server.DebugCommand;
import dev.respql.command.server.InfoCommand;
import dev.respql.command.server.LatencyCommands;
import dev.respql.command.server.MemoryCommands;
import dev.respql.command.server.ServerCommands;
import dev.respql.command.server.SlowlogCommands;
import dev.respql.command.set.SetAlgebraCommands;
import dev.respql.command.set.SetCommands;
import dev.respql.command.set.WholeSetCommands;
import dev.respql.command.string.CounterCommands;
import dev.respql.command.string.LcsCommand;
import dev.respql.command.string.StringCommands;
import dev.respql.command.string.StringRangeCommands;
import dev.respql.command.transaction.TransactionCommands;
import dev.respql.command.transaction.WaitCommands;
import dev.respql.command.zset.BlockingZsetCommands;
import dev.respql.command.zset.WholeZsetCommands;
import dev.respql.command.zset.ZsetCombinationCommands;
import dev.respql.command.zset.ZsetCommands;
import dev.respql.command.zset.ZsetPopCommands;
import dev.respql.command.zset.ZsetRangeCommands;
import dev.respql.command.zset.ZsetRankCommands;

/** The families of commands that a server has. */
public final class Commands {
    private Commands() {
    }

    public static CommandTable table() {
        return CommandTable.of(
                ConnectionCommands.all(),
                KeyCommands.all(),
                ExpiryCommands.all(),
                KeyspaceCommands.all(),
                ObjectCommands.all(),
                SortCommands.all(),
                DatabaseCommands.all(),
                StringCommands.all(),
                StringRangeCommands.all(),
                CounterCommands.all(),
                LcsCommand.all(),
                HashCommands.all(),
                HashCounterCommands.all(),
                WholeHashCommands.all(),
                ListCommands.all(),
                BlockingListCommands.all(),
                SetCommands.all(),
                WholeSetCommands.all(),
                SetAlgebraCommands.all(),
                ZsetCommands.all(),
                ZsetRankCommands.all(),
                ZsetRangeCommands.all(),
                ZsetPopCommands.all(),
                BlockingZsetCommands.all(),
                WholeZsetCommands.all(),
                ZsetCombinationCommands.all(),
                TransactionCommands.all(),
                EvalCommands.all(),
                ScriptCommands.all(),
                FunctionCommands.all(),
                WaitCommands.all(),
                SubscriptionCommands.all(),
                PublishCommands.all(),
                AclCommands.all(),
                CommandCommands.all(),
                ConfigCommands.all(),
                DebugCommand.all(),
                InfoCommand.all(),
                LatencyCommands.all(),
                MemoryCommands.all(),
                ServerCommands.all(),
                SlowlogCommands.all());
    }
}
