package dev.respql.store;

import static dev.respql.sql.SqlStatement.integer;
import static dev.respql.sql.SqlStatement.number;

import dev.respql.sql.RowReader;
import dev.respql.sql.Rows;
import dev.respql.sql.SqlStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Chooses a live key of a database at random by a few look-ups, however many keys there are: it draws positions at random
 * until there is a key at one, so that all keys have the same chance, whether their neighbours are still there or not.
 * Positions are drawn by small windows. Where keys are so thinly spread that this would take long, one of the keys met
 * on the way is taken, and where none is met, wide gaps that deleted keys have left are cut off and the windows made
 * wider; then the chances are no more than alike. Among a few keys the choice is exact. Used by one thread, once.
 */
final class RandomKey {
    /** A choice among so many keys is made from all of them. */
    private static final int FEW = 64;
    private static final int WINDOWS = 8;
    private static final int FIRST_WIDTH = 4;
    private static final int ATTEMPTS = 8;
    /** So many attempts are made before a key that was met on the way is good enough. */
    private static final int FAIR_ATTEMPTS = 3;

    private static final SqlStatement BOUNDS = SqlStatement.of("""
            SELECT (SELECT min(k.scan_position) FROM keys k WHERE k.space = d.space),
                   (SELECT max(k.scan_position) FROM keys k WHERE k.space = d.space)
            FROM databases d WHERE d.number = ?
            """, integer("db"));

    private static final SqlStatement WINDOW = SqlStatement.of("""
            SELECT %s, k.expires_at FROM keys k
            WHERE k.space = %s AND k.scan_position >= ? AND k.scan_position < ?
            ORDER BY k.scan_position LIMIT ?
            """.formatted(Keys.NAME, Keys.SPACE), integer("db"), number("first"), number("end"), number("count"));

    private static final SqlStatement AROUND = SqlStatement.of("""
            SELECT (SELECT max(k.scan_position) FROM keys k WHERE k.space = d.space AND k.scan_position < ?),
                   (SELECT min(k.scan_position) FROM keys k WHERE k.space = d.space AND k.scan_position >= ?)
            FROM databases d WHERE d.number = ?
            """, number("point"), number("same_point"), integer("db"));

    private static final SqlStatement SOME = SqlStatement.of("""
            SELECT %s, k.expires_at FROM keys k WHERE k.space = %s LIMIT ?
            """.formatted(Keys.NAME, Keys.SPACE), integer("db"), number("count"));

    private static final SqlStatement ANY = SqlStatement.of("""
            SELECT %s, k.expires_at FROM keys k
            WHERE k.space = %s AND (k.expires_at IS NULL OR k.expires_at > ?)
            LIMIT 1
            """.formatted(Keys.NAME, Keys.SPACE), integer("db"), number("now"));

    private final Tx tx;
    private final int db;
    private final RandomGenerator random;
    private final List<byte[]> live = new ArrayList<>();
    private int met;
    private long first;
    private long last;

    RandomKey(Tx tx, int db, RandomGenerator random) {
        this.tx = tx;
        this.db = db;
        this.random = random;
    }

    /** The key's name, or null where the database has no live key. */
    byte[] pick() {
        tx.keys().queryNow(BOUNDS, Rows.of(BOUNDS).next().set(0, db), row -> {
            first = row.numberOr(1, 0);
            last = row.numberOr(2, 0);
        });
        if (last == 0) {
            return null;
        }
        long width = FIRST_WIDTH;
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            byte[] name = draw(width);
            if (name != null) {
                return name;
            }
            if (attempt == 1 && readAllOfFew() || attempt >= FAIR_ATTEMPTS && !live.isEmpty()) {
                return live.isEmpty() ? null : live.get(random.nextInt(live.size()));
            }
            if (live.isEmpty()) {
                cutGap();
                width *= WINDOWS;
            }
        }
        tx.keys().queryNow(ANY, Rows.of(ANY).next().set(0, db).set(1, tx.now()), reader(live));
        return live.isEmpty() ? null : live.get(0);
    }

    /** Draws a position in each of several windows; the live key at the first one where there is any, or null. */
    private byte[] draw(long width) {
        List<List<byte[]>> windows = new ArrayList<>(WINDOWS);
        for (int i = 0; i < WINDOWS; i++) {
            // A window may begin before the first position, so that it is met no more rarely than the others.
            long begin = random.nextLong(first - width + 1, last + 1);
            List<byte[]> window = new ArrayList<>();
            windows.add(window);
            tx.link().queue(WINDOW, Rows.of(WINDOW).next().set(0, db).set(1, Math.max(begin, first))
                    .set(2, begin + width).set(3, FEW), reader(window));
        }
        tx.link().send();
        for (List<byte[]> window : windows) {
            // Which of the window's positions have the keys is no matter: as many of them hit as there are keys.
            long place = random.nextLong(width);
            if (place < window.size()) {
                return window.get((int) place);
            }
            live.addAll(window);
        }
        return null;
    }

    /** Whether there are so few keys that all live ones have been read. */
    private boolean readAllOfFew() {
        List<byte[]> some = new ArrayList<>();
        met = 0;
        tx.link().query(SOME, Rows.of(SOME).next().set(0, db).set(1, FEW + 1), reader(some));
        if (met > FEW) {
            return false;
        }
        live.clear();
        live.addAll(some);
        return true;
    }

    /** Goes on with one side of the gap around a random position if it is wide; the wider side is the likelier one. */
    private void cutGap() {
        long point = random.nextLong(first, last + 1);
        long[] around = {0, 0};
        tx.link().query(AROUND, Rows.of(AROUND).next().set(0, point).set(1, point).set(2, db), row -> {
            around[0] = row.numberOr(1, first);
            around[1] = row.numberOr(2, last);
        });
        long below = Math.max(around[0], first);
        long above = Math.min(around[1], last);
        if (above - below <= (last - first) / WINDOWS) {
            return;
        }
        long lower = below - first + 1;
        long upper = last - above + 1;
        if (random.nextLong(lower + upper) < lower) {
            last = below;
        } else {
            first = above;
        }
    }

    private RowReader reader(List<byte[]> names) {
        return row -> {
            met++;
            if (row.numberOr(2, Keys.NEVER) > tx.now()) {
                names.add(row.bytes(1));
            }
        };
    }
}
