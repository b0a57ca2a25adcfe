package freshet.jobs.demo.images;

import freshet.jobs.demo.Lead;
import freshet.operators.LearningControl;
import freshet.schemas.ControlAcknowledgement;
import freshet.schemas.ImagePrediction;
import freshet.schemas.Measurement;
import freshet.schemas.Telemetry;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Sums up what comes out of the pipelines. Accuracies are those that the pipelines report of
 * themselves; the pictures on the sheet are kept with all models' answers.
 *
 * <p>Keeps a point for each report: bounded by the stream. Thread-safe.
 */
final class ImageMeter {

    /**
     * One report of a model's score.
     *
     * @param scored answers scored so far
     * @param sliding accuracy over the newest
     */
    record Point(long scored, double sliding) {}

    /**
     * A score over some pictures.
     *
     * @param records of which it is the mean
     */
    record Score(long records, double accuracy, double logLossNats, double calibrationError) {}

    private static final Set<String> LEAVE_OUT =
            Set.of(LearningControl.FREEZE, LearningControl.SKIP, LearningControl.REWIND);

    /** One model. */
    private static final class State {
        final List<Point> points = new ArrayList<>();
        final Map<String, Score> bySource = new LinkedHashMap<>();
        final Map<Integer, Integer> answers = new LinkedHashMap<>();
        final Map<String, List<Long>> alarms = new LinkedHashMap<>();
        long predictions;
        long predictedThrough = Long.MIN_VALUE;
        long learnedThrough = Long.MIN_VALUE;
        long version = -1;
        boolean keepsUp = true; // whether it learns all that comes
    }

    private final TurningClothes clothes;
    private final Lead lead;
    private final List<Integer> onSheet;
    private final Map<ComparedModel, State> states = new EnumMap<>(ComparedModel.class);
    private long deadLetters;

    /**
     * @param onSheet pictures whose answers are kept
     */
    ImageMeter(TurningClothes clothes, Lead lead, List<Integer> onSheet) {
        this.clothes = clothes;
        this.lead = lead;
        this.onSheet = onSheet;
        for (ComparedModel model : ComparedModel.values()) {
            states.put(model, new State());
        }
    }

    synchronized void add(ImagePrediction prediction) {
        State state = state(prediction.getModelName());
        state.predictions++;
        state.version = prediction.getModelVersion();
        state.predictedThrough = Math.max(state.predictedThrough, prediction.getEventTime());
        int picture = clothes.picture(prediction.getSource(), prediction.getSequence());
        if (onSheet.contains(picture)) {
            state.answers.put(picture, prediction.getLabel());
        }
        lead.predicted(states.values().stream().mapToLong(s -> s.predictedThrough).min().orElse(0));
    }

    synchronized void add(Telemetry telemetry) {
        State state = state(telemetry.getModelName());
        String part = telemetry.getPart();
        switch (part) {
            case "learner" -> {
                state.learnedThrough = Math.max(state.learnedThrough, telemetry.getEventTime());
                tellLearned();
                for (Measurement point : telemetry.getMeasurements()) {
                    if (point.getName().equals("driftAlarm") && point.getMax() > 0) {
                        alarm(state, point.getName(), telemetry.getNumber());
                    }
                }
            }
            case "score" ->
                    state.points.add(
                            new Point(telemetry.getNumber(), value(telemetry, "accuracySliding")));
            case "drift" -> {
                for (Measurement point : telemetry.getMeasurements()) {
                    alarm(state, point.getName(), telemetry.getNumber());
                }
            }
            default -> {
                if (part.startsWith("score:")) {
                    state.bySource.put(part.substring("score:".length()), score(telemetry));
                }
            }
        }
    }

    /** The slowest of those that learn says how far learning is. */
    private void tellLearned() {
        lead.learned(
                states.values().stream()
                        .filter(state -> state.keepsUp)
                        .mapToLong(state -> state.learnedThrough)
                        .min()
                        .orElse(Long.MAX_VALUE));
    }

    /** A learner that was told to leave something out is no longer waited for. */
    synchronized void add(ControlAcknowledgement answer) {
        if (answer.getAccepted() && !answer.getDryRun() && LEAVE_OUT.contains(answer.getAction())) {
            state(answer.getModelName()).keepsUp = false;
            tellLearned();
        }
    }

    private static void alarm(State state, String name, long number) {
        state.alarms.computeIfAbsent(name, unused -> new ArrayList<>()).add(number);
    }

    synchronized void addDeadLetter() {
        deadLetters++;
    }

    private State state(String model) {
        for (ComparedModel one : ComparedModel.values()) {
            if (one.model().equals(model)) {
                return states.get(one);
            }
        }
        throw new IllegalStateException("a model that was not started: " + model);
    }

    private static Score score(Telemetry telemetry) {
        long records = 0;
        for (Measurement point : telemetry.getMeasurements()) {
            records = point.getName().equals("accuracy") ? point.getCount() : records;
        }
        return new Score(
                records,
                value(telemetry, "accuracy"),
                value(telemetry, "logLossNats"),
                value(telemetry, "calibrationError"));
    }

    /** Mean of a measurement; NaN if it is not there. */
    private static double value(Telemetry telemetry, String name) {
        for (Measurement point : telemetry.getMeasurements()) {
            if (point.getName().equals(name)) {
                return point.getSum() / point.getCount();
            }
        }
        return Double.NaN;
    }

    synchronized List<Point> points(ComparedModel model) {
        return List.copyOf(states.get(model).points);
    }

    /** Accuracy over the newest, by the last report; NaN before the first. */
    synchronized double sliding(ComparedModel model) {
        List<Point> points = states.get(model).points;
        return points.isEmpty() ? Double.NaN : points.get(points.size() - 1).sliding();
    }

    /** Of one part of the stream; null if none of it was reported. */
    synchronized Score score(ComparedModel model, String source) {
        return states.get(model).bySource.get(source);
    }

    /**
     * Where a detector raised its alarms: those on the error at so many scored answers, the
     * learner's own, {@code driftAlarm}, at so many of its updates.
     */
    synchronized List<Long> alarms(ComparedModel model, String detector) {
        return List.copyOf(states.get(model).alarms.getOrDefault(detector, List.of()));
    }

    /** The class that a model gave a picture on the sheet; null if it has not answered. */
    synchronized Integer answer(ComparedModel model, int picture) {
        return states.get(model).answers.get(picture);
    }

    synchronized long predictions(ComparedModel model) {
        return states.get(model).predictions;
    }

    synchronized long version(ComparedModel model) {
        return states.get(model).version;
    }

    synchronized long deadLetters() {
        return deadLetters;
    }

    /** Every model has reported so many scored answers. */
    synchronized boolean hasScored(long records) {
        return states.values().stream()
                .allMatch(
                        state ->
                                !state.points.isEmpty()
                                        && state.points.get(state.points.size() - 1).scored()
                                                >= records);
    }
}
