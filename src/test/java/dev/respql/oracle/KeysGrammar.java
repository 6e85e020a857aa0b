package dev.respql.oracle;

import static dev.respql.oracle.Part.ANY_KEY;
import static dev.respql.oracle.Part.DATABASE;
import static dev.respql.oracle.Part.INTEGER;
import static dev.respql.oracle.Part.PATTERN;
import static dev.respql.oracle.Part.anyOrder;
import static dev.respql.oracle.Part.chance;
import static dev.respql.oracle.Part.many;
import static dev.respql.oracle.Part.maybe;
import static dev.respql.oracle.Part.milliseconds;
import static dev.respql.oracle.Part.oneOf;
import static dev.respql.oracle.Part.seconds;
import static dev.respql.oracle.Part.word;

import java.util.List;

/** Keys of any type: their life, their names, their expiry. */
final class KeysGrammar implements CommandGrammar {
    private static final Part CONDITIONS = maybe(oneOf("NX", "XX", "GT", "LT", "GT", "LT",
            Part.all(oneOf("NX", "XX", "GT"), oneOf("XX", "GT", "LT")), "other"));

    @Override
    public String family() {
        return "keys";
    }

    @Override
    public List<Form> forms() {
        return List.of(
                Form.of(6, "DEL", many(1, 3, ANY_KEY)),
                Form.of(2, "UNLINK", many(1, 3, ANY_KEY)),
                Form.of(5, "EXISTS", many(1, 4, ANY_KEY)),
                Form.of(2, "TOUCH", many(1, 3, ANY_KEY)),
                Form.of(6, "TYPE", ANY_KEY),
                Form.of(5, "EXPIRE", ANY_KEY, seconds(), CONDITIONS),
                Form.of(4, "PEXPIRE", ANY_KEY, milliseconds(), CONDITIONS),
                Form.of(5, "EXPIREAT", ANY_KEY, word(words -> words.instant(1)), CONDITIONS),
                Form.of(5, "PEXPIREAT", ANY_KEY, word(words -> words.instant(1000)), CONDITIONS),
                Form.of(5, ReplyRule.SECONDS_LEFT, "TTL", ANY_KEY),
                Form.of(5, ReplyRule.MILLISECONDS_LEFT, "PTTL", ANY_KEY),
                Form.of(5, ReplyRule.EXPIRY_SECOND, "EXPIRETIME", ANY_KEY),
                Form.of(5, ReplyRule.EXPIRY_MILLISECOND, "PEXPIRETIME", ANY_KEY),
                Form.of(4, "PERSIST", ANY_KEY),
                Form.of(4, ReplyRule.UNORDERED, "KEYS", PATTERN),
                Form.of(4, ReplyRule.SCAN, "SCAN", oneOf("0", "0", "0", "0", "0", "0", INTEGER, "x"), anyOrder(
                        maybe("MATCH", PATTERN), maybe("COUNT", oneOf("1", "2", "10", "1000", "0", INTEGER)),
                        chance(30, "TYPE", oneOf("string", "hash", "list", "set", "zset", "STRING")))),
                Form.of(2, ReplyRule.RANDOM_KEY, "RANDOMKEY"),
                Form.of(5, "RENAME", ANY_KEY, ANY_KEY),
                Form.of(3, "RENAMENX", ANY_KEY, ANY_KEY),
                Form.of(5, "COPY", ANY_KEY, ANY_KEY, anyOrder(chance(30, "DB", DATABASE), maybe("REPLACE"))),
                Form.of(3, "MOVE", ANY_KEY, DATABASE),
                Form.of(4, "OBJECT", "ENCODING", ANY_KEY),
                Form.of(1, ReplyRule.SHAPE, "OBJECT", oneOf("REFCOUNT", "IDLETIME", "FREQ"), ANY_KEY),
                Form.of(1, "OBJECT", oneOf("HELP", "nonsense")));
    }
}
