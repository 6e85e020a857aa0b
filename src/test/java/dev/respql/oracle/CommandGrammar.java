package dev.respql.oracle;

import java.util.List;

/**
 * The commands of one family and how to use them. A new family is one class that implements this and one line in
 * {@link #ALL}.
 */
interface CommandGrammar {
    /** Every family; a form is used as soon as both servers know its command. */
    List<CommandGrammar> ALL = List.of(new ConnectionGrammar(), new ServerGrammar(), new KeysGrammar(),
            new StringsGrammar(), new HashesGrammar(), new ListsGrammar(), new SetsGrammar(),
            new SortedSetsGrammar(), new SortGrammar(), new ScriptsGrammar(), new TransactionsGrammar());

    /** The family's name, as {@code -Doracle.families} takes it. */
    String family();

    List<Form> forms();

    /** The forms of a family whose commands hold others; {@code others} are all that both servers know. */
    default List<Form> forms(List<Form> others) {
        return forms();
    }
}
