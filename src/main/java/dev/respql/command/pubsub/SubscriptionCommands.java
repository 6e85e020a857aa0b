package dev.respql.command.pubsub;

import static dev.respql.command.Flag.LOADING;
import static dev.respql.command.Flag.NOSCRIPT;
import static dev.respql.command.Flag.PUBSUB;
import static dev.respql.command.Flag.STALE;

import dev.respql.bus.Interest;
import dev.respql.command.Command;
import dev.respql.command.Group;
import dev.respql.command.Hint;
import dev.respql.command.KeySpec;
import dev.respql.engine.Call;
import dev.respql.engine.PubSub;
import dev.respql.engine.Subscriptions;
import dev.respql.protocol.Reply;
import java.util.ArrayList;
import java.util.List;

/** Commands that begin and end subscriptions. Each channel is confirmed by a message of its own. */
public final class SubscriptionCommands {
    private SubscriptionCommands() {
    }

    public static List<Command> all() {
        return List.of(
                subscribing("subscribe", "channel [channel ...]")
                        .summary("Subscribes to channels.")
                        .since("2.0.0").complexity("O(N) where N is the number of channels to subscribe to.")
                        .runs(call -> subscribe(call, Interest.Kind.CHANNEL)),
                subscribing("psubscribe", "pattern [pattern ...]")
                        .summary("Subscribes to all channels that a pattern matches.")
                        .since("2.0.0").complexity("O(N) where N is the number of patterns to subscribe to.")
                        .runs(call -> subscribe(call, Interest.Kind.PATTERN)),
                subscribing("ssubscribe", "shardchannel [shardchannel ...]").keys(shardChannels())
                        .summary("Subscribes to shard channels.")
                        .since("7.0.0").complexity("O(N) where N is the number of shard channels to subscribe to.")
                        .runs(call -> subscribe(call, Interest.Kind.SHARD_CHANNEL)),
                unsubscribing("unsubscribe", "[channel [channel ...]]")
                        .summary("Ends subscriptions to channels: to these, or to all.")
                        .since("2.0.0")
                        .complexity("O(N) where N is the number of clients already subscribed to a channel.")
                        .runs(call -> unsubscribe(call, Interest.Kind.CHANNEL)),
                unsubscribing("punsubscribe", "[pattern [pattern ...]]")
                        .summary("Ends subscriptions to patterns: to these, or to all.")
                        .since("2.0.0")
                        .complexity("O(N+M) where N is the number of patterns the client is already subscribed and M is"
                                + " the number of total patterns subscribed in the system (by any client).")
                        .runs(call -> unsubscribe(call, Interest.Kind.PATTERN)),
                unsubscribing("sunsubscribe", "[shardchannel [shardchannel ...]]").keys(shardChannels())
                        .summary("Ends subscriptions to shard channels: to these, or to all.")
                        .since("7.0.0")
                        .complexity("O(N) where N is the number of clients already subscribed to a shard channel.")
                        .runs(call -> unsubscribe(call, Interest.Kind.SHARD_CHANNEL)));
    }

    private static Command.Builder subscribing(String name, String syntax) {
        return Command.named(name).group(Group.PUBSUB).arity(-2).flags(PUBSUB, NOSCRIPT, LOADING, STALE).syntax(syntax)
                .hint(Hint.NOTHING).changesClient();
    }

    private static Command.Builder unsubscribing(String name, String syntax) {
        return subscribing(name, syntax).arity(-1);
    }

    private static KeySpec shardChannels() {
        return KeySpec.range(1, -1, 1, KeySpec.KeyFlag.NOT_KEY);
    }

    private static Reply subscribe(Call call, Interest.Kind kind) {
        List<Reply> confirmations = new ArrayList<>();
        for (int i = 1; i < call.count(); i++) {
            call.node().pubSub().subscribe(call.tx(), call.client(), Interest.named(kind, call.bytes(i)));
            confirmations.add(confirmation(call, kind, "subscribe", call.bytes(i)));
        }
        return new Reply.Pushes(confirmations);
    }

    private static Reply unsubscribe(Call call, Interest.Kind kind) {
        PubSub pubSub = call.node().pubSub();
        List<byte[]> names = new ArrayList<>();
        if (call.count() > 1) {
            names.addAll(List.of(call.arguments()).subList(1, call.count()));
        } else {
            call.client().subscriptions().of(kind).forEach(subscription -> names.add(subscription.name().bytes()));
        }
        List<Reply> confirmations = new ArrayList<>();
        for (byte[] name : names) {
            pubSub.unsubscribe(call.tx(), call.client(), Interest.named(kind, name));
            confirmations.add(confirmation(call, kind, "unsubscribe", name));
        }
        if (confirmations.isEmpty()) {
            confirmations.add(confirmation(call, kind, "unsubscribe", null));
        }
        return new Reply.Pushes(confirmations);
    }

    /** With the number of subscriptions that are left: of shard channels, or of channels and patterns together. */
    private static Reply confirmation(Call call, Interest.Kind kind, String what, byte[] name) {
        Subscriptions left = call.client().subscriptions();
        String prefix = switch (kind) {
            case PATTERN -> "p";
            case SHARD_CHANNEL -> "s";
            default -> "";
        };
        int count = kind == Interest.Kind.SHARD_CHANNEL ? left.shardChannels() : left.channels() + left.patterns();
        return new Reply.Push(List.of(Reply.bulk(prefix + what), Reply.bulk(name), Reply.integer(count)));
    }
}
