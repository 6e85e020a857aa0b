package dev.respql.command.string;

import static dev.respql.command.Flag.READONLY;
import static dev.respql.command.KeySpec.KeyFlag.ACCESS;
import static dev.respql.command.KeySpec.KeyFlag.RO;

import dev.respql.command.Command;
import dev.respql.command.CommandException;
import dev.respql.command.Group;
import dev.respql.command.Hint;
import dev.respql.command.KeySpec;
import dev.respql.command.Options;
import dev.respql.engine.Call;
import dev.respql.protocol.Reply;
import dev.respql.store.KeyName;
import dev.respql.store.Strings;
import dev.respql.store.WrongTypeException;
import dev.respql.value.Lcs;
import java.util.ArrayList;
import java.util.List;

/** LCS: what two strings have in common. */
public final class LcsCommand {
    private static final byte[] EMPTY = {};

    private LcsCommand() {
    }

    public static List<Command> all() {
        return List.of(
                Command.named("lcs").group(Group.STRING).arity(-3).flags(READONLY)
                        .keys(KeySpec.range(1, 1, 1, RO, ACCESS))
                        .summary("Finds the longest common subsequence of two strings.")
                        .since("7.0.0").complexity("O(N*M) where N and M are the lengths of the strings.")
                        .syntax("key1 key2 [LEN] [IDX] [MINMATCHLEN min-match-len] [WITHMATCHLEN]")
                        .hint(Hint.STRINGS)
                        .runs(LcsCommand::lcs));
    }

    private static Reply lcs(Call call) {
        Strings strings = call.tx().strings();
        KeyName one = call.key(1);
        KeyName other = call.key(2);
        long oneLength;
        long otherLength;
        try {
            oneLength = strings.length(one);
            otherLength = strings.length(other);
        } catch (WrongTypeException e) {
            throw new CommandException("ERR The specified keys must contain string values");
        }
        boolean onlyLength = false;
        boolean positions = false;
        boolean withLengths = false;
        long minimumLength = 0;
        for (Options options = new Options(call, 3); options.more();) {
            if (options.take("IDX")) {
                positions = true;
            } else if (options.take("LEN")) {
                onlyLength = true;
            } else if (options.take("WITHMATCHLEN")) {
                withLengths = true;
            } else if (options.take("MINMATCHLEN", 1)) {
                minimumLength = call.number(options.next());
            } else {
                throw CommandException.syntax();
            }
        }
        if (positions && onlyLength) {
            throw new CommandException("ERR If you want both the length and indexes, please just use IDX.");
        }
        if (!Lcs.fits((int) oneLength, (int) otherLength, call.node().maxBulkBytes())) {
            throw new CommandException(
                    "ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len");
        }
        byte[] a = value(strings, one);
        byte[] b = value(strings, other);
        if (onlyLength) {
            return Reply.integer(Lcs.length(a, b));
        }
        Lcs lcs = Lcs.of(a, b);
        return positions ? matches(lcs, minimumLength, withLengths) : Reply.bulk(lcs.text());
    }

    private static byte[] value(Strings strings, KeyName key) {
        byte[] value = strings.get(key);
        return value == null ? EMPTY : value;
    }

    private static Reply matches(Lcs lcs, long minimumLength, boolean withLengths) {
        List<Reply> matches = new ArrayList<>();
        for (Lcs.Match match : lcs.matches(minimumLength)) {
            List<Reply> parts = new ArrayList<>(3);
            parts.add(Reply.array(Reply.integer(match.aStart()), Reply.integer(match.aEnd())));
            parts.add(Reply.array(Reply.integer(match.bStart()), Reply.integer(match.bEnd())));
            if (withLengths) {
                parts.add(Reply.integer(match.length()));
            }
            matches.add(new Reply.Array(parts));
        }
        return new Reply.MapOf(List.of(
                Reply.bulk("matches"), new Reply.Array(matches), Reply.bulk("len"), Reply.integer(lcs.length())));
    }
}
