package freshet.engines.nd4j;

import freshet.learners.tensor.AdamConfig;
import freshet.learners.tensor.Optimiser;
import freshet.learners.tensor.Ranges;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.floating.Sqrt;

/**
 * Adam over a stretch of flat buffers. The two moments belong to it until {@link #close}; all other
 * memory is the session's.
 *
 * <p>ND4J's own updater is not used: it takes 1 - 0.999 in floats, which is off by 1e-5.
 */
final class Nd4jOptimiser implements Optimiser, AutoCloseable {

    private static final int SAMPLE = 4096;

    private final int count;
    private final Buffers own;
    private final INDArray firstMoment;
    private final INDArray secondMoment;
    private final HostCopy gradientCopy;
    private final HostCopy secondCopy;
    private final INDArray parameters;
    private final INDArray gradient;
    private final Scratch scratch;
    private final HostCopy gradientScale;
    private final HostCopy rootScale;
    private final HostCopy rate;
    private AdamConfig prepared; // what the steps of an update are for
    private Steps update;
    private final Steps scaling = new Steps();
    private final Steps moving = new Steps();
    private final Scratch.Norm gradientNorm;
    private final Scratch.Norm changeNorm;
    private final Scratch.Norm parameterNorm;

    Nd4jOptimiser(
            Nd4jEngine engine,
            INDArray allParameters,
            INDArray allGradients,
            Scratch scratch,
            int from,
            int to) {
        count = to - from;
        int size = Math.max(1, count); // an empty stretch has moments that are never used
        own = new Buffers(engine);
        firstMoment = own.zeros(size);
        secondMoment = own.zeros(size);
        this.scratch = scratch;
        parameters = Buffers.view(allParameters, count == 0 ? 0 : from, size);
        gradient = Buffers.view(allGradients, count == 0 ? 0 : from, size);
        INDArray change = Buffers.view(scratch.change, 0, size);
        scaling.add("multiply", new INDArray[] {gradient, scratch.gradientScale}, gradient);
        moving.add("subtract", new INDArray[] {parameters, change}, parameters);
        gradientNorm = scratch.new Norm(gradient);
        changeNorm = scratch.new Norm(change);
        parameterNorm = scratch.new Norm(parameters);
        gradientCopy = HostCopy.of(gradient);
        secondCopy = HostCopy.of(secondMoment);
        gradientScale = HostCopy.of(scratch.gradientScale);
        rootScale = HostCopy.of(scratch.rootScale);
        rate = HostCopy.of(scratch.rate);
    }

    @Override
    public double gradientNorm() {
        return count == 0 ? 0 : gradientNorm.value();
    }

    private Steps update(AdamConfig config) {
        INDArray change = Buffers.view(scratch.change, 0, firstMoment.length());
        INDArray[] first = {firstMoment, change};
        INDArray[] second = {secondMoment, change};
        var steps = new Steps();
        steps.add(Elements.multiply(gradient, change, 1 - config.beta1()));
        steps.add(Elements.multiply(firstMoment, firstMoment, config.beta1()));
        steps.add("add", first, firstMoment);
        steps.add("multiply", new INDArray[] {gradient, gradient}, change);
        steps.add(Elements.multiply(change, change, 1 - config.beta2()));
        steps.add(Elements.multiply(secondMoment, secondMoment, config.beta2()));
        steps.add("add", second, secondMoment);
        steps.add(new Sqrt(secondMoment, change));
        steps.add("multiply", new INDArray[] {change, scratch.rootScale}, change);
        steps.add(Elements.add(change, change, config.epsilon()));
        steps.add("divide", first, change);
        steps.add("multiply", new INDArray[] {change, scratch.rate}, change);
        return steps;
    }

    @Override
    public double adam(AdamConfig config, double stepSize, double scale, long step) {
        if (count == 0) {
            return Double.NaN; // as 0 / 0 is
        }
        if (!config.equals(prepared)) {
            update = update(config);
            prepared = config;
        }
        if (scale != 1) {
            gradientScale.write(new float[] {(float) scale});
            scaling.run();
        }
        double correction1 = 1 - Math.pow(config.beta1(), (double) step);
        double correction2 = 1 - Math.pow(config.beta2(), (double) step);
        rootScale.write(new float[] {(float) (1 / Math.sqrt(correction2))});
        rate.write(new float[] {(float) (stepSize / correction1)});
        update.run();
        double ratio = changeNorm.value() / parameterNorm.value();
        moving.run();
        return ratio;
    }

    @Override
    public double[] gradientOverDeviation(AdamConfig config, long step, int... bounds) {
        double correction2 = 1 - Math.pow(config.beta2(), (double) step);
        double[] ratios = new double[bounds.length - 1];
        for (int i = 0; i < ratios.length; i++) {
            int length = bounds[i + 1] - bounds[i];
            int stride = Math.max(1, length / SAMPLE);
            int samples = (length + stride - 1) / stride;
            float[] gradients = gradientCopy.read(bounds[i], stride, samples);
            float[] seconds = secondCopy.read(bounds[i], stride, samples);
            double sum = 0;
            for (int k = 0; k < samples; k++) {
                // Squared, epsilon is below what a float can hold; the least of them will do.
                sum += (double) gradients[k] * gradients[k] / (seconds[k] + Float.MIN_NORMAL);
            }
            ratios[i] = length == 0 ? 0 : Math.sqrt(sum * correction2 / samples);
        }
        return ratios;
    }

    private float[] read(INDArray moment) {
        return count == 0 ? new float[0] : HostCopy.read(moment);
    }

    @Override
    public float[] firstMoment() {
        return read(firstMoment);
    }

    @Override
    public float[] secondMoment() {
        return read(secondMoment);
    }

    @Override
    public void setMoments(float[] first, float[] second) {
        Ranges.length("first moment", first, count);
        Ranges.length("second moment", second, count);
        if (count > 0) {
            HostCopy.of(firstMoment).write(first);
            HostCopy.of(secondMoment).write(second);
        }
    }

    @Override
    public void close() {
        own.close();
    }
}
