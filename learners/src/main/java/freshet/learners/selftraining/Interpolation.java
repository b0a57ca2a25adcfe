package freshet.learners.selftraining;

import freshet.learners.tensor.CounterRandom;
import java.util.Arrays;

/** Representations between those of source and target examples. */
final class Interpolation {

    private Interpolation() {}

    /**
     * Draws the weight of the target of each pair.
     *
     * @param seen target examples before this batch
     * @return {@code [pairs]} in [0, 1]
     */
    static double[] weights(
            SelfTrainingConfig.Method method, long seen, int pairs, CounterRandom random) {
        double[] weights = new double[pairs];
        double progress = Math.min(1, seen / (double) method.rampExamples());
        switch (method.mixing()) {
            case NONE -> throw new IllegalStateException("nothing is interpolated");
            case TARGET_ONLY -> Arrays.fill(weights, 1);
            case LINEAR -> Arrays.fill(weights, progress);
            case BETA -> Arrays.setAll(weights, i -> BetaRandom.onSchedule(progress, random));
        }
        return weights;
    }

    /**
     * Returns {@code (1 - weight) * source + weight * target} row by row. At 0 and 1 the bits are
     * those of the source and the target: the formula would lose the sign of zero, and 0 times
     * infinity.
     *
     * @param source {@code [S, size]}
     * @param target {@code [B, size]}
     * @param pairs {@code [S]} rows of the target
     * @param weights {@code [S]} of the target
     */
    static float[] mix(float[] source, float[] target, int[] pairs, double[] weights, int size) {
        float[] mixed = new float[pairs.length * size];
        for (int row = 0; row < pairs.length; row++) {
            int sourceAt = row * size;
            int targetAt = pairs[row] * size;
            float weight = (float) weights[row];
            if (weight == 0) {
                System.arraycopy(source, sourceAt, mixed, sourceAt, size);
            } else if (weight == 1) {
                System.arraycopy(target, targetAt, mixed, sourceAt, size);
            } else {
                for (int i = 0; i < size; i++) {
                    mixed[sourceAt + i] =
                            (1 - weight) * source[sourceAt + i] + weight * target[targetAt + i];
                }
            }
        }
        return mixed;
    }
}
