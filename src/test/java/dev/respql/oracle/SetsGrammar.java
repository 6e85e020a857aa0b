package dev.respql.oracle;

import static dev.respql.oracle.Part.FAR;
import static dev.respql.oracle.Part.INTEGER;
import static dev.respql.oracle.Part.MANY_MEMBER;
import static dev.respql.oracle.Part.MEMBER;
import static dev.respql.oracle.Part.PATTERN;
import static dev.respql.oracle.Part.SMALL;
import static dev.respql.oracle.Part.anyOrder;
import static dev.respql.oracle.Part.chance;
import static dev.respql.oracle.Part.counted;
import static dev.respql.oracle.Part.many;
import static dev.respql.oracle.Part.oneOf;

import java.util.List;

/** Sets. */
final class SetsGrammar implements CommandGrammar {
    private static final Part KEY = Part.key("t");

    @Override
    public String family() {
        return "sets";
    }

    @Override
    public List<Form> forms() {
        return List.of(
                Form.of(14, "SADD", KEY, many(1, 5, MEMBER)),
                Form.of(2, "SADD", KEY, many(20, 200, MANY_MEMBER)),
                Form.of(1, "SADD", KEY, many(20, 200, FAR)),
                Form.of(1, "SREM", KEY, many(20, 200, MANY_MEMBER)),
                Form.of(5, "SREM", KEY, many(1, 3, MEMBER)),
                Form.of(4, "SCARD", KEY),
                Form.of(4, "SISMEMBER", KEY, MEMBER),
                Form.of(3, "SMISMEMBER", KEY, many(1, 4, MEMBER)),
                Form.of(5, ReplyRule.UNORDERED, "SMEMBERS", KEY),
                Form.of(4, "SMOVE", KEY, KEY, MEMBER),
                Form.of(4, ReplyRule.POPPED_MEMBERS, "SPOP", KEY, chance(60, SMALL)),
                Form.of(4, ReplyRule.RANDOM_MEMBERS, "SRANDMEMBER", KEY, chance(60, SMALL)),
                Form.of(4, ReplyRule.UNORDERED, "SINTER", many(1, 3, KEY)),
                Form.of(4, ReplyRule.UNORDERED, "SUNION", many(1, 3, KEY)),
                Form.of(4, ReplyRule.UNORDERED, "SDIFF", many(1, 3, KEY)),
                Form.of(3, "SINTERSTORE", KEY, many(1, 3, KEY)),
                Form.of(3, "SUNIONSTORE", KEY, many(1, 3, KEY)),
                Form.of(3, "SDIFFSTORE", KEY, many(1, 3, KEY)),
                Form.of(4, "SINTERCARD", counted(1, 3, KEY), chance(40, "LIMIT", SMALL)).since(7, 0),
                Form.of(3, ReplyRule.SCAN_MEMBERS, "SSCAN", KEY, oneOf("0", "0", "0", "0", INTEGER),
                        anyOrder(chance(30, "MATCH", PATTERN), chance(30, "COUNT", oneOf("1", "10", INTEGER)))));
    }
}
