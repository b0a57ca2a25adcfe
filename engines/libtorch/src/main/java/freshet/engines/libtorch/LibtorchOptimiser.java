package freshet.engines.libtorch;

import freshet.learners.tensor.AdamConfig;
import freshet.learners.tensor.Optimiser;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Adam over a stretch of flat buffers. The views into them and the two moments belong to it until
 * {@link #close}.
 */
final class LibtorchOptimiser implements Optimiser, AutoCloseable {

    private static final int SAMPLE = 4096;

    private final LibtorchEngine engine;
    private final Tensor parameters;
    private final Tensor gradient;
    private final Tensor firstMoment;
    private final Tensor secondMoment;

    LibtorchOptimiser(
            LibtorchEngine engine, Tensor allParameters, Tensor allGradients, int from, int to) {
        this.engine = engine;
        engine.pinThread();
        float[] zeros = new float[to - from];
        try (PointerScope scope = new PointerScope()) {
            parameters = Tensors.own(allParameters.narrow(0, from, to - from), scope);
            gradient = Tensors.own(allGradients.narrow(0, from, to - from), scope);
            firstMoment = Tensors.own(Tensors.floats(zeros, zeros.length), scope);
            secondMoment = Tensors.own(Tensors.floats(zeros, zeros.length), scope);
        }
        engine.account(bytes());
    }

    private long bytes() {
        return 2L * Float.BYTES * parameters.numel();
    }

    @Override
    public double gradientNorm() {
        engine.pinThread();
        try (PointerScope scope = new PointerScope();
                AutoGradMode gradientOff = new AutoGradMode(false)) {
            return norm(gradient);
        }
    }

    /** Accumulated in double: in float the sum over a long buffer would lose small gradients. */
    private static double norm(Tensor tensor) {
        Tensor squares = tensor.mul(tensor);
        return Math.sqrt(
                squares.sum(new ScalarTypeOptional(torch.ScalarType.Double)).item_double());
    }

    @Override
    public double adam(AdamConfig config, double rate, double gradientScale, long step) {
        engine.pinThread();
        double correction1 = 1 - Math.pow(config.beta1(), (double) step);
        double correction2 = 1 - Math.pow(config.beta2(), (double) step);
        try (PointerScope scope = new PointerScope();
                AutoGradMode gradientOff = new AutoGradMode(false)) {
            if (gradientScale != 1) {
                gradient.mul_(new Scalar(gradientScale));
            }
            firstMoment.mul_(new Scalar(config.beta1()));
            firstMoment.add_(gradient, new Scalar(1 - config.beta1()));
            secondMoment.mul_(new Scalar(config.beta2()));
            secondMoment.addcmul_(gradient, gradient, new Scalar(1 - config.beta2()));
            Tensor root = secondMoment.sqrt();
            root.mul_(new Scalar(1 / Math.sqrt(correction2)));
            root.add_(new Scalar(config.epsilon()));
            Tensor change = firstMoment.div(root);
            change.mul_(new Scalar(-rate / correction1));
            double ratio = norm(change) / norm(parameters);
            parameters.add_(change);
            return ratio;
        }
    }

    @Override
    public double[] gradientOverDeviation(AdamConfig config, long step, int... bounds) {
        engine.pinThread();
        double correction2 = 1 - Math.pow(config.beta2(), (double) step);
        double[] ratios = new double[bounds.length - 1];
        try (PointerScope scope = new PointerScope();
                AutoGradMode gradientOff = new AutoGradMode(false)) {
            for (int i = 0; i < ratios.length; i++) {
                int count = bounds[i + 1] - bounds[i];
                long stride = Math.max(1, count / SAMPLE);
                Tensor squares = sample(gradient, bounds[i], bounds[i + 1], stride).square();
                // Squared, epsilon is below what a float can hold; the least of them will do.
                squares.div_(
                        sample(secondMoment, bounds[i], bounds[i + 1], stride)
                                .add(new Scalar(Float.MIN_NORMAL)));
                double sum =
                        squares.sum(new ScalarTypeOptional(torch.ScalarType.Double)).item_double();
                ratios[i] = count == 0 ? 0 : Math.sqrt(sum * correction2 / squares.numel());
            }
        }
        return ratios;
    }

    private static Tensor sample(Tensor values, long from, long to, long stride) {
        return values.slice(0, new LongOptional(from), new LongOptional(to), stride);
    }

    @Override
    public float[] firstMoment() {
        return Tensors.copy(firstMoment);
    }

    @Override
    public float[] secondMoment() {
        return Tensors.copy(secondMoment);
    }

    @Override
    public void setMoments(float[] first, float[] second) {
        Tensors.overwrite("first moment", firstMoment, first);
        Tensors.overwrite("second moment", secondMoment, second);
    }

    @Override
    public void close() {
        engine.account(-bytes());
        parameters.close();
        gradient.close();
        firstMoment.close();
        secondMoment.close();
    }
}
