package dev.respql.command.server;

import static dev.respql.command.Flag.LOADING;
import static dev.respql.command.Flag.STALE;

import dev.respql.Version;
import dev.respql.bus.Interest;
import dev.respql.command.Command;
import dev.respql.command.Group;
import dev.respql.config.Config;
import dev.respql.engine.Call;
import dev.respql.engine.Client;
import dev.respql.engine.LatencyHistogram;
import dev.respql.engine.Node;
import dev.respql.engine.Stats;
import dev.respql.protocol.Reply;
import dev.respql.sql.Database;
import dev.respql.value.Bytes;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * INFO: figures of the server, in sections. Only what is true of respql is told, in Redis's names where it has them; the
 * section {@code respql} tells what Redis does not have. Counts and times of batches are since the start or CONFIG
 * RESETSTAT, those of statements since the start.
 */
public final class InfoCommand {
    private static final String PROCESSOR = "cpu";

    /**
     * @param byDefault whether INFO without a section tells it
     * @param write writes the section's lines
     */
    private record Section(String name, boolean byDefault, BiConsumer<Call, Lines> write) {
    }

    private static final List<Section> SECTIONS = List.of(
            new Section("server", true, InfoCommand::server),
            new Section("clients", true, InfoCommand::clients),
            new Section("memory", true, InfoCommand::memory),
            new Section("persistence", true, InfoCommand::persistence),
            new Section("stats", true, InfoCommand::stats),
            new Section("replication", true, InfoCommand::replication),
            new Section(PROCESSOR, true, InfoCommand::processor),
            new Section("modules", true, (call, lines) -> { }),
            new Section("commandstats", false, InfoCommand::commandStats),
            new Section("errorstats", true, InfoCommand::errorStats),
            new Section("latencystats", false, InfoCommand::latencyStats),
            new Section("cluster", true, (call, lines) -> lines.add("cluster_enabled", 0)),
            new Section("respql", true, InfoCommand::respql),
            new Section("keyspace", true, InfoCommand::keyspace));

    /** Lines of {@code name:value}, as they go to the client. */
    private static final class Lines {
        private final StringBuilder text = new StringBuilder();

        void begin(Section section) {
            int capitals = section.name.equals(PROCESSOR) ? section.name.length() : 1;
            text.append(text.length() == 0 ? "# " : "\r\n# ")
                    .append(section.name.substring(0, capitals).toUpperCase(Locale.ROOT))
                    .append(section.name.substring(capitals)).append("\r\n");
        }

        void add(String name, Object value) {
            text.append(name).append(':').append(value).append("\r\n");
        }

        void add(String name, String format, Object... values) {
            add(name, String.format(Locale.ROOT, format, values));
        }

        /** A number of bytes, and the same for people. */
        void addBytes(String name, long bytes) {
            add(name, bytes);
            add(name + "_human", Machine.human(bytes));
        }
    }

    private InfoCommand() {
    }

    public static List<Command> all() {
        return List.of(Command.named("info").group(Group.SERVER).arity(-1).flags(LOADING, STALE).acl("dangerous")
                .tips("nondeterministic_output", "request_policy:all_shards", "response_policy:special")
                .summary("Returns figures of the server, of the named sections or of most.")
                .since("1.0.0").complexity("O(1), with the section keyspace O(N) where N is the number of keys.")
                .syntax("[section [section ...]]")
                .runs(InfoCommand::info));
    }

    private static Reply info(Call call) {
        Set<String> asked = new HashSet<>();
        for (int i = 1; i < call.count(); i++) {
            asked.add(call.text(i).toLowerCase(Locale.ROOT));
        }
        Lines lines = new Lines();
        for (Section section : SECTIONS) {
            if (isAsked(section, asked)) {
                lines.begin(section);
                section.write.accept(call, lines);
            }
        }
        return new Reply.Verbatim("txt", Bytes.of(lines.text.toString()));
    }

    private static boolean isAsked(Section section, Set<String> asked) {
        return asked.contains(section.name) || asked.contains("everything") || asked.contains("all")
                || section.byDefault && (asked.isEmpty() || asked.contains("default"));
    }

    private static void server(Call call, Lines lines) {
        Node node = call.node();
        long now = System.currentTimeMillis();
        long uptime = (now - node.startedAt()) / 1000;
        String localAddress = call.client().localAddress();
        String port = localAddress.substring(localAddress.lastIndexOf(':') + 1);
        lines.add("redis_version", Version.REDIS);
        lines.add("respql_version", Version.RESPQL);
        lines.add("redis_git_sha1", "00000000");
        lines.add("redis_git_dirty", 0);
        lines.add("redis_mode", "standalone");
        lines.add("os", Machine.operatingSystem());
        lines.add("arch_bits", 64);
        lines.add("java_version", System.getProperty("java.version"));
        lines.add("process_id", ProcessHandle.current().pid());
        lines.add("process_supervised", "no");
        lines.add("run_id", node.runId());
        lines.add("tcp_port", port);
        lines.add("server_time_usec", now * 1000);
        lines.add("uptime_in_seconds", uptime);
        lines.add("uptime_in_days", uptime / 86400);
        lines.add("hz", node.config().number(Config.HZ));
        lines.add("configured_hz", node.config().number(Config.HZ));
        lines.add("lru_clock", now / 1000 & 0xffffff);
        lines.add("executable", ProcessHandle.current().info().command().orElse(""));
        lines.add("config_file", node.config().file().map(Path::toString).orElse(""));
        lines.add("io_threads_active", 0);
        lines.add("listener0", "name=tcp,bind=" + String.join(",bind=", node.config().bindAddresses()) + ",port=" + port);
    }

    private static void clients(Call call, Lines lines) {
        Node node = call.node();
        long longestInput = 0;
        long longestOutput = 0;
        for (Client client : node.clients()) {
            longestInput = Math.max(longestInput, client.queuedBytes());
            longestOutput = Math.max(longestOutput, client.unsentBytes());
        }
        lines.add("connected_clients", node.clients().size());
        lines.add("cluster_connections", 0);
        lines.add("maxclients", node.config().number(Config.MAXCLIENTS));
        lines.add("client_recent_max_input_buffer", longestInput);
        lines.add("client_recent_max_output_buffer", longestOutput);
        lines.add("blocked_clients", call.node().blockedClients());
        lines.add("tracking_clients", node.tracking().clients());
    }

    /** The memory of the process; the data is in the database. */
    private static void memory(Call call, Lines lines) {
        long used = Stats.usedMemory();
        long peak = call.node().stats().peakMemory();
        long resident = Machine.residentBytes();
        lines.addBytes("used_memory", used);
        lines.addBytes("used_memory_rss", resident);
        lines.addBytes("used_memory_peak", peak);
        lines.add("used_memory_peak_perc", "%.2f%%", 100.0 * used / peak);
        lines.add("used_memory_overhead", used);
        lines.add("used_memory_dataset", 0);
        lines.add("used_memory_dataset_perc", "0.00%");
        lines.addBytes("total_system_memory", Machine.totalBytes());
        lines.addBytes("maxmemory", call.node().config().number("maxmemory"));
        lines.add("maxmemory_policy", call.node().config().get("maxmemory-policy"));
        lines.add("mem_fragmentation_ratio", "%.2f", (double) resident / used);
        lines.add("mem_fragmentation_bytes", resident - used);
        lines.add("mem_allocator", "jvm");
        lines.addBytes("heap_max", Runtime.getRuntime().maxMemory());
    }

    /** Every write is in the database when it has been answered: nothing is loaded, and nothing waits to be saved. */
    private static void persistence(Call call, Lines lines) {
        lines.add("loading", 0);
        lines.add("async_loading", 0);
        lines.add("rdb_changes_since_last_save", 0);
        lines.add("rdb_bgsave_in_progress", 0);
        lines.add("rdb_last_save_time", call.node().startedAt() / 1000);
        lines.add("rdb_last_bgsave_status", "ok");
        lines.add("rdb_last_bgsave_time_sec", -1);
        lines.add("rdb_current_bgsave_time_sec", -1);
        lines.add("aof_enabled", 0);
        lines.add("aof_rewrite_in_progress", 0);
        lines.add("aof_rewrite_scheduled", 0);
        lines.add("aof_last_bgrewrite_status", "ok");
        lines.add("aof_last_write_status", "ok");
    }

    private static void stats(Call call, Lines lines) {
        Stats stats = call.node().stats();
        lines.add("total_connections_received", stats.connections());
        lines.add("total_commands_processed", stats.calls());
        lines.add("instantaneous_ops_per_sec", Math.round(stats.callsPerSecond()));
        lines.add("total_net_input_bytes", stats.bytesRead());
        lines.add("total_net_output_bytes", stats.bytesWritten());
        lines.add("instantaneous_input_kbps", "%.2f", stats.bytesReadPerSecond() / 1024);
        lines.add("instantaneous_output_kbps", "%.2f", stats.bytesWrittenPerSecond() / 1024);
        lines.add("rejected_connections", stats.refusedConnections());
        lines.add("expired_keys", stats.expiredKeys());
        lines.add("evicted_keys", 0);
        lines.add("evicted_clients", 0);
        lines.add("keyspace_hits", stats.keyHits());
        lines.add("keyspace_misses", stats.keyMisses());
        lines.add("pubsub_channels", call.node().pubSub().count(Interest.Kind.CHANNEL));
        lines.add("pubsub_patterns", call.node().pubSub().count(Interest.Kind.PATTERN));
        lines.add("pubsubshard_channels", call.node().pubSub().count(Interest.Kind.SHARD_CHANNEL));
        lines.add("latest_fork_usec", 0);
        lines.add("total_forks", 0);
        lines.add("tracking_total_keys", call.node().tracking().keyCount());
        lines.add("tracking_total_items", call.node().tracking().items());
        lines.add("tracking_total_prefixes", call.node().tracking().prefixes());
        lines.add("unexpected_error_replies", 0);
        lines.add("total_error_replies", stats.errorReplies());
        lines.add("total_reads_processed", stats.reads());
        lines.add("total_writes_processed", stats.writes());
    }

    private static void replication(Call call, Lines lines) {
        lines.add("role", "master");
        lines.add("connected_slaves", 0);
        lines.add("master_failover_state", "no-failover");
        lines.add("master_replid", call.node().runId());
        lines.add("master_replid2", "0".repeat(40));
        lines.add("master_repl_offset", 0);
        lines.add("second_repl_offset", -1);
        lines.add("repl_backlog_active", 0);
        lines.add("repl_backlog_size", call.node().config().number("repl-backlog-size"));
        lines.add("repl_backlog_first_byte_offset", 0);
        lines.add("repl_backlog_histlen", 0);
    }

    private static void processor(Call call, Lines lines) {
        Machine.ProcessorTime time = Machine.processorTime();
        lines.add("used_cpu_sys", "%.6f", time.system());
        lines.add("used_cpu_user", "%.6f", time.user());
        lines.add("used_cpu_sys_children", "%.6f", 0.0);
        lines.add("used_cpu_user_children", "%.6f", 0.0);
    }

    private static void commandStats(Call call, Lines lines) {
        call.node().stats().commands().forEach((name, stats) -> {
            long micros = stats.nanos() / 1000;
            lines.add("cmdstat_" + name, "calls=%d,usec=%d,usec_per_call=%.2f,rejected_calls=%d,failed_calls=%d",
                    stats.calls(), micros, stats.calls() == 0 ? 0.0 : (double) micros / stats.calls(),
                    stats.rejectedCalls(), stats.failedCalls());
        });
    }

    private static void errorStats(Call call, Lines lines) {
        call.node().stats().errors().forEach((code, count) -> lines.add("errorstat_" + code, "count=" + count));
    }

    private static void latencyStats(Call call, Lines lines) {
        if (!call.node().config().flag(Config.LATENCY_TRACKING)) {
            return;
        }
        List<Double> percentiles = call.node().config().latencyPercentiles();
        call.node().stats().commands().forEach((name, stats) -> {
            LatencyHistogram histogram = stats.histogram();
            if (histogram == null) {
                return;
            }
            StringBuilder line = new StringBuilder();
            for (double percentile : percentiles) {
                line.append(line.length() == 0 ? "p" : ",p").append(withoutZeros(percentile))
                        .append(String.format(Locale.ROOT, "=%.3f", histogram.percentile(percentile) / 1000.0));
            }
            lines.add("latency_percentiles_usec_" + name, line);
        });
    }

    private static String withoutZeros(double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }

    private static void respql(Call call, Lines lines) {
        Stats stats = call.node().stats();
        Database database = call.node().database();
        long batches = stats.batches();
        lines.add("database", database.description());
        lines.add("database_location", database.location());
        lines.addBytes("database_size", database.sizeBytes());
        lines.add("durability", database.durability().parameter());
        lines.add("lanes", call.node().laneCount());
        lines.add("batches", batches);
        lines.add("batch_calls_mean", "%.2f", mean(stats.batchedCalls(), batches));
        lines.add("batch_calls_max", stats.largestBatch());
        lines.add("batch_prefetch_usec_mean", "%.1f", mean(stats.prefetchNanos() / 1000, batches));
        lines.add("batch_flush_usec_mean", "%.1f", mean(stats.flushNanos() / 1000, batches));
        lines.add("batch_commit_usec_mean", "%.1f", mean(stats.commitNanos() / 1000, batches));
        lines.add("batch_prefetch_usec", stats.prefetchNanos() / 1000);
        lines.add("batch_flush_usec", stats.flushNanos() / 1000);
        lines.add("batch_commit_usec", stats.commitNanos() / 1000);
        lines.add("batch_retries", stats.retries());
        lines.add("batch_splits", stats.splits());
        lines.add("batch_unknown_outcomes", stats.unknownOutcomes());
        lines.add("statements", database.counters().statements());
        lines.add("statement_rows", database.counters().rows());
        lines.add("exchanges", database.counters().exchanges());
        lines.add("cache_hits", call.node().cacheHits());
        lines.add("cache_misses", call.node().cacheMisses());
    }

    private static double mean(long sum, long count) {
        return count == 0 ? 0 : (double) sum / count;
    }

    private static void keyspace(Call call, Lines lines) {
        call.tx().keys().counts().forEach((db, counts) -> lines.add("db" + db, "keys=%d,expires=%d,avg_ttl=%d",
                counts.keys(), counts.expiring(), counts.averageTtl()));
    }
}
