package dev.respql.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A map from (number, bytes) to bytes that takes the same memory whatever is in it, in two arrays that the garbage
 * collector need not look into. What was used last stays: entries are written one behind the other into a ring, where
 * the newest overwrite the oldest, and one that is found shortly before that is written anew. Used by one thread.
 *
 * <p>An entry: its length in the ring, the hash, the number, the lengths of name and content, the name, the content.
 */
final class ByteCache {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int HASH = 4;
    private static final int NUMBER = 8;
    private static final int NAME_LENGTH = 16;
    private static final int CONTENT_LENGTH = 20;
    private static final int NAME = 24;
    /** Entries begin at multiples of it. */
    private static final int STEP = 8;
    private static final int BYTES_A_SLOT = 32;
    /** So many slots, next to each other in memory, are where an entry may be found; the oldest one gives way. */
    private static final int WAYS = 8;
    /** Behind the head of the array, where a large one's buckets begin at the lines of the processor's cache. */
    private static final int FIRST_SLOT = 6;
    /** The oldest part of the ring, from which what is found is saved. */
    private static final int SAVED_PART = 4;
    /** The smallest ring that makes sense, in bytes. */
    private static final int SMALLEST = 1024;

    private final byte[] ring;
    /** The hash in the upper half, in the lower one the entry's place in steps, from 1. */
    private final long[] slots;
    private final int bucketMask;
    private int head;
    private int tail;
    /** Where the older part of a ring that has begun anew ends; entries lie from tail to here, and from 0 to head. */
    private int end;
    private boolean wrapped;

    /** @param bytes how large the ring is; the slots take up to a quarter more */
    ByteCache(int bytes) {
        ring = new byte[Math.max(SMALLEST, bytes) / STEP * STEP];
        int buckets = Integer.highestOneBit(Math.max(1, ring.length / BYTES_A_SLOT / WAYS));
        slots = new long[FIRST_SLOT + buckets * WAYS];
        bucketMask = buckets - 1;
    }

    /** The longest entry that is kept, name and content together; longer ones are not worth the others' room. */
    private int longest() {
        return ring.length / 16 - NAME - STEP;
    }

    /** Where the content begins, or -1. The place holds until the next call of any other method. */
    int find(long number, byte[] name, int nameHash) {
        int hash = hash(number, nameHash);
        int slot = slot(hash, number, name);
        if (slot < 0) {
            return -1;
        }
        int at = place(slots[slot]);
        if (isOld(at)) {
            at = renew(slot, at);
        }
        return at + NAME + name.length;
    }

    /** How many bytes of content there are at a place that {@link #find} returned for a name of this length. */
    int contentLength(int content, int nameLength) {
        return (int) INT.get(ring, content - nameLength - NAME + CONTENT_LENGTH);
    }

    /** Makes room for content under this name, in place of what was there; where it is to be written, or -1 if too long. */
    int put(long number, byte[] name, int nameHash, int contentLength) {
        int hash = hash(number, nameHash);
        int slot = slot(hash, number, name);
        if (contentLength > longest() - name.length) {
            if (slot >= 0) {
                slots[slot] = 0;
            }
            return -1;
        }
        int length = (NAME + name.length + contentLength + STEP - 1) / STEP * STEP;
        int at;
        if (slot >= 0 && (int) INT.get(ring, place(slots[slot])) >= length) {
            at = place(slots[slot]);
        } else {
            if (slot >= 0) {
                slots[slot] = 0;
            }
            at = reserve(length);
            INT.set(ring, at, length);
            INT.set(ring, at + HASH, hash);
            LONG.set(ring, at + NUMBER, number);
            INT.set(ring, at + NAME_LENGTH, name.length);
            System.arraycopy(name, 0, ring, at + NAME, name.length);
            slots[freeSlot(hash)] = slotOf(hash, at);
        }
        INT.set(ring, at + CONTENT_LENGTH, contentLength);
        return at + NAME + name.length;
    }

    void remove(long number, byte[] name, int nameHash) {
        int slot = slot(hash(number, nameHash), number, name);
        if (slot >= 0) {
            slots[slot] = 0;
        }
    }

    void clear() {
        Arrays.fill(slots, 0);
        head = 0;
        tail = 0;
        wrapped = false;
    }

    long number(int at) {
        return (long) LONG.get(ring, at);
    }

    void number(int at, long number) {
        LONG.set(ring, at, number);
    }

    byte[] bytes(int at, int length) {
        return Arrays.copyOfRange(ring, at, at + length);
    }

    void bytes(int at, byte[] bytes) {
        System.arraycopy(bytes, 0, ring, at, bytes.length);
    }

    // ---- slots

    private static int hash(long number, int nameHash) {
        long mixed = (number * 0x9e3779b97f4a7c15L ^ nameHash) * 0xbf58476d1ce4e5b9L;
        return (int) (mixed ^ mixed >>> 32);
    }

    private static long slotOf(int hash, int at) {
        return (long) hash << 32 | at / STEP + 1;
    }

    private static int place(long slot) {
        return ((int) slot - 1) * STEP;
    }

    private int firstSlot(int hash) {
        return FIRST_SLOT + (hash & bucketMask) * WAYS;
    }

    private int slot(int hash, long number, byte[] name) {
        int first = firstSlot(hash);
        for (int slot = first; slot < first + WAYS; slot++) {
            if (slots[slot] != 0 && (int) (slots[slot] >> 32) == hash && isAt(place(slots[slot]), number, name)) {
                return slot;
            }
        }
        return -1;
    }

    private boolean isAt(int at, long number, byte[] name) {
        return (long) LONG.get(ring, at + NUMBER) == number && (int) INT.get(ring, at + NAME_LENGTH) == name.length
                && Arrays.equals(ring, at + NAME, at + NAME + name.length, name, 0, name.length);
    }

    /** An empty slot for this hash, or else that of the entry that would be overwritten first. */
    private int freeSlot(int hash) {
        int first = firstSlot(hash);
        int oldest = first;
        for (int slot = first; slot < first + WAYS; slot++) {
            if (slots[slot] == 0) {
                return slot;
            }
            if (left(place(slots[slot])) < left(place(slots[oldest]))) {
                oldest = slot;
            }
        }
        return oldest;
    }

    // ---- the ring

    /** How many bytes are to be written until this entry is overwritten. */
    private int left(int at) {
        int distance = at - head;
        return distance >= 0 ? distance : distance + ring.length;
    }

    private boolean isOld(int at) {
        return left(at) < ring.length / SAVED_PART;
    }

    private int renew(int slot, int at) {
        int length = (int) INT.get(ring, at);
        long kept = slots[slot];
        slots[slot] = 0;
        int renewed = reserve(length);
        // Perhaps over itself: nothing was overwritten yet.
        System.arraycopy(ring, at, ring, renewed, length);
        slots[slot] = slotOf((int) (kept >> 32), renewed);
        return renewed;
    }

    /** Room for an entry behind the newest; the oldest are forgotten. */
    private int reserve(int length) {
        while (true) {
            if (!wrapped && ring.length - head < length) {
                end = head;
                head = 0;
                wrapped = true;
            }
            if (!wrapped || tail - head >= length) {
                int at = head;
                head += length;
                return at;
            }
            if (tail == end) {
                tail = 0;
                wrapped = false;
            } else {
                tail += forget(tail);
            }
        }
    }

    /** Frees an entry's slot if it still has one; the entry's length. */
    private int forget(int at) {
        int hash = (int) INT.get(ring, at + HASH);
        long wanted = slotOf(hash, at);
        int first = firstSlot(hash);
        for (int slot = first; slot < first + WAYS; slot++) {
            if (slots[slot] == wanted) {
                slots[slot] = 0;
                break;
            }
        }
        return (int) INT.get(ring, at);
    }
}
