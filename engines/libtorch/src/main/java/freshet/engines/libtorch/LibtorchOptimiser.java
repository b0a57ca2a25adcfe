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
    private FixedAdam fixed; // null until the first update, and where updates are not recorded

    LibtorchOptimiser(
            LibtorchEngine engine, Tensor allParameters, Tensor allGradients, int from, int to) {
        this.engine = engine;
        float[] zeros = new float[to - from];
        engine.memory()
                .reserve(bytes(to - from), "the moments of %d parameters".formatted(to - from));
        try (PointerScope scope = new PointerScope()) {
            parameters = Tensors.own(allParameters.narrow(0, from, to - from), scope);
            gradient = Tensors.own(allGradients.narrow(0, from, to - from), scope);
            firstMoment = Tensors.own(Tensors.floats(engine.device(), zeros, zeros.length), scope);
            secondMoment = Tensors.own(Tensors.floats(engine.device(), zeros, zeros.length), scope);
        }
    }

    private static long bytes(long count) {
        return 2 * Float.BYTES * count;
    }

    @Override
    public double gradientNorm() {
        return engine.onDevice(
                () -> {
                    try (PointerScope scope = new PointerScope();
                            AutoGradMode gradientOff = new AutoGradMode(false)) {
                        return Math.sqrt(AdamUpdate.sumOfSquares(gradient).item_double());
                    }
                });
    }

    @Override
    public double adam(AdamConfig config, double rate, double gradientScale, long step) {
        double correction1 = 1 - Math.pow(config.beta1(), (double) step);
        double correction2 = 1 - Math.pow(config.beta2(), (double) step);
        double rootScale = 1 / Math.sqrt(correction2);
        double changeScale = -rate / correction1;
        var update = new AdamUpdate(config, parameters, gradient, firstMoment, secondMoment);
        return engine.onDevice(
                () -> {
                    if (engine.fixesSteps()) {
                        return fixed(update).run(gradientScale, rootScale, changeScale);
                    }
                    return eager(update, gradientScale, rootScale, changeScale);
                });
    }

    private FixedAdam fixed(AdamUpdate update) {
        if (fixed != null && !fixed.config().equals(update.config())) {
            fixed.close();
            fixed = null;
        }
        if (fixed == null) {
            fixed = new FixedAdam(engine, update);
        }
        return fixed;
    }

    /** Has all the memory that it needs before it changes anything. */
    private double eager(
            AdamUpdate update, double gradientScale, double rootScale, double changeScale) {
        double[] norms = new double[2]; // squared, of the change and of the parameters before it
        try (PointerScope scope = new PointerScope()) {
            Tensor root = torch.empty_like(parameters);
            Tensor change = torch.empty_like(parameters);
            update.run(
                    root,
                    change,
                    new Scales(gradientScale, rootScale, changeScale),
                    (ofChange, ofParameters) -> {
                        norms[0] = ofChange.item_double();
                        norms[1] = ofParameters.item_double();
                    });
        }
        return Math.sqrt(norms[0]) / Math.sqrt(norms[1]);
    }

    private record Scales(double gradient, double root, double change)
            implements AdamUpdate.Factors {

        @Override
        public void scaleGradient(Tensor tensor) {
            if (gradient != 1) {
                tensor.mul_(new Scalar(gradient));
            }
        }

        @Override
        public void scaleRoot(Tensor tensor) {
            tensor.mul_(new Scalar(root));
        }

        @Override
        public void scaleChange(Tensor tensor) {
            tensor.mul_(new Scalar(change));
        }
    }

    @Override
    public double[] gradientOverDeviation(AdamConfig config, long step, int... bounds) {
        double correction2 = 1 - Math.pow(config.beta2(), (double) step);
        return engine.onDevice(() -> ratios(correction2, bounds));
    }

    private double[] ratios(double correction2, int... bounds) {
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
        return engine.onDevice(() -> Tensors.copy(firstMoment));
    }

    @Override
    public float[] secondMoment() {
        return engine.onDevice(() -> Tensors.copy(secondMoment));
    }

    @Override
    public void setMoments(float[] first, float[] second) {
        engine.overwrite("first moment", firstMoment, first);
        engine.overwrite("second moment", secondMoment, second);
    }

    @Override
    public void close() {
        engine.memory().release(bytes(parameters.numel()));
        if (fixed != null) {
            fixed.close();
        }
        parameters.close();
        gradient.close();
        firstMoment.close();
        secondMoment.close();
    }
}
