package freshet.learners.worldmodel;

import freshet.learners.tensor.CounterRandom;
import freshet.learners.worldmodel.WorldModelConfig.InitialKernels;

/**
 * Initial weights that keep lengths: rows or columns, whichever are fewer, are orthogonal.
 *
 * <p>Source: Saxe, McClelland and Ganguli, "Exact solutions to the nonlinear dynamics of learning
 * in deep linear neural networks", ICLR 2014. For kernels of which only the centre is not 0: Xiao
 * et al., "Dynamical isometry and a mean field theory of CNNs", ICML 2018 (delta-orthogonal: only
 * the centre of a kernel is not 0).
 */
final class Orthogonal {

    private Orthogonal() {}

    /**
     * @param gain length of the orthogonal vectors
     * @return {@code [rows, columns]}
     */
    static float[] matrix(CounterRandom random, int rows, int columns, double gain) {
        boolean wide = columns > rows;
        double[][] vectors = orthonormal(random, Math.min(rows, columns), Math.max(rows, columns));
        float[] matrix = new float[rows * columns];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                double value = wide ? vectors[row][column] : vectors[column][row];
                matrix[row * columns + column] = (float) (gain * value);
            }
        }
        return matrix;
    }

    /** Kernels {@code [out, in, size, size]}, size odd, for a layer that a ReLU follows. */
    static float[] kernels(CounterRandom random, InitialKernels which, int out, int in, int size) {
        if (which == InitialKernels.WHOLE) {
            return matrix(random, out, in * size * size, Math.sqrt(2));
        }
        float[] centre = matrix(random, out, in, Math.sqrt(2));
        float[] kernels = new float[out * in * size * size];
        for (int i = 0; i < centre.length; i++) {
            kernels[i * size * size + size * size / 2] = centre[i];
        }
        return kernels;
    }

    /** Gram-Schmidt over normal draws, each vector twice: once leaves errors of cancellation. */
    private static double[][] orthonormal(CounterRandom random, int count, int length) {
        double[][] vectors = new double[count][length];
        for (int i = 0; i < count; i++) {
            for (int k = 0; k < length; k++) {
                vectors[i][k] = random.nextGaussian();
            }
            for (int pass = 0; pass < 2; pass++) {
                for (int before = 0; before < i; before++) {
                    add(vectors[i], vectors[before], -dot(vectors[i], vectors[before]));
                }
                double norm = Math.sqrt(dot(vectors[i], vectors[i]));
                for (int k = 0; k < length; k++) {
                    vectors[i][k] /= norm;
                }
            }
        }
        return vectors;
    }

    private static double dot(double[] left, double[] right) {
        double sum = 0;
        for (int k = 0; k < left.length; k++) {
            sum += left[k] * right[k];
        }
        return sum;
    }

    private static void add(double[] to, double[] vector, double times) {
        for (int k = 0; k < to.length; k++) {
            to[k] += times * vector[k];
        }
    }
}
