package dev.respql.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How the notation of Redis's manual is read. Arguments are shown as {@code name:type=TOKEN?*}: optional, multiple. */
class SyntaxTest {
    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "''; ''",
        "key; key:key",
        "key value; key:key value:string",
        "[message]; message:string?",
        "key [key ...]; key:key*",
        "[key ...]; key:key?*",
        "[section [section ...]]; section:string?*",
        "key seconds; key:key seconds:integer",
        "key unix-time-seconds; key:key unix-time-seconds:unix-time",
        "pattern; pattern:pattern",
        "key increment:double; key:key increment:double",
        "ip:port; ip:port:string",
        "numkeys key [key ...]; numkeys:integer key:key*",
        "NOSAVE; nosave:pure-token=NOSAVE",
        "[NX | XX]; nx_xx:oneof?(nx:pure-token=NX xx:pure-token=XX)",
        "<LEFT | RIGHT>; left_right:oneof(left:pure-token=LEFT right:pure-token=RIGHT)",
        "[EX seconds | KEEPTTL]; seconds_keepttl:oneof?(seconds:integer=EX keepttl:pure-token=KEEPTTL)",
        "[COUNT count]; count:integer=COUNT?",
        "key value [key value ...]; key:block*(key:key value:string)",
        "[LIMIT offset count]; limit:block=LIMIT?(offset:integer count:integer)",
        "[COUNT count [ANY]]; count:block?(count:integer=COUNT any:pure-token=ANY?)",
        "[WEIGHTS weight [weight ...]]; weight:integer=WEIGHTS?*",
        "[GET pattern [GET pattern ...]]; pattern:pattern=GET?**",
        "[TYPE <NORMAL | PUBSUB>]; normal_pubsub:oneof=TYPE?(normal:pure-token=NORMAL pubsub:pure-token=PUBSUB)",
        "FILTERBY <MODULE name | PATTERN pattern>;"
                + " name_pattern:oneof=FILTERBY(name:string=MODULE pattern:pattern=PATTERN)",
        "STREAMS key [key ...] id [id ...]; streams:block=STREAMS(key:key* id:string*)",
        "<FROMMEMBER member | FROMLONLAT longitude latitude>; member_fromlonlat:oneof("
                + "member:string=FROMMEMBER fromlonlat:block=FROMLONLAT(longitude:double latitude:double))",
        "<* | id>; *_id:oneof(*:pure-token=* id:string)",
        "[<MAXLEN | MINID> [= | ~] threshold [LIMIT count]]; maxlen_minid:block?("
                + "maxlen_minid:oneof(maxlen:pure-token=MAXLEN minid:pure-token=MINID)"
                + " =_~:oneof?(=:pure-token== ~:pure-token=~) threshold:string count:integer=LIMIT?)"})
    void readsTheManualsNotation(String syntax, String expected) {
        assertEquals(expected, shown(Syntax.arguments(syntax, true)));
    }

    @Test
    void onlyACommandWithKeysHasKeyArguments() {
        assertEquals("key:string source:string", shown(Syntax.arguments("key source", false)));
        assertEquals("source:key destination:key newkey:key numkeys:integer",
                shown(Syntax.arguments("source destination newkey numkeys", true)));
    }

    @Test
    void typesAreNotShownToPeople() {
        assertEquals("key increment [timeout | ip:port]", Syntax.shown("key increment:double [timeout:integer | ip:port]"));
    }

    @Test
    void bracketsMustBeBalanced() {
        for (String wrong : List.of("[key", "key]", "<a | b", "a | b", "[a <b]>")) {
            assertThrows(IllegalArgumentException.class, () -> Syntax.arguments(wrong, true), wrong);
        }
    }

    @Test
    void everyCommandsSyntaxCanBeRead() {
        for (Command command : Commands.table().commands()) {
            command.arguments();
            command.subcommands().values().forEach(Command::arguments);
        }
    }

    private static String shown(List<Argument> arguments) {
        return arguments.stream().map(SyntaxTest::shown).collect(Collectors.joining(" "));
    }

    private static String shown(Argument argument) {
        return argument.name() + ":" + argument.type().wireName()
                + (argument.token() == null ? "" : "=" + argument.token())
                + (argument.optional() ? "?" : "") + (argument.multiple() ? "*" : "")
                + (argument.multipleToken() ? "*" : "")
                + (argument.arguments().isEmpty() ? "" : "(" + shown(argument.arguments()) + ")");
    }
}
