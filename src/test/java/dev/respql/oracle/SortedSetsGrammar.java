package dev.respql.oracle;

import static dev.respql.oracle.Part.FAR;
import static dev.respql.oracle.Part.FLOAT;
import static dev.respql.oracle.Part.INTEGER;
import static dev.respql.oracle.Part.MANY_MEMBER;
import static dev.respql.oracle.Part.MEMBER;
import static dev.respql.oracle.Part.PATTERN;
import static dev.respql.oracle.Part.SMALL;
import static dev.respql.oracle.Part.all;
import static dev.respql.oracle.Part.anyOrder;
import static dev.respql.oracle.Part.chance;
import static dev.respql.oracle.Part.counted;
import static dev.respql.oracle.Part.many;
import static dev.respql.oracle.Part.maybe;
import static dev.respql.oracle.Part.oneOf;

import dev.respql.testing.Bytes;
import java.util.ArrayList;
import java.util.List;

/** Sorted sets, without the commands that block. */
final class SortedSetsGrammar implements CommandGrammar {
    private static final Part KEY = Part.key("z");
    /** Members of these mostly have one score, as commands that select by name need it. */
    private static final Part SAME_SCORE_KEY = Part.key("n");
    /** Few different scores, so that members tie. */
    private static final Part SCORE = oneOf("1", "2", "2", "3", "1.5", "-1", "0", "-0", "inf", "-inf", SMALL, FLOAT);
    private static final Part RANK = oneOf(SMALL, SMALL, SMALL, FAR, INTEGER);
    private static final Part SCORE_LIMIT = oneOf(SCORE, after("(", SCORE), FAR, after("(", FAR),
            "-inf", "+inf", "(inf", "(", "(nan");
    private static final Part LEX_LIMIT = oneOf("-", "+", after("[", MEMBER), after("(", MEMBER), "[", "(", MEMBER);
    private static final Part LIMIT = all("LIMIT", SMALL, SMALL);
    private static final Part RANGE_OPTIONS = anyOrder(chance(50, oneOf("BYSCORE", "BYLEX")), chance(40, "REV"),
            chance(30, LIMIT));
    private static final Part SET_OR_SORTED_SET = oneOf(KEY, KEY, KEY, Part.key("t"));
    private static final Part AGGREGATE = chance(40, "AGGREGATE", oneOf("SUM", "MIN", "MAX", "min", "other"));
    private static final Part WEIGHTS = chance(40, "WEIGHTS", many(1, 3, SCORE));

    @Override
    public String family() {
        return "sortedsets";
    }

    @Override
    public List<Form> forms() {
        List<Form> forms = new ArrayList<>(List.of(
                Form.of(16, "ZADD", KEY, anyOrder(chance(15, oneOf("NX", "XX")), chance(20, oneOf("GT", "LT")),
                        chance(20, "CH")), many(1, 4, SCORE, MEMBER)),
                Form.of(5, "ZADD", KEY, anyOrder("INCR", chance(20, oneOf("NX", "XX")), chance(20, oneOf("GT", "LT"))),
                        SCORE, MEMBER, chance(5, SCORE, MEMBER)),
                Form.of(5, "ZADD", KEY, many(20, 200, FAR, MANY_MEMBER)),
                Form.of(1, "ZADD", SAME_SCORE_KEY, many(20, 200, "0", MANY_MEMBER)),
                Form.of(2, "ZREM", KEY, many(20, 200, MANY_MEMBER)),
                Form.of(8, "ZADD", SAME_SCORE_KEY, many(1, 5, "0", MEMBER)),
                Form.of(5, "ZINCRBY", KEY, SCORE, MEMBER),
                Form.of(6, "ZREM", KEY, many(1, 3, MEMBER)),
                Form.of(4, "ZCARD", KEY),
                Form.of(4, "ZSCORE", KEY, MEMBER),
                Form.of(3, "ZMSCORE", KEY, many(1, 4, MEMBER)),
                Form.of(4, "ZRANK", KEY, oneOf(MEMBER, MANY_MEMBER)),
                Form.of(4, "ZREVRANK", KEY, oneOf(MEMBER, MANY_MEMBER)),
                Form.of(3, "ZRANK", KEY, MEMBER, oneOf("WITHSCORE", "WITHSCORE", "other")).since(7, 2),
                Form.of(3, "ZREVRANK", KEY, MEMBER, oneOf("WITHSCORE", "WITHSCORE", "other")).since(7, 2),
                Form.of(4, "ZCOUNT", KEY, SCORE_LIMIT, SCORE_LIMIT),
                Form.of(4, ReplyRule.BY_NAME, "ZLEXCOUNT", SAME_SCORE_KEY, LEX_LIMIT, LEX_LIMIT)));
        forms.addAll(List.of(
                Form.of(4, "ZRANGE", KEY, RANK, RANK, maybe("REV"), maybe("WITHSCORES")),
                Form.of(4, "ZRANGE", KEY, SCORE_LIMIT, SCORE_LIMIT,
                        anyOrder("BYSCORE", maybe("REV"), maybe(LIMIT), maybe("WITHSCORES"))),
                Form.of(4, ReplyRule.BY_NAME, "ZRANGE", SAME_SCORE_KEY, LEX_LIMIT, LEX_LIMIT,
                        anyOrder("BYLEX", maybe("REV"), maybe(LIMIT))),
                Form.of(2, ReplyRule.BY_NAME, "ZRANGE", KEY, oneOf(RANK, SCORE_LIMIT, LEX_LIMIT),
                        oneOf(RANK, SCORE_LIMIT, LEX_LIMIT), anyOrder(RANGE_OPTIONS, maybe("WITHSCORES"))),
                Form.of(3, "ZRANGESTORE", KEY, KEY, RANK, RANK, maybe("REV")),
                Form.of(3, "ZRANGESTORE", KEY, KEY, SCORE_LIMIT, SCORE_LIMIT,
                        anyOrder("BYSCORE", maybe("REV"), maybe(LIMIT))),
                Form.of(3, ReplyRule.BY_NAME, "ZRANGESTORE", SAME_SCORE_KEY, SAME_SCORE_KEY, LEX_LIMIT, LEX_LIMIT,
                        anyOrder("BYLEX", maybe("REV"), maybe(LIMIT))),
                Form.of(2, ReplyRule.BY_NAME, "ZRANGESTORE", KEY, oneOf(KEY, SAME_SCORE_KEY),
                        oneOf(RANK, SCORE_LIMIT, LEX_LIMIT), oneOf(RANK, SCORE_LIMIT, LEX_LIMIT), RANGE_OPTIONS),
                Form.of(3, "ZREVRANGE", KEY, RANK, RANK, maybe("WITHSCORES")),
                Form.of(3, "ZRANGEBYSCORE", KEY, SCORE_LIMIT, SCORE_LIMIT, anyOrder(maybe(LIMIT), maybe("WITHSCORES"))),
                Form.of(3, "ZREVRANGEBYSCORE", KEY, SCORE_LIMIT, SCORE_LIMIT,
                        anyOrder(maybe(LIMIT), maybe("WITHSCORES"))),
                Form.of(3, ReplyRule.BY_NAME, "ZRANGEBYLEX", SAME_SCORE_KEY, LEX_LIMIT, LEX_LIMIT, maybe(LIMIT)),
                Form.of(3, ReplyRule.BY_NAME, "ZREVRANGEBYLEX", SAME_SCORE_KEY, LEX_LIMIT, LEX_LIMIT, maybe(LIMIT)),
                Form.of(2, "ZREMRANGEBYRANK", KEY, RANK, RANK),
                Form.of(2, "ZREMRANGEBYSCORE", KEY, SCORE_LIMIT, SCORE_LIMIT),
                Form.of(2, ReplyRule.BY_NAME, "ZREMRANGEBYLEX", SAME_SCORE_KEY, LEX_LIMIT, LEX_LIMIT)));
        forms.addAll(List.of(
                Form.of(4, "ZPOPMIN", KEY, maybe(SMALL)),
                Form.of(4, "ZPOPMAX", KEY, maybe(SMALL)),
                Form.of(3, "ZMPOP", counted(1, 3, KEY), oneOf("MIN", "MAX", "max", "other"), maybe("COUNT", SMALL))
                        .since(7, 0),
                Form.of(4, ReplyRule.RANDOM_SCORED, "ZRANDMEMBER", KEY,
                        chance(60, SMALL, maybe(oneOf("WITHSCORES", "WITHSCORES", "other")))),
                Form.of(4, "ZUNION", counted(1, 3, SET_OR_SORTED_SET),
                        anyOrder(WEIGHTS, AGGREGATE, maybe("WITHSCORES"))),
                Form.of(4, "ZINTER", counted(1, 3, SET_OR_SORTED_SET),
                        anyOrder(WEIGHTS, AGGREGATE, maybe("WITHSCORES"))),
                Form.of(3, "ZDIFF", counted(1, 3, SET_OR_SORTED_SET), maybe("WITHSCORES")),
                Form.of(3, "ZUNIONSTORE", KEY, counted(1, 3, SET_OR_SORTED_SET), anyOrder(WEIGHTS, AGGREGATE)),
                Form.of(3, "ZINTERSTORE", KEY, counted(1, 3, SET_OR_SORTED_SET), anyOrder(WEIGHTS, AGGREGATE)),
                Form.of(3, "ZDIFFSTORE", KEY, counted(1, 3, SET_OR_SORTED_SET)),
                Form.of(3, "ZINTERCARD", counted(1, 3, SET_OR_SORTED_SET), maybe("LIMIT", SMALL)).since(7, 0),
                Form.of(3, ReplyRule.SCAN_PAIRS, "ZSCAN", KEY, oneOf("0", "0", "0", "0", INTEGER),
                        anyOrder(chance(30, "MATCH", PATTERN), chance(30, "COUNT", oneOf("1", "10", INTEGER))))));
        return forms;
    }

    /** The word of {@code part} with a prefix. */
    private static Part after(String prefix, Part part) {
        return (words, arguments) -> {
            part.append(words, arguments);
            byte[] word = arguments.remove(arguments.size() - 1);
            byte[] joined = new byte[prefix.length() + word.length];
            System.arraycopy(Bytes.of(prefix), 0, joined, 0, prefix.length());
            System.arraycopy(word, 0, joined, prefix.length(), word.length);
            arguments.add(joined);
        };
    }
}
