package dev.respql.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Makes a history that ends in a difference shorter, as long as the same command still shows one. */
final class Shrinker {
    private final Function<List<Step>, Optional<Divergence>> replay;
    private final String command;
    private int replaysLeft;
    private List<Step> shortest;
    private Divergence divergence;

    private Shrinker(Function<List<Step>, Optional<Divergence>> replay, int replays, List<Step> history,
            Divergence divergence) {
        this.replay = replay;
        this.replaysLeft = replays;
        this.shortest = history.subList(0, Math.min(history.size(), divergence.at() + 1));
        this.divergence = divergence;
        this.command = divergence.command();
    }

    /** The shortest history found within that many replays, and how it ends. */
    record Shrunk(List<Step> history, Divergence divergence) {
    }

    static Shrunk shrink(List<Step> history, Divergence divergence, int replays,
            Function<List<Step>, Optional<Divergence>> replay) {
        Shrinker shrinker = new Shrinker(replay, replays, history, divergence);
        shrinker.run();
        return new Shrunk(shrinker.shortest, shrinker.divergence);
    }

    private void run() {
        // One command at a time on one connection reads best; then ever smaller pieces are left out.
        attempt(oneByOne(shortest));
        for (int piece = Math.max(1, shortest.size() / 2); piece >= 1;) {
            boolean dropped = false;
            for (int from = 0; from < shortest.size() && replaysLeft > 0;) {
                List<Step> rest = new ArrayList<>(shortest);
                rest.subList(from, Math.min(rest.size(), from + piece)).clear();
                if (!rest.isEmpty() && attempt(rest)) {
                    dropped = true;
                } else {
                    from += piece;
                }
            }
            if (replaysLeft <= 0 || piece == 1 && !dropped) {
                break;
            }
            piece = piece == 1 ? 1 : piece / 2;
        }
        attempt(oneByOne(shortest));
    }

    private static List<Step> oneByOne(List<Step> history) {
        List<Step> changed = new ArrayList<>();
        for (Step step : history) {
            changed.add(new Step(changed.size(), 0, step.arguments(), step.rule()));
        }
        return changed;
    }

    private boolean attempt(List<Step> candidate) {
        replaysLeft--;
        Optional<Divergence> found = replay.apply(candidate).filter(other -> other.command().equals(command));
        if (found.isEmpty()) {
            return false;
        }
        divergence = found.get();
        shortest = candidate.subList(0, Math.min(candidate.size(), divergence.at() + 1));
        return true;
    }

    /** The history as lines for a person; what was sent in one piece stands together in brackets. */
    static String print(List<Step> history) {
        boolean manyConnections = history.stream().mapToInt(Step::connection).distinct().count() > 1;
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < history.size(); i++) {
            Step step = history.get(i);
            boolean withLast = i > 0 && history.get(i - 1).batch() == step.batch();
            lines.add("  " + (manyConnections ? "connection " + step.connection() + ' ' : "")
                    + (withLast ? "+ " : "> ") + step);
        }
        return lines.stream().collect(Collectors.joining("\n"));
    }
}
