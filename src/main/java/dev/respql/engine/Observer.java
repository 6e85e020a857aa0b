package dev.respql.engine;

import dev.respql.command.Command;
import dev.respql.command.Flag;
import dev.respql.config.Config;
import dev.respql.config.Parameter;
import dev.respql.protocol.Reply;
import java.util.List;
import java.util.function.Consumer;

/** Watches what a node's lanes do: counts it, keeps what was slow, shows it to monitors. For all threads. */
final class Observer {
    private final Config config;
    private final Stats stats = new Stats();
    private final SlowLog slowLog = new SlowLog();
    private final LatencyEvents latencyEvents = new LatencyEvents();
    private final Monitors monitors;
    private final Parameter latencyTracking;
    private final Parameter latencyThreshold;
    private final Parameter slowerThan;
    private final Parameter slowLogLength;

    /** @param kill how to close a client's connection */
    Observer(Config config, Consumer<Client> kill) {
        this.config = config;
        this.monitors = new Monitors(config, kill);
        this.latencyTracking = config.parameter(Config.LATENCY_TRACKING);
        this.latencyThreshold = config.parameter(Config.LATENCY_MONITOR_THRESHOLD);
        this.slowerThan = config.parameter(Config.SLOWLOG_LOG_SLOWER_THAN);
        this.slowLogLength = config.parameter(Config.SLOWLOG_MAX_LEN);
        config.onChange(Config.SLOWLOG_MAX_LEN, changed -> slowLog.trim(changed.number()));
    }

    Stats stats() {
        return stats;
    }

    SlowLog slowLog() {
        return slowLog;
    }

    LatencyEvents latencyEvents() {
        return latencyEvents;
    }

    Monitors monitors() {
        return monitors;
    }

    /** A batch has been committed; every call bears an equal share of what the database took for it. */
    void ran(List<Call> calls, long prefetchNanos, long flushNanos, long commitNanos) {
        if (calls.isEmpty()) {
            return;
        }
        stats.batch(calls.size(), prefetchNanos, flushNanos, commitNanos);
        long share = (prefetchNanos + flushNanos + commitNanos) / calls.size();
        for (Call call : calls) {
            ran(call, share);
        }
        long threshold = latencyThreshold.number();
        if (threshold > 0 && commitNanos >= threshold * 1_000_000) {
            latencyEvents.add(LatencyEvents.COMMIT, commitNanos / 1_000_000);
        }
    }

    /** A call has its reply. */
    void ran(Call call, long shareNanos) {
        Command command = call.command();
        long nanos = call.nanos() + shareNanos;
        boolean failed = call.reply() instanceof Reply.Error;
        if (failed) {
            stats.error(code(call));
        }
        stats.ran(command, nanos, failed, latencyTracking.flag());
        long slow = slowerThan.number();
        if (slow >= 0 && nanos / 1000 >= slow && !command.is(Flag.SKIP_SLOWLOG)) {
            slowLog.add(Secrets.hide(command, call.arguments(), config), call.client(), nanos / 1000,
                    slowLogLength.number());
        }
        long threshold = latencyThreshold.number();
        if (threshold > 0 && nanos / 1_000_000 >= threshold) {
            latencyEvents.add(command.is(Flag.FAST) ? LatencyEvents.FAST_COMMAND : LatencyEvents.COMMAND,
                    nanos / 1_000_000);
        }
    }

    /** A request was refused before it ran; {@code command} is null where there is no such command. */
    void rejected(Command command, Call call) {
        stats.error(code(call));
        if (command != null) {
            stats.rejected(command);
        }
    }

    private static String code(Call call) {
        String error = ((Reply.Error) call.reply()).text();
        int end = error.indexOf(' ');
        return end < 0 ? error : error.substring(0, end);
    }
}
