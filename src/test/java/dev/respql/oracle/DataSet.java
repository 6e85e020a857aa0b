package dev.respql.oracle;

import dev.respql.testing.Bytes;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** All that a server holds, read over a connection in RESP2: for each key its type, size, expiry and whole value. */
final class DataSet {
    private static final int DATABASES = 16;

    private record Entry(String type, List<String> value, Reply size, Reply expiry) {
        boolean agreesWith(Entry other) {
            return type.equals(other.type) && value.equals(other.value) && size.equals(other.size)
                    && ReplyRule.EXPIRY_MILLISECOND.judge(expiry, other.expiry).difference() == null;
        }

        @Override
        public String toString() {
            return type + " of size " + size + ", expiry " + expiry + ", " + value;
        }
    }

    private final Map<String, Entry> entries = new TreeMap<>();

    private DataSet() {
    }

    /**
     * Waits at most so long for each reply.
     *
     * @param absolute whether PEXPIRETIME tells of expiry, which redis-server has since 7.0; else PTTL does
     */
    static DataSet read(Target target, Duration patience, boolean absolute) {
        try (RespClient names = target.connectAsItIs(0).timeout(patience);
                RespClient values = target.connect(0).timeout(patience)) {
            return read(names, values, absolute);
        }
    }

    private static DataSet read(RespClient names, RespClient client, boolean absolute) {
        DataSet data = new DataSet();
        for (int database = 0; database < DATABASES; database++) {
            names.queue("SELECT", database).queue("KEYS", "*");
        }
        List<Reply> replies = names.flush().read(2 * DATABASES);
        for (int database = 0; database < DATABASES; database++) {
            List<Reply> keys = replies.get(2 * database + 1).items();
            if (!keys.isEmpty()) {
                client.call("SELECT", database);
            }
            for (Reply key : keys) {
                data.entries.put(database + ": " + Bytes.quote(key.bytes()), readEntry(client, key.bytes(), absolute));
            }
        }
        return data;
    }

    /** What this one (redis-server's) and the other hold differently, null for nothing. */
    String differenceTo(DataSet other) {
        List<String> differences = new ArrayList<>();
        Map<String, Entry> all = new TreeMap<>(entries);
        other.entries.forEach(all::putIfAbsent);
        for (String key : all.keySet()) {
            Entry mine = entries.get(key);
            Entry others = other.entries.get(key);
            if (mine == null || others == null || !mine.agreesWith(others)) {
                differences.add("database " + key + "\n    redis-server " + (mine == null ? "has no such key" : mine)
                        + "\n    respql       " + (others == null ? "has no such key" : others));
            }
        }
        return differences.isEmpty() ? null : String.join("\n  ", differences);
    }

    private static Entry readEntry(RespClient client, byte[] key, boolean absolute) {
        String type = client.call("TYPE", key).text();
        Reply expiry = client.call(absolute ? "PEXPIRETIME" : "PTTL", key);
        return switch (type) {
            case "string" -> entry(type, client.call("GET", key), 1, client.call("STRLEN", key), expiry);
            case "list" -> new Entry(type, client.call("LRANGE", key, 0, -1).items().stream().map(Reply::toString)
                    .toList(), client.call("LLEN", key), expiry);
            case "hash" -> entry(type, client.call("HGETALL", key), 2, client.call("HLEN", key), expiry);
            case "set" -> entry(type, client.call("SMEMBERS", key), 1, client.call("SCARD", key), expiry);
            case "zset" -> new Entry(type, client.call("ZRANGE", key, 0, -1, "WITHSCORES").items().stream()
                    .map(Reply::toString).toList(), client.call("ZCARD", key), expiry);
            default -> throw new IllegalStateException("cannot read a " + type + " at " + Bytes.quote(key));
        };
    }

    private static Entry entry(String type, Reply value, int width, Reply size, Reply expiry) {
        return new Entry(type, ReplyRule.sorted(value, width), size, expiry);
    }
}
