package dev.respql.command.pubsub;

import static dev.respql.command.Flag.FAST;
import static dev.respql.command.Flag.LOADING;
import static dev.respql.command.Flag.PUBSUB;
import static dev.respql.command.Flag.STALE;

import dev.respql.bus.Audience;
import dev.respql.bus.Bus;
import dev.respql.bus.Interest;
import dev.respql.command.Command;
import dev.respql.command.CommandException;
import dev.respql.command.Group;
import dev.respql.command.Help;
import dev.respql.command.KeySpec;
import dev.respql.engine.Call;
import dev.respql.protocol.Reply;
import dev.respql.value.Glob;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Commands that publish messages, and PUBSUB, which tells who listens: on all nodes that share the database. */
public final class PublishCommands {
    private PublishCommands() {
    }

    public static List<Command> all() {
        return List.of(
                publishing("publish", "channel message", false)
                        .summary("Sends a message to everyone who has subscribed to a channel.")
                        .since("2.0.0")
                        .complexity("O(N+M) where N is the number of clients subscribed to the receiving channel and M"
                                + " is the total number of subscribed patterns (by any client).")
                        .runs(call -> publish(call, false)),
                publishing("spublish", "shardchannel message", true)
                        .keys(KeySpec.at(1, KeySpec.KeyFlag.NOT_KEY))
                        .summary("Sends a message to everyone who has subscribed to a shard channel.")
                        .since("7.0.0")
                        .complexity("O(N) where N is the number of clients subscribed to the receiving shard channel.")
                        .runs(call -> publish(call, true)),
                pubsub());
    }

    private static Command.Builder publishing(String name, String syntax, boolean shard) {
        return Command.named(name).group(Group.PUBSUB).arity(3).flags(PUBSUB, LOADING, STALE, FAST).syntax(syntax)
                .hint((call, prefetch) -> {
                    Bus bus = call.node().bus();
                    if (!bus.alone()) {
                        Audience.announce(prefetch, bus, channel(call.bytes(1), shard));
                    }
                });
    }

    private static Interest channel(byte[] name, boolean shard) {
        return shard ? Interest.shardChannel(name) : Interest.channel(name);
    }

    private static Reply publish(Call call, boolean shard) {
        return Reply.integer(call.node().pubSub().publish(call, shard, call.bytes(1), call.bytes(2)));
    }

    private static Command pubsub() {
        return Command.named("pubsub").group(Group.PUBSUB).arity(-2)
                .summary("A container for commands about subscriptions.")
                .since("2.8.0").complexity("Depends on subcommand.")
                .subcommand(asking("channels", "[pattern]")
                        .summary("Lists the channels that somebody has subscribed to.")
                        .since("2.8.0").complexity("O(N) where N is the number of active channels, and assuming"
                                + " constant time pattern matching (relatively short channels and patterns)"),
                        call -> channels(call, Interest.Kind.CHANNEL))
                .subcommand(asking("numpat", "").arity(2)
                        .summary("Returns the number of different patterns that somebody has subscribed to.")
                        .since("2.8.0").complexity("O(1)"),
                        call -> Reply.integer(subscribed(call, Interest.Kind.PATTERN).size()))
                .subcommand(asking("numsub", "[channel [channel ...]]")
                        .summary("Returns the number of subscribers of channels, those by pattern not counted.")
                        .since("2.8.0").complexity("O(N) for the NUMSUB subcommand, where N is the number of requested"
                                + " channels"),
                        call -> subscribers(call, false))
                .subcommand(asking("shardchannels", "[pattern]")
                        .summary("Lists the shard channels that somebody has subscribed to.")
                        .since("7.0.0").complexity("O(N) where N is the number of active shard channels, and assuming"
                                + " constant time pattern matching (relatively short shard channels)."),
                        call -> channels(call, Interest.Kind.SHARD_CHANNEL))
                .subcommand(asking("shardnumsub", "[shardchannel [shardchannel ...]]")
                        .summary("Returns the number of subscribers of shard channels.")
                        .since("7.0.0").complexity("O(N) for the SHARDNUMSUB subcommand, where N is the number of"
                                + " requested shard channels"),
                        call -> subscribers(call, true))
                .subcommand(Help.since("6.2.0", Group.PUBSUB).withoutGroupCategory(), Help::reply)
                .container();
    }

    private static Command.Builder asking(String name, String syntax) {
        return Command.named(name).group(Group.PUBSUB).arity(-2).flags(PUBSUB, LOADING, STALE).syntax(syntax);
    }

    private static Reply channels(Call call, Interest.Kind kind) {
        if (call.count() > 3) {
            throw new CommandException("ERR unknown subcommand or wrong number of arguments for '" + call.text(1)
                    + "'. Try PUBSUB HELP.");
        }
        byte[] pattern = call.count() == 3 ? call.bytes(2) : null;
        List<byte[]> names = new ArrayList<>();
        for (Interest channel : subscribed(call, kind)) {
            byte[] name = channel.name().bytes();
            if (pattern == null || Glob.matches(pattern, name, false)) {
                names.add(name);
            }
        }
        return Reply.bulks(names);
    }

    private static Set<Interest> subscribed(Call call, Interest.Kind kind) {
        Set<Interest> all = new HashSet<>(call.node().pubSub().subscribed(kind));
        Bus bus = call.node().bus();
        if (!bus.alone()) {
            all.addAll(Audience.of(call.tx(), bus).subscribed(call.tx(), kind));
        }
        return all;
    }

    private static Reply subscribers(Call call, boolean shard) {
        List<Interest> channels = new ArrayList<>();
        for (int i = 2; i < call.count(); i++) {
            channels.add(channel(call.bytes(i), shard));
        }
        Bus bus = call.node().bus();
        Audience others = bus.alone() || channels.isEmpty() ? null : Audience.of(call.tx(), bus);
        if (others != null) {
            others.read(call.tx(), channels);
        }
        List<Reply> counts = new ArrayList<>();
        for (Interest channel : channels) {
            counts.add(Reply.bulk(channel.name().bytes()));
            counts.add(Reply.integer(call.node().pubSub().clients(channel)
                    + (others == null ? 0 : others.subscribers(channel))));
        }
        return new Reply.Array(counts);
    }
}
