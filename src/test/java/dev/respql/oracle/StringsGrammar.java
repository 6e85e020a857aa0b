package dev.respql.oracle;

import static dev.respql.oracle.Part.FLOAT;
import static dev.respql.oracle.Part.INTEGER;
import static dev.respql.oracle.Part.SMALL;
import static dev.respql.oracle.Part.VALUE;
import static dev.respql.oracle.Part.anyOrder;
import static dev.respql.oracle.Part.chance;
import static dev.respql.oracle.Part.expiry;
import static dev.respql.oracle.Part.many;
import static dev.respql.oracle.Part.milliseconds;
import static dev.respql.oracle.Part.oneOf;
import static dev.respql.oracle.Part.seconds;

import java.util.List;

/** Strings and the numbers in them. */
final class StringsGrammar implements CommandGrammar {
    private static final Part KEY = Part.key("s");

    @Override
    public String family() {
        return "strings";
    }

    @Override
    public List<Form> forms() {
        return List.of(
                Form.of(12, "SET", KEY, VALUE),
                Form.of(12, "SET", KEY, VALUE, anyOrder(chance(40, oneOf("NX", "XX")), chance(30, "GET"),
                        chance(50, oneOf(expiry(), expiry(), "KEEPTTL")))),
                Form.of(2, "SET", KEY, VALUE,
                        many(1, 3, oneOf("NX", "XX", "GET", "KEEPTTL", "EX", "nonsense", expiry()))),
                Form.of(10, "GET", KEY),
                Form.of(3, "GETDEL", KEY),
                Form.of(5, "GETEX", KEY, chance(70, oneOf(expiry(), expiry(), "PERSIST", "KEEPTTL"))),
                Form.of(3, "GETSET", KEY, VALUE),
                Form.of(3, "SETNX", KEY, VALUE),
                Form.of(3, "SETEX", KEY, seconds(), VALUE),
                Form.of(3, "PSETEX", KEY, milliseconds(), VALUE),
                Form.of(5, "MGET", many(1, 4, KEY)),
                Form.of(4, "MSET", many(1, 4, KEY, VALUE), chance(5, KEY)),
                Form.of(3, "MSETNX", many(1, 3, KEY, VALUE), chance(5, KEY)),
                Form.of(5, "APPEND", KEY, VALUE),
                Form.of(4, "STRLEN", KEY),
                Form.of(5, "GETRANGE", KEY, oneOf(SMALL, INTEGER), oneOf(SMALL, INTEGER)),
                Form.of(1, "SUBSTR", KEY, SMALL, SMALL),
                Form.of(4, "SETRANGE", KEY, oneOf(SMALL, SMALL, INTEGER), VALUE),
                Form.of(5, "INCR", KEY),
                Form.of(3, "DECR", KEY),
                Form.of(5, "INCRBY", KEY, INTEGER),
                Form.of(4, "DECRBY", KEY, INTEGER),
                Form.of(8, "INCRBYFLOAT", KEY, FLOAT),
                Form.of(4, "LCS", KEY, KEY, anyOrder(chance(30, "LEN"), chance(40, "IDX"),
                        chance(30, "MINMATCHLEN", SMALL), chance(30, "WITHMATCHLEN"))).since(7, 0));
    }
}
