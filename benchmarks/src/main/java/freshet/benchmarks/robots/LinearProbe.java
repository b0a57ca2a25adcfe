package freshet.benchmarks.robots;

import java.util.ArrayList;
import java.util.List;

/**
 * How well a straight line reads the true state from the belief: ridge regression on one set of
 * steps, judged on another. What it cannot read, a policy on the belief can hardly use.
 */
final class LinearProbe {

    private static final double RIDGE = 30;

    private final List<double[]> inputs = new ArrayList<>();
    private final List<float[]> states = new ArrayList<>();

    void add(float[] latent, float[] hidden, float[] state) {
        double[] input = new double[latent.length + hidden.length + 1];
        for (int i = 0; i < latent.length; i++) {
            input[i] = latent[i];
        }
        for (int i = 0; i < hidden.length; i++) {
            input[latent.length + i] = hidden[i];
        }
        input[input.length - 1] = 1;
        inputs.add(input);
        states.add(state);
    }

    int size() {
        return inputs.size();
    }

    /**
     * How well each number of {@code test} is read: 1 less the mean squared error over the variance
     * here, since a good policy leaves little variance to those that it is judged by. 1 is right, 0
     * no better than a constant.
     */
    double[] explained(LinearProbe test) {
        double[][] weights = solve();
        double[] shares = new double[states.get(0).length];
        for (int target = 0; target < shares.length; target++) {
            double mean = 0;
            for (float[] state : states) {
                mean += state[target] / (double) size();
            }
            double variance = 1e-12;
            for (float[] state : states) {
                variance += Math.pow(state[target] - mean, 2) / size();
            }
            double errors = 0;
            for (int row = 0; row < test.size(); row++) {
                double read = 0;
                for (int i = 0; i < weights.length; i++) {
                    read += weights[i][target] * test.inputs.get(row)[i];
                }
                errors += Math.pow(test.states.get(row)[target] - read, 2);
            }
            shares[target] = 1 - errors / test.size() / variance;
        }
        return shares;
    }

    /** Gaussian elimination of the normal equations, {@code [inputs, targets]}. */
    private double[][] solve() {
        int width = inputs.get(0).length;
        int targets = states.get(0).length;
        double[][] rows = new double[width][width + targets];
        for (int row = 0; row < size(); row++) {
            double[] input = inputs.get(row);
            for (int i = 0; i < width; i++) {
                for (int j = 0; j < width; j++) {
                    rows[i][j] += input[i] * input[j];
                }
                for (int target = 0; target < targets; target++) {
                    rows[i][width + target] += input[i] * states.get(row)[target];
                }
            }
        }
        for (int i = 0; i < width; i++) {
            rows[i][i] += RIDGE; // positive definite, so no pivoting
            for (int below = i + 1; below < width; below++) {
                double factor = rows[below][i] / rows[i][i];
                for (int j = i; j < width + targets; j++) {
                    rows[below][j] -= factor * rows[i][j];
                }
            }
        }
        double[][] weights = new double[width][targets];
        for (int i = width - 1; i >= 0; i--) {
            for (int target = 0; target < targets; target++) {
                double sum = rows[i][width + target];
                for (int j = i + 1; j < width; j++) {
                    sum -= rows[i][j] * weights[j][target];
                }
                weights[i][target] = sum / rows[i][i];
            }
        }
        return weights;
    }
}
