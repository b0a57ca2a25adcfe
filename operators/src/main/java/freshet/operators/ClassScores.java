package freshet.operators;

import freshet.learners.Measurement;
import freshet.learners.SavedState;
import freshet.learners.scoring.ClassTally;
import freshet.learners.scoring.PrequentialScore;
import freshet.learners.stability.Adwin;
import freshet.learners.stability.Ddm;
import freshet.learners.stability.DriftDetector;
import freshet.learners.stability.PageHinkley;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Scores of one model: over all records and by source, and detectors that watch its error.
 *
 * <p>Bounded by {@link Config#maxSources} sources: later ones count among all, but not apart.
 */
public final class ClassScores {

    private static final int FORMAT_VERSION = 1;

    /**
     * What is scored.
     *
     * @param score classes and windows
     * @param maxSources sources that are also scored apart, from 0
     */
    public record Config(PrequentialScore.Config score, int maxSources) implements Serializable {}

    private final Config config;
    private final PrequentialScore all;
    private final Map<String, PrequentialScore> bySource = new LinkedHashMap<>();
    private final Map<String, DriftDetector> detectors = new LinkedHashMap<>();

    ClassScores(Config config) {
        this.config = config;
        all = new PrequentialScore(config.score());
        detectors.put("errorAlarmDdm", new Ddm());
        detectors.put("errorAlarmAdwin", new Adwin(0.002, 32));
        detectors.put("errorAlarmPageHinkley", PageHinkley.withThreshold(50));
    }

    /** Counts one answer, and returns the alarms that it raised. */
    List<Measurement> add(String source, float[] probabilities, int label) {
        all.add(probabilities, label);
        PrequentialScore own = bySource.get(source);
        if (own == null && bySource.size() < config.maxSources()) {
            own = new PrequentialScore(config.score());
            bySource.put(source, own);
        }
        if (own != null) {
            own.add(probabilities, label);
        }
        double error = ClassTally.likeliest(probabilities) == label ? 0 : 1;
        List<Measurement> alarms = new ArrayList<>();
        detectors.forEach(
                (name, detector) -> {
                    if (detector.add(error)) {
                        alarms.add(Measurement.of(name, 1));
                    }
                });
        return alarms;
    }

    PrequentialScore all() {
        return all;
    }

    /** Those that are scored apart, in the order of their appearance. */
    List<String> sources() {
        return List.copyOf(bySource.keySet());
    }

    List<Measurement> measureAll() {
        List<Measurement> points = measure(all);
        int classes = config.score().classes();
        for (int label = 0; label < classes; label++) {
            for (int predicted = 0; predicted < classes; predicted++) {
                double records = all.all().confusion(label, predicted);
                if (records > 0) {
                    points.add(
                            new Measurement(
                                    "confusionRecords",
                                    label,
                                    predicted,
                                    1,
                                    records,
                                    records,
                                    records));
                }
            }
        }
        return points;
    }

    List<Measurement> measure(String source) {
        return measure(bySource.get(source));
    }

    /** Each of all records, of the window and fading; its count is the weight of the records. */
    private static List<Measurement> measure(PrequentialScore score) {
        List<Measurement> points = new ArrayList<>();
        measure("", score.all(), points);
        measure("Sliding", score.sliding(), points);
        measure("Fading", score.fading(), points);
        return points;
    }

    private static void measure(String over, ClassTally tally, List<Measurement> points) {
        points.add(weighed("accuracy" + over, tally.accuracy(), tally));
        points.add(weighed("logLossNats" + over, tally.logLossNats(), tally));
        points.add(weighed("calibrationError" + over, tally.calibrationError(), tally));
    }

    private static Measurement weighed(String name, double mean, ClassTally tally) {
        long count = Math.max(1, Math.round(tally.weight()));
        return new Measurement(name, -1, -1, count, mean * count, mean, mean);
    }

    /**
     * Format (int), all (int length, bytes), number of sources (int), each: name (UTF), int length,
     * bytes; detectors in their order: int length, bytes.
     */
    byte[] snapshot() {
        return SavedState.write(
                FORMAT_VERSION,
                out -> {
                    SavedState.writeBlock(out, all.snapshot());
                    out.writeInt(bySource.size());
                    for (var entry : bySource.entrySet()) {
                        out.writeUTF(entry.getKey());
                        SavedState.writeBlock(out, entry.getValue().snapshot());
                    }
                    for (DriftDetector detector : detectors.values()) {
                        SavedState.writeBlock(out, detector.snapshot());
                    }
                });
    }

    void restore(byte[] snapshot) {
        SavedState.read(
                "scores",
                FORMAT_VERSION,
                snapshot,
                in -> {
                    all.restore(SavedState.readBlock(in));
                    bySource.clear();
                    for (int i = in.readInt(); i > 0; i--) {
                        var own = new PrequentialScore(config.score());
                        bySource.put(in.readUTF(), own);
                        own.restore(SavedState.readBlock(in));
                    }
                    for (DriftDetector detector : detectors.values()) {
                        detector.restore(SavedState.readBlock(in));
                    }
                });
    }
}
