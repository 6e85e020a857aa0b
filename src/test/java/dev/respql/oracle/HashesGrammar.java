package dev.respql.oracle;

import static dev.respql.oracle.Part.FLOAT;
import static dev.respql.oracle.Part.INTEGER;
import static dev.respql.oracle.Part.MANY_MEMBER;
import static dev.respql.oracle.Part.MEMBER;
import static dev.respql.oracle.Part.PATTERN;
import static dev.respql.oracle.Part.SMALL;
import static dev.respql.oracle.Part.VALUE;
import static dev.respql.oracle.Part.anyOrder;
import static dev.respql.oracle.Part.chance;
import static dev.respql.oracle.Part.many;
import static dev.respql.oracle.Part.maybe;
import static dev.respql.oracle.Part.oneOf;

import java.util.List;

/** Hashes. */
final class HashesGrammar implements CommandGrammar {
    private static final Part KEY = Part.key("h");

    @Override
    public String family() {
        return "hashes";
    }

    @Override
    public List<Form> forms() {
        return List.of(
                Form.of(12, "HSET", KEY, many(1, 4, MEMBER, VALUE), chance(4, MEMBER)),
                Form.of(2, "HSET", KEY, many(20, 200, MANY_MEMBER, VALUE)),
                Form.of(1, "HDEL", KEY, many(20, 200, MANY_MEMBER)),
                Form.of(1, "HMGET", KEY, many(20, 100, MANY_MEMBER)),
                Form.of(2, "HMSET", KEY, many(1, 3, MEMBER, VALUE), chance(4, MEMBER)),
                Form.of(3, "HSETNX", KEY, MEMBER, VALUE),
                Form.of(6, "HGET", KEY, MEMBER),
                Form.of(4, "HMGET", KEY, many(1, 4, MEMBER)),
                Form.of(4, ReplyRule.UNORDERED_PAIRS, "HGETALL", KEY),
                Form.of(3, ReplyRule.UNORDERED, "HKEYS", KEY),
                Form.of(3, ReplyRule.UNORDERED, "HVALS", KEY),
                Form.of(4, "HLEN", KEY),
                Form.of(3, "HEXISTS", KEY, MEMBER),
                Form.of(6, "HDEL", KEY, many(1, 3, MEMBER)),
                Form.of(3, "HSTRLEN", KEY, MEMBER),
                Form.of(4, "HINCRBY", KEY, MEMBER, INTEGER),
                Form.of(4, "HINCRBYFLOAT", KEY, MEMBER, FLOAT),
                Form.of(3, ReplyRule.RANDOM_FIELDS, "HRANDFIELD", KEY,
                        maybe(SMALL, maybe(oneOf("WITHVALUES", "WITHVALUES", "other")))),
                Form.of(3, ReplyRule.SCAN_PAIRS, "HSCAN", KEY, oneOf("0", "0", "0", "0", INTEGER),
                        anyOrder(chance(30, "MATCH", PATTERN), chance(30, "COUNT", oneOf("1", "10", INTEGER)))));
    }
}
