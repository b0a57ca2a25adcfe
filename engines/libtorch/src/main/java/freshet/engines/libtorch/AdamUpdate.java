package freshet.engines.libtorch;

import freshet.learners.tensor.AdamConfig;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Adam's arithmetic over a stretch of flat buffers, none of which is its own.
 *
 * @param firstMoment running mean of the gradient
 * @param secondMoment running mean of its square
 */
record AdamUpdate(
        AdamConfig config,
        Tensor parameters,
        Tensor gradient,
        Tensor firstMoment,
        Tensor secondMoment) {

    private static final long ROW = 1024;

    /** What changes from update to update; each multiplies a tensor in place. */
    interface Factors {

        void scaleGradient(Tensor gradient);

        void scaleRoot(Tensor root);

        void scaleChange(Tensor change);
    }

    /** Takes the squared norms of the change and of the parameters before it. */
    interface Norms {

        void take(Tensor change, Tensor parameters);
    }

    /**
     * Does one update.
     *
     * @param root room for as many floats as there are parameters
     * @param change the same
     */
    void run(Tensor root, Tensor change, Factors factors, Norms norms) {
        try (AutoGradMode gradientOff = new AutoGradMode(false)) {
            factors.scaleGradient(gradient);
            firstMoment.mul_(new Scalar(config.beta1()));
            firstMoment.add_(gradient, new Scalar(1 - config.beta1()));
            secondMoment.mul_(new Scalar(config.beta2()));
            secondMoment.addcmul_(gradient, gradient, new Scalar(1 - config.beta2()));
            torch.sqrt_out(root, secondMoment);
            factors.scaleRoot(root);
            root.add_(new Scalar(config.epsilon()));
            torch.div_out(change, firstMoment, root);
            factors.scaleChange(change);
            norms.take(sumOfSquares(change), sumOfSquares(parameters));
            parameters.add_(change);
        }
    }

    /**
     * Of a flat tensor, in double: in float the sum over a long buffer would lose small values. It
     * is of the norms of rows that are short enough for float, which takes a quarter of the time of
     * a square and a copy in double of every value.
     */
    static Tensor sumOfSquares(Tensor values) {
        long rows = values.numel() / ROW;
        long rest = values.numel() - rows * ROW;
        Tensor ofRest = squares(values.narrow(0, rows * ROW, rest).view(1, rest));
        return rows == 0
                ? ofRest
                : squares(values.narrow(0, 0, rows * ROW).view(rows, ROW)).add_(ofRest);
    }

    private static Tensor squares(Tensor rows) {
        return torch.linalg_vector_norm(
                        rows, new Scalar(2.0), new long[] {1}, false, new ScalarTypeOptional())
                .to(torch.ScalarType.Double)
                .square()
                .sum();
    }
}
