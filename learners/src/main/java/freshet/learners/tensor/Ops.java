package freshet.learners.tensor;

import java.util.List;

/**
 * The operations a model may use. Element-wise operations broadcast as NumPy does. Dimensions count
 * from 0; a negative one counts from the end. Values are 32-bit floats; index tensors, made by
 * {@link Inputs}, hold integers.
 *
 * <p>Every operation has a gradient unless it says otherwise. A wrong shape fails with {@link
 * IllegalArgumentException} that names the operation and both shapes.
 *
 * @param <T> the engine's tensor; owned by the running program and freed when the run ends
 */
public interface Ops<T> {

    /** Sizes of each dimension; empty for a scalar. */
    long[] shape(T tensor);

    // Make.

    /** A constant without gradient; {@code values} in row-major order. */
    T constant(float[] values, long... shape);

    T scalar(double value);

    T zeros(long... shape);

    // Element by element, two tensors.

    T add(T left, T right);

    T subtract(T left, T right);

    T multiply(T left, T right);

    T divide(T left, T right);

    T minimum(T left, T right);

    T maximum(T left, T right);

    /** 1 where left is greater than right, else 0; no gradient. */
    T greater(T left, T right);

    /** {@code yes} where mask is not 0, else {@code no}; no gradient into the mask. */
    T where(T mask, T yes, T no);

    // Element by element, a tensor and a number.

    T add(T tensor, double number);

    T multiply(T tensor, double number);

    /** Limits to [low, high]; the gradient is 0 outside. */
    T clamp(T tensor, double low, double high);

    // Element by element, one tensor.

    T negate(T tensor);

    T exp(T tensor);

    /** Natural logarithm. */
    T log(T tensor);

    T sqrt(T tensor);

    /** 1 / sqrt. */
    T reciprocalSqrt(T tensor);

    T square(T tensor);

    T abs(T tensor);

    T tanh(T tensor);

    T sigmoid(T tensor);

    T relu(T tensor);

    /** x where x is above 0, else exp(x) - 1. */
    T elu(T tensor);

    /** ln(1 + exp(x)), without overflow. */
    T softplus(T tensor);

    /** Exact GELU: x times the normal distribution function. */
    T gelu(T tensor);

    // Products.

    /** Matrix product of the last two dimensions, the leading ones broadcast. */
    T matmul(T left, T right);

    /**
     * {@code addend + left right} in one operation: what a layer in a recurrent loop pays for is
     * mostly the number of operations.
     *
     * @param addend broadcasts to the product: {@code [P]}, {@code [N, P]}, ...
     * @param left {@code [N, M]}
     * @param right {@code [M, P]}
     */
    T addMatmul(T addend, T left, T right);

    // Shape.

    T reshape(T tensor, long... shape);

    T transpose(T tensor, int firstDimension, int secondDimension);

    T permute(T tensor, int... dimensions);

    T broadcastTo(T tensor, long... shape);

    /** Elements [from, to) along a dimension. */
    T slice(T tensor, int dimension, long from, long to);

    /**
     * Stretches of {@code size} along a dimension, in order. For all of them one operation, where
     * each slice's gradient would fill a tensor as large as the whole.
     *
     * @param size divides the dimension
     */
    List<T> split(T tensor, int dimension, long size);

    T concat(List<T> tensors, int dimension);

    // Reductions; the reduced dimensions stay with size 1 if keep is true.

    T sum(T tensor, boolean keep, int... dimensions);

    T mean(T tensor, boolean keep, int... dimensions);

    /** Largest element along one dimension; its gradient goes to one of the largest. */
    T max(T tensor, boolean keep, int dimension);

    T logSumExp(T tensor, boolean keep, int dimension);

    /** Sum over all elements, a scalar. */
    T sumAll(T tensor);

    /** Mean over all elements, a scalar. */
    T meanAll(T tensor);

    // Normalisation over one dimension.

    T softmax(T tensor, int dimension);

    T logSoftmax(T tensor, int dimension);

    /**
     * Norms each vector along the last dimension to mean 0 and variance 1, the biased one (Ba,
     * Kiros and Hinton, "Layer Normalization", 2016).
     *
     * @param epsilon added to the variance, above 0
     */
    T layerNorm(T tensor, double epsilon);

    /**
     * The same, then scaled and shifted element by element.
     *
     * @param tensor {@code [..., D]}
     * @param gain {@code [D]}
     * @param bias {@code [D]}
     */
    T layerNorm(T tensor, T gain, T bias, double epsilon);

    // Indexing.

    /** Rows of {@code table} {@code [N, D]} at {@code indices} {@code [...]}: {@code [..., D]}. */
    T rows(T table, T indices);

    /** Element {@code indices[i...]} of the last dimension: {@code [..., C]} to {@code [...]}. */
    T pick(T tensor, T indices);

    // Images, channels first.

    /**
     * Cross-correlation.
     *
     * @param images {@code [B, C, height, width]}
     * @param kernels {@code [O, C, kernelHeight, kernelWidth]}
     * @param bias {@code [O]}
     */
    T conv2d(T images, T kernels, T bias, int stride, int padding);

    T maxPool2d(T images, int size, int stride);

    T averagePool2d(T images, int size, int stride);

    /**
     * Norms each group of channels of each image to mean 0 and variance 1, then scales and shifts
     * each channel (Wu and He, "Group Normalization", ECCV 2018).
     *
     * @param images {@code [B, C, height, width]}
     * @param gain {@code [C]}
     * @param bias {@code [C]}
     * @param groups divides C
     * @param epsilon added to the variance, above 0
     */
    T groupNorm(T images, T gain, T bias, int groups, double epsilon);

    // Gradient.

    /** The same values, without gradient. */
    T stopGradient(T tensor);
}
