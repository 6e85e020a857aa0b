package dev.respql.oracle;

import dev.respql.testing.Bytes;
import dev.respql.testing.RedisForTests.Version;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * How the replies of redis-server and respql to one command are compared. Equal bytes always agree; an error or a null
 * on one side only never does; the rules say what else may pass.
 */
interface ReplyRule {
    /** The same bytes. */
    ReplyRule EXACT = (expected, actual) -> "the replies differ";

    /** The same elements in any order, where Redis promises none. */
    ReplyRule UNORDERED = (expected, actual) -> sorted(expected, 1).equals(sorted(actual, 1))
            ? null : "the elements differ";

    /** The same pairs in any order: a map, in RESP2 an array of keys and values in turn. */
    ReplyRule UNORDERED_PAIRS = (expected, actual) -> sorted(expected, 2).equals(sorted(actual, 2))
            ? null : "the pairs differ";

    /** The same types and sizes; values that two servers cannot share: clocks, identifiers, memory. */
    ReplyRule SHAPE = (expected, actual) -> sameShape(expected, actual) ? null : "the replies differ in kind";

    /** TTL: two seconds apart at most. */
    ReplyRule SECONDS_LEFT = (expected, actual) -> near(expected, actual, 2);

    /** PTTL: two seconds apart at most. */
    ReplyRule MILLISECONDS_LEFT = (expected, actual) -> near(expected, actual, 2000);

    /** EXPIRETIME: the same for fixed points in time, two seconds apart at most for durations from now. */
    ReplyRule EXPIRY_SECOND = (expected, actual) -> isInteger(expected) && Words.isFixedInstant(
            expected.integer() * 1000) ? "the points in time differ" : near(expected, actual, 2);

    /** PEXPIRETIME: as {@link #EXPIRY_SECOND}. */
    ReplyRule EXPIRY_MILLISECOND = (expected, actual) -> isInteger(expected) && Words.isFixedInstant(
            expected.integer()) ? "the points in time differ" : near(expected, actual, 2000);

    /** HELLO: everything but the server's version, the connection's id and the modules. */
    ReplyRule HELLO = (expected, actual) -> {
        if (!expected.isAggregate() || !actual.isAggregate()
                || expected.type() != actual.type() || expected.items().size() != actual.items().size()) {
            return "the replies differ";
        }
        Set<String> own = Set.of("version", "id", "modules");
        for (int i = 0; i < expected.items().size(); i += 2) {
            Reply name = expected.items().get(i);
            if (!name.equals(actual.items().get(i))) {
                return "the names differ";
            }
            Reply value = expected.items().get(i + 1);
            Reply other = actual.items().get(i + 1);
            if (own.contains(name.text()) ? value.type() != other.type() : !value.equals(other)) {
                return "the values of " + name + " differ";
            }
        }
        return null;
    };

    /** CLIENT INFO and CLIENT LIST: the fields that do not tell one process from another. */
    ReplyRule CLIENT_INFO = (expected, actual) -> expected.type() == actual.type()
            && clientFields(expected).equals(clientFields(actual)) ? null : "the clients differ";

    /** MEMORY USAGE: as {@link #SHAPE}; Redis answers for an expired key until it comes across it, so it is made to. */
    ReplyRule SETTLED_SHAPE = new Alone() {
        @Override
        public Outcome perform(Step step, RespClient oracle, RespClient subject) {
            settle(oracle);
            return Alone.super.perform(step, oracle, subject);
        }

        @Override
        public String difference(Reply expected, Reply actual) {
            return SHAPE.difference(expected, actual);
        }
    };

    /** DBSIZE: the number of keys that are alive; settled as for {@link #SETTLED_SHAPE}. */
    ReplyRule SETTLED_SIZE = new Alone() {
        @Override
        public Outcome perform(Step step, RespClient oracle, RespClient subject) {
            settle(oracle);
            return Alone.super.perform(step, oracle, subject);
        }

        @Override
        public String difference(Reply expected, Reply actual) {
            return "the sizes differ";
        }
    };

    /** RANDOMKEY: a key that exists on the oracle, or none on both. */
    ReplyRule RANDOM_KEY = new Alone() {
        @Override
        public Outcome perform(Step step, RespClient oracle, RespClient subject) {
            settle(oracle);
            // To the byte, since the oracle is asked for the key.
            Reply expected = oracle.send(step.arguments()).readAsItIs();
            Reply actual = subject.send(step.arguments()).readAsItIs();
            String difference = sameKindOfError(expected, actual);
            if (difference == null && sameShape(expected, actual) && expected.type() == '$' && !expected.isNull()) {
                difference = oracle.call("EXISTS", actual.bytes()).integer() == 1 ? null : "no such key";
            } else if (!expected.equals(actual)) {
                difference = "the replies differ";
            }
            return new Outcome(expected, actual, difference);
        }
    };

    /** SRANDMEMBER. */
    ReplyRule RANDOM_MEMBERS = new RandomElements("SMEMBERS");
    /** HRANDFIELD. */
    ReplyRule RANDOM_FIELDS = new RandomElements("HGETALL");
    /** ZRANDMEMBER. */
    ReplyRule RANDOM_SCORED = new RandomElements("ZRANGE", "0", "-1", "WITHSCORES");
    /** SPOP. */
    ReplyRule POPPED_MEMBERS = new PoppedMembers();
    /**
     * SORT and SORT_RO: Redis promises no order of elements with equal weights under ALPHA, nor of the members of a
     * set that are not sorted at all (BY a pattern without {@code *}); a LIMIT then chooses among them freely.
     */
    ReplyRule SORT = new Alone() {
        @Override
        public Outcome perform(Step step, RespClient oracle, RespClient subject) {
            Outcome outcome = Alone.super.perform(step, oracle, subject);
            List<String> words = new ArrayList<>();
            for (int i = 2; i < step.arguments().size(); i++) {
                words.add(step.word(i));
            }
            int by = words.lastIndexOf("BY") + 1;
            boolean unsorted = by > 0 && by < words.size() && !words.get(by).contains("*");
            boolean free = unsorted ? oracle.call("TYPE", step.arguments().get(1)).text().equals("set")
                    : by > 0 && words.contains("ALPHA");
            if (outcome.difference() == null || !free || !outcome.expected().isAggregate()
                    || !outcome.actual().isAggregate()
                    || outcome.expected().items().size() != outcome.actual().items().size()
                    || !words.contains("LIMIT") && !sorted(outcome.expected(), 1).equals(sorted(outcome.actual(), 1))) {
                return outcome;
            }
            return new Outcome(outcome.expected(), outcome.actual(), null);
        }
    };
    /**
     * What selects members by name: compared where all scores are the same, else not sent at all, since Redis leaves
     * open what it would do.
     */
    ReplyRule BY_NAME = new Alone() {
        @Override
        public Outcome perform(Step step, RespClient oracle, RespClient subject) {
            boolean stores = step.name().equals("ZRANGESTORE");
            boolean byName = step.name().contains("LEX") || IntStream.range(2, step.arguments().size())
                    .anyMatch(i -> step.word(i).equals("BYLEX"));
            int keyAt = stores ? 2 : 1;
            if (byName && step.arguments().size() > keyAt) {
                Reply stored = oracle.call("ZRANGE", step.arguments().get(keyAt), 0, -1, "WITHSCORES");
                List<String> scores = stored.isAggregate() ? flat(stored) : List.of();
                if (IntStream.range(0, scores.size()).filter(i -> i % 2 == 1).mapToObj(scores::get).distinct()
                        .count() > 1) {
                    return new Outcome(stored, stored, null);
                }
            }
            return Alone.super.perform(step, oracle, subject);
        }
    };

    /** SCAN: followed to its end on both; the same keys, none twice. */
    ReplyRule SCAN = new Scan(1, 1);
    /** SSCAN. */
    ReplyRule SCAN_MEMBERS = new Scan(2, 1);
    /** HSCAN and ZSCAN. */
    ReplyRule SCAN_PAIRS = new Scan(2, 2);

    /**
     * What is wrong with respql's reply, null for nothing. Only asked when the bytes differ and neither or both of the
     * replies are errors or nulls.
     */
    String difference(Reply expected, Reply actual);

    /** True when the command has to be sent by itself because {@link #perform} asks further questions. */
    default boolean alone() {
        return false;
    }

    /** Sends the command to both servers and compares. */
    default Outcome perform(Step step, RespClient oracle, RespClient subject) {
        return judge(oracle.send(step.arguments()).read(), subject.send(step.arguments()).read());
    }

    /** Compares two replies. */
    default Outcome judge(Reply expected, Reply actual) {
        String difference = null;
        if (!expected.equals(actual)) {
            difference = sameKindOfError(expected, actual);
            difference = difference == null ? difference(expected, actual) : difference;
        }
        return new Outcome(expected, actual, difference);
    }

    /** A rule that must not be part of a pipeline. */
    interface Alone extends ReplyRule {
        @Override
        default boolean alone() {
            return true;
        }

        @Override
        default String difference(Reply expected, Reply actual) {
            return "the replies differ";
        }
    }

    /** Elements chosen at random: as many as on the oracle, each of them there, none twice unless asked for. */
    final class RandomElements implements Alone {
        private final String reader;
        private final List<String> readerOptions;

        RandomElements(String reader, String... readerOptions) {
            this.reader = reader;
            this.readerOptions = List.of(readerOptions);
        }

        @Override
        public Outcome perform(Step step, RespClient oracle, RespClient subject) {
            Outcome outcome = Alone.super.perform(step, oracle, subject);
            if (outcome.difference() == null || !sameShape(outcome.expected(), outcome.actual())
                    || step.arguments().size() < 2) {
                return outcome;
            }
            List<Object> read = new ArrayList<>(List.of(reader, step.arguments().get(1)));
            read.addAll(readerOptions);
            boolean pairs = step.arguments().size() == 4;
            int stored = reader.equals("SMEMBERS") ? 1 : 2;
            // Not a set: of "0" and "-0" the oracle's connections make the same.
            List<String> there = new ArrayList<>();
            List<String> all = flat(oracle.call(read.toArray()));
            for (int i = 0; i < all.size(); i += stored) {
                there.add(pairs ? all.get(i) + all.get(i + 1) : all.get(i));
            }
            List<String> chosen = new ArrayList<>();
            List<String> flat = flat(outcome.actual());
            for (int i = 0; i < flat.size(); i += pairs ? 2 : 1) {
                chosen.add(pairs ? flat.get(i) + flat.get(i + 1) : flat.get(i));
            }
            boolean none = !there.containsAll(chosen);
            boolean twice = !step.word(2).startsWith("-") && !chosen.stream().allMatch(there::remove);
            String difference = none ? "an element that is not there" : twice ? "an element twice" : null;
            return new Outcome(outcome.expected(), outcome.actual(), difference);
        }
    }

    /** SPOP: members that were there; the oracle is then made to lose the same ones. */
    final class PoppedMembers implements Alone {
        @Override
        public Outcome perform(Step step, RespClient oracle, RespClient subject) {
            // To the byte, since the oracle loses what is read here.
            Outcome outcome = judge(oracle.send(step.arguments()).readAsItIs(), subject.send(step.arguments()).readAsItIs());
            if (outcome.difference() == null || !sameShape(outcome.expected(), outcome.actual())
                    || step.arguments().size() < 2) {
                return outcome;
            }
            byte[] key = step.arguments().get(1);
            List<Reply> popped = leaves(outcome.actual());
            oracle.call(request("SADD", key, leaves(outcome.expected())));
            Reply removed = oracle.call(request("SREM", key, popped));
            String difference = removed.type() == ':' && removed.integer() == popped.size() ? null
                    : "members that were not there, or one twice";
            return new Outcome(outcome.expected(), outcome.actual(), difference);
        }

        private static Object[] request(String command, byte[] key, List<Reply> members) {
            List<Object> request = new ArrayList<>(List.of(command, key));
            members.forEach(member -> request.add(member.bytes()));
            return request.toArray();
        }
    }

    /** EXEC: each reply by the rule of its command. */
    record Executed(List<Step> steps, Version oracle) implements ReplyRule {
        @Override
        public String difference(Reply expected, Reply actual) {
            if (expected.type() != actual.type() || !expected.isAggregate()
                    || expected.items().size() != actual.items().size() || expected.items().size() != steps.size()) {
                return "the replies differ";
            }
            for (int i = 0; i < steps.size(); i++) {
                Outcome outcome = steps.get(i).rule().judge(expected.items().get(i), actual.items().get(i));
                if (outcome.difference() != null
                        && KnownDifferences.reason(steps.get(i), outcome, oracle).isEmpty()) {
                    return "of command " + (i + 1) + ' ' + outcome.difference();
                }
            }
            return null;
        }
    }

    /** A cursor, followed to its end on both servers. */
    final class Scan implements Alone {
        private static final int MOST_CALLS = 10_000;
        private final int cursorAt;
        private final int width;

        Scan(int cursorAt, int width) {
            this.cursorAt = cursorAt;
            this.width = width;
        }

        @Override
        public Outcome perform(Step step, RespClient oracle, RespClient subject) {
            Outcome outcome = Alone.super.perform(step, oracle, subject);
            if (!isPage(outcome.expected()) || !isPage(outcome.actual())) {
                return outcome;
            }
            if (!step.word(cursorAt).equals("0")) {
                return new Outcome(outcome.expected(), outcome.actual(), null);
            }
            Set<String> expected = follow(step, oracle, outcome.expected());
            Set<String> actual = follow(step, subject, outcome.actual());
            return new Outcome(outcome.expected(), outcome.actual(), expected.equals(actual) ? null
                    : "followed to the end, redis-server has " + expected + " and respql " + actual);
        }

        private Set<String> follow(Step step, RespClient client, Reply first) {
            Set<String> found = new TreeSet<>();
            Reply page = first;
            for (int calls = 0; calls < MOST_CALLS; calls++) {
                if (!isPage(page)) {
                    return Set.of("a reply that is no page: " + page);
                }
                found.addAll(sorted(page.items().get(1), width));
                byte[] cursor = page.items().get(0).bytes();
                if (Arrays.equals(cursor, Bytes.of("0"))) {
                    return found;
                }
                List<byte[]> next = new ArrayList<>(step.arguments());
                next.set(cursorAt, cursor);
                page = client.call(next);
            }
            return Set.of("no end after " + MOST_CALLS + " calls");
        }

        private boolean isPage(Reply reply) {
            return reply.type() == '*' && reply.isAggregate() && reply.items().size() == 2
                    && reply.items().get(0).type() == '$' && reply.items().get(1).type() == '*'
                    && reply.items().get(1).items().size() % width == 0;
        }
    }

    /** Makes redis-server come across every key of the connection's database, and remove those that have expired. */
    private static void settle(RespClient oracle) {
        oracle.call("SCAN", "0", "COUNT", "1000000");
    }

    private static String sameKindOfError(Reply expected, Reply actual) {
        return expected.isError() != actual.isError() ? "only one of them is an error"
                : expected.isError() && !expected.equals(actual) ? "the errors differ"
                : expected.isNull() != actual.isNull() ? "only one of them is null" : null;
    }

    private static boolean isInteger(Reply reply) {
        return reply.type() == ':';
    }

    private static String near(Reply expected, Reply actual, long tolerance) {
        return isInteger(expected) && isInteger(actual) && expected.integer() >= 0 && actual.integer() >= 0
                && Math.abs(expected.integer() - actual.integer()) <= tolerance ? null : "the times differ";
    }

    private static boolean sameShape(Reply one, Reply other) {
        if (one.type() != other.type() || one.isNull() != other.isNull() || one.isAggregate() != other.isAggregate()) {
            return false;
        }
        if (!one.isAggregate()) {
            return true;
        }
        if (one.items().size() != other.items().size()) {
            return false;
        }
        for (int i = 0; i < one.items().size(); i++) {
            if (!sameShape(one.items().get(i), other.items().get(i))) {
                return false;
            }
        }
        return true;
    }

    /** The elements as text in groups of {@code width}, sorted, after the type, which has to be the same too. */
    static List<String> sorted(Reply reply, int width) {
        if (!reply.isAggregate() || reply.items().size() % width != 0) {
            return List.of(reply.toString());
        }
        List<String> groups = new ArrayList<>();
        for (int i = 0; i < reply.items().size(); i += width) {
            StringBuilder group = new StringBuilder();
            for (int j = 0; j < width; j++) {
                group.append(j == 0 ? "" : ": ").append(reply.items().get(i + j));
            }
            groups.add(group.toString());
        }
        Collections.sort(groups);
        groups.add(0, String.valueOf(reply.type()));
        return groups;
    }

    private static List<Reply> leaves(Reply reply) {
        return reply.isAggregate() ? reply.items().stream().flatMap(item -> leaves(item).stream()).toList()
                : List.of(reply);
    }

    private static List<String> flat(Reply reply) {
        return leaves(reply).stream().map(Reply::toString).toList();
    }

    /** The fields of CLIENT INFO that are compared, but for {@code without}. */
    static List<String> clientFields(Reply reply, String... without) {
        Set<String> compared = new HashSet<>(
                Set.of("name", "db", "sub", "psub", "multi", "cmd", "user", "resp", "flags"));
        List.of(without).forEach(compared::remove);
        return reply.isAggregate() || reply.isNull() ? List.of()
                : Arrays.stream(reply.text().trim().split("[ \n]"))
                        .filter(field -> compared.contains(field.split("=", 2)[0])).sorted().toList();
    }
}
