package freshet.learners.stability.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Makes a rule of its lines; docs/stability.md describes the keys. */
final class RuleReader {

    private static final int LONGEST = 100_000; // points of a window, and waits, in numbers
    private static final double ANY = Double.MAX_VALUE;
    private static final long MILLIS = 1000;

    private RuleReader() {}

    /**
     * Reads one rule, or several of one name if it has levels.
     *
     * @throws IllegalArgumentException naming file, line and key
     */
    static List<Rule> read(String name, YamlMap map, KnownSignals signals) {
        if (!name.matches("[A-Z][A-Z0-9_]{1,63}")) {
            throw new IllegalArgumentException(
                    "%s: rule %s must be 2 to 64 capitals, digits or _"
                            .formatted(map.where(""), name));
        }
        List<Rule> rules = new ArrayList<>();
        if (map.has("levels")) {
            YamlMap levels = map.map("levels");
            for (Severity severity : Severity.values()) {
                String level = severity.name().toLowerCase(Locale.ROOT);
                if (levels.has(level)) {
                    double limit = levels.number(level, -ANY, ANY, 0);
                    rules.add(rule(name, severity.name(), severity, limit, map, signals));
                }
            }
            levels.refuseUnknown();
            if (rules.isEmpty()) {
                throw map.bad("levels", "is empty");
            }
        } else {
            Severity severity = map.choice("severity", Severity.class, null);
            rules.add(rule(name, "", severity, Double.NaN, map, signals));
        }
        map.refuseUnknown();
        return rules;
    }

    private static Rule rule(
            String name,
            String level,
            Severity severity,
            double limit,
            YamlMap map,
            KnownSignals signals) {
        String part = KnownSignals.part(map, "part", "learner");
        List<Condition> conditions = new ArrayList<>();
        Rule.Silence silence = null;
        if (map.has("silence")) {
            YamlMap times = map.map("silence");
            silence =
                    new Rule.Silence(
                            (long) (MILLIS * times.number("eventTimeSeconds", 0, 1e9, 0)),
                            (long) (MILLIS * times.number("processingTimeSeconds", 0, 1e9, 0)));
            times.refuseUnknown();
            if (silence.eventTimeMillis() == 0 && silence.processingTimeMillis() == 0) {
                throw map.bad("silence", "needs eventTimeSeconds or processingTimeSeconds");
            }
        } else {
            for (YamlMap one : map.maps("when")) {
                double ofLevel = conditions.isEmpty() ? limit : Double.NaN;
                conditions.add(condition(one, part, ofLevel, signals));
            }
            if (!conditions.get(0).signal().part().equals(part)) {
                throw map.bad("when", "must begin with a condition on part " + part);
            }
        }
        if (!conditions.isEmpty() && conditions.stream().allMatch(Condition::opens)) {
            throw map.bad("when", "must have a condition that does not only open");
        }
        int number = Math.max(1, conditions.size());
        return new Rule(
                name,
                level,
                severity,
                map.text("message", null),
                part,
                List.copyOf(conditions),
                map.whole("need", 1, number, number),
                map.number("headShare", 0, 1, 0),
                map.whole("for", 1, LONGEST, 1),
                map.whole("clearFor", 1, LONGEST, 10),
                map.whole("coolDown", 0, LONGEST, 100),
                map.whole("warmUp", 0, LONGEST, 200),
                List.copyOf(map.words("suppresses")),
                silence);
    }

    private static Condition condition(
            YamlMap map, String rulePart, double limitOfLevel, KnownSignals signals) {
        String part = KnownSignals.part(map, "part", rulePart);
        Signal signal =
                new Signal(
                        part,
                        signals.read(map, "signal", null),
                        map.choice("field", Signal.Field.class, Signal.Field.MEAN),
                        map.choice("over", Signal.Over.class, Signal.Over.PLACE),
                        signals.read(map, "minus", " "),
                        KnownSignals.part(map, "minusPart", part),
                        map.whole("smooth", 1, LONGEST, 1));
        Kind kind = kind(map, limitOfLevel);
        if (signal.measurement().equals(Signal.ANY) && !(kind instanceof Kind.NonFinite)) {
            throw map.bad("signal", "may be \"*\" for the kind nonFinite alone");
        }
        int standard = kind instanceof Kind.Drift ? 100 : 0; // an alarm is of one point
        Condition condition =
                new Condition(
                        signal,
                        kind,
                        map.whole("remember", 0, LONGEST, standard),
                        map.flag("opens", false));
        map.refuseUnknown();
        return condition;
    }

    /** Names of the kinds, as the file says them. */
    private enum Name {
        NON_FINITE,
        THRESHOLD,
        ROBUST_Z,
        RATIO,
        CHANGE,
        GROWTH,
        SHARE,
        AVERAGES,
        DRIFT
    }

    private static Kind kind(YamlMap map, double limitOfLevel) {
        Name name = map.choice("kind", Name.class, null);
        if (!Double.isNaN(limitOfLevel) && name != Name.THRESHOLD) {
            throw map.bad("kind", "must be threshold in a rule with levels");
        }
        return switch (name) {
            case NON_FINITE -> new Kind.NonFinite();
            case THRESHOLD -> new Kind.Threshold(limit(map, limitOfLevel));
            case ROBUST_Z -> robustZ(map);
            case RATIO -> baseline(map, false);
            case CHANGE -> baseline(map, true);
            case GROWTH -> new Kind.Growth(limit(map, Double.NaN), window(map, 3, 50));
            case SHARE ->
                    new Kind.Share(
                            limit(map, Double.NaN),
                            map.number("atLeast", -ANY, ANY, 0.5),
                            window(map, 1, 300));
            case AVERAGES -> averages(map);
            case DRIFT -> drift(map);
        };
    }

    /** {@code above: x} or {@code below: x}, and perhaps {@code clear: y}. */
    private static Limit limit(YamlMap map, double ofLevel) {
        if (!Double.isNaN(ofLevel)) {
            // With levels the sign of the condition is "side", its limits are the levels.
            boolean above = map.choice("side", Kind.Side.class, Kind.Side.UP) != Kind.Side.DOWN;
            double share = map.number("clearShare", 0, 1, 1);
            return new Limit(above, ofLevel, above ? ofLevel * share : ofLevel / share);
        }
        boolean above = map.has("above");
        boolean below = map.has("below");
        if (above == below) {
            throw map.bad("kind", "needs above or below, one of them");
        }
        double fires = map.number(above ? "above" : "below", -ANY, ANY, 0);
        double clears = map.number("clear", above ? -ANY : fires, above ? fires : ANY, fires);
        return new Limit(above, fires, clears);
    }

    private static int window(YamlMap map, int low, int standard) {
        return map.whole("window", low, LONGEST, standard);
    }

    private static int least(YamlMap map, int low, int window) {
        return map.whole("least", low, window, Math.max(low, window / 5));
    }

    private static Kind robustZ(YamlMap map) {
        double z = map.number("above", Double.MIN_VALUE, ANY, 8);
        int window = window(map, 5, 100);
        return new Kind.RobustZ(
                z,
                map.number("clear", 0, z, z / 2),
                map.choice("side", Kind.Side.class, Kind.Side.UP),
                window,
                least(map, 5, window),
                map.flag("log", false),
                map.number("floor", 0, ANY, 0.01));
    }

    private enum Past {
        BEFORE,
        START
    }

    private static Kind baseline(YamlMap map, boolean difference) {
        int window = window(map, 1, 100);
        boolean start = map.choice("past", Past.class, Past.BEFORE) == Past.START;
        return new Kind.Baseline(
                limit(map, Double.NaN),
                difference,
                start,
                map.whole("recent", 1, LONGEST, 1),
                window,
                start ? window : least(map, 1, window));
    }

    private static Kind averages(YamlMap map) {
        int fast = map.whole("fast", 1, LONGEST, 20);
        return new Kind.Averages(
                limit(map, Double.NaN), fast, map.whole("slow", fast + 1, LONGEST, 200));
    }

    private static Kind drift(YamlMap map) {
        Kind.DriftKind detector = map.choice("detector", Kind.DriftKind.class, null);
        boolean up = map.choice("side", Kind.Side.class, Kind.Side.UP) == Kind.Side.UP;
        int newest = map.whole("newest", 2, LONGEST, 30);
        return new Kind.Drift(
                detector,
                up,
                map.number("delta", Double.MIN_VALUE, Math.nextDown(1.0), 0.002),
                map.number("threshold", Double.MIN_VALUE, ANY, 50),
                map.number("tolerance", 0, ANY, 0.005),
                map.whole("window", 2 * newest + 1, LONGEST, Math.max(100, 2 * newest + 1)),
                newest,
                map.number("alpha", Double.MIN_VALUE, Math.nextDown(1.0), 0.005),
                map.whole("seed", 0, Integer.MAX_VALUE, 1));
    }
}
