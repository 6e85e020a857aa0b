package dev.respql.oracle;

import static dev.respql.oracle.Part.ANY_KEY;
import static dev.respql.oracle.Part.VALUE;

import dev.respql.testing.Bytes;
import dev.respql.testing.RedisForTests.Version;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/** Scripts and functions that call commands of the other families, on keys that they declare or do not. */
final class ScriptsGrammar implements CommandGrammar {
    private static final Version SINCE = new Version(7, 0, 0);
    /** How replies of one command may be compared once a script has handed them on. */
    private static final Set<ReplyRule> HANDED_ON = Set.of(ReplyRule.EXACT, ReplyRule.UNORDERED, ReplyRule.UNORDERED_PAIRS);
    /** What no script may call, and what {@link KnownDifferences} has to look at. */
    private static final Set<String> NOT_INSIDE = Set.of("EVAL", "EVALSHA", "EVAL_RO", "FCALL", "FCALL_RO", "MULTI", "EXEC",
            "DISCARD", "WATCH", "UNWATCH", "RESET", "HELLO", "AUTH", "COMMAND", "CLIENT", "OBJECT", "LPOS");
    private static final Set<String> CALLERS = Set.of("EVAL", "EVALSHA", "EVAL_RO", "FCALL", "FCALL_RO");

    /** Hand on what the command in ARGV replies, as it is. */
    private static final List<String> PLAIN = List.of(
            "return redis.call(unpack(ARGV))",
            "return redis.pcall(unpack(ARGV))",
            "local reply = redis.call(unpack(ARGV)) return reply",
            "redis.call('set', 'mark', 'x') redis.call('del', 'mark') return redis.call(unpack(ARGV))");
    /** Make something of it that must be the same to the byte. */
    private static final List<String> CONVERTING = List.of(
            "redis.setresp(3) return redis.call(unpack(ARGV))",
            "local reply = redis.call(unpack(ARGV)) return {type(reply), reply}",
            "local reply = redis.pcall(unpack(ARGV)) return type(reply) == 'table' and (reply.err or #reply) or tostring(reply)",
            "local reply = redis.pcall(unpack(ARGV)) return type(reply) == 'table' and reply.err or cjson.encode(reply)",
            "local reply = redis.pcall(unpack(ARGV)) return type(reply) == 'table' and reply.err or cmsgpack.pack(reply)",
            "redis.setresp(3) local reply = redis.pcall(unpack(ARGV))"
                    + " return type(reply) == 'table' and {reply.err or reply.double or #reply} or tostring(reply)",
            "local first = redis.pcall(unpack(ARGV)) return {first, redis.pcall(unpack(ARGV))}",
            "local ok, e = pcall(redis.call, unpack(ARGV)) return ok and 'fine' or {err = e.err}",
            "redis.call(unpack(ARGV)) return redis.call('incr', 'no number', 'too many')",
            "redis.call(unpack(ARGV))\nerror('as told')");
    private static final String LIBRARY = "#!lua name=oracle\n"
            + "redis.register_function('oracle_call', function(keys, args) return redis.call(unpack(args)) end)\n"
            + "redis.register_function{function_name='oracle_read', flags={'no-writes'},"
            + " callback=function(keys, args) return redis.call(unpack(args)) end}";

    /** What scripts call where no other family's forms are given. */
    private static final List<Form> FEW = List.of(
            Form.of(1, "INCR", ANY_KEY), Form.of(1, "SET", ANY_KEY, VALUE), Form.of(1, "GET", ANY_KEY),
            Form.of(1, "RPUSH", ANY_KEY, VALUE), Form.of(1, "LRANGE", ANY_KEY, "0", "-1"), Form.of(1, "TYPE", ANY_KEY));

    @Override
    public String family() {
        return "scripts";
    }

    @Override
    public List<Form> forms() {
        return forms(FEW);
    }

    @Override
    public List<Form> forms(List<Form> others) {
        List<Form> inside = others.stream().filter(form -> !NOT_INSIDE.contains(form.command())).toList();
        return List.of(
                new Form("EVAL", 10, SINCE, words -> calls(words, inside, "EVAL")),
                new Form("EVAL_RO", 3, SINCE, words -> calls(words, inside, "EVAL_RO")),
                new Form("EVALSHA", 4, SINCE, words -> calls(words, inside, "EVALSHA")),
                new Form("FCALL", 3, SINCE, words -> functions(words, inside, "FCALL", "oracle_call")),
                new Form("FCALL", 1, SINCE, words -> functions(words, inside, "FCALL", "oracle_read")),
                new Form("FCALL_RO", 2, SINCE, words -> functions(words, inside, "FCALL_RO", "oracle_read")),
                new Form("FCALL_RO", 1, SINCE, words -> functions(words, inside, "FCALL_RO", "oracle_call")));
    }

    private static List<Form.Draft> calls(Words words, List<Form> inside, String command) {
        Form.Draft called = called(words, inside);
        boolean exact = called.rule() == ReplyRule.EXACT && words.chance(60);
        byte[] script = Bytes.of(words.pick(exact ? CONVERTING : PLAIN));
        List<Form.Draft> drafts = new ArrayList<>();
        byte[] what = script;
        if (command.equals("EVALSHA")) {
            what = sha(script);
            drafts.add(new Form.Draft(List.of(Bytes.of("SCRIPT"), Bytes.of("LOAD"), script), ReplyRule.EXACT));
        }
        drafts.add(new Form.Draft(line(words, command, what, called), called.rule()));
        return drafts;
    }

    private static List<Form.Draft> functions(Words words, List<Form> inside, String command, String function) {
        Form.Draft called = called(words, inside);
        return List.of(
                new Form.Draft(List.of(Bytes.of("FUNCTION"), Bytes.of("LOAD"), Bytes.of("REPLACE"), Bytes.of(LIBRARY)),
                        ReplyRule.EXACT),
                new Form.Draft(line(words, command, Bytes.of(function), called), called.rule()));
    }

    /** A command whose reply can be compared after a script has had it. */
    private static Form.Draft called(Words words, List<Form> inside) {
        while (true) {
            List<Form.Draft> drafts = words.pick(inside).writer().apply(words);
            Form.Draft draft = drafts.get(words.below(drafts.size()));
            if (HANDED_ON.contains(draft.rule()) && !new Step(0, 0, draft.arguments(), draft.rule()).word(1).equals("HELP")) {
                return draft;
            }
        }
    }

    /** What a step of this family has its script call; the step itself where it is of another, or has lost its words. */
    static Step called(Step step) {
        if (!CALLERS.contains(step.name()) || !step.word(2).matches("\\d{1,4}")) {
            return step;
        }
        int begin = 3 + Integer.parseInt(step.word(2));
        return begin >= step.arguments().size() ? step : new Step(step.batch(), step.connection(),
                step.arguments().subList(begin, step.arguments().size()), step.rule());
    }

    private static List<byte[]> line(Words words, String command, byte[] what, Form.Draft called) {
        List<byte[]> keys = new ArrayList<>();
        while (words.chance(50)) {
            // Mostly a word of the command that may be a key, else any key.
            keys.add(words.chance(70) ? words.pick(called.arguments()) : words.key());
        }
        List<byte[]> line = new ArrayList<>(List.of(Bytes.of(command), what, Bytes.of(keys.size())));
        line.addAll(keys);
        line.addAll(called.arguments());
        return line;
    }

    private static byte[] sha(byte[] script) {
        try {
            return Bytes.of(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(script)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
