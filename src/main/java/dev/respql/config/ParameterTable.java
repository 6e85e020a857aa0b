package dev.respql.config;

import static dev.respql.config.Definition.Trait.EFFECTIVE;
import static dev.respql.config.Definition.Trait.HIDDEN;
import static dev.respql.config.Definition.Trait.IMMUTABLE;
import static dev.respql.config.Definition.Trait.ONCE;
import static dev.respql.config.Definition.Trait.PROTECTED;
import static dev.respql.config.Definition.Trait.SECRET;
import static dev.respql.config.Definition.define;
import static dev.respql.config.Kind.choice;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Every parameter: respql's own, then those of Redis 7.2 by what they are about. To add one, add a line here.
 * Redis's names, limits, defaults and what can be set at run time were read off redis-server 7.0 and its release notes
 * up to 7.2. Defaults differ only where respql cannot do otherwise: port, bind and dir.
 */
final class ParameterTable {
    private static final long INT = Integer.MAX_VALUE;
    private static final long LONG = Long.MAX_VALUE;
    private static final long UNSIGNED = -1;
    private static final long MB = 1 << 20;

    private static final Kind FLAG = new Kind.Flag();
    private static final Kind NUMBER = whole(0, INT);
    private static final Kind LARGE = whole(0, LONG);
    private static final Kind PORT = whole(0, 65535);
    private static final Kind BYTES = memory(0, LONG);
    private static final Kind TEXT = new Kind.Text(text -> null);
    private static final Kind SHUTDOWN = new Kind.ShutdownOptions();
    private static final Kind ACCESS = choice("no", "yes", "local");

    static final List<Definition> ALL = List.of(
            // Respql's own
            define("url", new Kind.Text(ParameterTable::databaseUrl), "",
                    "database to keep the data in; empty: SQLite in the data directory", EFFECTIVE, IMMUTABLE, SECRET),
            define("backend", optional("sqlite", "postgresql", "memory"), "",
                    "kind of database; empty: what the url says, else sqlite", EFFECTIVE, IMMUTABLE),
            define("backend-option", new Kind.NamedOptions(), "",
                    "NAME=VALUE for the database: an SQLite pragma, or a property of the PostgreSQL driver or the pool",
                    EFFECTIVE, IMMUTABLE, SECRET),
            define("durability", optional("always", "everysec", "no"), "",
                    "what a reply to a write promises; empty: everysec on SQLite, always on PostgreSQL",
                    EFFECTIVE, IMMUTABLE),
            define("lanes", whole(0, 1024), "0",
                    "database connections that run commands; 0: respql chooses", EFFECTIVE, IMMUTABLE),
            define("debug", FLAG, "no", "log in detail", EFFECTIVE, IMMUTABLE),
            define("flushall", FLAG, "no", "empty all databases at this start", EFFECTIVE, IMMUTABLE, ONCE),
            define("readonly", FLAG, "no", "refuse commands that write", EFFECTIVE, IMMUTABLE),

            // Network
            define("bind", new Kind.Words(1, 16, "bind takes one to 16 addresses"), "127.0.0.1",
                    "addresses to listen on, separated by blanks", EFFECTIVE, IMMUTABLE),
            define("bind-source-addr", TEXT, "", "address that outgoing connections come from"),
            define("port", PORT, "6377", "TCP port to listen on; 0: any free one", EFFECTIVE, IMMUTABLE),
            define("protected-mode", FLAG, "yes", "refuse other machines while there is no password", EFFECTIVE),
            define("tcp-backlog", NUMBER, "511", "connections that may wait to be accepted", IMMUTABLE),
            define("tcp-keepalive", NUMBER, "300",
                    "seconds of silence after which a client is probed; 0: never", EFFECTIVE),
            define("timeout", NUMBER, "0", "seconds after which an idle client is disconnected; 0: never", EFFECTIVE),
            define("maxclients", whole(1, 4294967295L), "10000", "clients that may be connected at once", EFFECTIVE),
            define("socket-mark-id", whole(0, 4294967295L), "0", "mark of the system on each socket", IMMUTABLE),
            define("unixsocket", TEXT, "", "path of a Unix socket to listen on", IMMUTABLE),
            define("unixsocketperm", new Kind.Permissions(), "0", "permissions of the Unix socket", IMMUTABLE),
            define("io-threads", whole(1, 128), "1", "threads for the network", IMMUTABLE),
            define("io-threads-do-reads", FLAG, "no", "let those threads read as well", IMMUTABLE),

            // Protocol and clients
            define("proto-max-bulk-len", memory(MB, LONG), "512mb", "largest argument a client may send", EFFECTIVE),
            define("client-query-buffer-limit", memory(MB, LONG), "1gb",
                    "unread bytes of one client's request at which it is cut off", EFFECTIVE),
            define("client-output-buffer-limit", new Kind.BufferLimits(),
                    "normal 0 0 0 slave 256mb 64mb 60 pubsub 32mb 8mb 60",
                    "unsent bytes of replies at which a client is cut off: kind, hard, soft, seconds above soft",
                    EFFECTIVE),
            define("maxmemory-clients", new Kind.MemoryOrPercent(), "0",
                    "memory of all clients together at which the largest is cut off; 0: no limit"),
            define("tracking-table-max-keys", LARGE, "1000000", "keys that are tracked for client-side caches; 0: as memory allows",
                    EFFECTIVE),

            // TLS
            define("tls-port", PORT, "0", "port to listen on with TLS"),
            define("tls-cert-file", TEXT, "", "the server's certificate"),
            define("tls-key-file", TEXT, "", "the certificate's private key"),
            define("tls-key-file-pass", TEXT, "", "password of the private key", SECRET),
            define("tls-client-cert-file", TEXT, "", "certificate for outgoing connections"),
            define("tls-client-key-file", TEXT, "", "private key for outgoing connections"),
            define("tls-client-key-file-pass", TEXT, "", "password of that key", SECRET),
            define("tls-dh-params-file", TEXT, "", "Diffie-Hellman parameters"),
            define("tls-ca-cert-file", TEXT, "", "trusted certificates, as one file"),
            define("tls-ca-cert-dir", TEXT, "", "trusted certificates, as a directory"),
            define("tls-auth-clients", choice("no", "yes", "optional"), "yes", "whether clients need a certificate"),
            define("tls-replication", FLAG, "no", "TLS between master and replica"),
            define("tls-cluster", FLAG, "no", "TLS between nodes of a cluster"),
            define("tls-protocols", TEXT, "", "TLS versions to accept"),
            define("tls-ciphers", TEXT, "", "ciphers up to TLS 1.2"),
            define("tls-ciphersuites", TEXT, "", "ciphers of TLS 1.3"),
            define("tls-prefer-server-ciphers", FLAG, "no", "let the server choose the cipher"),
            define("tls-session-caching", FLAG, "yes", "let clients resume a TLS session"),
            define("tls-session-cache-size", NUMBER, "20480", "TLS sessions to remember"),
            define("tls-session-cache-timeout", NUMBER, "300", "seconds to remember a TLS session"),

            // Security
            define("requirepass", TEXT, "", "password that clients must give; empty: none", EFFECTIVE, SECRET),
            define("aclfile", TEXT, "", "file with users and their rights", IMMUTABLE),
            define("acl-pubsub-default", choice("allchannels", "resetchannels"), "resetchannels",
                    "channels that a new user may use"),
            define("acllog-max-len", LARGE, "128", "entries that ACL LOG keeps"),
            define("enable-protected-configs", ACCESS, "no", "let protected parameters be set", IMMUTABLE),
            define("enable-debug-command", ACCESS, "no", "allow the DEBUG command", EFFECTIVE, IMMUTABLE),
            define("enable-module-command", ACCESS, "no", "allow the MODULE command", IMMUTABLE),

            // The process
            define("daemonize", FLAG, "no", "run in the background", IMMUTABLE),
            define("supervised", choice("upstart", "systemd", "auto", "no"), "no",
                    "tell a supervisor when the server is ready", IMMUTABLE),
            define("pidfile", TEXT, "", "file for the process id", IMMUTABLE),
            define("loglevel", choice("debug", "verbose", "notice", "warning", "nothing"), "notice",
                    "how much is logged", EFFECTIVE),
            define("logfile", TEXT, "", "file to log to; empty: standard output", IMMUTABLE),
            define("syslog-enabled", FLAG, "no", "log to syslog", IMMUTABLE),
            define("syslog-ident", TEXT, "redis", "name in syslog", IMMUTABLE),
            define("syslog-facility", choice("user", "local0", "local1", "local2", "local3", "local4", "local5",
                    "local6", "local7"), "local0", "facility in syslog", IMMUTABLE),
            define("crash-log-enabled", FLAG, "yes", "log the state of the process when it crashes"),
            define("crash-memcheck-enabled", FLAG, "yes", "check the memory when the process crashes"),
            define("use-exit-on-panic", FLAG, "no", "exit instead of abort after an inner error", HIDDEN),
            define("watchdog-period", NUMBER, "0", "milliseconds without progress that are logged", HIDDEN),
            define("always-show-logo", FLAG, "no", "show a logo in the log at start", IMMUTABLE),
            define("set-proc-title", FLAG, "yes", "set the title of the process", IMMUTABLE),
            define("proc-title-template", new Kind.Text(ParameterTable::processTitle),
                    "{title} {listen-addr} {server-mode}", "how to build that title"),
            define("locale-collate", new Kind.Text(ParameterTable::locale), "", "locale to sort texts by"),
            define("shutdown-timeout", NUMBER, "10", "seconds to wait for replicas when shutting down"),
            define("shutdown-on-sigint", SHUTDOWN, "default", "what to do on SIGINT"),
            define("shutdown-on-sigterm", SHUTDOWN, "default", "what to do on SIGTERM"),
            define("disable-thp", FLAG, "yes", "turn transparent huge pages off", IMMUTABLE),
            define("oom-score-adj", new Kind.Choice(List.of("no", "yes", "relative", "absolute"),
                    Map.of("relative", "yes"), false), "no", "set the system's out-of-memory scores"),
            define("oom-score-adj-values", new Kind.OomScores(), "0 200 800", "which scores to set"),
            define("server_cpulist", TEXT, "", "processors for the server", IMMUTABLE),
            define("bio_cpulist", TEXT, "", "processors for background threads", IMMUTABLE),
            define("aof_rewrite_cpulist", TEXT, "", "processors for rewriting the append-only file", IMMUTABLE),
            define("bgsave_cpulist", TEXT, "", "processors for writing snapshots", IMMUTABLE),
            define("ignore-warnings", TEXT, "", "warnings about the system to leave out"),
            define("hz", new Kind.Whole(0, INT, hz -> Math.max(1, Math.min(500, hz))), "10",
                    "rounds of background work a second", EFFECTIVE),
            define("dynamic-hz", FLAG, "yes", "more rounds when there are many clients"),
            define("jemalloc-bg-thread", FLAG, "yes", "let the allocator work in the background"),

            // Keys and databases
            define("databases", whole(1, INT), "16", "databases that SELECT can choose from", EFFECTIVE, IMMUTABLE),
            define("active-expire-effort", whole(1, 10), "1",
                    "how hard to look for expired keys, from 1 to 10", EFFECTIVE),
            define("notify-keyspace-events", new Kind.EventClasses(), "",
                    "classes of keyspace events to publish", EFFECTIVE),
            define("maxmemory", memory(0, UNSIGNED), "0", "memory for data; 0: no limit"),
            define("maxmemory-policy", choice("volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl",
                    "allkeys-lru", "allkeys-lfu", "allkeys-random", "noeviction"), "noeviction",
                    "which keys go when memory is full"),
            define("maxmemory-samples", whole(1, INT), "5", "keys to look at before one is evicted"),
            define("maxmemory-eviction-tenacity", whole(0, 100), "10", "how long to go on evicting at a time"),
            define("lfu-log-factor", NUMBER, "10", "how slowly the counter of accesses grows"),
            define("lfu-decay-time", NUMBER, "1", "minutes after which that counter falls"),
            define("lazyfree-lazy-eviction", FLAG, "no", "free evicted values in the background"),
            define("lazyfree-lazy-expire", FLAG, "no", "free expired values in the background"),
            define("lazyfree-lazy-server-del", FLAG, "no", "free overwritten values in the background"),
            define("lazyfree-lazy-user-del", FLAG, "no", "let DEL work as UNLINK"),
            define("lazyfree-lazy-user-flush", FLAG, "no", "let FLUSHDB and FLUSHALL work as with ASYNC"),
            define("activerehashing", FLAG, "yes", "rehash tables in idle time"),
            define("activedefrag", FLAG, "no", "defragment memory while running"),
            define("active-defrag-ignore-bytes", memory(1, LONG), "100mb", "waste below which nothing is done"),
            define("active-defrag-threshold-lower", whole(0, 1000), "10", "percentage of waste to start at"),
            define("active-defrag-threshold-upper", whole(0, 1000), "100", "percentage of waste for full effort"),
            define("active-defrag-cycle-min", whole(1, 99), "1", "least effort, in percent of processor time"),
            define("active-defrag-cycle-max", whole(1, 99), "25", "most effort, in percent of processor time"),
            define("active-defrag-max-scan-fields", whole(1, LONG), "1000", "elements to handle at a time"),

            // Thresholds that OBJECT ENCODING goes by
            define("hash-max-listpack-entries", LARGE, "512", "fields of a hash that is a listpack", EFFECTIVE)
                    .alias("hash-max-ziplist-entries"),
            define("hash-max-listpack-value", BYTES, "64", "longest field or value in such a hash", EFFECTIVE)
                    .alias("hash-max-ziplist-value"),
            define("list-max-listpack-size", whole(Integer.MIN_VALUE, INT), "-2",
                    "elements of a list that is a listpack; -1 to -5: 4, 8, 16, 32, 64 kB", EFFECTIVE)
                    .alias("list-max-ziplist-size"),
            define("list-compress-depth", NUMBER, "0", "nodes at each end of a list that are not compressed"),
            define("set-max-intset-entries", LARGE, "512", "members of a set that is an intset", EFFECTIVE),
            define("set-max-listpack-entries", LARGE, "128", "members of a set that is a listpack", EFFECTIVE),
            define("set-max-listpack-value", BYTES, "64", "longest member of such a set", EFFECTIVE),
            define("zset-max-listpack-entries", LARGE, "128", "members of a sorted set that is a listpack", EFFECTIVE)
                    .alias("zset-max-ziplist-entries"),
            define("zset-max-listpack-value", BYTES, "64", "longest member of such a sorted set", EFFECTIVE)
                    .alias("zset-max-ziplist-value"),
            define("hll-sparse-max-bytes", BYTES, "3000", "size at which a HyperLogLog becomes dense"),
            define("stream-node-max-bytes", BYTES, "4096", "bytes in a node of a stream"),
            define("stream-node-max-entries", LARGE, "100", "entries in a node of a stream"),
            define("sanitize-dump-payload", choice("no", "yes", "clients"), "no",
                    "check the payload of RESTORE in depth"),

            // Observation
            define("slowlog-log-slower-than", whole(-1, LONG), "10000",
                    "microseconds from which a command is logged as slow; -1: none is", EFFECTIVE),
            define("slowlog-max-len", LARGE, "128", "entries that the slow log keeps", EFFECTIVE),
            define("latency-monitor-threshold", LARGE, "0",
                    "milliseconds from which LATENCY records an event; 0: never", EFFECTIVE),
            define("latency-tracking", FLAG, "yes", "keep latencies of each command", EFFECTIVE),
            define("latency-tracking-info-percentiles", new Kind.Percentiles(), "50 99 99.9",
                    "percentiles that INFO latencystats shows", EFFECTIVE),

            // Scripts
            define("busy-reply-threshold", LARGE, "5000",
                    "milliseconds after which other clients are told that a script is busy", EFFECTIVE)
                    .alias("lua-time-limit"),
            define("lua-enable-deprecated-api", FLAG, "no", "offer what scripts should no longer use",
                    HIDDEN, IMMUTABLE),

            // Redis's files
            define("dir", new Kind.Text(ParameterTable::directory), "data",
                    "directory of the SQLite database", EFFECTIVE, PROTECTED),
            define("dbfilename", new Kind.Text(text -> fileName(text, "dbfilename", "filename", true)), "dump.rdb",
                    "name of the snapshot", PROTECTED),
            define("save", new Kind.SavePoints(), "3600 1 300 100 60 10000",
                    "seconds and changes after which a snapshot is written"),
            define("stop-writes-on-bgsave-error", FLAG, "yes", "refuse writes after a failed snapshot"),
            define("rdbcompression", FLAG, "yes", "compress snapshots"),
            define("rdbchecksum", FLAG, "yes", "end snapshots with a checksum", IMMUTABLE),
            define("rdb-del-sync-files", FLAG, "no", "delete snapshots made for replicas"),
            define("rdb-save-incremental-fsync", FLAG, "yes", "bring snapshots to the disk bit by bit"),
            define("rdb-key-save-delay", whole(Integer.MIN_VALUE, INT), "0", "slow snapshots down, for tests", HIDDEN),
            define("key-load-delay", whole(Integer.MIN_VALUE, INT), "0", "slow loading down, for tests", HIDDEN),
            define("loading-process-events-interval-bytes", whole(1024, INT), "2097152",
                    "bytes to load between looks at the network", HIDDEN),
            define("appendonly", FLAG, "no", "keep an append-only file"),
            define("appendfilename", new Kind.Text(text -> fileName(text, "appendfilename", "filename", false)),
                    "appendonly.aof", "name of the append-only file", IMMUTABLE),
            define("appenddirname", new Kind.Text(text -> fileName(text, "appenddirname", "dirname", false)),
                    "appendonlydir", "directory of the append-only file", IMMUTABLE),
            define("appendfsync", choice("everysec", "always", "no"), "everysec",
                    "when the append-only file goes to the disk"),
            define("no-appendfsync-on-rewrite", FLAG, "no", "not while something else writes much"),
            define("auto-aof-rewrite-percentage", NUMBER, "100", "growth after which the file is rewritten"),
            define("auto-aof-rewrite-min-size", BYTES, "64mb", "size below which it is not"),
            define("aof-load-truncated", FLAG, "yes", "accept an append-only file cut off at its end"),
            define("aof-use-rdb-preamble", FLAG, "yes", "begin the file with a snapshot"),
            define("aof-timestamp-enabled", FLAG, "no", "note times in the file"),
            define("aof-rewrite-incremental-fsync", FLAG, "yes", "bring a rewritten file to the disk bit by bit"),
            define("aof-disable-auto-gc", FLAG, "no", "keep append-only files no longer in use"),

            // Replication
            define("replicaof", new Kind.Words(0, 0, "respql has no replicas; several nodes can share a PostgreSQL "
                    + "database instead"), "", "host and port of the master", IMMUTABLE).alias("slaveof"),
            define("masteruser", TEXT, "", "user to give the master", SECRET),
            define("masterauth", TEXT, "", "password to give the master", SECRET),
            define("replica-serve-stale-data", FLAG, "yes", "answer while the master is away")
                    .alias("slave-serve-stale-data"),
            define("replica-read-only", FLAG, "yes", "let replicas refuse writes").alias("slave-read-only"),
            define("replica-ignore-maxmemory", FLAG, "yes", "let replicas not evict on their own")
                    .alias("slave-ignore-maxmemory"),
            define("replica-ignore-disk-write-errors", FLAG, "no", "let replicas go on after a failed write"),
            define("replica-lazy-flush", FLAG, "no", "empty replicas in the background").alias("slave-lazy-flush"),
            define("replica-priority", NUMBER, "100", "which replica becomes master first").alias("slave-priority"),
            define("replica-announced", FLAG, "yes", "let sentinels tell of the replica"),
            define("replica-announce-ip", TEXT, "", "address that a replica gives").alias("slave-announce-ip"),
            define("replica-announce-port", PORT, "0", "port that a replica gives").alias("slave-announce-port"),
            define("min-replicas-to-write", NUMBER, "0", "replicas without which writes are refused")
                    .alias("min-slaves-to-write"),
            define("min-replicas-max-lag", NUMBER, "10", "seconds by which they may be behind")
                    .alias("min-slaves-max-lag"),
            define("repl-ping-replica-period", whole(1, INT), "10", "seconds between pings to replicas")
                    .alias("repl-ping-slave-period"),
            define("repl-timeout", whole(1, INT), "60", "seconds of silence that end replication"),
            define("repl-disable-tcp-nodelay", FLAG, "no", "let packets to replicas wait for more"),
            define("repl-backlog-size", memory(1, LONG), "1mb", "writes kept for replicas that come back"),
            define("repl-backlog-ttl", LARGE, "3600", "seconds to keep them without replicas"),
            define("repl-diskless-sync", FLAG, "yes", "send snapshots without a file"),
            define("repl-diskless-sync-delay", NUMBER, "5", "seconds to wait for further replicas"),
            define("repl-diskless-sync-max-replicas", NUMBER, "0", "replicas for which not to wait longer"),
            define("repl-diskless-load", choice("disabled", "on-empty-db", "swapdb"), "disabled",
                    "how a replica loads a snapshot from the network"),
            define("propagation-error-behavior", choice("ignore", "panic", "panic-on-replicas"), "ignore",
                    "what to do when a replicated command fails"),

            // Cluster
            define("cluster-enabled", FLAG, "no", "be a node of a Redis cluster", IMMUTABLE),
            define("cluster-config-file", TEXT, "nodes.conf", "file for what a node knows", IMMUTABLE),
            define("cluster-port", PORT, "0", "port for other nodes", IMMUTABLE),
            define("cluster-node-timeout", LARGE, "15000", "milliseconds after which a node counts as gone"),
            define("cluster-announce-ip", TEXT, "", "address that the node gives"),
            define("cluster-announce-port", PORT, "0", "port that the node gives"),
            define("cluster-announce-tls-port", PORT, "0", "TLS port that the node gives"),
            define("cluster-announce-bus-port", PORT, "0", "port for other nodes that the node gives"),
            define("cluster-announce-hostname", new Kind.Text(ParameterTable::hostName), "",
                    "host name that the node gives"),
            define("cluster-announce-human-nodename", new Kind.Text(ParameterTable::nodeName), "",
                    "name of the node in logs"),
            define("cluster-preferred-endpoint-type", choice("ip", "hostname", "unknown-endpoint"), "ip",
                    "what clients are sent to"),
            define("cluster-migration-barrier", NUMBER, "1", "replicas that a master keeps"),
            define("cluster-allow-replica-migration", FLAG, "yes", "let replicas change their master"),
            define("cluster-replica-validity-factor", NUMBER, "10", "how far behind a new master may be")
                    .alias("cluster-slave-validity-factor"),
            define("cluster-replica-no-failover", FLAG, "no", "never become master")
                    .alias("cluster-slave-no-failover"),
            define("cluster-require-full-coverage", FLAG, "yes", "serve only while all slots are served"),
            define("cluster-allow-reads-when-down", FLAG, "no", "serve reads even then"),
            define("cluster-allow-pubsubshard-when-down", FLAG, "yes", "serve shard channels even then"),
            define("cluster-link-sendbuf-limit", memory(0, UNSIGNED), "0",
                    "unsent bytes to another node; 0: no limit"));

    private ParameterTable() {
    }

    private static Kind whole(long min, long max) {
        return new Kind.Whole(min, max);
    }

    private static Kind memory(long min, long max) {
        return new Kind.Memory(min, max);
    }

    private static Kind optional(String... names) {
        return new Kind.Choice(List.of(names), Map.of(), true);
    }

    private static Object databaseUrl(String text) {
        return text.isEmpty() ? null : DatabaseUrl.parse(text);
    }

    private static Object directory(String text) {
        if (text.isEmpty()) {
            throw new ConfigException("dir can't be empty");
        }
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new ConfigException("not a path");
        }
    }

    private static Object fileName(String text, String parameter, String what, boolean mayBeEmpty) {
        if (text.isEmpty() && !mayBeEmpty) {
            throw new ConfigException(parameter + " can't be empty");
        }
        if (text.indexOf('/') >= 0) {
            throw new ConfigException(parameter + " can't be a path, just a " + what);
        }
        return null;
    }

    private static Object hostName(String text) {
        if (text.length() >= 256) {
            throw new ConfigException("Hostnames must be less than 256 characters");
        }
        if (!text.matches("[A-Za-z0-9.-]*")) {
            throw new ConfigException("Hostnames may only contain alphanumeric characters, hyphens or dots");
        }
        return null;
    }

    private static Object nodeName(String text) {
        if (!text.matches("[A-Za-z0-9._-]*")) {
            throw new ConfigException("Announced human node name contained invalid character.");
        }
        return null;
    }

    private static Object locale(String text) {
        if (!text.matches("[A-Za-z0-9._@-]*")) {
            throw new ConfigException("Invalid locale name");
        }
        return null;
    }

    /** In Redis the template must give some text even where all that can be empty is: {title} and some others. */
    private static Object processTitle(String template) {
        String sample = template.replace("{{", "x").replaceAll("\\{(title|server-mode|unixsocket)}", "")
                .replaceAll("\\{(listen-addr|port|tls-port|config-file)}", "x");
        if (sample.isBlank() || sample.indexOf('{') >= 0) {
            throw new ConfigException("template format is invalid or contains unknown variables");
        }
        return null;
    }
}
