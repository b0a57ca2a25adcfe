package freshet.learners.language;

import freshet.learners.stability.PowerIteration;
import freshet.learners.tensor.CounterRandom;
import freshet.learners.tensor.Inputs;
import freshet.learners.tensor.Layout;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * sigmaReparam (Zhai et al., arXiv:2303.06296) of whole layers, on or off at run time: each matrix
 * W of such a layer stands for {@code gamma / sigma W}, sigma the estimate of its spectral norm
 * that is differentiated with it, gamma learned.
 *
 * <p>Gammas lie behind the model's weights in the learner's flat buffer, 0 while unused; weights
 * that leave the learner are {@link #folded}. One step of power iteration follows each update.
 *
 * <p>State: of each matrix of a layer that is on the estimate and its two vectors.
 */
final class Reparameterisation {

    /** Of each layer; the first holds queries, keys and values under one sigma. */
    static final List<String> MATRICES =
            List.of("queryKeyValue", "attentionOutput", "feedForwardIn", "feedForwardOut");

    private static final long RANDOM_STREAM = 3;
    private static final int MOST_STEPS = 1000;
    private static final double CONVERGED = 1e-9;

    private final LanguageModelConfig config;
    private final Layout layout; // gammas included
    private final Map<String, Scaled> scaled = new TreeMap<>(); // by the matrix's name

    /** One matrix and what is known of its spectral norm. */
    private static final class Scaled {
        final Layout.Entry entry;
        final int gamma; // index in the flat buffer
        PowerIteration power;
        double sigma;

        Scaled(Layout layout, String name) {
            entry = layout.entry(name);
            gamma = layout.entry(gammaOf(name)).offset();
        }

        void step(float[] weights) {
            sigma = power.step(weights, entry.offset());
        }

        /** What W is multiplied by. */
        double scale(float[] weights) {
            return weights[gamma] / sigma;
        }

        int rows() {
            return (int) entry.shape()[0];
        }

        int columns() {
            return (int) entry.shape()[1];
        }
    }

    /**
     * @param layout of {@link #layout}
     */
    Reparameterisation(LanguageModelConfig config, Layout layout) {
        this.config = config;
        this.layout = layout;
    }

    /** The model's layout with the gammas behind it. */
    static Layout.Builder layout(LanguageModelConfig config) {
        Layout.Builder layout = config.layout();
        for (int layer = 0; layer < config.layers(); layer++) {
            for (String name : MATRICES) {
                layout.add(gammaOf(LanguageModelConfig.prefix(layer) + name), random -> 0);
            }
        }
        return layout;
    }

    static String gammaOf(String matrix) {
        return matrix + ".gamma";
    }

    boolean isOn(int layer) {
        return scaled.containsKey(LanguageModelConfig.prefix(layer) + MATRICES.get(0));
    }

    boolean isOnAnywhere() {
        return !scaled.isEmpty();
    }

    /** Vectors of the matrices that are on. */
    void put(Inputs inputs) {
        scaled.forEach(
                (name, one) -> {
                    inputs.put(
                            TransformerProgram.LEFT + name,
                            narrow(one.power.left()),
                            1,
                            one.rows());
                    inputs.put(
                            TransformerProgram.RIGHT + name,
                            narrow(one.power.right()),
                            one.columns(),
                            1);
                });
    }

    private static float[] narrow(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    /** One step of power iteration on weights that have changed. */
    void advance(float[] weights) {
        scaled.values().forEach(one -> one.step(weights));
    }

    /** The weights that the model stands for: {@code weights} itself while nothing is on. */
    float[] folded(float[] weights) {
        if (scaled.isEmpty()) {
            return weights;
        }
        float[] folded = weights.clone();
        scaled.values().forEach(one -> multiply(folded, one.entry, one.scale(weights)));
        return folded;
    }

    private static void multiply(float[] values, Layout.Entry entry, double factor) {
        for (int i = entry.offset(); i < entry.offset() + entry.size(); i++) {
            values[i] = (float) (values[i] * factor);
        }
    }

    /**
     * Switches layers on without a jump: gamma becomes sigma.
     *
     * @param weights whose gammas are set
     * @param seed of the vectors' first direction
     * @param dryRun true if only to see whether it could be done
     * @throws IllegalArgumentException if a matrix is 0; then nothing has changed
     */
    void switchOn(List<Integer> layers, float[] weights, long seed, boolean dryRun) {
        var found = new TreeMap<String, Scaled>();
        for (int layer : layers) {
            for (String bare : MATRICES) {
                String name = LanguageModelConfig.prefix(layer) + bare;
                found.put(name, measured(name, weights, seed));
            }
        }
        if (!dryRun) {
            found.values().forEach(one -> weights[one.gamma] = (float) one.sigma);
            scaled.putAll(found);
        }
    }

    /** Until it has converged: gamma would not follow the rise of an estimate that is too low. */
    private Scaled measured(String name, float[] weights, long seed) {
        var one = new Scaled(layout, name);
        one.power =
                PowerIteration.random(
                        one.rows(), one.columns(), new CounterRandom(seed, RANDOM_STREAM, 0));
        double before;
        int steps = 0;
        do {
            before = one.sigma;
            one.step(weights);
            steps++;
        } while (one.sigma - before > CONVERGED * one.sigma && steps < MOST_STEPS);
        if (!(one.sigma > 0) || !Double.isFinite(one.sigma)) {
            throw new IllegalArgumentException(
                    "spectral norm of %s is %s, must be above 0 and finite"
                            .formatted(name, one.sigma));
        }
        return one;
    }

    /**
     * Switches a layer off without a jump: each matrix takes the values that it stands for, and the
     * moments those that its gradient then has.
     *
     * @param weights gammas included
     * @param first moments of the model's weights
     * @param second moments of the model's weights
     */
    void switchOff(int layer, float[] weights, float[] first, float[] second) {
        for (String bare : MATRICES) {
            Scaled one = scaled.remove(LanguageModelConfig.prefix(layer) + bare);
            double scale = one.scale(weights);
            multiply(weights, one.entry, scale);
            multiply(first, one.entry, 1 / scale);
            multiply(second, one.entry, 1 / (scale * scale));
            weights[one.gamma] = 0;
        }
    }

    /**
     * Lets {@code change} change a part of a matrix; the rest of what it stands for stays as it
     * was, though its spectral norm may change.
     */
    void keepingTheRest(String matrix, float[] weights, Runnable change) {
        Scaled one = scaled.get(matrix);
        if (one == null) {
            change.run();
            return;
        }
        double scale = one.scale(weights);
        change.run();
        one.step(weights);
        weights[one.gamma] = (float) (scale * one.sigma);
    }

    /** Weights were taken from elsewhere: layers that are on begin anew from these. */
    void startAgain(float[] weights, long seed) {
        var on = new ArrayList<Integer>();
        for (int layer = 0; layer < config.layers(); layer++) {
            if (isOn(layer)) {
                on.add(layer);
            }
        }
        switchOn(on, weights, seed, false);
    }

    /** Matrices (int count, then name as UTF, sigma, left and right vector as doubles). */
    void write(DataOutputStream out) throws IOException {
        out.writeInt(scaled.size());
        for (var entry : scaled.entrySet()) {
            out.writeUTF(entry.getKey());
            out.writeDouble(entry.getValue().sigma);
            for (double value : entry.getValue().power.left()) {
                out.writeDouble(value);
            }
            for (double value : entry.getValue().power.right()) {
                out.writeDouble(value);
            }
        }
    }

    void read(DataInputStream in) throws IOException {
        scaled.clear();
        for (int i = in.readInt(); i > 0; i--) {
            String name = in.readUTF();
            var one = new Scaled(layout, name);
            one.sigma = in.readDouble();
            double[] left = doubles(in, one.rows());
            double[] right = doubles(in, one.columns());
            one.power = new PowerIteration(one.rows(), one.columns(), right, left);
            scaled.put(name, one);
        }
    }

    private static double[] doubles(DataInputStream in, int count) throws IOException {
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = in.readDouble();
        }
        return values;
    }

    void clear() {
        scaled.clear();
    }
}
