package dev.respql.command;

import dev.respql.engine.Call;
import dev.respql.protocol.Reply;
import dev.respql.store.KeyName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;

/**
 * One command: everything that is known of it, and its code, in one place. Dispatch, arity errors, locking, prefetching
 * and the {@code COMMAND} family are driven from here. Immutable; shared by all threads.
 */
public final class Command {
    /** A command's code. It runs on its lane's thread, and returns its reply or throws a {@link CommandException}. */
    @FunctionalInterface
    public interface Body {
        Reply run(Call call);
    }

    private final String name;
    private final String container;
    private final int arity;
    private final Set<Flag> flags;
    private final Group group;
    private final List<KeySpec> keySpecs;
    private final Set<String> aclCategories;
    private final List<String> tips;
    private final Documentation documentation;
    private final Map<String, Command> subcommands;
    private final Function<Call, List<KeyName>> moreKeys;
    private final Hint hint;
    private final boolean hinted;
    private final boolean atIntake;
    private final boolean exclusive;
    private final boolean changesClient;
    private final boolean waits;
    private final boolean mayWrite;
    private final boolean locksKeys;
    private final boolean notQueued;
    private final boolean answersWhileBusy;
    private final Consumer<Call> onIntake;
    private final Body body;

    /**
     * What {@code COMMAND DOCS} tells.
     *
     * @param syntax the arguments after the command's name, in the notation of Redis's manual:
     *     {@code key [EX seconds | PX milliseconds] value [value ...]}; the argument tree is derived from it
     */
    public record Documentation(String summary, String since, String complexity, String syntax, String replacedBy,
            String deprecatedSince) {
    }

    private Command(Builder builder, Body body) {
        this.name = builder.name;
        this.container = builder.container;
        this.arity = builder.arity;
        this.flags = Collections.unmodifiableSet(builder.flags);
        this.group = builder.group;
        this.keySpecs = List.copyOf(builder.keySpecs);
        this.aclCategories = Collections.unmodifiableSet(builder.categories());
        this.tips = List.copyOf(builder.tips);
        this.documentation = new Documentation(builder.summary, builder.since, builder.complexity, builder.syntax,
                builder.replacedBy, builder.deprecatedSince);
        this.subcommands = Collections.unmodifiableMap(builder.subcommands);
        this.moreKeys = builder.moreKeys;
        this.hinted = builder.hint != null;
        this.hint = builder.hint == null ? Hint.HEADERS : builder.hint;
        this.atIntake = builder.atIntake;
        this.exclusive = builder.exclusive;
        this.changesClient = builder.changesClient;
        this.waits = builder.waits || flags.contains(Flag.BLOCKING);
        this.mayWrite = builder.mayWrite || flags.contains(Flag.WRITE);
        this.locksKeys = builder.locksKeys;
        this.notQueued = builder.notQueued;
        this.answersWhileBusy = builder.answersWhileBusy;
        this.onIntake = builder.onIntake;
        this.body = body;
    }

    /** Begins the definition of a command; {@code name} in lower case. */
    public static Builder named(String name) {
        return new Builder(name);
    }

    /** The lower-case name; of a subcommand without its container's. */
    public String name() {
        return name;
    }

    /** The name as errors and {@code COMMAND INFO} show it: {@code get}, {@code config|get}. */
    public String fullName() {
        return container == null ? name : container + "|" + name;
    }

    /** Number of arguments with the name; negative: at least that many. Of a subcommand both words count. */
    public int arity() {
        return arity;
    }

    public boolean acceptsCount(int arguments) {
        return arity >= 0 ? arguments == arity : arguments >= -arity;
    }

    public Set<Flag> flags() {
        return flags;
    }

    public boolean is(Flag flag) {
        return flags.contains(flag);
    }

    public Group group() {
        return group;
    }

    public List<KeySpec> keySpecs() {
        return keySpecs;
    }

    /** ACL categories without the {@code @}, sorted. */
    public Set<String> aclCategories() {
        return aclCategories;
    }

    /** Command tips as in {@code COMMAND INFO}. */
    public List<String> tips() {
        return tips;
    }

    public Documentation documentation() {
        return documentation;
    }

    /** The arguments as a tree, read from the documentation's syntax. */
    public List<Argument> arguments() {
        return Syntax.arguments(documentation.syntax(), !keySpecs.isEmpty());
    }

    /** Subcommands by their lower-case names; empty for most commands. */
    public Map<String, Command> subcommands() {
        return subcommands;
    }

    public Hint hint() {
        return hint;
    }

    /** Whether the hint names everything that the command reads, so that it may run on one statement's snapshot. */
    public boolean hinted() {
        return hinted;
    }

    /**
     * Whether the command runs when it is taken from its client's queue, ahead of the batch's transaction: for what
     * changes only the connection (its database, protocol, name …), which later commands of the same batch depend on.
     */
    public boolean atIntake() {
        return atIntake;
    }

    /** Whether the command changes more than keys that it names, and so must have the whole database to itself. */
    public boolean exclusive() {
        return exclusive;
    }

    /**
     * Whether the command changes, in its batch, what decides over the client's next commands already when they are
     * taken from its queue (its subscriptions): these wait until it has been answered. It may write to the database,
     * whatever its flags say.
     */
    public boolean changesClient() {
        return changesClient;
    }

    /** Whether the command may wait, so that its client's next commands are left in the queue until it has been answered. */
    public boolean waits() {
        return waits;
    }

    /** Whether the command may change keys that it names, so that they are locked for it. */
    public boolean mayWrite() {
        return mayWrite;
    }

    /** Whether the command, though it changes none, must not run while another changes a key that it names. */
    public boolean locksKeys() {
        return locksKeys;
    }

    /** Whether the command runs at once also between MULTI and EXEC. */
    public boolean notQueued() {
        return notQueued;
    }

    /**
     * Whether the command also runs without a unit of work while a script holds up its lane, be it that it runs in batches
     * else, or that at intake it has failed since it came before the script could be seen to run.
     */
    public boolean answersWhileBusy() {
        return answersWhileBusy;
    }

    /**
     * Prepares a call when it is taken from its client's queue; for commands that run in a batch all the same.
     *
     * @throws CommandException to refuse it
     */
    public void onIntake(Call call) {
        onIntake.accept(call);
    }

    /** The positions of all keys among the arguments; false where the arguments cannot hold the keys (a bad count). */
    public boolean keyPositions(byte[][] arguments, IntConsumer position) {
        boolean whole = true;
        for (KeySpec spec : keySpecs) {
            whole &= spec.positions(arguments, position);
        }
        return whole;
    }

    /** Keys that a call may touch beside those of the key specifications, which know nothing of other databases. */
    public List<KeyName> moreKeys(Call call) {
        return moreKeys.apply(call);
    }

    public Reply run(Call call) {
        return body.run(call);
    }

    @Override
    public String toString() {
        return fullName();
    }

    /** Collects a command's properties; {@link #runs} ends the definition. */
    public static final class Builder {
        private final String name;
        private String container;
        private int arity;
        private final Set<Flag> flags = EnumSet.noneOf(Flag.class);
        private Group group = Group.GENERIC;
        private final List<KeySpec> keySpecs = new ArrayList<>();
        private final Set<String> categories = new TreeSet<>();
        private final List<String> tips = new ArrayList<>();
        private String summary = "";
        private String since = "1.0.0";
        private String complexity = "O(1)";
        private String syntax = "";
        private String replacedBy;
        private String deprecatedSince;
        private final Map<String, Command> subcommands = new LinkedHashMap<>();
        private Function<Call, List<KeyName>> moreKeys = call -> List.of();
        private Hint hint;
        private boolean atIntake;
        private boolean exclusive;
        private boolean changesClient;
        private boolean waits;
        private boolean mayWrite;
        private boolean locksKeys;
        private boolean notQueued;
        private boolean answersWhileBusy;
        private Consumer<Call> onIntake = call -> {
        };
        private boolean withoutGroupCategory;

        private Builder(String name) {
            this.name = name;
        }

        /** See {@link Command#arity()}. */
        public Builder arity(int count) {
            this.arity = count;
            return this;
        }

        public Builder flags(Flag... these) {
            flags.addAll(Arrays.asList(these));
            return this;
        }

        public Builder group(Group itsGroup) {
            this.group = itsGroup;
            return this;
        }

        /** ACL categories beside those that follow from the flags and the group. */
        public Builder acl(String... more) {
            categories.addAll(Arrays.asList(more));
            return this;
        }

        /** For the commands that Redis leaves out of their group's ACL category. */
        public Builder withoutGroupCategory() {
            this.withoutGroupCategory = true;
            return this;
        }

        public Builder keys(KeySpec... specs) {
            keySpecs.addAll(Arrays.asList(specs));
            return this;
        }

        /**
         * Finds keys that the key specifications cannot express, in another database for example. They are locked and
         * prefetched like the others, and {@code COMMAND} does not show them. Must answer nothing where the arguments
         * are wrong, and not throw.
         */
        public Builder moreKeys(Function<Call, List<KeyName>> finder) {
            this.moreKeys = finder;
            return this;
        }

        public Builder tips(String... these) {
            tips.addAll(Arrays.asList(these));
            return this;
        }

        /** One sentence, in our own words. */
        public Builder summary(String text) {
            this.summary = text;
            return this;
        }

        /** The version of Redis that first had the command. */
        public Builder since(String version) {
            this.since = version;
            return this;
        }

        public Builder complexity(String text) {
            this.complexity = text;
            return this;
        }

        /** See {@link Documentation}. */
        public Builder syntax(String text) {
            this.syntax = text;
            return this;
        }

        public Builder deprecated(String sinceVersion, String useInstead) {
            this.deprecatedSince = sinceVersion;
            this.replacedBy = useInstead;
            return this;
        }

        /** Says what the command reads; by default the headers of its keys, without claiming that this is all. */
        public Builder hint(Hint itsHint) {
            this.hint = itsHint;
            return this;
        }

        /** See {@link Command#atIntake()}. */
        public Builder atIntake() {
            this.atIntake = true;
            return this;
        }

        /** See {@link Command#exclusive()}. */
        public Builder exclusive() {
            this.exclusive = true;
            return this;
        }

        /** See {@link Command#changesClient()}. */
        public Builder changesClient() {
            this.changesClient = true;
            return this;
        }

        /** See {@link Command#waits()}; those flagged as blocking do anyway. */
        public Builder waits() {
            this.waits = true;
            return this;
        }

        /** For commands that may write though their flags do not say so; see {@link Command#mayWrite()}. */
        public Builder mayWrite() {
            this.mayWrite = true;
            return this;
        }

        /** See {@link Command#locksKeys()}. */
        public Builder locksKeys() {
            this.locksKeys = true;
            return this;
        }

        /** See {@link Command#notQueued()}. */
        public Builder notQueued() {
            this.notQueued = true;
            return this;
        }

        /** See {@link Command#answersWhileBusy()}. */
        public Builder answersWhileBusy() {
            this.answersWhileBusy = true;
            return this;
        }

        /** See {@link Command#onIntake}. */
        public Builder onIntake(Consumer<Call> preparation) {
            this.onIntake = preparation;
            return this;
        }

        /** Adds a subcommand; its flags, group and code are its own. */
        public Builder subcommand(Builder subcommand, Body body) {
            subcommand.container = name;
            Command built = subcommand.runs(body);
            subcommands.put(built.name, built);
            return this;
        }

        public Command runs(Body body) {
            return new Command(this, body);
        }

        /** Ends the definition of a command that is nothing but its subcommands. */
        public Command container() {
            return runs(call -> {
                throw CommandException.wrongArity(name);
            });
        }

        private Set<String> categories() {
            Set<String> all = new TreeSet<>(categories);
            // A container is in no category of its own: what its subcommands do is said by theirs.
            if (group.aclCategory() != null && subcommands.isEmpty() && !withoutGroupCategory) {
                all.add(group.aclCategory());
            }
            if (flags.contains(Flag.WRITE)) {
                all.add("write");
            }
            if (flags.contains(Flag.READONLY) && !all.contains("scripting") && group != Group.CONNECTION) {
                all.add("read");
            }
            if (flags.contains(Flag.ADMIN)) {
                all.add("admin");
                all.add("dangerous");
            }
            if (flags.contains(Flag.PUBSUB)) {
                all.add("pubsub");
            }
            if (flags.contains(Flag.BLOCKING)) {
                all.add("blocking");
            }
            all.add(flags.contains(Flag.FAST) ? "fast" : "slow");
            return all;
        }
    }
}
