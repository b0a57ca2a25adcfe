package freshet.jobs.demo;

import freshet.schemas.Measurement;
import freshet.schemas.Telemetry;
import freshet.schemas.TextPrediction;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Sums up what comes out of the pipeline. At-least-once delivery may bring a prediction again after
 * a restart: each (source, sequence) counts once, the first time, and what is missing is counted
 * too. A prediction whose model had seen its text counts for no score.
 *
 * <p>Keeps some numbers for every text: bounded by the corpus. Thread-safe.
 */
final class StreamMeter {

    private static final long WINDOW_MILLIS = 10_000;

    /** Longer pauses between predictions are no time of work: the demo was stopped. */
    private static final long PAUSE_MILLIS = 5_000;

    /**
     * One scored text.
     *
     * @param streamBytes bytes of all texts before it
     */
    record Point(String source, long streamBytes, Score score) {}

    private record Served(long atMillis, Score score) {}

    private final String model;
    private final Map<String, Long> lastSequences = new LinkedHashMap<>();
    private final Map<String, Score> bySource = new LinkedHashMap<>();
    private final List<Point> points = new ArrayList<>();
    private final Deque<Served> window = new ArrayDeque<>();
    private final Deque<Long> unlearned = new ArrayDeque<>();
    private long[] lags = new long[1024];
    private int lagCount;

    private Score total = Score.NOTHING;
    private long predictions;
    private long repeats;
    private long missing;
    private long uncounted;
    private long deadLetters;
    private long tokens;
    private long streamBytes;
    private long workMillis;
    private long lastServedMillis;
    private long version = -1;
    private long modelAgeMillis = -1;
    private double lowestEntropyNats = Double.NaN;

    /**
     * @param model whose predictions and telemetry count
     */
    StreamMeter(String model) {
        this.model = model;
    }

    /**
     * State of the stream at a moment.
     *
     * @param window of the last ten seconds
     * @param total since the stream began
     * @param version updates that the newest answering model had learned; -1 before the first
     * @param modelAgeMillis how stale it was; -1 if it had learned nothing
     * @param lagMillis newest learning lag; -1 before the first
     * @param lowestEntropyNats of all heads, newest probe; NaN before the first
     * @param frozen whether a frozen copy answers beside
     */
    record Reading(
            long predictions,
            double tokensPerSecond,
            Score window,
            Score total,
            long version,
            long modelAgeMillis,
            long lagMillis,
            double lowestEntropyNats,
            boolean frozen) {}

    /** Takes a prediction; false if it is a repeat. */
    synchronized boolean add(TextPrediction prediction) {
        if (!prediction.getModelName().equals(model) || !prediction.getLearn()) {
            return true; // another model's, or the answer to somebody's question
        }
        String source = prediction.getSource();
        long last = lastSequences.getOrDefault(source, -1L);
        if (prediction.getSequence() <= last) {
            repeats++;
            return false;
        }
        missing += prediction.getSequence() - last - 1;
        lastSequences.put(source, prediction.getSequence());
        predictions++;
        tokens += prediction.getBitsPerToken().size();

        long now = prediction.getServedAt();
        long pause = now - lastServedMillis;
        boolean afterPause = lastServedMillis > 0 && pause > PAUSE_MILLIS;
        workMillis += lastServedMillis == 0 || afterPause ? 0 : Math.max(0, pause);
        lastServedMillis = now;
        version = prediction.getModelVersion();
        modelAgeMillis = prediction.getModelAgeMillis();
        if (afterPause) {
            unlearned.clear(); // their lag would tell how long the demo was stopped
        }
        noteLag(prediction, now);
        score(prediction, now);
        return true;
    }

    /** The texts that this version was the first to have learned. */
    private void noteLag(TextPrediction prediction, long nowMillis) {
        while (!unlearned.isEmpty() && unlearned.peek() <= prediction.getTrainedThrough()) {
            if (lagCount == lags.length) {
                lags = Arrays.copyOf(lags, 2 * lagCount);
            }
            lags[lagCount++] = nowMillis - unlearned.remove();
        }
        unlearned.add(prediction.getEventTime());
    }

    private void score(TextPrediction prediction, long nowMillis) {
        int bytes = prediction.getTextBytes();
        streamBytes += bytes;
        Score score = Score.NOTHING;
        if (prediction.getIsTest()) {
            Double frozen = prediction.getBitsFrozen();
            score =
                    new Score(
                            1,
                            prediction.getBitsPerToken().size(),
                            bytes,
                            prediction.getBitsAll(),
                            prediction.getBitsModel(),
                            frozen == null ? prediction.getBitsModel() : frozen);
            total = total.plus(score);
            bySource.merge(prediction.getSource(), score, Score::plus);
            points.add(new Point(prediction.getSource(), streamBytes - bytes, score));
        } else {
            uncounted++;
        }
        window.add(new Served(nowMillis, score));
        while (window.peek().atMillis() < nowMillis - WINDOW_MILLIS) {
            window.remove();
        }
    }

    synchronized void add(Telemetry telemetry) {
        if (!telemetry.getModelName().equals(model)) {
            return;
        }
        double lowest = Double.POSITIVE_INFINITY;
        for (Measurement point : telemetry.getMeasurements()) {
            if (point.getName().equals("attentionEntropyNats")) {
                // The mean over the positions of one head: a minimum over positions is always 0.
                lowest = Math.min(lowest, point.getSum() / point.getCount());
            }
        }
        if (lowest < Double.POSITIVE_INFINITY) {
            lowestEntropyNats = lowest;
        }
    }

    synchronized void addDeadLetter() {
        deadLetters++;
    }

    synchronized Reading reading(boolean frozen) {
        Score recent = Score.NOTHING;
        for (Served served : window) {
            recent = recent.plus(served.score());
        }
        long span = window.isEmpty() ? 0 : lastServedMillis - window.peek().atMillis();
        return new Reading(
                predictions,
                span == 0 ? 0 : 1e3 * recent.tokens() / span,
                recent,
                total,
                version,
                modelAgeMillis,
                lagCount == 0 ? -1 : lags[lagCount - 1],
                lowestEntropyNats,
                frozen);
    }

    synchronized List<Point> points() {
        return List.copyOf(points);
    }

    /** In the order of their appearance. */
    synchronized Map<String, Score> bySource() {
        return new LinkedHashMap<>(bySource);
    }

    /**
     * Figures of the whole stream.
     *
     * @param uncounted predictions whose model had already learned their text
     * @param tokensPerSecond while the demo ran
     * @param lagMillis learning lags, rising: from a text's event time to the first prediction by a
     *     model that has learned it
     */
    record Totals(
            Score score,
            long predictions,
            long repeats,
            long missing,
            long uncounted,
            long deadLetters,
            double tokensPerSecond,
            long[] lagMillis) {}

    synchronized Totals totals() {
        long[] rising = Arrays.copyOf(lags, lagCount);
        Arrays.sort(rising);
        return new Totals(
                total,
                predictions,
                repeats,
                missing,
                uncounted,
                deadLetters,
                workMillis == 0 ? 0 : 1e3 * tokens / workMillis,
                rising);
    }
}
