package freshet.learners.stability;

import freshet.learners.Measurement;
import java.util.ArrayList;
import java.util.List;

/**
 * How far the last layer's features of a batch have fallen together by class. Under labels that are
 * right this is what training ends in; under pseudo-labels it also comes of believing oneself, so
 * it is read beside the labelled canary, never alone.
 *
 * <p>Source: Papyan, Han and Donoho, PNAS 2020 (arXiv:2008.08186). Differs in these points: their
 * NC1 is trace(W B^+) / C with the pseudo-inverse of the scatter between classes; here it is the
 * ratio of the traces, which needs no inverse and differs where classes scatter unevenly along the
 * directions between them. Their NC2 is three figures (lengths, angles, angles' limit); here it is
 * the one distance of Zhu et al., NeurIPS 2021 (arXiv:2105.02375), taken of the class means.
 *
 * <p>Costs B D + C^2 D multiplications. A class with fewer than 2 examples in the batch is left
 * out: one example has no scatter and would pass for collapsed.
 *
 * @param classes classes with 2 examples or more
 * @param within mean over those classes of the mean squared distance from the class mean
 * @param between mean over those classes of the squared distance of the class mean from their mean
 * @param distanceFromSimplex NC2, in [0, sqrt 2]: 0 if the class means, seen from their mean, are
 *     of one length and of equal and widest angles; always 0 with 2 classes; NaN if all are in one
 *     place
 */
public record NeuralCollapse(
        int classes, double within, double between, double distanceFromSimplex) {

    private static final int LEAST_EXAMPLES = 2;

    /**
     * @param features {@code [B, D]}
     * @param labels {@code [B]}, in {@code [0, classes)}
     */
    public static NeuralCollapse of(float[] features, int[] labels, int classes) {
        int size = features.length / labels.length;
        int[] counts = new int[classes];
        double[][] means = new double[classes][size];
        for (int row = 0; row < labels.length; row++) {
            counts[labels[row]]++;
            for (int i = 0; i < size; i++) {
                means[labels[row]][i] += features[row * size + i];
            }
        }
        double[] scatters = new double[classes];
        for (int c = 0; c < classes; c++) {
            for (int i = 0; i < size; i++) {
                means[c][i] /= Math.max(1, counts[c]);
            }
        }
        for (int row = 0; row < labels.length; row++) {
            double[] mean = means[labels[row]];
            for (int i = 0; i < size; i++) {
                double distance = features[row * size + i] - mean[i];
                scatters[labels[row]] += distance * distance;
            }
        }
        var counted = new ArrayList<double[]>();
        double within = 0;
        for (int c = 0; c < classes; c++) {
            if (counts[c] >= LEAST_EXAMPLES) {
                counted.add(means[c]);
                within += scatters[c] / counts[c];
            }
        }
        return of(counted, within, size);
    }

    private static NeuralCollapse of(List<double[]> means, double within, int size) {
        int classes = means.size();
        double[] centre = new double[size];
        for (double[] mean : means) {
            for (int i = 0; i < size; i++) {
                centre[i] += mean[i] / classes;
            }
        }
        double between = 0; // trace of the products
        double squares = 0; // their squared Frobenius norm
        for (double[] left : means) {
            for (double[] right : means) {
                double product = 0;
                for (int i = 0; i < size; i++) {
                    product += (left[i] - centre[i]) * (right[i] - centre[i]);
                }
                squares += product * product;
                between += left == right ? product : 0;
            }
        }
        // Both matrices have norm 1, and the rows of the products add up to 0: their inner product
        // with (I - 1/C) / sqrt(C - 1) is their trace over that root.
        double agreement = between / Math.sqrt(squares * Math.max(1, classes - 1));
        return new NeuralCollapse(
                classes,
                within / Math.max(1, classes),
                between / Math.max(1, classes),
                Math.sqrt(Math.max(0, 2 - 2 * agreement)));
    }

    /**
     * NC1, at least 0: 0 if each class is one point; NaN or infinite if all means are one point.
     */
    public double scatterRatio() {
        return within / between;
    }

    /**
     * {@code neuralCollapseClasses}, and where there are two classes to tell apart {@code
     * neuralCollapse1} (NC1) and {@code neuralCollapse2} (NC2).
     */
    public List<Measurement> measurements() {
        var measurements = new ArrayList<Measurement>();
        measurements.add(Measurement.of("neuralCollapseClasses", classes));
        if (between > 0) {
            measurements.add(Measurement.of("neuralCollapse1", scatterRatio()));
            measurements.add(Measurement.of("neuralCollapse2", distanceFromSimplex));
        }
        return List.copyOf(measurements);
    }
}
