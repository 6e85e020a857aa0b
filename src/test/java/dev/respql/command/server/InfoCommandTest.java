package dev.respql.command.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.respql.Version;
import dev.respql.testing.Await;
import dev.respql.testing.Backend;
import dev.respql.testing.EachBackend;
import dev.respql.testing.RedisForTests;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import dev.respql.testing.RunningServer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** INFO: its sections, and that its figures are real. */
@EachBackend
class InfoCommandTest {
    @BeforeEach
    void resetFigures(RespClient client) {
        assertEquals("OK", client.call("CONFIG", "RESETSTAT").toString());
    }

    @Test
    void hasTheSectionsOfRedis(RespClient client) {
        RedisForTests.assumeAtLeast(7, 0);
        try (RespClient redis = RedisForTests.shared().connect()) {
            for (Object[] asked : new Object[][] {{"INFO"}, {"INFO", "default"}, {"INFO", "all"}, {"INFO", "everything"},
                    {"INFO", "ALL", "modules"}, {"INFO", "server", "Clients", "nonsense"}, {"INFO", "nonsense"}}) {
                List<String> sections = sections(client.call(asked).text());
                boolean hasOwn = sections.remove("# Respql");
                assertEquals(sections(redis.call(asked).text()), sections);
                assertEquals(sections.size() > 2, hasOwn, sections.toString());
            }
        }
    }

    @Test
    void isVerbatimTextInResp3(RespClient client) {
        assertEquals('$', client.call("INFO", "cluster").type());
        Reply text = client.protocol(3).call("INFO", "cluster");
        assertEquals("=" + text.bytes().length + "\r\ntxt:# Cluster\r\ncluster_enabled:0\r\n\r\n", text.wire());
    }

    @Test
    void namesBothVersions(RespClient client, RunningServer server) {
        Map<String, String> info = info(client, "server");
        assertEquals(Version.REDIS, info.get("redis_version"));
        assertTrue(Version.REDIS.startsWith("7.2."));
        assertEquals(Version.RESPQL, info.get("respql_version"));
        assertEquals(String.valueOf(server.port()), info.get("tcp_port"));
        assertEquals(String.valueOf(ProcessHandle.current().pid()), info.get("process_id"));
        assertTrue(info.get("run_id").matches("[0-9a-f]{40}"), info.get("run_id"));
    }

    @Test
    void countsCallsRefusalsAndFailures(RespClient client) {
        client.call("SET", "a", "b");
        client.call("SET", "a", "b");
        client.call("INCR", "a");
        client.call("GET");
        client.call("GET", "a");
        client.call("NONSENSE");
        client.call("CONFIG", "GET", "port");
        client.call("ECHO", "x");
        Map<String, String> stats = info(client, "commandstats");
        assertEquals("calls=2,rejected_calls=0,failed_calls=0", withoutTimes(stats.get("cmdstat_set")));
        assertEquals("calls=1,rejected_calls=0,failed_calls=1", withoutTimes(stats.get("cmdstat_incr")));
        assertEquals("calls=1,rejected_calls=1,failed_calls=0", withoutTimes(stats.get("cmdstat_get")));
        assertEquals("calls=1,rejected_calls=0,failed_calls=0", withoutTimes(stats.get("cmdstat_config|get")));
        assertEquals("calls=1,rejected_calls=0,failed_calls=0", withoutTimes(stats.get("cmdstat_echo")));
        assertFalse(stats.keySet().toString().contains("nonsense"));
        assertTrue(stats.get("cmdstat_set").matches(
                "calls=2,usec=\\d+,usec_per_call=\\d+\\.\\d\\d,rejected_calls=0,failed_calls=0"), stats.toString());

        client.call("LLEN", "a");
        assertEquals(Map.of("errorstat_ERR", "count=3", "errorstat_WRONGTYPE", "count=1"), info(client, "errorstats"));
        Map<String, String> all = info(client, "stats");
        assertEquals("4", all.get("total_error_replies"));
        assertEquals("10", all.get("total_commands_processed"), all.toString());
        assertTrue(Long.parseLong(all.get("total_net_input_bytes")) > 200, all.toString());
        assertTrue(Long.parseLong(all.get("total_net_output_bytes")) > 200, all.toString());

        client.call("CONFIG", "RESETSTAT");
        assertEquals(new TreeSet<>(List.of("cmdstat_config|resetstat")),
                new TreeSet<>(info(client, "commandstats").keySet()));
        assertEquals(Map.of(), info(client, "errorstats"));
    }

    @Test
    void countsKeysThatWereFoundAndThatWereNot(RespClient client) {
        client.call("SET", "a", "b");
        client.call("MGET", "a", "b", "c");
        client.call("GET", "a");
        client.call("EXISTS", "a", "d");
        client.call("SET", "d", "e");
        Map<String, String> stats = info(client, "stats");
        assertEquals("3", stats.get("keyspace_hits"));
        assertEquals("3", stats.get("keyspace_misses"));
    }

    @Test
    void tellsTheKeysOfEachDatabase(RespClient client) {
        assertEquals(Map.of(), info(client, "keyspace"));
        client.call("MSET", "a", "1", "b", "2", "c", "3");
        client.call("SET", "d", "4", "PX", "100000");
        client.call("SELECT", "3");
        client.call("SET", "e", "5");
        Map<String, String> keyspace = info(client, "keyspace");
        assertEquals(List.of("db0", "db3"), List.copyOf(keyspace.keySet()));
        assertTrue(keyspace.get("db0").matches("keys=4,expires=1,avg_ttl=(9\\d{4}|100000)"), keyspace.toString());
        assertEquals("keys=1,expires=0,avg_ttl=0", keyspace.get("db3"));
    }

    @Test
    void tellsPercentilesOfLatencies(RespClient client) {
        client.call("PING");
        String line = info(client, "latencystats").get("latency_percentiles_usec_ping");
        assertTrue(line.matches("p50=\\d+\\.\\d{3},p99=\\d+\\.\\d{3},p99.9=\\d+\\.\\d{3}"), line);
        client.call("CONFIG", "SET", "latency-tracking-info-percentiles", "100 12.5");
        assertTrue(info(client, "latencystats").get("latency_percentiles_usec_ping")
                .matches("p100=\\d+\\.\\d{3},p12.5=\\d+\\.\\d{3}"));
        client.call("CONFIG", "SET", "latency-tracking", "no");
        assertEquals(Map.of(), info(client, "latencystats"));
        client.call("CONFIG", "SET", "latency-tracking", "yes", "latency-tracking-info-percentiles", "50 99 99.9");
    }

    @Test
    void tellsOfBatchesAndOfTheDatabase(RespClient client, Backend backend) {
        for (int i = 0; i < 20; i++) {
            client.queue("SET", "k" + i, "v");
        }
        client.flush().read(20);
        Map<String, String> info = info(client, "respql");
        assertTrue(info.get("database").startsWith(backend == Backend.SQLITE ? "SQLite 3" : "PostgreSQL 1"), info.toString());
        assertEquals(backend == Backend.SQLITE ? "everysec" : "always", info.get("durability"));
        assertTrue(Integer.parseInt(info.get("lanes")) >= 1, info.toString());
        long batches = Long.parseLong(info.get("batches"));
        assertTrue(batches >= 2 && batches <= 21, info.toString());
        assertTrue(Double.parseDouble(info.get("batch_calls_mean")) >= 1, info.toString());
        assertTrue(Long.parseLong(info.get("batch_calls_max")) >= 1, info.toString());
        assertTrue(Long.parseLong(info.get("batch_commit_usec")) > 0, info.toString());
        assertTrue(Long.parseLong(info.get("statement_rows")) >= 20, info.toString());
        assertEquals("0", info.get("batch_splits"));
        assertEquals("0", info.get("batch_unknown_outcomes"));
    }

    @Test
    void tellsOfClientsMemoryAndTime(RunningServer server, RespClient client) {
        try (RespClient other = server.connect()) {
            other.call("PING");
            assertTrue(Integer.parseInt(info(client, "clients").get("connected_clients")) >= 2);
        }
        Map<String, String> memory = info(client, "memory");
        long used = Long.parseLong(memory.get("used_memory"));
        assertTrue(used > 1 << 20 && used <= Long.parseLong(memory.get("used_memory_peak")), memory.toString());
        assertTrue(memory.get("used_memory_human").matches("\\d+\\.\\d\\d[MG]"), memory.toString());
        Map<String, String> cpu = info(client, "cpu");
        assertTrue(Double.parseDouble(cpu.get("used_cpu_user")) > 0, cpu.toString());
    }

    @Test
    void tellsHowManyCommandsRunASecond(RespClient client) {
        Await.until(() -> {
            client.call("PING");
            return Long.parseLong(info(client, "stats").get("instantaneous_ops_per_sec")) > 0;
        });
    }

    private static List<String> sections(String info) {
        return new ArrayList<>(info.lines().filter(line -> line.startsWith("#")).toList());
    }

    private static Map<String, String> info(RespClient client, String section) {
        Map<String, String> figures = new LinkedHashMap<>();
        client.call("INFO", section).text().lines().filter(line -> line.contains(":")).forEach(line -> {
            int colon = line.indexOf(':');
            figures.put(line.substring(0, colon), line.substring(colon + 1));
        });
        return figures;
    }

    private static String withoutTimes(String stats) {
        return stats.replaceFirst("usec=\\d+,usec_per_call=[0-9.]+,", "");
    }
}
