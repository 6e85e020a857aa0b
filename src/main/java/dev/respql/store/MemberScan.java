package dev.respql.store;

import java.util.ArrayList;
import java.util.List;

/**
 * One step of HSCAN, SSCAN or ZSCAN. Rows are ordered by {@link MemberHash}, and the cursor is the hash with which the
 * next step goes on: no state is kept anywhere, and a member that is there throughout a scan is met whatever else comes
 * and goes, also when the key is renamed or copied meanwhile. Members of the same hash are never parted, so that a step
 * may return a few more than it was asked for. Small values come whole and end the scan, as in Redis.
 *
 * @param cursor where the next step goes on; 0 when the scan is over
 */
public record MemberScan<V>(long cursor, List<Member<V>> members) {

    /**
     * @param cursor 0 for a scan's first step; any number is allowed
     * @param count about how many members to return, at least 1
     */
    static <V> MemberScan<V> step(MemberStore<V> store, Header header, long cursor, long count) {
        if (header.size <= MemberStore.SMALL) {
            return new MemberScan<>(0, store.all(header));
        }
        if (cursor < 0 || cursor >= MemberHash.END) {
            return new MemberScan<>(0, List.of());
        }
        // One row more than wanted tells where to go on; it and its likes are left for then.
        long limit = Math.min(count, header.size) + 1;
        List<Member<V>> members = new ArrayList<>();
        long[] ofHash = {-1, 0, 0};
        store.range(header, cursor, MemberHash.END, limit, (hash, member) -> {
            ofHash[1] = hash == ofHash[0] ? ofHash[1] + 1 : 1;
            ofHash[0] = hash;
            members.add(member);
        });
        if (members.size() < limit) {
            return new MemberScan<>(0, members);
        }
        long last = ofHash[0];
        int before = members.size() - (int) ofHash[1];
        if (before > 0) {
            return new MemberScan<>(last, members.subList(0, before));
        }
        members.clear();
        store.range(header, last, last + 1, Long.MAX_VALUE, (hash, member) -> members.add(member));
        return new MemberScan<>(last + 1 == MemberHash.END ? 0 : last + 1, members);
    }
}
