package freshet.learners.selftraining;

/**
 * What the teacher says of a target batch.
 *
 * @param representation {@code [B, ...]} at the interpolated layer
 * @param logits {@code [B, C]} less the adjustment
 * @param labels {@code [B]} the likeliest classes
 * @param probabilities {@code [B, C]} before the adjustment
 * @param prior running class prior, this batch included
 * @param adjustment {@code [C]} taken off the logits of each row
 */
record PseudoLabels(
        float[] representation,
        float[] logits,
        int[] labels,
        float[] probabilities,
        ClassShares prior,
        float[] adjustment) {

    /**
     * Reads the teacher's logits.
     *
     * @param strength of the adjustment: see {@link SelfTrainingConfig.Method#priorAdjustment}
     */
    static PseudoLabels of(
            float[] representation,
            float[] logits,
            int classes,
            ClassShares priorBefore,
            double strength) {
        float[] probabilities = Rows.softmax(logits, classes, 1);
        ClassShares prior = priorBefore.moved(ClassShares.mean(probabilities, classes));
        float[] adjustment = new float[classes];
        for (int c = 0; c < classes; c++) {
            adjustment[c] = (float) (strength * prior.logExcess(c));
        }
        float[] adjusted = logits.clone();
        subtract(adjusted, adjustment, row -> 1);
        return new PseudoLabels(
                representation,
                adjusted,
                Rows.argmax(adjusted, classes),
                probabilities,
                prior,
                adjustment);
    }

    /** Weight of a row. */
    @FunctionalInterface
    interface RowWeight {
        double of(int row);
    }

    /** Takes the adjustment off each row of logits, times the row's weight. */
    static void subtract(float[] logits, float[] adjustment, RowWeight weight) {
        int classes = adjustment.length;
        for (int i = 0; i < logits.length; i++) {
            logits[i] -= (float) (weight.of(i / classes) * adjustment[i % classes]);
        }
    }
}
