package dev.respql.oracle;

import dev.respql.testing.Bytes;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import dev.respql.testing.RedisForTests.Version;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Sends histories to redis-server and to respql, both emptied before, and looks for the first difference. */
final class Replay {
    private static final int LONGEST_REPLY = 2000;
    private static final Duration ORACLE_PATIENCE = Duration.ofSeconds(30);

    private final Target oracle;
    private final Version oracleVersion;
    private final Target subject;
    private final int protocol;
    private final Map<String, Integer> tally = new TreeMap<>();

    Replay(Target oracle, Version oracleVersion, Target subject, int protocol) {
        this.oracle = oracle;
        this.oracleVersion = oracleVersion;
        this.subject = subject;
        this.protocol = protocol;
    }

    /** How often each command was answered, apart by whether redis-server's answer was an error. */
    Map<String, Integer> tally() {
        return tally;
    }

    /** The first difference, of replies or else of the data at the end. No reply within {@code patience} is one. */
    Optional<Divergence> run(List<Step> steps, Duration patience) {
        List<Step> history = steps.stream().filter(step -> KnownDifferences.isComparable(step, oracleVersion)).toList();
        oracle.flushAll();
        subject.flushAll();
        try (Connections asked = new Connections(oracle, protocol, ORACLE_PATIENCE);
                Connections tested = new Connections(subject, protocol, patience)) {
            for (int from = 0; from < history.size();) {
                int to = from + 1;
                while (to < history.size() && history.get(to).batch() == history.get(from).batch()) {
                    to++;
                }
                Optional<Divergence> divergence = runBatch(history.subList(from, to), from, asked, tested);
                if (divergence.isPresent()) {
                    return divergence;
                }
                from = to;
            }
        }
        return compareData(history.size(), patience);
    }

    private Optional<Divergence> runBatch(List<Step> batch, int at, Connections asked, Connections tested) {
        int connection = batch.get(0).connection();
        RespClient expecting = asked.get(connection);
        RespClient answering = tested.get(connection);
        Transaction transaction = asked.transaction(connection);
        Step first = batch.get(0);
        if (first.rule().alone() && !transaction.isOpen()) {
            return check(first, at, transaction, () -> first.rule().perform(first, expecting, answering));
        }
        batch.forEach(step -> expecting.queue(step.arguments().toArray()));
        expecting.flush();
        try {
            batch.forEach(step -> answering.queue(step.arguments().toArray()));
            answering.flush();
        } catch (UncheckedIOException e) {
            return Optional.of(new Divergence(at, first.name(), "no connection", first + "\n    cannot be sent: " + e));
        }
        List<Reply> expected = expecting.read(batch.size());
        for (int i = 0; i < batch.size(); i++) {
            Step step = batch.get(i);
            Reply reply = expected.get(i);
            Optional<Divergence> divergence = check(step, at + i, transaction,
                    () -> transaction.ruleOf(step).judge(reply, answering.read()));
            if (divergence.isPresent()) {
                return divergence;
            }
        }
        return Optional.empty();
    }

    private Optional<Divergence> check(Step step, int at, Transaction transaction, Supplier<Outcome> question) {
        Outcome outcome;
        try {
            outcome = question.get();
        } catch (UncheckedIOException e) {
            return Optional.of(new Divergence(at, step.name(), step.name() + " without a reply",
                    step + "\n    no reply: " + e.getMessage()));
        }
        transaction.answered(step, outcome.expected());
        tally.merge(step.name() + (outcome.expected().isError() ? " (error)" : ""), 1, Integer::sum);
        if (outcome.difference() == null
                || KnownDifferences.reason(step, outcome, oracleVersion).isPresent()) {
            return Optional.empty();
        }
        String kind = step.name() + kind(outcome.expected()) + kind(outcome.actual());
        return Optional.of(new Divergence(at, step.name(), kind, step
                + "\n    redis-server " + describe(outcome.expected())
                + "\n    respql       " + describe(outcome.actual())
                + "\n    " + outcome.difference()));
    }

    private static String kind(Reply reply) {
        return reply.isError() ? ", " + reply.text().replaceAll("'.*'|\\d+", "") : ", a value";
    }

    private static String describe(Reply reply) {
        String text = reply + "   \"" + Bytes.escape(reply.raw()) + '"';
        return text.length() <= LONGEST_REPLY ? text : text.substring(0, LONGEST_REPLY) + "… (" + text.length() + ")";
    }

    private Optional<Divergence> compareData(int at, Duration patience) {
        try {
            boolean absolute = oracleVersion.isAtLeast(7, 0);
            String difference = DataSet.read(oracle, ORACLE_PATIENCE, absolute)
                    .differenceTo(DataSet.read(subject, patience, absolute));
            return Optional.ofNullable(difference).map(text -> new Divergence(at, "data set", "data set", text));
        } catch (UncheckedIOException | IllegalStateException | NullPointerException e) {
            return Optional.of(new Divergence(at, "data set", "unreadable", "cannot be read: " + e));
        }
    }

    /** What a connection has queued since MULTI, by redis-server's replies. */
    private final class Transaction {
        private List<Step> queued;

        boolean isOpen() {
            return queued != null;
        }

        ReplyRule ruleOf(Step step) {
            return isOpen() && step.name().equals("EXEC") ? new ReplyRule.Executed(queued, oracleVersion) : step.rule();
        }

        void answered(Step step, Reply reply) {
            if (reply.wire().equals("+QUEUED\r\n")) {
                queued.add(step);
            } else if (step.name().equals("MULTI") && !reply.isError()) {
                queued = new ArrayList<>();
            } else if (Set.of("EXEC", "DISCARD", "RESET").contains(step.name()) && step.arguments().size() == 1) {
                queued = null;
            }
        }
    }

    /** The connections of one run to one server. */
    private final class Connections implements AutoCloseable {
        private final List<RespClient> clients = new ArrayList<>();
        private final List<Transaction> transactions = new ArrayList<>();

        Connections(Target target, int protocol, Duration timeout) {
            for (int i = 0; i < History.CONNECTIONS; i++) {
                RespClient client = target.connect(i).timeout(timeout);
                clients.add(client);
                transactions.add(new Transaction());
                if (protocol == 3) {
                    client.protocol(3);
                }
            }
        }

        RespClient get(int number) {
            return clients.get(number);
        }

        Transaction transaction(int number) {
            return transactions.get(number);
        }

        @Override
        public void close() {
            clients.forEach(RespClient::close);
        }
    }
}
