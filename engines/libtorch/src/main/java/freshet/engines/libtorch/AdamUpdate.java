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
            Tensor changed = sumOfSquares(torch.mul_out(root, change, change));
            norms.take(changed, sumOfSquares(torch.mul_out(root, parameters, parameters)));
            parameters.add_(change);
        }
    }

    /** Accumulated in double: in float the sum over a long buffer would lose small gradients. */
    static Tensor sumOfSquares(Tensor squares) {
        return squares.sum(new ScalarTypeOptional(torch.ScalarType.Double));
    }
}
