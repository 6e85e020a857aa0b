package dev.respql.oracle;

import dev.respql.testing.Backend;
import dev.respql.testing.EachBackend;
import dev.respql.testing.OwnServer;
import dev.respql.testing.RedisForTests;
import dev.respql.testing.RunningServer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * respql answers random histories of commands as redis-server does, to the byte, and holds the same data in the end.
 *
 * <p>As part of all tests: a few fixed histories, and one that is new each time and whose seed is printed. For longer:
 * <pre>
 * mvn -q test -Dtest=OracleTest -Doracle.seconds=600          # ten minutes, shared by the backends and protocols
 * mvn -q test -Dtest=OracleTest -Doracle.seed=123             # the one history that a report names
 * </pre>
 * With {@code oracle.seconds}, {@code oracle.seed} is where the seeds start. {@code -Doracle.families=strings,keys}
 * uses only those families, {@code -Doracle.without=LCS,OBJECT} leaves commands out, {@code -Doracle.reports=5} goes on
 * after a difference until that many kinds of difference have been found, {@code -Doracle.verbose=true} prints how
 * often each command was answered. Differences on purpose: {@link KnownDifferences}.
 */
@EachBackend
class OracleTest {
    private static final long[] FIXED_SEEDS = {1, 2, 3, 4, 5};
    /** Two backends, RESP2 and RESP3, two nodes once, and two backends without hints. */
    private static final int RUNS = 7;

    @ParameterizedTest(name = "RESP{0}")
    @ValueSource(ints = {2, 3})
    void answersAsRedis(int protocol, RunningServer server) {
        run("respql on " + server.backend(), Target.of(server::flushAll, server::port), protocol);
    }

    @Test
    @OwnServer
    void twoNodesAnswerAsOneRedis(RunningServer server) {
        if (server.backend() == Backend.POSTGRESQL) {
            RunningServer second = server.startSecondNode();
            run("respql as two nodes on PostgreSQL", Target.of(server::flushAll, server::port, second::port), 3);
        }
    }

    /** Compares as many histories as the system properties ask for; fails with a report of what differs. */
    static void run(String title, Target subject, int protocol) {
        Oracle oracle = new Oracle(title, RedisForTests.shared(), subject, protocol,
                Set.copyOf(Oracle.list("oracle.families")), Oracle.list("oracle.without").stream()
                        .map(word -> word.toUpperCase(Locale.ROOT)).collect(Collectors.toSet()));
        if (protocol == 2 && !oracle.unknownCommands().isEmpty()) {
            System.out.println(title + " does not know yet: " + String.join(" ", oracle.unknownCommands()));
        }
        Set<String> differing = new LinkedHashSet<>();
        List<String> reports = new ArrayList<>();
        int most = Integer.getInteger("oracle.reports", 1);
        Seeds seeds = Seeds.asTold(title + ", RESP" + protocol);
        while (reports.size() < most && seeds.hasNext()) {
            Optional<Oracle.Report> report = oracle.run(seeds.next());
            report.filter(found -> differing.add(found.kind())).ifPresent(found -> reports.add(found.text()));
        }
        if (Boolean.getBoolean("oracle.verbose")) {
            System.out.println(title + ", RESP" + protocol + ": " + oracle.tally());
        }
        if (!reports.isEmpty()) {
            throw new AssertionError(String.join("\n\n", reports));
        }
    }

    /** The seeds of one run, and when it ends. */
    private static final class Seeds {
        private final long[] listed;
        private final long end;
        private long next;
        private int count;

        private Seeds(long[] listed, long first, long nanoseconds) {
            this.listed = listed;
            this.next = first;
            this.end = System.nanoTime() + nanoseconds;
        }

        static Seeds asTold(String title) {
            Long seed = Long.getLong("oracle.seed");
            int seconds = Integer.getInteger("oracle.seconds", 0);
            if (seed != null && seconds == 0) {
                return new Seeds(new long[] {seed}, 0, 0);
            }
            long first = seed != null ? seed : new Random().nextInt(1_000_000_000);
            if (seconds > 0) {
                System.out.println("oracle: " + title + ": seeds from " + first);
                return new Seeds(new long[0], first, seconds * 1_000_000_000L / RUNS);
            }
            System.out.println("oracle: " + title + ": one new seed, " + first);
            long[] all = Arrays.copyOf(FIXED_SEEDS, FIXED_SEEDS.length + 1);
            all[FIXED_SEEDS.length] = first;
            return new Seeds(all, first, 0);
        }

        boolean hasNext() {
            return listed.length > 0 ? count < listed.length : System.nanoTime() < end;
        }

        long next() {
            return listed.length > 0 ? listed[count++] : next++;
        }
    }
}
