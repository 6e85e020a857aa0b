package dev.respql.command.server;

import static dev.respql.command.Flag.READONLY;
import static dev.respql.command.KeySpec.KeyFlag.RO;

import dev.respql.command.Command;
import dev.respql.command.CommandException;
import dev.respql.command.Group;
import dev.respql.command.Help;
import dev.respql.command.Hint;
import dev.respql.command.KeySpec;
import dev.respql.engine.Call;
import dev.respql.engine.Client;
import dev.respql.engine.Stats;
import dev.respql.protocol.Reply;
import dev.respql.store.KeyName;
import dev.respql.store.Keys;
import dev.respql.store.ValueSizes;
import dev.respql.value.Bytes;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryUsage;
import java.util.ArrayList;
import java.util.List;

/**
 * MEMORY: what keys take in the database, and what the server takes in memory. The data is not in memory, so the two
 * have nothing to do with each other.
 */
public final class MemoryCommands {
    private static final String UNORDERED = "nondeterministic_output";
    private static final String ALL_SHARDS = "request_policy:all_shards";
    private static final long DEFAULT_SAMPLES = 5;
    private static final double FULL = 0.9;

    private MemoryCommands() {
    }

    public static List<Command> all() {
        return List.of(Command.named("memory").group(Group.SERVER).arity(-2)
                .summary("Tells what keys take in the database, and the server in memory.")
                .since("4.0.0").complexity("Depends on the subcommand.")
                .subcommand(define("doctor").arity(2).tips(UNORDERED, ALL_SHARDS, "response_policy:special")
                        .hint(Hint.NOTHING)
                        .summary("Returns a report for people on the server's memory.")
                        .complexity("O(1)"),
                        MemoryCommands::doctor)
                .subcommand(define("malloc-stats").arity(2).tips(UNORDERED, ALL_SHARDS, "response_policy:special")
                        .hint(Hint.NOTHING)
                        .summary("Returns what the Java virtual machine tells of its memory.")
                        .complexity("O(1)"), call ->
                        text(pools()))
                .subcommand(define("purge").arity(2).tips(ALL_SHARDS, "response_policy:all_succeeded")
                        .hint(Hint.NOTHING)
                        .summary("Asks the Java virtual machine to free what is no longer used.")
                        .complexity("Depends on how much memory is in use."), call -> {
                            System.gc();
                            return Reply.OK;
                        })
                .subcommand(define("stats").arity(2).tips(UNORDERED, ALL_SHARDS, "response_policy:special")
                        .summary("Returns figures of the server's memory and of the database.")
                        .complexity("O(N) where N is the number of keys."),
                        MemoryCommands::stats)
                .subcommand(define("usage").arity(-3).flags(READONLY).keys(KeySpec.at(2, RO))
                        .summary("Returns how many bytes a key takes in the database, about. Of a collection five"
                                + " elements are looked at if not told how many, all for 0.")
                        .complexity("O(N) where N is the number of samples.").syntax("key [SAMPLES count]"),
                        MemoryCommands::usage)
                .subcommand(Help.since("4.0.0", Group.SERVER), Help::reply)
                .container());
    }

    private static Command.Builder define(String name) {
        return Command.named(name).group(Group.SERVER).since("4.0.0");
    }

    /** What the rows of the key take, which is not what Redis would need for the same value. */
    private static Reply usage(Call call) {
        long samples = DEFAULT_SAMPLES;
        for (int i = 3; i < call.count(); i += 2) {
            if (!call.is(i, "SAMPLES") || i + 1 == call.count()) {
                throw CommandException.syntax();
            }
            samples = call.number(i + 1);
            if (samples < 0) {
                throw CommandException.syntax();
            }
        }
        KeyName key = call.key(2);
        return call.tx().keys().exists(key) ? Reply.integer(new ValueSizes(call.tx()).bytes(key, samples)) : Reply.NULL;
    }

    /** In Redis's names, as far as there is something that they are true of. */
    private static Reply stats(Call call) {
        long used = Stats.usedMemory();
        long peak = call.node().stats().peakMemory();
        long resident = Machine.residentBytes();
        long dataset = call.node().database().sizeBytes();
        long requests = call.node().clients().stream().mapToLong(Client::queuedBytes).sum();
        List<Reply> entries = new ArrayList<>();
        add(entries, "peak.allocated", Reply.integer(peak));
        add(entries, "total.allocated", Reply.integer(used));
        add(entries, "replication.backlog", Reply.ZERO);
        add(entries, "clients.slaves", Reply.ZERO);
        add(entries, "clients.normal", Reply.integer(requests));
        add(entries, "cluster.links", Reply.ZERO);
        add(entries, "aof.buffer", Reply.ZERO);
        add(entries, "overhead.total", Reply.integer(used));
        long keys = call.tx().keys().counts().values().stream().mapToLong(Keys.Counts::keys).sum();
        add(entries, "keys.count", Reply.integer(keys));
        add(entries, "keys.bytes-per-key", Reply.integer(keys == 0 ? 0 : dataset / keys));
        add(entries, "dataset.bytes", Reply.integer(dataset));
        add(entries, "peak.percentage", new Reply.Dbl(100.0 * used / peak));
        add(entries, "allocator.allocated", Reply.integer(used));
        add(entries, "allocator.active", Reply.integer(Runtime.getRuntime().totalMemory()));
        add(entries, "allocator.resident", Reply.integer(resident));
        add(entries, "fragmentation", new Reply.Dbl((double) resident / used));
        add(entries, "fragmentation.bytes", Reply.integer(resident - used));
        return new Reply.MapOf(entries);
    }

    private static void add(List<Reply> entries, String name, Reply value) {
        entries.add(Reply.bulk(name));
        entries.add(value);
    }

    private static Reply doctor(Call call) {
        Runtime runtime = Runtime.getRuntime();
        long used = Stats.usedMemory();
        String figures = Machine.human(used) + " of at most " + Machine.human(runtime.maxMemory()) + " of heap are in use";
        return text(used < FULL * runtime.maxMemory()
                ? "All is well: " + figures + ", what is no longer needed included. The data is in the database and takes"
                        + " none of it.\n"
                : "The heap is nearly full: " + figures + ". MEMORY PURGE frees what is no longer needed. If that does not"
                        + " help, give the Java virtual machine more (-Xmx), or look with CLIENT LIST for clients that"
                        + " send very large requests or do not read their replies.\n");
    }

    private static String pools() {
        StringBuilder text = new StringBuilder();
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            MemoryUsage usage = pool.getUsage();
            text.append(pool.getName()).append(": used ").append(usage.getUsed()).append(", committed ")
                    .append(usage.getCommitted()).append(", most ").append(usage.getMax()).append('\n');
        }
        return text.toString();
    }

    private static Reply text(String text) {
        return new Reply.Verbatim("txt", Bytes.of(text));
    }
}
