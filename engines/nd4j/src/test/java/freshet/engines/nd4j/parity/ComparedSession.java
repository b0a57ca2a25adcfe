package freshet.engines.nd4j.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import freshet.learners.tensor.AdamConfig;
import freshet.learners.tensor.Inputs;
import freshet.learners.tensor.Layout;
import freshet.learners.tensor.Optimiser;
import freshet.learners.tensor.Outputs;
import freshet.learners.tensor.Session;
import java.util.Arrays;
import java.util.Set;

/**
 * A libtorch session that has each run done by an ND4J session, too.
 *
 * <p>An error is measured against the largest element of its array: single elements may be
 * differences of numbers that are much larger than they.
 */
final class ComparedSession implements Session {

    private static final double VALUES = 1e-5;
    private static final double GRADIENTS = 1e-4;

    /** A gradient that is nothing but rounding. */
    private static final double NOTHING = 1e-2;

    private final Session libtorch;
    private final Session nd4j;

    ComparedSession(Session libtorch, Session nd4j) {
        this.libtorch = libtorch;
        this.nd4j = nd4j;
    }

    @Override
    public Layout layout() {
        return libtorch.layout();
    }

    @Override
    public Outputs run(Inputs inputs, Set<String> wanted) {
        nd4j.setParameters(libtorch.parameters());
        Outputs expected = libtorch.run(inputs, wanted);
        compare(expected, nd4j.run(inputs, wanted));
        return expected;
    }

    @Override
    public Outputs differentiate(Inputs inputs, Set<String> wanted) {
        nd4j.setParameters(libtorch.parameters());
        Outputs expected = libtorch.differentiate(inputs, wanted);
        compare(expected, nd4j.differentiate(inputs, wanted));
        float[] gradient = libtorch.gradient();
        float[] actual = nd4j.gradient();
        double largest = largest(gradient);
        for (Layout.Entry entry : layout().entries()) {
            int to = entry.offset() + entry.size();
            float[] part = Arrays.copyOfRange(gradient, entry.offset(), to);
            // A small part is what is left of larger ones, and of their rounding.
            double scale = Math.max(Math.max(largest(part), 0.1 * largest), NOTHING);
            compare(
                    "gradient of " + entry.name(),
                    part,
                    Arrays.copyOfRange(actual, entry.offset(), to),
                    GRADIENTS * scale);
        }
        return expected;
    }

    private static void compare(Outputs expected, Outputs actual) {
        expected.arrays()
                .forEach(
                        (name, values) ->
                                compare(
                                        name,
                                        values,
                                        actual.get(name),
                                        VALUES * Math.max(1, largest(values))));
    }

    private static double largest(float[] values) {
        double largest = 0;
        for (float value : values) {
            if (Float.isFinite(value)) {
                largest = Math.max(largest, Math.abs(value));
            }
        }
        return largest;
    }

    private static void compare(String name, float[] expected, float[] actual, double error) {
        assertThat(actual).as(name).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            if (Float.isFinite(expected[i])) {
                if (Float.isFinite(actual[i])) {
                    assertThat((double) actual[i])
                            .as("%s, element %d of %d", name, i, expected.length)
                            .isCloseTo(expected[i], within(error));
                } // what a NaN reaches through a product with 0 is not the same everywhere
            } else {
                assertThat(Float.isFinite(actual[i])).as("%s, element %d", name, i).isFalse();
            }
        }
    }

    @Override
    public void addWeightDecay(double decay, int from) {
        libtorch.addWeightDecay(decay, from);
    }

    @Override
    public Optimiser optimiser(int from, int to) {
        return libtorch.optimiser(from, to);
    }

    @Override
    public void moveTowards(int from, int into, int count, double share) {
        libtorch.moveTowards(from, into, count, share);
    }

    @Override
    public float[] parameters() {
        return libtorch.parameters();
    }

    @Override
    public float[] gradient() {
        return libtorch.gradient();
    }

    @Override
    public void setParameters(float[] values) {
        libtorch.setParameters(values);
    }

    @Override
    public double gradientNorm() {
        return libtorch.gradientNorm();
    }

    @Override
    public double adam(AdamConfig config, double rate, double gradientScale, long step) {
        return libtorch.adam(config, rate, gradientScale, step);
    }

    @Override
    public double[] gradientOverDeviation(AdamConfig config, long step, int... bounds) {
        return libtorch.gradientOverDeviation(config, step, bounds);
    }

    @Override
    public float[] firstMoment() {
        return libtorch.firstMoment();
    }

    @Override
    public float[] secondMoment() {
        return libtorch.secondMoment();
    }

    @Override
    public void setMoments(float[] first, float[] second) {
        libtorch.setMoments(first, second);
    }

    @Override
    public void close() {
        libtorch.close();
        nd4j.close();
    }
}
