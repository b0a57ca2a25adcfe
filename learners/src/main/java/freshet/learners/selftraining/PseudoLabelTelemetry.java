package freshet.learners.selftraining;

import freshet.learners.Measurement;
import java.util.List;

/**
 * What tells that pseudo-labels go wrong. None alone is an alarm: confidence and agreement rise
 * while accuracy falls, and balanced errors keep the entropy high.
 */
final class PseudoLabelTelemetry {

    private PseudoLabelTelemetry() {}

    /**
     * Measures one target batch: {@code teacherConfidence} (probability of the likeliest class),
     * {@code acceptedShare} (those at or above {@code accept}), {@code agreementShare} (teacher and
     * student choose the same class) and {@code targetWeight} (of the target in the interpolation).
     *
     * @param student {@code [B]} the student's classes before the update
     * @param weights {@code [S]}
     */
    static List<Measurement> measure(
            PseudoLabels pseudo, int[] student, double[] weights, double accept) {
        int count = pseudo.labels().length;
        int classes = pseudo.probabilities().length / count;
        double[] confidences = new double[count];
        double[] accepted = new double[count];
        double[] agreed = new double[count];
        for (int row = 0; row < count; row++) {
            for (int c = 0; c < classes; c++) {
                confidences[row] =
                        Math.max(confidences[row], pseudo.probabilities()[row * classes + c]);
            }
            accepted[row] = confidences[row] >= accept ? 1 : 0;
            agreed[row] = pseudo.labels()[row] == student[row] ? 1 : 0;
        }
        return List.of(
                merged("teacherConfidence", confidences),
                merged("acceptedShare", accepted),
                merged("agreementShare", agreed),
                merged("targetWeight", weights));
    }

    private static Measurement merged(String name, double[] values) {
        Measurement all = Measurement.of(name, values[0]);
        for (int i = 1; i < values.length; i++) {
            all = all.merge(Measurement.of(name, values[i]));
        }
        return all;
    }
}
