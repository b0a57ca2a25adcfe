package freshet.benchmarks.images.baselines;

import freshet.learners.vision.OnlineClassifier;

/**
 * Multinomial logistic regression by stochastic gradient descent with AdaGrad's step sizes (Duchi,
 * Hazan and Singer, JMLR 12, 2011), one example at a time.
 */
public final class SoftmaxRegression implements OnlineClassifier {

    private static final double EPSILON = 1e-8;

    private final int classes;
    private final int inputs;
    private final double rate;
    private final double[] weights; // [C, D + 1], the bias last
    private final double[] squares; // sums of squared gradients, likewise

    /**
     * @param rate AdaGrad's step size, above 0
     */
    public SoftmaxRegression(int inputs, int classes, double rate) {
        this.inputs = inputs;
        this.classes = classes;
        this.rate = rate;
        weights = new double[classes * (inputs + 1)];
        squares = new double[weights.length];
    }

    @Override
    public int classify(float[] features) {
        double[] scores = scores(features);
        int best = 0;
        for (int k = 1; k < classes; k++) {
            best = scores[k] > scores[best] ? k : best;
        }
        return best;
    }

    private double[] scores(float[] features) {
        double[] scores = new double[classes];
        for (int k = 0; k < classes; k++) {
            int row = k * (inputs + 1);
            double sum = weights[row + inputs];
            for (int i = 0; i < inputs; i++) {
                sum += weights[row + i] * features[i];
            }
            scores[k] = sum;
        }
        return scores;
    }

    @Override
    public void learn(float[] features, int label) {
        double[] errors = scores(features); // probability less target, of each class
        double most = Double.NEGATIVE_INFINITY;
        for (double score : errors) {
            most = Math.max(most, score);
        }
        double sum = 0;
        for (int k = 0; k < classes; k++) {
            errors[k] = Math.exp(errors[k] - most);
            sum += errors[k];
        }
        for (int k = 0; k < classes; k++) {
            double error = errors[k] / sum - (k == label ? 1 : 0);
            int row = k * (inputs + 1);
            for (int i = 0; i < inputs; i++) {
                move(row + i, error * features[i]);
            }
            move(row + inputs, error);
        }
    }

    private void move(int weight, double gradient) {
        squares[weight] += gradient * gradient;
        weights[weight] -= rate * gradient / (Math.sqrt(squares[weight]) + EPSILON);
    }
}
