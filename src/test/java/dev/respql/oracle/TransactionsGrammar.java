package dev.respql.oracle;

import static dev.respql.oracle.Part.ANY_KEY;
import static dev.respql.oracle.Part.many;

import dev.respql.testing.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Transactions of commands of the other families, and what is watched meanwhile by other connections' doing. */
final class TransactionsGrammar implements CommandGrammar {
    /** Commands that end a transaction, or are one. */
    private static final Set<String> NOT_INSIDE = Set.of("RESET", "MULTI", "EXEC", "DISCARD");
    private static final int MOST_COMMANDS = 8;

    @Override
    public String family() {
        return "transactions";
    }

    @Override
    public List<Form> forms() {
        return forms(List.of());
    }

    @Override
    public List<Form> forms(List<Form> others) {
        List<Form> inside = others.stream().filter(form -> !NOT_INSIDE.contains(form.command())).toList();
        return List.of(
                new Form("MULTI", 10, null, words -> transaction(words, inside, "EXEC")),
                new Form("MULTI", 2, null, words -> transaction(words, inside, "DISCARD")),
                Form.of(5, "WATCH", many(1, 3, ANY_KEY)),
                Form.of(1, "UNWATCH"),
                Form.of(1, "EXEC"),
                Form.of(1, "DISCARD"));
    }

    private static List<Form.Draft> transaction(Words words, List<Form> forms, String end) {
        List<Form.Draft> drafts = new ArrayList<>();
        drafts.add(new Form.Draft(List.of(Bytes.of("MULTI")), ReplyRule.EXACT));
        for (int n = words.below(MOST_COMMANDS + 1); n > 0 && !forms.isEmpty(); n--) {
            for (Form.Draft draft : words.pick(forms).writer().apply(words)) {
                // What must be asked about apart cannot be part of a transaction.
                if (!draft.rule().alone()) {
                    drafts.add(draft);
                }
            }
        }
        drafts.add(new Form.Draft(List.of(Bytes.of(end)), ReplyRule.EXACT));
        return drafts;
    }
}
