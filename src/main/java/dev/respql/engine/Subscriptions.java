package dev.respql.engine;

import dev.respql.bus.Interest;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What a client has subscribed to. Used by its lane's thread, but for the counts, which any thread may ask for. */
public final class Subscriptions {
    private Set<Interest> all = Set.of();
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
        return all.stream().filter(interest -> interest.kind() == kind).toList();
    }

    boolean contains(Interest interest) {
        return all.contains(interest);
    }

    List<Interest> all() {
        return List.copyOf(all);
    }

    /** False where it is one already. */
    boolean add(Interest interest) {
        if (all.isEmpty()) {
            all = new LinkedHashSet<>();
        }
        boolean isNew = all.add(interest);
        if (isNew) {
            count(interest, 1);
        }
        return isNew;
    }

    /** False where it is none. */
    boolean remove(Interest interest) {
        boolean was = all.contains(interest);
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
