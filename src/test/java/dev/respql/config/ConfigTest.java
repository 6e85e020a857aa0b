package dev.respql.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigTest {
    private final Config config = Config.defaults();

    // --- the table ---

    @Test
    void defaultsAreThoseOfRedis() throws IOException {
        Map<String, String> ours = new TreeMap<>();
        config.matching(List.of("*")).forEach(entry -> ours.put(entry.getKey(), entry.getValue()));
        Map<String, String> redis = redisDefaults();
        assertEquals(redis, ours.entrySet().stream().filter(entry -> redis.containsKey(entry.getKey()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a, TreeMap::new)));
    }

    @Test
    void namesAreThoseOfRedisSevenTwoAndRespql() throws IOException {
        TreeSet<String> expected = new TreeSet<>(redisDefaults().keySet());
        expected.addAll(List.of("port", "bind", "dir"));
        expected.addAll(List.of("set-max-listpack-entries", "set-max-listpack-value", "locale-collate",
                "cluster-announce-human-nodename"));
        expected.addAll(List.of("url", "backend", "backend-option", "durability", "lanes", "debug", "flushall",
                "readonly"));
        assertEquals(List.copyOf(expected), names("*"));
    }

    /** What "CONFIG GET *" of a redis-server 7.0.15 said, without port, bind and dir. */
    private static Map<String, String> redisDefaults() throws IOException {
        try (InputStream in = ConfigTest.class.getResourceAsStream("redis-7.0-config-get.txt")) {
            return new TreeMap<>(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()
                    .collect(Collectors.toMap(line -> line.substring(0, line.indexOf('=')),
                            line -> line.substring(line.indexOf('=') + 1))));
        }
    }

    @Test
    void respqlHasItsOwnPortAndListensOnLoopbackOnly() {
        assertEquals(6377, config.number(Config.PORT));
        assertEquals(List.of("127.0.0.1"), config.bindAddresses());
    }

    @Test
    void everyParameterHasOneLineOfHelp() {
        assertEquals(config.parameters().stream().filter(p -> !names(p.name()).isEmpty()).count(),
                config.parameters().size());
        for (Parameter parameter : config.parameters()) {
            assertTrue(parameter.help().matches("[^\\n]{5,100}"), parameter.name());
        }
        assertTrue(config.helpLines().contains("timeout (0): seconds after which an idle client is disconnected; "
                + "0: never"));
        assertTrue(config.helpLines().contains("io-threads (1, only before the start, without effect): threads for "
                + "the network"));
    }

    @Test
    void everyDefaultIsAcceptedByItsOwnParameter() {
        for (Parameter parameter : config.parameters()) {
            String before = parameter.text();
            config.put(parameter.name(), before);
            assertEquals(before, parameter.text(), parameter.name());
        }
    }

    // --- CONFIG GET ---

    @Test
    void namesWithoutWildcardsComeBackAsTheyWereAsked() {
        assertEquals(List.of(Map.entry("TimeOut", "0"), Map.entry("slave-priority", "100")),
                config.matching(List.of("TimeOut", "timeout", "tIm*", "nosuch", "slave-priority")));
    }

    @Test
    void patternsMatchInAnyCaseAndListOlderNames() {
        assertEquals(List.of("hash-max-listpack-entries", "hash-max-listpack-value", "hash-max-ziplist-entries",
                "hash-max-ziplist-value"), names("HASH-MAX-*"));
        assertEquals(List.of("timeout"), names("timeou[t]"));
        assertEquals(List.of("timeout"), names("timeou?"));
        assertEquals(List.of(), names("["));
        assertEquals(List.of(), names("time\\out"));
    }

    @Test
    void hiddenParametersMustBeAskedForByName() {
        assertEquals(List.of(), names("watchdog*"));
        assertEquals(List.of("watchdog-period"), names("watchdog-period"));
    }

    @Test
    void whatTheDatabaseDecidesIsFilledInAndItsPasswordIsNot() {
        assertEquals(List.of(Map.entry("backend", "sqlite"), Map.entry("durability", "everysec"),
                Map.entry("url", "")), config.matching(List.of("backend", "durability", "url")));
        config.put("url", "postgres://me:secret@db/data");
        config.put("backend-option", "sslpassword=secret");
        config.put("backend-option", "maximumPoolSize=4");
        assertEquals(List.of(Map.entry("backend", "postgresql"),
                Map.entry("backend-option", "sslpassword=*** maximumPoolSize=4"), Map.entry("durability", "always"),
                Map.entry("url", "jdbc:postgresql://db/data?user=me")),
                config.matching(List.of("backend", "backend-opt*", "durability", "url")));
        assertEquals(Map.of("sslpassword", "secret", "maximumPoolSize", "4"), config.backendOptions());
    }

    // --- CONFIG SET: the texts below are what a redis-server 7.0.15 answered ---

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "timeout|bad|argument couldn't be parsed into an integer",
        "timeout|``|argument couldn't be parsed into an integer",
        "timeout|+1|argument couldn't be parsed into an integer",
        "timeout|01|argument couldn't be parsed into an integer",
        "timeout|` 1`|argument couldn't be parsed into an integer",
        "timeout|-0|argument couldn't be parsed into an integer",
        "timeout|9223372036854775808|argument couldn't be parsed into an integer",
        "timeout|-1|argument must be between 0 and 2147483647 inclusive",
        "timeout|2147483648|argument must be between 0 and 2147483647 inclusive",
        "slowlog-log-slower-than|-2|argument must be between -1 and 9223372036854775807 inclusive",
        "maxclients|0|argument must be between 1 and 4294967295 inclusive",
        "list-max-listpack-size|-2147483649|argument must be between -2147483648 and 2147483647 inclusive",
        "slave-priority|bad|argument couldn't be parsed into an integer",
        "appendonly|maybe|argument must be 'yes' or 'no'",
        "latency-tracking|1|argument must be 'yes' or 'no'",
        "maxmemory|1t|argument must be a memory value",
        "maxmemory|-1|argument must be a memory value",
        "maxmemory|1.5gb|argument must be a memory value",
        "maxmemory|1 kb|argument must be a memory value",
        "maxmemory|10%|argument must be a memory value",
        "proto-max-bulk-len|1|argument must be between 1048576 and 9223372036854775807 inclusive",
        "proto-max-bulk-len|9223372036854775808|argument must be between 1048576 and 9223372036854775807 inclusive",
        "client-query-buffer-limit|0|argument must be between 1048576 and 9223372036854775807 inclusive",
        "repl-backlog-size|0|argument must be between 1 and 9223372036854775807 inclusive",
        "maxmemory-clients|101%|percentage argument must be less or equal to 100",
        "maxmemory-clients|%|argument must be a memory or percent value",
        "maxmemory-clients|-1%|argument must be a memory or percent value",
        "appendfsync|sometimes|argument(s) must be one of the following: everysec, always, no",
        "appendfsync|``|argument(s) must be one of the following: everysec, always, no",
        "maxmemory-policy|x|argument(s) must be one of the following: volatile-lru, volatile-lfu, volatile-random, "
                + "volatile-ttl, allkeys-lru, allkeys-lfu, allkeys-random, noeviction",
        "oom-score-adj|x|argument(s) must be one of the following: no, yes, relative, absolute",
        "shutdown-on-sigint|``|argument(s) must be one of the following: default, save, nosave, now, force",
        "shutdown-on-sigint|save nosave|shutdown options SAVE and NOSAVE can't be used simultaneously",
        "notify-keyspace-events|@|Invalid event class character. Use 'Ag$lshzxeKEtmdn'.",
        "save|900|Invalid save parameters",
        "save|0 1|Invalid save parameters",
        "save|1 -1|Invalid save parameters",
        "save|x 1|Invalid save parameters",
        "save|900  1|Invalid save parameters",
        "client-output-buffer-limit|normal 1 1|Wrong number of arguments in buffer limit configuration.",
        "client-output-buffer-limit|master 1 1 1|Invalid client class specified in buffer limit configuration.",
        "client-output-buffer-limit|normal x 1 1|Error in hard, soft or soft_seconds setting in buffer limit "
                + "configuration.",
        "client-output-buffer-limit|normal 1 1 -1|Error in hard, soft or soft_seconds setting in buffer limit "
                + "configuration.",
        "oom-score-adj-values|1 2|wrong number of arguments",
        "oom-score-adj-values|0 200 9999|Invalid oom-score-adj-values, elements must be between -2000 and 2000.",
        "latency-tracking-info-percentiles|x|Invalid latency-tracking-info-percentiles parameters",
        "latency-tracking-info-percentiles|nan|Invalid latency-tracking-info-percentiles parameters",
        "latency-tracking-info-percentiles|101|latency-tracking-info-percentiles parameters should sit between "
                + "[0.0,100.0]",
        "latency-tracking-info-percentiles|inf|latency-tracking-info-percentiles parameters should sit between "
                + "[0.0,100.0]",
        "cluster-announce-hostname|a_b|Hostnames may only contain alphanumeric characters, hyphens or dots",
        "proc-title-template|{bad}|template format is invalid or contains unknown variables",
        "databases|8|can't set immutable config",
        "daemonize|yes|can't set immutable config",
        "slaveof|a 1|can't set immutable config",
        "dir|/tmp|can't set protected config",
        "dbfilename|x|can't set protected config",
    })
    void refusesWithRedissWords(String name, String value, String reason) {
        String before = config.get(name);
        ConfigException e = assertThrows(ConfigException.class, () -> set(name, value));
        assertEquals("CONFIG SET failed (possibly related to argument '" + name + "') - " + reason, e.getMessage());
        assertEquals(reason, e.reason());
        assertEquals(before, config.get(name));
    }

    @Test
    void hostNamesAreShort() {
        ConfigException e = assertThrows(ConfigException.class,
                () -> set("cluster-announce-hostname", "a".repeat(256)));
        assertEquals("Hostnames must be less than 256 characters", e.reason());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "nosuch,1|Unknown option or number of arguments for CONFIG SET - 'nosuch'",
        "NoSuch,1|Unknown option or number of arguments for CONFIG SET - 'NoSuch'",
        "timeout,1,nosuch,2|Unknown option or number of arguments for CONFIG SET - 'nosuch'",
        "nosuch,1,daemonize,yes|Unknown option or number of arguments for CONFIG SET - 'nosuch'",
        "daemonize,yes,nosuch,1|CONFIG SET failed (possibly related to argument 'daemonize') - can't set immutable "
                + "config",
        "timeout,bad,daemonize,yes|CONFIG SET failed (possibly related to argument 'daemonize') - can't set immutable "
                + "config",
        "timeout,5,timeout,6|CONFIG SET failed (possibly related to argument 'timeout') - duplicate parameter",
        "TIMEOUT,5,timeout,6|CONFIG SET failed (possibly related to argument 'timeout') - duplicate parameter",
        "SLAVE-priority,1,slave-Priority,1|CONFIG SET failed (possibly related to argument 'slave-Priority') - "
                + "duplicate parameter",
        "DAEMONIZE,yes|CONFIG SET failed (possibly related to argument 'DAEMONIZE') - can't set immutable config",
        "TimeOut,bad|CONFIG SET failed (possibly related to argument 'timeout') - argument couldn't be parsed into an "
                + "integer",
        "timeout,1,slowlog-max-len,x,hz,bad|CONFIG SET failed (possibly related to argument 'slowlog-max-len') - "
                + "argument couldn't be parsed into an integer",
    })
    void refusesTheWholeCommand(String pairs, String message) {
        ConfigException e = assertThrows(ConfigException.class, () -> set(pairs.split(",")));
        assertEquals(message, e.getMessage());
        assertEquals("0", config.get("timeout"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "maxmemory|1kb|1024",
        "maxmemory|1k|1000",
        "maxmemory|1MB|1048576",
        "maxmemory|1g|1000000000",
        "maxmemory|1b|1",
        "maxmemory|``|0",
        "maxmemory|007|7",
        "maxmemory|99999999999999999999|18446744073709551615",
        "maxmemory|99999999999gb|15140462030378500096",
        "maxmemory-clients|10%|10%",
        "maxmemory-clients|0%|0",
        "maxmemory-clients|1kb|1024",
        "hz|0|1",
        "hz|501|500",
        "activerehashing|NO|no",
        "appendfsync|ALWAYS|always",
        "oom-score-adj|relative|yes",
        "oom-score-adj-values|-1000 +0 1000|-1000 0 1000",
        "shutdown-on-sigterm|force now save|save now force",
        "shutdown-on-sigterm|default now|now",
        "notify-keyspace-events|KEA|AKE",
        "notify-keyspace-events|KEg$lshzxetd|AKE",
        "notify-keyspace-events|KEAmn|AKEm",
        "notify-keyspace-events|dtxezhsl$nmEK|$lshzxetdnKEm",
        "notify-keyspace-events|ng|gn",
        "save|``|``",
        "save|900 1 300 10|900 1 300 10",
        "save|+1 1|1 1",
        "latency-tracking-info-percentiles|``|``",
        "latency-tracking-info-percentiles|50.123456789 1e1|50.123457 10",
        "latency-tracking-info-percentiles|100.0 0.0 1e-5|100 0 0.00001",
        "client-output-buffer-limit|normal 1mb 2kb 60|normal 1048576 2048 60 slave 268435456 67108864 60 pubsub "
                + "33554432 8388608 60",
        "client-output-buffer-limit|Replica 1 2 3 pubsub 4 5 +6|normal 0 0 0 slave 1 2 3 pubsub 4 5 6",
        "client-output-buffer-limit|normal 1 1 1 normal 2 2 2|normal 2 2 2 slave 268435456 67108864 60 pubsub "
                + "33554432 8388608 60",
        "cluster-announce-hostname|A-1.b|A-1.b",
        "lua-time-limit|10|10",
    })
    void showsValuesAsRedisDoes(String name, String value, String shown) {
        set(name, value);
        assertEquals(List.of(Map.entry(name, shown)), config.matching(List.of(name)));
    }

    @Test
    void anOlderNameSetsTheSameParameter() {
        set("lua-time-limit", "10");
        assertEquals(10, config.number(Config.BUSY_REPLY_THRESHOLD));
        set("slave-priority", "5", "replica-priority", "6");
        assertEquals("6", config.get("slave-priority"));
    }

    @Test
    void logCanBeTurnedOffSinceSevenTwo() {
        ConfigException e = assertThrows(ConfigException.class, () -> set("loglevel", "x"));
        assertEquals("argument(s) must be one of the following: debug, verbose, notice, warning, nothing", e.reason());
        set("loglevel", "nothing");
        assertEquals("nothing", config.get(Config.LOGLEVEL));
    }

    // --- typed reads ---

    @Test
    void readsTypedValues() {
        Parameter timeout = config.parameter("TimeOut");
        set("timeout", "7", "latency-tracking", "no", "proto-max-bulk-len", "1mb",
                "notify-keyspace-events", "Kx", "client-output-buffer-limit", "pubsub 1kb 2 3",
                "latency-tracking-info-percentiles", "50 99.9");
        assertEquals(7, timeout.number());
        assertFalse(config.flag(Config.LATENCY_TRACKING));
        assertEquals(1 << 20, config.number(Config.PROTO_MAX_BULK_LEN));
        assertEquals(KeyspaceEvents.KEYSPACE | KeyspaceEvents.EXPIRED, config.number(Config.NOTIFY_KEYSPACE_EVENTS));
        assertEquals(new OutputBufferLimits.Limit(1024, 2, 3), config.outputBufferLimits().pubsub());
        assertEquals(new OutputBufferLimits.Limit(0, 0, 0), config.outputBufferLimits().normal());
        assertEquals(List.of(50.0, 99.9), config.latencyPercentiles());
    }

    @Test
    void allConstantsNameParameters() throws IllegalAccessException {
        int found = 0;
        for (Field field : Config.class.getFields()) {
            assertEquals(field.getName(), config.parameter((String) field.get(null)).name()
                    .toUpperCase(Locale.ROOT).replace('-', '_'));
            found++;
        }
        assertTrue(found > 30);
    }

    @Test
    void aNameThatIsNoParameterIsAMistakeInTheCode() {
        assertThrows(IllegalArgumentException.class, () -> config.parameter("nosuch"));
        assertTrue(config.find("nosuch").isEmpty());
    }

    @Test
    void knowsWhatHasNoEffectAndWhatIsSecret() {
        assertEquals(List.of(), config.setWithoutEffect());
        set("maxmemory", "1gb", "timeout", "5");
        assertEquals(List.of("maxmemory"), config.setWithoutEffect());
        assertEquals(List.of("url", "backend-option", "tls-key-file-pass", "tls-client-key-file-pass", "requirepass",
                "masteruser", "masterauth"),
                config.parameters().stream().filter(Parameter::isSecret).map(Parameter::name).toList());
    }

    // --- backend and durability ---

    @Test
    void aUrlImpliesTheBackend() {
        config.put("url", "postgresql://db/data");
        assertEquals(Backend.POSTGRESQL, config.backend());
        assertEquals(Durability.ALWAYS, config.durability());
        config.put("durability", "no");
        assertEquals(Durability.NO, config.durability());
        config.put("backend", "postgresql");
        assertEquals(Backend.POSTGRESQL, config.backend());
        config.put("backend", "sqlite");
        assertEquals("backend sqlite contradicts the url, which is one of PostgreSQL",
                assertThrows(ConfigException.class, config::backend).getMessage());
        config.put("url", "");
        assertEquals(Backend.SQLITE, config.backend());
        config.put("backend", "memory");
        assertEquals(Backend.MEMORY, config.backend());
        config.put("backend", "postgresql");
        assertEquals("backend postgresql needs a url",
                assertThrows(ConfigException.class, config::backend).getMessage());
    }

    @Test
    void putSaysWhichParameterIsWrong() {
        assertEquals("port: argument must be between 0 and 65535 inclusive",
                assertThrows(ConfigException.class, () -> config.put("port", "65536")).getMessage());
        assertEquals("no parameter 'nosuch'",
                assertThrows(ConfigException.class, () -> config.put("nosuch", "1")).getMessage());
        assertEquals("bind takes one to 16 addresses",
                assertThrows(ConfigException.class, () -> config.put("bind", "")).reason());
    }

    // --- listeners ---

    @Test
    void listenersHearOfChangesOnly() {
        List<String> heard = new ArrayList<>();
        config.onChange("timeout", parameter -> heard.add(parameter + "=" + parameter.number()));
        config.onChange("slave-priority", parameter -> heard.add(parameter + "=" + parameter.number()));
        set("timeout", "0");
        set("timeout", "1", "slave-priority", "7");
        assertThrows(ConfigException.class, () -> set("timeout", "2", "hz", "x"));
        assertEquals(List.of("timeout=1", "replica-priority=7"), heard);
    }

    @Test
    void aListenerCanRefuseTheWholeCommand() {
        List<Long> timeouts = new ArrayList<>();
        config.onChange("timeout", parameter -> timeouts.add(parameter.number()));
        config.onChange("maxclients", parameter -> {
            if (parameter.number() == 5) {
                throw new ConfigException("not five");
            }
        });
        ConfigException e = assertThrows(ConfigException.class,
                () -> set("timeout", "9", "MaxClients", "5", "hz", "50"));
        assertEquals("CONFIG SET failed (possibly related to argument 'maxclients') - not five", e.getMessage());
        assertEquals(List.of("0", "10000", "10"), Stream.of("timeout", "maxclients", "hz").map(config::get).toList());
        assertEquals(List.of(9L, 0L), timeouts);
    }

    @Test
    void aReaderNeverSeesHalfAValue() throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        AtomicBoolean done = new AtomicBoolean();
        List<String> wrong = new ArrayList<>();
        Thread reader = new Thread(() -> {
            while (!done.get()) {
                OutputBufferLimits.Limit limit = config.outputBufferLimits().normal();
                if (limit.hard() != limit.soft()) {
                    wrong.add(limit.toString());
                }
                started.countDown();
            }
        });
        reader.start();
        started.await();
        for (int i = 0; i < 2000; i++) {
            set("client-output-buffer-limit", "normal " + i + " " + i + " 0");
        }
        done.set(true);
        reader.join();
        assertEquals(List.of(), wrong);
    }

    @ParameterizedTest
    @ValueSource(strings = {"enable-protected-configs", "save", "cluster-enabled", "tls-port"})
    void configurationsDoNotShareValues(String name) {
        String before = Config.defaults().get(name);
        config.put(name, name.equals("save") ? "1 1" : name.equals("tls-port") ? "1" : "yes");
        assertEquals(before, Config.defaults().get(name));
    }

    private void set(String... pairs) {
        List<Map.Entry<String, String>> entries = new ArrayList<>();
        for (int i = 0; i < pairs.length; i += 2) {
            entries.add(Map.entry(pairs[i], pairs[i + 1]));
        }
        config.set(entries);
    }

    private List<String> names(String pattern) {
        return config.matching(List.of(pattern)).stream().map(Map.Entry::getKey).toList();
    }
}
