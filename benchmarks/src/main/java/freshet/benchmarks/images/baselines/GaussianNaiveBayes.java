package freshet.benchmarks.images.baselines;

import freshet.learners.vision.OnlineClassifier;

/**
 * Naive Bayes with a normal distribution of each feature in each class, from running means and
 * variances (Welford's).
 */
public final class GaussianNaiveBayes implements OnlineClassifier {

    /** Added to each variance: a pixel that is always black would rule out a class. */
    private static final double LEAST_VARIANCE = 0.01;

    private final int classes;
    private final int inputs;
    private final long[] counts; // [C]
    private final double[] means; // [C, D]
    private final double[] squares; // [C, D] sums of squared distances from the mean

    public GaussianNaiveBayes(int inputs, int classes) {
        this.inputs = inputs;
        this.classes = classes;
        counts = new long[classes];
        means = new double[classes * inputs];
        squares = new double[classes * inputs];
    }

    @Override
    public int classify(float[] features) {
        int best = 0;
        double most = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < classes; k++) {
            if (counts[k] == 0) {
                continue;
            }
            double score = Math.log((double) counts[k]);
            for (int i = 0; i < inputs; i++) {
                int at = k * inputs + i;
                double variance = squares[at] / counts[k] + LEAST_VARIANCE;
                double distance = features[i] - means[at];
                score -= (Math.log(variance) + distance * distance / variance) / 2;
            }
            if (score > most) {
                most = score;
                best = k;
            }
        }
        return best;
    }

    @Override
    public void learn(float[] features, int label) {
        counts[label]++;
        for (int i = 0; i < inputs; i++) {
            int at = label * inputs + i;
            double before = features[i] - means[at];
            means[at] += before / counts[label];
            squares[at] += before * (features[i] - means[at]);
        }
    }
}
