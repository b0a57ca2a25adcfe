package freshet.engines.libtorch;

import freshet.learners.tensor.Precision;
import org.bytedeco.pytorch.Tensor;

/** What operations need of the run that they belong to. */
interface OpsContext {

    Precision precision();

    /** A tensor of these values where the run computes. */
    Tensor constant(float[] values, long... shape);

    Tensor zeros(long... shape);

    /**
     * Told of each look-up before it is done: on a GPU a bad index ends the process's use of it.
     *
     * @param table what is looked up in
     * @param size indices that it has
     */
    void looksUp(String operation, Tensor table, Tensor indices, long size);
}
