package dev.respql.config;

/**
 * The classes of keyspace events, as bits of the parameter "notify-keyspace-events" (read them with
 * {@code config.number(Config.NOTIFY_KEYSPACE_EVENTS)}), and the letters that stand for them.
 */
public final class KeyspaceEvents {
    public static final int KEYSPACE = 1;
    public static final int KEYEVENT = 1 << 1;
    public static final int GENERIC = 1 << 2;
    public static final int STRING = 1 << 3;
    public static final int LIST = 1 << 4;
    public static final int SET = 1 << 5;
    public static final int HASH = 1 << 6;
    public static final int ZSET = 1 << 7;
    public static final int EXPIRED = 1 << 8;
    public static final int EVICTED = 1 << 9;
    public static final int STREAM = 1 << 10;
    public static final int MODULE = 1 << 11;
    public static final int NEW_KEY = 1 << 12;
    public static final int KEY_MISS = 1 << 13;
    /** What the letter A stands for: everything but {@link #NEW_KEY} and {@link #KEY_MISS}. */
    public static final int ALL = GENERIC | STRING | LIST | SET | HASH | ZSET | EXPIRED | EVICTED | STREAM | MODULE;

    private static final String LETTERS = "KEg$lshzxetdnm";
    private static final String COMPLAINT = "Invalid event class character. Use 'Ag$lshzxeKEtmdn'.";

    private KeyspaceEvents() {
    }

    static int parse(String letters) {
        int events = 0;
        for (char letter : letters.toCharArray()) {
            int bit = LETTERS.indexOf(letter);
            if (letter != 'A' && bit < 0) {
                throw new ConfigException(COMPLAINT);
            }
            events |= letter == 'A' ? ALL : 1 << bit;
        }
        return events;
    }

    /** The letters in Redis's order: the classes, then where to, then m; like Redis it leaves n out beside an A. */
    static String format(int events) {
        StringBuilder letters = new StringBuilder();
        if ((events & ALL) == ALL) {
            letters.append('A');
        } else {
            append(letters, events & (ALL | NEW_KEY));
        }
        append(letters, events & (KEYSPACE | KEYEVENT));
        append(letters, events & KEY_MISS);
        return letters.toString();
    }

    private static void append(StringBuilder letters, int events) {
        for (int bit = 0; bit < LETTERS.length(); bit++) {
            if ((events & 1 << bit) != 0) {
                letters.append(LETTERS.charAt(bit));
            }
        }
    }
}
