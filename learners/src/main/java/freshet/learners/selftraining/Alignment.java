package freshet.learners.selftraining;

import freshet.learners.tensor.CounterRandom;

/** How the examples of a source batch are paired with those of a target batch. */
public enum Alignment {
    /** The i-th with the i-th. */
    NONE,
    /** Each with a random one. */
    RANDOM,
    /**
     * Each with a random one of the same label, or with any where there is none. As a choice of
     * target examples this is class-balanced sampling.
     */
    LABEL;

    /**
     * Chooses a target example for each source example; one may be chosen more than once.
     *
     * @param sourceLabels {@code [S]}
     * @param pseudoLabels {@code [B]} of the target examples, at least one
     * @param classes labels are below this
     * @return {@code [S]} indices below B
     */
    int[] pairs(int[] sourceLabels, int[] pseudoLabels, int classes, CounterRandom random) {
        int[] chosen = new int[sourceLabels.length];
        int[][] byLabel = this == LABEL ? byLabel(pseudoLabels, classes) : null;
        for (int i = 0; i < chosen.length; i++) {
            if (this == NONE) {
                chosen[i] = i % pseudoLabels.length;
            } else if (byLabel != null && byLabel[sourceLabels[i]].length > 0) {
                int[] same = byLabel[sourceLabels[i]];
                chosen[i] = same[(int) random.nextLong(same.length)];
            } else {
                chosen[i] = (int) random.nextLong(pseudoLabels.length);
            }
        }
        return chosen;
    }

    /** Indices of each label, ascending. */
    private static int[][] byLabel(int[] labels, int classes) {
        int[] counts = new int[classes];
        for (int label : labels) {
            counts[label]++;
        }
        int[][] indices = new int[classes][];
        for (int label = 0; label < classes; label++) {
            indices[label] = new int[counts[label]];
        }
        for (int i = labels.length - 1; i >= 0; i--) {
            indices[labels[i]][--counts[labels[i]]] = i;
        }
        return indices;
    }
}
