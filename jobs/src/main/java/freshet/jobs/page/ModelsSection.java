package freshet.jobs.page;

import com.fasterxml.jackson.databind.node.ObjectNode;
import freshet.schemas.Measurement;
import freshet.schemas.Telemetry;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Overview of the models: what answers, how old it is, how fast.
 *
 * <p>Bounded by {@link #MAX_MODELS} models; of each {@link #MAX_UNLEARNED} event times, ten seconds
 * of counts and {@link #MAX_VERSIONS} versions.
 */
final class ModelsSection extends Section {

    static final int MAX_MODELS = 64;
    private static final int MAX_UNLEARNED = 4_096;
    private static final int MAX_VERSIONS = 50;
    private static final int RATE_SECONDS = 10;

    /** One model as its answers and its telemetry show it. */
    private static final class Model {
        long version = -1;
        long ageMillis = -1;
        long lagMillis = -1;
        long newestAnswerMillis = -1;
        long newestUpdate = -1;
        long newestUpdateMillis = -1;
        long versionSinceMillis = -1;
        Boolean held;
        long heldMillis = -1;
        final Deque<Long> versions = new ArrayDeque<>();
        final Deque<Long> unlearned = new ArrayDeque<>();
        final long[] answers = new long[RATE_SECONDS + 1]; // by second, as a ring
        long newestSecond = -1;

        void countAnswer(long second) {
            if (second > newestSecond) {
                long from = Math.max(newestSecond + 1, second - answers.length + 1);
                for (long cleared = from; cleared <= second; cleared++) {
                    answers[(int) (cleared % answers.length)] = 0;
                }
                newestSecond = second;
            }
            if (second > newestSecond - answers.length) {
                answers[(int) (second % answers.length)]++;
            }
        }

        /** Over the ten whole seconds before this one. */
        double answersPerSecond(long nowSecond) {
            long sum = 0;
            for (long second = nowSecond - RATE_SECONDS; second < nowSecond; second++) {
                boolean kept = second >= 0 && second <= newestSecond;
                if (kept && second > newestSecond - answers.length) {
                    sum += answers[(int) (second % answers.length)];
                }
            }
            return (double) sum / RATE_SECONDS;
        }
    }

    private final Map<String, Model> models = new LinkedHashMap<>();
    private final OrdersSection orders;
    private final AlertsSection alerts;

    /**
     * @param names models of the settings: they are shown even while they are silent
     */
    ModelsSection(Iterable<String> names, OrdersSection orders, AlertsSection alerts) {
        super("models");
        this.orders = orders;
        this.alerts = alerts;
        names.forEach(this::model);
    }

    private Model model(String name) {
        Model known = models.get(name);
        if (known == null && models.size() < MAX_MODELS) {
            known = new Model();
            models.put(name, known);
        }
        return known == null ? new Model() : known;
    }

    /**
     * Takes one answer.
     *
     * @param at Kafka's timestamp of the answer, milliseconds
     * @param eventTime of what is answered, milliseconds
     * @param trainedThrough event time that the model had learned, milliseconds; -1: nothing, or
     *     not said
     * @param ageMillis how stale the model was; -1: not said
     */
    void answered(
            String name,
            long at,
            long version,
            long eventTime,
            long trainedThrough,
            long ageMillis) {
        Model model = model(name);
        model.countAnswer(at / 1000);
        model.newestAnswerMillis = Math.max(model.newestAnswerMillis, at);
        if (version != model.version) {
            model.version = version;
            model.versionSinceMillis = at;
            model.versions.remove(version);
            model.versions.addLast(version);
            if (model.versions.size() > MAX_VERSIONS) {
                model.versions.removeFirst();
            }
        }
        if (ageMillis >= 0) {
            model.ageMillis = ageMillis;
        }
        while (!model.unlearned.isEmpty() && model.unlearned.peekFirst() <= trainedThrough) {
            model.lagMillis = Math.max(0, at - model.unlearned.removeFirst());
        }
        if (model.unlearned.size() == MAX_UNLEARNED) {
            model.unlearned.removeFirst();
        }
        model.unlearned.addLast(eventTime);
        changed();
    }

    void measured(Telemetry telemetry, long at) {
        Model model = model(telemetry.getModelName());
        String part = telemetry.getPart();
        if (part.equals("learner")) {
            model.newestUpdate = telemetry.getNumber();
            model.newestUpdateMillis = Math.max(model.newestUpdateMillis, at);
            changed();
        }
        for (Measurement point : telemetry.getMeasurements()) {
            if (part.equals("publication") && point.getName().equals("publicationHeld")) {
                model.held = point.getSum() > 0;
                model.heldMillis = at;
                changed();
            } else if (part.startsWith("robot:") && point.getName().equals("modelAgeMillis")) {
                model.ageMillis = (long) point.getSum();
                changed();
            }
        }
    }

    /** When the newest answer of any model came; -1 before the first. */
    long newestAnswerMillis() {
        return models.values().stream()
                .mapToLong(model -> model.newestAnswerMillis)
                .max()
                .orElse(-1);
    }

    /** Models that have answered. */
    long answering() {
        return models.values().stream().filter(model -> model.newestAnswerMillis >= 0).count();
    }

    @Override
    boolean ages() {
        return true; // records a second fall when nothing comes
    }

    @Override
    void write(ObjectNode into, View view) {
        var rows = into.putArray("models");
        models.forEach(
                (name, model) -> {
                    ObjectNode row = rows.addObject();
                    row.put("name", name);
                    row.put("version", model.version);
                    row.put("versionSinceMillis", model.versionSinceMillis);
                    row.put("ageMillis", model.ageMillis);
                    row.put("lagMillis", model.lagMillis);
                    row.put("update", model.newestUpdate);
                    row.put("updateMillis", model.newestUpdateMillis);
                    row.put("answerMillis", model.newestAnswerMillis);
                    row.put("answersPerSecond", model.answersPerSecond(view.nowMillis() / 1000));
                    row.put("frozen", orders.isFrozen(name));
                    row.put("held", isHeld(name, model));
                    row.put("openAlerts", alerts.open(name).size());
                    var versions = row.putArray("versions");
                    model.versions.descendingIterator().forEachRemaining(versions::add);
                });
    }

    /** What the learner measured of it, unless an order was carried out since. */
    private boolean isHeld(String name, Model model) {
        return model.held != null && model.heldMillis >= orders.heldSinceMillis(name)
                ? model.held
                : orders.isHeld(name);
    }
}
