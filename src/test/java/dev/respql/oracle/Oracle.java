package dev.respql.oracle;

import dev.respql.testing.RedisForTests;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Compares a server with redis-server on random histories. Each history comes from its seed alone, as long as both
 * servers know the same commands.
 */
final class Oracle {
    /** How many commands a history has. */
    static final int LENGTH = 300;
    private static final int SHRINKING_REPLAYS = 400;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration SHRINKING_PATIENCE = Duration.ofSeconds(2);

    private final Replay replay;
    private final Map<CommandGrammar, List<Form>> families = new LinkedHashMap<>();
    private final Set<String> unknown;
    private final String title;
    private final int protocol;

    /**
     * @param title    who is compared, for the report
     * @param protocol 2 or 3
     * @param only     names of the families to use; all when empty
     * @param without  commands, in upper case, to leave out
     */
    Oracle(String title, RedisForTests redis, Target subject, int protocol, Set<String> only, Set<String> without) {
        Target oracle = Target.redis(redis::port);
        this.title = title;
        this.protocol = protocol;
        this.replay = new Replay(oracle, redis.version(), subject, protocol);
        Set<String> commands = new LinkedHashSet<>();
        CommandGrammar.ALL.forEach(family -> family.forms().forEach(form -> commands.add(form.command())));
        Set<String> spoken = Set.of("nonsense"); // deliberately unknown to both
        Set<String> known = oracle.knownOf(commands);
        Set<String> knownToSubject = subject.knownOf(known);
        unknown = new TreeSet<>(known);
        unknown.removeAll(knownToSubject);
        Predicate<Form> used = form -> (knownToSubject.contains(form.command()) || spoken.contains(form.command()))
                && !without.contains(form.command()) && (form.since() == null
                || redis.version().isAtLeast(form.since().major(), form.since().minor()));
        List<Form> all = CommandGrammar.ALL.stream().flatMap(family -> family.forms().stream()).filter(used).toList();
        for (CommandGrammar family : CommandGrammar.ALL) {
            List<Form> forms = family.forms(all).stream().filter(used).toList();
            if (!forms.isEmpty() && (only.isEmpty() || only.contains(family.family()))) {
                families.put(family, forms);
            }
        }
    }

    /** The commands that the oracle knows and the server does not, yet. */
    Set<String> unknownCommands() {
        return unknown;
    }

    /** How often each command was answered so far, see {@link Replay#tally()}. */
    Map<String, Integer> tally() {
        return replay.tally();
    }

    /** Runs the history of that seed; a report of the first difference, or nothing. */
    Optional<Report> run(long seed) {
        List<Step> history = History.random(seed, LENGTH, families);
        return replay.run(history, PATIENCE).map(divergence -> {
            Shrinker.Shrunk shrunk = Shrinker.shrink(history, divergence, SHRINKING_REPLAYS,
                    steps -> replay.run(steps, SHRINKING_PATIENCE));
            boolean sameEnd = shrunk.divergence().text().equals(divergence.text());
            return new Report(shrunk.divergence().kind(), shrunk.history(),
                    title + " and redis-server differ: RESP" + protocol + ", seed " + seed + ", after "
                            + divergence.at() + " of " + LENGTH + " commands, at\n  " + divergence.text()
                            + "\nThe shortest history found (" + shrunk.history().size()
                            + " commands; + was sent together with the line before):\n"
                            + Shrinker.print(shrunk.history())
                            + (sameEnd ? "" : "\nwhich ends in\n  " + shrunk.divergence().text()));
        });
    }

    /**
     * A difference.
     *
     * @param kind    see {@link Divergence#kind}
     * @param history the shortest history that leads to it
     * @param text    all that a person needs
     */
    record Report(String kind, List<Step> history, String text) {
        @Override
        public String toString() {
            return text;
        }
    }

    static List<String> list(String property) {
        List<String> words = new ArrayList<>();
        for (String word : System.getProperty(property, "").split(",")) {
            if (!word.isBlank()) {
                words.add(word.trim());
            }
        }
        return words;
    }
}
