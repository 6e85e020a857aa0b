package dev.respql.script;

import dev.respql.protocol.Reply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A host without a server: commands reply with their name, and a script is killed when it takes long. */
class StubHost implements ScriptHost {
    /** Enough for two million steps. */
    private static final int PATIENCE = 100;

    final List<String> logged = new ArrayList<>();
    private final int patience;
    private int checkpoints;

    StubHost() {
        this(PATIENCE);
    }

    /** Kills a script when it has been looked at so often. */
    StubHost(int patience) {
        this.patience = patience;
    }

    @Override
    public Reply call(byte[][] command, int respVersion) {
        return new Reply.Bulk(command[0]);
    }

    @Override
    public Permission permission(byte[][] command) {
        return Permission.DENIED;
    }

    @Override
    public void log(int level, byte[] text) {
        logged.add(level + " " + new String(text, StandardCharsets.ISO_8859_1));
    }

    @Override
    public void checkpoint() {
        if (++checkpoints > patience) {
            throw new ScriptKilledException("ERR Script killed by user with SCRIPT KILL.");
        }
    }
}
