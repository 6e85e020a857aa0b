package dev.respql.command.server;

import dev.respql.command.Command;
import dev.respql.command.Flag;
import dev.respql.command.KeySpec;
import dev.respql.command.KeySpec.Begin;
import dev.respql.command.KeySpec.Find;
import dev.respql.command.KeySpec.KeyFlag;
import dev.respql.protocol.Reply;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What COMMAND INFO answers for one command: ten elements, in Redis's order. */
final class CommandInfo {
    /** Where keys stand, as clients of Redis before 7 read it; all 0 for a command without such keys. */
    private record Positions(int first, int last, int step) {
    }

    private CommandInfo() {
    }

    static Reply of(Command command) {
        Positions positions = positions(command.keySpecs());
        return Reply.array(
                Reply.bulk(command.fullName()),
                Reply.integer(command.arity()),
                flags(command),
                Reply.integer(positions.first),
                Reply.integer(positions.last),
                Reply.integer(positions.step),
                statuses(AclCommands.categories(command).stream().map(category -> "@" + category).toList()),
                new Reply.SetOf(command.tips().stream().map(Reply::bulk).toList()),
                new Reply.SetOf(command.keySpecs().stream().map(CommandInfo::keySpec).toList()),
                new Reply.SetOf(command.subcommands().values().stream().map(CommandInfo::of).toList()));
    }

    /** What is done to keys. */
    static Reply flags(Set<KeyFlag> flags) {
        Set<KeyFlag> ordered = EnumSet.noneOf(KeyFlag.class);
        ordered.addAll(flags);
        return statuses(ordered.stream().map(CommandInfo::wireName).toList());
    }

    private static Reply flags(Command command) {
        Set<Flag> flags = EnumSet.noneOf(Flag.class);
        flags.addAll(command.flags());
        if (hasMovableKeys(command.keySpecs())) {
            flags.add(Flag.MOVABLEKEYS);
        }
        // Redis keeps this one to itself.
        flags.remove(Flag.MAY_REPLICATE);
        return statuses(flags.stream().map(Flag::wireName).toList());
    }

    private static Reply statuses(Collection<String> texts) {
        return new Reply.SetOf(texts.stream().map(Reply.Simple::new).toList());
    }

    private static String wireName(KeyFlag flag) {
        return switch (flag) {
            case RO, RW, OW, RM -> flag.name();
            default -> flag.name().toLowerCase(Locale.ROOT);
        };
    }

    private static Reply keySpec(KeySpec spec) {
        return map("flags", flags(spec.flags()), "begin_search", begin(spec.begin()), "find_keys", find(spec.find()));
    }

    private static Reply begin(Begin begin) {
        if (begin instanceof Begin.Index index) {
            return typed("index", map("index", Reply.integer(index.position())));
        }
        if (begin instanceof Begin.Unknown) {
            return typed("unknown", map());
        }
        Begin.Keyword keyword = (Begin.Keyword) begin;
        return typed("keyword",
                map("keyword", Reply.bulk(keyword.keyword()), "startfrom", Reply.integer(keyword.from())));
    }

    private static Reply find(Find find) {
        if (find instanceof Find.Range range) {
            return typed("range", map("lastkey", Reply.integer(range.last()), "keystep", Reply.integer(range.step()),
                    "limit", Reply.integer(range.limit())));
        }
        if (find instanceof Find.Unknown) {
            return typed("unknown", map());
        }
        Find.Counted counted = (Find.Counted) find;
        return typed("keynum", map("keynumidx", Reply.integer(counted.countAt()),
                "firstkey", Reply.integer(counted.first()), "keystep", Reply.integer(counted.step())));
    }

    private static Reply typed(String type, Reply spec) {
        return map("type", Reply.bulk(type), "spec", spec);
    }

    private static Reply map(Object... namesAndReplies) {
        List<Reply> entries = new ArrayList<>();
        for (Object entry : namesAndReplies) {
            entries.add(entry instanceof String name ? Reply.bulk(name) : (Reply) entry);
        }
        return new Reply.MapOf(entries);
    }

    // ---- the positions of old, for which only specifications in a row count

    /** Whether the old positions do not tell all keys, so that clients have to look at the specifications. */
    private static boolean hasMovableKeys(List<KeySpec> specs) {
        return specs.stream().anyMatch(spec -> spec.flags().contains(KeyFlag.INCOMPLETE))
                || specs.size() != inARow(specs).size();
    }

    private static Positions positions(List<KeySpec> specs) {
        List<KeySpec> inARow = inARow(specs);
        if (inARow.isEmpty()) {
            return new Positions(0, 0, 0);
        }
        Find.Range range = (Find.Range) inARow.get(0).find();
        return new Positions(first(inARow.get(0)), last(inARow.get(inARow.size() - 1)), range.step());
    }

    /** The specifications that together are one range of arguments. */
    private static List<KeySpec> inARow(List<KeySpec> specs) {
        List<KeySpec> inARow = new ArrayList<>();
        for (KeySpec spec : specs) {
            boolean isRange = spec.begin() instanceof Begin.Index && spec.find() instanceof Find.Range;
            if (isRange && (specs.size() == 1 || ((Find.Range) spec.find()).step() == 1 && follows(spec, inARow))) {
                inARow.add(spec);
            }
        }
        return inARow;
    }

    private static boolean follows(KeySpec spec, List<KeySpec> inARow) {
        return inARow.isEmpty() || last(inARow.get(inARow.size() - 1)) == first(spec) - 1;
    }

    private static int first(KeySpec spec) {
        return ((Begin.Index) spec.begin()).position();
    }

    private static int last(KeySpec spec) {
        int last = ((Find.Range) spec.find()).last();
        return last < 0 ? last : first(spec) + last;
    }
}
