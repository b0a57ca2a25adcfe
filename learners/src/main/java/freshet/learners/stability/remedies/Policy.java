package freshet.learners.stability.remedies;

import freshet.learners.Order;
import freshet.learners.stability.rules.Alarm;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Treats the incidents of one model: takes the first step of a remedy, waits, takes the next while
 * the incident lasts, and backs off when all is quiet. Counts updates, never time, so the same
 * telemetry always gives the same orders.
 *
 * <p>At most one treatment at a time concerns a layer, and one that concerns the whole model is
 * alone. Remedies stand in the order of their urgency: an incident takes the place of treatments
 * that are in its way if its remedy stands before all of theirs and acts. They end without their
 * {@code after}, which the one that took over owes from then on. Other incidents, and those whose
 * treatment was taken over, wait their turn; what opened before a treatment of the whole model
 * ended is taken for a consequence of the same cause, and treated by itself only if it lasts
 * {@value #AFTERMATH} updates longer than the treatment's last step.
 *
 * <p>State: the incidents that are open and have a remedy, at most {@value #MAX_INCIDENTS}, and a
 * treatment a layer, each owing at most as much as there are remedies. Not thread-safe.
 */
public final class Policy {

    static final int MAX_INCIDENTS = 1_000;
    static final int AFTERMATH = 150;

    private static final int WHOLE_MODEL = -1;
    private static final long NEVER = Long.MIN_VALUE / 2;

    /** Remedies, in the order in which they are tried, and whether they act. */
    public record Plan(List<Remedy> remedies, PolicySource.Mode mode) {

        private int of(String rule) {
            for (int i = 0; i < remedies.size(); i++) {
                if (remedies.get(i).on().contains(rule)) {
                    return i;
                }
            }
            return -1;
        }
    }

    /** What is open. */
    record Incident(int remedy, int layer, long lastGoodVersion, long openedAt) {}

    /** What is being done at a layer, or to the whole model. */
    static final class Treatment {
        final int remedy;
        String incident; // the one that it is for
        int step;
        long since; // update of the step
        long quietSince;

        /**
         * Remedies whose place it took: what they order when all is quiet, it orders with its own.
         */
        final SortedSet<Integer> owed = new TreeSet<>();

        Treatment(int remedy, String incident, int step, long since) {
            this.remedy = remedy;
            this.incident = incident;
            this.step = step;
            this.since = since;
            this.quietSince = since;
        }
    }

    final Plan plan;
    final String modelName;
    final Map<String, Incident> open = new LinkedHashMap<>(); // by dedupe key
    final SortedMap<Integer, Treatment> treatments = new TreeMap<>(); // by layer
    final long[] lastBegun; // by remedy: update
    final int[] lastStep;
    long update;
    long lastStepOfModel = NEVER; // update
    long lastEndOfModel = NEVER;

    public Policy(Plan plan, String modelName) {
        this.plan = plan;
        this.modelName = modelName;
        lastBegun = new long[plan.remedies().size()];
        lastStep = new int[plan.remedies().size()];
        java.util.Arrays.fill(lastBegun, NEVER);
    }

    /** Whether something is being done. */
    public boolean isTreating() {
        return !treatments.isEmpty();
    }

    /** Notes what has opened and what is over. */
    public void note(List<Alarm> alarms) {
        for (Alarm alarm : alarms) {
            if (alarm.resolved()) {
                open.remove(alarm.dedupeKey());
                continue;
            }
            int remedy = plan.of(alarm.rule());
            if (remedy >= 0 && open.size() < MAX_INCIDENTS) {
                open.put(
                        alarm.dedupeKey(),
                        new Incident(remedy, layer(alarm), alarm.lastGoodVersion(), update));
            }
        }
    }

    private int layer(Alarm alarm) {
        return alarm.evidence().isEmpty() ? WHOLE_MODEL : alarm.evidence().get(0).layer();
    }

    /**
     * What is to be ordered now.
     *
     * @param newUpdate number of the learner's update that was judged last
     * @param eventTimeMillis of the telemetry
     */
    public List<Prescription> at(long newUpdate, long eventTimeMillis) {
        List<Prescription> orders = new ArrayList<>();
        if (newUpdate <= update) {
            return orders; // reported again after a recovery
        }
        update = newUpdate;
        if (plan.mode() == PolicySource.Mode.OFF || (open.isEmpty() && treatments.isEmpty())) {
            return orders;
        }
        List<String> waiting = byUrgency();
        // First, so that what is taken over does not take another step.
        for (String key : waiting) {
            begin(key, true, eventTimeMillis, orders);
        }
        for (int layer : List.copyOf(treatments.keySet())) {
            if (treatments.get(layer).since < update) {
                goOn(layer, treatments.get(layer), eventTimeMillis, orders);
            }
        }
        for (String key : waiting) {
            begin(key, false, eventTimeMillis, orders);
        }
        return orders;
    }

    /** What is open, the most urgent first, then the oldest. */
    private List<String> byUrgency() {
        return open.entrySet().stream()
                .sorted(Comparator.comparingInt(one -> one.getValue().remedy()))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Treats an incident if it has a place. */
    private void begin(
            String key, boolean takingOver, long eventTimeMillis, List<Prescription> orders) {
        Incident incident = open.get(key);
        Remedy remedy = plan.remedies().get(incident.remedy());
        int layer = remedy.perLayer() ? incident.layer() : WHOLE_MODEL;
        List<Integer> inTheWay =
                treatments.keySet().stream().filter(other -> isInTheWay(other, layer)).toList();
        boolean hasPlace = takingOver ? takesOver(incident, inTheWay) : inTheWay.isEmpty();
        if (!hasPlace || isConsequence(incident)) {
            return;
        }
        SortedSet<Integer> owed = new TreeSet<>();
        for (int other : inTheWay) {
            Treatment ended = treatments.remove(other);
            owed.addAll(ended.owed);
            if (!plan.remedies().get(ended.remedy).confirm()) {
                owed.add(ended.remedy);
            }
        }
        begin(layer, key, incident, owed, eventTimeMillis, orders);
    }

    private static boolean isInTheWay(int other, int layer) {
        return layer == WHOLE_MODEL || other == layer || other == WHOLE_MODEL;
    }

    /** What is only proposed takes nobody's place: it may never be done. */
    private boolean takesOver(Incident incident, List<Integer> inTheWay) {
        return !inTheWay.isEmpty()
                && !plan.remedies().get(incident.remedy()).confirm()
                && inTheWay.stream()
                        .allMatch(layer -> incident.remedy() < treatments.get(layer).remedy);
    }

    private boolean isConsequence(Incident incident) {
        return incident.openedAt() <= lastEndOfModel && update - lastStepOfModel < AFTERMATH;
    }

    private void begin(
            int layer,
            String key,
            Incident incident,
            SortedSet<Integer> owed,
            long eventTimeMillis,
            List<Prescription> orders) {
        int index = incident.remedy();
        Remedy remedy = plan.remedies().get(index);
        boolean again = update - lastBegun[index] < remedy.every();
        int step = again ? Math.min(lastStep[index] + 1, remedy.steps().size() - 1) : 0;
        var treatment = new Treatment(index, key, step, update);
        treatment.owed.addAll(owed);
        treatments.put(layer, treatment);
        lastBegun[index] = update;
        noteStep(layer);
        order(treatment, eventTimeMillis, orders);
    }

    private void goOn(
            int layer, Treatment treatment, long eventTimeMillis, List<Prescription> orders) {
        Remedy remedy = plan.remedies().get(treatment.remedy);
        String still = stillOpen(layer, treatment);
        if (still == null) {
            if (update - treatment.quietSince >= remedy.quiet()) {
                treatments.remove(layer);
                lastEndOfModel = layer == WHOLE_MODEL ? update : lastEndOfModel;
                prescribe(remedy, after(treatment), treatment, -1, eventTimeMillis, orders);
            }
            return;
        }
        treatment.incident = still;
        treatment.quietSince = update;
        boolean isLast = treatment.step == remedy.steps().size() - 1;
        if (!isLast && update - treatment.since >= remedy.patience()) {
            treatment.step++;
            treatment.since = update;
            noteStep(layer);
            order(treatment, eventTimeMillis, orders);
        }
    }

    /**
     * Its own, and of each other action what the first remedy that it owes it to has; what its own
     * steps have set stays set.
     */
    private List<Order> after(Treatment treatment) {
        Remedy remedy = plan.remedies().get(treatment.remedy);
        List<Order> after = new ArrayList<>(remedy.after());
        for (int owed : treatment.owed) {
            for (Order order : plan.remedies().get(owed).after()) {
                boolean isSet = remedy.steps().stream().anyMatch(step -> has(step, order.action()));
                if (!isSet && !has(after, order.action())) {
                    after.add(order);
                }
            }
        }
        return after;
    }

    private static boolean has(List<Order> orders, String action) {
        return orders.stream().anyMatch(order -> order.action().equals(action));
    }

    private void noteStep(int layer) {
        lastStepOfModel = layer == WHOLE_MODEL ? update : lastStepOfModel;
    }

    /** An incident that the treatment is for: the one it began with, or another of its remedy. */
    private String stillOpen(int layer, Treatment treatment) {
        if (open.containsKey(treatment.incident)) {
            return treatment.incident;
        }
        return open.entrySet().stream()
                .filter(one -> one.getValue().remedy() == treatment.remedy)
                .filter(one -> layer == WHOLE_MODEL || one.getValue().layer() == layer)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(null);
    }

    private void order(Treatment treatment, long eventTimeMillis, List<Prescription> orders) {
        Remedy remedy = plan.remedies().get(treatment.remedy);
        lastStep[treatment.remedy] = treatment.step;
        List<Order> step = remedy.steps().get(treatment.step);
        prescribe(remedy, step, treatment, treatment.step, eventTimeMillis, orders);
    }

    private void prescribe(
            Remedy remedy,
            List<Order> given,
            Treatment treatment,
            int step,
            long eventTimeMillis,
            List<Prescription> orders) {
        Incident incident = open.get(treatment.incident);
        boolean proposed = remedy.confirm() || plan.mode() == PolicySource.Mode.PROPOSE;
        for (Order template : given) {
            Order order = filled(template, incident);
            if (order != null) {
                String id =
                        "%s/%s/%d/%d/%s"
                                .formatted(modelName, remedy.name(), update, step, order.action());
                String by = "policy %s for %s".formatted(remedy.name(), treatment.incident);
                orders.add(new Prescription(id, order, by, proposed, eventTimeMillis));
            }
        }
    }

    /** Null if what it needs is not known. */
    private static Order filled(Order template, Incident incident) {
        SortedMap<String, String> arguments = new TreeMap<>(template.arguments());
        for (Map.Entry<String, String> argument : arguments.entrySet()) {
            long value =
                    switch (argument.getValue()) {
                        case Remedy.LAST_GOOD -> incident == null ? -1 : incident.lastGoodVersion();
                        case Remedy.OF_INCIDENT -> incident == null ? -1 : incident.layer();
                        default -> 0;
                    };
            if (value < 0) {
                return null;
            }
            if (argument.getValue().equals(Remedy.LAST_GOOD)
                    || argument.getValue().equals(Remedy.OF_INCIDENT)) {
                argument.setValue(String.valueOf(value));
            }
        }
        return new Order(template.action(), arguments);
    }

    /** Name of the remedy that is being taken, by layer; -1: the whole model. */
    SortedMap<Integer, String> treated() {
        SortedMap<Integer, String> treated = new TreeMap<>();
        treatments.forEach(
                (layer, one) -> treated.put(layer, plan.remedies().get(one.remedy).name()));
        return treated;
    }

    /** All that a resumed policy needs; see {@link PolicyState}. */
    public byte[] snapshot() {
        return PolicyState.write(this);
    }

    /**
     * Goes on from what {@link #snapshot} gave. What belongs to a remedy that has gone is
     * forgotten.
     *
     * @throws IllegalArgumentException if it is of another format or cut short
     */
    public void restore(byte[] snapshot) {
        PolicyState.read(this, snapshot);
    }
}
