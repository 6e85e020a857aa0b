package dev.respql.oracle;

import static dev.respql.oracle.Part.ANY_KEY;
import static dev.respql.oracle.Part.SMALL;
import static dev.respql.oracle.Part.anyOrder;
import static dev.respql.oracle.Part.chance;
import static dev.respql.oracle.Part.many;
import static dev.respql.oracle.Part.maybe;
import static dev.respql.oracle.Part.oneOf;

import java.util.List;

/** SORT over lists, sets and sorted sets. */
final class SortGrammar implements CommandGrammar {
    private static final Part KEY = oneOf(Part.key("l"), Part.key("t"), Part.key("z"), ANY_KEY);
    private static final Part BY = oneOf("s*", "*", "h*->f1", "none*", "s1->f");
    private static final Part GET = oneOf("#", "s*", "h1->*", "h*->f1", "*", "none");
    private static final Part FROM_TO = chance(30, "LIMIT", SMALL, SMALL);
    private static final Part GETS = chance(30, many(1, 2, "GET", GET));
    private static final Part DIRECTION = chance(30, oneOf("ASC", "DESC"));

    @Override
    public String family() {
        return "sort";
    }

    @Override
    public List<Form> forms() {
        Part options = anyOrder(chance(30, "BY", BY), FROM_TO, GETS, DIRECTION, maybe("ALPHA"));
        return List.of(
                Form.of(3, ReplyRule.SORT, "SORT", KEY, options),
                Form.of(2, ReplyRule.SORT, "SORT_RO", KEY, options).since(7, 0),
                // Without ties between the weights, so that what is stored is the same.
                Form.of(2, "SORT", KEY, FROM_TO, GETS, DIRECTION, maybe("ALPHA"), "STORE",
                        Part.key("l")),
                Form.of(2, ReplyRule.SORT, "SORT", oneOf(Part.key("l"), Part.key("z")), "BY", "nosort",
                        anyOrder(FROM_TO, maybe("GET", GET), maybe("DESC"))));
    }
}
