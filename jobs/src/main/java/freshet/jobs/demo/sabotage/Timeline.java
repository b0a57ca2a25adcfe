package freshet.jobs.demo.sabotage;

import freshet.operators.LearningControl;
import freshet.schemas.Alert;
import freshet.schemas.ControlAcknowledgement;
import freshet.schemas.Measurement;
import freshet.schemas.Severity;
import freshet.schemas.Telemetry;
import freshet.schemas.TextPrediction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is seen of a sabotage: updates of the learner, versions, incidents that are urgent, orders
 * and scores, and lines that tell of it as it comes. Keeps some numbers for each: bounded by the
 * length of the demo. Not thread-safe.
 */
final class Timeline {

    static final long NOT_YET = -1;

    /** After so many updates without anything urgent the incident is over. */
    private static final long CALM_UPDATES = 200;

    /** What builds up slowly is waited for so long. */
    private static final long LEAST_UPDATES = 500;

    /**
     * One update.
     *
     * @param lossNats of the batch before it was learned, a token
     * @param lowestEntropy normalised, of the sharpest head, in [0, 1]; NaN if not measured
     * @param learningRate NaN if not measured
     */
    record Update(
            long number,
            long eventTimeMillis,
            double lossNats,
            double lowestEntropy,
            double learningRate) {}

    /**
     * One version.
     *
     * @param served whether predictors got it, and not an older one in its place
     */
    record Version(long number, long eventTimeMillis, double probeLossNats, boolean served) {}

    /** An urgent incident opened. {@code number}: update, or version of part publication. */
    record Alarm(String key, String rule, Severity severity, String part, long number) {}

    /** What became of an order. */
    enum Fate {
        OBEYED,
        PROPOSED,
        REFUSED;

        static Fate of(ControlAcknowledgement answer) {
            return !answer.getAccepted() ? REFUSED : answer.getDryRun() ? PROPOSED : OBEYED;
        }
    }

    /**
     * An order of the policy.
     *
     * @param step update after which it held; the newest if it was not obeyed
     * @param remedy it was obeyed, and is against something that opened since the sabotage
     */
    record Obeyed(String by, Fate fate, long step, String text, boolean remedy) {}

    /** An answered text that nobody altered; bits of the whole text. */
    record Scored(long eventTimeMillis, int bytes, double served, double modelAlone) {}

    private final Sabotage sabotage;
    private final String modelName;
    private final long fromUpdate;
    private final SabotagedTexts texts;

    private final List<Update> updates = new ArrayList<>();
    private final TreeMap<Long, Version> versions = new TreeMap<>();
    private final List<Alarm> alarms = new ArrayList<>();
    private final Map<String, Alarm> open = new LinkedHashMap<>();
    private final List<Obeyed> orders = new ArrayList<>();
    private final List<Scored> scored = new ArrayList<>();
    private final List<String> lines = new ArrayList<>();

    private long update;
    private long sabotagedAt = NOT_YET;
    private long sabotagedAtMillis;
    private int sabotageOrders;
    private boolean ended;
    private boolean publishes = true;
    private long calmSince;

    Timeline(Sabotage sabotage, String modelName, long fromUpdate, SabotagedTexts texts) {
        this.sabotage = sabotage;
        this.modelName = modelName;
        this.fromUpdate = fromUpdate;
        this.texts = texts;
        lines.add(
                "sabotage %s from about update %d on: %s"
                        .formatted(sabotage.word(), fromUpdate, sabotage.what()));
    }

    void add(Telemetry telemetry) {
        if (!telemetry.getModelName().equals(modelName)) {
            return;
        }
        if (telemetry.getPart().equals("learner")) {
            learned(telemetry);
        } else if (telemetry.getPart().equals("publication")) {
            published(telemetry);
        }
        if (!isCalm()) {
            calmSince = update;
        }
    }

    private void learned(Telemetry telemetry) {
        long number = telemetry.getNumber();
        long time = telemetry.getEventTime();
        double loss = Double.NaN;
        double lowest = Double.NaN;
        double rate = Double.NaN;
        for (Measurement point : telemetry.getMeasurements()) {
            double mean = point.getSum() / point.getCount();
            switch (point.getName()) {
                case "lossNats" -> loss = mean;
                case "attentionEntropyNormalised" ->
                        lowest = Double.isNaN(lowest) ? mean : Math.min(lowest, mean);
                case "learningRate" -> rate = mean;
                case "publicationVetoed" -> judged(mean > 0);
                default -> {}
            }
        }
        if (number <= update) {
            return; // again after a restart
        }
        update = number;
        updates.add(new Update(number, time, loss, lowest, rate));
        if (sabotagedAt == NOT_YET && time >= texts.firstEventTimeMillis()) {
            begin(number, texts.firstEventTimeMillis(), "");
        }
        if (!ended && time > texts.lastEventTimeMillis()) {
            end("the source is sound again");
        }
    }

    private void begin(long number, long eventTimeMillis, String detail) {
        sabotagedAt = number;
        sabotagedAtMillis = eventTimeMillis;
        say(number, "SABOTAGE", sabotage.what() + detail);
    }

    /** No more is done to the run. */
    void end(String why) {
        if (!ended && sabotagedAt != NOT_YET) {
            ended = true;
            say(update, "", "sabotage ends: " + why);
        }
    }

    /** The guard over publication has let the last version through, or not. */
    private void judged(boolean vetoed) {
        if (vetoed && !versions.isEmpty()) {
            Version last = versions.lastEntry().getValue();
            versions.put(
                    last.number(),
                    new Version(
                            last.number(), last.eventTimeMillis(), last.probeLossNats(), false));
        }
    }

    private void published(Telemetry telemetry) {
        double loss = Double.NaN;
        boolean held = false;
        boolean frozen = false;
        for (Measurement point : telemetry.getMeasurements()) {
            switch (point.getName()) {
                case "probeLossNats" -> loss = point.getSum() / point.getCount();
                case "publicationHeld" -> held = point.getSum() > 0;
                case "learningFrozen" -> frozen = point.getSum() > 0;
                default -> {}
            }
        }
        publishes = !held && !frozen;
        long number = telemetry.getNumber();
        versions.putIfAbsent(number, new Version(number, telemetry.getEventTime(), loss, !held));
    }

    void add(Alert alert) {
        if (!alert.getModelName().equals(modelName)
                || alert.getSeverity().compareTo(Severity.HIGH) < 0) {
            return;
        }
        String part = alert.getPart();
        long number = alert.getNumber();
        String key = alert.getDedupeKey();
        if (alert.getResolved()) {
            Alarm opened = open.remove(key);
            String since =
                    opened == null || !opened.part().equals(part)
                            ? ""
                            : ", open for %d updates".formatted(number - opened.number());
            say(number, "OVER", key + since);
        } else {
            var alarm = new Alarm(key, alert.getRule(), alert.getSeverity(), part, number);
            alarms.add(alarm);
            open.put(key, alarm);
            say(number, "ALARM " + alert.getSeverity(), key + ": " + alert.getMessage());
        }
        calmSince = update;
    }

    void add(ControlAcknowledgement answer) {
        if (!answer.getModelName().equals(modelName)) {
            return;
        }
        var text = new StringBuilder(answer.getAction());
        new TreeMap<>(answer.getArguments())
                .forEach((name, value) -> text.append(' ').append(name).append('=').append(value));
        if (answer.getIssuedBy().equals(Saboteur.NAME)) {
            sabotageOrders++;
            if (!answer.getAccepted()) {
                say(
                        update,
                        "REFUSED",
                        "%s of the sabotage: %s".formatted(text, answer.getDetail()));
            } else if (sabotagedAt == NOT_YET) {
                begin(
                        answer.getStep() + 1,
                        answer.getAfterEventTime(),
                        " (%s: %s)".formatted(text, answer.getDetail()));
            }
            return;
        }
        Fate fate = Fate.of(answer);
        long step = fate == Fate.OBEYED ? answer.getStep() : update;
        String by = answer.getIssuedBy();
        orders.add(new Obeyed(by, fate, step, text.toString(), isRemedy(answer)));
        String word = answer.getDryRun() ? "PROPOSED" : answer.getAccepted() ? "OBEYED" : "REFUSED";
        say(step, word, "%s, %s: %s".formatted(text, by, answer.getDetail()));
        calmSince = update;
    }

    /** Whether it acts against an incident that opened since the sabotage began. */
    boolean isRemedy(ControlAcknowledgement answer) {
        return sabotagedAt != NOT_YET
                && Fate.of(answer) == Fate.OBEYED
                && !answer.getAction().equals(LearningControl.RELEASE)
                && alarms.stream()
                        .filter(alarm -> alarm.number() >= sabotagedAt)
                        .anyMatch(alarm -> answer.getIssuedBy().endsWith(" for " + alarm.key()));
    }

    void add(TextPrediction prediction) {
        if (prediction.getModelName().equals(modelName)
                && prediction.getLearn()
                && prediction.getIsTest()
                && !texts.isAltered(prediction.getSource(), prediction.getSequence())) {
            scored.add(
                    new Scored(
                            prediction.getEventTime(),
                            prediction.getTextBytes(),
                            prediction.getBitsAll(),
                            prediction.getBitsModel()));
        }
    }

    private void say(long number, String word, String text) {
        lines.add(
                String.format(
                        Locale.ROOT,
                        "update %,d  %s%s",
                        number,
                        word.isEmpty() ? "" : word + " ",
                        text));
    }

    /** What has not been told yet. */
    List<String> takeLines() {
        List<String> taken = List.copyOf(lines);
        lines.clear();
        return taken;
    }

    private boolean isCalm() {
        return ended && open.isEmpty() && publishes;
    }

    /** All has been as before for a while, so that no more is to be seen. */
    boolean isOver() {
        return isCalm()
                && update - calmSince >= CALM_UPDATES
                && update - sabotagedAt >= LEAST_UPDATES;
    }

    Sabotage sabotage() {
        return sabotage;
    }

    /** Update from which on it is meant to come. */
    long fromUpdate() {
        return fromUpdate;
    }

    /** First update that was sabotaged; {@link #NOT_YET} if none was. */
    long sabotagedAt() {
        return sabotagedAt;
    }

    long sabotagedAtMillis() {
        return sabotagedAtMillis;
    }

    int sabotageOrders() {
        return sabotageOrders;
    }

    long lastUpdate() {
        return update;
    }

    List<Update> updates() {
        return List.copyOf(updates);
    }

    List<Version> versions() {
        return List.copyOf(versions.values());
    }

    /** In the order of their opening; those that opened before the sabotage too. */
    List<Alarm> alarms() {
        return List.copyOf(alarms);
    }

    boolean hasOpenAlarms() {
        return !open.isEmpty();
    }

    boolean publishes() {
        return publishes;
    }

    List<Obeyed> orders() {
        return List.copyOf(orders);
    }

    List<Scored> scored() {
        return List.copyOf(scored);
    }
}
