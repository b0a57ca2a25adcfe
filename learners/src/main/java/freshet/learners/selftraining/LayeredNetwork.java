package freshet.learners.selftraining;

import freshet.learners.tensor.Layout;
import freshet.learners.tensor.Ops;
import java.io.Serializable;
import java.util.Map;

/**
 * A classifier as a chain of blocks. Layer {@code l} is the input of block {@code l}, 0 the example
 * itself; layer {@link #layers} goes into the logits. An example's result must not depend on the
 * others of its batch.
 */
public interface LayeredNetwork extends Serializable {

    /** One line that names every size: weights of one fingerprint fit no other. */
    String fingerprint();

    /** Parameters, those of earlier blocks first. */
    Layout.Builder layout();

    int classes();

    /** Number of blocks. */
    int layers();

    /** Shape of one example's representation at a layer, without the batch. */
    long[] shape(int layer);

    /** First parameter of the layout that acts after a layer. */
    String firstParameter(int layer);

    /** Turns layer {@code block} into the next, {@code [B, ...]}. */
    <T> T block(Ops<T> ops, Map<String, T> parameters, int block, T input);

    /** Turns the last layer into logits {@code [B, C]}. */
    <T> T logits(Ops<T> ops, Map<String, T> parameters, T input);

    /** Numbers in one example's representation at a layer. */
    default int size(int layer) {
        long size = 1;
        for (long dimension : shape(layer)) {
            size *= dimension;
        }
        return Math.toIntExact(size);
    }
}
