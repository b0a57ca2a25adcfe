package freshet.learners.stability.rules;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Parts and measurements that are reported: a rule about a misspelt one would never fire, and
 * nobody would notice.
 */
final class KnownSignals {

    static final List<String> PARTS =
            List.of(
                    "learner",
                    "updates",
                    "publication",
                    "pace",
                    "memory",
                    "score",
                    "drift",
                    "trial",
                    "robot");

    private static final String RESOURCE = "signals.txt";

    private final List<String> names = new ArrayList<>();

    /**
     * @param own further names, of learners that are not ours
     */
    KnownSignals(List<String> own) {
        try (InputStream in = KnownSignals.class.getResourceAsStream(RESOURCE)) {
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .forEach(names::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        names.addAll(own);
    }

    /** Reads the name of a measurement, which may be that of any. */
    String read(YamlMap map, String key, String otherwise) {
        String name = map.text(key, otherwise).strip();
        if (!name.isEmpty() && !name.equals(Signal.ANY) && !isKnown(name)) {
            throw map.bad(
                    key,
                    "is %s, which no part reports; nearest is %s (names of your own learner go under signals:)"
                            .formatted(name, nearest(name)));
        }
        return name;
    }

    /** Reads the name of a part. */
    static String part(YamlMap map, String key, String otherwise) {
        String part = map.text(key, otherwise);
        if (!PARTS.contains(part)) {
            throw map.bad(key, "is %s, must be one of %s".formatted(part, PARTS));
        }
        return part;
    }

    private boolean isKnown(String name) {
        for (String known : names) {
            boolean begins =
                    known.endsWith("*") && name.startsWith(known.substring(0, known.length() - 1));
            if (begins || known.equals(name)) {
                return true;
            }
        }
        return false;
    }

    /** The known name with which it shares the longest beginning and end. */
    private String nearest(String name) {
        String best = names.get(0);
        for (String known : names) {
            if (common(name, known) > common(name, best)) {
                best = known;
            }
        }
        return best;
    }

    private static double common(String left, String right) {
        int shorter = Math.min(left.length(), right.length());
        int front = 0;
        while (front < shorter && left.charAt(front) == right.charAt(front)) {
            front++;
        }
        int back = 0;
        while (back < shorter - front
                && left.charAt(left.length() - 1 - back)
                        == right.charAt(right.length() - 1 - back)) {
            back++;
        }
        return 2.0 * (front + back) / (left.length() + right.length());
    }
}
