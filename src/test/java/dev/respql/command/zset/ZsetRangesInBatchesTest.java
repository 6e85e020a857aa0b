package dev.respql.command.zset;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.respql.testing.EachBackend;
import dev.respql.testing.Reply;
import dev.respql.testing.RespClient;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Ranges of scores that are read and changed in the same batch, so that what was read ahead must follow, against a plain
 * map.
 */
@EachBackend
class ZsetRangesInBatchesTest {
    private static final int ROUNDS = 60;
    private static final int COMMANDS = 60;
    private static final String[] KEYS = {"z", "other", "third"};

    private final Random random = new Random(20261127);
    private Map<String, Map<String, Integer>> model = new HashMap<>();

    @Test
    void inTransactions(RespClient client) {
        check(client, true);
    }

    @Test
    void inPipelines(RespClient client) {
        check(client, false);
    }

    private void check(RespClient client, boolean transactions) {
        for (int round = 0; round < ROUNDS; round++) {
            if (round % 10 == 0) {
                fill(client);
            }
            List<Object[]> commands = new ArrayList<>();
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < COMMANDS; i++) {
                addCommand(commands, expected);
            }
            if (transactions) {
                client.call("MULTI");
            }
            commands.forEach(client::queue);
            List<Reply> replies = client.flush().read(COMMANDS);
            replies = transactions ? client.call("EXEC").items() : replies;
            for (int i = 0; i < COMMANDS; i++) {
                assertEquals(expected.get(i), replies.get(i).toString(), () -> commands.stream()
                        .map(command -> String.join(" ", List.of(command).stream().map(Object::toString).toList()))
                        .collect(Collectors.joining("\n")));
            }
        }
    }

    private void fill(RespClient client) {
        client.call("FLUSHDB");
        model = new HashMap<>();
        for (int size : new int[] {3, 40, 1500}) {
            String key = KEYS[model.size()];
            List<Object> add = new ArrayList<>(List.of("ZADD", key));
            for (int i = 0; i < size; i++) {
                add.add(i % 50);
                add.add("m" + i);
                members(key).put("m" + i, i % 50);
            }
            client.call(add.toArray());
        }
    }

    private void addCommand(List<Object[]> commands, List<String> expected) {
        String key = KEYS[random.nextInt(KEYS.length)];
        // Few different ranges, so that many are read again after a change.
        int min = 10 * random.nextInt(6);
        int max = min + 10 * random.nextInt(6) - 10;
        boolean open = random.nextBoolean();
        int skip = random.nextInt(3);
        int limit = random.nextInt(12) - 1;
        boolean limited = random.nextBoolean();
        List<String> range = members(key).entrySet().stream()
                .filter(one -> one.getValue() >= min && (open ? one.getValue() < max : one.getValue() <= max))
                .sorted(Map.Entry.<String, Integer>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey).collect(Collectors.toCollection(ArrayList::new));
        String highest = (open ? "(" : "") + max;
        String member = "m" + random.nextInt(60);
        switch (random.nextInt(9)) {
            case 0, 1 -> {
                boolean isNew = members(key).put(member, min) == null;
                commands.add(new Object[] {"ZADD", key, min, member});
                expected.add("(integer) " + (isNew ? 1 : 0));
            }
            case 2 -> {
                commands.add(new Object[] {"ZREM", key, member});
                expected.add("(integer) " + (members(key).remove(member) == null ? 0 : 1));
            }
            case 3 -> {
                commands.add(new Object[] {"ZCOUNT", key, min, highest});
                expected.add("(integer) " + range.size());
            }
            case 4 -> {
                if (random.nextInt(4) == 0) {
                    commands.add(new Object[] {"DEL", key});
                    expected.add("(integer) " + (members(key).isEmpty() ? 0 : 1));
                    members(key).clear();
                } else {
                    commands.add(new Object[] {"ZREMRANGEBYSCORE", key, min, highest});
                    expected.add("(integer) " + range.size());
                    range.forEach(members(key)::remove);
                }
            }
            case 5 -> {
                String target = KEYS[random.nextInt(KEYS.length)];
                Map<String, Integer> moved = new HashMap<>(members(key));
                commands.add(new Object[] {"COPY", key, target, "REPLACE"});
                boolean copied = !moved.isEmpty() && !key.equals(target);
                expected.add(key.equals(target) ? "(error) ERR source and destination objects are the same"
                        : "(integer) " + (copied ? 1 : 0));
                if (copied) {
                    model.put(target, moved);
                }
            }
            case 6 -> {
                Collections.reverse(range);
                addRange(commands, expected, new Object[] {"ZREVRANGEBYSCORE", key, highest, min}, range,
                        limited ? new int[] {skip, limit} : null);
            }
            default -> addRange(commands, expected, new Object[] {"ZRANGEBYSCORE", key, min, highest}, range,
                    limited ? new int[] {skip, limit} : null);
        }
    }

    private static void addRange(List<Object[]> commands, List<String> expected, Object[] command, List<String> range,
            int[] limit) {
        List<Object> all = new ArrayList<>(List.of(command));
        List<String> found = range;
        if (limit != null) {
            all.addAll(List.of("LIMIT", limit[0], limit[1]));
            int from = Math.min(limit[0], range.size());
            found = range.subList(from, limit[1] < 0 ? range.size() : Math.min(range.size(), from + limit[1]));
        }
        commands.add(all.toArray());
        expected.add(found.stream().map(member -> '"' + member + '"').collect(Collectors.joining(", ", "[", "]")));
    }

    private Map<String, Integer> members(String key) {
        return model.computeIfAbsent(key, k -> new HashMap<>());
    }
}
