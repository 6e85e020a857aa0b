package dev.respql.oracle;

import static dev.respql.oracle.Part.ANY_KEY;
import static dev.respql.oracle.Part.DATABASE;
import static dev.respql.oracle.Part.PATTERN;
import static dev.respql.oracle.Part.VALUE;
import static dev.respql.oracle.Part.all;
import static dev.respql.oracle.Part.chance;
import static dev.respql.oracle.Part.many;
import static dev.respql.oracle.Part.maybe;
import static dev.respql.oracle.Part.oneOf;

import java.util.List;

/** Whole databases, and what the server tells of its commands. */
final class ServerGrammar implements CommandGrammar {
    @Override
    public String family() {
        return "server";
    }

    @Override
    public List<Form> forms() {
        return List.of(
                Form.of(4, ReplyRule.SETTLED_SIZE, "DBSIZE"),
                Form.of(1, "FLUSHDB", maybe(oneOf("ASYNC", "SYNC", "other"))),
                Form.of(1, "SWAPDB", DATABASE, DATABASE),
                Form.of(1, ReplyRule.SHAPE, "TIME"),
                Form.of(1, ReplyRule.SETTLED_SHAPE, "MEMORY", "USAGE", ANY_KEY,
                        chance(30, "SAMPLES", oneOf("0", "5", "-1", "x"))),
                Form.of(2, "COMMAND", "GETKEYS", oneOf(
                        all("GET", ANY_KEY), all("MSET", many(1, 3, ANY_KEY, VALUE)), all("DEL", many(1, 3, ANY_KEY)),
                        all("SET", ANY_KEY, VALUE), all("COPY", ANY_KEY, ANY_KEY), "PING", "nonsense",
                        all("LCS", ANY_KEY, ANY_KEY), all("OBJECT", "ENCODING", ANY_KEY), "GET",
                        all("MEMORY", "USAGE", ANY_KEY), all("KEYS", PATTERN))),
                Form.of(1, "COMMAND", "nonsense"));
    }
}
