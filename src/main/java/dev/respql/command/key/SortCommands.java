package dev.respql.command.key;

import static dev.respql.command.Flag.DENYOOM;
import static dev.respql.command.Flag.MOVABLEKEYS;
import static dev.respql.command.Flag.READONLY;
import static dev.respql.command.Flag.WRITE;
import static dev.respql.command.KeySpec.KeyFlag.ACCESS;
import static dev.respql.command.KeySpec.KeyFlag.OW;
import static dev.respql.command.KeySpec.KeyFlag.RO;
import static dev.respql.command.KeySpec.KeyFlag.UPDATE;

import dev.respql.command.Command;
import dev.respql.command.CommandException;
import dev.respql.command.Group;
import dev.respql.command.KeySpec;
import dev.respql.command.Options;
import dev.respql.config.KeyspaceEvents;
import dev.respql.engine.Call;
import dev.respql.protocol.Reply;
import dev.respql.store.KeyName;
import dev.respql.store.Lists;
import dev.respql.store.Scored;
import dev.respql.store.Tx;
import dev.respql.store.ValueType;
import dev.respql.value.Bytes;
import dev.respql.value.NotANumber;
import dev.respql.value.Numbers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/** SORT and SORT_RO: the elements of a list, set or sorted set in another order, or what other keys have for them. */
public final class SortCommands {
    private static final byte[] EMPTY = {};

    private SortCommands() {
    }

    public static List<Command> all() {
        return List.of(
                Command.named("sort").group(Group.GENERIC).arity(-2).flags(WRITE, DENYOOM, MOVABLEKEYS)
                        .acl("list", "set", "sortedset", "dangerous").withoutGroupCategory()
                        .keys(KeySpec.at(1, RO, ACCESS), KeySpec.unknown(RO, ACCESS), KeySpec.unknown(OW, UPDATE))
                        .moreKeys(SortCommands::destination)
                        .summary("Sorts the elements of a list, a set or a sorted set, and may store the result.")
                        .since("1.0.0")
                        .complexity("O(N log N + M) where N is the number of elements and M the number returned.")
                        .syntax("key [BY by-pattern:pattern] [LIMIT offset count] [GET get-pattern:pattern [GET get-pattern:pattern ...]] "
                                + "[ASC | DESC] [ALPHA] [STORE destination]")
                        .runs(call -> sort(call, true)),
                Command.named("sort_ro").group(Group.GENERIC).arity(-2).flags(READONLY, MOVABLEKEYS)
                        .acl("list", "set", "sortedset", "dangerous").withoutGroupCategory()
                        .keys(KeySpec.at(1, RO, ACCESS), KeySpec.unknown(RO, ACCESS))
                        .summary("Sorts the elements of a list, a set or a sorted set.")
                        .since("7.0.0")
                        .complexity("O(N log N + M) where N is the number of elements and M the number returned.")
                        .syntax("key [BY by-pattern:pattern] [LIMIT offset count] [GET get-pattern:pattern [GET get-pattern:pattern ...]] "
                                + "[ASC | DESC] [ALPHA]")
                        .runs(call -> sort(call, false)));
    }

    /** What a call asks for; {@code by} and {@code store} are null where it says nothing of them. */
    private static final class Order {
        private SortPattern by;
        private boolean unsorted;
        private boolean descending;
        private boolean alphabetic;
        private long offset;
        private long count = -1;
        private KeyName store;
        private final List<SortPattern> gets = new ArrayList<>();
    }

    /** An element with what it is sorted by: text (null sorts first) or a number. */
    private record Weighed(byte[] element, byte[] text, double number) {
    }

    /** Which argument is the key that SORT would store in, 0 for none; as Redis finds it, whatever else is wrong with them. */
    public static int storesAt(byte[][] arguments) {
        int found = 0;
        for (int i = 2; i < arguments.length; i++) {
            if (Bytes.equalsIgnoreCase(arguments[i], "LIMIT")) {
                i += 2;
            } else if (Bytes.equalsIgnoreCase(arguments[i], "GET") || Bytes.equalsIgnoreCase(arguments[i], "BY")) {
                i++;
            } else if (Bytes.equalsIgnoreCase(arguments[i], "STORE") && i + 1 < arguments.length) {
                found = i + 1;
            }
        }
        return found;
    }

    private static List<KeyName> destination(Call call) {
        try {
            KeyName store = read(call, true).store;
            return store == null ? List.of() : List.of(store);
        } catch (CommandException e) {
            // It will be refused before it stores anything.
            return List.of();
        }
    }

    private static Reply sort(Call call, boolean mayStore) {
        Order order = read(call, mayStore);
        KeyName key = call.key(1);
        ValueType type = call.tx().keys().type(key);
        if (mayStore) {
            call.missed(key);
        }
        if (order.unsorted && type == ValueType.SET && order.store != null) {
            // A set has no order of its own: what is stored is to be the same wherever it runs.
            order.unsorted = false;
            order.alphabetic = true;
            order.by = null;
        }
        List<byte[]> elements = elements(call.tx(), key, type, order.unsorted && order.descending);
        if (!order.unsorted) {
            elements = sorted(call, order, elements);
        }
        List<byte[]> chosen = limited(order, elements);
        List<byte[]> results = order.gets.isEmpty() ? chosen : got(call, order, chosen);
        return order.store == null ? Reply.bulks(results) : store(call, order.store, results);
    }

    private static Order read(Call call, boolean mayStore) {
        Order order = new Order();
        Options options = new Options(call, 2);
        while (options.more()) {
            if (options.take("ASC")) {
                order.descending = false;
            } else if (options.take("DESC")) {
                order.descending = true;
            } else if (options.take("ALPHA")) {
                order.alphabetic = true;
            } else if (options.take("LIMIT", 2)) {
                order.offset = call.number(options.next());
                order.count = call.number(options.next());
            } else if (mayStore && options.take("STORE", 1)) {
                order.store = call.key(options.next());
            } else if (options.take("BY", 1)) {
                order.by = new SortPattern(call.bytes(options.next()));
                order.unsorted |= !order.by.hasPlace();
            } else if (options.take("GET", 1)) {
                order.gets.add(new SortPattern(call.bytes(options.next())));
            } else {
                throw CommandException.syntax();
            }
        }
        return order;
    }

    private static List<byte[]> elements(Tx tx, KeyName key, ValueType type, boolean descending) {
        if (type == null) {
            return List.of();
        }
        return switch (type) {
            case LIST -> {
                List<byte[]> list = tx.lists().range(key, 0, tx.lists().size(key) - 1);
                if (descending) {
                    Collections.reverse(list);
                }
                yield list;
            }
            case SET -> tx.sets().all(key);
            case ZSET -> tx.zsets().range(key, 0, tx.zsets().size(key) - 1, descending).stream()
                    .map(Scored::member).toList();
            default -> throw CommandException.wrongType();
        };
    }

    private static List<byte[]> sorted(Call call, Order order, List<byte[]> elements) {
        List<byte[]> weights = order.by == null ? elements : order.by.values(call, elements);
        List<Weighed> weighed = new ArrayList<>(elements.size());
        for (int i = 0; i < elements.size(); i++) {
            byte[] weight = weights.get(i);
            weighed.add(new Weighed(elements.get(i), weight, order.alphabetic ? 0 : number(weight)));
        }
        Comparator<Weighed> comparator = order.alphabetic
                ? Comparator.comparing(Weighed::text, Comparator.nullsFirst(Bytes::compare))
                : Comparator.comparingDouble(Weighed::number).thenComparing(Weighed::element, Bytes::compare);
        weighed.sort(order.descending ? comparator.reversed() : comparator);
        return weighed.stream().map(Weighed::element).toList();
    }

    private static double number(byte[] weight) {
        if (weight == null) {
            return 0;
        }
        try {
            // Adding 0 makes -0 and 0 equal.
            return Numbers.toWeight(weight) + 0.0;
        } catch (NotANumber e) {
            throw new CommandException("ERR One or more scores can't be converted into double");
        }
    }

    private static List<byte[]> limited(Order order, List<byte[]> elements) {
        long first = Math.max(0, order.offset);
        if (first >= elements.size()) {
            return List.of();
        }
        long left = elements.size() - first;
        long count = order.count < 0 ? left : Math.min(order.count, left);
        return elements.subList((int) first, (int) (first + count));
    }

    /** For each element, what each GET names; null where there is nothing. */
    private static List<byte[]> got(Call call, Order order, List<byte[]> elements) {
        List<List<byte[]>> columns = order.gets.stream().map(get -> get.values(call, elements)).toList();
        List<byte[]> results = new ArrayList<>(elements.size() * columns.size());
        for (int i = 0; i < elements.size(); i++) {
            for (List<byte[]> column : columns) {
                results.add(column.get(i));
            }
        }
        return results;
    }

    private static Reply store(Call call, KeyName destination, List<byte[]> results) {
        boolean existed = call.tx().keys().delete(destination);
        Lists lists = call.tx().lists();
        for (byte[] result : results) {
            lists.push(destination, false, result == null ? EMPTY : result);
        }
        call.eventOfStored(KeyspaceEvents.LIST, "sortstore", destination, existed, !results.isEmpty());
        return Reply.integer(results.size());
    }

    /** Values that stand for elements, as BY and GET name them: {@code weight_*}, {@code object_*->field}, {@code #}. */
    private static final class SortPattern {
        /** So many are read in one statement. */
        private static final int READ_AT_ONCE = 1000;

        private final boolean element;
        private final byte[] before;
        private final byte[] after;
        private final byte[] field;
        private final boolean hasPlace;

        SortPattern(byte[] pattern) {
            String text = Bytes.text(pattern);
            int place = text.indexOf('*');
            int arrow = text.indexOf("->", place + 1);
            boolean hasField = place >= 0 && arrow >= 0 && arrow + 2 < text.length();
            element = text.equals("#");
            hasPlace = place >= 0;
            before = latin1(hasPlace ? text.substring(0, place) : "");
            after = latin1(hasPlace ? text.substring(place + 1, hasField ? arrow : text.length()) : "");
            field = hasField ? latin1(text.substring(arrow + 2)) : null;
        }

        /** Whether the element stands in the pattern at all. */
        boolean hasPlace() {
            return hasPlace;
        }

        /** The value for each element, or null where there is none. */
        List<byte[]> values(Call call, List<byte[]> elements) {
            if (element) {
                return elements;
            }
            if (!hasPlace) {
                return Collections.nCopies(elements.size(), null);
            }
            List<byte[]> values = new ArrayList<>(elements.size());
            for (int from = 0; from < elements.size(); from += READ_AT_ONCE) {
                List<KeyName> keys = elements.subList(from, Math.min(elements.size(), from + READ_AT_ONCE)).stream()
                        .map(value -> new KeyName(call.db(), name(value))).toList();
                call.tx().fetch(prefetch -> keys.forEach(key -> {
                    if (field == null) {
                        prefetch.string(key);
                    } else {
                        prefetch.field(key, field);
                    }
                }));
                keys.forEach(key -> {
                    values.add(value(call.tx(), key));
                    call.missed(key);
                });
            }
            return values;
        }

        private byte[] value(Tx tx, KeyName key) {
            ValueType type = tx.keys().type(key);
            if (field == null) {
                return type == ValueType.STRING ? tx.strings().get(key) : null;
            }
            return type == ValueType.HASH ? tx.hashes().get(key, field) : null;
        }

        private byte[] name(byte[] value) {
            byte[] name = new byte[before.length + value.length + after.length];
            System.arraycopy(before, 0, name, 0, before.length);
            System.arraycopy(value, 0, name, before.length, value.length);
            System.arraycopy(after, 0, name, before.length + value.length, after.length);
            return name;
        }

        private static byte[] latin1(String text) {
            return text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        }
    }
}
