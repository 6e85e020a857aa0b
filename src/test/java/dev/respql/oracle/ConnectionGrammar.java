package dev.respql.oracle;

import static dev.respql.oracle.Part.DATABASE;
import static dev.respql.oracle.Part.VALUE;
import static dev.respql.oracle.Part.chance;
import static dev.respql.oracle.Part.maybe;
import static dev.respql.oracle.Part.oneOf;

import java.util.List;

/** What a connection knows of itself: its database, its protocol, its name. */
final class ConnectionGrammar implements CommandGrammar {
    @Override
    public String family() {
        return "connection";
    }

    @Override
    public List<Form> forms() {
        return List.of(
                Form.of(3, "PING", maybe(VALUE)),
                Form.of(3, "ECHO", VALUE),
                Form.of(4, "SELECT", DATABASE),
                Form.of(1, ReplyRule.HELLO, "HELLO", chance(80, oneOf("2", "3", "3", "4", "1", "x"),
                        chance(30, "SETNAME", oneOf("conn", "a b", VALUE)))),
                Form.of(1, "RESET"),
                Form.of(2, "CLIENT", "SETNAME", oneOf("one", "two", "", VALUE)),
                Form.of(3, "CLIENT", "GETNAME"),
                Form.of(1, ReplyRule.SHAPE, "CLIENT", "ID"),
                Form.of(2, ReplyRule.CLIENT_INFO, "CLIENT", "INFO"),
                Form.of(1, "CLIENT", "SETINFO", oneOf("LIB-NAME", "lib-ver", "other"), oneOf("lib", "1.2.3", "a b"))
                        .since(7, 2),
                Form.of(1, "CLIENT", "NO-EVICT", oneOf("on", "off", "other")).since(7, 0),
                Form.of(1, "CLIENT", "NO-TOUCH", oneOf("on", "off", "other")).since(7, 2),
                Form.of(1, "CLIENT", "nonsense"),
                Form.of(1, "nonsense", maybe(VALUE), maybe(VALUE)));
    }
}
