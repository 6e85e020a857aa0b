package dev.respql.store;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * Works out one {@link Combination}, a page of members at a time, so that memory holds no more than what comes out and
 * an intersection or difference reads no more of its inputs than it must. Used by one thread.
 */
final class Combiner {
    private static final int PAGE = 8 * ZsetBlocks.BLOCK_SIZE;

    private final Combination combination;
    /** Null where a key is missing. */
    private final List<Input> inputs = new ArrayList<>();

    /** @throws WrongTypeException where an input is neither a sorted set nor a set */
    Combiner(Tx tx, Combination combination) {
        this.combination = combination;
        for (int i = 0; i < combination.keys().size(); i++) {
            Header header = header(tx, combination.keys().get(i));
            inputs.add(header == null ? null
                    : new Input(header, (MemberStore<?>) tx.store(header.type), combination.weights().get(i)));
        }
    }

    /** The header of an input, or null where the key is missing. Throws {@link WrongTypeException}. */
    static Header header(Tx tx, KeyName key) {
        Header header = tx.keys().live(key);
        if (header != null && header.type != ValueType.ZSET && header.type != ValueType.SET) {
            throw WrongTypeException.INSTANCE;
        }
        return header;
    }

    /** Gives what comes out to the sink, until there is no more or the sink wants no more. */
    void run(Predicate<Scored> sink) {
        // Sums of floating-point numbers depend on their order: like Redis, begin with the smallest input.
        Comparator<Input> bySize = Comparator.comparingLong(input -> input.header.size);
        List<Input> existing = inputs.stream().filter(Objects::nonNull).toList();
        switch (combination.operation()) {
            case UNION -> unite(existing.stream().sorted(bySize).toList(), sink);
            case INTERSECTION -> {
                if (existing.size() == inputs.size()) {
                    List<Input> sorted = existing.stream().sorted(bySize).toList();
                    sift(sorted.get(0), sorted.subList(1, sorted.size()), sink);
                }
            }
            case DIFFERENCE -> {
                if (inputs.get(0) != null) {
                    sift(existing.get(0), existing.subList(1, existing.size()), sink);
                }
            }
        }
    }

    /** Goes through all inputs at once, in the order of hashes. */
    private void unite(List<Input> all, Predicate<Scored> sink) {
        List<Cursor> cursors = all.stream().map(Cursor::new).toList();
        while (true) {
            long hash = cursors.stream().mapToLong(Cursor::hash).min().orElse(MemberHash.END);
            if (hash == MemberHash.END) {
                return;
            }
            Map<ByteKey, Double> scores = new LinkedHashMap<>();
            for (Cursor cursor : cursors) {
                while (cursor.hash() == hash) {
                    Scored member = cursor.next();
                    scores.merge(new ByteKey(member.member()), cursor.input.weighted(member.score()),
                            combination.aggregate()::of);
                }
            }
            for (Map.Entry<ByteKey, Double> member : scores.entrySet()) {
                if (!sink.test(new Scored(member.getKey().bytes(), member.getValue()))) {
                    return;
                }
            }
        }
    }

    /** Goes through one input and keeps what is in all others, or, for a difference, what is in none of them. */
    private void sift(Input input, List<Input> others, Predicate<Scored> sink) {
        boolean difference = combination.operation() == Combination.Operation.DIFFERENCE;
        long cursor = 0;
        do {
            Page page = page(input, cursor);
            List<Scored> left = new ArrayList<>(page.members);
            if (!difference) {
                left.replaceAll(member -> new Scored(member.member(), input.weighted(member.score())));
            }
            for (Input other : others) {
                List<Double> found = other.scores(left);
                List<Scored> passed = new ArrayList<>(left.size());
                for (int i = 0; i < left.size(); i++) {
                    Scored member = left.get(i);
                    if (difference && found.get(i) == null) {
                        passed.add(member);
                    } else if (!difference && found.get(i) != null) {
                        passed.add(new Scored(member.member(),
                                combination.aggregate().of(member.score(), other.weight * found.get(i))));
                    }
                }
                left = passed;
            }
            for (Scored member : left) {
                if (!sink.test(member)) {
                    return;
                }
            }
            cursor = page.cursor;
        } while (cursor != 0);
    }

    private static Page page(Input input, long cursor) {
        MemberScan<?> step = MemberScan.step(input.store, input.header, cursor, PAGE);
        return new Page(step.cursor(), step.members().stream()
                .map(member -> new Scored(member.name(), score(member.value()))).toList());
    }

    /** Members of sets have none: it is 1. */
    private static double score(Object value) {
        return value instanceof Double score ? score : 1;
    }

    /** Some members of an input, and where the next ones begin; 0 at the end. */
    private record Page(long cursor, List<Scored> members) {
    }

    /** An input that exists. */
    private record Input(Header header, MemberStore<?> store, double weight) {
        private double weighted(double score) {
            return Combination.zeroIfNaN(weight * score);
        }

        /** The scores that these members have here, null where one is not there. */
        private List<Double> scores(List<Scored> members) {
            List<Double> scores = new ArrayList<>(members.size());
            for (Object value : store.current(header, members.stream().map(Scored::member).toList())) {
                scores.add(value == null ? null : (Double) score(value));
            }
            return scores;
        }
    }

    /** Goes through an input in the order of hashes. */
    private static final class Cursor {
        private final Input input;
        private final ArrayDeque<Scored> members = new ArrayDeque<>();
        private long cursor;
        private long hash;

        private Cursor(Input input) {
            this.input = input;
            read();
        }

        /** The hash of the next member; {@link MemberHash#END} at the end. */
        private long hash() {
            return hash;
        }

        private Scored next() {
            Scored member = members.poll();
            if (members.isEmpty() && cursor != 0) {
                read();
            } else {
                look();
            }
            return member;
        }

        private void read() {
            Page page = page(input, cursor);
            cursor = page.cursor;
            // What is small comes in an order of its own.
            page.members.stream().sorted(Comparator.comparingLong(member -> MemberHash.of(member.member())))
                    .forEach(members::add);
            look();
        }

        private void look() {
            hash = members.isEmpty() ? MemberHash.END : MemberHash.of(members.peek().member());
        }
    }
}
