package dev.respql.oracle;

import static dev.respql.oracle.Part.FAR;
import static dev.respql.oracle.Part.INTEGER;
import static dev.respql.oracle.Part.MANY_MEMBER;
import static dev.respql.oracle.Part.SMALL;
import static dev.respql.oracle.Part.VALUE;
import static dev.respql.oracle.Part.anyOrder;
import static dev.respql.oracle.Part.chance;
import static dev.respql.oracle.Part.counted;
import static dev.respql.oracle.Part.many;
import static dev.respql.oracle.Part.maybe;
import static dev.respql.oracle.Part.oneOf;

import java.util.List;

/** Lists, without the commands that block. */
final class ListsGrammar implements CommandGrammar {
    private static final Part KEY = Part.key("l");
    private static final Part POSITION = oneOf(SMALL, SMALL, SMALL, FAR, INTEGER);
    private static final Part SIDE = oneOf("LEFT", "RIGHT", "left", "RIGHT", "LEFT", "other");
    /** Few different elements, so that LREM, LPOS and LINSERT find some. */
    private static final Part ELEMENT = oneOf("a", "b", "c", "1", "2", VALUE, MANY_MEMBER);

    @Override
    public String family() {
        return "lists";
    }

    @Override
    public List<Form> forms() {
        return List.of(
                Form.of(8, "LPUSH", KEY, many(1, 4, ELEMENT)),
                Form.of(8, "RPUSH", KEY, many(1, 4, ELEMENT)),
                Form.of(1, "LPUSH", KEY, many(20, 200, MANY_MEMBER)),
                Form.of(2, "RPUSH", KEY, many(20, 200, MANY_MEMBER)),
                Form.of(2, "LPUSHX", KEY, many(1, 2, ELEMENT)),
                Form.of(2, "RPUSHX", KEY, many(1, 2, ELEMENT)),
                Form.of(4, "LPOP", KEY, chance(40, POSITION)),
                Form.of(4, "RPOP", KEY, chance(40, POSITION)),
                Form.of(4, "LLEN", KEY),
                Form.of(4, "LINDEX", KEY, POSITION),
                Form.of(6, "LRANGE", KEY, POSITION, POSITION),
                Form.of(3, "LSET", KEY, oneOf("0", "-1", "1"), ELEMENT),
                Form.of(4, "LSET", KEY, POSITION, ELEMENT),
                Form.of(6, "LINSERT", KEY, oneOf("BEFORE", "AFTER", "after", "BEFORE", "other"), ELEMENT, ELEMENT),
                Form.of(5, "LREM", KEY, POSITION, ELEMENT),
                Form.of(2, "LTRIM", KEY, POSITION, POSITION),
                Form.of(5, "LPOS", KEY, ELEMENT, anyOrder(chance(40, "RANK", POSITION), chance(40, "COUNT", POSITION),
                        chance(30, "MAXLEN", POSITION))),
                Form.of(5, "LMOVE", KEY, KEY, SIDE, SIDE),
                Form.of(3, "RPOPLPUSH", KEY, KEY),
                Form.of(4, "LMPOP", counted(1, 3, KEY), SIDE, maybe("COUNT", SMALL)).since(7, 0));
    }
}
