package dev.respql.command.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.respql.testing.Backend;
import dev.respql.testing.Conversation;
import dev.respql.testing.RedisForTests;
import dev.respql.testing.RunningServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Commands about the server, compared byte for byte with redis-server in RESP2 and RESP3, as far as what they answer does
 * not hang on the server. Lines are separated by " / ".
 */
class ServerConversationTest {
    private static RunningServer server;
    private static RedisForTests redis;

    @BeforeAll
    static void start() {
        server = RunningServer.start(Backend.SQLITE, "enable-debug-command=yes");
        redis = RedisForTests.start();
    }

    @AfterAll
    static void stop() {
        redis.close();
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "command count x / command nonsense / command help x",
        "command info nosuch get mset config|get config|nosuch lmpop lcs time info",
        "command getkeys / command getkeys get / command getkeys get a / command getkeys get a b",
        "command getkeys ping / command getkeys ping a / command getkeys nosuch a / command getkeys config nosuch",
        "command getkeys mset a b c / command getkeys mset a b c d / command getkeys memory usage k",
        "command getkeys lmpop 1 a left / command getkeys lmpop 2 a left / command getkeys lmpop 9 a left",
        "command getkeys lmpop 0 a left / command getkeys lmpop -1 a left / command getkeys lmpop x a left",
        "command getkeys config get a / command getkeysandflags config get a / command getkeysandflags get",
        "command getkeysandflags set a b / command getkeysandflags set a b ex 10 get / command getkeysandflags get a",
        "command getkeysandflags lmove a b left right / command getkeysandflags mset a b c d",
        "command list filterby / command list filterby module x / command list nonsense / command list filterby x y",
        "command list filterby aclcat nosuch / command list filterby aclcat @string",
        "command list filterby pattern slowlog / command list filterby pattern SLOWLOG|L?N / command docs nosuch",
        "config / config nonsense / config help x / config get / config get nosuch / config get timeout",
        "config set / config set timeout / config set timeout 0 / config set timeout 0 maxmemory",
        "config set timeout x / config set timeout 1 timeout 2 / config set nosuch 1 / config set databases 3",
        "config set timeout 5 nosuch 1 / config get timeout / config set maxmemory 1mb / config get maxmemory"
                + " / config set maxmemory 0",
        "config get TimeOut / config get time*ut / config get nosuch* / config get hz hz",
        "config rewrite / config rewrite x / config resetstat x / config resetstat",
        "time x / role / role x / lastsave x / monitor x / readonly_nonsense",
        "lolwut version x / lolwut version 5 x / shutdown abort / shutdown nonsense / shutdown save nosave",
        "shutdown abort now / shutdown now now abort / shutdown nosave abort",
        "memory / memory nonsense / memory help x / memory usage / memory usage nosuch / memory purge / memory purge x",
        "memory usage nosuch samples / memory usage nosuch samples -1 / memory usage nosuch samples x",
        "memory usage nosuch nonsense 1 / memory usage nosuch samples 1 2 / memory usage nosuch SAMPLES 0",
        "slowlog / slowlog nonsense / slowlog help x / slowlog len x / slowlog reset x / slowlog reset",
        "slowlog reset / slowlog len / slowlog get / slowlog get 0 / slowlog get -1 / slowlog get -2 / slowlog get x",
        "slowlog get 1 2", "latency / latency nonsense / latency help x / latency reset / latency latest",
        "latency latest x / latency history / latency history command / latency graph nosuch / latency graph",
        "latency histogram nosuch / latency histogram config|nosuch / latency reset nosuch / latency reset a b",
        "info nosuch / info modules / info cluster / info MODULES Cluster nosuch",
        "acl / acl nonsense / acl help x / acl whoami / acl whoami x / acl users / acl list / acl getuser default",
        "acl getuser nosuch / acl getuser / acl cat / acl cat @string / acl cat nosuch / acl cat a b",
        "acl genpass 0 / acl genpass 4097 / acl genpass x / acl genpass 1 2",
        "debug / debug nonsense / debug sleep / debug sleep x / debug sleep 0 / debug sleep -1 / debug help x",
        "debug set-active-expire 0 / debug set-active-expire 1 / debug set-active-expire / debug log hello / debug jmap",
        "debug error / debug error \"MYERR foo bar\" / debug error X / debug stringmatch-len",
        "debug protocol / debug protocol nonsense / debug protocol string / debug protocol integer",
        "debug protocol double / debug protocol bignum / debug protocol null / debug protocol array",
        "debug protocol set / debug protocol map / debug protocol verbatim / debug protocol true",
        "debug protocol false"})
    void answersAsRedis(String lines) {
        RedisForTests.assumeAtLeast(7, 0);
        for (String hello : new String[] {"hello 2", "hello 3"}) {
            String[] separate = (hello + " / " + lines).split(" / ");
            assertEquals(withoutHello(Conversation.of(redis.port(), separate)),
                    withoutHello(Conversation.of(server.port(), separate)), hello);
        }
    }

    /** Its answer ends with the list of modules. */
    private static String withoutHello(String answers) {
        int modules = answers.indexOf("$7\r\nmodules\r\n*0\r\n");
        return answers.substring(modules);
    }
}
