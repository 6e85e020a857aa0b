package dev.respql.command.zset;

import dev.respql.command.CommandException;
import dev.respql.engine.Call;
import dev.respql.protocol.Reply;
import dev.respql.store.Scored;
import dev.respql.value.NotANumber;
import dev.respql.value.Numbers;
import java.util.ArrayList;
import java.util.List;

/** Scores in arguments, and members with scores in replies. */
final class Scores {
    private Scores() {
    }

    /** @throws CommandException {@code value is not a valid float} */
    static double argument(Call call, int index) {
        return argument(call, index, "ERR value is not a valid float");
    }

    static double argument(Call call, int index, String error) {
        try {
            return Numbers.toDouble(call.bytes(index));
        } catch (NotANumber e) {
            throw new CommandException(error);
        }
    }

    /** A score, or null where there is none. */
    static Reply reply(Double score) {
        return score == null ? Reply.NULL : new Reply.Dbl(score);
    }

    /** The names of members. */
    static Reply names(List<Scored> members) {
        List<Reply> items = new ArrayList<>(members.size());
        for (Scored member : members) {
            items.add(Reply.bulk(member.member()));
        }
        return new Reply.Array(items);
    }

    /** Names and scores: in RESP2 one after the other, in RESP3 in pairs. */
    static Reply namesAndScores(Call call, List<Scored> members) {
        return call.respVersion() < 3 ? flat(members) : pairs(members);
    }

    static Reply flat(List<Scored> members) {
        List<Reply> items = new ArrayList<>(2 * members.size());
        for (Scored member : members) {
            items.add(Reply.bulk(member.member()));
            items.add(new Reply.Dbl(member.score()));
        }
        return new Reply.Array(items);
    }

    static Reply pairs(List<Scored> members) {
        List<Reply> items = new ArrayList<>(members.size());
        for (Scored member : members) {
            items.add(Reply.array(Reply.bulk(member.member()), new Reply.Dbl(member.score())));
        }
        return new Reply.Array(items);
    }
}
