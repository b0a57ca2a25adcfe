package freshet.learners.selftraining;

import java.util.Arrays;

/** How sure logits are, and which rows of a batch are sure enough to teach. */
final class Confidence {

    private Confidence() {}

    /** Greatest minus smallest logit of each row; {@code [B, C]} to {@code [B]}. */
    static double[] of(float[] logits, int classes) {
        double[] confidences = new double[logits.length / classes];
        for (int row = 0; row < confidences.length; row++) {
            float least = Float.POSITIVE_INFINITY;
            float greatest = Float.NEGATIVE_INFINITY;
            for (int c = 0; c < classes; c++) {
                least = Math.min(least, logits[row * classes + c]);
                greatest = Math.max(greatest, logits[row * classes + c]);
            }
            confidences[row] = (double) greatest - least;
        }
        return confidences;
    }

    /** Greatest probability of each row; {@code [B, C]} to {@code [B]}. */
    static double[] likeliest(float[] probabilities, int classes) {
        double[] confidences = new double[probabilities.length / classes];
        for (int i = 0; i < probabilities.length; i++) {
            confidences[i / classes] = Math.max(confidences[i / classes], probabilities[i]);
        }
        return confidences;
    }

    /** The quantile at {@code share} of [0, 1], between two values in a straight line. */
    static double quantile(double[] values, double share) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double place = share * (sorted.length - 1);
        int below = (int) Math.floor(place);
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }

    /** Rows whose value is at or above the quantile, ascending; never none. */
    static int[] keep(double[] values, double share) {
        double threshold = quantile(values, share);
        return java.util.stream.IntStream.range(0, values.length)
                .filter(row -> values[row] >= threshold)
                .toArray();
    }
}
