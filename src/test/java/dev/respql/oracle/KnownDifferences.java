package dev.respql.oracle;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.respql.testing.Reply;
import dev.respql.testing.RedisForTests.Version;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Where respql may answer differently from the redis-server at hand, each with its reason. What is deliberate in
 * respql is listed in docs/compatibility.md as well; what is Redis 7.2 against an older oracle is only here. None of
 * these may change data, since the histories go on after them.
 */
final class KnownDifferences {
    private record Known(String reason, Cover cover) {
    }

    @FunctionalInterface
    private interface Cover {
        boolean covers(Step step, Reply expected, Reply actual, Version oracle);
    }

    private static final List<String> STRING_ENCODINGS = List.of("int", "embstr", "raw");
    private static final List<String> SET_ENCODINGS = List.of("intset", "listpack", "hashtable");
    private static final List<List<String>> ENCODINGS = List.of(STRING_ENCODINGS, SET_ENCODINGS,
            List.of("listpack", "hashtable"), List.of("listpack", "skiplist"), List.of("listpack", "quicklist"));

    private static final List<Known> ALL = List.of(
            new Known("OBJECT ENCODING tells what Redis would choose for the value as it is now; Redis keeps a larger"
                    + " encoding that the value once needed (docs/compatibility.md). In 7.2 small lists and sets are"
                    + " listpacks, before they were not",
                    (step, expected, actual, oracle) -> step.name().equals("OBJECT")
                            && step.word(1).equals("ENCODING") && isSmallerEncoding(actual, expected)),
            new Known("LPOS refuses the least rank since 7.2; before, its absolute value overflowed",
                    (step, expected, actual, oracle) -> !oracle.isAtLeast(7, 2) && step.name().equals("LPOS")
                            && step.arguments().stream().anyMatch(word -> new String(word, ISO_8859_1)
                                    .equals(Long.toString(Long.MIN_VALUE)))),
            new Known("the texts of HELP are our own",
                    (step, expected, actual, oracle) -> step.arguments().size() == 2 && step.word(1).equals("HELP")
                            && expected.isAggregate() && actual.isAggregate()),
            new Known("since 7.2 RESET takes CLIENT NO-EVICT back, before it did not",
                    (step, expected, actual, oracle) -> !oracle.isAtLeast(7, 2)
                            && isClientInfoWithoutFlag('e', step, expected, actual)),
            new Known("CLIENT INFO in a pipeline is answered before what was sent ahead of it is done, so it does not tell that"
                    + " this has changed a watched key (docs/compatibility.md)",
                    (step, expected, actual, oracle) -> isClientInfoWithoutFlag('d', step, expected, actual)),
            new Known("before 7.0 many error texts were others",
                    (step, expected, actual, oracle) -> !oracle.isAtLeast(7, 0)
                            && expected.isError() && actual.isError()));

    /** What an older oracle does so differently that the data or the connection would be another afterwards. */
    private static final List<Known> NOT_COMPARABLE = List.of(
            new Known("since 7.2 HELLO names the connection only when its other options are right",
                    before(7, 2, step -> step.name().equals("HELLO") && step.arguments().size() > 4)),
            new Known("since 7.2 ZRANK and ZREVRANK take WITHSCORE, so that a fourth argument is no wrong number",
                    before(7, 2, step -> step.name().matches("Z(REV)?RANK") && step.arguments().size() == 4)),
            new Known("since 7.0 EXPIRE and its like take conditions",
                    before(7, 0, step -> step.name().matches("P?EXPIRE(AT)?") && step.arguments().size() > 3)),
            new Known("since 7.0 SET takes NX and GET together",
                    before(7, 0, step -> step.name().equals("SET") && has(step, "NX") && has(step, "GET"))),
            new Known("since 7.0 ZPOPMIN and ZPOPMAX refuse counts that are negative",
                    before(7, 0, step -> step.name().startsWith("ZPOPM") && step.arguments().size() > 2)),
            new Known("since 7.0 small values are listpacks, before ziplists; an unknown subcommand, or one with a wrong"
                    + " number of arguments, is refused before it is queued in a transaction",
                    before(7, 0, step -> step.name().equals("OBJECT") || step.name().equals("CLIENT")
                            && !(step.arguments().size() == 3 && step.word(1).equals("SETNAME")))),
            new Known("since 7.0 DECRBY of the smallest integer is refused",
                    before(7, 0, step -> step.name().equals("DECRBY")
                            && step.word(2).equals(String.valueOf(Long.MIN_VALUE)))),
            new Known("since 7.0 CLIENT INFO says more, and COMMAND GETKEYS knows other commands",
                    before(7, 0, step -> step.name().equals("COMMAND")
                            || step.name().equals("CLIENT") && step.word(1).equals("INFO"))));

    private KnownDifferences() {
    }

    /** False for a command that cannot be compared with an oracle of this version. */
    static boolean isComparable(Step step, Version oracle) {
        Step called = ScriptsGrammar.called(step);
        return NOT_COMPARABLE.stream().noneMatch(known -> known.cover.covers(called, null, null, oracle));
    }

    private static Cover before(int major, int minor, Predicate<Step> steps) {
        return (step, expected, actual, oracle) -> !oracle.isAtLeast(major, minor) && steps.test(step);
    }

    private static boolean has(Step step, String word) {
        return IntStream.range(3, step.arguments().size()).anyMatch(i -> step.word(i).equals(word));
    }

    /** Why this difference is none to report, or empty. */
    static Optional<String> reason(Step step, Outcome outcome, Version oracle) {
        if (outcome.expected() == null || outcome.actual() == null) {
            return Optional.empty();
        }
        return ALL.stream().filter(known -> known.cover.covers(step, outcome.expected(), outcome.actual(), oracle))
                .map(Known::reason).findFirst();
    }

    /** Whether CLIENT INFO is the same but for this flag, which respql does not tell of. */
    private static boolean isClientInfoWithoutFlag(char flag, Step step, Reply expected, Reply actual) {
        if (!step.name().equals("CLIENT") || !step.word(1).equals("INFO") || expected.isError() || actual.isError()) {
            return false;
        }
        String flags = flags(expected).replace(String.valueOf(flag), "");
        return !flags.equals(flags(expected)) && flags(actual).equals(flags.isEmpty() ? "N" : flags)
                && ReplyRule.clientFields(expected, "flags").equals(ReplyRule.clientFields(actual, "flags"));
    }

    private static String flags(Reply clientInfo) {
        return clientInfo.text().replaceFirst("(?s).* flags=(\\w*).*", "$1");
    }

    private static boolean isSmallerEncoding(Reply one, Reply other) {
        if (one.type() != '$' || other.type() != '$' || one.isNull() || other.isNull()) {
            return false;
        }
        return ENCODINGS.stream().anyMatch(encodings -> encodings.contains(one.text())
                && encodings.contains(other.text()) && encodings.indexOf(one.text()) < encodings.indexOf(other.text()));
    }
}
