package dev.respql.engine;

import dev.respql.bus.Interest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a client has subscribed to. Used by its lane's thread, but for the counts, which any thread may ask for. */
public final class Subscriptions {
    /** Each with the transaction that wrote it; 0 while the node is alone. */
    private Map<Interest, Long> all = Map.of();
    private volatile int channels;
    private volatile int patterns;
    private volatile int shardChannels;

    Subscriptions() {
    }

    public int channels() {
        return channels;
    }

    public int patterns() {
        return patterns;
    }

    public int shardChannels() {
        return shardChannels;
    }

    /** Whether there are none, so that the client is an ordinary one. */
    public boolean isEmpty() {
        return channels + patterns + shardChannels == 0;
    }

    /** All of this kind, oldest first. */
    public List<Interest> of(Interest.Kind kind) {
        return all.keySet().stream().filter(interest -> interest.kind() == kind).toList();
    }

    /** Whether it is one, and older than the transaction with this number. */
    boolean isOlder(Interest interest, long transaction) {
        Long since = all.get(interest);
        return since != null && since < transaction;
    }

    /** Takes note of the transaction that wrote a subscription, which may have ended meanwhile. */
    void since(Interest interest, long transaction) {
        if (all.containsKey(interest)) {
            all.put(interest, transaction);
        }
    }

    List<Interest> all() {
        return List.copyOf(all.keySet());
    }

    /** False where it is one already. */
    boolean add(Interest interest) {
        if (all.isEmpty()) {
            all = new LinkedHashMap<>();
        }
        boolean isNew = all.putIfAbsent(interest, 0L) == null;
        if (isNew) {
            count(interest, 1);
        }
        return isNew;
    }

    /** False where it is none. */
    boolean remove(Interest interest) {
        boolean was = all.containsKey(interest);
        if (was) {
            all.remove(interest);
            count(interest, -1);
        }
        return was;
    }

    private void count(Interest interest, int change) {
        switch (interest.kind()) {
            case CHANNEL -> channels += change;
            case PATTERN -> patterns += change;
            case SHARD_CHANNEL -> shardChannels += change;
            default -> throw new IllegalArgumentException("nobody subscribes to " + interest.kind());
        }
    }
}
