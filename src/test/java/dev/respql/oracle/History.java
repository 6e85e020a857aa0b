package dev.respql.oracle;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Random histories: the same seed, length and forms give the same steps. */
final class History {
    /** How many connections take turns. */
    static final int CONNECTIONS = 3;
    private static final int LONGEST_BATCH = 24;
    private static final int MISUSED_PERCENT = 7;
    /** Expiry closer to now than this (in milliseconds) would let the run's speed decide. */
    private static final long NEAR = 3_600_000;

    private History() {
    }

    /** A history of that many steps. Some families come more often, by the seed, so that their data grows. */
    static List<Step> random(long seed, int length, Map<CommandGrammar, List<Form>> families) {
        Words words = new Words(seed);
        Map<Form, Integer> weights = new LinkedHashMap<>();
        families.forEach((family, forms) -> {
            int factor = words.pick(List.of(1, 1, 4, 12));
            forms.forEach(form -> weights.put(form, form.weight() * factor));
        });
        int sum = weights.values().stream().mapToInt(Integer::intValue).sum();

        List<Step> history = new ArrayList<>();
        int batch = 0;
        int left = 0;
        int connection = 0;
        while (history.size() < length) {
            List<Form.Draft> drafts = pick(weights, words.below(sum)).writer().apply(words);
            if (left <= 0) {
                connection = words.chance(60) ? connection : words.below(CONNECTIONS);
            }
            for (int i = 0; i < drafts.size(); i++) {
                Form.Draft sent = drafts.get(i);
                boolean frame = drafts.size() > 1 && (i == 0 || i == drafts.size() - 1);
                if (!frame && words.chance(MISUSED_PERCENT)) {
                    Form.Draft misused = misuse(sent, words);
                    sent = isFit(misused.arguments()) ? misused : sent;
                }
                if (left <= 0 || sent.rule().alone()) {
                    batch++;
                    left = words.chance(40) ? 1 : 1 + words.below(LONGEST_BATCH);
                }
                history.add(new Step(batch, connection, sent.arguments(), sent.rule()));
                left = sent.rule().alone() ? 0 : left - 1;
            }
        }
        return history;
    }

    private static Form pick(Map<Form, Integer> weights, int point) {
        int rest = point;
        for (Map.Entry<Form, Integer> entry : weights.entrySet()) {
            rest -= entry.getValue();
            if (rest < 0) {
                return entry.getKey();
            }
        }
        throw new IllegalStateException("no command to choose from");
    }

    /** The command with an argument too few, too many, in the wrong place, of the wrong sort, or in other letters. */
    private static Form.Draft misuse(Form.Draft draft, Words words) {
        List<byte[]> arguments = new ArrayList<>(draft.arguments());
        int at = words.below(arguments.size());
        switch (at == 0 ? words.below(2) : 2 + words.below(4)) {
            case 0 -> arguments.add(words.any());
            case 1 -> arguments.set(0, otherLetters(arguments.get(0)));
            case 2 -> arguments.add(at, words.any());
            case 3 -> arguments.set(at, words.any());
            case 4 -> arguments.remove(at);
            default -> Collections.swap(arguments, at, 1 + words.below(arguments.size() - 1));
        }
        return new Form.Draft(List.copyOf(arguments), draft.rule());
    }

    private static byte[] otherLetters(byte[] word) {
        byte[] changed = word.clone();
        for (int i = 0; i < changed.length; i += 2) {
            if (Character.isLetter(changed[i])) {
                changed[i] ^= 0x20;
            }
        }
        return changed;
    }

    /** False for what a misuse must not come to: an expiry near now, or the whole of COMMAND. */
    private static boolean isFit(List<byte[]> arguments) {
        Step step = new Step(0, 0, arguments, ReplyRule.EXACT);
        long now = System.currentTimeMillis();
        switch (step.name()) {
            case "COMMAND":
                return arguments.size() > 2;
            case "EXPIRE", "SETEX":
                return !isNear(step.word(2), 1000, 0);
            case "PEXPIRE", "PSETEX":
                return !isNear(step.word(2), 1, 0);
            case "EXPIREAT":
                return !isNear(step.word(2), 1000, now);
            case "PEXPIREAT":
                return !isNear(step.word(2), 1, now);
            default:
                break;
        }
        for (int i = 1; i < arguments.size(); i++) {
            String value = step.word(i + 1);
            boolean near = switch (step.word(i)) {
                case "EX" -> isNear(value, 1000, 0);
                case "PX" -> isNear(value, 1, 0);
                case "EXAT" -> isNear(value, 1000, now);
                case "PXAT" -> isNear(value, 1, now);
                default -> false;
            };
            if (near) {
                return false;
            }
        }
        return true;
    }

    /** True for a number of such units (in milliseconds) that is close to now, but not zero or negative. */
    private static boolean isNear(String number, long unit, long now) {
        try {
            long value = Long.parseLong(number.trim());
            return value > 0 && value < Long.MAX_VALUE / unit && Math.abs(value * unit - now) < NEAR;
        } catch (NumberFormatException notANumber) {
            return false;
        }
    }
}
