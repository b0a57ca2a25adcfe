package freshet.learners.selftraining;

import freshet.learners.Measurement;
import freshet.learners.stability.Summary;
import java.util.ArrayList;
import java.util.List;

/**
 * What tells that pseudo-labels go wrong. None alone is an alarm: confidence and agreement rise
 * while accuracy falls, and balanced errors keep the entropy high.
 */
final class PseudoLabelTelemetry {

    private static final int RANGES = 10;

    private PseudoLabelTelemetry() {}

    /**
     * Measures one target batch: {@code teacherConfidence} (probability of the likeliest class),
     * {@code teacherConfidenceShare} (of the examples in each tenth of [0, 1], {@code head} being
     * the tenth; the last includes 1), {@code acceptedShare} (those at or above {@code accept}),
     * {@code agreementShare} (teacher and student choose the same class) and {@code targetWeight}
     * (of the target in the interpolation).
     *
     * @param student {@code [B]} the student's classes before the update
     * @param weights {@code [S]}
     */
    static List<Measurement> measure(
            PseudoLabels pseudo, int[] student, double[] weights, double accept) {
        int count = pseudo.labels().length;
        double[] confidences =
                Confidence.likeliest(pseudo.probabilities(), pseudo.probabilities().length / count);
        var confidence = new Summary();
        var accepted = new Summary();
        var agreed = new Summary();
        var weight = new Summary();
        for (int row = 0; row < count; row++) {
            confidence.add(confidences[row]);
            accepted.add(confidences[row] >= accept ? 1 : 0);
            agreed.add(pseudo.labels()[row] == student[row] ? 1 : 0);
        }
        for (double one : weights) {
            weight.add(one);
        }
        var measurements = new ArrayList<Measurement>();
        measurements.add(confidence.of("teacherConfidence", -1, -1));
        measurements.add(accepted.of("acceptedShare", -1, -1));
        measurements.add(agreed.of("agreementShare", -1, -1));
        measurements.add(weight.of("targetWeight", -1, -1));
        measurements.addAll(histogram(confidences));
        return List.copyOf(measurements);
    }

    /** For each tenth of [0, 1] whether each value lies in it: the mean is the share that does. */
    static List<Measurement> histogram(double[] confidences) {
        var measurements = new ArrayList<Measurement>();
        for (int range = 0; range < RANGES; range++) {
            var inside = new Summary();
            for (double confidence : confidences) {
                int own = Math.min(RANGES - 1, (int) (RANGES * confidence));
                inside.add(own == range ? 1 : 0);
            }
            measurements.add(inside.of("teacherConfidenceShare", -1, range));
        }
        return measurements;
    }
}
