package dev.respql.command.server;

import static dev.respql.command.Flag.ADMIN;
import static dev.respql.command.Flag.LOADING;
import static dev.respql.command.Flag.NOSCRIPT;
import static dev.respql.command.Flag.STALE;

import dev.respql.command.Command;
import dev.respql.command.CommandException;
import dev.respql.command.Group;
import dev.respql.command.Help;
import dev.respql.command.Hint;
import dev.respql.config.Config;
import dev.respql.engine.Call;
import dev.respql.engine.CommandStats;
import dev.respql.engine.LatencyEvents;
import dev.respql.engine.LatencyEvents.Sample;
import dev.respql.engine.LatencyHistogram;
import dev.respql.protocol.Reply;
import dev.respql.value.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;

/** LATENCY: events that took longer than {@code latency-monitor-threshold}, and how long each command takes. */
public final class LatencyCommands {
    private static final String UNORDERED = "nondeterministic_output";
    private static final String ALL_NODES = "request_policy:all_nodes";

    private LatencyCommands() {
    }

    public static List<Command> all() {
        return List.of(Command.named("latency").group(Group.SERVER).arity(-2)
                .summary("Shows what took long, and how long commands take.")
                .since("2.8.13").complexity("Depends on the subcommand.")
                .subcommand(define("doctor").arity(2).tips(UNORDERED, ALL_NODES, "response_policy:special")
                        .summary("Returns a report for people on what took long.")
                        .since("2.8.13").complexity("O(1)"),
                        LatencyCommands::doctor)
                .subcommand(define("graph").arity(3).tips(UNORDERED, ALL_NODES, "response_policy:special")
                        .summary("Returns the samples of an event as a picture.")
                        .since("2.8.13").complexity("O(1)").syntax("event"),
                        LatencyCommands::graph)
                .subcommand(define("histogram").arity(-2).tips(UNORDERED, ALL_NODES, "response_policy:special")
                        .summary("Returns how many calls of each command took at most how many microseconds.")
                        .since("7.0.0").complexity("O(N) where N is the number of commands.")
                        .syntax("[command ...]"),
                        LatencyCommands::histogram)
                .subcommand(define("history").arity(3).tips(UNORDERED, ALL_NODES, "response_policy:special")
                        .summary("Returns the samples of an event: times, and milliseconds.")
                        .since("2.8.13").complexity("O(1)").syntax("event"),
                        LatencyCommands::history)
                .subcommand(define("latest").arity(2).tips(UNORDERED, ALL_NODES, "response_policy:special")
                        .summary("Returns the latest sample of each event: its name, when, how many milliseconds then,"
                                + " and at most.")
                        .since("2.8.13").complexity("O(1)"),
                        LatencyCommands::latest)
                .subcommand(define("reset").arity(-2).tips(ALL_NODES, "response_policy:all_succeeded")
                        .summary("Forgets the named events, or all.")
                        .since("2.8.13").complexity("O(1)").syntax("[event ...]"),
                        LatencyCommands::reset)
                .subcommand(Help.since("2.8.13", Group.SERVER), Help::reply)
                .container());
    }

    private static Command.Builder define(String name) {
        return Command.named(name).group(Group.SERVER).flags(ADMIN, NOSCRIPT, LOADING, STALE).hint(Hint.NOTHING);
    }

    private static Reply latest(Call call) {
        List<Reply> events = new ArrayList<>();
        for (LatencyEvents.History history : call.node().latencyEvents().all()) {
            events.add(Reply.array(Reply.bulk(history.event()), Reply.integer(history.latest().time()),
                    Reply.integer(history.latest().millis()), Reply.integer(history.maxMillis())));
        }
        return new Reply.Array(events);
    }

    private static Reply history(Call call) {
        LatencyEvents.History history = call.node().latencyEvents().of(call.text(2));
        List<Reply> samples = new ArrayList<>();
        if (history != null) {
            for (Sample sample : history.samples()) {
                samples.add(Reply.array(Reply.integer(sample.time()), Reply.integer(sample.millis())));
            }
        }
        return new Reply.Array(samples);
    }

    private static Reply reset(Call call) {
        LatencyEvents events = call.node().latencyEvents();
        if (call.count() == 2) {
            return Reply.integer(events.forgetAll());
        }
        List<String> names = new ArrayList<>();
        for (int i = 2; i < call.count(); i++) {
            names.add(call.text(i));
        }
        return Reply.integer(events.forget(names));
    }

    private static Reply histogram(Call call) {
        List<Reply> entries = new ArrayList<>();
        if (call.count() == 2) {
            CommandCommands.withSubcommands(call.node().commands()).forEach(command -> add(call, command, entries));
        }
        for (int i = 2; i < call.count(); i++) {
            Command command = call.node().commands().findByFullName(call.text(i));
            if (command != null) {
                add(call, command, entries);
                command.subcommands().values().forEach(subcommand -> add(call, subcommand, entries));
            }
        }
        return new Reply.MapOf(entries);
    }

    private static void add(Call call, Command command, List<Reply> entries) {
        CommandStats stats = call.node().stats().command(command);
        LatencyHistogram histogram = stats == null ? null : stats.histogram();
        if (histogram == null) {
            return;
        }
        List<Reply> steps = new ArrayList<>();
        histogram.cumulative((micros, calls) -> {
            steps.add(Reply.integer(micros));
            steps.add(Reply.integer(calls));
        });
        entries.add(Reply.bulk(command.fullName()));
        entries.add(new Reply.MapOf(List.of(Reply.bulk("calls"), Reply.integer(histogram.count()),
                Reply.bulk("histogram_usec"), new Reply.MapOf(steps))));
    }

    private static Reply graph(Call call) {
        LatencyEvents.History history = call.node().latencyEvents().of(call.text(2));
        if (history == null) {
            throw new CommandException("ERR No samples available for event '" + call.text(2) + "'");
        }
        return text(LatencyGraph.draw(history, System.currentTimeMillis() / 1000));
    }

    private static Reply doctor(Call call) {
        long threshold = call.node().config().number(Config.LATENCY_MONITOR_THRESHOLD);
        if (threshold == 0) {
            return text("Nothing is watched: latency-monitor-threshold is 0. Set it to the milliseconds from which on"
                    + " something counts as slow, as in CONFIG SET latency-monitor-threshold 100.\n");
        }
        List<LatencyEvents.History> events = call.node().latencyEvents().all();
        if (events.isEmpty()) {
            return text("Nothing has taken " + threshold + " ms or longer.\n");
        }
        StringBuilder report = new StringBuilder("What took " + threshold + " ms or longer:\n\n");
        for (LatencyEvents.History event : events) {
            LongSummaryStatistics millis = event.samples().stream().mapToLong(Sample::millis).summaryStatistics();
            report.append(event.event()).append(": in ").append(millis.getCount())
                    .append(" different seconds, ").append(Math.round(millis.getAverage()))
                    .append(" ms on average, ").append(event.maxMillis()).append(" ms at most. ")
                    .append(advice(event.event())).append('\n');
        }
        return text(report.toString());
    }

    private static String advice(String event) {
        return event.equals(LatencyEvents.COMMIT)
                ? "Commits wait for the disk or for the database server: see how fast its storage is, whether something"
                        + " else is using it, and whether a weaker durability would do."
                : "SLOWLOG GET shows which commands these were. The time of a command includes its share of what the"
                        + " database did for all commands that ran with it.";
    }

    private static Reply text(String text) {
        return new Reply.Verbatim("txt", Bytes.of(text));
    }
}
