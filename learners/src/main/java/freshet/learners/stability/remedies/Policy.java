package freshet.learners.stability.remedies;

import freshet.learners.Order;
import freshet.learners.SavedState;
import freshet.learners.stability.rules.Alarm;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Treats the incidents of one model: takes the first step of a remedy, waits, takes the next while
 * the incident lasts, and backs off when all is quiet. Counts updates, never time, so the same
 * telemetry always gives the same orders.
 *
 * <p>At most one treatment at a time concerns a layer, and one that concerns the whole model is
 * alone. Incidents that find no place wait their turn; what opened before a treatment of the whole
 * model ended is taken for a consequence of the same cause, and treated by itself only if it lasts
 * {@value #AFTERMATH} updates longer than the treatment's last step.
 *
 * <p>State: the incidents that are open and have a remedy, at most {@value #MAX_INCIDENTS}, and a
 * treatment a layer. Not thread-safe.
 */
public final class Policy {

    static final int MAX_INCIDENTS = 1_000;
    static final int AFTERMATH = 150;

    private static final int FORMAT_VERSION = 1;
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
    private record Incident(int remedy, int layer, long lastGoodVersion, long openedAt) {}

    /** What is being done at a layer, or to the whole model. */
    private static final class Treatment {
        private final int remedy;
        private String incident; // the one that it is for
        private int step;
        private long since; // update of the step
        private long quietSince;

        private Treatment(int remedy, String incident, int step, long since) {
            this.remedy = remedy;
            this.incident = incident;
            this.step = step;
            this.since = since;
            this.quietSince = since;
        }
    }

    private final Plan plan;
    private final String modelName;
    private final Map<String, Incident> open = new LinkedHashMap<>(); // by dedupe key
    private final SortedMap<Integer, Treatment> treatments = new TreeMap<>(); // by layer
    private final long[] lastBegun; // by remedy: update
    private final int[] lastStep;
    private long update;
    private long lastStepOfModel = NEVER; // update
    private long lastEndOfModel = NEVER;

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
        for (int layer : List.copyOf(treatments.keySet())) {
            goOn(layer, treatments.get(layer), eventTimeMillis, orders);
        }
        open.forEach(
                (key, incident) -> {
                    Remedy remedy = plan.remedies().get(incident.remedy());
                    int layer = remedy.perLayer() ? incident.layer() : WHOLE_MODEL;
                    if (isFree(layer) && !isConsequence(incident)) {
                        begin(layer, key, incident, eventTimeMillis, orders);
                    }
                });
        return orders;
    }

    private boolean isFree(int layer) {
        return layer == WHOLE_MODEL
                ? treatments.isEmpty()
                : !treatments.containsKey(layer) && !treatments.containsKey(WHOLE_MODEL);
    }

    private boolean isConsequence(Incident incident) {
        return incident.openedAt() <= lastEndOfModel && update - lastStepOfModel < AFTERMATH;
    }

    private void begin(
            int layer,
            String key,
            Incident incident,
            long eventTimeMillis,
            List<Prescription> orders) {
        int index = incident.remedy();
        Remedy remedy = plan.remedies().get(index);
        boolean again = update - lastBegun[index] < remedy.every();
        int step = again ? Math.min(lastStep[index] + 1, remedy.steps().size() - 1) : 0;
        var treatment = new Treatment(index, key, step, update);
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
                prescribe(remedy, remedy.after(), treatment, -1, eventTimeMillis, orders);
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

    /** All that a resumed policy needs. */
    public byte[] snapshot() {
        return SavedState.write(FORMAT_VERSION, this::write);
    }

    private void write(DataOutputStream out) throws IOException {
        out.writeLong(update);
        out.writeLong(lastStepOfModel);
        out.writeLong(lastEndOfModel);
        out.writeInt(plan.remedies().size());
        for (int i = 0; i < lastBegun.length; i++) {
            out.writeUTF(plan.remedies().get(i).name());
            out.writeLong(lastBegun[i]);
            out.writeInt(lastStep[i]);
        }
        out.writeInt(open.size());
        for (Map.Entry<String, Incident> one : open.entrySet()) {
            out.writeUTF(one.getKey());
            out.writeInt(one.getValue().remedy());
            out.writeInt(one.getValue().layer());
            out.writeLong(one.getValue().lastGoodVersion());
            out.writeLong(one.getValue().openedAt());
        }
        out.writeInt(treatments.size());
        for (Map.Entry<Integer, Treatment> one : treatments.entrySet()) {
            Treatment treatment = one.getValue();
            out.writeInt(one.getKey());
            out.writeInt(treatment.remedy);
            out.writeUTF(treatment.incident);
            out.writeInt(treatment.step);
            out.writeLong(treatment.since);
            out.writeLong(treatment.quietSince);
        }
    }

    /**
     * Goes on from what {@link #snapshot} gave. What belongs to a remedy that has gone is
     * forgotten.
     *
     * @throws IllegalArgumentException if it is of another format or cut short
     */
    public void restore(byte[] snapshot) {
        SavedState.read("policy of " + modelName, FORMAT_VERSION, snapshot, this::read);
    }

    private void read(DataInputStream in) throws IOException {
        update = in.readLong();
        lastStepOfModel = in.readLong();
        lastEndOfModel = in.readLong();
        int[] now = new int[in.readInt()]; // place today of each remedy of then, -1: gone
        for (int then = 0; then < now.length; then++) {
            now[then] = place(in.readUTF());
            long begun = in.readLong();
            int step = in.readInt();
            if (now[then] >= 0) {
                lastBegun[now[then]] = begun;
                lastStep[now[then]] = Math.min(step, lastOf(now[then]));
            }
        }
        for (int i = in.readInt(); i > 0; i--) {
            String key = in.readUTF();
            int remedy = now[in.readInt()];
            var incident = new Incident(remedy, in.readInt(), in.readLong(), in.readLong());
            if (remedy >= 0) {
                open.put(key, incident);
            }
        }
        for (int i = in.readInt(); i > 0; i--) {
            int layer = in.readInt();
            int remedy = now[in.readInt()];
            String incident = in.readUTF();
            int step = in.readInt();
            long since = in.readLong();
            long quietSince = in.readLong();
            if (remedy >= 0) {
                var treatment =
                        new Treatment(remedy, incident, Math.min(step, lastOf(remedy)), since);
                treatment.quietSince = quietSince;
                treatments.put(layer, treatment);
            }
        }
    }

    private int lastOf(int remedy) {
        return plan.remedies().get(remedy).steps().size() - 1;
    }

    private int place(String name) {
        for (int i = 0; i < plan.remedies().size(); i++) {
            if (plan.remedies().get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }
}
