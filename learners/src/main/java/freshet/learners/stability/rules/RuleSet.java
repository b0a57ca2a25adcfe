package freshet.learners.stability.rules;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** Rules, and which of their conditions look at which measurement. Unchangeable. */
public final class RuleSet {

    /**
     * A condition of a rule that looks at a measurement.
     *
     * @param condition its place among all conditions of all rules
     * @param subtracts whether it takes the measurement off another
     */
    record Use(int condition, boolean subtracts) {}

    private static final Use[] NONE = {};
    private static final int[] NO_RULES = {};

    private final List<Rule> rules;
    private final List<Condition> conditions = new ArrayList<>();
    private final List<Integer> ruleOfCondition = new ArrayList<>();
    private final int[] firstCondition; // by rule
    private final int[][] suppressors; // by rule: those that may keep it quiet
    private final Map<String, Map<String, Use[]>> uses = new HashMap<>(); // by part, measurement

    private final Map<String, int[]> silences = new HashMap<>(); // by part

    RuleSet(List<Rule> rules) {
        this.rules = List.copyOf(rules);
        for (String part : KnownSignals.PARTS) {
            silences.put(
                    part,
                    IntStream.range(0, rules.size())
                            .filter(rule -> rules.get(rule).isSilence())
                            .filter(rule -> rules.get(rule).part().equals(part))
                            .toArray());
        }
        firstCondition = new int[rules.size()];
        suppressors = new int[rules.size()][];
        for (int rule = 0; rule < rules.size(); rule++) {
            firstCondition[rule] = conditions.size();
            for (Condition condition : rules.get(rule).conditions()) {
                Signal signal = condition.signal();
                use(signal.part(), signal.measurement(), new Use(conditions.size(), false));
                if (!signal.minus().isEmpty()) {
                    use(signal.minusPart(), signal.minus(), new Use(conditions.size(), true));
                }
                conditions.add(condition);
                ruleOfCondition.add(rule);
            }
            String name = rules.get(rule).name();
            suppressors[rule] =
                    IntStream.range(0, rules.size())
                            .filter(other -> rules.get(other).suppresses().contains(name))
                            .toArray();
        }
    }

    private void use(String part, String measurement, Use use) {
        uses.computeIfAbsent(part, unused -> new HashMap<>())
                .merge(
                        measurement,
                        new Use[] {use},
                        (left, right) -> {
                            Use[] both = Arrays.copyOf(left, left.length + 1);
                            both[left.length] = right[0];
                            return both;
                        });
    }

    /** Names of the rules, in their order. */
    public Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        rules.forEach(rule -> names.add(rule.name()));
        return names;
    }

    List<Rule> rules() {
        return rules;
    }

    Condition condition(int index) {
        return conditions.get(index);
    }

    int conditions() {
        return conditions.size();
    }

    int ruleOf(int condition) {
        return ruleOfCondition.get(condition);
    }

    int firstConditionOf(int rule) {
        return firstCondition[rule];
    }

    int[] suppressorsOf(int rule) {
        return suppressors[rule];
    }

    /** What looks at the measurement by its name; {@link Signal#ANY} for what looks at all. */
    Use[] uses(String part, String measurement) {
        Map<String, Use[]> ofPart = uses.get(kind(part));
        Use[] found = ofPart == null ? null : ofPart.get(measurement);
        return found == null ? NONE : found;
    }

    /** Rules about silence of the part. */
    int[] silenceRules(String part) {
        return silences.getOrDefault(kind(part), NO_RULES);
    }

    /** {@code robot} of {@code robot:arm-1}. */
    static String kind(String part) {
        int colon = part.indexOf(':');
        return colon < 0 ? part : part.substring(0, colon);
    }
}
