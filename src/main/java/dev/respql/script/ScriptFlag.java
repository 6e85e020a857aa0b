package dev.respql.script;

import java.util.Locale;

/** What a script or function says of itself. */
public enum ScriptFlag {
    NO_WRITES, ALLOW_OOM, ALLOW_STALE, NO_CLUSTER, ALLOW_CROSS_SLOT_KEYS;

    /** As scripts and FUNCTION LIST write it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Null if there is none of that name. */
    static ScriptFlag of(String text) {
        for (ScriptFlag flag : values()) {
            if (flag.text().equals(text)) {
                return flag;
            }
        }
        return null;
    }
}
