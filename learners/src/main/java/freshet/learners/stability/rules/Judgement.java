package freshet.learners.stability.rules;

import freshet.learners.Measurement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Whether a rule's conditions hold at an incident's place now, and what shows it. */
final class Judgement {

    private static final int MOST_EVIDENCE = 64; // heads of one layer; keeps an alarm small

    private final RuleSet rules;
    private final Function<String, PartState> parts;
    private final int index;
    private final Rule rule;
    private final PartState part;
    private final Incident incident;
    private final boolean holds;
    private final List<ConditionState> holding = new ArrayList<>();
    private int heads;
    private int headsHolding;

    /**
     * @param parts others of the model, by name; null for one that has not spoken
     */
    Judgement(
            RuleSet rules,
            Function<String, PartState> parts,
            int index,
            PartState part,
            Incident incident) {
        this.rules = rules;
        this.parts = parts;
        this.index = index;
        this.part = part;
        this.incident = incident;
        rule = rules.rules().get(index);
        holds = rule.headShare() > 0 ? layerHolds() : holdsAt(incident.layer, incident.head);
    }

    boolean holds() {
        return holds;
    }

    private boolean holdsAt(int layer, int head) {
        int held = 0;
        int left = rule.conditions().size();
        List<ConditionState> here = new ArrayList<>();
        int first = rules.firstConditionOf(index);
        for (int i = 0; i < rule.conditions().size(); i++) {
            Condition condition = rule.conditions().get(i);
            if (incident.isOpen() && condition.opens()) {
                left--;
                continue;
            }
            String of = condition.signal().part();
            PartState home = of.equals(rule.part()) ? part : parts.apply(of);
            ConditionState state = home == null ? null : home.nearest(first + i, layer, head);
            if (state != null && state.holds(incident.isOpen(), part.lastNumber)) {
                held++;
                here.add(state);
            }
        }
        if (held < Math.min(rule.need(), left)) {
            return false;
        }
        holding.addAll(here);
        return true;
    }

    private boolean layerHolds() {
        for (ConditionState head : part.conditions(rules.firstConditionOf(index)).values()) {
            if (head.layer == incident.layer) {
                heads++;
                if (!isSuppressed(head.layer, head.head) && holdsAt(head.layer, head.head)) {
                    headsHolding++;
                }
            }
        }
        return headsHolding > 0 && headsHolding >= rule.headShare() * heads;
    }

    boolean isSuppressed() {
        return rule.headShare() == 0 && isSuppressed(incident.layer, incident.head);
    }

    private boolean isSuppressed(int layer, int head) {
        for (int suppressor : rules.suppressorsOf(index)) {
            if (part.isOpen(suppressor, layer, head)) {
                return true;
            }
        }
        return false;
    }

    /** What was compared, with the limits; of the first head if it is about a layer's. */
    String words() {
        List<String> words = new ArrayList<>();
        if (rule.headShare() > 0) {
            words.add("%d of %d heads".formatted(headsHolding, heads));
        }
        int most = rule.conditions().size();
        shown().stream().limit(most).forEach(state -> words.add(state.words()));
        return String.join("; ", words);
    }

    List<Measurement> evidence() {
        return shown().stream()
                .map(ConditionState::evidence)
                .filter(point -> point != null)
                .limit(MOST_EVIDENCE)
                .toList();
    }

    /** What holds; if it is over, what is looked at. */
    private List<ConditionState> shown() {
        if (!holding.isEmpty()) {
            return holding;
        }
        ConditionState first =
                part.nearest(rules.firstConditionOf(index), incident.layer, incident.head);
        return first == null ? List.of() : List.of(first);
    }
}
